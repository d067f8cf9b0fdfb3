"""Whatever an app sends, the answer is one of the contract's, in the envelope, and never a server's fault."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gifting.models import StickerPack
from tests.wire.app import WORDS, App, items, pair, quoted

pytestmark = pytest.mark.django_db
fuzz = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
STATUS = {
    "0000": {200},
    "2000": {307, 400, 404, 405},
    "2001": {404},
    "2002": {404},
    "2003": {409},
    "2004": {400},
}

text = st.text(st.characters(codec="utf-8"), max_size=40)
packages = st.sampled_from(["118", "119", "0", "-1"]) | text
users = st.sampled_from(["Alice", "Bob", "a/b"]) | text
raw_paths = st.lists(
    st.sampled_from(
        ["gift", "package", "118", "a", "%2F", "%FF", "%", "/", "//", "..", "?", "é", "%00", "send"]
    )
)


def assert_known(response: Any) -> None:
    """In the envelope, with a code of the contract that belongs to the status."""
    body = json.loads(response.content)
    assert list(body) == ["header", "body"]
    assert response.status_code in STATUS[body["header"]["code"]]
    assert body["header"]["code"] == "0000" or body["header"]["message"].startswith(
        WORDS[body["header"]["code"]]
    )


@fuzz
@given(sender=users, receiver=users, package=packages, tells_path=st.booleans())
@example(sender="Alice", receiver="Bob", package="118", tells_path=True)
def test_any_gift_is_sent_or_refused(
    app: App, stuart: StickerPack, sender: str, receiver: str, package: str, tells_path: bool
) -> None:
    caller = App(app.key, tells_path=tells_path)
    assert_known(caller.send(sender, receiver, quoted(package)))
    assert_known(caller.confirm(sender, receiver, quoted(package)))


@fuzz
@given(
    path=raw_paths.map("".join),
    method=st.sampled_from(["GET", "POST", "PUT", "FLY"]),
    tells_path=st.booleans(),
)
def test_any_address_is_answered(
    app: App, stuart: StickerPack, path: str, method: str, tells_path: bool
) -> None:
    assert_known(App(app.key, tells_path=tells_path).call(method, f"/v1/{path}"))


@fuzz
@given(
    query=st.dictionaries(
        st.sampled_from(["limit", "pageNumber", "userId", "q"]), text | st.integers().map(str)
    )
)
def test_any_list_is_shown_or_refused(app: App, stuart: StickerPack, query: dict[str, str]) -> None:
    written = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    for path in ("/v1/gift/send/Alice", "/v1/gift/receive/Bob", "/v1/package", "/v1/package/118"):
        assert_known(app.call("GET", f"{path}?{written}"))


@fuzz
@given(
    body=st.binary(max_size=100)
    | st.dictionaries(st.just("note"), text | st.integers()).map(json.dumps).map(str.encode)
)
def test_any_body_is_taken_or_refused(app: App, stuart: StickerPack, body: bytes) -> None:
    assert_known(app.call("POST", pair("Alice", "Bob"), body))


@fuzz
@given(user=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=190))
def test_any_user_id_that_is_taken_is_found_again(app: App, stuart: StickerPack, user: str) -> None:
    if app.send(user, "x").status_code == 200:
        assert items(app.sent(user))[0]["sendUserId"] == user
        stuart.gifts.all().delete()
