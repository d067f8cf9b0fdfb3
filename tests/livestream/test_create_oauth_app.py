"""`manage.py create_oauth_app`, and the applications that it makes."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from livestream import tasks
from livestream.models import Channel, ChannelApplication
from livestream.services import applications

BACK = "https://till.example/back"


def run(*arguments: str) -> list[str]:
    printed = io.StringIO()
    call_command("create_oauth_app", *arguments, stdout=printed, stderr=io.StringIO())
    return printed.getvalue().split()


def test_the_printed_credentials_give_a_token(channel: Channel) -> None:
    client_id, secret = run("atelier")
    said = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    assert Client().post("/oauth/token", said).status_code == 200
    assert ChannelApplication.objects.get().channel == channel


def test_the_secret_is_stored_as_a_hash(channel: Channel) -> None:
    _client_id, secret = run("atelier")
    assert secret not in Application.objects.get().client_secret


def test_the_application_gets_its_name(channel: Channel) -> None:
    run("atelier", "--name", "Till")
    assert (ChannelApplication.objects.get().name, Application.objects.get().name) == ("Till", "Till")


def test_with_redirect_uris_its_users_log_in(channel: Channel) -> None:
    run("atelier", "--redirect-uri", BACK, "--redirect-uri", "http://127.0.0.1:8400/")
    made = Application.objects.get()
    assert made.authorization_grant_type == Application.GRANT_AUTHORIZATION_CODE
    assert made.redirect_uris == f"{BACK} http://127.0.0.1:8400/"


def test_a_public_application_has_no_secret(channel: Channel) -> None:
    assert len(run("atelier", "--public", "--redirect-uri", BACK)) == 1
    assert Application.objects.get().client_type == Application.CLIENT_PUBLIC


def test_a_public_application_without_a_redirect_uri_is_refused(channel: Channel) -> None:
    with pytest.raises(CommandError, match="name at least one redirect URI"):
        run("atelier", "--public")


@pytest.mark.parametrize(
    "uri", ["http://till.example/", "javascript:alert(1)", "/back", "x", "https://", "https://a.example/#x"]
)
def test_an_unsafe_redirect_uri_is_refused(channel: Channel, uri: str) -> None:
    with pytest.raises(CommandError):
        run("atelier", "--redirect-uri", uri)
    assert not Application.objects.exists()


def test_an_unknown_channel_is_answered_with_the_known_ones(channel: Channel, other_channel: Channel) -> None:
    with pytest.raises(CommandError, match=r"no channel 'mars'.*Known channels: atelier, sud"):
        run("mars")


@pytest.mark.django_db
def test_without_channels_the_command_says_so() -> None:
    with pytest.raises(CommandError, match="no channels yet"):
        run("atelier")


def test_a_name_that_is_too_long_is_refused(channel: Channel) -> None:
    with pytest.raises(CommandError, match="at most 120"):
        run("atelier", "--name", "x" * 121)


def test_revoking_takes_the_application_and_its_tie_away(channel: Channel, now: datetime) -> None:
    made = applications.create(channel=channel, now=now)
    applications.revoke(application=made.application)
    assert not Application.objects.exists()
    assert not ChannelApplication.objects.exists()


@pytest.fixture
def two_tokens(channel: Channel, now: datetime) -> None:
    """One that is good for an hour, and one that no longer is."""
    for token, hours in (("good", 1), ("old", -1)):
        AccessToken.objects.create(token=token, expires=now + timedelta(hours=hours))


def left() -> list[str]:
    return [*AccessToken.objects.order_by("token").values_list("token", flat=True)]


def test_expired_tokens_are_deleted_once_an_hour(two_tokens: None, now: datetime) -> None:
    applications.forget_expired(now=now.replace(minute=59))
    assert left() == ["good", "old"]
    applications.forget_expired(now=now.replace(minute=0))
    assert left() == ["good"]


def test_the_sweep_does_it() -> None:
    assert applications.forget_expired in tasks.PARTS
