"""Creates or refreshes the sample data. Any number of runs leave the same."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.demo.brands import LUNE, SOLEIL, ensure_brand, without_account
from config.demo.credentials import Credentials, ensure_credentials
from config.demo.live_shows import Live, ensure_channel, ensure_live
from config.demo.pack_samples import ensure_gifts
from config.demo.packs import ensure_packs
from config.demo.samples import ensure_samples
from gifting.models import VideoContainer


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What a run leaves. `base_url` has no slash at its end."""

    base_url: str
    credentials: Credentials
    samples: list[VideoContainer]
    package_ids: list[int]
    live: Live


def set_up(*, base_url: str, now: datetime) -> Demo:
    """Brands, channels, login, keys and samples for a server at `base_url`."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about one that is not there.
    with _one_at_a_time():
        brand = ensure_brand(slug=LUNE, base_url=base_url)
        other_brand = ensure_brand(slug=SOLEIL, base_url=base_url)
        channel = ensure_channel(slug=LUNE, base_url=base_url)
        other_channel = ensure_channel(slug=SOLEIL, base_url=base_url)
        credentials = ensure_credentials(
            brand=brand, other_brand=other_brand, channel=channel, other_channel=other_channel, now=now
        )
        samples = ensure_samples(brand=without_account(brand), now=now)
        package_ids = ensure_packs(brand=brand, now=now)
        ensure_gifts(brand=brand, now=now)
        live = ensure_live(channel=channel, now=now)
    return Demo(
        base_url=base_url, credentials=credentials, samples=samples, package_ids=package_ids, live=live
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two runs at once take turns: each would make keys that the other does not know."""
    with (Path(settings.VAR) / "demo.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
