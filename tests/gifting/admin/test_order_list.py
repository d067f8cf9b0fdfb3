"""The list of orders: what it shows, finds and filters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import containers
from gifting.services.reasons import Reason
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import ORDERS, text_of
from tests.gifting.troubles import TROUBLES, UPS

STAFF = Actor(ActorKind.STAFF, "maria")
Record = Callable[[VideoContainer], VideoContainer]


def numbers(client: Client, query: str = "") -> list[str]:
    """The numbers in the list, from top to bottom."""
    return [order.number for order in client.get(ORDERS + query).context["cl"].result_list]


def test_the_newest_order_is_on_top(staff: Client, new_container: NewContainer) -> None:
    new_container(crid="OLD")
    new_container(crid="NEW")
    assert numbers(staff) == ["NEW", "OLD"]


def test_a_row_names_giver_and_receiver(staff: Client, container: VideoContainer) -> None:
    names = '<span class="gc-name">Alice</span> → <span class="gc-name">Bob</span>'
    assert names in staff.get(ORDERS).content.decode()


def test_a_row_falls_back_to_mail_addresses(staff: Client, new_container: NewContainer) -> None:
    new_container(additional_data={}, receiver_email="bob@example.com")
    page = text_of(staff.get(ORDERS))
    assert "alice@example.com" in page
    assert "bob@example.com" in page


def test_the_state_is_said_in_words(staff: Client, container: VideoContainer) -> None:
    badge = '<span class="gc-badge gc-badge-recording_open">waiting for the giver</span>'
    assert badge in staff.get(ORDERS).content.decode()


def test_a_row_tells_what_was_recorded(staff: Client, container: VideoContainer, record: Record) -> None:
    record(container)
    assert "Video 0:03" in text_of(staff.get(ORDERS))


def test_hostile_names_stay_text(staff: Client, new_container: NewContainer) -> None:
    hostile = "<script>alert(1)</script>"
    new_container(crid=f"N<b>{hostile}"[:20], additional_data={"senderFirstName": hostile})
    page = staff.get(ORDERS).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("words", ["ORD-7", "alice@", "Alice", "Bob", "bob@shop", "roses"])
def test_orders_are_found_by_what_people_know(staff: Client, new_container: NewContainer, words: str) -> None:
    names = {"senderFirstName": "Alice", "receiverFirstName": "Bob", "productName": "Twelve roses"}
    new_container(crid="ORD-7", receiver_email="bob@shop.example", additional_data=names)
    new_container(crid="X", email="carol@example.com", additional_data={"senderFirstName": "Carol"})
    assert numbers(staff, f"?q={words}") == ["ORD-7"]


def test_a_search_with_a_nul_character_is_no_error_page(staff: Client, container: VideoContainer) -> None:
    assert staff.get(ORDERS, {"q": "a\x00b"}).status_code == 200


def test_orders_are_filtered_by_state(staff: Client, new_container: NewContainer, record: Record) -> None:
    new_container(crid="OPEN")
    record(new_container(crid="DONE"))
    assert numbers(staff, "?container__state__exact=recorded") == ["DONE"]


def test_orders_are_filtered_by_print(staff: Client, new_container: NewContainer, now: datetime) -> None:
    new_container(crid="FRESH")
    printed = new_container(crid="PRINTED")
    VideoContainer.objects.filter(pk=printed.pk).update(printed_at=now)
    assert numbers(staff, "?printed=no") == ["FRESH"]
    assert numbers(staff, "?printed=yes") == ["PRINTED"]


def test_orders_are_filtered_by_delivery(staff: Client, new_container: NewContainer) -> None:
    new_container(crid="CARD")
    new_container(crid="MAIL", receiver_email="bob@example.com")
    assert numbers(staff, "?delivery__exact=email") == ["MAIL"]


def test_the_filter_for_printing_offers_recorded_orders_without_a_card(
    staff: Client, new_container: NewContainer, record: Record, now: datetime
) -> None:
    new_container(crid="NOTHING-RECORDED")
    record(new_container(crid="PRINT-ME"))
    record(new_container(crid="BY-MAIL", receiver_email="bob@example.com"))
    printed = record(new_container(crid="PRINTED"))
    VideoContainer.objects.filter(pk=printed.pk).update(printed_at=now)
    containers.cancel(container=record(new_container(crid="CANCELLED")), actor=STAFF, now=now)
    assert numbers(staff, "?todo=print") == ["PRINT-ME"]
    assert numbers(staff, "?todo=activate") == ["PRINTED"]


@pytest.mark.parametrize("wanted", ["any", "video_failed"])
def test_orders_are_filtered_by_what_is_wrong(
    staff: Client, new_container: NewContainer, now: datetime, wanted: str
) -> None:
    new_container(crid="FINE")
    TROUBLES[Reason.VIDEO_FAILED](new_container(crid="BROKEN"), now)
    assert numbers(staff, f"?attention={wanted}") == ["BROKEN"]
    assert numbers(staff, "?attention=mail_failed") == []


@pytest.mark.parametrize("nonsense", ["push_failed", "x", "", "%00", "any&attention=x"])
def test_a_filter_that_does_not_exist_filters_nothing(
    staff: Client, container: VideoContainer, nonsense: str
) -> None:
    assert numbers(staff, f"?attention={nonsense}") == [container.order.number]


def test_orders_cannot_be_deleted(staff: Client, container: VideoContainer) -> None:
    assert "delete_selected" not in staff.get(ORDERS).content.decode()
    assert staff.post(f"{ORDERS}{container.order_id}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("permission", "offered", "missing"),
    [("print_card", "print_cards", "activate"), ("activate_container", "activate", "print_cards")],
)
def test_the_list_offers_only_what_the_person_may_do(
    person: NewClient, container: VideoContainer, permission: str, offered: str, missing: str
) -> None:
    page = person("view_order", permission).get(ORDERS).content.decode()
    assert f'<option value="{offered}">' in page
    assert f'<option value="{missing}">' not in page


@pytest.mark.parametrize(
    ("connected", "more"),
    [({}, []), ({"CARRIERS": {"ups": UPS}}, ["WebhookReceipt"]), ({"BACKENDS": {"x": {}}}, ["VendorCall"])],
)
def test_the_menu_has_what_is_in_use(
    staff: Client, settings: Any, connected: dict[str, Any], more: list[str]
) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {}, "BACKENDS": {}, **connected}
    apps = staff.get("/admin/").context["app_list"]
    names = [model["object_name"] for app in apps if app["app_label"] == "gifting" for model in app["models"]]
    always = ["ApiKey", "Brand", "GiftPack", "Order", "StickerPack", "VideoContainer"]
    assert sorted(names) == sorted([*always, *more])


def test_a_gift_message_leads_to_the_page_of_its_order(staff: Client, container: VideoContainer) -> None:
    response = staff.get(f"/admin/gifting/videocontainer/{container.pk}/change/")
    assert response.url == f"{ORDERS}{container.order_id}/change/"


def test_gift_messages_are_listed(staff: Client, container: VideoContainer) -> None:
    assert container.order.number in text_of(staff.get("/admin/gifting/videocontainer/"))
