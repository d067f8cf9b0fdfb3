"""The sample login and keys. The database keeps digests, a file for its owner's eyes alone the clear text."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from config.demo.live_credentials import ensure_application
from gifting.errors import Unauthorized
from gifting.models import ApiKey, Brand
from gifting.services import keys
from livestream.models import Channel

USERNAME = "demo"
KEY_NAME = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What opens the admin and the APIs of the two sample brands and channels, in clear."""

    password: str = ""
    key: str = ""
    other_brand_key: str = ""
    packs_key: str = ""
    live_client: str = ""
    live_secret: str = ""
    other_live_client: str = ""
    other_live_secret: str = ""


def read_credentials() -> Credentials:
    """What the last run left; empty where there was none."""
    try:
        return Credentials(**json.loads(_path().read_text()))
    except FileNotFoundError:
        return Credentials()


def ensure_credentials(
    *, brand: Brand, other_brand: Brand, channel: Channel, other_channel: Channel, now: datetime
) -> Credentials:
    """Login and keys that work, the same ones as long as file and database know each other."""
    kept = read_credentials()
    live = ensure_application(channel, kept.live_client, kept.live_secret, now=now)
    other = ensure_application(other_channel, kept.other_live_client, kept.other_live_secret, now=now)
    found = Credentials(
        password=_ensure_admin(kept.password),
        key=_ensure_key(brand, kept.key, now=now),
        other_brand_key=_ensure_key(other_brand, kept.other_brand_key, now=now),
        packs_key=_ensure_key(brand, kept.packs_key, kind=ApiKey.Kind.PACKS, now=now),
        live_client=live[0],
        live_secret=live[1],
        other_live_client=other[0],
        other_live_secret=other[1],
    )
    if found != kept:
        _write(found)
    return found


def _ensure_admin(password: str) -> str:
    user = User.objects.filter(username=USERNAME).first()
    if user and password and user.check_password(password):
        return password
    password = password or secrets.token_urlsafe(9)
    user = user or User(username=USERNAME)
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_password(password)
    user.save()
    return password


def _ensure_key(brand: Brand, clear: str, *, kind: str = ApiKey.Kind.VIDEOS, now: datetime) -> str:
    try:
        if clear and keys.find_key(clear=clear, kind=kind).brand_id == brand.pk:
            return clear
    except Unauthorized:
        pass
    for lost in brand.api_keys.filter(name=KEY_NAME, kind=kind, revoked_at__isnull=True):
        keys.revoke_key(key=lost, now=now)
    return keys.create_key(brand=brand, name=KEY_NAME, kind=kind, now=now)[1]


def _path() -> Path:
    return Path(settings.VAR) / "demo.json"


def _write(credentials: Credentials) -> None:
    draft = _path().with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(credentials), indent=2))
    os.replace(draft, _path())
