"""What the django-q2 worker runs. Each task takes a row by its key and may run any number of times."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from gifting.models import OutgoingMessage, PackImport, PackNotice, Recording, VendorCall, WebhookReceipt
from gifting.services import (
    inbox,
    jobs,
    messages,
    pack_days,
    pack_notices,
    packs,
    picture_imports,
    recordings,
    retention,
    tracking,
    uploads,
    vendor_calls,
)

log = logging.getLogger(__name__)
SWEEP_LIMIT = 500
JOBS: dict[Any, str] = {
    Recording: "process_recording",
    OutgoingMessage: "send_message",
    VendorCall: "call_vendor",
    WebhookReceipt: "process_receipt",
    PackNotice: "send_pack_notice",
    PackImport: "import_pictures",
}


def process_recording(pk: int) -> None:
    """Convert one uploaded video."""
    recordings.process(pk=pk, now=timezone.now())


def send_message(pk: int) -> None:
    """Send one queued mail."""
    messages.send(pk=pk, now=timezone.now())


def call_vendor(pk: int) -> None:
    """Make one call to a hosted account."""
    vendor_calls.call(pk=pk, now=timezone.now())


def process_receipt(pk: int) -> None:
    """Read one push of a carrier."""
    inbox.process(pk=pk, now=timezone.now())


def ask_carrier(pk: int, is_patient: bool = False) -> None:
    """Ask where one parcel is."""
    tracking.ask(pk=pk, now=timezone.now(), is_patient=is_patient)


def send_pack_notice(pk: int) -> None:
    """Tell the shop of one confirmed gift pack."""
    pack_notices.send(pk=pk, now=timezone.now())


def import_pictures(pk: int) -> None:
    """Import one ZIP of pictures of packs."""
    picture_imports.work(pk=pk, now=timezone.now())


def sweep() -> None:
    """Every minute: start again what is due and was lost, warn, erase. A part that fails stops no other."""
    now = timezone.now()
    for part in PARTS:
        _attempt(part, now=now)


def _attempt(part: Callable[..., object], *, now: datetime) -> None:
    try:
        part(now=now)
    except Exception:  # Database, broker and storage have errors of their own.
        log.exception("A part of the sweep failed; the next one tries again.")
        close_old_connections()


def _restart(model: Any, task: str, *, now: datetime) -> None:
    """Enqueue what is due: its task was lost, its worker died, or its time has come."""
    due = model.objects.due(now).order_by("due_at").values_list("pk", flat=True)
    for pk in due[:SWEEP_LIMIT]:
        jobs.start(task, pk)


def _ask_carriers(*, now: datetime) -> None:
    """As `_restart`, with the pauses that carriers want."""
    for pk in tracking.next_questions(limit=SWEEP_LIMIT, now=now):
        jobs.start("ask_carrier", pk, True)


PARTS: tuple[Callable[..., object], ...] = (
    *(partial(_restart, model, task) for model, task in JOBS.items()),
    tracking.wake_idle,
    _ask_carriers,
    retention.warn_due,
    retention.erase_due,
    recordings.erase_replaced,
    uploads.purge_expired,
    recordings.clear_workspaces,
    inbox.purge,
    picture_imports.clear,
    packs.expire_due,
    pack_days.aggregate_due,
)
