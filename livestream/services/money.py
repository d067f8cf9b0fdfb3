"""Prices for people."""

from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency


@lru_cache(maxsize=10_000)
def price_text(price: Decimal, currency: str, *, language: str) -> str:
    """Such as `$149.99` (en) or `149,99 €` (fr); an unknown language is written as English."""
    return format_currency(price, currency, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en", "US")
