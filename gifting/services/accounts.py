"""The hosted accounts of this installation, by the settings, and rests for those that do not answer."""

from collections.abc import Mapping
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from gifting.backends.base import VideoGiftBackend
from gifting.backends.packs import GiftPackBackend
from gifting.conf import conf
from gifting.errors import NotFound
from gifting.services import cache

REST_SECONDS = 30


def get_account(alias: str) -> VideoGiftBackend:
    """The account of video gifts, built anew. Raises NotFound where `BACKENDS` names none."""
    return cast(VideoGiftBackend, _built("BACKENDS", conf().BACKENDS, alias))


def get_pack_account(alias: str) -> GiftPackBackend:
    """The account of gift packs, built anew. Raises NotFound where `PACK_BACKENDS` names none."""
    return cast(GiftPackBackend, _built("PACK_BACKENDS", conf().PACK_BACKENDS, alias))


def _built(setting: str, specs: Mapping[str, Mapping[str, Any]], alias: str) -> Any:
    """Raises ImproperlyConfigured where it cannot be built."""
    if alias not in specs:
        raise NotFound("There is no such account.")
    try:
        return import_string(specs[alias]["BACKEND"])(**specs[alias].get("OPTIONS", {}))
    except (ImportError, KeyError, TypeError, ValueError) as exc:
        raise ImproperlyConfigured(f"GIFTING[{setting!r}][{alias!r}]: {exc}") from exc


def widget_url(alias: str) -> str:
    """The script of an account's widget; empty where the settings have no account that works."""
    try:
        return get_account(alias).widget_url
    except (NotFound, ImproperlyConfigured):
        return ""


def let_rest(alias: str, *, seconds: int = 0) -> None:
    """It did not answer: leave it alone for a while, so that workers have time for everything else; for
    longer where it said so itself.
    """
    cache.count(_name(alias), seconds=max(REST_SECONDS, seconds))


def is_resting(alias: str) -> bool:
    """Was it silent just now?"""
    return bool(cache.counted(_name(alias)))


def _name(alias: str) -> str:
    return f"gifting.account.{alias}"
