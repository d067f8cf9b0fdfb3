"""API keys: made once, shown once, stored as a digest."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from gifting.errors import KeyBlocked, Unauthorized
from gifting.models import ApiKey, Brand

PREFIX_LENGTH = 11
# Written out because every call of the API begins with it, and composing it took longer than asking.
FIND = """
    SELECT brand.*, api_key.id AS key_id, api_key.prefix AS key_prefix, api_key.blocked_at AS key_blocked_at
    FROM gifting_apikey AS api_key
    JOIN gifting_brand AS brand ON brand.id = api_key.brand_id
    WHERE api_key.digest = %s AND api_key.kind = %s AND api_key.revoked_at IS NULL
"""
FOUND = ("id", "brand_id", "kind", "prefix")


def create_key(
    *, brand: Brand, now: datetime, name: str = "", kind: str = ApiKey.Kind.VIDEOS
) -> tuple[ApiKey, str]:
    """A new key of the brand and its clear text, which cannot be had a second time."""
    clear = f"gc_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        brand=brand, name=name, kind=kind, prefix=clear[:PREFIX_LENGTH], digest=digest(clear), created_at=now
    )
    return key, clear


def find_key(*, clear: str, kind: str) -> ApiKey:
    """The live key with its brand, in one query; the key's other fields are deferred.

    Raises Unauthorized, of it KeyBlocked where staff have blocked the key.
    """
    brand: Any = next(iter(Brand.objects.raw(FIND, [digest(clear), kind])), None)
    if brand is None:
        raise Unauthorized("This API key is not known. Check the Authorization header.")
    if brand.key_blocked_at is not None:
        raise KeyBlocked("This API key is blocked. Ask whoever runs this site why.")
    key = ApiKey.from_db(brand._state.db, FOUND, (brand.key_id, brand.pk, kind, brand.key_prefix))
    key.brand = brand
    return key


def revoke_key(*, key: ApiKey, now: datetime) -> None:
    """The key opens nothing from now on. Revoking twice keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now)


def block_key(*, key: ApiKey, now: datetime) -> None:
    """The key opens nothing until it is unblocked. Blocking twice keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, blocked_at__isnull=True).update(blocked_at=now)


def unblock_key(*, key: ApiKey) -> None:
    """The key opens again what it opened."""
    ApiKey.objects.filter(pk=key.pk).update(blocked_at=None)


def digest(clear: str) -> str:
    """SHA-256 is enough for a key of 256 random bits: there is no dictionary to try."""
    return sha256(clear.encode()).hexdigest()
