"""Reads the mails that Django's file backend keeps: one file for each connection, mails parted by a line."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

SEPARATOR = b"\n" + b"-" * 79 + b"\n"
MOST_FILES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as its reader sees it. `text` or `html` is empty where the mail has no such part."""

    id: str
    sender: str
    to: str
    subject: str
    sent_at: datetime | None
    text: str
    html: str


def read_mails(folder: Path) -> list[Mail]:
    """The mails of the newest files, the newest first. A folder that is not there has none."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [mail for path in files[:MOST_FILES] for mail in reversed(_in_file(path))]


def _in_file(path: Path) -> list[Mail]:
    parts = path.read_bytes().split(SEPARATOR)
    return [_mail(f"{path.stem}-{index}", part) for index, part in enumerate(parts) if part.strip()]


def _mail(id: str, content: bytes) -> Mail:
    message = message_from_bytes(content, policy=default)
    date = message["Date"]
    return Mail(
        id=id,
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=date.datetime if date else None,
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""
