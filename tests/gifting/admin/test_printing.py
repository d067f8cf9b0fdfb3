"""Printing from the list: one PDF in list order, reprints only on purpose, every print in the journal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gifting.dto import Actor, ActorKind
from gifting.models import Brand, JournalEntry, Order, VideoContainer
from gifting.services import containers
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import (
    ORDERS,
    PRINT,
    act,
    codes_in,
    messages_of,
    order_url,
    print_now,
    text_of,
)

STAFF = Actor(ActorKind.STAFF, "maria")
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture
def three(new_container: NewContainer, record: Record) -> list[VideoContainer]:
    """Recorded gifts of givers whose names are in no order: Carol, Alice, Bob."""
    names = ("Carol", "Alice", "Bob")
    return [record(new_container(crid=name, additional_data={"senderFirstName": name})) for name in names]


def prints(container: VideoContainer) -> list[JournalEntry]:
    return list(container.journal.filter(event=JournalEntry.Event.PRINTED))


def chosen(client: Client, *found: VideoContainer, query: str = "") -> str:
    """The orders that the page before printing holds, as it would send them."""
    return str(act(client, "print_cards", *found, query=query).context["form"]["orders"].value())


def test_the_page_before_printing_says_how_many(staff: Client, three: list[VideoContainer]) -> None:
    assert "3 cards to print." in text_of(act(staff, "print_cards", *three))


def test_every_paper_can_be_chosen(staff: Client, three: list[VideoContainer]) -> None:
    page = act(staff, "print_cards", *three).content.decode()
    for layout in ("a6", "a4x4", "label"):
        assert f'name="layout" value="{layout}"' in page


def test_nothing_is_printed_before_the_choice(staff: Client, three: list[VideoContainer]) -> None:
    act(staff, "print_cards", *three)
    assert not VideoContainer.objects.filter(printed_at__isnull=False).exists()


def test_cards_come_in_the_order_of_the_list(staff: Client, three: list[VideoContainer]) -> None:
    carol, alice, bob = three
    orders = chosen(staff, carol, alice, bob, query="?o=3")
    response = staff.post(PRINT, {"orders": orders, "layout": "a6"})
    assert codes_in(response) == [alice.watch_url, bob.watch_url, carol.watch_url]


def test_four_cards_share_a_sheet_of_a4(staff: Client, three: list[VideoContainer]) -> None:
    response = print_now(staff, *three, layout="a4x4")
    assert sorted(codes_in(response)) == sorted(container.watch_url for container in three)
    assert response.headers["Content-Type"] == "application/pdf"


def test_the_selection_may_span_all_pages_of_the_list(staff: Client, three: list[VideoContainer]) -> None:
    ids = {"action": "print_cards", "_selected_action": [three[0].order_id], "select_across": "1"}
    assert "3 cards to print." in text_of(staff.post(ORDERS, ids))


def test_a_print_is_marked_and_told_in_the_journal(staff: Client, container: VideoContainer) -> None:
    before = timezone.now()
    print_now(staff, container, layout="label")
    container.refresh_from_db()
    (entry,) = prints(container)
    assert container.printed_at == entry.at >= before
    assert (entry.actor, entry.detail) == ("staff:maria", {"layout": "label"})


def test_the_next_page_says_how_many_were_printed(staff: Client, three: list[VideoContainer]) -> None:
    print_now(staff, *three)
    assert "3 cards were printed." in messages_of(staff.get(ORDERS))


def test_the_last_paper_is_offered_first(staff: Client, container: VideoContainer) -> None:
    print_now(staff, container, layout="label")
    assert act(staff, "print_cards", container).context["form"]["layout"].value() == "label"


def test_a_reprint_is_announced_with_who_and_when(
    staff: Client, container: VideoContainer, brand: Brand
) -> None:
    print_now(staff, container)
    (reprint,) = act(staff, "print_cards", container).context["reprints"]
    container.refresh_from_db()
    assert (reprint.container, reprint.who) == (container, "maria")
    assert reprint.container.printed_at == container.printed_at


def test_printed_cards_are_left_out(staff: Client, three: list[VideoContainer]) -> None:
    carol, alice, _bob = three
    print_now(staff, carol)
    assert codes_in(print_now(staff, carol, alice)) == [alice.watch_url]
    assert len(prints(carol)) == 1


def test_printed_cards_are_printed_again_on_demand_and_in_their_place(
    staff: Client, three: list[VideoContainer]
) -> None:
    carol, alice, bob = three
    print_now(staff, alice)
    codes = codes_in(print_now(staff, carol, alice, bob, again="yes"))
    assert codes == [carol.watch_url, alice.watch_url, bob.watch_url]
    assert len(prints(alice)) == 2


def test_a_card_that_a_colleague_has_just_printed_is_left_out(
    staff: Client, person: NewClient, three: list[VideoContainer]
) -> None:
    carol, alice, _bob = three
    orders = chosen(staff, carol, alice)
    print_now(person("view_order", "print_card"), carol)
    assert codes_in(staff.post(PRINT, {"orders": orders, "layout": "a6", "again": "no"})) == [alice.watch_url]


def test_nothing_left_to_print_is_said(staff: Client, container: VideoContainer) -> None:
    print_now(staff, container)
    response = print_now(staff, container)
    assert response.status_code == 400
    assert "nothing to print" in text_of(response)


def test_orders_without_a_message_are_flagged(
    staff: Client, three: list[VideoContainer], new_container: NewContainer
) -> None:
    empty = new_container(crid="EMPTY")
    response = act(staff, "print_cards", *three, empty)
    assert response.context["batch"].empty == [empty]
    assert "1 order has no message yet" in " ".join(text_of(response).split())


def test_switched_off_gifts_are_never_printed(
    staff: Client, three: list[VideoContainer], now: datetime
) -> None:
    carol, alice, _bob = three
    containers.cancel(container=carol, actor=STAFF, now=now)
    assert codes_in(print_now(staff, carol, alice, again="yes")) == [alice.watch_url]
    assert prints(carol) == []


def test_where_one_card_cannot_be_printed_none_is_marked(
    staff: Client, three: list[VideoContainer], other_brand: Brand, settings: Any
) -> None:
    settings.GIFTING = {**settings.GIFTING, "PUBLIC_BASE_URL": "https://soleil.example/" + "x" * 1000}
    Brand.objects.filter(pk=other_brand.pk).update(base_url="")
    last = three[-1]
    Order.objects.filter(pk=last.order_id).update(brand=other_brand)
    response = print_now(staff, *three)
    assert response.status_code == 400
    assert f"Order {last.order.number}:" in text_of(response)
    assert not VideoContainer.objects.filter(printed_at__isnull=False).exists()


@pytest.mark.parametrize("orders", ["", "abc", "1,abc", "-1", "0", "1;2", "9" * 40, "1\x00", "１"])
def test_garbage_instead_of_orders_is_refused(staff: Client, container: VideoContainer, orders: str) -> None:
    assert staff.post(PRINT, {"orders": orders, "layout": "a6"}).status_code == 400
    assert staff.get(PRINT, {"orders": orders}).status_code == 200


def test_an_unknown_paper_is_refused(staff: Client, container: VideoContainer) -> None:
    assert print_now(staff, container, layout="a0").status_code == 400
    assert prints(container) == []


def test_orders_that_are_gone_are_left_out(staff: Client, container: VideoContainer) -> None:
    response = staff.post(PRINT, {"orders": f"999999,{container.order_id}", "layout": "a6"})
    assert codes_in(response) == [container.watch_url]


@pytest.mark.parametrize("selected", ["abc", "1\x00", "9" * 40, "-1", ""])
def test_garbage_in_the_selection_is_a_message(
    staff: Client, container: VideoContainer, selected: str
) -> None:
    choice = {"action": "print_cards", "_selected_action": [selected]}
    assert "could not be read" in messages_of(staff.post(ORDERS, choice, follow=True))


def test_printing_needs_its_own_permission(person: NewClient, container: VideoContainer) -> None:
    client = person("view_order", "change_order", "activate_container")
    assert print_now(client, container).status_code == 403
    assert client.get(PRINT).status_code == 403
    assert "No action selected" in messages_of(act(client, "print_cards", container))
    assert prints(container) == []


def test_whoever_may_only_print_may_print(person: NewClient, container: VideoContainer) -> None:
    client = person("view_order", "print_card")
    assert codes_in(print_now(client, container)) == [container.watch_url]


def test_the_button_is_shown_to_whoever_may_print(person: NewClient, container: VideoContainer) -> None:
    link = f'href="{PRINT}?orders={container.order_id}"'
    assert link in person("view_order", "print_card").get(order_url(container)).content.decode()
    assert link not in person("view_order", "activate_container").get(order_url(container)).content.decode()


def test_the_page_leads_back_to_the_list_as_it_was(staff: Client, container: VideoContainer) -> None:
    assert act(staff, "print_cards", container, query="?o=3&printed=no").context["back"] == (
        f"{ORDERS}?o=3&printed=no"
    )


def test_the_page_never_leads_to_another_site(staff: Client, container: VideoContainer) -> None:
    response = print_now(staff, container, layout="a0", back="https://evil.example/")
    assert response.context["back"] == ORDERS


def test_a_batch_too_large_is_refused_with_a_message(
    staff: Client, new_container: NewContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gifting.admin.selection.MAX_BATCH", 2)
    found = [new_container() for _ in range(3)]
    assert "Select at most 2" in messages_of(act(staff, "print_cards", *found))
