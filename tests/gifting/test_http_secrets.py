"""The one door to vendors: whom it trusts, and what it never lets out."""

import ast
import logging
import ssl
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from gifting.errors import VendorError, VendorRejected, VendorUnavailable
from gifting.http import Http, plain
from tests.fakes import certificates
from tests.fakes.server import Handler, Server, answer, drop, flood, hang, serve, trickle, trickle_head

ROOT = Path(__file__).parent.parent.parent
SECRET = "s3cr3t"


@pytest.fixture
def impatient(settings: Settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "VENDOR_TIMEOUT_SECONDS": 0.5}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for 127.0.0.1 that nobody vouches for, and its certificate."""
    return certificates.certificate(tmp_path)


def ask(handler: Handler) -> None:
    with serve(handler) as server:
        Http(server.url).request("GET", "/parcels")


# Whom it trusts


def is_refused(server: Server) -> bool:
    """Is the certificate refused, before anything is sent?"""
    with pytest.raises(VendorUnavailable, match="certificate"):
        Http(server.url).request("GET", "/x")
    return not server.calls


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "")  # requests once took this for "do not check"
    with serve(lambda call: answer({}), tls=certificate[0]) as server:
        assert is_refused(server)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environment_may_name_certificates_of_its_own(
    name: str, certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(name, str(certificate[1]))
    with serve(lambda call: answer("trusted"), tls=certificate[0]) as server:
        assert Http(server.url).request("GET", "/x").json() == "trusted"


def test_a_trusted_certificate_for_another_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, cert = certificates.certificate(tmp_path, "DNS:other.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cert))
    with serve(lambda call: answer({}), tls=context) as server:
        assert is_refused(server)


@pytest.mark.usefixtures("impatient")
def test_a_trusted_server_that_trickles_is_given_up_too(
    certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[1]))
    with serve(lambda call: trickle, tls=certificate[0]) as server:
        with pytest.raises(VendorUnavailable, match="in time"):
            Http(server.url).request("GET", "/x")
        assert server.calls


@pytest.mark.usefixtures("impatient")
def test_a_proxy_that_trickles_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda call: trickle_head) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(VendorUnavailable, match="in time"):
            Http("https://vendor.example").request("GET", "/x")
    assert [call.method for call in proxy.calls] == ["CONNECT"]


def test_certificates_that_are_not_there_are_told_by_the_name_of_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(VendorUnavailable, match="REQUESTS_CA_BUNDLE"):
        ask(lambda call: answer({}))


def test_a_netrc_never_replaces_our_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login thief password thief\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serve(lambda call: answer({})) as server:
        Http(server.url, headers={"Authorization": "Bearer ours"}).request("GET", "/x")
        Http(server.url).request("GET", "/x")
    assert [call.headers.get("authorization") for call in server.calls] == ["Bearer ours", None]


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda call: answer("by proxy")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert Http("http://vendor.example").request("GET", "/x").json() == "by proxy"
        with serve(lambda call: answer("directly")) as server:
            assert Http(server.url).request("GET", "/x").json() == "directly"
    assert [call.headers["host"] for call in proxy.calls] == ["vendor.example"]


def test_no_cookie_is_kept() -> None:
    with serve(lambda call: answer({}, Set_Cookie="visitor=1; Path=/")) as server:
        door = Http(server.url)
        door.request("GET", "/x")
        door.request("GET", "/x")
    assert "cookie" not in server.calls[1].headers


# What it never lets out

TROUBLES: dict[str, Handler] = {
    "hangs up": lambda call: drop,
    "never answers": lambda call: hang,
    "sends 30 MB": lambda call: flood,
    "refuses": lambda call: (403, {}, b"body-" + SECRET.encode()),
    "is busy": lambda call: (429, {}, b"body-" + SECRET.encode()),
    "redirects": lambda call: (302, {"Location": f"/?{SECRET}"}, b""),
}


def secretly(door: Http) -> None:
    """A call whose every part is a secret."""
    headers = {"Authorization": f"Bearer {SECRET}"}
    door.request("GET", f"/parcels/1Z{SECRET}/x", params={"key": SECRET}, headers=headers, auth=None)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.usefixtures("impatient")
def test_neither_message_nor_log_nor_traceback_holds_a_secret(
    trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="gifting")
    with serve(TROUBLES[trouble]) as server, pytest.raises(VendorError) as caught:
        secretly(Http(server.url))
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert SECRET not in shown


def test_nor_does_a_vendor_that_is_not_there(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        secretly(Http("http://127.0.0.1:1"))
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_the_user_of_an_address_and_of_a_proxy_is_not_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://user:{SECRET}@127.0.0.1:1")
    with pytest.raises(VendorUnavailable) as caught:
        Http(f"http://user:{SECRET}@vendor.example").request("POST", "/x")
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_a_failed_call_leaves_one_line_with_host_path_status_and_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(VendorUnavailable):
        ask(lambda call: (503, {}, b""))
    (line,) = [record.getMessage() for record in caplog.records if record.name == "gifting.http"]
    assert line.startswith("GET 127.0.0.1/parcels: status 503, ")
    assert line.endswith(" ms")


def test_a_call_that_went_well_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    ask(lambda call: answer({}))
    assert not [record for record in caplog.records if record.name == "gifting.http"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/track/v1/details/1Z999AA10123456784", "/api/track/v1/details/…"),
        ("/suivi/v2/idships/XW123456789FR", "/suivi/v2/idships/…"),
        ("/v3/containers/ORD-2026-1234/card", "/v3/containers/…/card"),
        ("/erase/alice%40example.com", "/erase/…"),
    ],
)
def test_a_path_is_shown_without_codes(path: str, shown: str) -> None:
    assert plain(path) == shown


@pytest.mark.parametrize(
    "door",
    [
        pytest.param(lambda: Http("onlinetools.ups.com"), id="no scheme"),
        pytest.param(lambda: Http("ftp://vendor.example"), id="another scheme"),
        pytest.param(lambda: Http("http://[::1"), id="half an address"),
        pytest.param(lambda: Http("http://vendor..example"), id="no such name"),
        pytest.param(lambda: Http("http://127.0.0.1:1", headers={"Key": f"ł{SECRET}"}), id="letter"),
        pytest.param(lambda: Http("http://127.0.0.1:1", headers={"Key": f"\n{SECRET}"}), id="line"),
    ],
)
def test_settings_that_cannot_work_are_told_to_a_person(door: Callable[[], Http]) -> None:
    with pytest.raises(VendorRejected, match="look at its address and credentials") as caught:
        door().request("GET", "/x")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


# That it is the only one

DOORS = {"requests", "urllib3", "urllib.request", "http.client", "httpx", "aiohttp"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def test_nothing_else_in_the_apps_opens_connections() -> None:
    """One door in each app, and the bus, which posts to processes of our own."""
    sources = [path for app in ("gifting", "livestream") for path in (ROOT / app).rglob("*.py")]
    openers = {
        str(path.relative_to(ROOT))
        for path in sources
        for name in imports(path)
        if name in DOORS or name.split(".")[0] in DOORS
    }
    assert openers == {"gifting/http.py", "livestream/http.py", "livestream/bus/posts.py"}
