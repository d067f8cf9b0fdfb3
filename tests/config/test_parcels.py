"""Playing the carrier: ship, deliver, and what follows."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, Shipment, VideoContainer, WebhookReceipt
from gifting.services import containers, inbox

State = VideoContainer.State
SHOP = Actor(ActorKind.SHOP)


@pytest.fixture
def gift(lune: Brand, now: datetime) -> VideoContainer:
    """Alice's gift to Bob, with nothing recorded yet."""
    request = NewContainer(
        crid="ML-1", email="alice@example.com", receiver_email="bob@example.com", additional_data={}
    )
    return containers.open_container(brand=lune, request=request, actor=SHOP, now=now)[0]


def press(client: Client, button: str, gift: VideoContainer) -> Any:
    """The button, and what the worker does with the push."""
    page = client.post(f"/shop/parcel/{gift.pk}/{button}/", follow=True)
    for pk in WebhookReceipt.objects.due(timezone.now()).values_list("pk", flat=True):
        inbox.process(pk=pk, now=timezone.now())
    return page


def test_a_new_order_waits_in_the_shop(client: Client, gift: VideoContainer) -> None:
    page = client.get("/shop/parcel/").content.decode()
    assert "waiting for the giver" in page
    assert "in the shop" in page


def test_shipping_attaches_a_shipment(client: Client, gift: VideoContainer) -> None:
    page = press(client, "ship", gift).content.decode()
    shipment = Shipment.objects.get(order=gift.order)
    assert shipment.carrier == Shipment.Carrier.COURSIER
    assert shipment.code in page
    assert "Send back" in page


def test_delivering_says_so_in_the_carriers_name(client: Client, gift: VideoContainer) -> None:
    press(client, "ship", gift)
    press(client, "delivered", gift)
    gift.refresh_from_db()
    assert gift.state == State.DELIVERED
    assert gift.journal.get(event="delivered").actor == "carrier:signed"


def test_a_parcel_that_goes_back_delivers_nothing(client: Client, gift: VideoContainer) -> None:
    for button in ("ship", "returned", "delivered"):
        page = press(client, button, gift).content.decode()
    gift.refresh_from_db()
    assert gift.state != State.DELIVERED
    assert "Nothing changed" in page


def test_a_carrier_has_no_other_buttons(client: Client, gift: VideoContainer) -> None:
    press(client, "ship", gift)
    assert press(client, "lost", gift).status_code == 404


def test_the_mail_appears_once(
    client: Client,
    gift: VideoContainer,
    record: Callable[[VideoContainer], VideoContainer],
    mail_folder: Path,
    send_mails: Callable[[], None],
) -> None:
    record(gift)
    press(client, "ship", gift)
    for _ in range(2):
        press(client, "delivered", gift)
        send_mails()
    assert [mail.to for mail in client.get("/shop/mailbox/").context["mails"]] == ["bob@example.com"]


def test_a_parcel_that_never_left_cannot_arrive(client: Client, gift: VideoContainer) -> None:
    assert "Nothing changed" in press(client, "delivered", gift).content.decode()


def test_the_parcel_of_a_cancelled_gift_stays(client: Client, gift: VideoContainer, now: datetime) -> None:
    containers.cancel(container=gift, actor=SHOP, now=now)
    assert "can no longer be changed" in press(client, "ship", gift).content.decode()
    assert not Shipment.objects.exists()


def test_other_brands_parcels_are_not_here(client: Client, lune: Brand, container: VideoContainer) -> None:
    assert press(client, "ship", container).status_code == 404
    assert container.order.number not in client.get("/shop/parcel/").content.decode()


@pytest.mark.parametrize("button", ["ship", "delivered"])
def test_a_link_alone_moves_nothing(client: Client, gift: VideoContainer, button: str) -> None:
    assert client.get(f"/shop/parcel/{gift.pk}/{button}/").status_code == 405


@pytest.mark.parametrize("button", ["ship", "delivered"])
def test_another_sites_form_moves_nothing(gift: VideoContainer, button: str) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(f"/shop/parcel/{gift.pk}/{button}/").status_code == 403
