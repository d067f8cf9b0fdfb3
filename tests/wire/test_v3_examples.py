"""Every example of the published integration guide, call by call."""

import re
import uuid
from typing import Any

import pytest

from tests.wire.shop import NEW, Shop, address

pytestmark = pytest.mark.django_db
OPENED = ["crid", "urid", "state", "editKey", "links"]


def test_opening_a_container_answers_the_five_fields_in_the_published_order(shop: Shop) -> None:
    response = shop.open()
    assert response.status_code == 201
    assert list(response.json()) == OPENED


def test_the_opened_container_repeats_the_crid_and_waits_for_a_recording(opened: Any) -> None:
    assert (opened["crid"], opened["state"]) == ("ORD-2026-1234", "recording_open")


def test_a_urid_has_ten_lower_case_letters_or_digits(opened: Any) -> None:
    assert re.fullmatch(r"[a-z0-9]{10}", opened["urid"])


def test_an_edit_key_is_a_random_uuid_in_its_usual_spelling(opened: Any) -> None:
    assert str(uuid.UUID(opened["editKey"], version=4)) == opened["editKey"]


def test_the_links_lead_to_the_brands_own_pages(opened: Any) -> None:
    urid = opened["urid"]
    assert opened["links"] == {
        "recordingUrl": f"https://lune.example/{urid}",
        "previewUrl": f"https://lune.example/preview/{urid}",
    }


def test_the_receivers_mail_is_optional(shop: Shop) -> None:
    names = {"senderFirstName": "Alice", "receiverFirstName": "Bob"}
    response = shop.open(receiverEmail=None, additionalData=names)
    assert (response.status_code, list(response.json())) == (201, OPENED)


def test_adding_the_shipment_answers_ok(shop: Shop, crid: str) -> None:
    response = shop.patch(crid, shipmentCode="1Z999AA10123456784", shipmentCarrier="ups")
    assert (response.status_code, response.json()) == (200, {"result": "ok"})


@pytest.mark.parametrize("carrier", ["chronopost", "ups", "dhl", "coursier", "other"])
def test_every_published_carrier_is_taken(shop: Shop, crid: str, carrier: str) -> None:
    assert shop.patch(crid, shipmentCode="1Z9", shipmentCarrier=carrier).json() == {"result": "ok"}


def test_notify_answers_ok_without_a_body(shop: Shop, crid: str) -> None:
    response = shop.call("POST", address(crid, "/notify"), b"", content_type="")
    assert (response.status_code, response.json()) == (200, {"result": "ok"})


def test_the_qr_code_is_a_png(shop: Shop, crid: str) -> None:
    response = shop.get(crid, "/qrcode")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")


def test_the_card_is_a_pdf(shop: Shop, crid: str) -> None:
    response = shop.get(crid, "/card")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")


def test_the_url_is_told_as_json(shop: Shop, crid: str) -> None:
    response = shop.get(crid, "/url")
    assert (response.status_code, list(response.json())) == (200, ["url"])


def test_looking_at_a_container_begins_with_the_five_fields(shop: Shop, opened: Any) -> None:
    response = shop.get(NEW["crid"])
    assert (response.status_code, {name: response.json()[name] for name in OPENED}) == (200, opened)
