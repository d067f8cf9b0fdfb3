"""Takes whatever is personal out of the rows of one gift. Numbers, dates and states stay: the bare fact."""

from collections.abc import Collection
from datetime import datetime

from gifting.models import (
    HostedGift,
    JournalEntry,
    Order,
    OutgoingMessage,
    Shipment,
    TrackingEvent,
    VendorCall,
    VideoContainer,
)
from gifting.services import hosting, journal, recordings, uploads
from gifting.services.parcels import key

State = VideoContainer.State
UNSENT = (OutgoingMessage.State.QUEUED, OutgoingMessage.State.HELD, OutgoingMessage.State.FAILED)
WORDS = (
    *("giver_name", "giver_email", "receiver_name", "receiver_email"),
    *("product_name", "request_digest", "shop_id"),
)
NOBODY = {"receiverEmail": "", "additionalData": {}}
HOSTED = ("urid", "edit_key", "state", "recording_url", "preview_url", "watch_url")


def blank_gift(container: VideoContainer, *, now: datetime) -> None:
    """Blank the gift and all that hangs on it. The caller holds the container, and saves it.

    Its files go when the sweep, or whoever called, erases what is marked here.
    """
    container.note = container.hidden_reason = ""
    container.held_at = container.send_at = None
    recordings.withdraw(container, now=now)
    uploads.withdraw(container)
    _blank_mails(container)
    _blank_parcels(container.order)
    _blank_vendor(container, now=now)
    blank_order(container.order)
    journal.blank(container)


def blank_order(order: Order) -> None:
    """Leave of an order its number, its language and when it was made."""
    Order.objects.filter(pk=order.pk).update(**dict.fromkeys(WORDS, ""), additional_data={}, shop_type=None)


def _blank_mails(container: VideoContainer) -> None:
    """One that is being sent right now is dropped by its worker, or was on its way already."""
    container.messages.filter(state__in=UNSENT).delete()
    container.messages.exclude(state=OutgoingMessage.State.SENDING).update(last_error="")


def parcel_codes(orders: Collection[Order]) -> set[str]:
    """The tracking codes of all parcels of the orders, as in `Shipment.code_key`; also corrected ones."""
    parcels = Shipment.objects.filter(order__in=orders).exclude(code="")
    shipped = JournalEntry.objects.filter(container__order__in=orders, event=JournalEntry.Event.SHIPPED)
    told = (detail.get("code") or "" for detail in shipped.values_list("detail", flat=True))
    return {*parcels.values_list("code_key", flat=True), *filter(None, map(key, told))}


def _blank_parcels(order: Order) -> None:
    codes = parcel_codes([order])
    TrackingEvent.objects.filter(shipment__order=order).delete()
    TrackingEvent.objects.filter(shipment=None, code__in=codes).delete()
    order.shipments.update(code="", state=Shipment.State.STOPPED, last_error="")


def _blank_vendor(container: VideoContainer, *, now: datetime) -> None:
    """Forget what the account said, and have it forget what its contract lets us change.

    Also where nobody knows whether it opened the gift: where it did not, it says so, and staff see that.
    """
    mirrors = HostedGift.objects.filter(container=container)
    is_kept_there = mirrors.filter(hosting.kept_there()).exclude(state=State.EXPIRED).exists()
    mirrors.update(**dict.fromkeys(HOSTED, ""))
    VendorCall.objects.filter(container=container).delete()
    if is_kept_there:
        hosting.push(container, VendorCall.Action.CHANGE, NOBODY, now=now)
