"""The port to what carries a livestream's state from whoever changes it to whoever holds its viewers."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Self

from livestream.dto import Audience

COUNTS = "viewers"  # the topic by which processes tell each other how many viewers they hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`topic` names the livestream and its audience, `body` is the whole new state as JSON.

    An empty body says that there is a new state, which the hub loads itself.
    """

    topic: str
    body: bytes

    def packed(self) -> bytes:
        """The message as one line, for carriers that know bytes only."""
        return self.topic.encode() + b" " + self.body

    @classmethod
    def unpacked(cls, line: bytes) -> Self:
        """The inverse of `packed`. Raises ValueError."""
        topic, _space, body = line.partition(b" ")
        return cls(topic=topic.decode(), body=body)


def topic(number: int, audience: Audience) -> str:
    """The name of a livestream's messages."""
    return f"{number}.{audience}"


class Bus(ABC):
    """A message that is lost harms nobody for long: each holds the whole state, and hubs look for what
    they missed.
    """

    is_across_processes = False  # whether the publisher and the viewers may be in different processes
    has_own_viewers = False  # whether viewers are connected to the bus itself and not to our hub

    @abstractmethod
    def publish(self, messages: Sequence[Message]) -> None:
        """Hand the messages over to every process that holds viewers, within BUS_TIMEOUT_SECONDS.

        Raises BusUnavailable.
        """

    @abstractmethod
    def subscribe(self) -> AsyncIterator[Message]:
        """Every message from now on. The first item is empty (topic ""): the subscription stands.

        Raises BusUnavailable when the way is broken: subscribe again, and look for what was missed.
        """

    def address(self, topic: str) -> str:
        """Where `has_own_viewers`: what follows EVENTS_URL in the address that a page connects to."""
        raise NotImplementedError(f"Viewers are not connected to {type(self).__name__}.")

    def count(self, topic: str) -> int:
        """Where `has_own_viewers`: how many are connected. Raises BusUnavailable."""
        raise NotImplementedError(f"Viewers are not connected to {type(self).__name__}.")
