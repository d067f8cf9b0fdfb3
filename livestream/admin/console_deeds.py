"""What can be done in the console, each with the permission that it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from livestream.dto import Actor
from livestream.errors import Invalid, NotFound
from livestream.models import Cue, LiveStream
from livestream.services import cues, desk, rehearsals, sets, streams

PIN, END = "livestream.pin_products", "livestream.end_livestream"
EDIT = "livestream.change_livestream"
Status = LiveStream.Status


@dataclass(frozen=True, slots=True)
class Situation:
    """On which livestream, what the page said, who, when."""

    stream: LiveStream
    said: dict[str, Any]
    actor: Actor
    now: datetime

    @property
    def who(self) -> dict[str, Any]:
        return {"stream": self.stream, "actor": self.actor, "now": self.now}

    def text(self, name: str) -> str:
        return _typed(self.said.get(name, ""), str)

    def number(self, name: str) -> int | None:
        value = self.said.get(name)
        return None if value is None else _typed(value, int)

    def texts(self, name: str) -> list[str]:
        return [_typed(one, str) for one in _typed(self.said.get(name, []), list)]

    def numbers(self, name: str) -> list[int]:
        return [_typed(one, int) for one in _typed(self.said.get(name, []), list)]

    @property
    def cue(self) -> Cue:
        """The step that is named. Raises NotFound."""
        found = self.stream.cues.filter(pk=self.number("cue") or 0).first()
        if found is None:
            raise NotFound(_("This step of the run of show is not there any more."))
        return found

    @property
    def plan(self) -> dict[str, Any]:
        """What the form of a step says."""
        return {
            "title": self.text("title"),
            "note": self.text("note"),
            "seconds": self.number("seconds"),
            "items": self.texts("items"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`fills_tray`: the page gets the tray anew, for there may be more in it."""

    run: Callable[[Situation], object]
    permission: str = PIN
    fills_tray: bool = False


def _typed(value: Any, kind: type) -> Any:
    """Raises Invalid for anything of another type, and for a number that no row has."""
    is_huge = isinstance(value, int) and not -(2**31) < value < 2**63
    if not isinstance(value, kind) or isinstance(value, bool) or is_huge:
        raise Invalid(_("The page sent something that cannot be read. Load it again."))
    return value


def _move(to: Status) -> Deed:
    return Deed(run=lambda now: _go(now, to), permission=EDIT)


def _go(now: Situation, to: Status) -> None:
    if now.stream.remote_id and now.stream.channel.backend:
        raise Invalid(_("This livestream is started and paused in its hosted account."))
    streams.move(to=to, **now.who)


DEEDS: dict[str, Deed] = {
    "pin": Deed(
        run=lambda now: sets.put(item=now.text("item"), place=now.number("place"), **now.who),
        fills_tray=True,
    ),
    "unpin": Deed(run=lambda now: sets.take(ids=now.texts("items"), **now.who)),
    "shift": Deed(
        run=lambda now: sets.shift(item=now.text("item"), place=now.number("place") or 0, **now.who)
    ),
    "next": Deed(run=lambda now: cues.pin_next(cue=now.number("cue"), **now.who), fills_tray=True),
    "restart": Deed(run=lambda now: cues.reset(stream=now.stream)),
    "add_cue": Deed(run=lambda now: cues.create(stream=now.stream, **now.plan), permission=EDIT),
    "change_cue": Deed(run=lambda now: cues.change(cue=now.cue, **now.plan), permission=EDIT),
    "remove_cue": Deed(run=lambda now: cues.remove(cue=now.cue), permission=EDIT),
    "order_cues": Deed(
        run=lambda now: cues.reorder(stream=now.stream, order=now.numbers("order")), permission=EDIT
    ),
    "rehearse": Deed(run=lambda now: rehearsals.begin(**now.who)),
    "finish": Deed(run=lambda now: rehearsals.finish(**now.who)),
    "start": _move(Status.ACTIVE),
    "pause": _move(Status.PAUSED),
    "resume": _move(Status.ACTIVE),
    "end": Deed(run=lambda now: desk.end(**now.who), permission=END),
}
