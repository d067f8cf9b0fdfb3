"""The run of show: prepared steps, each of which pins the next set by one key."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from livestream.dto import Actor
from livestream.errors import BusUnavailable, Invalid, LivestreamError, NotFound, NotLive
from livestream.models import Cue, LiveStream
from livestream.services import pins, sets, streams
from livestream.services.items import find_items

TITLE, NOTE, LONGEST_SECONDS, MOST_CUES = 120, 2_000, 86_400, 200


class CueDone(Invalid):
    """Somebody else was faster."""


class NoCueLeft(NotFound):
    """The run of show has come to its end."""


@transaction.atomic
def create(
    *, stream: LiveStream, title: str, note: str = "", seconds: int | None = None, items: Sequence[str] = ()
) -> Cue:
    """A new step behind the others. `items` are public ids of products and units of the channel, at most 3.

    Raises Invalid and Malformed.
    """
    row = streams.locked(stream.pk)
    if row.cues.count() >= MOST_CUES:
        raise Invalid(_("A run of show has at most %(most)d steps.") % {"most": MOST_CUES})
    checked = _checked(row, title=title, note=note, seconds=seconds, items=items)
    last = row.cues.aggregate(last=Max("position"))["last"] or 0
    return Cue.objects.create(stream=row, position=last + 1, **checked)


@transaction.atomic
def change(*, cue: Cue, title: str, note: str, seconds: int | None, items: Sequence[str]) -> Cue:
    """Other words, time or pins for a step; what is pinned stays. Raises Invalid, Malformed and NotFound."""
    row = Cue.objects.select_for_update(of=("self",)).select_related("stream__channel")
    found = row.filter(pk=cue.pk).first()
    if found is None:
        raise NotFound(_("This step of the run of show is not there any more."))
    checked = _checked(found.stream, title=title, note=note, seconds=seconds, items=items)
    for name, value in checked.items():
        setattr(found, name, value)
    found.save(update_fields=list(checked))
    return found


def remove(*, cue: Cue) -> None:
    """Take a step out; one that is gone already is no fault."""
    Cue.objects.filter(pk=cue.pk).delete()


@transaction.atomic
def reorder(*, stream: LiveStream, order: Sequence[int]) -> None:
    """Put the steps in this order of row numbers; steps that are not named follow as they were."""
    row = streams.locked(stream.pk)
    places = {number: place for place, number in enumerate(order)}
    rows = sorted(row.cues.order_by("position", "pk"), key=lambda cue: places.get(cue.pk, len(places)))
    for place, cue in enumerate(rows, 1):
        cue.position = place
    Cue.objects.bulk_update(rows, ["position"])


def reset(*, stream: LiveStream) -> None:
    """Begin the run of show anew: no step is done."""
    stream.cues.update(done_at=None)


def next_cue(stream: LiveStream) -> Cue | None:
    """The first step that is not done."""
    return stream.cues.filter(done_at__isnull=True).order_by("position", "pk").first()


def pin_next(*, stream: LiveStream, actor: Actor, now: datetime, cue: int | None = None) -> Cue:
    """Do the next step: its pins replace the set, and it counts as done. One without pins changes no set.

    `cue` is the step that the caller means: where it is done already, nothing happens. Where the pins are
    refused, the step is not done. Raises NoCueLeft, CueDone, NotLive, what `desk.pin` does, and
    BusUnavailable once all is saved.
    """
    taken = _take(stream, cue, now=now)
    if not taken.items:
        return taken
    try:
        sets.replace(stream=taken.stream, ids=taken.items, actor=actor, now=now)
    except BusUnavailable:  # what was to be done is saved
        raise
    except LivestreamError:
        Cue.objects.filter(pk=taken.pk).update(done_at=None)
        raise
    return taken


@transaction.atomic
def _take(stream: LiveStream, number: int | None, *, now: datetime) -> Cue:
    row = streams.locked(stream.pk)
    if not (row.is_live or row.is_rehearsal):
        raise NotLive
    cue = next_cue(row)
    if cue is None:
        raise NoCueLeft(_("The run of show has no step left."))
    if number is not None and number != cue.pk:
        raise CueDone(_("Somebody else did this step at the same moment."))
    cue.done_at = now
    cue.save(update_fields=["done_at"])
    return cue


def _checked(
    stream: LiveStream, *, title: str, note: str, seconds: int | None, items: Sequence[str]
) -> dict[str, object]:
    """The columns of a step. Raises Invalid and Malformed."""
    title = " ".join(title.split())
    if not title:
        raise Invalid(_("The step needs a title."))
    if len(title) > TITLE or len(note) > NOTE:
        raise Invalid(_("A title has at most 120 characters, and a note 2,000."))
    if seconds is not None and not 0 < seconds <= LONGEST_SECONDS:
        raise Invalid(_("The planned time must be between one second and a day."))
    wanted = list(dict.fromkeys(items))
    if len(wanted) > pins.MOST:
        raise Invalid(_("A step pins at most three products."))
    if len(find_items(channel=stream.channel, ids=wanted)) != len(wanted):
        raise Invalid(_("A product of this step is not in the channel's catalogue."))
    return {"title": title, "note": note.strip(), "seconds": seconds, "items": wanted}
