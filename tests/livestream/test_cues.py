"""The run of show, and the rehearsal that it is tried in."""

from datetime import datetime

import pytest

from livestream.dto import Audience
from livestream.errors import IllegalMove, Invalid, Malformed, NotLive, ProductsUnknown
from livestream.models import JournalEntry, LiveStream, Product
from livestream.services import cues, pins, rehearsals, state, streams
from livestream.services.cues import CueDone, NoCueLeft
from tests.livestream.conftest import STAFF

Event = JournalEntry.Event


def ids(*products: Product) -> list[str]:
    return [product.public_id for product in products]


def seen(stream: LiveStream, audience: Audience) -> tuple[str, list[str]]:
    found = state.load(number=stream.pk, audience=audience)
    return found.status, [card.id for card in found.pins]


def events(stream: LiveStream) -> list[str]:
    return list(stream.journal.values_list("event", flat=True))


def test_the_next_step_pins_its_set(live: LiveStream, products: list[Product], now: datetime) -> None:
    cues.create(stream=live, title="Welcome", items=ids(*products[:2]))
    done = cues.pin_next(stream=live, actor=STAFF, now=now)
    assert (done.title, done.done_at) == ("Welcome", now)
    assert seen(live, Audience.PUBLIC) == ("active", ids(*products[:2]))


def test_a_step_without_pins_leaves_the_set(live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(products[0]), actor=STAFF, now=now)
    cues.create(stream=live, title="Questions")
    cues.pin_next(stream=live, actor=STAFF, now=now)
    assert seen(live, Audience.PUBLIC)[1] == ids(products[0])


def test_after_the_last_step_there_is_none(live: LiveStream, now: datetime) -> None:
    with pytest.raises(NoCueLeft):
        cues.pin_next(stream=live, actor=STAFF, now=now)


def test_a_step_that_was_meant_and_is_done_is_not_done_for_another(live: LiveStream, now: datetime) -> None:
    first, second = (cues.create(stream=live, title=title) for title in ("A", "B"))
    cues.pin_next(stream=live, actor=STAFF, now=now, cue=first.pk)
    with pytest.raises(CueDone):
        cues.pin_next(stream=live, actor=STAFF, now=now, cue=first.pk)
    assert cues.next_cue(live) == second


def test_a_step_whose_pins_are_refused_is_not_done(live: LiveStream, new_product, now: datetime) -> None:
    gone = new_product("Gone")
    cue = cues.create(stream=live, title="A", items=ids(gone))
    gone.delete()
    with pytest.raises(ProductsUnknown):
        cues.pin_next(stream=live, actor=STAFF, now=now)
    assert cues.next_cue(live) == cue


def test_a_show_that_has_not_begun_takes_no_step(stream: LiveStream, now: datetime) -> None:
    cues.create(stream=stream, title="A")
    with pytest.raises(NotLive):
        cues.pin_next(stream=stream, actor=STAFF, now=now)


def test_steps_come_in_their_order(stream: LiveStream) -> None:
    a, _b, c = (cues.create(stream=stream, title=title) for title in "ABC")
    cues.reorder(stream=stream, order=[c.pk, a.pk])
    assert [cue.title for cue in stream.cues.all()] == ["C", "A", "B"]


def test_the_run_of_show_begins_anew(live: LiveStream, now: datetime) -> None:
    cue = cues.create(stream=live, title="A")
    cues.pin_next(stream=live, actor=STAFF, now=now)
    cues.reset(stream=live)
    assert cues.next_cue(live) == cue


@pytest.mark.parametrize(
    "plan",
    [
        {"title": " "},
        {"title": "x" * 121},
        {"title": "A", "note": "x" * 2001},
        {"title": "A", "seconds": 0},
        {"title": "A", "seconds": 90_000},
    ],
    ids=["no title", "long title", "long note", "no time", "much time"],
)
def test_a_plan_that_makes_no_sense_is_refused(stream: LiveStream, plan: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        cues.create(stream=stream, **plan)


def test_a_step_pins_at_most_three(stream: LiveStream, products: list[Product]) -> None:
    with pytest.raises(Invalid, match="at most three"):
        cues.create(stream=stream, title="A", items=ids(*products[:4]))


def test_a_step_pins_products_of_the_channel(stream: LiveStream, new_product, other_channel) -> None:
    foreign = new_product("Foreign", channel=other_channel)
    with pytest.raises(Invalid, match="catalogue"):
        cues.create(stream=stream, title="A", items=ids(foreign))


def test_a_step_pins_what_has_an_id(stream: LiveStream) -> None:
    with pytest.raises(Malformed):
        cues.create(stream=stream, title="A", items=["?"])


# -- Rehearsal


def test_a_rehearsal_is_a_show_to_staff_alone(
    stream: LiveStream, products: list[Product], now: datetime
) -> None:
    rehearsed = rehearsals.begin(stream=stream, actor=STAFF, now=now)
    pins.pin(stream=rehearsed, ids=ids(products[0]), actor=STAFF, now=now, in_rehearsal=True)
    assert seen(stream, Audience.STAFF) == ("paused", ids(products[0]))
    assert seen(stream, Audience.PUBLIC) == ("idle", [])


def test_its_end_leaves_nothing_behind(stream: LiveStream, products: list[Product], now: datetime) -> None:
    cue = cues.create(stream=stream, title="A", items=ids(products[0]))
    rehearsed = rehearsals.begin(stream=stream, actor=STAFF, now=now)
    cues.pin_next(stream=rehearsed, actor=STAFF, now=now)
    rehearsals.finish(stream=rehearsed, actor=STAFF, now=now)
    assert (stream.pins.open().count(), cues.next_cue(stream)) == (0, cue)
    assert seen(stream, Audience.STAFF) == ("idle", [])
    assert events(stream)[-1] == Event.REHEARSAL_ENDED


def test_going_live_ends_it(stream: LiveStream, products: list[Product], now: datetime) -> None:
    """What was pinned in the rehearsal can be pinned in the show."""
    rehearsed = rehearsals.begin(stream=stream, actor=STAFF, now=now)
    pins.pin(stream=rehearsed, ids=ids(products[0]), actor=STAFF, now=now, in_rehearsal=True)
    live = streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=now)
    assert (live.is_rehearsal, seen(live, Audience.STAFF)) == (False, ("active", []))
    assert pins.pin(stream=live, ids=ids(products[0]), actor=STAFF, now=now) == ids(products[0])


def test_only_what_has_not_begun_is_rehearsed(live: LiveStream, now: datetime) -> None:
    with pytest.raises(IllegalMove):
        rehearsals.begin(stream=live, actor=STAFF, now=now)


def test_twice_is_once(stream: LiveStream, now: datetime) -> None:
    for _time in range(2):
        rehearsals.begin(stream=stream, actor=STAFF, now=now)
    for _time in range(2):
        rehearsals.finish(stream=stream, actor=STAFF, now=now)
    assert events(stream)[1:] == [Event.REHEARSAL_BEGAN, Event.REHEARSAL_ENDED]
