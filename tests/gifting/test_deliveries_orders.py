"""Whatever happens to a gift, in whatever order: its receiver is mailed once, and at last."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gifting.dto import NewContainer
from gifting.errors import GiftingError
from gifting.models import Brand, OutgoingMessage, Shipment
from gifting.services import containers, deliveries, messages, moderation, notes, sending
from tests.gifting.posting import CARRIER, STAFF, Gift

NEXT_WEEK = timedelta(days=7)


class Story(RuleBasedStateMachine):
    """One gift from Alice for Bob. What makes no sense at the moment is refused, and changes nothing."""

    @initialize()
    def order(self) -> None:
        self.now = timezone.now()
        brand, _ = Brand.objects.get_or_create(slug="lune", defaults={"name": "Maison Lune"})
        people = {"email": "alice@example.com", "receiver_email": "bob@example.com"}
        request = NewContainer(crid=uuid.uuid4().hex, additional_data={}, **people)
        self.gift, _ = containers.open_container(brand=brand, request=request, actor=STAFF, now=self.now)

    def attempt(self, verb: Callable[..., Any], **facts: Any) -> None:
        gift = Gift.objects.get(pk=self.gift.pk)
        with suppress(GiftingError):
            verb(container=gift, actor=STAFF, now=self.now, **facts)

    @rule()
    def arrive(self) -> None:
        order = self.gift.order
        parcel = Shipment.objects.create(order=order, code=uuid.uuid4().hex, created_at=self.now)
        deliveries.confirm_delivery(shipment=parcel, actor=CARRIER, now=self.now)

    @rule()
    def record(self) -> None:
        self.attempt(notes.write_note, note="Look!", alone=True)

    @rule()
    def activate(self) -> None:
        self.attempt(containers.activate)

    @rule()
    def hold(self) -> None:
        self.attempt(sending.hold)

    @rule()
    def release(self) -> None:
        self.attempt(sending.release)

    @rule()
    def hide(self) -> None:
        self.attempt(moderation.hide, reason="Rude")

    @rule()
    def show(self) -> None:
        self.attempt(moderation.show)

    @rule()
    def recall(self) -> None:
        self.attempt(sending.recall)

    @rule()
    def restore(self) -> None:
        self.attempt(sending.restore)

    @rule()
    def send_now(self) -> None:
        self.attempt(sending.send_now)

    @rule()
    def choose_a_date(self) -> None:
        self.attempt(sending.send_on, when=self.now + NEXT_WEEK)

    @rule()
    def forget_the_date(self) -> None:
        self.attempt(sending.send_on, when=None)

    @rule()
    def take_the_address_back(self) -> None:
        self.attempt(containers.change_container, changes={"receiverEmail": ""})

    @rule()
    def name_the_address(self) -> None:
        self.attempt(containers.change_container, changes={"receiverEmail": "bob@example.com"})

    @rule()
    def work(self) -> None:
        self.send_due(self.now)

    @rule()
    def let_a_week_pass(self) -> None:
        self.now += NEXT_WEEK

    @rule()
    def kill_a_worker(self) -> None:
        """It had claimed the mail, and its lease is over."""
        due = self.gift.messages.due(self.now).filter(attempts__lt=2)
        due.update(state=OutgoingMessage.State.SENDING, attempts=F("attempts") + 1)

    def send_due(self, now: datetime) -> None:
        for pk in list(self.gift.messages.due(now).values_list("pk", flat=True)):
            messages.send(pk=pk, now=now)

    @property
    def copies(self) -> int:
        return sum(self.gift.watch_url in str(one.body) for one in mail.outbox)

    @invariant()
    def nobody_is_mailed_twice(self) -> None:
        if hasattr(self, "gift"):
            assert self.copies <= 1

    def teardown(self) -> None:
        """Whatever stood in the way is taken out of it."""
        for end in (self.name_the_address, self.record, self.show, self.release, self.restore):
            end()
        self.forget_the_date()
        self.arrive()
        self.send_due(self.now)
        assert self.copies == 1


@pytest.mark.django_db
def test_a_receiver_is_mailed_once_whatever_the_order() -> None:
    checks = list(HealthCheck)
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=checks
        ),
    )
