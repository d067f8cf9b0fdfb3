"""The page after the order, and the template tag for host templates."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client

from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, Order, VideoContainer
from gifting.services import containers, links

pytestmark = pytest.mark.django_db

SHOP = Actor(ActorKind.SHOP)


@pytest.fixture
def confirm(client: Client) -> Callable[[VideoContainer], str]:
    def get(gift: VideoContainer) -> str:
        response = client.get(links.confirmation_path(gift.order))
        assert response.status_code == 200
        return response.content.decode()

    return get


def widget(order: object) -> str:
    """What a host template gets from the tag."""
    return Template("{% load gifting %}{% gift_widget order %}").render(Context({"order": order}))


def test_the_order_is_named(
    confirm: Callable[[VideoContainer], str], new_container: Callable[..., VideoContainer]
) -> None:
    assert "Order #1001 &amp; more" in confirm(new_container(crid="#1001 & more"))


def test_the_widget_is_there(confirm: Callable[[VideoContainer], str], container: VideoContainer) -> None:
    assert f'data-uid="{container.urid}"' in confirm(container)


def test_by_mail_the_next_steps_end_with_a_mail(
    confirm: Callable[[VideoContainer], str], new_container: Callable[..., VideoContainer]
) -> None:
    page = confirm(new_container(receiver_email="bob@example.com"))
    assert "<bdi>Bob</bdi> gets a mail with the link" in page
    assert "scans the card" not in page


def test_by_card_the_next_steps_end_with_a_scan(
    confirm: Callable[[VideoContainer], str], new_container: Callable[..., VideoContainer]
) -> None:
    page = confirm(new_container())
    assert "<bdi>Bob</bdi> scans the card" in page
    assert "gets a mail" not in page


def test_the_success_panel_waits_for_the_widget(
    confirm: Callable[[VideoContainer], str], container: VideoContainer
) -> None:
    page = confirm(container)
    assert '<div class="gc-news" role="status" data-gc-confirmation>' in page
    assert "hidden data-gc-recorded" in page


@pytest.mark.parametrize("token", ["1", "1:forged", ":", "%00", "1:" + "a" * 43])
def test_a_forged_link_is_a_404(client: Client, container: VideoContainer, token: str) -> None:
    assert client.get(f"/confirmation/{token}").status_code == 404


def test_the_link_of_one_order_does_not_open_another(
    client: Client, new_container: Callable[..., VideoContainer]
) -> None:
    mine, other = new_container(), new_container()
    forged = links.confirmation_path(mine.order).replace(f"/{mine.order.pk}:", f"/{other.order.pk}:")
    assert client.get(forged).status_code == 404


def test_an_order_without_gift_is_thanked_for_all_the_same(client: Client, container: VideoContainer) -> None:
    container.delete()
    response = client.get(links.confirmation_path(container.order))
    assert "Order " + container.order.number in response.content.decode()


def test_the_page_is_private(client: Client, container: VideoContainer) -> None:
    headers = client.get(links.confirmation_path(container.order)).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_tag_shows_the_widget_of_our_order(container: VideoContainer) -> None:
    assert f'data-uid="{container.urid}"' in widget(container.order)


def test_the_tag_shows_the_widget_of_a_linked_shop_object(brand: Brand, now: datetime) -> None:
    shop_order = User.objects.create(username="stands-for-a-shop-order")
    request = NewContainer(crid="S-1", email="alice@example.com", additional_data={})
    gift, _ = containers.open_container(
        brand=brand, request=request, actor=SHOP, now=now, shop_object=shop_order
    )
    assert f'data-uid="{gift.urid}"' in widget(shop_order)


@pytest.mark.parametrize("order", [None, "", 7, Order(), User(pk=99)])
def test_the_tag_shows_nothing_where_there_is_no_gift(order: object) -> None:
    assert widget(order) == ""
