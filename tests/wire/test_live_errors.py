"""Every refusal: its status, its sentence, and which comes first."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from pytest_django import Settings

from livestream.api import errors
from livestream.errors import VendorRejected, VendorUnavailable
from livestream.ids import Kind, encode
from livestream.models import ChannelApplication, LiveStream, Playlist, Product
from livestream.services import applications
from tests.wire.live import NEW, OLD, READ, Api, assert_error, calls, get_token, writes

pytestmark = pytest.mark.django_db
NO_TOKEN = "Invalid or missing access token"
DENIED = "Access denied to this livestream"
SOME = calls(encode(Kind.STREAM, 1), encode(Kind.PLAYLIST, 1))
EVERY_CALL = pytest.mark.parametrize(("method", "path"), SOME)


# -- Token


@EVERY_CALL
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Token abc"])
def test_without_a_token_nothing_is_told(method: str, path: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = Client().generic(method, path, headers=headers)
    assert_error(response, 401, NO_TOKEN)
    assert response["WWW-Authenticate"] == "Bearer"


@EVERY_CALL
def test_an_unknown_token_is_an_invalid_one(method: str, path: str) -> None:
    response = Api("garbage").call(method, path)
    assert_error(response, 401, NO_TOKEN)
    assert response["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("token", ["é", "\x00", "x" * 10_000, "' OR 1=1 --", "%s", "a b"])
def test_a_strange_token_is_an_invalid_one(token: str) -> None:
    assert_error(Api(token).call(*SOME[0]), 401, NO_TOKEN)


def test_a_token_in_the_query_is_none(api: Api, live: LiveStream) -> None:
    for name in ("access_token", "token", "bearer_token"):
        response = Client().get(f"{NEW}/{live.public_id}/detail?{name}={api.token}")
        assert_error(response, 401, NO_TOKEN)


def test_a_token_in_the_body_is_none(api: Api, live: LiveStream) -> None:
    response = Client().post(f"{NEW}/{live.public_id}/pin_product", {"access_token": api.token})
    assert_error(response, 401, NO_TOKEN)


def test_the_scheme_is_read_in_any_case(api: Api, live: LiveStream) -> None:
    for scheme in ("bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {api.token}"}
        assert Client().get(f"{NEW}/{live.public_id}/detail", headers=headers).status_code == 200


def test_an_expired_token_is_an_invalid_one(api: Api, live: LiveStream) -> None:
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert_error(api.details(live.public_id), 401, NO_TOKEN)


def test_a_token_lasts_until_its_last_moment(api: Api, live: LiveStream) -> None:
    AccessToken.objects.update(expires=timezone.now() + timedelta(seconds=30))
    assert api.details(live.public_id).status_code == 200


def test_a_revoked_token_is_an_invalid_one(api: Api, known: dict[str, str], live: LiveStream) -> None:
    assert Client().post("/oauth/revoke", {"token": api.token, **known}).status_code == 200
    assert_error(api.details(live.public_id), 401, NO_TOKEN)


def test_an_application_without_a_channel_opens_nothing(api: Api, live: LiveStream) -> None:
    ChannelApplication.objects.all().delete()
    assert_error(api.details(live.public_id), 401, NO_TOKEN)


def test_a_revoked_application_opens_nothing(api: Api, live: LiveStream) -> None:
    applications.revoke(application=ChannelApplication.objects.get())
    assert_error(api.details(live.public_id), 401, NO_TOKEN)
    assert not Application.objects.exists()


@pytest.mark.parametrize(("resource", "status"), [("http://testserver/api", 200), ("https://x.example", 401)])
def test_a_token_for_another_api_is_an_invalid_one(
    api: Api, live: LiveStream, resource: str, status: int
) -> None:
    AccessToken.objects.update(resource=[resource])
    assert api.details(live.public_id).status_code == status


def test_a_token_given_by_somebody_who_is_gone_is_an_invalid_one(
    api: Api, live: LiveStream, django_user_model
) -> None:
    AccessToken.objects.update(user=django_user_model.objects.create_user("maria"))
    assert api.details(live.public_id).status_code == 200
    django_user_model.objects.update(is_active=False)
    assert_error(api.details(live.public_id), 401, NO_TOKEN)


# -- Scope


def test_a_token_to_read_reads(reader: Api, live: LiveStream, playlist: Playlist) -> None:
    for method, path in calls(live.public_id, playlist.public_id)[:4]:
        assert reader.call(method, path).status_code == 200


@pytest.mark.parametrize(("method", "path"), writes("x"))
def test_a_token_to_read_does_not_write(reader: Api, method: str, path: str) -> None:
    response = reader.call(method, path)
    assert_error(response, 403, "Insufficient scope")
    assert response["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="livestreams:write"'


def test_a_token_to_write_does_not_read(known: dict[str, str], live: LiveStream) -> None:
    response = Api(get_token(known, "livestreams:write")).details(live.public_id)
    assert_error(response, 403, "Insufficient scope")
    assert f'scope="{READ}"' in response["WWW-Authenticate"]


# -- The form of the id, existence, ownership


@pytest.mark.parametrize("bad", ["x", "616d%20p", "%00", "é", "0", "-1", "x" * 5000, "null", "AAAAAAAAAA"])
def test_what_does_not_decode_is_malformed(api: Api, bad: str) -> None:
    for method, path in calls(bad, bad):
        sentence = "Malformed playlist id" if "playlists" in path else "Malformed livestream id"
        assert_error(api.call(method, path), 400, sentence)


def test_another_spelling_of_an_id_is_malformed(api: Api, live: LiveStream) -> None:
    assert_error(api.details(f"{live.public_id}%20"), 400, "Malformed livestream id")


@pytest.mark.parametrize("kind", [Kind.PLAYLIST, Kind.PRODUCT, Kind.UNIT, Kind.IMAGE])
def test_the_id_of_another_thing_is_not_there(api: Api, live: LiveStream, kind: Kind) -> None:
    assert_error(api.details(encode(kind, live.pk)), 404, "Livestream not found")


def test_a_very_large_number_is_not_there(api: Api) -> None:
    assert_error(api.details(encode(Kind.STREAM, 2**63 - 1)), 404, "Livestream not found")


def test_a_playlist_that_is_not_there(api: Api) -> None:
    assert_error(api.playlist(encode(Kind.PLAYLIST, 4711)), 404, "Playlist not found")


def test_a_livestream_of_another_channel_is_refused(
    other_api: Api, live: LiveStream, products: list[Product]
) -> None:
    for method, path in [("GET", f"{OLD}/{live.public_id}/detail"), *writes(live.public_id)]:
        response = other_api.call(method, path, {"product_ids": [products[0].public_id]})
        assert_error(response, 401, DENIED)
        assert response["WWW-Authenticate"] == "Bearer"
    live.refresh_from_db()
    assert (live.status, live.pins.count()) == ("active", 0)


def test_a_playlist_of_another_channel_is_refused(other_api: Api, playlist: Playlist) -> None:
    for family in (OLD, NEW):
        response = other_api.playlist(playlist.public_id, family=family)
        assert_error(response, 401, "Access denied to this playlist")


# -- The order


def test_token_scope_form_existence_ownership_body_state(
    api: Api, reader: Api, other_api: Api, stream: LiveStream, products: list[Product]
) -> None:
    body, good = b"{", {"product_ids": [products[0].public_id]}
    there, missing = f"{NEW}/{stream.public_id}", f"{NEW}/{encode(Kind.STREAM, 4711)}"
    asked = [
        (Api("garbage"), f"{NEW}/x", body, 401, NO_TOKEN),
        (reader, f"{NEW}/x", body, 403, "Insufficient scope"),
        (other_api, f"{NEW}/x", body, 400, "Malformed livestream id"),
        (other_api, missing, body, 404, "Livestream not found"),
        (other_api, there, body, 401, DENIED),
        (api, there, body, 400, "Request body is not valid JSON"),
        (api, there, good, 422, "Livestream must be active or paused to pin products"),
    ]
    for caller, address, said, status, sentence in asked:
        assert_error(caller.call("POST", f"{address}/pin_product", said), status, sentence)


# -- Addresses and methods


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/x",
        "/api/v1/live_streams",
        "/api/%0A",
        "/api/v1/live_streams/a/b/c",
    ],
)
def test_an_unknown_address_is_told_so(path: str) -> None:
    sentence = "There is no such address in this API, its documentation is at /api/docs"
    assert_error(Client().get(path), 404, sentence)


def test_a_wrong_host_is_told_in_one_sentence(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["live.example"]
    response = Client().get("/api/docs", headers={"Host": "evil.example"})
    assert_error(response, 400, "Invalid request format")


def test_the_older_names_have_no_writes(api: Api, live: LiveStream) -> None:
    assert api.call("POST", f"{OLD}/{live.public_id}/pin_product", {}).status_code == 404


@EVERY_CALL
def test_another_method_is_told_which_are_taken(method: str, path: str) -> None:
    allowed = "GET, HEAD" if method == "GET" else method
    for other in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {method}:
        response = Client().generic(other, path)
        assert_error(response, 405, f"This address takes {allowed} only")
        assert response["Allow"] == allowed


def test_the_head_of_a_call_has_no_body(api: Api, live: LiveStream) -> None:
    response = api.call("HEAD", f"{NEW}/{live.public_id}/detail")
    assert (response.status_code, response.content) == (200, b"")


# -- Hosted accounts and faults


@pytest.mark.parametrize(
    ("exc", "status", "sentence"),
    [
        (VendorUnavailable("The account does not answer", retry_after=7), 503, "The account does not answer"),
        (VendorRejected("Too many pins", status=409), 409, "Too many pins"),
        (VendorRejected("Your key is bad", status=401), 502, "Your key is bad"),
        (VendorRejected("Who are you"), 502, "Who are you"),
        (UnreadablePostError(), 400, "Invalid request format"),
        (RuntimeError("secret"), 503, "The service cannot answer right now, try again in a moment"),
    ],
)
def test_other_refusals_have_a_status_each(exc: Exception, status: int, sentence: str) -> None:
    response = errors.error_response(exc)
    assert_error(response, status, sentence)
    assert response.get("Retry-After") == ("7" if "does not answer" in str(exc) else None)


def test_a_database_that_is_down_is_told_in_one_sentence(api: Api, live: LiveStream) -> None:
    def refuse(*question: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(refuse):
        response = api.details(live.public_id)
    assert_error(response, 503, "The service cannot answer right now, try again in a moment")
