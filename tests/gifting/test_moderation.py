"""A message that should not be seen: hidden, with the reason kept, until it is shown again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from gifting.dto import NewContainer
from gifting.errors import Invalid, Locked, NotFound
from gifting.models import Brand, JournalEntry
from gifting.services import containers, moderation, sending
from tests.gifting.posting import (
    BIRTHDAY,
    STAFF,
    Gift,
    deliver,
    do,
    fresh,
    mailed,
    story,
    the_mail,
    words,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(new_container: Callable[..., Gift], record: Callable[[Gift], Gift]) -> Gift:
    """Recorded by Alice, for Bob."""
    return record(new_container(receiver_email="bob@example.com"))


def hide(gift: Gift, reason: str = "Rude words") -> None:
    do(moderation.hide, gift, reason=reason)


def test_a_hidden_message_is_withdrawn_and_says_why(gift: Gift) -> None:
    hide(gift)
    assert (fresh(gift).is_withdrawn, fresh(gift).hidden_reason) == (True, "Rude words")
    assert words(gift) == "Message hidden: Rude words"


def test_while_a_message_is_hidden_nobody_is_mailed(gift: Gift) -> None:
    deliver(gift)
    hide(gift)
    assert the_mail().state == "held"
    work(at=BIRTHDAY)
    assert (the_mail().attempts, mailed()) == (0, [])


def test_a_parcel_that_arrives_while_it_is_hidden_mails_nobody(gift: Gift) -> None:
    hide(gift)
    deliver(gift)
    work(at=BIRTHDAY)
    assert (fresh(gift).state, mailed()) == ("delivered", [])


def test_shown_again_the_gift_is_mailed(gift: Gift) -> None:
    hide(gift)
    deliver(gift)
    do(moderation.show, gift)
    work()
    assert (fresh(gift).is_withdrawn, fresh(gift).hidden_reason) == (False, "")
    assert (mailed(), "shown" in story(gift)) == (["bob@example.com"], True)


def test_shown_again_a_gift_on_hold_still_waits(gift: Gift) -> None:
    do(sending.hold, gift)
    hide(gift)
    deliver(gift)
    do(moderation.show, gift)
    assert the_mail().state == "held"
    work()
    assert mailed() == []
    do(sending.release, gift)
    work()
    assert mailed() == ["bob@example.com"]


def test_when_a_hold_ends_a_hidden_message_still_waits(gift: Gift) -> None:
    do(sending.hold, gift)
    hide(gift)
    deliver(gift)
    do(sending.release, gift)
    work()
    assert mailed() == []


def test_a_gift_that_was_mailed_before_is_not_mailed_again(gift: Gift) -> None:
    deliver(gift)
    work()
    hide(gift)
    do(moderation.show, gift)
    work()
    assert mailed() == ["bob@example.com"]


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 201])
def test_a_reason_must_be_given(gift: Gift, reason: str) -> None:
    with pytest.raises(Invalid):
        hide(gift, reason)
    assert not fresh(gift).is_withdrawn


def test_the_reason_keeps_no_address(gift: Gift) -> None:
    hide(gift, "Complaint of bob@example.com")
    assert fresh(gift).hidden_reason == "Complaint of …"
    assert "@" not in str([entry.detail for entry in JournalEntry.objects.all()])


@pytest.mark.parametrize(
    "facts", [{"hidden_at": timezone.now()}, {"recording": None, "recorded_at": None}, {"state": "cancelled"}]
)
def test_hiding_what_cannot_be_hidden_is_refused(gift: Gift, facts: dict[str, Any]) -> None:
    Gift.objects.update(**facts)
    with pytest.raises(Locked):
        hide(gift)


def test_showing_what_is_not_hidden_is_refused(gift: Gift) -> None:
    with pytest.raises(Locked):
        do(moderation.show, gift)


def test_a_cancelled_gift_says_why(gift: Gift) -> None:
    do(sending.hold, gift)
    deliver(gift)
    do(containers.cancel, gift, reason="refunded")
    assert words(gift) == "Switched off for good: refunded"
    assert not gift.messages.exists()


def test_a_shop_finds_the_gift_of_its_own_order(brand: Brand, django_user_model: Any) -> None:
    shop_order = django_user_model.objects.create()
    request = NewContainer(crid="1", email="alice@example.com", additional_data={})
    who = {"actor": STAFF, "now": timezone.now()}
    made, _ = containers.open_container(brand=brand, request=request, shop_object=shop_order, **who)
    assert containers.find_for(shop_order) == made


def test_an_order_of_the_shop_without_a_gift_has_none(gift: Gift, django_user_model: Any) -> None:
    with pytest.raises(NotFound):
        containers.find_for(django_user_model.objects.create())
