"""Gift messages: opened by the shop, filled by the giver, activated for the receiver."""

import secrets
import string
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from gifting.dto import Actor, NewContainer
from gifting.errors import CridTaken, Invalid, Locked, NotFound
from gifting.models import Brand, JournalEntry, Order, VendorCall, VideoContainer
from gifting.models.containers import OPEN
from gifting.services import hosting, invitations, journal, messages, orders, parcels

Action = VendorCall.Action
Event = JournalEntry.Event
State = VideoContainer.State
URID_ALPHABET = string.ascii_lowercase + string.digits
CLOSED = frozenset({State.EXPIRED, State.CANCELLED})


def open_container(
    *, brand: Brand, request: NewContainer, actor: Actor, now: datetime, shop_object: Any = None
) -> tuple[VideoContainer, bool]:
    """The container of an order, and whether it is new. The same request again gives the same container.

    Raises Invalid for a bad field, CridTaken where the number belongs to another request.
    """
    order = orders.build_order(brand=brand, request=request, now=now)
    if shop_object is not None:
        order.shop_object = shop_object
    try:
        return _insert(order, request, actor=actor, now=now), True
    except IntegrityError:
        return _same_request(order), False


@transaction.atomic
def _insert(order: Order, request: NewContainer, *, actor: Actor, now: datetime) -> VideoContainer:
    order.save(force_insert=True)
    container = VideoContainer(
        order=order,
        urid="".join(secrets.SystemRandom().choices(URID_ALPHABET, k=10)),
        edit_key=uuid.uuid4(),
        watch_token=secrets.token_urlsafe(18),
        created_at=now,
        expires_at=_end(order.brand, now=now),
    )
    container.save(force_insert=True)
    journal.write(container, Event.CREATED, actor=actor, now=now)
    hosting.open_gift(container, request, now=now)
    invitations.invite(container, now=now)
    return container


def _end(brand: Brand, *, now: datetime) -> datetime | None:
    """Until when a new gift of the brand is kept; None: until somebody erases it."""
    return now + timedelta(days=brand.retention_days) if brand.retention_days else None


def _same_request(order: Order) -> VideoContainer:
    rows = VideoContainer.objects.select_related("order__brand", "hosted")
    found = rows.filter(order__brand=order.brand, order__number=order.number).first()
    if found is None or found.order.request_digest != order.request_digest:
        raise CridTaken(f"Another order already has the number {order.number}.")
    return found


def find_container(*, brand: Brand, crid: str) -> VideoContainer:
    """The container of a brand's order. Raises NotFound, also for another brand's."""
    possible = not orders.crid_problem(crid)  # PostgreSQL takes no NUL in a text.
    rows = VideoContainer.objects.select_related("order", "hosted")
    rows = rows.filter(order__brand=brand, order__number=crid)
    found = rows.first() if possible else None
    if found is None:
        raise NotFound("There is no gift message for this order.")
    found.order.brand = brand
    return found


def find_for(shop_object: Model) -> VideoContainer:
    """The container that was opened with this object of the shop, such as its own order. Raises NotFound."""
    found = orders.linked(shop_object)
    if found is None:
        raise NotFound("There is no gift message for this order.")
    return found.container


def lock(container: VideoContainer) -> VideoContainer:
    """The gift, its order and its account as they are now; the gift is held until the transaction ends.

    Read after the wait: of what is joined to a locked row PostgreSQL would give what was there before it.
    """
    VideoContainer.objects.select_for_update().only("pk").get(pk=container.pk)
    return VideoContainer.objects.select_related("order__brand", "hosted").get(pk=container.pk)


def refuse_closed(container: VideoContainer) -> None:
    """Raises Locked once the gift was erased or cancelled."""
    if container.state in CLOSED:
        raise Locked(f"This gift message is {container.state} and can no longer be changed.")


@transaction.atomic
def change_container(
    *, container: VideoContainer, changes: Mapping[str, Any], actor: Actor, now: datetime
) -> VideoContainer:
    """Take a shop's partial changes, in the words of contract A (`shipmentCode`, `receiverEmail` ...).

    Raises Invalid for a bad field or for no change at all, Locked once the gift was erased or cancelled.
    """
    if not changes:
        raise Invalid("There is nothing to change: the body names no field that can be changed.")
    container = lock(container)
    refuse_closed(container)
    orders.check_changes(changes)
    if fields := orders.change(container.order, changes):
        container.order.save(update_fields=fields)
        journal.write(container, Event.CHANGED, actor=actor, now=now, fields=sorted(changes))
    messages.queue_gift(container, now=now)
    parcels.attach(container=container, changes=changes, actor=actor, now=now)
    hosting.push(container, Action.CHANGE, dict(changes), now=now)
    return container


@transaction.atomic
def activate(*, container: VideoContainer, actor: Actor, now: datetime) -> bool:
    """Let the QR code show the message. False where it does already. Raises Locked if erased or cancelled."""
    container = lock(container)
    if container.is_live:
        return False
    container.move_to(State.ACTIVATED)
    container.activated_at = now
    container.save(update_fields=["state", "activated_at"])
    journal.write(container, Event.ACTIVATED, actor=actor, now=now)
    hosting.push(container, Action.ACTIVATE, {}, now=now)
    return True


@transaction.atomic
def cancel(*, container: VideoContainer, actor: Actor, now: datetime, reason: str = "") -> None:
    """Switch the gift off for good: the link shows a neutral page, mails that wait are not sent.

    The journal keeps the `reason` ("refunded"), of at most 200 characters. Raises Invalid and Locked.
    """
    why = {"reason": journal.reason(reason)} if reason else {}
    container = lock(container)
    container.move_to(State.CANCELLED)
    container.save(update_fields=["state"])
    messages.drop_waiting(container)
    why |= hosting.close(container, now=now)
    journal.write(container, Event.CANCELLED, actor=actor, now=now, **why)


def message_ready(container: VideoContainer, *, now: datetime) -> None:
    """There is something to watch or read: say so, and send what waited for it. The caller holds the row."""
    if container.state in OPEN and container.state != State.RECORDED:
        container.move_to(State.RECORDED)
    container.recorded_at = now
    container.save(update_fields=["state", "recorded_at", "recording"])
    messages.queue_gift(container, now=now)
