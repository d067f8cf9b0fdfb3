"""nginx with nchan holds the viewers: for shows that one machine's Python cannot serve."""

import json
from collections.abc import AsyncIterator, Sequence

from django.utils.crypto import salted_hmac

from livestream.bus.base import Bus, Message
from livestream.bus.posts import Deadline, Posts
from livestream.errors import BusUnavailable

EVENT = {"Content-Type": "application/json", "X-EventSource-Event": "snapshot"}
AS_JSON = {"Accept": "application/json"}


class NchanBus(Bus):
    """`url` is nginx's publisher location; a topic's own address, which nobody can guess, follows it.

    nginx keeps the newest message of each and sends it to whoever comes.
    """

    is_across_processes = True
    has_own_viewers = True

    def __init__(self, *, url: str) -> None:
        self._url = url.rstrip("/") + "/"
        self._posts = Posts()

    def publish(self, messages: Sequence[Message]) -> None:
        deadline = Deadline()
        for message in messages:
            url = self._url + self.address(message.topic)
            self._posts.send("POST", url, seconds=deadline.share(), body=message.body, headers=EVENT)

    def subscribe(self) -> AsyncIterator[Message]:
        raise NotImplementedError("Viewers are connected to nginx.")

    def address(self, topic: str) -> str:
        return salted_hmac("livestream.nchan", topic, algorithm="sha256").hexdigest()

    def count(self, topic: str) -> int:
        url = self._url + self.address(topic)
        said = self._posts.send("GET", url, seconds=Deadline().share(), headers=AS_JSON)
        try:
            return int(json.loads(said)["subscribers"])
        except (ValueError, KeyError, TypeError) as exc:
            raise BusUnavailable from exc
