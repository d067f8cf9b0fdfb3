"""A real mail server that keeps what it takes, and can refuse, hang up, fall silent or wait at every step."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

STAGES = ("greeting", "ehlo", "mail", "rcpt", "data", "payload", "verdict", "accepted", "quit")
"""`data` is before the server's 354, `payload` before it makes up its mind, `verdict` before its 250, and
`accepted` right after that.
"""
Trouble = str | Event | Callable[["Dialogue"], Awaitable[None]]
"""An answer in the place of the usual one; something to wait for before it; or what happens instead."""


async def drop(dialogue: "Dialogue") -> None:
    """Hang up."""
    assert dialogue.transport is not None
    dialogue.transport.close()


async def silence(dialogue: "Dialogue") -> None:
    """Say nothing more, until the client hangs up."""
    await asyncio.get_running_loop().create_future()


class Dialogue(SMTP):
    """One connection."""

    fake: "MailServer"

    async def goes_on(self, stage: str) -> bool:
        """Has this stage its usual course?"""
        trouble = self.fake.trouble.get(stage)
        self.fake.reached[stage].set()
        if isinstance(trouble, Event):
            self.fake.holds.append(trouble)
            await self.loop.run_in_executor(None, trouble.wait)
        elif isinstance(trouble, str):
            await self.push(trouble)
        elif trouble is not None:
            await trouble(self)
        return trouble is None or isinstance(trouble, Event)

    async def _handle_client(self) -> None:
        if await self.goes_on("greeting"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        if await self.goes_on("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self.goes_on("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if await self.goes_on("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self.goes_on("data"):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        if await self.goes_on("quit"):
            await super().smtp_QUIT(arg)

    async def push(self, status: Any) -> None:
        """What follows a 250 is up to `accepted`."""
        await super().push(status)
        if status == MailServer.TAKEN:
            await self.goes_on("accepted")


class MailServer(Controller):
    """`offered` holds every mail that came in, `accepted` those that it answers for.

    Change `trouble` (stage to trouble) at any time.
    """

    TAKEN = "250 2.0.0 Taken"

    def __init__(self, **options: Any) -> None:
        self.trouble: dict[str, Trouble] = {}
        self.reached = {stage: Event() for stage in STAGES}
        self.holds: list[Event] = []
        self.offered: list[Envelope] = []
        self.accepted: list[Envelope] = []
        super().__init__(self, hostname="127.0.0.1", port=0, **options)

    def factory(self) -> Dialogue:
        dialogue = Dialogue(self, **self.SMTP_kwargs)
        dialogue.fake = self
        return dialogue

    def _trigger_server(self) -> None:
        """By now the system has given it a port."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_DATA(self, server: Dialogue, session: Session, envelope: Envelope) -> str:
        self.offered.append(envelope)
        if await server.goes_on("payload"):
            self.accepted.append(envelope)  # From here on it answers for the mail, heard or not.
            await server.goes_on("verdict")
            return self.TAKEN
        answer = self.trouble["payload"]
        return answer if isinstance(answer, str) else "451 Gone"

    @property
    def recipients(self) -> list[str]:
        """Whom it answers for having mailed, once for each mail."""
        return [address for envelope in self.accepted for address in envelope.rcpt_tos]

    @property
    def message_ids(self) -> set[str]:
        """Of all mails that came in."""
        return {
            message_from_bytes(envelope.original_content or b"")["Message-ID"] for envelope in self.offered
        }

    def let_go(self) -> None:
        """Whoever waits goes on."""
        for hold in self.holds:
            hold.set()

    def is_asked(self, stage: str, *, seconds: float = 20) -> None:
        """Waits until a client has come this far."""
        assert self.reached[stage].wait(seconds), f"Nobody came as far as {stage}."


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[MailServer]:
    """A mail server on a port of its own. `tls`: encrypted from the first byte."""
    server = MailServer(ssl_context=tls, **options)
    server.start()
    for event in server.reached.values():
        event.clear()
    try:
        yield server
    finally:
        server.let_go()
        server.stop()
