"""The job that calls a hosted account: for each gift in the order of what happened here."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, QuerySet

from gifting.backends.base import GiftFacts, OpenedGift, VideoGiftBackend
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.errors import (
    CridTaken,
    GiftingError,
    Invalid,
    Locked,
    NotFound,
    VendorRejected,
    VendorUnavailable,
)
from gifting.models import HostedGift, JournalEntry, VendorCall, VideoContainer
from gifting.services import accounts, containers, hosting, jobs, journal, mirror

log = logging.getLogger(__name__)
Action = VendorCall.Action
Event = JournalEntry.Event
State = VendorCall.State
WORKER = Actor(ActorKind.WORKER)
KILLED = "The worker was stopped during this call, each time that it tried."
SOONEST, LATEST = timedelta(minutes=1), timedelta(minutes=15)
PATIENCE = timedelta(days=3)
SENTENCES: dict[type[GiftingError], str] = {
    NotFound: "The account does not know this gift. Look whether its key belongs to the right brand.",
    CridTaken: "The account has another gift with this order number.",
    Locked: "The gift is closed in the account and takes no changes any more.",
}


def call(*, pk: int, now: datetime) -> None:
    """Make one due call. Does nothing where another worker has it, or an earlier call comes first."""
    made = _claim(pk, now=now)
    if made is None:
        return
    try:
        answer = _make(made)
    except VendorUnavailable as exc:
        wish = min(timedelta(seconds=exc.retry_after or 0), LATEST)
        accounts.let_rest(made.container.hosted.backend, seconds=int(wish.total_seconds()))
        _put_off(made, exc, now=now)
    except GiftingError as exc:
        _failed(made, _sentence(exc), reason=exc.code, now=now)
    except Exception as exc:  # An account's own code, which any project can write.
        log.warning("Call %s of a hosted account failed: %s", pk, type(exc).__name__)
        problem = f"The answer could not be read ({type(exc).__name__})."
        _put_off(made, VendorUnavailable(problem), now=now)
    else:
        _done(made, answer, now=now)


def _claim(pk: int, *, now: datetime) -> VendorCall | None:
    due = VendorCall.objects.due(now).filter(pk=pk)
    waiting = _with_gift().filter(pk__in=due).first()
    if waiting is None:
        return None
    if accounts.is_resting(waiting.container.hosted.backend):
        due.filter(state=State.QUEUED).update(due_at=now + timedelta(seconds=accounts.REST_SECONDS))
        return None
    if jobs.claim(due, state=State.CALLING, now=now):
        return _with_gift().get(pk=pk)
    if exhausted := _with_gift().filter(pk__in=due).first():
        _failed(exhausted, KILLED, reason=hosting.KILLED, now=now)
    return None


def _with_gift() -> QuerySet[VendorCall]:
    return VendorCall.objects.select_related("container__order__brand", "container__hosted")


def _make(made: VendorCall) -> OpenedGift | GiftFacts | None:
    """What the vendor answered; None where it only said yes. A worker that was killed here calls again."""
    hosted = made.container.hosted
    account, crid = _account(hosted), made.container.order.number
    if made.action == Action.OPEN:
        return account.open(NewContainer(**made.payload))
    if made.action == Action.FETCH:
        return _look(account, hosted, crid)
    if made.action == Action.CHANGE:
        account.change(crid, made.payload)
    else:
        account.activate(crid)
    return None


def _account(hosted: HostedGift) -> VideoGiftBackend:
    try:
        return accounts.get_account(hosted.backend)
    except (NotFound, ImproperlyConfigured):
        raise VendorRejected(
            f"The settings have no account {hosted.backend} that works: check BACKENDS."
        ) from None


def _look(account: VideoGiftBackend, hosted: HostedGift, crid: str) -> GiftFacts:
    facts = account.fetch(crid)
    if not hosted.watch_url:
        with suppress(NotFound):  # The gift is there, its watch page not yet.
            hosted.watch_url = account.watch_url(crid)
    return facts


def _done(made: VendorCall, answer: OpenedGift | GiftFacts | None, *, now: datetime) -> None:
    with transaction.atomic():
        container = containers.lock(made.container)
        facts = {"state": State.DONE, "payload": {}, "done_at": now, "last_error": ""}
        if not VendorCall.objects.of_attempt(made).update(**facts):
            return
        if isinstance(answer, OpenedGift):
            mirror.opened(made.container.hosted, answer, now=now)
            hosting.push(container, Action.FETCH, {}, now=now)
        if isinstance(answer, GiftFacts):
            _compare(made, container, answer, now=now)
        else:
            hosting.go_on(container, now=now)


def _compare(made: VendorCall, container: VideoContainer, facts: GiftFacts, *, now: datetime) -> None:
    """Take over what is known, and let the same row look again as long as something can change."""
    hosted = made.container.hosted
    mirror.compare(container, hosted, facts, now=now)
    if again := mirror.next_look(container, hosted, now=now):
        VendorCall.objects.filter(pk=made.pk).update(state=State.QUEUED, attempts=0, due_at=again)


def _put_off(made: VendorCall, exc: VendorUnavailable, *, now: datetime) -> None:
    """Not the gift's fault: no attempt is used up. The longer it lasted, the later again."""
    waited = now - _since(made)
    if waited > PATIENCE:
        _failed(made, exc.message, reason=exc.code, now=now)
        return
    wish = timedelta(seconds=exc.retry_after or 0)
    later = max(min(max(waited, wish), LATEST), SOONEST)
    VendorCall.objects.of_attempt(made).update(
        state=State.QUEUED, due_at=now + later, attempts=F("attempts") - 1, last_error=exc.message
    )


