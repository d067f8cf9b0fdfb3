"""Staff and the shop change a gift at the instant at which a worker has its mail, on PostgreSQL."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from gifting.models import OutgoingMessage
from gifting.services import containers, messages, notes, sending
from tests.gifting.posting import BIRTHDAY, STAFF, Gift, deliver, do, fresh, mailed, the_mail, work
from tests.racing import needs_postgres, overtaken

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
State = OutgoingMessage.State


@pytest.fixture(autouse=True)
def _postgres() -> None:
    needs_postgres()


@pytest.fixture
def gift(transactional_db: None, new_container: Callable[..., Gift], record: Callable[[Gift], Gift]) -> Gift:
    """Recorded by Alice, for Bob."""
    return record(new_container(receiver_email="bob@example.com"))


def name_receiver(gift: Gift, address: str = "bob@example.com") -> None:
    do(containers.change_container, gift, changes={"receiverEmail": address})


def mailed_while(gift: Gift, then: Callable[[], Any]) -> list[str]:
    """Whom the worker mails, when `then` happens after it took the mail and before it decides."""
    send = partial(messages.send, pk=the_mail().pk, now=timezone.now())
    overtaken(send, hold=partial(_hold, gift), then=then)
    work()
    return mailed()


def _hold(gift: Gift) -> None:
    containers.lock(gift)


def test_a_note_and_the_receivers_address_at_once_make_a_mail(
    transactional_db: None, new_container: Callable[..., Gift]
) -> None:
    gift = new_container()
    deliver(gift)
    write = partial(notes.write_note, container=gift, note="Hi", alone=True, actor=STAFF, now=timezone.now())
    overtaken(write, hold=partial(name_receiver, gift))
    assert gift.messages.filter(purpose="gift_ready").exists()


def test_a_hold_that_ends_while_a_worker_looks_lets_the_mail_go(gift: Gift) -> None:
    deliver(gift)
    Gift.objects.update(held_at=timezone.now())  # by staff, after the worker was told of the mail
    assert mailed_while(gift, partial(do, sending.release, gift)) == ["bob@example.com"]


def test_a_recall_that_is_undone_while_a_worker_looks_lets_the_mail_go(gift: Gift) -> None:
    deliver(gift)
    Gift.objects.update(recalled_at=timezone.now())
    assert mailed_while(gift, partial(do, sending.restore, gift)) == ["bob@example.com"]


def test_an_address_that_comes_while_a_worker_looks_is_mailed(gift: Gift) -> None:
    deliver(gift)
    gift.order.receiver_email = ""
    gift.order.save()
    assert mailed_while(gift, partial(name_receiver, gift, "robert@example.com")) == ["robert@example.com"]


def test_a_date_that_is_forgotten_while_a_worker_looks_activates_nothing(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    now = timezone.now()
    Gift.objects.update(send_at=now)  # the day has come
    OutgoingMessage.objects.update(due_at=now)
    assert mailed_while(gift, partial(do, sending.send_on, gift, when=None)) == []
    assert fresh(gift).state == "recorded"


def test_a_hold_of_a_mail_that_a_worker_has_taken_is_kept(gift: Gift) -> None:
    deliver(gift)
    assert mailed_while(gift, partial(do, sending.hold, gift)) == []
    assert the_mail().state == State.HELD
