"""Who tells where parcels are: every carrier and aggregator that the environment has credentials for."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from environ import Env

Options = dict[str, Any]


def carriers_from(env: Env, *, demo_key: str = "") -> dict[str, dict[str, Any]]:
    """`GIFTING["CARRIERS"]`. A secret may be a list, comma separated: old and new while it is replaced.

    With a `demo_key` the sample shop can play a carrier where the environment names no secret for pushes.
    """
    parcels_secret = env.list("PARCELS_WEBHOOK_SECRET", default=[demo_secret(demo_key)] if demo_key else [])
    found = {
        "ups": ("ups.Ups", _ups(env)),
        "dhl": ("dhl.Dhl", _dhl(env)),
        "laposte": ("laposte.LaPoste", _some(okapi_key=env.str("LAPOSTE_OKAPI_KEY", default=""))),
        "chronopost": ("chronopost.Chronopost", _chronopost(env)),
        "sendcloud": ("sendcloud.Sendcloud", _some(secrets=env.list("SENDCLOUD_WEBHOOK_SECRET", default=[]))),
        "aftership": ("aftership.AfterShip", _some(secrets=env.list("AFTERSHIP_WEBHOOK_SECRET", default=[]))),
        "signed": ("signed.Signed", _some(secrets=parcels_secret)),
    }
    return {
        alias: {"BACKEND": f"gifting.carriers.{path}", "OPTIONS": options}
        for alias, (path, options) in found.items()
        if options
    }


def demo_secret(key: str) -> str:
    """A secret of this installation alone, in the form of Standard Webhooks."""
    return "whsec_" + b64encode(sha256(f"parcels:{key}".encode()).digest()).decode()


def _ups(env: Env) -> Options:
    options = _some(
        client_id=env.str("UPS_CLIENT_ID", default=""),
        client_secret=env.str("UPS_CLIENT_SECRET", default=""),
        webhook_credentials=env.list("UPS_WEBHOOK_CREDENTIAL", default=[]),
    )
    base_url = env.str("UPS_BASE_URL", default="")
    return {**options, **_some(base_url=base_url)} if options else {}


def _dhl(env: Env) -> Options:
    options = _some(
        api_key=env.str("DHL_API_KEY", default=""),
        webhook_tokens=env.list("DHL_WEBHOOK_TOKEN", default=[]),
    )
    more = _some(
        service=env.str("DHL_SERVICE", default=""),
        webhook_header=env.str("DHL_WEBHOOK_HEADER", default=""),
        per_day=env.int("DHL_PER_DAY", default=0),
    )
    return {**options, **more} if options else {}


def _chronopost(env: Env) -> Options:
    return _some(enabled=env.bool("CHRONOPOST_PUBLIC_TRACKING", default=False))


def _some(**options: Any) -> Options:
    """Those that say something."""
    return {name: value for name, value in options.items() if value}
