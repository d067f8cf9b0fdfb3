"""The packing bench: whatever a scanner types opens the right order, or says why not."""

import pytest
from django.test import Client

from gifting.dto import NewContainer as NewContainerRequest
from gifting.models import Brand, VideoContainer
from gifting.services import containers
from tests.conftest import SHOP
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import BENCH, ORDERS, messages_of, order_url, text_of


@pytest.fixture
def scanned(new_container: NewContainer) -> VideoContainer:
    new_container(crid="OTHER")
    return new_container(crid="ORD-2026-7")


@pytest.mark.parametrize(
    "typed",
    [
        "https://lune.example/w/{token}",
        "  https://lune.example/w/{token}\t",
        "HTTPS://LUNE.EXAMPLE/w/{token}",
        "http://old-address.example:8080/shop/w/{token}",
        "lune.example/w/{token}",
        "https://lune.example/w/{token}?from=card#top",
        "https://lune.example/w/{token}/",
        "{token}",
        "ORD-2026-7",
        " ORD-2026-7 ",
    ],
)
def test_a_scan_opens_its_order(staff: Client, scanned: VideoContainer, typed: str) -> None:
    response = staff.get(BENCH, {"q": typed.format(token=scanned.watch_token)})
    assert response.url == f"{order_url(scanned)}?scanned=1"


@pytest.mark.parametrize(
    "typed",
    [
        "NOPE",
        "ORD-2026",
        "https://lune.example/w/nope",
        "a\x00b",
        "x" * 600,
        "<b>",
        "/w/",
        "%",
    ],
)
def test_what_is_not_found_is_said_and_the_box_is_ready_again(
    staff: Client, scanned: VideoContainer, typed: str
) -> None:
    response = staff.get(BENCH, {"q": typed}, follow=True)
    assert messages_of(response)
    assert " autofocus" in response.content.decode()
    assert "“<b>”" not in response.content.decode()


def test_a_token_is_never_repeated_on_the_page(staff: Client, scanned: VideoContainer) -> None:
    response = staff.get(BENCH, {"q": "https://lune.example/w/nearly-right"}, follow=True)
    assert "nearly-right" not in text_of(response)


def test_an_empty_scan_asks_for_one(staff: Client) -> None:
    assert "Scan a card" in messages_of(staff.get(BENCH, {"q": "  "}))


def test_a_number_that_two_brands_use_opens_the_list_of_both(
    staff: Client, scanned: VideoContainer, other_brand: Brand, now: object
) -> None:
    request = NewContainerRequest(crid="ORD-2026-7", email="carol@example.com", additional_data={})
    containers.open_container(brand=other_brand, request=request, actor=SHOP, now=scanned.created_at)
    response = staff.get(BENCH, {"q": "ORD-2026-7"}, follow=True)
    assert response.redirect_chain[-1][0].startswith(ORDERS)
    assert [order.brand.slug for order in response.context["cl"].result_list] == ["soleil", "lune"]


def test_the_bench_is_ready_for_the_first_scan(staff: Client) -> None:
    assert " autofocus" in staff.get(BENCH).content.decode()


def test_the_page_that_a_scan_opened_is_ready_for_the_next(staff: Client, scanned: VideoContainer) -> None:
    assert " autofocus" in staff.get(order_url(scanned) + "?scanned=1").content.decode()
    assert " autofocus" not in staff.get(order_url(scanned)).content.decode()


@pytest.mark.parametrize("url", ["/admin/", ORDERS])
def test_the_box_is_on_the_front_page_and_above_the_orders(staff: Client, url: str) -> None:
    assert f'action="{BENCH}"' in staff.get(url).content.decode()


def test_the_bench_is_for_whoever_may_see_orders(person: NewClient) -> None:
    assert person("view_brand").get(BENCH).status_code == 403
    assert BENCH not in person("view_brand").get("/admin/").content.decode()
    assert person("view_order").get(BENCH).status_code == 200
