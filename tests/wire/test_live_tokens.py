"""Tokens: the addresses of RFC 6749, 7009 and 8414, and all that they refuse."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from livestream.models import Channel, ChannelApplication, LiveStream
from livestream.services import applications
from tests.wire.live import READ, WRITE, Api

pytestmark = pytest.mark.django_db
BACK = "https://till.example/back"
# The example of RFC 7636.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def till(channel: Channel, now: datetime) -> str:
    """Client id of a public application, in which staff log in."""
    made = applications.create(channel=channel, name="Till", redirect_uris=[BACK], is_public=True, now=now)
    return made.application.client_id


def question(client_id: str | None, **changes: str | None) -> dict[str, str]:
    said = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": BACK,
        "scope": f"{READ} {WRITE}",
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def ask(staff: Client, client_id: str | None, **changes: str | None) -> Any:
    return staff.get("/oauth/authorize", question(client_id, **changes))


def answer(staff: Client, client_id: str, *, allow: bool = True, **changes: str | None) -> dict[str, str]:
    """What comes back to the application, once a person answered the form."""
    said = {**question(client_id, **changes), **({"allow": "true"} if allow else {})}
    response = staff.post("/oauth/authorize", said)
    assert response.status_code == 302, response.content
    assert response["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def exchange(client_id: str, code: str, **changes: str | None) -> Any:
    said = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return Client().post("/oauth/token", {name: value for name, value in said.items() if value is not None})


def refresh(client_id: str, token: str) -> Any:
    said = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token}
    return Client().post("/oauth/token", said)


def assert_refused(response: Any, status: int, code: str) -> None:
    """RFC 6749, section 5.2."""
    assert (response.status_code, response.json()["error"]) == (status, code), response.content
    assert response["Content-Type"] == "application/json"


# -- Client credentials


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token/"])
def test_client_credentials_give_a_token_for_an_hour(known: dict[str, str], path: str) -> None:
    response = Client().post(path, {"grant_type": "client_credentials", **known})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert set(body["scope"].split()) == {READ, WRITE}
    assert "refresh_token" not in body


def test_the_credentials_may_be_in_the_header(known: dict[str, str], live: LiveStream) -> None:
    basic = b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
    response = Client().post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert Api(response.json()["access_token"]).details(live.public_id).status_code == 200


def test_neither_tokens_nor_secrets_are_stored_in_clear(api: Api, known: dict[str, str]) -> None:
    assert AccessToken.objects.get().token == ""
    assert known["client_secret"] not in Application.objects.get().client_secret


def test_a_wrong_secret_gives_no_token(known: dict[str, str]) -> None:
    said = {"grant_type": "client_credentials", **known, "client_secret": "x"}
    assert_refused(Client().post("/oauth/token", said), 401, "invalid_client")


def test_an_unknown_client_gets_no_token(db: None) -> None:
    said = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "x"}
    assert_refused(Client().post("/oauth/token", said), 401, "invalid_client")


def test_an_unknown_scope_gives_no_token(known: dict[str, str]) -> None:
    said = {"grant_type": "client_credentials", "scope": "everything", **known}
    assert_refused(Client().post("/oauth/token", said), 400, "invalid_scope")


@pytest.mark.parametrize(
    "grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "x", "", None]
)
def test_other_grants_give_no_token(known: dict[str, str], grant: str | None) -> None:
    said = {**known, "username": "maria", "password": "secret"}
    response = Client().post("/oauth/token", said if grant is None else {**said, "grant_type": grant})
    assert_refused(response, 400, "unsupported_grant_type")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_tokens_are_asked_for_by_post(path: str, method: str) -> None:
    response = Client().generic(method, path)
    assert_refused(response, 405, "invalid_request")
    assert "POST" in response["Allow"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"\xff=%zz&%", "application/x-www-form-urlencoded"),
        (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/token?x=%zz"])
def test_what_is_no_question_is_refused_as_one(path: str, body: bytes, content_type: str) -> None:
    response = Client().generic("POST", path, body, content_type=content_type)
    assert response.status_code in (400, 401)
    assert response.json()["error"]


# -- The page


def test_who_is_not_logged_in_logs_in_first(client: Client, till: str) -> None:
    response = ask(client, till)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=/oauth/authorize")


def test_the_page_names_application_channel_and_scopes(staff: Client, till: str) -> None:
    page = ask(staff, till).content.decode()
    assert "Allow Till to act for Atelier Nord?" in page
    assert "See the livestreams of the channel" in page
    assert "Pin products and end livestreams of the channel" in page
    assert BACK in page


def test_the_page_lets_its_form_come_back_to_the_application_alone(staff: Client, till: str) -> None:
    response = ask(staff, till)
    policy = dict(
        directive.strip().split(" ", 1) for directive in response["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["form-action"].split() == ["'self'", "https://till.example"]
    assert policy["frame-ancestors"] == "'none'"
    assert response["Cache-Control"] == "no-store"


def test_the_page_has_no_inline_script_or_style(staff: Client, till: str) -> None:
    page = ask(staff, till).content.decode()
    assert "<script" not in page
    assert "style=" not in page


def test_the_form_needs_its_token(staff: Client, till: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies
    assert strict.post("/oauth/authorize", question(till)).status_code == 403


@pytest.mark.parametrize(
    "names", [[], ["view_livestream"], ["view_livestream", "pin_products"]], ids=["none", "look", "pin"]
)
def test_whoever_may_not_do_it_cannot_allow_it(client: Client, till: str, names: list[str]) -> None:
    person = User.objects.create_user("paul", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(person)
    assert ask(client, till).status_code == 403
    assert client.post("/oauth/authorize", {**question(till), "allow": "true"}).status_code == 403


def test_a_customer_of_the_shop_cannot_allow_it(client: Client, till: str) -> None:
    person = User.objects.create_user("rosa")
    needed = ["view_livestream", "pin_products", "end_livestream"]
    person.user_permissions.set(Permission.objects.filter(codename__in=needed))
    client.force_login(person)
    assert ask(client, till).status_code == 403


def test_staff_who_may_do_it_can_allow_it(client: Client, till: str) -> None:
    person = User.objects.create_user("paul", is_staff=True)
    needed = ["view_livestream", "pin_products", "end_livestream"]
    person.user_permissions.set(Permission.objects.filter(codename__in=needed))
    client.force_login(person)
    assert ask(client, till).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{BACK}/more"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_a_wrong_link_is_explained_and_leads_nowhere(
    staff: Client, till: str, changes: dict[str, str | None]
) -> None:
    response = ask(staff, **{"client_id": till, **changes})
    assert response.status_code == 400
    assert "This link does not work" in response.content.decode()


def test_a_link_that_cannot_be_read_is_explained(staff: Client) -> None:
    assert staff.get("/oauth/authorize?scope=%zz").status_code == 400
    assert staff.post("/oauth/authorize", {}).status_code == 400


def test_an_application_without_a_channel_is_not_asked_about(staff: Client, till: str) -> None:
    ChannelApplication.objects.all().delete()
    response = ask(staff, till)
    assert response.status_code == 400
    assert "belongs to no channel" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "x"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
    ],
)
def test_what_is_not_offered_is_told_to_the_application(
    staff: Client, till: str, changes: dict[str, str | None], error: str
) -> None:
    response = ask(staff, till, **changes)
    assert response.status_code == 302
    assert response["Location"].startswith(BACK)
    assert f"error={error}" in response["Location"]
    assert "state=xyz" in response["Location"]


# -- Authorization code


def test_an_allowed_code_is_exchanged_for_tokens(staff: Client, till: str, live: LiveStream) -> None:
    back = answer(staff, till)
    assert (back["state"], back["iss"]) == ("xyz", "http://testserver")
    body = exchange(till, back["code"]).json()
    assert Api(body["access_token"]).details(live.public_id).status_code == 200
    assert body["refresh_token"]


def test_who_says_no_is_told_to_the_application(staff: Client, till: str) -> None:
    back = answer(staff, till, allow=False)
    assert (back["error"], back["state"]) == ("access_denied", "xyz")


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "x" * 43}, {"code_verifier": None}, {"redirect_uri": "https://evil.example/"}],
)
def test_a_code_alone_is_worth_nothing(staff: Client, till: str, changes: dict[str, str | None]) -> None:
    response = exchange(till, answer(staff, till)["code"], **changes)
    assert response.status_code == 400
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("method", ["plain", None])
def test_a_challenge_that_is_no_digest_is_refused(staff: Client, till: str, method: str | None) -> None:
    assert answer(staff, till, code_challenge_method=method)["error"] == "invalid_request"


def test_a_code_is_exchanged_once(staff: Client, till: str) -> None:
    code = answer(staff, till)["code"]
    assert exchange(till, code).status_code == 200
    assert_refused(exchange(till, code), 400, "invalid_grant")


def test_a_token_to_read_is_asked_for_alone(staff: Client, till: str, live: LiveStream) -> None:
    body = exchange(till, answer(staff, till, scope=READ)["code"]).json()
    assert body["scope"] == READ
    assert Api(body["access_token"]).end(live.public_id).status_code == 403


# -- Refresh and revoke


@pytest.fixture
def pair(staff: Client, till: str) -> dict[str, str]:
    """An access token and its refresh token."""
    body: dict[str, str] = exchange(till, answer(staff, till)["code"]).json()
    return body


def test_a_refresh_token_gives_new_tokens_and_ends_the_old_ones(
    till: str, pair: dict[str, str], live: LiveStream
) -> None:
    fresh = refresh(till, pair["refresh_token"]).json()
    assert fresh["refresh_token"] != pair["refresh_token"]
    assert Api(fresh["access_token"]).details(live.public_id).status_code == 200
    assert Api(pair["access_token"]).details(live.public_id).status_code == 401


def test_a_refresh_token_that_comes_twice_ends_them_all(
    till: str, pair: dict[str, str], live: LiveStream
) -> None:
    fresh = refresh(till, pair["refresh_token"]).json()
    assert_refused(refresh(till, pair["refresh_token"]), 400, "invalid_grant")
    assert_refused(refresh(till, fresh["refresh_token"]), 400, "invalid_grant")
    assert Api(fresh["access_token"]).details(live.public_id).status_code == 401


def test_a_refresh_token_lasts_thirty_days_longer(till: str, pair: dict[str, str]) -> None:
    AccessToken.objects.update(expires=timezone.now() - timedelta(days=29))
    assert refresh(till, pair["refresh_token"]).status_code == 200


def test_a_refresh_token_ends_after_thirty_days(till: str, pair: dict[str, str]) -> None:
    AccessToken.objects.update(expires=timezone.now() - timedelta(days=31))
    assert_refused(refresh(till, pair["refresh_token"]), 400, "invalid_grant")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/revoke/"])
def test_revoking_one_of_the_pair_ends_both(
    till: str, pair: dict[str, str], live: LiveStream, which: str, path: str
) -> None:
    assert Client().post(path, {"token": pair[which], "client_id": till}).status_code == 200
    assert Api(pair["access_token"]).details(live.public_id).status_code == 401
    assert_refused(refresh(till, pair["refresh_token"]), 400, "invalid_grant")


def test_an_unknown_token_is_revoked_without_a_word(known: dict[str, str]) -> None:
    assert Client().post("/oauth/revoke", {"token": "x", **known}).status_code == 200


def test_another_application_cannot_revoke_a_token(
    known: dict[str, str], pair: dict[str, str], live: LiveStream
) -> None:
    Client().post("/oauth/revoke", {"token": pair["access_token"], **known})
    assert Api(pair["access_token"]).details(live.public_id).status_code == 200


# -- What clients find by themselves


def test_the_metadata_name_every_address() -> None:
    body = Client().get("/.well-known/oauth-authorization-server").json()
    assert body["issuer"] == "http://testserver"
    assert body["token_endpoint"] == "http://testserver/oauth/token"
    assert body["authorization_endpoint"] == "http://testserver/oauth/authorize"
    assert body["revocation_endpoint"] == "http://testserver/oauth/revoke"
    assert body["service_documentation"] == "http://testserver/api/docs"
    assert body["code_challenge_methods_supported"] == ["S256"]
    assert body["scopes_supported"] == [READ, WRITE]


@pytest.mark.parametrize(
    "path", ["applications/", "introspect/", "authorized_tokens/", "device/", "register/"]
)
def test_nothing_else_of_the_toolkit_is_there(staff: Client, path: str) -> None:
    assert staff.get(f"/oauth/{path}").status_code == 404
