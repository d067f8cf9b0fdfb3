"""A client of another make against a real server: it gets tokens, uses them, renews and returns them."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from django.contrib.auth.models import User

from livestream.models import Channel, LiveStream
from livestream.services import applications
from tests.wire.live import NEW, READ, WRITE

pytestmark = pytest.mark.django_db(transaction=True)
BACK = "http://127.0.0.1:9/back"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


@pytest.fixture(autouse=True)
def _without_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def metadata(live_server: Any) -> dict[str, Any]:
    """All that the clients below know of the server."""
    answer = requests.get(f"{live_server.url}/.well-known/oauth-authorization-server", timeout=10)
    found: dict[str, Any] = answer.json()
    assert found["issuer"] == live_server.url
    return found


@pytest.fixture
def browser(live_server: Any, django_user_model: type[User]) -> Iterator[requests.Session]:
    """A member of staff who has logged in on the page of the admin."""
    django_user_model.objects.create_superuser("maria", password="secret")
    with requests.Session() as session:
        login = f"{live_server.url}/admin/login/"
        said = {**hidden(session.get(login, timeout=10).text), "username": "maria", "password": "secret"}
        assert session.post(login, said, timeout=10).url.endswith("/admin/")
        yield session


def hidden(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def allow(browser: requests.Session, address: str) -> str:
    """Press the button; where the application is called back."""
    page = browser.get(address, timeout=10)
    assert "Allow Till to act for Atelier Nord?" in page.text
    answer = browser.post(page.url, {**hidden(page.text), "allow": "true"}, allow_redirects=False, timeout=10)
    return str(answer.headers["Location"])


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_client_credentials_pin_a_product(
    live_server: Any, metadata: dict[str, Any], known: dict[str, str], live: LiveStream, products, method: str
) -> None:
    session = OAuth2Session(**known, scope=f"{READ} {WRITE}", token_endpoint_auth_method=method, timeout=10)
    session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    item = products[0].public_id
    address = f"{live_server.url}{NEW}/{live.public_id}/pin_product"
    assert session.post(address, json={"product_ids": [item]}).json() == {"pinned_product_ids": [item]}


@pytest.mark.parametrize("is_public", [True, False])
def test_an_authorization_code_is_asked_for_used_renewed_and_revoked(
    live_server: Any,
    metadata: dict[str, Any],
    browser: requests.Session,
    channel: Channel,
    live: LiveStream,
    now: datetime,
    is_public: bool,
) -> None:
    made = applications.create(
        channel=channel, name="Till", redirect_uris=[BACK], is_public=is_public, now=now
    )
    session = OAuth2Session(
        client_id=made.application.client_id,
        client_secret=made.client_secret or None,
        token_endpoint_auth_method="none" if is_public else "client_secret_basic",
        revocation_endpoint_auth_method="none" if is_public else "client_secret_basic",
        scope=f"{READ} {WRITE}",
        redirect_uri=BACK,
        code_challenge_method="S256",
        timeout=10,
    )
    verifier = "v" * 64
    address, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier
    )
    token = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=allow(browser, address),
        code_verifier=verifier,
        state=state,
    )
    details = f"{live_server.url}{NEW}/{live.public_id}/detail"
    assert session.get(details).json()["status"] == "active"

    fresh = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert fresh["access_token"] != token["access_token"]
    assert session.get(details).status_code == 200

    assert (
        session.revoke_token(metadata["revocation_endpoint"], token=fresh["refresh_token"]).status_code == 200
    )
    assert session.get(details).status_code == 401
