"""What a vendor says of a gift, taken over into our rows. The caller holds the container."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gifting.backends.base import GiftFacts, OpenedGift
from gifting.dto import Actor, ActorKind
from gifting.models import MOVES, HostedGift, JournalEntry, Shipment, VideoContainer
from gifting.models.containers import OPEN
from gifting.services import containers, journal

Event = JournalEntry.Event
State = VideoContainer.State
EVENTS = {
    State.ACTIVATED: Event.ACTIVATED,
    State.DELIVERED: Event.DELIVERED,
    State.CANCELLED: Event.CANCELLED,
}
STATE_LENGTH = 40
SLOWER = 20
FASTEST, SLOWEST = timedelta(minutes=1), timedelta(days=1)


def opened(hosted: HostedGift, gift: OpenedGift, *, now: datetime) -> None:
    """The vendor opened the gift: from now on its widget and its pages are the ones."""
    hosted.urid, hosted.edit_key, hosted.state = gift.urid, gift.edit_key, gift.state[:STATE_LENGTH]
    hosted.recording_url, hosted.preview_url = gift.recording_url, gift.preview_url
    hosted.opened_at = hosted.synced_at = now
    hosted.save()


def compare(container: VideoContainer, hosted: HostedGift, facts: GiftFacts, *, now: datetime) -> None:
    """Follow the vendor along legal moves. Nothing is mailed: the vendor does that."""
    hosted.state, hosted.synced_at = facts.opened.state[:STATE_LENGTH], now
    hosted.save(update_fields=["state", "synced_at", "watch_url"])
    actor = Actor(ActorKind.WORKER, hosted.backend)
    there = _state(facts.opened.state)
    if there == State.EXPIRED and container.state != State.EXPIRED:
        _let_expire(container, now=now)
    _note_recording(container, facts, there, actor=actor, now=now)
    for state in _steps(container, there):
        container.move_to(state)
        _note_step(container, state, facts, actor=actor, now=now)
    container.save()


def next_look(container: VideoContainer, hosted: HostedGift, *, now: datetime) -> datetime | None:
    """When to look again: ever more seldom. None where nothing can change any more."""
    has_arrived = container.state == State.DELIVERED and container.has_message
    if container.state in containers.CLOSED or has_arrived or hosted.opened_at is None:
        return None
    return now + min(max((now - hosted.opened_at) / SLOWER, FASTEST), SLOWEST)


def _state(text: str) -> State | None:
    """The vendor's word as a state of ours; None for one that we do not know."""
    return State(text) if text in State.values else None


def _steps(container: VideoContainer, there: State | None) -> Iterator[State]:
    """The legal moves from here to there. Where one is missing, ours is ahead and stays."""
    way = [State.ACTIVATED, State.DELIVERED] if there == State.DELIVERED else [there]
    for state in way:
        if state and state != State.EXPIRED and state in MOVES[State(container.state)]:
            yield state


def _note_recording(
    container: VideoContainer, facts: GiftFacts, there: State | None, *, actor: Actor, now: datetime
) -> None:
    is_said = facts.recorded_at is not None or there == State.RECORDED
    if is_said and container.recorded_at is None:
        journal.write(container, Event.RECORDED, actor=actor, now=now)
    if is_said:
        container.recorded_at = facts.recorded_at or container.recorded_at or now


def _note_step(
    container: VideoContainer, state: State, facts: GiftFacts, *, actor: Actor, now: datetime
) -> None:
    if state == State.ACTIVATED:
        container.activated_at = facts.activated_at or now
    if state == State.DELIVERED:
        container.delivered_at = facts.delivered_at or now
        _let_arrive(container, container.delivered_at)
    if state not in OPEN:
        journal.write(container, EVENTS[state], actor=actor, now=now)


def _let_arrive(container: VideoContainer, at: datetime) -> None:
    """The parcel that the vendor must mean. Of several nobody knows which arrived first."""
    under_way = list(container.order.shipments.filter(delivered_at__isnull=True)[:2])
    if len(under_way) == 1:
        shipment = under_way[0]
        shipment.status, shipment.state = Shipment.Status.DELIVERED, Shipment.State.DONE
        shipment.delivered_at = at
        shipment.save(update_fields=["status", "state", "delivered_at"])


def _let_expire(container: VideoContainer, *, now: datetime) -> None:
    """Erased there: the next sweep erases what is kept here, and warns nobody of it."""
    container.expires_at = now
    container.warned_at = container.warned_at or now
