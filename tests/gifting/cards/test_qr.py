"""QR codes for shops and for our own cards."""

from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from gifting.cards.qr import qr_modules_png, qr_png
from gifting.errors import Invalid

URL = "https://lune.example/w/9fK2mQx7LpWc3VtYbN4sRd"


def url_of(length: int) -> str:
    return (URL + "0123456789abcdef" * 40)[:length]


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def dark(png: bytes) -> np.ndarray:
    return ~np.asarray(picture(png))


@pytest.mark.parametrize("length", [24, 48, 90, 150, 250, 400, 600])
def test_a_code_of_any_usual_length_decodes_to_its_url(length: int) -> None:
    codes = zxingcpp.read_barcodes(picture(qr_png(url_of(length))))
    assert [code.text for code in codes] == [url_of(length)]


@pytest.mark.parametrize("length", [24, 48, 250, 600])
def test_a_code_is_exactly_300_pixels_square_in_black_and_white(length: int) -> None:
    image = picture(qr_png(url_of(length)))
    assert (image.format, image.size, image.mode) == ("PNG", (300, 300), "1")


def test_the_error_correction_is_m() -> None:
    assert zxingcpp.read_barcodes(picture(qr_png(URL)))[0].ec_level == "M"


@pytest.mark.parametrize("length", [24, 48, 250, 600])
def test_the_quiet_zone_is_at_least_four_modules_on_every_side(length: int) -> None:
    modules = picture(qr_modules_png(url_of(length))).width - 8
    rows, columns = np.nonzero(dark(qr_png(url_of(length))))
    scale = (columns.max() - columns.min() + 1) // modules
    margins = (rows.min(), columns.min(), 299 - rows.max(), 299 - columns.max())
    assert min(margins) >= 4 * scale


@pytest.mark.parametrize("length", [24, 48, 250, 600])
def test_every_module_is_a_square_of_whole_pixels(length: int) -> None:
    modules = dark(qr_modules_png(url_of(length)))[4:-4, 4:-4]
    scale = 300 // (len(modules) + 8)
    rows, columns = np.nonzero(dark(qr_png(url_of(length))))
    drawn = dark(qr_png(url_of(length)))[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert np.array_equal(drawn, np.kron(modules, np.ones((scale, scale), dtype=bool)))


def test_the_code_for_paper_has_one_pixel_a_module_and_four_quiet_ones_around() -> None:
    modules = dark(qr_modules_png(URL))
    framed = np.pad(modules[4:-4, 4:-4], 4)
    assert np.array_equal(modules, framed)
    assert modules[4, 4:11].all()


def test_the_same_url_makes_the_same_bytes() -> None:
    assert qr_png(URL) == qr_png(URL)


@pytest.mark.parametrize("length", [680, 5000])
def test_a_url_that_no_phone_could_read_is_refused(length: int) -> None:
    with pytest.raises(Invalid, match="Use a shorter base URL"):
        qr_png("https://lune.example/" + "a" * length)


def test_the_refusal_does_not_repeat_the_secret_address() -> None:
    with pytest.raises(Invalid) as refusal:
        qr_png("https://lune.example/w/" + "secret" * 200)
    assert "secret" not in str(refusal.value)


def test_an_empty_url_is_refused() -> None:
    with pytest.raises(Invalid, match="no address"):
        qr_png("")
