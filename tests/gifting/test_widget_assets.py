"""The widget's files, as pages all over the world load them."""

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from gifting.views.assets import FOLDER, read_bundle

IMPORTED = re.compile(r"""["']\./([^"']+\.(?:js|css))["']""")
A_YEAR = "public, max-age=31536000, immutable"
FIVE_MINUTES = "public, max-age=300"


@pytest.fixture
def version() -> str:
    return read_bundle(FOLDER).version


def asset(client: Client, name: str, **headers: str) -> HttpResponse:
    return client.get(f"/widget/assets/{name}", headers=headers)


def imports(response: HttpResponse) -> set[str]:
    return set(IMPORTED.findall(response.content.decode()))


def test_the_latest_widget_is_kept_for_minutes(client: Client) -> None:
    response = asset(client, "widget.latest.js")
    assert (response.status_code, response["Cache-Control"]) == (200, FIVE_MINUTES)
    assert response["Content-Type"] == "text/javascript; charset=utf-8"


def test_a_version_is_kept_for_a_year(client: Client, version: str) -> None:
    response = asset(client, f"widget.{version}.js")
    assert (response.status_code, response["Cache-Control"]) == (200, A_YEAR)
    assert response.content == asset(client, "widget.latest.js").content


@pytest.mark.parametrize("name", ["widget.latest.js", "widget.{}.js", "widget.{}.css", "api.{}.js"])
def test_any_page_may_load_it(client: Client, version: str, name: str) -> None:
    response = asset(client, name.format(version), Origin="https://anywhere.example")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_stylesheet_says_what_it_is(client: Client, version: str) -> None:
    assert asset(client, f"widget.{version}.css")["Content-Type"] == "text/css; charset=utf-8"


def test_everything_that_is_imported_is_served_for_a_year(client: Client, version: str) -> None:
    known, todo = set(), {"widget.latest.js"}
    while name := next(iter(todo - known), None):
        response = asset(client, name)
        assert response.status_code == 200, name
        assert name == "widget.latest.js" or response["Cache-Control"] == A_YEAR
        known.add(name)
        todo |= imports(response)
    assert known >= {f"upload.{version}.js", f"de.{version}.js", f"widget.{version}.css"}


def test_a_browser_that_has_it_is_not_sent_it_again(client: Client) -> None:
    etag = asset(client, "widget.latest.js")["ETag"]
    again = asset(client, "widget.latest.js", **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_page_that_pinned_an_old_version_gets_one_that_fits_together(client: Client) -> None:
    old = "0123456789ab"
    response = asset(client, f"widget.{old}.js")
    assert (response.status_code, response["Cache-Control"]) == (200, FIVE_MINUTES)
    assert {name.split(".")[1] for name in imports(response)} == {old}
    assert asset(client, f"api.{old}.js").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "widget.js",
        "index.js",
        "api.js",
        "api.latest.js",
        "widget.latest.css",
        "none.0123456789ab.js",
        "widget.0123456789AB.js",
        "..%2f..%2f..%2fconf.0123456789ab.js",
        "../../../conf.py",
        "%2e%2e/%2e%2e/__init__.py",
        "widget.latest.js%00",
        "widget.latest.js%0a",
        "",
    ],
)
def test_nothing_else_is_served(client: Client, db: None, name: str) -> None:
    assert client.get(f"/widget/assets/{name}").status_code == 404


def test_a_post_is_refused(client: Client) -> None:
    assert client.post("/widget/assets/widget.latest.js").status_code == 405


def test_a_change_in_any_file_is_a_new_version_of_all(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text('import "./one.js"; new URL("./widget.css");')
    (tmp_path / "one.js").write_text("1")
    (tmp_path / "widget.css").write_text("")
    before = read_bundle(tmp_path)
    (tmp_path / "one.js").write_text("2")
    after = read_bundle(tmp_path)
    assert after.version != before.version
    assert after.render("index.js", after.version) == (
        f'import "./one.{after.version}.js"; new URL("./widget.{after.version}.css");'
    )


def test_only_files_of_the_widget_are_renamed(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(
        """import './one.js'; "./two.js"; "one.js"; "../one.js"; './one.js";"""
    )
    (tmp_path / "one.js").write_text("1")
    shown = read_bundle(tmp_path).render("index.js", "abc")
    assert shown == """import './one.abc.js'; "./two.js"; "one.js"; "../one.js"; './one.js";"""
