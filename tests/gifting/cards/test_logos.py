"""Brand logos: shown when they can be, replaced by the name when not, and never a way out of the card."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from gifting.cards.layouts import A6
from gifting.cards.pdf import card_pdf
from tests.gifting.cards.paper import card, pages, printed

BLUE = (20, 60, 200)
RED = (210, 30, 30)
SVG_TYPE = "image/svg+xml"


def raster(kind: str, *, mode: str = "RGB", color: tuple[int, int, int] = BLUE) -> bytes:
    target = BytesIO()
    Image.new("RGB", (200, 80), color).convert(mode).save(target, kind)
    return target.getvalue()


def svg(inside: str) -> bytes:
    return f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
        viewBox="0 0 200 80">{inside}</svg>""".encode()


def embedded(png: bytes) -> bytes:
    data = base64.b64encode(png).decode()
    return svg(f'<image width="200" height="80" href="data:image/png;base64,{data}"/>')


BLUE_RECTANGLE = svg('<rect width="200" height="80" fill="rgb(20,60,200)"/>')
UNREADABLE = {
    "no picture": (b"hello", "image/png"),
    "cut off": (raster("PNG")[:-20], "image/png"),
    "cut off jpeg": (raster("JPEG")[:-20], "image/jpeg"),
    "svg called png": (BLUE_RECTANGLE, "image/png"),
    "not xml": (b"<svg", SVG_TYPE),
    "empty drawing": (svg(""), SVG_TYPE),
    "drawing of a foreign file": (svg('<image width="9" height="9" href="file:///etc/hostname"/>'), SVG_TYPE),
    "damaged picture inside": (svg('<image width="9" height="9" href="data:image/png;base64,x"/>'), SVG_TYPE),
}
unreadable = pytest.mark.parametrize(("logo", "media_type"), UNREADABLE.values(), ids=UNREADABLE)


class Listener(HTTPServer):
    """Remembers who asked for what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(raster("PNG", color=RED))

    def log_message(self, *args: object) -> None:
        """Silence."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("logo", "media_type"),
    [
        (raster("PNG"), "image/png"),
        (raster("PNG", mode="P"), "image/png"),
        (raster("JPEG"), "image/jpeg"),
        (raster("JPEG", mode="CMYK"), "image/jpeg"),
        (raster("WEBP"), "image/webp"),
        (BLUE_RECTANGLE, SVG_TYPE),
        (embedded(raster("PNG")), SVG_TYPE),
    ],
    ids=["png", "palette png", "jpeg", "cmyk jpeg", "webp", "svg", "svg with an embedded picture"],
)
def test_a_logo_is_shown_in_place_of_the_name(logo: bytes, media_type: str) -> None:
    (page,) = pages(card_pdf(card(logo=logo, logo_type=media_type)))
    assert page.shows(BLUE)
    assert "Maison Lune" not in page.text


def test_a_card_without_a_logo_shows_the_name_of_the_brand() -> None:
    (page,) = pages(card_pdf(card()))
    assert "Maison Lune" in page.text


@unreadable
def test_a_logo_that_cannot_be_read_gives_way_to_the_name(logo: bytes, media_type: str) -> None:
    (page,) = pages(card_pdf(card(logo=logo, logo_type=media_type)))
    assert "Maison Lune" in page.text


def test_a_logo_that_cannot_be_read_does_not_stop_a_batch() -> None:
    batch = [card(logo=logo, logo_type=kind, order_number=name) for name, (logo, kind) in UNREADABLE.items()]
    assert [page.codes for page in pages(printed(*batch, layout=A6))] == [[card().watch_url]] * len(batch)


def test_a_logo_of_far_too_many_pixels_is_not_opened() -> None:
    target = BytesIO()
    Image.new("1", (9000, 9000)).save(target, "PNG")
    (page,) = pages(card_pdf(card(logo=target.getvalue())))
    assert "Maison Lune" in page.text


@pytest.mark.parametrize(
    "reference",
    [
        '<image width="90" height="40" href="{url}"/>',
        '<image width="90" height="40" xlink:href="{url}"/>',
        '<image width="90" height="40" href="data:image/svg+xml,&lt;svg/&gt;"/><image href="{url}"/>',
        '<use href="{url}#a"/>',
        "<style>@import url({url});</style>",
        "<style>@font-face {{ font-family: X; src: url({url}) }}</style><text font-family='X'>L</text>",
        '<rect width="9" height="9" fill="url({url}#a)"/>',
    ],
    ids=["image", "old image", "nested drawing", "use", "import", "font", "fill"],
)
def test_a_drawing_fetches_nothing_from_the_network(listener: Listener, reference: str) -> None:
    logo = svg(reference.format(url=listener.url) + '<rect width="200" height="80"/>')
    card_pdf(card(logo=logo, logo_type=SVG_TYPE))
    assert listener.asked == []


def test_a_drawing_cannot_read_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(raster("PNG", color=RED))
    logo = svg(f'<image width="200" height="80" href="{secret.as_uri()}"/><circle r="20" fill="blue"/>')
    (page,) = pages(card_pdf(card(logo=logo, logo_type=SVG_TYPE)))
    assert not page.shows(RED)


def test_a_drawing_cannot_reach_the_code_of_another_card() -> None:
    pictures = "".join(f'<image width="200" height="80" href="card:{name}"/>' for name in ("qr/0", "0", "1"))
    logo = svg(pictures + '<circle r="20" fill="blue"/>')
    (page,) = pages(card_pdf(card(logo=logo, logo_type=SVG_TYPE)))
    assert len(page.codes) == 1
