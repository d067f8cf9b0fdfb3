"""Ordering in the sample shop."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from config.demo.models import ShopOrder
from config.demo.products import PRODUCTS
from gifting.models import Brand, Order, VideoContainer

pytestmark = pytest.mark.django_db
TEA = "/shop/gifts/tea/"
ANSWERS = {
    "giver_name": "Alice",
    "giver_email": "alice@example.com",
    "receiver_name": "Bob",
    "receiver_email": "",
    "language": "fr",
    "delivery": "card",
    "video": "on",
}


def order(client: Client, **changes: str) -> Any:
    return client.post(TEA, {**ANSWERS, **changes})


def test_the_shop_shows_every_product(client: Client) -> None:
    page = client.get("/").content.decode()
    assert all(f"/shop/gifts/{product.slug}/" in page for product in PRODUCTS)


def test_the_video_message_is_ticked_at_first(client: Client) -> None:
    assert client.get(TEA).context["form"]["video"].value() is True


def test_an_order_leads_to_the_confirmation_page(client: Client, lune: Brand) -> None:
    answer = order(client)
    assert urlsplit(answer.url).path.startswith("/confirmation/")
    assert client.get(answer.url).status_code == 200


def test_an_order_opens_a_gift_message_with_what_the_customer_said(client: Client, lune: Brand) -> None:
    order(client, receiver_email="bob@example.com", delivery="email")
    made = Order.objects.get()
    assert (made.brand, made.giver_name, made.receiver_name) == (lune, "Alice", "Bob")
    assert (made.language, made.delivery, made.product_name) == ("fr", "email", "Moonlight tea")
    assert (made.giver_email, made.receiver_email) == ("alice@example.com", "bob@example.com")


def test_the_gifts_order_points_to_the_shops_own(client: Client, lune: Brand) -> None:
    order(client)
    shop_order = ShopOrder.objects.get()
    assert Order.objects.get().shop_object == shop_order
    assert Order.objects.get().number == shop_order.number


def test_without_a_video_message_there_is_only_the_shops_order(client: Client, lune: Brand) -> None:
    answer = client.post(TEA, {name: value for name, value in ANSWERS.items() if name != "video"})
    assert ShopOrder.objects.get().number in client.get(answer.url).content.decode()
    assert not VideoContainer.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"giver_name": " "}, "giver_name", "Tell us your name"),
        ({"giver_email": ""}, "giver_email", "We need your mail"),
        ({"giver_email": "alice"}, "giver_email", "name@example.com"),
        ({"receiver_name": ""}, "receiver_name", "Tell us who it is for"),
        ({"receiver_email": "bob@"}, "receiver_email", "name@example.com"),
        ({"delivery": "email"}, "receiver_email", "Where should the mail go?"),
    ],
)
def test_what_is_missing_is_said_kindly_at_its_field(
    client: Client, lune: Brand, changes: dict[str, str], field: str, words: str
) -> None:
    form = order(client, **changes).context["form"]
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]
    assert not ShopOrder.objects.exists()


def test_before_there_is_sample_data_the_shop_says_what_to_run(client: Client, db: None) -> None:
    assert "manage.py demo" in order(client).content.decode()
    assert not ShopOrder.objects.exists()


def test_an_unknown_product_is_not_found(client: Client) -> None:
    assert client.get("/shop/gifts/pineapple/").status_code == 404
