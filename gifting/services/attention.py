"""Gifts that do not move. Each reason is one condition on one table, and is read by an index."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from gifting.carriers.guess import guess
from gifting.conf import conf
from gifting.models import (
    Order,
    OutgoingMessage,
    Recording,
    Shipment,
    VendorCall,
    VideoContainer,
    WebhookReceipt,
)
from gifting.models.containers import LIVE, OPEN
from gifting.services import carriers, mails
from gifting.services.reasons import ADVICE, OF_ERASED, OF_GIVER, Action, Advice, Reason

CAP = 100
"""Counts stop here: nobody needs to know of more."""
HELD_DAYS = 7
State = VideoContainer.State
UNDER_WAY = OPEN | {State.ACTIVATED}
KEPT = OPEN | LIVE
NOTHING = Q(pk__in=[])
CARRIERS = frozenset(Shipment.Carrier.values)
LAST_NEWS = Coalesce("heard_at", "restarted_at", "created_at")
OURS = Q(order__container__hosted__isnull=True)
"""The vendor of a hosted gift asks the carrier itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that may need attention, and the way from them to their order and gift."""

    model: type[Model]
    order: str
    gift: str

    def of_gift(self, **facts: object) -> Q:
        """A condition on the gift of a row."""
        return Q(**{f"{self.gift}{name}": value for name, value in facts.items()})

    def rows(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        if not self.order:
            return rows
        return rows.select_related(f"{self.order}__brand", f"{self.order}__container__hosted")


GIFTS = Table(VideoContainer, "order", "")
PARCELS = Table(Shipment, "order", "order__container__")
MAILS = Table(OutgoingMessage, "container__order", "container__")
VIDEOS = Table(Recording, "container__order", "container__")
CALLS = Table(VendorCall, "container__order", "container__")
PUSHES = Table(WebhookReceipt, "", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows, as of now, and which of them waits longest."""

    table: Table
    when: Callable[[datetime], Q]
    longest: Any = "pk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that somebody should look at. `order` is None for a push, which belongs to no gift yet."""

    reason: Reason
    row: Any
    order: Order | None

    @property
    def what(self) -> str:
        """What happened, in the active language."""
        return str(self._advice.what) % _facts(self.reason, self.row)

    @property
    def then(self) -> str:
        """What to do next."""
        return str(self._advice.then)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What helps, the most helpful first."""
        return self._advice.actions

    @property
    def _advice(self) -> Advice:
        """The giver's address is the shop's to correct, not ours; of an erased gift less is left to do."""
        if isinstance(self.row, OutgoingMessage) and self.row.purpose not in mails.FOR_RECEIVER:
            return OF_GIVER.get(self.reason, ADVICE[self.reason])
        if isinstance(self.row, VendorCall) and self.row.container.state == State.EXPIRED:
            return OF_ERASED.get(self.reason, ADVICE[self.reason])
        return ADVICE[self.reason]

    @property
    def guess(self) -> str:
        """The word of a carrier that the code of a parcel looks like, where another or none is named."""
        if self.reason != Reason.CARRIER_UNKNOWN:
            return ""
        found = guess(self.row.code)
        return "" if found == self.row.carrier else found


def _facts(reason: Reason, row: Any) -> dict[str, object]:
    """What the sentences say of a row."""
    days = {
        Reason.UNSHIPPED: conf().UNSHIPPED_DAYS,
        Reason.SILENT: conf().SILENT_DAYS,
        Reason.GIVEN_UP: conf().TRACKING_DAYS,
        Reason.HELD_LONG: HELD_DAYS,
    }
    return {
        "days": days.get(reason, 0),
        "mail": row.get_purpose_display() if isinstance(row, OutgoingMessage) else "",
        "parcel": f"{row.get_carrier_display()} {row.code}".strip() if isinstance(row, Shipment) else "",
    }


def find(reason: Reason, *, now: datetime, limit: int = CAP) -> list[Case]:
    """The gifts with this trouble, those first that wait longest."""
    rule = RULES[reason]
    rows = rule.table.rows().filter(rule.when(now)).order_by(rule.longest)[:limit]
    return [Case(reason=reason, row=row, order=_order(row)) for row in rows]


def counts(*, now: datetime) -> dict[Reason, int]:
    """How many of each, the most urgent first; at most `CAP`, and only what there is."""
    found = {reason: _count(rule, now=now) for reason, rule in RULES.items()}
    return {reason: count for reason, count in found.items() if count}


def _count(rule: Rule, *, now: datetime) -> int:
    return rule.table.model._default_manager.filter(rule.when(now)).order_by()[:CAP].count()


def shown(count: int) -> str:
    """`7`, or `99+` where there may be more."""
    return str(count) if count < CAP else f"{CAP - 1}+"


def orders(reason: Reason | None, *, now: datetime) -> Q:
    """The condition on orders that have this trouble, or any."""
    chosen = [reason] if reason else [one for one, rule in RULES.items() if rule.table.order]
    found = [_order_ids(RULES[one], now=now) for one in chosen]
    return Q(pk__in=found[0].union(*found[1:])) if found[1:] else Q(pk__in=found[0])


def _order_ids(rule: Rule, *, now: datetime) -> QuerySet[Any]:
    if not rule.table.order:
        return Order.objects.none().values("pk")
    return rule.table.model._default_manager.filter(rule.when(now)).order_by().values(rule.table.order)


def of(order: Order, *, now: datetime) -> list[Case]:
    """What this one needs, the most urgent first: one query for each table."""
    return among([order], now=now)[order.pk]


def among(orders: Collection[Order], *, now: datetime) -> dict[int, list[Case]]:
    """What each of these needs, by the key of the order: one query for each table."""
    found: dict[int, list[Case]] = {order.pk: [] for order in orders}
    for table in (GIFTS, PARCELS, MAILS, VIDEOS, CALLS):
        for case in _cases(table, orders, now):
            found[case.order.pk].append(case)
    ranks = list(Reason)
    return {pk: sorted(cases, key=lambda case: ranks.index(case.reason)) for pk, cases in found.items()}


def _cases(table: Table, orders: Collection[Order], now: datetime) -> Iterator[Any]:
    """The conditions of all reasons at once, as columns of the orders' own rows."""
    rules = {reason: rule for reason, rule in RULES.items() if rule.table is table}
    columns = {
        f"is_{reason}": ExpressionWrapper(rule.when(now), BooleanField()) for reason, rule in rules.items()
    }
    for row in table.rows().filter(**{f"{table.order}__in": orders}).annotate(**columns).order_by("pk"):
        for reason in rules:
            if getattr(row, f"is_{reason}"):
                yield Case(reason=reason, row=row, order=_order(row))


