"""Clicks on products: counted once, with what was clicked and nothing about who clicked."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from livestream.models import Channel, LiveStream, Pin, Product, ProductClick
from livestream.services import pins, streams
from livestream.views.clicks import A_MINUTE
from tests.livestream.conftest import STAFF
from tests.livestream.watching import address


@pytest.fixture
def scarf(live: LiveStream, products: list[Product], now: datetime) -> Product:
    """Pinned in the live show."""
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    return products[0]


def link(stream: LiveStream, item: str) -> str:
    return address(stream, f"products/{item}/")


def test_a_click_leads_to_the_shop_and_says_where_it_came_from(
    client: Client, live: LiveStream, scarf: Product
) -> None:
    response = client.get(link(live, scarf.public_id))
    assert response.status_code == 302
    assert response["Location"] == (
        f"https://shop.example/p?utm_source=livestream&utm_medium=video&utm_campaign={live.public_id}"
    )


def test_a_click_is_counted_with_its_pin(client: Client, live: LiveStream, scarf: Product) -> None:
    client.get(link(live, scarf.public_id))
    click = ProductClick.objects.get()
    assert (click.action, click.pin, click.product) == ("link", Pin.objects.get(), scarf)


def test_a_product_that_was_never_pinned_is_clicked_in_the_tray(
    client: Client, live: LiveStream, products: list[Product]
) -> None:
    assert client.get(link(live, products[3].public_id)).status_code == 302
    click = ProductClick.objects.get()
    assert (click.pin, click.product) == (None, products[3])


def test_a_unit_of_a_product_in_the_tray_can_be_clicked(
    client: Client, live: LiveStream, products: list[Product]
) -> None:
    unit = products[2].units.get()
    client.get(link(live, unit.public_id))
    assert ProductClick.objects.get().unit == unit


def test_a_product_of_the_channel_that_the_show_has_not_is_404(
    client: Client, live: LiveStream, new_product: Callable[..., Product]
) -> None:
    assert client.get(link(live, new_product("Elsewhere").public_id)).status_code == 404


@pytest.mark.parametrize("item", ["nobody", "a" * 40])
def test_what_is_no_product_is_404(client: Client, live: LiveStream, item: str) -> None:
    assert client.get(link(live, item)).status_code == 404


def test_what_was_only_rehearsed_is_no_pin_of_the_show(
    client: Client, live: LiveStream, scarf: Product
) -> None:
    Pin.objects.update(is_rehearsal=True)
    client.get(link(live, scarf.public_id))
    assert ProductClick.objects.get().pin is None


def test_a_product_without_a_page_in_the_shop_is_404(
    client: Client, live: LiveStream, scarf: Product
) -> None:
    Product.objects.update(url="")
    assert client.get(link(live, scarf.public_id)).status_code == 404


@pytest.mark.parametrize(
    ("method", "headers"), [("head", {}), ("get", {"Sec-Purpose": "prefetch"})], ids=["checker", "prefetch"]
)
def test_what_nobody_clicked_is_not_counted(
    client: Client, live: LiveStream, scarf: Product, method: str, headers: dict[str, str]
) -> None:
    response = getattr(client, method)(link(live, scarf.public_id), headers=headers)
    assert (response.status_code, ProductClick.objects.count()) == (302, 0)


def test_staff_who_try_the_links_are_not_counted(staff: Client, live: LiveStream, scarf: Product) -> None:
    staff.get(link(live, scarf.public_id))
    assert not ProductClick.objects.exists()


def test_what_goes_into_the_basket_is_counted_without_a_cookie(live: LiveStream, scarf: Product) -> None:
    stranger = Client(enforce_csrf_checks=True)
    response = stranger.post(link(live, scarf.public_id) + "basket")
    assert (response.status_code, response.cookies) == (204, {})
    assert ProductClick.objects.get().action == "basket"


def test_looking_at_the_basket_address_counts_nothing(
    client: Client, live: LiveStream, scarf: Product
) -> None:
    assert client.get(link(live, scarf.public_id) + "basket").status_code == 405


def test_clicks_in_the_replay_are_told_apart(
    client: Client, live: LiveStream, scarf: Product, now: datetime
) -> None:
    streams.end(stream=live, actor=STAFF, now=now)
    client.get(link(live, scarf.public_id))
    assert ProductClick.objects.get().is_replay


def test_a_machine_that_clicks_on_and_on_is_counted_no_more(
    client: Client, live: LiveStream, scarf: Product
) -> None:
    for _ in range(A_MINUTE + 20):
        client.post(link(live, scarf.public_id) + "basket")
    assert A_MINUTE <= ProductClick.objects.count() <= A_MINUTE + 1  # a minute may end in between


def test_behind_a_trusted_proxy_visitors_are_told_apart(
    client: Client, live: LiveStream, scarf: Product, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(A_MINUTE + 20):
        headers = {"X-Forwarded-For": f"evil, 10.0.0.{number}"}
        client.post(link(live, scarf.public_id) + "basket", headers=headers)
    assert ProductClick.objects.count() == A_MINUTE + 20


def test_without_a_cache_every_click_is_counted(
    client: Client, live: LiveStream, scarf: Product, settings: Any
) -> None:
    settings.CACHES = {**settings.CACHES, "away": {"BACKEND": "tests.livestream.test_clicks.DeadCache"}}
    settings.LIVESTREAM = {**settings.LIVESTREAM, "CACHE": "away"}
    client.post(link(live, scarf.public_id) + "basket")
    assert ProductClick.objects.count() == 1


class DeadCache:
    """A cache server that is away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise ConnectionError("The cache is away.")


def test_the_attribution_is_the_channels_own(
    client: Client, live: LiveStream, scarf: Product, channel: Channel
) -> None:
    Channel.objects.update(attribution="src={product}")
    assert client.get(link(live, scarf.public_id))["Location"].endswith(f"?src={scarf.public_id}")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a={nothing}", "a="),
        ("a={", "a=%7B"),
        ("a={stream", "a=%7Bstream"),
        ("a=}", "a=%7D"),
        ("a={{b}}", "a=%7B%7D"),
    ],
)
def test_a_slip_in_the_attribution_leads_to_the_shop_all_the_same(
    client: Client, live: LiveStream, scarf: Product, typed: str, written: str
) -> None:
    Channel.objects.update(attribution=typed)
    assert client.get(link(live, scarf.public_id))["Location"].endswith(f"?{written}")
