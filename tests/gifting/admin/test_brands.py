"""Brands in the admin: plain fields, and a logo that must print and do no harm."""

import io
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from gifting.models import Brand
from tests.gifting.pack_gifts import give, new_pack

BRANDS = "/admin/gifting/brand/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/>%s</svg>'


def picture(kind: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 20), "navy").save(target, kind)
    return target.getvalue()


def save(client: Client, brand: Brand, **changed: Any) -> HttpResponse:
    fields = {
        "name": "Maison Lune",
        "slug": "lune",
        "accent_color": "#a3293d",
        "default_language": "en",
        "capture": "widget",
        "retention_days": "180",
        **changed,
    }
    return client.post(f"{BRANDS}{brand.pk}/change/", fields)


def upload(client: Client, brand: Brand, data: bytes, name: str = "logo.png") -> HttpResponse:
    return save(client, brand, logo=SimpleUploadedFile(name, data))


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(picture("PNG"), ".png"), (picture("JPEG"), ".jpg"), (SVG % b"", ".svg")],
    ids=["png", "jpeg", "svg"],
)
def test_a_logo_is_named_after_what_it_is(staff: Client, brand: Brand, data: bytes, suffix: str) -> None:
    upload(staff, brand, data, name="our logo.bin")
    brand.refresh_from_db()
    assert brand.logo.name.endswith(suffix)
    assert brand.logo.read() == data


NOT_A_LOGO = {
    "gif": (b"GIF89a nothing", "must be a PNG, JPEG or SVG"),
    "page": (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "must be a PNG, JPEG or SVG"),
    "no namespace": (b"<svg/>", "must be a PNG, JPEG or SVG"),
    "damaged": (picture("PNG")[:20], "cannot be printed"),
    "paints nothing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "cannot be printed"),
    "large": (picture("PNG") + b"\0" * 2_000_000, "too large"),
    "script": (SVG % b"<script>alert(1)</script>", "scripts or links"),
    "handler": (SVG % b"<g onload='alert(1)'/>", "scripts or links"),
    "elsewhere": (SVG % b"<image href='https://evil.example/x.png'/>", "scripts or links"),
    "old link": (
        SVG % b"<use x:href='javascript:alert(1)' xmlns:x='http://www.w3.org/1999/xlink'/>",
        "scripts",
    ),
    "html inside": (SVG % b"<foreignObject/>", "scripts or links"),
    "entity": (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % b"&a;", "entities"),
}


@pytest.mark.parametrize(("data", "problem"), NOT_A_LOGO.values(), ids=NOT_A_LOGO)
def test_what_cannot_be_a_logo_is_refused_with_the_reason(
    staff: Client, brand: Brand, data: bytes, problem: str
) -> None:
    errors = upload(staff, brand, data).context["adminform"].form.errors
    assert problem in errors["logo"][0]
    brand.refresh_from_db()
    assert not brand.logo


def test_a_drawing_may_use_its_own_parts(staff: Client, brand: Brand) -> None:
    assert upload(staff, brand, SVG % b"<g id='a'/><use href='#a'/>").status_code == 302


def test_saving_again_keeps_the_logo(staff: Client, brand: Brand) -> None:
    upload(staff, brand, picture("PNG"))
    save(staff, brand, name="Lune")
    brand.refresh_from_db()
    assert brand.logo
    assert brand.name == "Lune"


def test_origins_are_written_one_a_line(staff: Client, brand: Brand) -> None:
    save(staff, brand, widget_origins="https://a.example\r\n  https://b.example:8443\r\n")
    brand.refresh_from_db()
    assert brand.widget_origins == ["https://a.example", "https://b.example:8443"]
    page = staff.get(f"{BRANDS}{brand.pk}/change/").content.decode()
    assert "https://a.example\nhttps://b.example:8443" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("widget_origins", "https://a.example/path"),
        ("widget_origins", "shop.example"),
        ("accent_color", "red"),
        ("default_language", "tlh"),
        ("retention_days", "-1"),
        ("retention_days", "36501"),
        ("capture", "pigeon"),
        ("backend", "nowhere"),
        ("slug", "Maison Lune"),
    ],
)
def test_a_bad_field_is_refused(staff: Client, brand: Brand, field: str, value: str) -> None:
    assert field in save(staff, brand, **{field: value}).context["adminform"].form.errors


def test_a_brand_with_orders_cannot_be_deleted(staff: Client, brand: Brand, container: object) -> None:
    staff.post(f"{BRANDS}{brand.pk}/delete/", {"post": "yes"})
    assert Brand.objects.filter(pk=brand.pk).exists()


def test_a_brand_with_gift_packs_cannot_be_deleted_and_a_sentence_says_why(
    staff: Client, brand: Brand, now: datetime
) -> None:
    give(new_pack(brand), "alice", "bob", now)
    page = staff.post(f"{BRANDS}{brand.pk}/delete/", {"post": "yes"}).content.decode()
    assert "The orders and gift packs of Maison Lune" in page
    assert "alice" not in page  # There may be millions of gifts.
    assert Brand.objects.filter(pk=brand.pk).exists()


def test_a_selection_with_such_a_brand_is_not_deleted(
    staff: Client, brand: Brand, other_brand: Brand, now: datetime
) -> None:
    give(new_pack(brand), "alice", "bob", now)
    ticked = {"action": "delete_selected", "_selected_action": [brand.pk, other_brand.pk], "post": "yes"}
    assert "The orders and gift packs of Maison Lune" in staff.post(BRANDS, ticked).content.decode()
    assert Brand.objects.count() == 2


def test_a_brand_that_was_never_used_is_deleted(staff: Client, brand: Brand) -> None:
    new_pack(brand)
    staff.post(f"{BRANDS}{brand.pk}/delete/", {"post": "yes"})
    assert not Brand.objects.exists()


def test_the_rules_of_a_brand_are_set(staff: Client, brand: Brand, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": {"livstick": {}}}
    save(staff, brand, capture="email", tell_when_seen="on", retention_days="30", backend="livstick")
    brand.refresh_from_db()
    assert (brand.capture, brand.tell_when_seen, brand.retention_days) == ("email", True, 30)
    assert brand.backend == "livstick"


def test_the_accounts_of_the_settings_are_offered(staff: Client, brand: Brand, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": {"livstick": {}, "staging": {}}}
    form = staff.get(f"{BRANDS}{brand.pk}/change/").context["adminform"].form
    assert [value for value, _label in form.fields["backend"].choices] == ["", "livstick", "staging"]


def test_gift_packs_have_accounts_of_their_own(staff: Client, brand: Brand, settings: Any) -> None:
    accounts = {"BACKENDS": {"livstick": {}}, "PACK_BACKENDS": {"stipop": {}}}
    settings.GIFTING = {**settings.GIFTING, **accounts}
    save(staff, brand, backend="livstick", pack_backend="stipop")
    brand.refresh_from_db()
    assert (brand.backend, brand.pack_backend) == ("livstick", "stipop")
    assert "pack_backend" in save(staff, brand, pack_backend="livstick").context["adminform"].form.errors


def test_an_account_that_the_settings_lost_is_kept(staff: Client, brand: Brand) -> None:
    Brand.objects.filter(pk=brand.pk).update(backend="gone")
    save(staff, brand, name="Lune", backend="gone")
    brand.refresh_from_db()
    assert (brand.name, brand.backend) == ("Lune", "gone")
