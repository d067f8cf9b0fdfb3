"""Gifts that live in a vendor's account: what changes here becomes a call there, in the same order."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gifting.dto import NewContainer
from gifting.errors import Locked, VendorUnavailable
from gifting.models import HostedGift, JournalEntry, VendorCall, VideoContainer
from gifting.services import accounts, jobs

Action = VendorCall.Action
State = VendorCall.State
NO_ADDRESS = {"receiverEmail": ""}
KILLED = "killed"
UNANSWERED = (KILLED, VendorUnavailable.code)
"""What the journal says of a call that failed without an answer: nobody knows what became of it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """What the embed tag says. `script` is a path of ours, or the vendor's address."""

    script: str
    urid: str
    edit_key: str


def is_hosted(container: VideoContainer) -> bool:
    """Does the gift live in a vendor's account? Then the vendor records, mails, and asks the carrier."""
    return container.is_hosted


def refuse_hosted(container: VideoContainer) -> None:
    """Raises Locked for what only the account can do, because its contract has no call for it."""
    if container.is_hosted:
        words = _("This gift lives in the account %(account)s: it can be done there only.")
        raise Locked(words % {"account": container.hosted.backend})


def open_gift(container: VideoContainer, request: NewContainer, *, now: datetime) -> None:
    """Open the gift in the account that its brand names; nothing for a brand whose gifts live here.

    In the transaction that makes the order: the vendor is asked after it, by the worker.
    """
    if account := container.order.brand.backend:
        HostedGift.objects.create(container=container, backend=account)
        push(container, Action.OPEN, asdict(request), now=now)
    else:
        _lives_here(container)


def _lives_here(container: VideoContainer) -> None:
    """So that nobody asks the database whether a new gift is hosted."""
    VideoContainer._meta.get_field("hosted").set_cached_value(container, None)


def push(
    container: VideoContainer, action: VendorCall.Action, payload: Mapping[str, Any], *, now: datetime
) -> None:
    """Tell the vendor, once all earlier calls are done. Nothing for a gift that lives here.

    In the transaction that changes the gift, which holds its row.
    """
    if not container.is_hosted:
        return
    _drop_superseded(container, action, payload)
    call = VendorCall.objects.create(
        container=container, action=action, payload=dict(payload), created_at=now, due_at=now
    )
    jobs.enqueue("call_vendor", call.pk)


def _drop_superseded(container: VideoContainer, action: str, payload: Mapping[str, Any]) -> None:
    """A correction takes the place of what the vendor did not accept, and what waited behind goes on."""
    for failed in container.vendor_calls.filter(action=action, state=State.FAILED):
        if failed.payload.keys() <= payload.keys():
            failed.delete()


def find_widget(container: VideoContainer) -> Widget | None:
    """What records for the gift: ours, or the vendor's. None while the vendor has not opened it yet."""
    if not container.is_hosted:
        script = reverse("gifting:widget_asset", args=["widget.latest.js"])
        return Widget(script=script, urid=container.urid, edit_key=str(container.edit_key))
    hosted = container.hosted
    script = accounts.widget_url(hosted.backend) if hosted.urid else ""
    return Widget(script=script, urid=hosted.urid, edit_key=hosted.edit_key) if script else None


def close(container: VideoContainer, *, now: datetime) -> dict[str, str]:
    """The gift was switched off: no mail shall go out there. What the journal must say of the account.

    The contract has no call that closes a gift. One that the vendor never heard of is not opened any more.
    """
    if not container.is_hosted:
        return {}
    calls = container.vendor_calls
    calls.filter(_not_begun() | Q(state=State.FAILED)).delete()
    calls.filter(state=State.QUEUED).exclude(action=Action.OPEN).delete()
    if not calls.filter(action=Action.OPEN).exists():
        return {}
    push(container, Action.CHANGE, NO_ADDRESS, now=now)
    return {"account": container.hosted.backend}


def _not_begun() -> Q:
    return Q(action=Action.OPEN, state=State.QUEUED, attempts=0, last_error="")


def kept_there() -> Q:
    """The `HostedGift`s of which the account holds something, or may: its opening was begun, not refused."""
    unanswered = JournalEntry.objects.filter(
        container=OuterRef("container"),
        event=JournalEntry.Event.VENDOR_FAILED,
        at__gte=OuterRef("created_at"),
        detail__call=Action.OPEN,
        detail__reason__in=UNANSWERED,
    )
    begun = VendorCall.objects.filter(container=OuterRef("container"), action=Action.OPEN)
    in_doubt = begun.exclude(_not_begun()).filter(~Q(state=State.FAILED) | Q(Exists(unanswered)))
    return Q(opened_at__isnull=False) | Q(Exists(in_doubt))


def hurry(container: VideoContainer, *, now: datetime) -> None:
    """Somebody waits for news of the gift: calls that were put off are made now.

    Not where the account said itself how long to wait: it rests until then.
    """
    if _advance(container, now=now):
        _enqueue_due(container, now=now)


def go_on(container: VideoContainer, *, now: datetime) -> None:
    """A call is done: the one behind it comes next, and a look at what it changed."""
    _advance(container, now=now)
    _enqueue_due(container, now=now)


def _advance(container: VideoContainer, *, now: datetime) -> int:
    return container.vendor_calls.filter(state=State.QUEUED, due_at__gt=now).update(due_at=now)


def _enqueue_due(container: VideoContainer, *, now: datetime) -> None:
    for pk in VendorCall.objects.due(now).filter(container=container).values_list("pk", flat=True):
        jobs.enqueue("call_vendor", pk)
