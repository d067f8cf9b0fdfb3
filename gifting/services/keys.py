"""API keys: made once, shown once, stored as a digest."""

import secrets
from datetime import datetime
from hashlib import sha256

from gifting.errors import Unauthorized
from gifting.models import ApiKey, Brand

PREFIX_LENGTH = 11
# Composed once: every call of the API begins with it.
WITH_BRAND = ApiKey.objects.select_related("brand")


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
    """The live key with its brand, in one query. Raises Unauthorized."""
    unknown = Unauthorized("This API key is not known. Check the Authorization header.")
    try:
        key = WITH_BRAND.get(digest=digest(clear))
    except ApiKey.DoesNotExist:
        raise unknown from None
    if key.kind != kind or key.revoked_at:
        raise unknown
    return key


def revoke_key(*, key: ApiKey, now: datetime) -> None:
    """The key opens nothing from now on. Revoking twice keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now)


def digest(clear: str) -> str:
    """SHA-256 is enough for a key of 256 random bits: there is no dictionary to try."""
    return sha256(clear.encode()).hexdigest()
