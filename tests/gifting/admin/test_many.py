"""Verbs done to many gifts from the list: a question where it matters, and a tally that hides nothing."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import containers, sending
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import ORDERS, act, messages_of, text_of

STAFF = Actor(ActorKind.STAFF, "maria")
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture
def gifts(new_container: NewContainer, record: Record) -> list[VideoContainer]:
    """Two that can be sent, and one that is switched off."""
    return [record(new_container(crid=f"ML-{n}", receiver_email="bob@example.com")) for n in (1, 2, 3)]


@pytest.fixture
def closed(gifts: list[VideoContainer], now: datetime) -> VideoContainer:
    containers.cancel(container=gifts[2], actor=STAFF, now=now)
    return gifts[2]


def sure(client: Client, action: str, *gifts: VideoContainer, **said: str) -> str:
    """What the button of the question sends."""
    ids = [gift.order_id for gift in gifts]
    answer = {"action": action, "_selected_action": ids, "sure": "yes", **said}
    return messages_of(client.post(ORDERS, answer, follow=True))


def now_of(gift: VideoContainer) -> VideoContainer:
    return VideoContainer.objects.get(pk=gift.pk)


def test_many_are_held_and_released(staff: Client, gifts: list[VideoContainer]) -> None:
    assert messages_of(act(staff, "hold", *gifts)) == "Hold: done for 3 gifts."
    assert all(now_of(gift).held_at for gift in gifts)
    act(staff, "release", *gifts)
    assert not any(now_of(gift).held_at for gift in gifts)


def test_those_that_refuse_are_named_with_the_reason(
    staff: Client, gifts: list[VideoContainer], closed: VideoContainer, now: datetime
) -> None:
    sending.hold(container=gifts[0], actor=STAFF, now=now)
    told = messages_of(act(staff, "hold", *gifts))
    assert "done for 1 gift." in told
    assert "on hold already. Not done: ML-1" in told
    assert "can no longer be changed. Not done: ML-3" in told


@pytest.mark.parametrize("action", ["send_now", "cancel"])
def test_what_cannot_be_taken_back_asks_first(
    staff: Client, gifts: list[VideoContainer], action: str
) -> None:
    page = text_of(act(staff, action, *gifts))
    assert "3 orders" in page
    assert all(gift.order.number in page for gift in gifts)
    assert {now_of(gift).state for gift in gifts} == {"recorded"}


def test_many_are_sent_now(staff: Client, gifts: list[VideoContainer], closed: VideoContainer) -> None:
    told = sure(staff, "send_now", *gifts)
    assert "Send now: done for 2 gifts." in told
    assert "Not done: ML-3" in told
    assert [gift.messages.count() for gift in gifts] == [1, 1, 0]


def test_many_are_switched_off_with_a_reason(staff: Client, gifts: list[VideoContainer]) -> None:
    sure(staff, "cancel", *gifts, reason="refunded")
    assert {now_of(gift).state for gift in gifts} == {"cancelled"}
    assert {gift.journal.last().detail["reason"] for gift in gifts} == {"refunded"}


def test_a_reason_that_is_too_long_asks_again(staff: Client, gifts: list[VideoContainer]) -> None:
    ids = [gift.order_id for gift in gifts]
    answer = {"action": "cancel", "_selected_action": ids, "sure": "yes", "reason": "x" * 201}
    response = staff.post(ORDERS, answer)
    assert response.status_code == 400
    assert "at most 200 characters" in text_of(response)
    assert {now_of(gift).state for gift in gifts} == {"recorded"}


def test_the_question_keeps_the_filter_of_the_list(staff: Client, gifts: list[VideoContainer]) -> None:
    page = text_of(act(staff, "cancel", *gifts, query="?q=ML", follow=False))
    assert f'action="{ORDERS}?q=ML"' in page


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ("send_container", {"hold", "release", "send_now"}),
        ("change_order", {"cancel"}),
        ("print_card", set()),
    ],
)
def test_each_action_needs_its_permission(
    person: NewClient, gifts: list[VideoContainer], permission: str, may: set[str]
) -> None:
    client = person("view_order", permission)
    page = client.get(ORDERS).content.decode()
    for action in ("hold", "release", "send_now", "cancel"):
        assert (f'<option value="{action}">' in page) == (action in may)
        if action not in may:
            assert "No action selected" in sure(client, action, *gifts)
    assert {now_of(gift).state for gift in gifts} == {"recorded"}


def test_a_selection_of_nothing_does_nothing(staff: Client, gifts: list[VideoContainer]) -> None:
    staff.post(ORDERS, {"action": "cancel", "_selected_action": ["999999"], "sure": "yes"})
    assert {now_of(gift).state for gift in gifts} == {"recorded"}