def _since(made: VendorCall) -> datetime:
    """Since when the vendor owes an answer."""
    looked = made.container.hosted.synced_at if made.action == Action.FETCH else None
    return looked or made.created_at


def _sentence(exc: GiftingError) -> str:
    """For staff: the vendor's own words may hold a mail address."""
    if isinstance(exc, Invalid):
        return f"The account does not accept: {', '.join(exc.fields) or 'the request'}."
    return SENTENCES.get(type(exc), exc.message)


@transaction.atomic
def _failed(made: VendorCall, error: str, *, reason: str, now: datetime) -> None:
    """It waits for staff, and so do the later calls of the gift."""
    containers.lock(made.container)  # Before its call, as everywhere: or two workers wait for each other.
    if VendorCall.objects.of_attempt(made).update(state=State.FAILED, due_at=now, last_error=error):
        detail = {"account": made.container.hosted.backend, "call": made.action, "reason": reason}
        journal.write(made.container, Event.VENDOR_FAILED, actor=WORKER, now=now, **detail)


@transaction.atomic
def retry(*, call: VendorCall, actor: Actor, now: datetime) -> None:
    """Staff let a failed call be made again, with new patience. Raises Locked for one that did not fail."""
    container = containers.lock(call.container)
    failed = VendorCall.objects.filter(pk=call.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, attempts=0, created_at=now, due_at=now, last_error=""):
        raise Locked("Only a call that failed can be made again.")
    journal.write(container, Event.RETRIED, actor=actor, now=now, call=call.action)
    jobs.enqueue("call_vendor", call.pk)


@transaction.atomic
def leave_out(*, call: VendorCall, actor: Actor, now: datetime) -> None:
    """Staff did it in the account themselves: later calls go on. Raises Locked for one that did not fail,
    and for the opening, which nothing can do without.
    """
    container = containers.lock(call.container)
    failed = VendorCall.objects.filter(pk=call.pk, state=State.FAILED).exclude(action=Action.OPEN)
    if not failed.update(state=State.DONE, payload={}, done_at=now):
        raise Locked("Only a call that failed can be left out, and never the opening of a gift.")
    journal.write(container, Event.RETRIED, actor=actor, now=now, call=call.action, left_out=True)
    hosting.go_on(container, now=now)
