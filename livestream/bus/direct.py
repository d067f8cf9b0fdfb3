"""From the processes that change livestreams straight to those that hold viewers, by signed HTTP."""

from collections.abc import Sequence
from hashlib import sha256

from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import constant_time_compare

from livestream.bus.base import Message
from livestream.bus.memory import MemoryBus
from livestream.bus.posts import Deadline, Posts, Refused
from livestream.errors import BusUnavailable, Unauthorized

SALT = "livestream.direct"
SIGNATURE = "X-Livestream-Signature"
SECONDS = 60


class DirectBus(MemoryBus):
    """`urls`: the publish address of every events process. One that is down holds no viewers: all is well."""

    is_across_processes = True

    def __init__(self, *, urls: Sequence[str]) -> None:
        if isinstance(urls, str) or not urls:
            raise ValueError("urls must list the publish address of every events process.")
        self._urls = tuple(urls)
        self._posts = Posts()

    def publish(self, messages: Sequence[Message]) -> None:
        body = b"\n".join(message.packed() for message in messages)
        headers = {SIGNATURE: _sign(body), "Content-Type": "application/octet-stream"}
        super().publish(messages)  # this process may hold viewers itself
        deadline, failed = Deadline(), None
        for place, url in enumerate(self._urls):
            try:
                seconds = deadline.share(len(self._urls) - place)  # one that hangs leaves time for the next
                self._posts.send("POST", url, seconds=seconds, body=body, headers=headers)
            except Refused:
                continue
            except BusUnavailable as exc:
                failed = exc
        if failed:
            raise failed

    def accept(self, *, body: bytes, signature: str) -> None:
        """What another process has published, for the viewers of this one. Raises Unauthorized."""
        try:
            digest = TimestampSigner(salt=SALT).unsign(signature, max_age=SECONDS)
        except BadSignature:
            digest = ""
        if not constant_time_compare(digest, _digest(body)):
            raise Unauthorized("The signature does not fit.")
        super().publish([Message.unpacked(line) for line in body.split(b"\n")])


def _sign(body: bytes) -> str:
    return TimestampSigner(salt=SALT).sign(_digest(body))


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()
