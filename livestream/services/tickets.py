"""The signed ticket of a viewer's page: the events endpoint needs no database to let it in."""

import secrets
from dataclasses import dataclass

from django.core import signing

from livestream.conf import conf
from livestream.dto import Audience
from livestream.errors import Unauthorized

SALT = "livestream.ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """`viewer` is made anew for each page and tells nothing of a person."""

    stream: int
    audience: Audience
    viewer: str


def issue(*, stream: int, audience: Audience) -> str:
    """A ticket for one page of one livestream; it opens connections for `TICKET_SECONDS`."""
    viewer = secrets.token_urlsafe(9)
    return signing.TimestampSigner(salt=SALT).sign(f"{stream}.{audience}.{viewer}")


def read(text: str) -> Ticket:
    """Raises Unauthorized for a ticket that is not ours or too old: the page asks for a new one."""
    try:
        signed = signing.TimestampSigner(salt=SALT).unsign(text, max_age=conf().TICKET_SECONDS)
        stream, audience, viewer = signed.split(".", 2)
        return Ticket(stream=int(stream), audience=Audience(audience), viewer=viewer)
    except (signing.BadSignature, ValueError):
        raise Unauthorized("This page has been open for too long. Load it again.") from None
