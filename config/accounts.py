"""The hosted accounts that the environment names, and what pages must be allowed to load from them."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from gifting.backends.livstick import places
from gifting.backends.stipop import places as stipop_places

LIVSTICK, STIPOP, FIREWORK = "livstick", "stipop", "firework"
LOADED = ("script-src", "style-src", "font-src", "connect-src", "img-src", "media-src", "frame-src")


def accounts_from(env: Env) -> dict[str, dict[str, Any]]:
    """`GIFTING["BACKENDS"]`: empty without `LIVSTICK_KEY`."""
    key = env.str("LIVSTICK_KEY", default="")
    options = {
        "key": key,
        "base_url": env.str("LIVSTICK_BASE_URL", default="") or "production",
        "widget_url": env.str("LIVSTICK_WIDGET_URL", default=""),
    }
    account = {"BACKEND": "gifting.backends.livstick.LivstickBackend", "OPTIONS": options}
    return {LIVSTICK: account} if key else {}


def pack_accounts_from(env: Env) -> dict[str, dict[str, Any]]:
    """`GIFTING["PACK_BACKENDS"]`: empty without `STIPOP_KEY`."""
    key = env.str("STIPOP_KEY", default="")
    options = {"key": key, "base_url": env.str("STIPOP_BASE_URL", default="") or "production"}
    account = {"BACKEND": "gifting.backends.stipop.StipopBackend", "OPTIONS": options}
    return {STIPOP: account} if key else {}


def live_accounts_from(env: Env) -> dict[str, dict[str, Any]]:
    """`LIVESTREAM["BACKENDS"]`: empty without `FIREWORK_CLIENT_ID`."""
    client_id = env.str("FIREWORK_CLIENT_ID", default="")
    options = {
        "client_id": client_id,
        "client_secret": env.str("FIREWORK_CLIENT_SECRET", default=""),
        "base_url": env.str("FIREWORK_BASE_URL", default="") or "production",
        "webhook_secrets": env.list("FIREWORK_WEBHOOK_SECRETS", default=[]),
    }
    account = {"BACKEND": "livestream.backends.firework.FireworkBackend", "OPTIONS": options}
    return {FIREWORK: account} if client_id else {}


def allow_packs(
    directives: dict[str, list[str]], accounts: dict[str, dict[str, Any]]
) -> dict[str, list[str]]:
    """The policy, with where the accounts keep their pictures. Raises ImproperlyConfigured."""
    try:
        origins = [stipop_places.images_of(account["OPTIONS"]["base_url"]) for account in accounts.values()]
    except ValueError as exc:
        raise ImproperlyConfigured(f"STIPOP_BASE_URL: {exc}") from exc
    return {**directives, "img-src": [*directives["img-src"], *origins]}


def allow_accounts(
    directives: dict[str, list[str]], accounts: dict[str, dict[str, Any]]
) -> dict[str, list[str]]:
    """The Content Security Policy, with the origins of the accounts' widgets. Raises ImproperlyConfigured."""
    try:
        origins = [origin for account in accounts.values() for origin in _origins(account["OPTIONS"])]
    except ValueError as exc:
        raise ImproperlyConfigured(f"LIVSTICK_BASE_URL: {exc}") from exc
    wider = {name: [*directives.get(name, directives["default-src"]), *origins] for name in LOADED}
    return {**directives, **wider} if origins else directives


def _origins(options: dict[str, str]) -> list[str]:
    return places.origins(options["base_url"], options["widget_url"])