def _order(row: Any) -> Order | None:
    if isinstance(row, WebhookReceipt):
        return None
    order: Order = row.order if hasattr(row, "order") else row.container.order
    return order


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


# -- Mails


def _mail(state: OutgoingMessage.State) -> Callable[[datetime], Q]:
    return lambda now: Q(state=state) & MAILS.of_gift(state__in=KEPT)


def _no_address(now: datetime) -> Q:
    """An order without the giver's address was erased. The slice tells the planner that the rest are few."""
    missing = Order.objects.filter(delivery=Order.Delivery.EMAIL, receiver_email="").exclude(giver_email="")
    return Q(order__in=missing.order_by("-pk").values("pk")[: 10 * CAP], state__in=KEPT)


# -- Parcels


def _awaited(**facts: object) -> Q:
    """A parcel that did not arrive, of a gift that did not either. Erased ones have no code any more."""
    return Q(delivered_at__isnull=True, **facts) & ~Q(code="") & PARCELS.of_gift(state__in=UNDER_WAY)


def _returned(now: datetime) -> Q:
    """Until the goods are on their way once more, in another parcel."""
    newer = Shipment.objects.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"))
    return _awaited(status=Shipment.Status.RETURNED) & Q(~Exists(newer))


def _unknown(now: datetime) -> Q:
    """Nobody tells of it, and somebody waits for that: a card that is active needs no news."""
    told = _told()
    is_out = Q(order__delivery=Order.Delivery.CARD) & PARCELS.of_gift(state=State.ACTIVATED)
    untold = _awaited(state=Shipment.State.IDLE) & ~Q(carrier__in=told) & OURS
    return untold & ~is_out & ~Q(status=Shipment.Status.RETURNED)


def _silent(now: datetime) -> Q:
    if not (days := conf().SILENT_DAYS):
        return NOTHING
    is_told = Q(state__in=Shipment.WAITING) | Q(state=Shipment.State.IDLE, carrier__in=_told())
    before = Q(LessThan(LAST_NEWS, _ago(now, days)))
    watched = Q(state__in=[*Shipment.WAITING, Shipment.State.IDLE])
    return _awaited() & watched & is_told & before & OURS & ~Q(status=Shipment.Status.RETURNED)


def _told() -> frozenset[str]:
    """The carriers of whose parcels somebody tells us: by answering, or by a push."""
    told: frozenset[str] = frozenset()
    for alias in conf().CARRIERS:
        carrier = carriers.get_carrier(alias)
        if carrier.can_listen and not carrier.serves:
            return CARRIERS  # An aggregator tells of them all.
        if carrier.can_listen or carrier.can_ask:
            told |= carrier.serves
    return told


