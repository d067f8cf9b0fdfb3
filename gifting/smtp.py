"""Mail by SMTP, with a call at the one moment that counts: from then on the server may have the mail.

`EMAIL_BACKEND = "gifting.smtp.EmailBackend"` is Django's own backend with that call and a time limit.
"""

import re
import smtplib
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from socket import gaierror
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends import smtp

try:
    from anymail import exceptions as anymail
except ImportError:  # An extra.
    anymail = None

TIMEOUT_SECONDS = 20
"""How long a server may take for each answer, where the host sets no EMAIL_TIMEOUT."""
START_MAIL_INPUT = 354
REPLY_LIMIT = 200
NOBODY_THERE = (ConnectionRefusedError, gaierror, smtplib.SMTPNotSupportedError)
REFUSED = {smtplib.SMTPRecipientsRefused: "this address", smtplib.SMTPAuthenticationError: "the login"}
PRIVATE_WORD = re.compile(r"\S*[@/]\S*")  # Mail addresses and links, however they are put in brackets.


class Mail(EmailMultiAlternatives):
    """A mail that may ask to be told before it leaves. Anymail hands `metadata` back with later news."""

    before_handover: Callable[[], None] | None = None
    metadata: dict[str, str]


class _Connection(smtplib.SMTP):
    """Calls `before_handover` between the server's "send it" and the first byte of the mail."""

    before_handover: Callable[[], None] | None = None

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        if code == START_MAIL_INPUT and self.before_handover:
            try:
                self.before_handover()
            except BaseException:
                self.close()  # Whatever is said now, even QUIT, would be taken for the mail.
                raise
        return code, text


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend that calls `mail.before_handover()` and never waits for a server without end."""

    tells_handover = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.timeout is None:
            self.timeout = TIMEOUT_SECONDS

    @property
    def connection_class(self) -> type[_Connection]:
        return _TlsConnection if self.use_ssl else _Connection

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One after the other on one connection, each with its own call."""
        is_open = self.connection is not None
        try:
            self.open()
            return sum(map(self._send_one, email_messages))
        finally:
            if not is_open:
                self.close()

    def _send_one(self, message: EmailMessage) -> int:
        if isinstance(self.connection, _Connection):
            self.connection.before_handover = getattr(message, "before_handover", None)
        return super().send_messages([message])

    def close(self) -> None:
        """Goodbye. What a server answers to that changes nothing about the mail that it took."""
        with suppress(smtplib.SMTPException, OSError):
            super().close()


def may_have_it(exc: BaseException) -> bool:
    """After the handover: is it open whether the server took the mail?

    No after a refusal, and where nobody was reached. Yes after everything else: a server that hangs up, falls
    silent or says what nobody understands may have queued the mail before that.
    """
    return not (_server_refuses(exc) or _service_refuses(exc) or _reached_nobody(exc))


def _server_refuses(exc: BaseException) -> bool:
    is_verdict = type(exc) is not smtplib.SMTPResponseException  # A line without end: no verdict.
    return is_verdict and 400 <= _reply(exc)[0] < 600


def _service_refuses(exc: BaseException) -> bool:
    """Anymail's errors that are not about an answer come before its call, or say that nobody is mailed."""
    if anymail is None or not isinstance(exc, anymail.AnymailError):
        return False
    return not isinstance(exc, anymail.AnymailAPIError) or 400 <= (exc.status_code or 0) < 500


def _reached_nobody(exc: BaseException | None) -> bool:
    """The first error of Python's own, behind those of a library, decides: what is behind it came before."""
    while exc is not None and type(exc).__module__.partition(".")[0] not in sys.stdlib_module_names:
        exc = exc.__cause__ or exc.__context__
    return isinstance(exc, NOBODY_THERE)


def _timed_out(exc: BaseException | None) -> bool:
    """It, or what is behind it: smtplib tells of a timeout as of a closed connection."""
    while exc is not None and not isinstance(exc, TimeoutError):
        exc = exc.__cause__ or exc.__context__
    return exc is not None


def refuses_address(exc: BaseException) -> bool:
    """Will the server never take a mail for this receiver?"""
    code, _text = _reply(exc)
    return isinstance(exc, smtplib.SMTPRecipientsRefused) and 500 <= code < 600


def explain(exc: BaseException) -> str:
    """What went wrong, in a sentence without addresses and links."""
    code, text = _reply(exc)
    if code > 0:
        what = next((words for kind, words in REFUSED.items() if isinstance(exc, kind)), "the mail")
        return f"The mail server refuses {what}: {code} {text}".strip()
    if _timed_out(exc):
        return "The mail server did not answer in time."
    if isinstance(exc, smtplib.SMTPServerDisconnected):
        return "The mail server closed the connection."
    if isinstance(exc, OSError):
        return f"The mail server cannot be reached ({type(exc).__name__})."
    return f"The mail could not be sent ({type(exc).__name__})."


def _reply(exc: BaseException) -> tuple[int, str]:
    """Code and words of the server; (0, "") where it said nothing."""
    code: int
    text: bytes | str
    if isinstance(exc, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(exc.recipients.values()))
    elif isinstance(exc, smtplib.SMTPResponseException):
        code, text = exc.smtp_code, exc.smtp_error
    else:
        return 0, ""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return code, " ".join(PRIVATE_WORD.sub("…", words).split())[:REPLY_LIMIT]
