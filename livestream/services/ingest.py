"""From an encoder to the show: whoever shows the key goes on air, and a drop is a pause."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.crypto import constant_time_compare

from livestream.conf import conf
from livestream.dto import Actor, ActorKind
from livestream.errors import AccessDenied, IllegalMove, Malformed
from livestream.ids import Kind, number_of
from livestream.models import Broadcast, JournalEntry, LiveStream
from livestream.models.streams import make_stream_key
from livestream.services import journal, streams

ENCODER = Actor(ActorKind.ENCODER)
Event = JournalEntry.Event
State = Broadcast.State
Status = LiveStream.Status
OPEN = (Status.IDLE, Status.ACTIVE, Status.PAUSED)
SILENT_LIMIT = 100


def find(name: str) -> LiveStream:
    """The livestream of this name (its public id), as long as it lives here. Raises AccessDenied."""
    try:
        number = number_of(Kind.STREAM, name)
    except Malformed:
        raise AccessDenied from None
    found = LiveStream.objects.select_related("channel").filter(pk=number or 0, remote_id="").first()
    if found is None:
        raise AccessDenied
    return found


def authenticate(*, name: str, key: str) -> LiveStream:
    """The livestream that this key opens. Raises AccessDenied, whichever of both is wrong."""
    found = find(name)
    if not constant_time_compare(key, found.stream_key):
        raise AccessDenied
    return found


def digest(key: str) -> str:
    """What a broadcast remembers of its key, so that its end is believed even after the key was renewed."""
    return sha256(key.encode()).hexdigest()


def check_open(stream: LiveStream) -> None:
    """Raises IllegalMove once the show is over: its encoder is sent away."""
    if stream.status not in OPEN:
        raise IllegalMove(f"A livestream that is {stream.status} takes no encoder.")


def authenticate_end(*, name: str, client: str, key: str) -> LiveStream:
    """The livestream on which this client was let in with this key, also if it was renewed since.

    Raises AccessDenied.
    """
    found = find(name)
    if not found.broadcasts.filter(client=client, key_digest=digest(key)).exists():
        raise AccessDenied
    return found


def check_free(stream: LiveStream, *, now: datetime) -> None:
    """Raises IllegalMove where `begin` would, for servers that ask before an encoder sends."""
    check_open(stream)
    current = _on_air(stream)
    if current and not _is_silent(current, now=now):
        raise IllegalMove("Another encoder is on air.")


@transaction.atomic
def begin(*, stream: LiveStream, client: str, key: str = "", now: datetime) -> Broadcast:
    """The encoder begins to send: the show is on, or goes on.

    Raises IllegalMove once the show is over and where another encoder sends; BusUnavailable once it is saved.
    """
    row = streams.locked(stream.pk)
    check_open(row)
    if current := _on_air(row):
        _take_over(row, current, client=client, now=now)
    made = Broadcast.objects.create(
        stream=row,
        client=client,
        key_digest=digest(key) if key else "",
        is_rehearsal=row.is_rehearsal,
        started_at=now,
    )
    journal.write(row, Event.ON_AIR, actor=ENCODER, now=now)
    _go_on_air(row, now=now)
    return made


def _on_air(row: LiveStream) -> Broadcast | None:
    return row.broadcasts.filter(ended_at__isnull=True).first()


def _take_over(row: LiveStream, current: Broadcast, *, client: str, now: datetime) -> None:
    """A media server that died tells of no end, and counts its connections anew when it is back."""
    if current.client != client and not _is_silent(current, now=now):
        raise IllegalMove("Another encoder is on air.")
    _finish(row, current, now=now)


def _is_silent(current: Broadcast, *, now: datetime) -> bool:
    return (current.heard_at or current.started_at) <= _silence(now)


def _silence(now: datetime) -> datetime:
    return now - timedelta(seconds=conf().ENCODER_SILENT_SECONDS)


def _go_on_air(row: LiveStream, *, now: datetime) -> None:
    row.is_on_air = True
    if row.is_rehearsal or row.status == Status.ACTIVE:
        streams.touch(row, "is_on_air")
    else:
        row.save(update_fields=["is_on_air"])
        streams.move(stream=row, to=Status.ACTIVE, actor=ENCODER, now=now)


def heard(*, stream: LiveStream, client: str, key: str = "", now: datetime) -> None:
    """The encoder still sends. Raises IllegalMove once the show is over; BusUnavailable once it is saved."""
    check_open(stream)
    current = _on_air(stream)
    if current is None or current.client != client:
        _come_back(stream, client=client, key=key, now=now)
    elif current.is_rehearsal and stream.is_live:
        _part(stream, current, now=now)
    else:
        Broadcast.objects.filter(pk=current.pk, ended_at__isnull=True).update(heard_at=now)


@transaction.atomic
def _come_back(stream: LiveStream, *, client: str, key: str, now: datetime) -> None:
    """We took it for gone while this server was not there to listen: the same broadcast goes on."""
    row = streams.locked(stream.pk)
    last = row.broadcasts.filter(client=client).order_by("-pk").first()
    if last is None or last.state != State.OVER or _on_air(row):
        begin(stream=row, client=client, key=key, now=now)
        return
    check_open(row)
    last.state, last.ended_at, last.heard_at = State.ON_AIR, None, now
    last.save(update_fields=["state", "ended_at", "heard_at"])
    journal.write(row, Event.ON_AIR, actor=ENCODER, now=now)
    _go_on_air(row, now=now)


@transaction.atomic
def _part(stream: LiveStream, rehearsed: Broadcast, *, now: datetime) -> None:
    """The show began without a stop after its rehearsal: what follows in the same recording is the show."""
    row = streams.locked(stream.pk)
    began = row.started_at or now
    over = Broadcast.objects.filter(pk=rehearsed.pk, ended_at__isnull=True)
    if not over.update(ended_at=began, state=State.OVER):
        return
    Broadcast.objects.create(
        stream=row,
        client=rehearsed.client,
        key_digest=rehearsed.key_digest,
        started_at=began,
        heard_at=now,
        skip_ms=max((began - rehearsed.started_at) // timedelta(milliseconds=1), 0),
    )


@transaction.atomic
def stop(*, stream: LiveStream, client: str, now: datetime) -> None:
    """The encoder stopped, or its line broke: a show that runs is paused. Again, or too late: nothing.

    Raises BusUnavailable once it is saved.
    """
    row = streams.locked(stream.pk)
    current = _on_air(row)
    if current is None or current.client != client:
        return
    if current.is_rehearsal and row.is_live:
        _part(row, current, now=now)
        current = row.broadcasts.get(ended_at__isnull=True)
    _end(row, current, now=now)


def _end(row: LiveStream, current: Broadcast, *, now: datetime) -> None:
    _finish(row, current, now=now)
    row.is_on_air = False
    if row.status == Status.ACTIVE:
        row.save(update_fields=["is_on_air"])
        streams.move(stream=row, to=Status.PAUSED, actor=ENCODER, now=now)
    else:
        streams.touch(row, "is_on_air")


def _finish(row: LiveStream, current: Broadcast, *, now: datetime) -> None:
    """A recording that is there already stays what it is."""
    current.ended_at = now
    if current.state == State.ON_AIR:
        current.state = State.OVER
    current.save(update_fields=["ended_at", "state"])
    journal.write(row, Event.OFF_AIR, actor=ENCODER, now=now)


def stop_silent(*, now: datetime) -> None:
    """Take encoders for gone whose server used to tell of them and does not any more."""
    silent = Broadcast.objects.filter(ended_at__isnull=True, heard_at__lte=_silence(now))
    for number in silent.values_list("stream", flat=True)[:SILENT_LIMIT]:
        with streams.each(number):
            _stop_silent(number, now=now)


@transaction.atomic
def _stop_silent(number: int, *, now: datetime) -> None:
    row = streams.locked(number)
    current = _on_air(row)
    if current and current.heard_at and current.heard_at <= _silence(now):
        _end(row, current, now=now)


@transaction.atomic
def renew_key(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """Another stream key. Whoever sends with the old one is sent away at its server's next update."""
    row = streams.locked(stream.pk)
    row.stream_key = make_stream_key()
    row.save(update_fields=["stream_key"])
    journal.write(row, Event.KEY_RENEWED, actor=actor, now=now)
    return row
