"""What the demo command prints: the same facts for machines and for people."""

from typing import Any

from django.conf import settings

from config.demo.credentials import USERNAME
from config.demo.setup import Demo
from gifting.models import VideoContainer
from gifting.services.links import confirmation_path

WITHOUT_SHOP = "The shop's own pages are off: they need DEMO=1, which `make demo` sets."
NEXT = """\
Next: order a gift in the shop, record the message on the page that follows, then ship and deliver the parcel
on the parcel page, and open the mail in the mailbox. Or watch the show on the live page, and pin products as
its merchandiser in a second window. `make demo` serves all this, until Ctrl-C."""


def as_json(demo: Demo) -> dict[str, Any]:
    """A section for each part that exists; every address is absolute."""
    base, credentials = demo.base_url, demo.credentials
    return {
        "base_url": base,
        "admin": {"url": f"{base}/admin/", "username": USERNAME, "password": credentials.password},
        "livstick": {
            "base_url": f"{base}/v3",
            "key": credentials.key,
            "other_brand_key": credentials.other_brand_key,
        },
        "stipop": {
            "base_url": f"{base}/v1",
            "apikey": credentials.packs_key,
            "package_ids": demo.package_ids,
        },
        "firework": _firework(demo),
        **({"shop": _shop(base)} if settings.DEMO else {}),
        "samples": [_sample(container) for container in demo.samples],
    }


def as_text(demo: Demo) -> str:
    """The same with fewer addresses, and what to do next."""
    told = as_json(demo)
    samples = {sample["crid"]: _best_page(sample) for sample in told["samples"]}
    parts = [
        "The sample data is ready:",
        _table(_places(told)),
        "One gift in each state:",
        _table(samples),
        NEXT if settings.DEMO else WITHOUT_SHOP,
    ]
    return "\n\n".join(parts)


def _places(told: dict[str, Any]) -> dict[str, str]:
    admin, api, packs, live = told["admin"], told["livstick"], told["stipop"], told["firework"]
    shop = told.get("shop", {})
    pages = {
        "shop": "url",
        "mailbox": "mailbox_url",
        "parcel": "parcel_url",
        "packs": "packs_url",
        "live": "live_url",
    }
    return {
        **{name: shop[key] for name, key in pages.items() if shop},
        "admin": f"{admin['url']}   user {admin['username']}, password {admin['password']}",
        "api": f"{api['base_url']}   key {api['key']}",
        "gift api": f"{packs['base_url']}   apikey {packs['apikey']}",
        "live api": f"{live['base_url']}/api   client {live['client_id']}, secret {live['client_secret']}",
    }


def _firework(demo: Demo) -> dict[str, Any]:
    return {
        "base_url": demo.base_url,
        "token_url": f"{demo.base_url}/oauth/token",
        "client_id": demo.credentials.live_client,
        "client_secret": demo.credentials.live_secret,
        "other_client_id": demo.credentials.other_live_client,
        "other_client_secret": demo.credentials.other_live_secret,
        "live_streams": demo.live.streams,
        "playlist_id": demo.live.playlist_id,
        "product_ids": demo.live.product_ids,
        "unit_ids": demo.live.unit_ids,
    }


def _shop(base: str) -> dict[str, str]:
    return {
        "url": f"{base}/",
        "mailbox_url": f"{base}/shop/mailbox/",
        "parcel_url": f"{base}/shop/parcel/",
        "packs_url": f"{base}/shop/packs/",
        "live_url": f"{base}/shop/live/",
    }


def _sample(container: VideoContainer) -> dict[str, str]:
    return {
        "crid": container.order.number,
        "state": container.state,
        "urid": container.urid,
        "edit_key": str(container.edit_key),
        "recording_url": container.recording_url,
        "preview_url": container.preview_url,
        "watch_url": container.watch_url,
        "confirmation_url": container.order.brand.url(confirmation_path(container.order)),
    }


def _best_page(sample: dict[str, str]) -> str:
    """Where a sample is worth looking at: the giver's page while nothing is there to watch."""
    is_open = sample["state"] in (VideoContainer.State.RECORDING_OPEN, VideoContainer.State.PROCESSING)
    return sample["recording_url"] if is_open else sample["watch_url"]


def _table(rows: dict[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in rows.items())
