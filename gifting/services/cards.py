"""Printing: from containers to one PDF, with a line in each journal."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from gifting.cards import pdf
from gifting.cards.layouts import A6, Layout
from gifting.dto import Actor, CardContent
from gifting.errors import Unavailable
from gifting.models import Brand, JournalEntry, VideoContainer
from gifting.services import languages

log = logging.getLogger(__name__)
LOGO_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


def watch_url(container: VideoContainer) -> str:
    """What the card's code says. Raises Unavailable while the account of a hosted gift has not said it."""
    if container.is_hosted and not container.hosted.watch_url:
        words = _("Order %(number)s cannot be printed yet: the account %(account)s still opens its gift.")
        raise Unavailable(words % {"number": container.order.number, "account": container.hosted.backend})
    return container.watch_url


def card_content(container: VideoContainer) -> CardContent:
    """What the container's card shows."""
    return _content(container, _read_logo(container.order.brand))


def card_pdf(*, container: VideoContainer, layout: Layout = A6) -> bytes:
    """One card, which is not counted as printed. Raises Invalid where the watch URL fits into no QR code."""
    return pdf.card_pdf(card_content(container), layout=layout)


def print_cards(
    *, containers: Sequence[VideoContainer], layout: Layout, target: BinaryIO, actor: Actor, now: datetime
) -> int:
    """Write one PDF with the cards in the order given, then mark them printed; return how many.

    The containers come with `order__brand`. Raises Invalid, and marks none, where one card cannot be printed.
    """
    printed = pdf.write_cards(_contents(containers), layout=layout, target=target)
    _mark_printed(containers, layout=layout, actor=actor, now=now)
    return printed


def _contents(containers: Sequence[VideoContainer]) -> Iterator[CardContent]:
    prefetch_related_objects(containers, "hosted")
    logo_of = cache(_read_logo)  # One read for each brand, forgotten with the batch.
    return (_content(container, logo_of(container.order.brand)) for container in containers)


def _content(container: VideoContainer, logo: bytes) -> CardContent:
    order, brand = container.order, container.order.brand
    return CardContent(
        watch_url=watch_url(container),
        order_number=order.number,
        brand_name=brand.name,
        accent_color=brand.accent_color,
        card_text=brand.card_text,
        giver_name=order.giver_name,
        receiver_name=order.receiver_name,
        note=container.note if brand.note_on_card else "",
        language=languages.spoken(order),
        logo=logo,
        logo_type=_logo_type(brand),
    )


def _logo_type(brand: Brand) -> str:
    return LOGO_TYPES.get(PurePosixPath(brand.logo.name or "").suffix.lower(), "image/png")


def _read_logo(brand: Brand) -> bytes:
    """Empty where there is no logo: a lost file must not stop the packing bench."""
    if not brand.logo:
        return b""
    try:
        with brand.logo.open("rb") as file:
            data: bytes = file.read()
    except OSError:
        log.warning("The logo of the brand %s is lost: its cards show the name instead.", brand.slug)
        return b""
    return data


@transaction.atomic
def _mark_printed(
    containers: Sequence[VideoContainer], *, layout: Layout, actor: Actor, now: datetime
) -> None:
    VideoContainer.objects.filter(pk__in=[container.pk for container in containers]).update(printed_at=now)
    JournalEntry.objects.bulk_create(
        JournalEntry(
            container=container,
            event=JournalEntry.Event.PRINTED,
            actor=str(actor),
            at=now,
            detail={"layout": layout.key},
        )
        for container in containers
    )
