"""User ids are any strings: in paths, whatever the server makes of an encoded slash."""

import json
from typing import Any
from urllib.parse import quote, unquote, urljoin

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.test import Client

from gifting.models import StickerPack
from tests.wire.app import DONE, App, assert_code, assert_done, items, pair, quoted

pytestmark = pytest.mark.django_db
ODD = [
    "a/b",
    "/",
    "//",
    "a/",
    "/b",
    "🎁/💝",
    "Zoë Müller",
    "a b+c",
    "100%",
    "%2F",
    "a%2Fb",
    "?x=1#y",
    ".",
    "..",
    "../..",
    "-",
    "send",
    "receive",
    "\n\t\x7f",
    "‮abc",
    "x" * 190,
    "🎁" * 190,
]
IMPOSSIBLE = ["", "x" * 191, "x" * 10_240, "/" * 10_240, "🎁" * 191, "a\x00b"]
NOT_UTF8 = ["%FF", "%ED%A0%80", "%C3", "a%FF%2Fb"]


@pytest.fixture(params=[True, False], ids=["path told", "path not told"])
def anywhere(request: Any, app: App) -> App:
    """The app, on a server that tells the undecoded path, and on one that does not."""
    return App(app.key, tells_path=request.param)


def ask(app: App, method: str, path: str) -> Any:
    """As a client that follows redirects, which it resolves against the address as it wrote it."""
    response = app.call(method, path)
    return app.call(method, urljoin(path, response["Location"])) if response.status_code == 307 else response


@pytest.mark.parametrize("user", ODD)
def test_any_string_sends_and_receives(anywhere: App, stuart: StickerPack, user: str) -> None:
    assert_done(ask(anywhere, "POST", pair(user, "Bob")))
    assert_done(ask(anywhere, "POST", pair("Alice", user)))
    assert [item["sendUserId"] for item in items(anywhere.received("Bob"))] == [user]
    assert [item["receiveUserId"] for item in items(anywhere.sent("Alice"))] == [user]
    assert len(items(anywhere.sent(user))) == len(items(anywhere.received(user))) == 1


@pytest.mark.parametrize("user", ODD)
def test_any_string_confirms(anywhere: App, stuart: StickerPack, user: str) -> None:
    ask(anywhere, "POST", pair(user, "Bob"))
    assert_done(ask(anywhere, "PUT", pair(user, "Bob")))


@pytest.mark.parametrize("sender", ["a/b", "/", "-", "%2F"])
@pytest.mark.parametrize("receiver", ["b/c", "/b", "b/", "-/-", "%2F/"])
def test_both_ids_may_hold_slashes(anywhere: App, stuart: StickerPack, sender: str, receiver: str) -> None:
    assert_done(ask(anywhere, "POST", pair(sender, receiver)))
    assert_done(ask(anywhere, "PUT", pair(sender, receiver)))
    assert [item["isReceive"] for item in items(anywhere.received(receiver))] == ["Y"]


@pytest.mark.parametrize("user", IMPOSSIBLE)
def test_what_is_no_user_id_is_an_invalid_parameter(anywhere: App, stuart: StickerPack, user: str) -> None:
    for method in ("POST", "PUT"):
        assert_code(ask(anywhere, method, pair(user, "Bob")), 400, "2000")
        assert_code(ask(anywhere, method, pair("Alice", user)), 400, "2000")
    assert_code(anywhere.sent(user), 400, "2000")
    assert_code(anywhere.received(user), 400, "2000")


def test_nobody_is_sent_to_an_endless_address(app: App, stuart: StickerPack) -> None:
    app = App(app.key, tells_path=False)
    assert app.call("POST", pair("/" * 190, "b" * 190)).status_code == 307
    assert_code(app.call("POST", pair("/" * 191, "b" * 190)), 400, "2000")


@pytest.mark.parametrize("user", NOT_UTF8)
def test_what_is_no_text_is_an_invalid_parameter(anywhere: App, stuart: StickerPack, user: str) -> None:
    for method in ("POST", "PUT"):
        assert_code(anywhere.call(method, f"/v1/gift/118/{user}/Bob"), 400, "2000")
        assert_code(anywhere.call(method, f"/v1/gift/118/Alice/{user}"), 400, "2000")
    assert_code(anywhere.call("GET", f"/v1/gift/send/{user}"), 400, "2000")


@pytest.mark.parametrize("written", ["%", "%Z", "%ZZ", "%2", "50%off"])
def test_a_percent_sign_that_encodes_nothing_stands_for_itself(
    anywhere: App, stuart: StickerPack, written: str
) -> None:
    assert_done(anywhere.call("POST", f"/v1/gift/118/{written}/Bob"))
    assert items(anywhere.sent(written))[0]["sendUserId"] == written


