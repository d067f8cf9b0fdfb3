"""Templates and modules: nothing inline, and a layout that hosts can replace."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client

import gifting
from gifting.models import VideoContainer
from gifting.services import links

ROOT = Path(gifting.__file__).parent.parent
FOLDERS = ("gifting", "config", "templates")
# Mail programs know no stylesheets, and a card's are put into its one document.
EXEMPT = ("gifting/templates/gifting/mail/", "gifting/templates/gifting/cards/")
FORBIDDEN = {
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a stylesheet in the page": re.compile(r"<style", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an address that runs": re.compile(r"javascript:", re.IGNORECASE),
}
FORBIDDEN_IN_MODULES = {
    "markup from text": re.compile(r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write"),
    "code from text": re.compile(r"\beval\(|new Function\("),
    "a style attribute": re.compile(r"setAttribute\(\s*[\"'](?:style|on\w+)[\"']|cssText"),
}


def files(kind: str, below: str) -> list[str]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob(f"*.{kind}"))
    paths = sorted(str(path.relative_to(ROOT)) for path in found)
    return [path for path in paths if below in f"/{path}" and not path.startswith(EXEMPT)]


TEMPLATES = files("html", "/templates/") + files("svg", "/templates/")
MODULES = files("js", "/static/")
PAGES = [path.removeprefix("gifting/templates/") for path in files("html", "gifting/templates/gifting/")]


def found(path: str, forbidden: dict[str, re.Pattern[str]]) -> list[str]:
    text = (ROOT / path).read_text()
    return [what for what, pattern in forbidden.items() if pattern.search(text)]


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_template_has_nothing_inline(path: str) -> None:
    assert found(path, FORBIDDEN) == []


@pytest.mark.parametrize("path", MODULES)
def test_a_module_makes_no_code_or_markup_from_text(path: str) -> None:
    assert found(path, FORBIDDEN_IN_MODULES) == []


@pytest.mark.parametrize(
    "inline",
    [
        "<script>x</script>",
        '<script type="module">x</script>',
        "<style>x</style>",
        '<p style="x">',
        '<p onclick="x">',
        '<a href="javascript:x">',
    ],
)
def test_what_is_inline_would_be_found(inline: str) -> None:
    assert any(pattern.search(inline) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("name", PAGES)
def test_a_template_compiles(name: str) -> None:
    assert get_template(name)


@pytest.fixture
def own_layout(settings, tmp_path: Path) -> None:
    """A host that has put a layout of its own in the place of ours."""
    (tmp_path / "gifting").mkdir()
    (tmp_path / "gifting" / "base.html").write_text("HOST{% block content %}{% endblock %}")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/w/{watch}", "/w/nobody", "/{urid}", "/preview/{urid}", "{confirmation}"])
def test_every_page_works_in_a_layout_of_the_host(
    client: Client,
    container: VideoContainer,
    record: Callable[[VideoContainer], VideoContainer],
    own_layout: None,
    page: str,
) -> None:
    record(container)
    path = page.format(
        watch=container.watch_token,
        urid=container.urid,
        confirmation=links.confirmation_path(container.order),
    )
    html = client.get(path).content.decode()
    assert "HOST" in html
    assert "<h1" in html


@pytest.mark.django_db
def test_a_host_page_that_does_not_exist_is_friendly(client: Client) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


@pytest.mark.parametrize("name", ["403.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_from_the_request(name: str) -> None:
    assert "<h1" in get_template(name).render()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/w/nobody", "/no/such/page"])
def test_pages_send_the_content_security_policy(client: Client, path: str) -> None:
    assert "default-src 'self'" in client.get(path).headers["Content-Security-Policy"]
