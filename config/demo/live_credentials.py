"""The sample OAuth applications: one for each sample channel."""

from datetime import datetime

from django.contrib.auth.hashers import check_password
from oauth2_provider.models import get_application_model

from livestream.models import Channel
from livestream.services import applications

NAME = "demo"


def ensure_application(channel: Channel, client: str, secret: str, *, now: datetime) -> tuple[str, str]:
    """Client id and secret that work, the same ones as long as file and database know each other."""
    if client and _opens(channel, client, secret):
        return client, secret
    for lost in channel.applications.filter(name=NAME):
        applications.revoke(application=lost)
    made = applications.create(channel=channel, name=NAME, now=now)
    return made.application.client_id, made.client_secret


def _opens(channel: Channel, client: str, secret: str) -> bool:
    known = get_application_model().objects.filter(client_id=client).first()
    is_ours = channel.applications.filter(client_id=client).exists()
    return bool(known and is_ours and check_password(secret, known.client_secret))
