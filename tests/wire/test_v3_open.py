"""POST /v3/containers: what may be sent, and what the same order sent again gives."""

from typing import Any

import pytest

from gifting.models import JournalEntry, Order, VideoContainer
from tests.wire.shop import NEW, Shop, assert_error

pytestmark = pytest.mark.django_db


def test_the_same_body_again_gives_the_same_container(shop: Shop, opened: Any) -> None:
    again = shop.open()
    assert (again.status_code, again.json()) == (200, opened)


def test_the_same_body_again_opens_nothing(shop: Shop, opened: Any) -> None:
    shop.open()
    assert VideoContainer.objects.count() == JournalEntry.objects.count() == 1


def test_the_order_of_the_fields_does_not_make_another_body(shop: Shop, opened: Any) -> None:
    names = dict(reversed(NEW["additionalData"].items()))
    assert shop.call(
        "POST", "/v3/containers", dict(reversed(NEW.items())) | {"additionalData": names}
    ).json() == (opened)


@pytest.mark.parametrize(
    "change",
    [
        {"email": "carol@example.com"},
        {"receiverEmail": "carol@example.com"},
        {"receiverEmail": None},
        {"language": "fr"},
        {"additionalData": {"senderFirstName": "Carol"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_body_for_the_same_crid_is_refused(shop: Shop, opened: Any, change: dict[str, Any]) -> None:
    assert_error(shop.open(**change), 409, "crid_taken")


def test_a_retry_after_a_change_still_gives_the_same_container(shop: Shop, opened: Any) -> None:
    shop.patch(NEW["crid"], receiverEmail="carol@example.com")
    assert shop.open().json() == opened


def test_two_brands_may_use_the_same_crid(shop: Shop, other_shop: Shop, opened: Any) -> None:
    other = other_shop.open()
    assert (other.status_code, other.json()["urid"] != opened["urid"]) == (201, True)


@pytest.mark.parametrize(
    "crid", ["#1001", "Ü-7 b", "x", "x" * 100, "100%", "a?b&c", "注文-7", "..", "a\\b", '"']
)
def test_a_printable_crid_is_kept_as_it_is(shop: Shop, crid: str) -> None:
    assert shop.open(crid=crid).status_code == 201
    assert shop.get(crid).json()["crid"] == crid


@pytest.mark.parametrize("crid", ["", "x" * 101, "a/b", "a\nb", "a\tb", "a\x00b", "a\u200bb", "\ud800"])
def test_a_crid_that_cannot_be_printed_is_refused(shop: Shop, crid: str) -> None:
    assert_error(shop.open(crid=crid), 400, "invalid", "crid")


@pytest.mark.parametrize(
    "email", ["", "alice", "alice@", "a b@example.com", "a@example.com\n", "\ud800@example.com"]
)
def test_a_giver_without_a_mail_address_is_refused(shop: Shop, email: str) -> None:
    assert_error(shop.open(email=email), 400, "invalid", "email")


def test_a_mail_address_longer_than_mail_allows_is_refused(shop: Shop) -> None:
    assert_error(
        shop.open(email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.com"),
        400,
        "invalid",
        "email",
    )


def test_every_bad_field_is_named(shop: Shop) -> None:
    response = shop.open(crid="a/b", email="alice", receiverEmail="bob", language="english please")
    assert_error(response, 400, "invalid", "crid", "email", "receiverEmail", "language")


def test_every_missing_field_is_named(shop: Shop) -> None:
    assert_error(shop.call("POST", "/v3/containers", {}), 400, "invalid", "crid", "email")


@pytest.mark.parametrize("language", ["fr", "pt-BR", "zh-Hant-TW", "de-CH-1996"])
def test_any_language_tag_is_taken(shop: Shop, language: str) -> None:
    assert shop.open(language=language).status_code == 201


@pytest.mark.parametrize("language", ["e", "en_US", "en-", "français", "x" * 36, "en\x00"])
def test_what_is_no_language_tag_is_refused(shop: Shop, language: str) -> None:
    assert_error(shop.open(language=language), 400, "invalid", "language")


def test_null_counts_as_absent_for_optional_fields(shop: Shop) -> None:
    body = {**NEW, "receiverEmail": None, "language": None, "additionalData": None}
    first = shop.call("POST", "/v3/containers", body)
    bare = shop.open(receiverEmail=None, language=None, additionalData=None)
    assert (first.status_code, bare.status_code) == (201, 200)


def test_null_for_a_required_field_is_refused(shop: Shop) -> None:
    assert_error(shop.call("POST", "/v3/containers", NEW | {"email": None}), 400, "invalid", "email")


def test_fields_that_are_not_known_are_ignored(shop: Shop) -> None:
    first = shop.open(shopVersion="4.2", state="delivered", deep=[{"a": [None]}])
    assert (first.status_code, first.json()["state"]) == (201, "recording_open")
    assert shop.open().status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("crid", 1001),
        ("crid", True),
        ("crid", ["ORD"]),
        ("email", {"to": "alice@example.com"}),
        ("receiverEmail", 7),
        ("language", ["en"]),
        ("additionalData", ["Alice"]),
        ("additionalData", "Alice"),
        ("additionalData", 7),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(shop: Shop, field: str, value: Any) -> None:
    assert_error(shop.open(**{field: value}), 400, "invalid", field)


def test_additional_data_comes_back_as_it_was_sent(shop: Shop) -> None:
    data = {
        "senderFirstName": "Zoë",
        "n": 1,
        "f": 1.5,
        "t": True,
        "none": None,
        "deep": {"list": [1, "\\u0000", "👨‍👩‍👧"]},
    }
    shop.open(additionalData=data)
    assert shop.get(NEW["crid"]).json()["additionalData"] == data


def test_sixteen_kilobytes_of_additional_data_are_kept(shop: Shop) -> None:
    data = {"note": "x" * (16_384 - len('{"note":""}'))}
    assert shop.open(additionalData=data).status_code == 201


def test_more_than_sixteen_kilobytes_are_refused(shop: Shop) -> None:
    data = {"note": "é" * ((16_384 - len('{"note":""}')) // 2 + 1)}
    assert_error(shop.open(additionalData=data), 400, "invalid", "additionalData")


@pytest.mark.parametrize(
    "data",
    [{"a": "\x00"}, {"\x00": 1}, {"a": ["\ud800"]}, {"\udfff": 1}, {"a": {"b": ["x\x00y"]}}],
    ids=["nul", "nul in a name", "lone surrogate", "lone surrogate in a name", "nul deep inside"],
)
def test_text_that_a_database_cannot_keep_is_refused(shop: Shop, data: dict[str, Any]) -> None:
    assert_error(shop.open(additionalData=data), 400, "invalid", "additionalData")


def test_additional_data_may_be_nested(shop: Shop) -> None:
    assert shop.open(additionalData=_nested(31)).status_code == 201


def test_additional_data_nested_without_end_is_refused(shop: Shop) -> None:
    assert_error(shop.open(additionalData=_nested(32)), 400, "invalid", "additionalData")


def _nested(levels: int) -> dict[str, Any]:
    """`levels` lists inside the object."""
    value: Any = "end"
    for _ in range(levels):
        value = [value]
    return {"deep": value}


def test_the_names_are_kept_for_cards_pages_and_mails(shop: Shop, opened: Any) -> None:
    order = Order.objects.get()
    assert (order.giver_name, order.receiver_name, order.product_name) == ("Alice", "Bob", "Gift Box")


def test_a_name_that_is_no_text_is_left_out(shop: Shop) -> None:
    assert shop.open(additionalData={"senderFirstName": 7}).status_code == 201
    assert Order.objects.get().giver_name == ""


def test_the_journal_says_which_key_opened_the_container(shop: Shop, opened: Any) -> None:
    assert JournalEntry.objects.get().actor == f"api:{shop.key[:11]}"


def test_no_answer_with_an_edit_key_is_kept_by_a_cache(shop: Shop) -> None:
    assert shop.open()["Cache-Control"] == "no-store"
