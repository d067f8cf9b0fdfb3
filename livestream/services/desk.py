"""Where a show is steered from: pins and the end go to wherever the livestream lives."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from livestream.backends.base import LiveBackend
from livestream.conf import conf
from livestream.dto import Actor
from livestream.errors import (
    AccessDenied,
    Invalid,
    LivestreamError,
    NotEndable,
    NothingPinned,
    NotLive,
    ProductsUnknown,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from livestream.http import within
from livestream.ids import is_id
from livestream.models import JournalEntry, LiveStream
from livestream.services import hosted, journal, pins, streams
from livestream.services.accounts import host_of
from livestream.services.items import Item, find_items
from livestream.services.turns import turn


def pin(*, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime) -> list[str]:
    """Replace the pinned set; the ids that are pinned now. Raises what `pins.pin` does, and VendorError."""
    account = _host(stream, "pin", actor=actor, now=now)
    if account is None:
        return pins.pin(stream=stream, ids=ids, actor=actor, now=now)
    remote = _remote_ids(find_items(channel=stream.channel, ids=ids))
    with _order(stream, account, "pin", actor=actor, now=now):
        done = account.pin(stream.remote_id, list(remote.values()))
        pinned = [id for id, there in remote.items() if there in done]
        if not pinned:
            raise VendorUnavailable("The account pinned other products than those that it was told.")
        return _pin_here(stream, pinned, account, actor=actor, now=now)


def unpin(*, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime) -> list[str]:
    """Take products away; the ids that went. Raises what `pins.unpin` does, and VendorError."""
    account = _host(stream, "unpin", actor=actor, now=now)
    if account is None:
        return pins.unpin(stream=stream, ids=ids, actor=actor, now=now)
    items = find_items(channel=stream.channel, ids=[one for one in ids if is_id(one)])
    if not items:
        raise NothingPinned
    remote = _remote_ids(items)
    with _order(stream, account, "unpin", actor=actor, now=now):
        try:
            done = account.unpin(stream.remote_id, list(remote.values()))
        except NothingPinned:  # what is still pinned here goes too
            return pins.unpin(stream=stream, ids=list(remote), actor=actor, now=now)
        gone = [id for id, there in remote.items() if there in done]
        with suppress(NothingPinned):  # it was pinned there, by somebody else
            pins.unpin(stream=stream, ids=gone, actor=actor, now=now)
        return gone


def end(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """End the show for good. Raises NotEndable, and VendorError."""
    account = _host(stream, "end", actor=actor, now=now)
    if account is None:
        return streams.end(stream=stream, actor=actor, now=now)
    with _order(stream, account, "end", actor=actor, now=now):
        account.end(stream.remote_id)
        return hosted.follow(stream=stream, to=LiveStream.Status.REPLAY, actor=actor, now=now)


def _host(stream: LiveStream, call: str, *, actor: Actor, now: datetime) -> LiveBackend | None:
    try:
        return host_of(stream)
    except VendorError as exc:
        _note(stream, call, exc, actor=actor, now=now)
        raise


def _remote_ids(items: list[Item]) -> dict[str, str]:
    """What the account calls these, by our ids. Raises ProductsUnknown without any, and Invalid."""
    if not items:
        raise ProductsUnknown
    remote = {item.id: (item.unit or item.product).remote_id for item in items}
    missing = [item.unit.name if item.unit else item.product.name for item in items if not remote[item.id]]
    if missing:
        raise Invalid(
            f"The hosted account does not know {', '.join(missing)}: products come from there with the "
            "livestream, and the shop's own are found by the numbers of their units"
        )
    return remote


@contextmanager
def _order(
    stream: LiveStream, account: LiveBackend, call: str, *, actor: Actor, now: datetime
) -> Iterator[None]:
    """One order at a time. Trouble is written down; where the account knows another status, so do we then."""
    patience = 2 * conf().VENDOR_TIMEOUT_SECONDS
    try:
        with turn(f"stream.{stream.pk}", seconds=patience), within(patience):
            yield
    except VendorError as exc:
        _note(stream, call, exc, actor=actor, now=now)
        raise
    except AccessDenied as exc:  # to our client, not to whoever asks us
        refusal = VendorRejected(exc.message, status=401)
        _note(stream, call, refusal, actor=actor, now=now)
        raise refusal from exc
    except (NotLive, NotEndable):
        with suppress(LivestreamError), within(patience):
            hosted.refresh(stream=stream, account=account, now=now)
        raise


def _note(stream: LiveStream, call: str, exc: VendorError, *, actor: Actor, now: datetime) -> None:
    event = JournalEntry.Event.VENDOR_FAILED
    journal.write(stream, event, actor=actor, now=now, call=call, error=exc.message)


def _pin_here(
    stream: LiveStream, ids: list[str], account: LiveBackend, *, actor: Actor, now: datetime
) -> list[str]:
    """As the account did. Where the show began unnoticed, its status comes first."""
    try:
        return pins.pin(stream=stream, ids=ids, actor=actor, now=now)
    except NotLive:
        hosted.refresh(stream=stream, account=account, now=now)
        return pins.pin(stream=stream, ids=ids, actor=actor, now=now)
