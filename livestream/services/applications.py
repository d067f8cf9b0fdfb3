"""OAuth applications: each opens the API of one channel; the secret is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import clear_expired, get_application_model

from livestream.errors import Invalid, NotFound
from livestream.models import Channel, ChannelApplication

NAME_MOST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplication:
    """`client_secret` is empty for a public application; otherwise it cannot be had a second time."""

    application: ChannelApplication
    client_secret: str = field(repr=False)


def find_channel(slug: str) -> Channel:
    """The channel with this short name. Raises NotFound that names the known ones."""
    channel = Channel.objects.filter(slug=slug).first()
    if channel is None:
        known = ", ".join(Channel.objects.order_by("slug").values_list("slug", flat=True))
        hint = f"Known channels: {known}." if known else "There are no channels yet: add one in the admin."
        raise NotFound(f"There is no channel {slug!r}. {hint}")
    return channel


@transaction.atomic
def create(
    *,
    channel: Channel,
    now: datetime,
    name: str = "",
    redirect_uris: Sequence[str] = (),
    is_public: bool = False,
) -> NewApplication:
    """A new application of the channel.

    With redirect URIs its users log in here (authorization code with PKCE), without any it uses its secret
    (client credentials). `is_public`: it cannot keep a secret, so it gets none. Raises Invalid.
    """
    _check(name, redirect_uris, is_public=is_public)
    model = get_application_model()
    secret = generate_client_secret()
    made = model(
        name=name or channel.name,
        client_type=model.CLIENT_PUBLIC if is_public else model.CLIENT_CONFIDENTIAL,
        authorization_grant_type=(
            model.GRANT_AUTHORIZATION_CODE if redirect_uris else model.GRANT_CLIENT_CREDENTIALS
        ),
        redirect_uris=" ".join(redirect_uris),
        client_secret=secret,
    )
    try:
        made.full_clean()
    except ValidationError as exc:
        raise Invalid(" ".join(exc.messages)) from None
    made.save()
    tie = ChannelApplication.objects.create(
        channel=channel, client_id=made.client_id, name=name, created_at=now
    )
    return NewApplication(application=tie, client_secret="" if is_public else secret)


def _check(name: str, redirect_uris: Sequence[str], *, is_public: bool) -> None:
    if len(name) > NAME_MOST:
        raise Invalid(f"The name is too long: at most {NAME_MOST} characters.")
    if is_public and not redirect_uris:
        raise Invalid("A public application has no secret: name at least one redirect URI.")
    for uri in redirect_uris:
        if not _is_safe(uri):
            raise Invalid(f"{uri!r} is no redirect URI: use https, or http on this computer itself.")


def _is_safe(uri: str) -> bool:
    """RFC 8252: plain http only where the code does not leave the machine."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or len(uri.split()) != 1:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@transaction.atomic
def revoke(*, application: ChannelApplication) -> None:
    """The application and all its tokens are gone from now on."""
    get_application_model().objects.filter(client_id=application.client_id).delete()
    application.delete()


def forget_expired(*, now: datetime) -> None:
    """Delete codes and tokens that are of no use to anybody any more; the sweep does it once an hour."""
    if now.minute == 0:
        clear_expired()
