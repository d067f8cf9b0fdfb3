"""Contract A beyond the API: the pages, the widget and the mails of a container that a shop has opened."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.core import mail
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import deliveries
from tests.wire.shop import Shop

CARRIER = Actor(ActorKind.CARRIER)
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture
def made(opened: Any) -> VideoContainer:
    return VideoContainer.objects.get(urid=opened["urid"])


@pytest.fixture
def watch(shop: Shop, crid: str, client: Client) -> Callable[[], Any]:
    """Scans the card: what the address of the QR code answers."""
    return lambda: client.get(urlsplit(shop.get(crid, "/url").json()["url"]).path)


@pytest.fixture
def arrive(
    shop: Shop, crid: str, made: VideoContainer, now: datetime, send_mails: Callable[[], None]
) -> Callable[[], None]:
    """The parcel is shipped and the carrier confirms its delivery; the worker sends what is due."""

    def run() -> None:
        shop.patch(crid, shipmentCode="1Z999AA10123456784", shipmentCarrier="ups")
        deliveries.confirm_delivery(shipment=made.order.shipments.get(), actor=CARRIER, now=now)
        send_mails()

    return run


def recipients() -> list[list[str]]:
    return [message.to for message in mail.outbox]


def widget(client: Client, opened: Any) -> Any:
    headers = {"X-Edit-Key": opened["editKey"]}
    return client.get(f"/widget/containers/{opened['urid']}", headers=headers).json()


def test_the_urid_has_ten_lower_case_letters_and_digits(opened: Any) -> None:
    assert re.fullmatch("[a-z0-9]{10}", opened["urid"])


def test_the_edit_key_is_a_random_uuid(opened: Any) -> None:
    assert UUID(opened["editKey"]).version == 4


def test_the_watch_token_has_at_least_128_bits_and_is_no_other_id(opened: Any, made: VideoContainer) -> None:
    assert len(made.watch_token) * 6 >= 128
    assert made.watch_token not in str(opened)


@pytest.mark.parametrize("link", ["recordingUrl", "previewUrl"])
def test_the_links_of_the_answer_open(client: Client, opened: Any, link: str) -> None:
    assert client.get(urlsplit(opened["links"][link]).path).status_code == 200


def test_the_recording_page_carries_the_widget_of_the_container(client: Client, opened: Any) -> None:
    page = client.get(f"/{opened['urid']}").content.decode()
    assert f'data-uid="{opened["urid"]}" data-editKey="{opened["editKey"]}"' in page


def test_the_widget_script_is_open_to_every_origin(client: Client) -> None:
    script = client.get("/widget/assets/widget.latest.js")
    assert (script.status_code, script["Access-Control-Allow-Origin"]) == (200, "*")


def test_before_activation_the_card_shows_no_hint_of_who_or_what(
    watch: Callable[[], Any], made: VideoContainer, record: Record
) -> None:
    record(made)
    page = watch()
    text = page.content.decode()
    assert page.status_code == 200
    assert "noindex" in page["X-Robots-Tag"]
    assert not [word for word in ("Alice", "Bob", "Gift Box", "<video") if word in text]


def test_after_activation_the_card_shows_the_player(
    shop: Shop, crid: str, watch: Callable[[], Any], made: VideoContainer, record: Record
) -> None:
    record(made)
    shop.notify(crid)
    assert "<video" in watch().content.decode()


def test_an_activated_card_without_a_message_says_that_it_is_not_there_yet(
    shop: Shop, crid: str, watch: Callable[[], Any]
) -> None:
    shop.notify(crid)
    page = watch().content.decode()
    assert "<video" not in page
    assert "Alice" not in page


def test_recording_again_is_allowed_until_activation_and_not_after(
    shop: Shop, crid: str, client: Client, opened: Any, made: VideoContainer, record: Record
) -> None:
    record(made)
    before = widget(client, opened)["canRecord"]
    shop.notify(crid)
    assert (before, widget(client, opened)["canRecord"]) == (True, False)


def test_the_states_follow_each_other_to_the_delivered_gift(
    shop: Shop, crid: str, made: VideoContainer, record: Record, arrive: Callable[[], None]
) -> None:
    seen = [shop.get(crid).json()["state"]]
    record(made)
    seen.append(shop.get(crid).json()["state"])
    shop.notify(crid)
    seen.append(shop.get(crid).json()["state"])
    arrive()
    seen.append(shop.get(crid).json()["state"])
    assert seen == ["recording_open", "recorded", "activated", "delivered"]


def test_the_receiver_is_mailed_the_watch_link_once_when_the_parcel_arrives(
    made: VideoContainer, record: Record, arrive: Callable[[], None], send_mails: Callable[[], None]
) -> None:
    record(made)
    arrive()
    send_mails()
    assert recipients() == [["bob@example.com"]]
    assert f"/w/{made.watch_token}" in mail.outbox[0].body


def test_without_a_receivers_address_the_gift_is_activated_and_nothing_is_mailed(
    shop: Shop, record: Record, now: datetime, send_mails: Callable[[], None]
) -> None:
    urid = shop.open(crid="ORD-2", receiverEmail=None).json()["urid"]
    record(made := VideoContainer.objects.get(urid=urid))
    shop.patch("ORD-2", shipmentCode="1Z")
    deliveries.confirm_delivery(shipment=made.order.shipments.get(), actor=CARRIER, now=now)
    send_mails()
    assert (shop.get("ORD-2").json()["state"], recipients()) == ("delivered", [])


def test_a_parcel_that_arrives_before_the_message_reminds_the_giver(
    made: VideoContainer, arrive: Callable[[], None]
) -> None:
    arrive()
    assert recipients() == [["alice@example.com"]]
    assert f"/{made.urid}" in mail.outbox[0].body


def test_the_receivers_mail_follows_as_soon_as_a_recording_is_ready(
    made: VideoContainer, record: Record, arrive: Callable[[], None], send_mails: Callable[[], None]
) -> None:
    arrive()
    made.refresh_from_db()
    record(made)
    send_mails()
    assert recipients() == [["alice@example.com"], ["bob@example.com"]]
