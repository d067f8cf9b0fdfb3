"""Where the replay shows each product: at the moment when it was pinned, pauses cut out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from livestream.models import Broadcast, LiveStream, Pin, Product
from livestream.services import pins, streams
from livestream.services.chapters import as_webvtt, chapters
from tests.livestream.conftest import STAFF

Show = Callable[..., LiveStream]


@pytest.fixture
def at(now: datetime) -> Callable[[float], datetime]:
    """A moment so many seconds after the start of the show."""
    return lambda seconds: now + timedelta(seconds=seconds)


@pytest.fixture
def sent(live: LiveStream, at: Callable[[float], datetime]) -> Callable[..., Broadcast]:
    """The encoder sent from one second of the show to another."""

    def send(start: float, end: float, **fields: Any) -> Broadcast:
        fields = {"state": Broadcast.State.READY, "ended_at": at(end), **fields}
        return Broadcast.objects.create(stream=live, started_at=at(start), **fields)

    return send


@pytest.fixture
def pinned(live: LiveStream, at: Callable[[float], datetime]) -> Callable[..., Pin]:
    """A product was pinned from one second of the show to another (None: to the end)."""

    def pin(product: Product, start: float, end: float | None = None, **fields: Any) -> Pin:
        return Pin.objects.create(
            stream=live,
            product=product,
            item=product.public_id,
            position=1,
            pinned_at=at(start),
            unpinned_at=None if end is None else at(end),
            pinned_by="staff:maria",
            **fields,
        )

    return pin


def spans(stream: LiveStream) -> list[tuple[str, float, float]]:
    return [(one.title, one.start_ms / 1000, one.end_ms / 1000) for one in chapters(stream)]


def test_a_chapter_is_where_the_pin_was(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 600)
    pinned(products[0], 60, 90)
    assert spans(live) == [("Scarf", 60, 90)]


def test_pauses_are_cut_out(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 100)
    sent(400, 500)
    pinned(products[0], 90, 410)
    pinned(products[1], 450, 470)
    assert spans(live) == [("Scarf", 90, 110), ("Hat", 150, 170)]


def test_what_was_pinned_in_a_pause_comes_at_the_seam(
    live: LiveStream, products: list[Product], sent, pinned
) -> None:
    sent(0, 100)
    sent(400, 500)
    pinned(products[0], 200, 420)
    assert spans(live) == [("Scarf", 100, 120)]


def test_what_came_and_went_in_a_pause_is_no_chapter(
    live: LiveStream, products: list[Product], sent, pinned
) -> None:
    sent(0, 100)
    sent(400, 500)
    pinned(products[0], 200, 300)
    assert chapters(live) == []


def test_an_open_pin_stays_until_the_end(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 100)
    sent(400, 500)
    pinned(products[0], 450)
    assert spans(live) == [("Scarf", 150, 200)]


def test_a_pin_before_the_first_picture_comes_at_the_start(
    live: LiveStream, products: list[Product], sent, pinned
) -> None:
    sent(30, 100)
    pinned(products[0], 10, 40)
    assert spans(live) == [("Scarf", 0, 10)]


def test_the_length_of_a_recording_counts_and_not_the_clock(
    live: LiveStream, products: list[Product], sent, pinned
) -> None:
    sent(0, 100, duration_ms=98_000)
    sent(400, 500)
    pinned(products[0], 400, 410)
    assert spans(live) == [("Scarf", 98, 108)]


def test_a_recording_that_is_not_in_the_replay_takes_no_time(
    live: LiveStream, products: list[Product], sent, pinned
) -> None:
    sent(0, 100, duration_ms=100_000, replay_start_ms=0)
    sent(200, 300, state=Broadcast.State.FAILED)
    sent(400, 500, duration_ms=100_000, replay_start_ms=100_000)
    pinned(products[0], 410, 420)
    assert spans(live) == [("Scarf", 110, 120)]


def test_rehearsals_take_no_time(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(-600, -300, is_rehearsal=True)
    sent(0, 100)
    pinned(products[0], 10, 20)
    assert spans(live) == [("Scarf", 10, 20)]


def test_what_staff_rehearsed_is_no_chapter(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 100)
    pinned(products[0], 10, 20, is_rehearsal=True)
    assert chapters(live) == []


def test_what_staff_left_out_is_no_chapter(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 100)
    pinned(products[0], 10, 20, is_hidden=True)
    assert chapters(live) == []


def test_staffs_words_and_times_win(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 100)
    pinned(products[0], 50, 60, chapter_title="The red one", chapter_start_ms=5000)
    pinned(products[1], 20, 30, chapter_end_ms=45_000)
    assert spans(live) == [("The red one", 5, 60), ("Hat", 20, 45)]


def test_a_variant_is_named(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 100)
    pinned(products[0], 50, 60, unit=products[0].units.get())
    assert spans(live) == [("Scarf, One size", 50, 60)]


def test_a_show_from_elsewhere_begins_with_its_replay(
    live: LiveStream, products: list[Product], at: Callable[[float], datetime]
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=at(30))
    ended = streams.end(stream=live, actor=STAFF, now=at(90))
    assert spans(ended) == [("Scarf", 30, 90)]


def test_chapters_ask_the_database_four_times(
    live: LiveStream, products: list[Product], sent, pinned, django_assert_num_queries
) -> None:
    sent(0, 100)
    sent(400, 500)
    for place, product in enumerate(products):
        pinned(product, place * 10, place * 10 + 5)
    with django_assert_num_queries(4):
        assert len(chapters(live)) == len(products)


def test_the_track_has_a_cue_for_each_moment(live: LiveStream, products: list[Product], sent, pinned) -> None:
    sent(0, 4000)
    pinned(products[0], 1, 3661.5)
    pinned(products[1], 1, 20)
    pinned(products[2], 30, 40, chapter_title="Gloves --> <b>& hats</b>\n\nNOTE")
    assert as_webvtt(chapters(live)) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:30.000\nScarf, Hat\n\n"
        "00:00:30.000 --> 00:00:40.000\nGloves --&gt; &lt;b&gt;&amp; hats&lt;/b&gt; NOTE\n"
    )


def test_a_track_without_chapters_is_still_one(live: LiveStream) -> None:
    assert as_webvtt(chapters(live)) == "WEBVTT\n"