def _unshipped(now: datetime) -> Q:
    """Nothing has left. An active gift waits for a parcel only where its mail does, and no card is out."""
    if not (days := conf().UNSHIPPED_DAYS):
        return NOTHING
    parcels = Shipment.objects.filter(order=OuterRef("order")).exclude(code="")
    gift_ready = OutgoingMessage.Purpose.GIFT_READY
    queued = OutgoingMessage.objects.filter(container=OuterRef("pk"), purpose=gift_ready)
    mail_waits = Q(order__delivery=Order.Delivery.EMAIL) & Q(~Exists(queued))
    waits = Q(state__in=OPEN) | (Q(state=State.ACTIVATED, printed_at__isnull=True) & mail_waits)
    return waits & Q(created_at__lt=_ago(now, days), send_at__isnull=True) & Q(~Exists(parcels))


# -- Messages


def _refused(now: datetime) -> Q:
    newer = Recording.objects.filter(container=OuterRef("container"), pk__gt=OuterRef("pk"))
    empty = VIDEOS.of_gift(state__in=KEPT, recorded_at__isnull=True)
    return Q(state=Recording.State.REFUSED) & empty & Q(~Exists(newer))


def _empty() -> Q:
    """No message, and none in preparation."""
    under_way = [*Recording.WAITING, Recording.State.FAILED]
    videos = Recording.objects.filter(container=OuterRef("pk"), state__in=under_way)
    return Q(recorded_at__isnull=True) & Q(~Exists(videos))


def _date_empty(now: datetime) -> Q:
    """Until the parcel arrives: from then on that is the reason."""
    return Q(send_at__lte=now, state__in=UNDER_WAY) & _empty()


def _printed_empty(now: datetime) -> Q:
    """Until a date of sending has passed: from then on that is the reason."""
    is_out = Q(printed_at__isnull=False) | Q(state=State.ACTIVATED)
    return is_out & Q(state__in=UNDER_WAY) & ~Q(send_at__lte=now) & _empty()


def _held_long(now: datetime) -> Q:
    return Q(held_at__lt=_ago(now, HELD_DAYS), state__in=KEPT)


def _call_failed(now: datetime) -> Q:
    """Of a gift that was switched off or erased too: the account may not know yet that it must not mail,
    or that it must forget.
    """
    return Q(state=VendorCall.State.FAILED)


Mail = OutgoingMessage.State
RULES: dict[Reason, Rule] = {
    Reason.MAIL_BOUNCED: Rule(MAILS, _mail(Mail.BOUNCED)),
    Reason.MAIL_FAILED: Rule(MAILS, _mail(Mail.FAILED)),
    Reason.MAIL_UNSURE: Rule(MAILS, _mail(Mail.UNSURE)),
    Reason.NO_ADDRESS: Rule(GIFTS, _no_address),
    Reason.RETURNED: Rule(PARCELS, _returned),
    Reason.PROBLEM: Rule(PARCELS, lambda now: _awaited(status=Shipment.Status.PROBLEM)),
    Reason.CARRIER_UNKNOWN: Rule(PARCELS, _unknown),
    Reason.CARRIER_REFUSES: Rule(PARCELS, lambda now: _awaited(state=Shipment.State.FAILED)),
    Reason.SILENT: Rule(PARCELS, _silent, LAST_NEWS),
    Reason.GIVEN_UP: Rule(PARCELS, lambda now: _awaited(state=Shipment.State.STOPPED)),
    Reason.UNSHIPPED: Rule(GIFTS, _unshipped, "created_at"),
    Reason.VIDEO_FAILED: Rule(
        VIDEOS, lambda now: Q(state=Recording.State.FAILED) & VIDEOS.of_gift(state__in=KEPT)
    ),
    Reason.VIDEO_REFUSED: Rule(VIDEOS, _refused),
    Reason.HOSTED_FAILED: Rule(CALLS, _call_failed),
    Reason.PUSH_FAILED: Rule(PUSHES, lambda now: Q(state=WebhookReceipt.State.FAILED)),
    Reason.HELD_LONG: Rule(GIFTS, _held_long, "held_at"),
    Reason.DATE_EMPTY: Rule(GIFTS, _date_empty, "send_at"),
    Reason.PRINTED_EMPTY: Rule(GIFTS, _printed_empty),
    Reason.DELIVERED_EMPTY: Rule(GIFTS, lambda now: Q(state=State.DELIVERED) & _empty()),
}
