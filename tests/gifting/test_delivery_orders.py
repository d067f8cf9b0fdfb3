"""Whatever happens, in whatever order: the gift is mailed when a parcel really arrived, once, and never after
a cancellation. Hypothesis plays shop, giver, carriers, workers and time on a real database.
"""

import uuid
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from gifting.dto import NewContainer
from gifting.models import Brand, OutgoingMessage, Shipment, VideoContainer
from gifting.services import containers, inbox, messages, notes, shipments
from tests.fakes.here import asking, body, connect, fresh_world, news, push, telling
from tests.gifting.tracked import SHOP, STAFF, attach, work

ASKABLE, SILENT = "1ZASK", "TOUR-1"
CARRIERS = {ASKABLE: "ups", SILENT: "coursier"}
HOUR, MORNING = timedelta(hours=1), datetime(2026, 11, 2, 8, tzinfo=UTC)
codes = st.sampled_from([ASKABLE, SILENT])
statuses = st.sampled_from(["in_transit", "out_for_delivery", "delivered", "returned"])
ages = st.integers(min_value=-9, max_value=9)


class Story(RuleBasedStateMachine):
    """One gift for Bob. Of one parcel its carrier can be asked, of the other nobody can."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world = self.stack.enter_context(fresh_world())
        self.stack.enter_context(transaction.atomic())
        self.now = MORNING
        self.true: dict[str, set[str]] = defaultdict(set)
        self.mailed_when_cancelled: int | None = None
        self.late, self.returns, self.cancels = list[str](), False, False
        brand = Brand.objects.create(
            slug=f"b{uuid.uuid4().hex[:8]}", name="Lune", base_url="https://lune.example"
        )
        request = NewContainer(
            crid="1", email="alice@example.com", receiver_email="bob@example.com", additional_data={}
        )
        made, _ = containers.open_container(brand=brand, request=request, actor=SHOP, now=self.now)
        self.pk = made.pk
        mail.outbox.clear()

    @property
    def gift(self) -> VideoContainer:
        return VideoContainer.objects.select_related("order__brand").get(pk=self.pk)

    @property
    def is_open(self) -> bool:
        return self.gift.state not in containers.CLOSED

    @property
    def to_bob(self) -> int:
        return sum(one.to == ["bob@example.com"] for one in mail.outbox)

    # -- What can happen

    @initialize(early=st.sets(codes), late=st.sets(codes))
    def it_begins(self, early: set[str], late: set[str]) -> None:
        """Parcels that are known from the start, and those that are named when all is over."""
        self.late = sorted(late - early)
        for code in sorted(early):
            self.staff_add_a_parcel(code)

    @initialize(has_message=st.booleans(), returns=st.booleans(), cancels=st.booleans())
    def it_is_of_a_kind(self, has_message: bool, returns: bool, cancels: bool) -> None:
        """Not all stories have returns and cancellations: of the others it is known how they must end."""
        self.returns, self.cancels = returns, cancels
        if has_message:
            self.the_giver_leaves_a_message()

    @rule(code=codes)
    def the_shop_names_a_parcel(self, code: str) -> None:
        """A correction, where another one is under way."""
        if self.is_open:
            attach(self.gift, self._tick(), code=code, carrier=CARRIERS[code])

    @rule(code=codes)
    def staff_add_a_parcel(self, code: str) -> None:
        if self.is_open and not self.gift.order.shipments.filter(code=code).exists():
            carrier = CARRIERS[code]
            shipments.add(container=self.gift, code=code, carrier=carrier, actor=STAFF, now=self._tick())

    @rule(code=codes, status=statuses, age=ages)
    def a_true_push_comes(self, code: str, status: str, age: int) -> None:
        self._receive("here", code, self._possible(status), age)
        self.true[code].add(self._possible(status))

    @rule(code=codes, status=statuses, age=ages)
    def a_true_push_comes_and_is_read(self, code: str, status: str, age: int) -> None:
        self.a_true_push_comes(code, status, age)
        work(self.now)

    @rule(code=codes, status=statuses, age=ages)
    def a_push_comes_that_may_be_a_lie(self, code: str, status: str, age: int) -> None:
        """It is true where nobody can be asked."""
        self._receive("hint", code, self._possible(status), age)
        if code == SILENT:
            self.true[code].add(self._possible(status))

    @rule(status=statuses, age=ages)
    def the_carrier_learns(self, status: str, age: int) -> None:
        known = self.world.says.setdefault(ASKABLE, [])
        status = self._possible(status)
        known.append(news(ASKABLE, status, MORNING + age * HOUR))
        self.true[ASKABLE].add(status)

    @precondition(lambda self: not self.gift.has_message)
    @rule()
    def the_giver_leaves_a_message(self) -> None:
        if self.gift.can_record:
            actor, now = SHOP, self._tick()
            notes.write_note(container=self.gift, note="With love.", alone=True, actor=actor, now=now)

    @rule()
    def the_shop_activates(self) -> None:
        if self.is_open:
            containers.activate(container=self.gift, actor=SHOP, now=self._tick())

    @precondition(lambda self: self.cancels and self.mailed_when_cancelled is None)
    @rule()
    def the_shop_cancels(self) -> None:
        containers.cancel(container=self.gift, actor=SHOP, now=self._tick())
        self.mailed_when_cancelled = len(mail.outbox)

    @rule(hours=st.integers(min_value=0, max_value=12), is_mailing=st.booleans())
    def the_worker_works(self, hours: int, is_mailing: bool) -> None:
        self.now += hours * HOUR
        work(self._tick())
        if is_mailing:
            for pk in OutgoingMessage.objects.due(self.now).values_list("pk", flat=True):
                messages.send(pk=pk, now=self.now)

    # -- What always holds

    @invariant()
    def bob_is_mailed_at_most_once(self) -> None:
        assert self.to_bob <= 1

    @invariant()
    def nobody_is_mailed_after_a_cancellation(self) -> None:
        assert self.mailed_when_cancelled in (None, len(mail.outbox))

    @invariant()
    def nothing_arrives_that_was_not_truly_told(self) -> None:
        for parcel in Shipment.objects.exclude(delivered_at=None):
            assert parcel.status == "delivered"
            assert "delivered" in self.true[parcel.code]
            returns = parcel.events.filter(status="returned").values_list("received_at", flat=True)
            assert all(heard >= parcel.delivered_at for heard in returns)

    # -- And in the end

    def teardown(self) -> None:
        try:
            for code in self.late:
                self.staff_add_a_parcel(code)
            for _ in range(5):
                self.the_worker_works(hours=7, is_mailing=True)
            self._all_is_told()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    def _all_is_told(self) -> None:
        self.bob_is_mailed_at_most_once()
        self.nobody_is_mailed_after_a_cancellation()
        self.nothing_arrives_that_was_not_truly_told()
        if not self.is_open:
            return
        for parcel in Shipment.objects.all():
            if "delivered" in self.true[parcel.code] and "returned" not in self.true[parcel.code]:
                assert parcel.status == "delivered", f"{parcel} is {parcel.status}"
            assert parcel.state not in Shipment.WAITING or parcel.status not in ("delivered", "returned")
        gift, arrived = self.gift, Shipment.objects.exclude(delivered_at=None).exists()
        assert (gift.state == VideoContainer.State.DELIVERED) == arrived
        assert self.to_bob == (arrived and gift.has_message)

    def _receive(self, alias: str, code: str, status: str, age: int) -> None:
        """Two of the same age are one and the same push."""
        content = body(code, (status, MORNING + age * HOUR))
        inbox.receive(alias=alias, push=push(content), now=self._tick())

    def _possible(self, status: str) -> str:
        return "delivered" if status == "returned" and not self.returns else status

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.mark.django_db
def test_in_every_order_the_gift_is_mailed_when_and_only_when_it_should_be(settings: Settings) -> None:
    connect(settings, here=telling(), hint=telling(is_signed=False), ups=asking())
    limits = hypothesis_settings(
        max_examples=40,
        stateful_step_count=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Story, settings=limits)
