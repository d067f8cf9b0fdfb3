"""What all cards of one brand and language share. It is drawn once and laid under each card."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils import translation

from gifting.cards.logos import printable_logo
from gifting.cards.text import paragraphs
from gifting.dto import CardContent
from gifting.names import one_line

COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
INK, BLACK = "#1c1b1a", "#000000"
MAX_WORDS: Final = 240  # Characters.
FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """Equal for two cards if one drawing serves both. `accent` is `#rrggbb`."""

    language: str
    brand_name: str
    accent: str
    words: str
    logo: bytes | None


def stationery_of(content: CardContent, *, monochrome: bool) -> Stationery:
    """Without the brand's color on a `monochrome` paper: a label printer would make it a gray of dots."""
    return Stationery(
        language=printed_language(content.language),
        brand_name=one_line(content.brand_name),
        accent=BLACK if monochrome else _color(content.accent_color),
        words=paragraphs(content.card_text, limit=MAX_WORDS),
        logo=printable_logo(content.logo, content.logo_type),
    )


def printed_language(tag: str) -> str:
    """The language of the card's own words: the nearest to `tag` that the site has, else English."""
    try:
        return translation.get_supported_language_variant(tag)
    except LookupError:
        return FALLBACK_LANGUAGE


def _color(value: str) -> str:
    return value.lower() if COLOR.fullmatch(value) else INK
