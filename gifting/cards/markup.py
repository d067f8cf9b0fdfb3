"""Cards and stationery as HTML, from templates that a host may replace; their pictures go to the assets."""

from typing import Final

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from gifting.cards.assets import Assets
from gifting.cards.message import message_of
from gifting.cards.qr import qr_modules_png
from gifting.cards.stationery import Stationery, printed_language
from gifting.cards.text import fit
from gifting.dto import CardContent
from gifting.errors import Invalid
from gifting.names import one_line

WIDTH: Final = 83.0  # Millimeters of text, as cards.css has them.
BOLD_WIDTH: Final = 76.0
BRAND_POINTS: Final = (17, 14, 12, 10, 8, 6, 5)
INVITATION_POINTS: Final = (9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6)
WORDS_POINTS: Final = (8, 7.5, 7, 6.5, 6, 5.5, 5, 4.5, 4)
ADDRESS_POINTS: Final = (6.5, 6, 5.5, 5, 4.5, 4, 3.5, 3)


def card_html(content: CardContent, *, slot: int, assets: Assets) -> str:
    """What this card has for itself. Raises Invalid if its watch URL does not fit into a QR code."""
    with translation.override(printed_language(content.language)):
        message = message_of(content)
    context = {
        "slot": slot,
        "language": content.language,
        "message": message,
        "qr": assets.add(_qr(content)),
        "address": fit(_typed(content.watch_url), sizes=ADDRESS_POINTS, width=WIDTH, height=5, leading=1.25),
        "order_number": one_line(content.order_number),
    }
    return render_to_string("gifting/cards/card.html", context)


def stationery_html(stationery: Stationery, *, assets: Assets) -> str:
    """What the card shares with the others of its brand and language."""
    with translation.override(stationery.language):
        invitation = _("Scan to watch your video message")
    context = {
        "language": stationery.language,
        "brand": fit(stationery.brand_name, sizes=BRAND_POINTS, width=WIDTH, height=9, leading=1.15),
        "logo": assets.add(stationery.logo) if stationery.logo else "",
        "gift": assets.add(
            render_to_string("gifting/cards/gift.svg", {"accent": stationery.accent}).encode()
        ),
        "invitation": fit(invitation, sizes=INVITATION_POINTS, width=BOLD_WIDTH, height=5, leading=1.3),
        "words": fit(stationery.words, sizes=WORDS_POINTS, width=WIDTH, height=10, leading=1.4),
    }
    return render_to_string("gifting/cards/stationery.html", context)


def _qr(content: CardContent) -> bytes:
    try:
        return qr_modules_png(content.watch_url)
    except Invalid as exc:
        raise Invalid(f"Order {content.order_number}: {exc.message}") from exc


def _typed(url: str) -> str:
    """The address as people type it: a browser adds https by itself."""
    return one_line(url).removeprefix("https://")