def test_two_pairs_that_only_differ_in_where_one_id_ends_are_two(anywhere: App, stuart: StickerPack) -> None:
    ask(anywhere, "POST", pair("a", "b/c"))
    ask(anywhere, "POST", pair("a/b", "c"))
    assert [item["receiveUserId"] for item in items(anywhere.sent("a"))] == ["b/c"]
    assert [item["receiveUserId"] for item in items(anywhere.sent("a/b"))] == ["c"]


@pytest.mark.parametrize("user", ["a/b", "a//b"])
def test_a_list_takes_slashes_that_the_published_client_leaves_as_they_are(
    anywhere: App, stuart: StickerPack, user: str
) -> None:
    ask(anywhere, "POST", pair(user, "Bob"))
    assert len(items(anywhere.call("GET", f"/v1/gift/send/{user}?userId={quoted(user)}"))) == 1


def test_the_question_where_an_id_ends_keeps_the_query(app: App, stuart: StickerPack) -> None:
    app = App(app.key, tells_path=False)
    response = app.call("POST", pair("a/b", "c") + "?note=" + quote("Für dich & mich"))
    assert_code(response, 307, "2000")
    again = urljoin(pair("a/b", "c"), response["Location"])
    assert_done(app.call("POST", again))
    assert stuart.gifts.get().note == "Für dich & mich"


@pytest.mark.parametrize(
    "told", ["/v1/gift/118/x%2Fb/c", "/v1/gift/118/a/b/c/d", "/", "", "//", "*", "a:b", "\x80"]
)
def test_a_told_path_that_is_not_the_path_is_not_believed(app: App, stuart: StickerPack, told: str) -> None:
    response = Client().post("/v1/gift/118/a%2Fb/c", headers={"apikey": app.key}, RAW_URI=told)
    assert_code(response, 307, "2000")
    assert not stuart.gifts.exists()


@pytest.mark.parametrize("name", ["RAW_URI", "REQUEST_URI", "HTTP_X_ORIGINAL_URI"])
@pytest.mark.parametrize("host", ["", "http://lune.example", "http://lune.example:8000"])
def test_servers_and_proxies_tell_the_path_in_their_own_ways(
    app: App, stuart: StickerPack, name: str, host: str
) -> None:
    path = pair("a/b", "c")
    response = Client().post(path, headers={"apikey": app.key}, **{name: f"{host}{path}?note=x"})
    assert_done(response)
    assert stuart.gifts.get().sender == "a/b"


def test_a_mounted_site_finds_the_path_below_its_own(app: App, stuart: StickerPack) -> None:
    path = pair("a/b", "c")
    told = {"SCRIPT_NAME": "/shop", "RAW_URI": f"/shop{path}"}
    assert_done(Client().post(path, headers={"apikey": app.key}, **told))
    assert stuart.gifts.get().sender == "a/b"


@pytest.mark.parametrize("answer", ["-?pair=x%2Fy%2Fc", "-?pair=", "-?pair=a%2Fb", "z?pair=a%2Fb%2Fc"])
def test_an_answer_to_another_question_is_an_invalid_parameter(
    app: App, stuart: StickerPack, answer: str
) -> None:
    app = App(app.key, tells_path=False)
    assert_code(app.call("POST", f"/v1/gift/118/a%2Fb/{answer}"), 400, "2000")


def over_asgi(app: App, method: str, path: str) -> tuple[int, Any]:
    """Status and document of an answer, as a server such as uvicorn asks for it."""

    async def talk() -> tuple[int, Any]:
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"testserver"), (b"apikey", app.key.encode())],
        }
        server = ApplicationCommunicator(get_asgi_application(), scope)
        await server.send_input({"type": "http.request", "body": b""})
        start, body = await server.receive_output(10), await server.receive_output(10)
        await server.wait()
        return start["status"], json.loads(body["body"])

    return async_to_sync(talk)()


@pytest.mark.parametrize("user", NOT_UTF8)
def test_what_is_no_text_is_an_invalid_parameter_under_asgi_too(
    app: App, stuart: StickerPack, user: str
) -> None:
    for method, path in (
        ("POST", f"/v1/gift/118/{user}/Bob"),
        ("PUT", f"/v1/gift/118/Alice/{user}"),
        ("GET", f"/v1/gift/send/{user}"),
    ):
        status, document = over_asgi(app, method, path)
        assert (status, document["header"]["code"]) == (400, "2000")
    assert not stuart.gifts.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("user", ["a/b", "🎁", "100%", "\ufffd"])
def test_any_string_sends_under_asgi(app: App, stuart: StickerPack, user: str) -> None:
    assert over_asgi(app, "POST", pair(user, "Bob")) == (200, DONE)
    assert stuart.gifts.get().sender == user
