"""The port to what carries a livestream's state from whoever changes it to whoever holds its viewers."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`topic` names the livestream and its audience, `body` is the whole new state as JSON."""

    topic: str
    body: bytes


class Bus(ABC):
    """A message that is lost harms nobody for long: each holds the whole state, and hubs load it anew."""

    is_across_processes = False  # whether the publisher and the viewers may be in different processes
    has_own_viewers = False  # whether viewers are connected to the bus itself and not to our hub

    @abstractmethod
    def publish(self, message: Message) -> None:
        """Hand the message over to every process that holds viewers. Raises BusUnavailable."""

    @abstractmethod
    def subscribe(self) -> AsyncIterator[Message]:
        """Every message from now on. The first item is empty (topic ""): the subscription stands.

        Raises BusUnavailable when the way is broken: subscribe again, and load every state anew.
        """
