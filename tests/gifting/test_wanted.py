"""A mail that no longer makes sense when its time comes is dropped."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from gifting.models import OutgoingMessage
from gifting.services import messages
from tests.gifting.posting import Gift, mailed, work

pytestmark = pytest.mark.django_db
Purpose = OutgoingMessage.Purpose
NOW = timezone.now()


@pytest.fixture
def seen(new_container: Callable[..., Gift], record: Callable[[Gift], Gift]) -> Gift:
    """Bob has his gift, and has watched its message."""
    gift = record(new_container(receiver_email="bob@example.com"))
    change(gift, state="delivered", delivered_at=NOW, seen_at=NOW)
    return Gift.objects.get(pk=gift.pk)


def change(gift: Gift, **facts: Any) -> None:
    Gift.objects.filter(pk=gift.pk).update(**facts)


def whom(gift: Gift, purpose: Purpose, **then: Any) -> list[str]:
    """Who is mailed, where this becomes true after the mail was queued."""
    messages.queue(gift, purpose, now=timezone.now())
    change(gift, **then)
    work()
    return mailed()


def told(gift: Gift, state: str, **facts: Any) -> None:
    """What became of Bob's first mail, and he has not watched anything yet."""
    change(gift, seen_at=None)
    gift.messages.create(purpose=Purpose.GIFT_READY, state=state, created_at=NOW, due_at=NOW, **facts)


@pytest.mark.parametrize("purpose", [Purpose.WARNING_GIVER, Purpose.SEEN])
def test_the_giver_is_told(seen: Gift, purpose: Purpose) -> None:
    assert whom(seen, purpose) == ["alice@example.com"]


@pytest.mark.parametrize("state", ["expired", "cancelled"])
@pytest.mark.parametrize("purpose", [Purpose.WARNING_GIVER, Purpose.WARNING_RECEIVER, Purpose.SEEN])
def test_of_a_gift_that_is_gone_nobody_is_told(seen: Gift, purpose: Purpose, state: str) -> None:
    assert whom(seen, purpose, state=state) == []


def test_a_receiver_who_has_watched_is_warned(seen: Gift) -> None:
    assert whom(seen, Purpose.WARNING_RECEIVER) == ["bob@example.com"]


def test_a_receiver_who_was_mailed_is_warned(seen: Gift) -> None:
    told(seen, "sent", sent_at=NOW)
    assert whom(seen, Purpose.WARNING_RECEIVER) == ["bob@example.com"]


@pytest.mark.parametrize("state", ["failed", "held", "bounced"])
def test_a_receiver_who_knows_nothing_is_not_warned(seen: Gift, state: str) -> None:
    told(seen, state, sent_at=NOW if state == "bounced" else None)
    assert whom(seen, Purpose.WARNING_RECEIVER) == []


@pytest.mark.parametrize("then", [{"recalled_at": NOW}, {"hidden_at": NOW}, {"state": "recorded"}])
def test_a_receiver_whose_link_is_closed_is_not_warned(seen: Gift, then: dict[str, Any]) -> None:
    assert whom(seen, Purpose.WARNING_RECEIVER, **then) == []


def test_a_mail_without_anybody_to_go_to_is_dropped(seen: Gift) -> None:
    seen.order.receiver_email = ""
    seen.order.save()
    assert whom(seen, Purpose.WARNING_RECEIVER) == []
    assert not OutgoingMessage.objects.exists()


def test_a_gift_without_a_message_is_not_sent(seen: Gift) -> None:
    assert whom(seen, Purpose.GIFT_READY, recording=None, recorded_at=None) == []
