"""GET qrcode, card and url of a container."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from gifting.models import VideoContainer
from tests.wire.shop import Shop

pytestmark = pytest.mark.django_db
MODULES = 33  # Version 4, which the addresses here need.


@pytest.fixture
def qr_code(shop: Shop, crid: str) -> Image.Image:
    return Image.open(BytesIO(shop.get(crid, "/qrcode").content))


@pytest.fixture
def watch_url(shop: Shop, crid: str) -> str:
    return str(shop.get(crid, "/url").json()["url"])


def test_the_url_is_the_brands_watch_page_with_an_opaque_token(watch_url: str) -> None:
    assert watch_url == f"https://lune.example/w/{VideoContainer.objects.get().watch_token}"


def test_the_url_tells_nothing_of_the_order(watch_url: str) -> None:
    container = VideoContainer.objects.get()
    said = (container.urid, str(container.edit_key), container.order.number, "alice", "bob")
    assert not any(word.lower() in watch_url.lower() for word in said)


def test_the_qr_code_has_exactly_300_by_300_pixels(qr_code: Image.Image) -> None:
    assert (qr_code.format, qr_code.size) == ("PNG", (300, 300))


def test_the_qr_code_says_the_url_with_error_correction_m(qr_code: Image.Image, watch_url: str) -> None:
    (found,) = zxingcpp.read_barcodes(qr_code.convert("L"))
    assert (found.text, found.ec_level) == (watch_url, "M")


def test_the_qr_code_has_a_quiet_zone_of_four_modules(qr_code: Image.Image) -> None:
    left, upper, right, lower = (
        Image.eval(qr_code.convert("L"), lambda pixel: 255 - pixel).getbbox() or (0,) * 4
    )
    module = (right - left) / MODULES
    assert min(left, upper, 300 - right, 300 - lower) >= 4 * module


def test_the_card_is_one_page_with_the_same_qr_code(shop: Shop, crid: str, watch_url: str) -> None:
    card = pypdfium2.PdfDocument(shop.get(crid, "/card").content)
    assert len(card) == 1
    (found,) = zxingcpp.read_barcodes(card[0].render(scale=3).to_pil())
    assert found.text == watch_url


def test_the_card_names_giver_and_receiver(shop: Shop, crid: str) -> None:
    text = pypdfium2.PdfDocument(shop.get(crid, "/card").content)[0].get_textpage().get_text_bounded()
    assert "Alice" in text
    assert "Bob" in text


def test_the_card_has_the_order_number_as_its_file_name(shop: Shop) -> None:
    shop.open(crid="Ü-7 b")
    assert shop.get("Ü-7 b", "/card")["Content-Disposition"] == "inline; filename*=utf-8''%C3%9C-7%20b.pdf"


def test_activation_changes_neither_code_nor_url(shop: Shop, crid: str, watch_url: str) -> None:
    before = shop.get(crid, "/qrcode").content
    shop.notify(crid)
    assert shop.get(crid, "/qrcode").content == before
    assert shop.get(crid, "/url").json() == {"url": watch_url}
