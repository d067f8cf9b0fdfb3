"""The hosted accounts of this installation, by the settings, and whose livestreams they hold."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from livestream.backends.base import LiveBackend
from livestream.conf import conf
from livestream.errors import NotFound, VendorRejected
from livestream.models import Channel, LiveStream


def get_account(alias: str) -> LiveBackend:
    """The account, built anew: ask for it in each request. Raises NotFound where `BACKENDS` names none, and
    ImproperlyConfigured where it cannot be built.
    """
    specs = conf().BACKENDS
    if alias not in specs:
        raise NotFound("There is no such account.")
    try:
        account = import_string(specs[alias]["BACKEND"])(**specs[alias].get("OPTIONS", {}))
    except (ImportError, KeyError, TypeError, ValueError) as exc:
        raise ImproperlyConfigured(f"LIVESTREAM['BACKENDS'][{alias!r}]: {exc}") from exc
    if not isinstance(account, LiveBackend):
        raise ImproperlyConfigured(f"LIVESTREAM['BACKENDS'][{alias!r}] is no account of livestreams.")
    return account


def account_of(channel: Channel) -> LiveBackend:
    """The hosted account of a channel. Raises VendorRejected where the settings have none that works: a
    show is never steered at a wrong place.
    """
    try:
        return get_account(channel.backend)
    except (NotFound, ImproperlyConfigured):
        raise VendorRejected(
            f"The settings have no account {channel.backend} that works: check BACKENDS."
        ) from None


def host_of(stream: LiveStream) -> LiveBackend | None:
    """The account that a livestream lives in; None for one that lives here.

    What was made here before the channel was connected stays here. Raises what `account_of` does.
    """
    return account_of(stream.channel) if stream.channel.backend and stream.remote_id else None


def listener(alias: str) -> LiveBackend:
    """The account that pushes under this alias. Raises NotFound where nobody may."""
    account = get_account(alias)
    if not account.can_listen:
        raise NotFound("There is no such account.")
    return account
