"""System checks of the gifting app. None touches the database or the network."""

import os
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages

from gifting.backends.base import VideoGiftBackend
from gifting.backends.packs import GiftPackBackend
from gifting.carriers.base import Carrier
from gifting.conf import conf
from gifting.services import accounts, carriers

KEYWORDS = "Each entry needs the path of a class as BACKEND, and the keywords of that class as OPTIONS."


@register("gifting")
def public_base_url_is_set(**kwargs: Any) -> list[CheckMessage]:
    """Without it QR codes and mails would point nowhere."""
    if settings.DEBUG or conf().PUBLIC_BASE_URL:
        return []
    return [
        Error(
            "GIFTING['PUBLIC_BASE_URL'] is empty: QR codes and mails need an address to point to.",
            hint="Set it to the address that customers see, such as https://gifts.shop.example.",
            id="gifting.E001",
        )
    ]


@register("gifting")
def storage_is_writable(**kwargs: Any) -> list[CheckMessage]:
    """Videos must have somewhere to go."""
    alias = conf().STORAGE
    try:
        storage = storages[alias]
    except InvalidStorageError as exc:
        return [Error(str(exc), hint=f"Add {alias!r} to STORAGES.", id="gifting.E002")]
    if not isinstance(storage, FileSystemStorage) or _can_write(Path(storage.location)):
        return []
    return [
        Error(
            f"The storage {alias!r} is a folder that this process cannot write to: {storage.location}.",
            hint="Create the folder and give it to the user that runs the server and the worker.",
            id="gifting.E003",
        )
    ]


def _can_write(folder: Path) -> bool:
    """A folder that is not there yet is fine where its nearest parent lets us make it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK)


@register("gifting")
def accounts_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """An account that cannot be built would be noticed only when the first gift is opened in it."""
    found: list[CheckMessage] = []
    for alias in conf().BACKENDS:
        found += _account_errors(alias, accounts.get_account, VideoGiftBackend)
    for alias in conf().PACK_BACKENDS:
        found += _account_errors(alias, accounts.get_pack_account, GiftPackBackend)
    return found


def _account_errors(alias: str, get: Callable[[str], Any], port: type[Any]) -> list[CheckMessage]:
    try:
        account = get(alias)
    except ImproperlyConfigured as exc:
        problem = str(exc)
    else:
        problem = "" if isinstance(account, port) else f"The BACKEND of {alias!r} is no account for this."
    return [Error(problem, hint=KEYWORDS, id="gifting.E004")] if problem else []


@register("gifting")
def carriers_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """One that cannot be built would stop the questions to all of them."""
    return [error for alias in conf().CARRIERS for error in _carrier_errors(alias)]


def _carrier_errors(alias: str) -> list[CheckMessage]:
    try:
        carrier = carriers.get_carrier(alias)
    except ImproperlyConfigured as exc:
        problem = str(exc)
    else:
        problem = "" if isinstance(carrier, Carrier) else f"The BACKEND of {alias!r} is no carrier."
    return [Error(problem, hint=KEYWORDS, id="gifting.E005")] if problem else []


@register("gifting")
def notices_are_signed(**kwargs: Any) -> list[CheckMessage]:
    """Nobody can tell an unsigned webhook from a forged one, so none is sent."""
    if not conf().GIFT_PACK_NOTICE_URL or _is_secret(conf().GIFT_PACK_NOTICE_SECRET):
        return []
    return [
        Error(
            "GIFTING['GIFT_PACK_NOTICE_SECRET'] is no secret of Standard Webhooks: notices cannot be signed.",
            hint="Set it to whsec_ and 24 to 64 random bytes in Base64.",
            id="gifting.E006",
        )
    ]


def _is_secret(text: str) -> bool:
    try:
        return 24 <= len(b64decode(text.removeprefix("whsec_"), validate=True)) <= 64
    except ValueError:
        return False


@register("gifting")
def several_processes_share_state(**kwargs: Any) -> list[CheckMessage]:
    """What lives in one process, or lets one writer in, does not serve several."""
    if conf().PROCESSES <= 1:
        return []
    found: list[CheckMessage] = []
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        found.append(
            Warning(
                "Several processes are declared, and the database is SQLite: writers wait for each other.",
                hint="Set DATABASE_URL to a PostgreSQL database.",
                id="gifting.W001",
            )
        )
    if settings.CACHES[conf().CACHE]["BACKEND"].endswith("LocMemCache"):
        found.append(
            Warning(
                "Several processes are declared, and each has a cache of its own: rate limits count apart.",
                hint="Set REDIS_URL, or give CACHES a backend that processes share.",
                id="gifting.W002",
            )
        )
    return found
