"""Orders made and changed by staff: through services, never past their rules."""

from typing import Any

import pytest
from django.test import Client

from gifting.models import Brand, Order, VideoContainer
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import ORDERS, messages_of, order_url, text_of

ADD = f"{ORDERS}add/"


def fields(brand: Brand, **changed: Any) -> dict[str, Any]:
    return {
        "brand": brand.pk,
        "number": "TEL-1",
        "giver_name": "Alice",
        "giver_email": "alice@example.com",
        "receiver_name": "Bob",
        "receiver_email": "",
        "product_name": "",
        "language": "",
        "delivery": "card",
        **changed,
    }


def details(**changed: Any) -> dict[str, Any]:
    """The form of an order's page, with the names that the fixtures give."""
    return {"giver_name": "Alice", "receiver_name": "Bob", **changed}


def test_an_order_by_telephone_opens_a_gift_message(staff: Client, brand: Brand) -> None:
    response = staff.post(ADD, fields(brand, product_name="Roses"))
    order = Order.objects.get(number="TEL-1")
    assert response.url == order_url(order.container)
    assert (order.giver_name, order.receiver_name, order.product_name) == ("Alice", "Bob", "Roses")
    assert order.additional_data == {
        "senderFirstName": "Alice", "receiverFirstName": "Bob", "productName": "Roses",
    }  # fmt: skip


def test_the_journal_names_who_added_the_order(staff: Client, brand: Brand) -> None:
    staff.post(ADD, fields(brand))
    assert VideoContainer.objects.get().journal.get().actor == "staff:maria"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", "a/b"),
        ("number", "x" * 101),
        ("giver_email", "nobody"),
        ("receiver_email", "nobody"),
        ("language", "klingon"),
        ("brand", "abc"),
        ("brand", "999999"),
        ("delivery", "pigeon"),
    ],
)
def test_a_bad_field_is_refused_at_its_place(staff: Client, brand: Brand, field: str, value: str) -> None:
    response = staff.post(ADD, fields(brand) | {field: value})
    assert field in response.context["adminform"].form.errors
    assert not Order.objects.exists()


def test_delivery_by_mail_needs_an_address(staff: Client, brand: Brand) -> None:
    response = staff.post(ADD, fields(brand, delivery="email"))
    assert "receiver_email" in response.context["adminform"].form.errors


def test_a_number_that_the_brand_has_used_is_refused(
    staff: Client, brand: Brand, new_container: NewContainer
) -> None:
    new_container(crid="TEL-1")
    assert "already exists" in text_of(staff.post(ADD, fields(brand)))


def test_the_only_brand_is_chosen_already(staff: Client, brand: Brand) -> None:
    assert staff.get(ADD).context["adminform"].form.initial["brand"] == brand.pk


def test_a_changed_receiver_is_kept_and_told_in_the_journal(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container), details(receiver_email="bob@example.com"))
    assert Order.objects.get().receiver_email == "bob@example.com"
    assert container.journal.last().detail == {"fields": ["receiverEmail"]}


def test_changed_names_leave_the_shop_s_other_data_alone(staff: Client, new_container: NewContainer) -> None:
    data = {"senderFirstName": "Alice", "receiverFirstName": "Bob", "gift_wrap": True}
    container = new_container(additional_data=data)
    staff.post(order_url(container), details(receiver_name="Robert"))
    order = Order.objects.get()
    assert order.receiver_name == "Robert"
    assert order.additional_data == {**data, "receiverFirstName": "Robert"}


def test_saving_without_a_change_writes_nothing(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container), details())
    assert container.journal.count() == 1


def test_a_bad_change_is_refused(staff: Client, container: VideoContainer) -> None:
    response = staff.post(order_url(container), details(receiver_email="nobody", language="klingon"))
    assert {"receiver_email", "language"} <= response.context["adminform"].form.errors.keys()
    assert container.journal.count() == 1


def test_the_state_cannot_be_posted(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container), details(state="delivered", number="X", printed_at="2026-01-01"))
    container.refresh_from_db()
    assert container.state == VideoContainer.State.RECORDING_OPEN
    assert container.printed_at is None
    assert container.order.number != "X"


def test_a_switched_off_gift_cannot_be_changed(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container, "cancel"))
    response = staff.post(order_url(container), details(receiver_email="bob@example.com"))
    assert response.status_code == 403
    assert Order.objects.get().receiver_email == ""


def test_looking_is_not_changing(person: NewClient, container: VideoContainer) -> None:
    response = person("view_order").post(order_url(container), details(receiver_name="Robert"))
    assert response.status_code == 403


def test_a_language_that_the_site_does_not_speak_is_kept(staff: Client, new_container: NewContainer) -> None:
    container = new_container(language="pt-BR")
    response = staff.post(order_url(container), details(language="pt-BR", receiver_name="Zé"), follow=True)
    assert "was changed successfully" in messages_of(response)
    assert Order.objects.get().language == "pt-BR"
