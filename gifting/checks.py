"""System checks of the gifting app. None touches the database or the network."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages

from gifting.conf import conf


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
