"""A brand's colors and logo."""

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gifting import colors
from gifting.models import Brand
from gifting.models.files import gift_storage

SHEET = Path(colors.__file__).parent / "static/gifting/pages/gifting.css"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HEX_COLORS = st.from_regex(r"\A#[0-9a-f]{6}\Z")


def theme(client: Client, brand: Brand) -> str:
    response = client.get(f"/brands/{brand.slug}/theme.css")
    assert response.status_code == 200
    return response.content.decode()


def with_logo(brand: Brand, name: str, data: bytes) -> Brand:
    brand.logo.name = gift_storage().save(f"brands/{name}", ContentFile(data))
    brand.save()
    return brand


@given(HEX_COLORS)
def test_text_on_any_accent_can_be_read(accent: str) -> None:
    assert colors.contrast(colors.readable_on(accent), accent) >= 4.5


@given(HEX_COLORS, st.sampled_from([colors.DAY, "#ffffff", colors.NIGHT, "#000000"]))
def test_accented_text_can_be_read_on_any_surface(accent: str, surface: str) -> None:
    assert colors.contrast(colors.readable_as_text(accent, surface=surface), surface) >= 4.5


@given(HEX_COLORS)
def test_an_accent_that_can_be_read_is_not_changed(accent: str) -> None:
    if colors.contrast(accent, colors.DAY) >= 4.5:
        assert colors.readable_as_text(accent, surface=colors.DAY) == accent


def test_contrast_is_that_of_wcag() -> None:
    assert colors.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colors.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_the_colors_are_computed_for_the_surfaces_of_the_stylesheet() -> None:
    """A text that reads on the darkest surface of the day reads on the lighter ones, and so on at night."""
    day, night = SHEET.read_text().split("@media (prefers-color-scheme: dark)", 1)
    surfaces = re.compile(r"--gc-(?:paper|surface): (#[0-9a-f]{6});")
    assert min(surfaces.findall(day), key=brightness) == colors.DAY
    assert max(surfaces.findall(night), key=brightness) == colors.NIGHT


def brightness(color: str) -> float:
    return colors.contrast(color, "#000000")


@pytest.mark.django_db
def test_the_theme_has_the_brands_color(client: Client, brand: Brand) -> None:
    brand.accent_color = "#E0B020"
    brand.save()
    css = theme(client, brand)
    assert "--gc-accent: #e0b020;" in css
    assert "--gc-on-accent: #000000;" in css


@pytest.mark.django_db
def test_the_theme_has_a_shade_for_the_night(client: Client, brand: Brand) -> None:
    day, night = theme(client, brand).split("@media (prefers-color-scheme: dark)")
    shade = re.compile(r"--gc-accent-text: (#[0-9a-f]{6});")
    assert shade.findall(day) != shade.findall(night)


@pytest.mark.django_db
@pytest.mark.parametrize("color", ["red;}*{", "", "#12345", "#xyzxyz"])
def test_only_a_color_reaches_the_stylesheet(client: Client, brand: Brand, color: str) -> None:
    brand.accent_color = color
    brand.save()
    assert f"--gc-accent: {colors.FALLBACK};" in theme(client, brand)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["theme.css", "logo"])
def test_what_is_public_is_cached_until_it_changes(client: Client, brand: Brand, path: str) -> None:
    address = f"/brands/{with_logo(brand, 'a.svg', SVG).slug}/{path}"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert "public" in first.headers["Cache-Control"]
    assert again.status_code == 304


@pytest.mark.django_db
def test_another_color_is_another_stylesheet(client: Client, brand: Brand) -> None:
    address = f"/brands/{brand.slug}/theme.css"
    etag = client.get(address).headers["ETag"]
    brand.accent_color = "#123456"
    brand.save()
    assert client.get(address, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "media_type"), [("a.svg", "image/svg+xml"), ("a.PNG", "image/png"), ("a.jpeg", "image/jpeg")]
)
def test_the_logo_is_sent_as_what_it_is(client: Client, brand: Brand, name: str, media_type: str) -> None:
    response = client.get(f"/brands/{with_logo(brand, name, b'data').slug}/logo")
    assert response.content == b"data"
    assert response.headers["Content-Type"] == media_type


@pytest.mark.django_db
def test_a_logo_opened_as_a_page_can_do_nothing(client: Client, brand: Brand) -> None:
    headers = client.get(f"/brands/{with_logo(brand, 'a.svg', SVG).slug}/logo").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].endswith("sandbox")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page.html", "movie.svgz", "noextension"])
def test_a_logo_of_another_kind_is_not_sent(client: Client, brand: Brand, name: str) -> None:
    assert client.get(f"/brands/{with_logo(brand, name, SVG).slug}/logo").status_code == 404


@pytest.mark.django_db
def test_a_brand_without_logo_has_none(client: Client, brand: Brand) -> None:
    assert client.get(f"/brands/{brand.slug}/logo").status_code == 404


@pytest.mark.django_db
def test_a_lost_logo_is_a_404(client: Client, brand: Brand) -> None:
    gift_storage().delete(with_logo(brand, "a.svg", SVG).logo.name)
    assert client.get(f"/brands/{brand.slug}/logo").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["theme.css", "logo"])
def test_an_unknown_brand_is_a_404(client: Client, path: str) -> None:
    assert client.get(f"/brands/nobody/{path}").status_code == 404
