"""What reaches the bus after a commit: the newest last. Where the bus is down nothing else is lost."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django_q.models import OrmQ

from livestream.bus.base import Bus, Message
from livestream.errors import BusUnavailable
from livestream.models import LiveStream, Product
from livestream.models.files import live_storage
from livestream.services import catalogue, ingest, pins, recordings, replays, schedule, streams, viewers
from tests.livestream import films
from tests.livestream.conftest import STAFF
from tests.livestream.encoders import Encoder
from tests.wire.live import Api, api, assert_error, known

__all__ = ["api", "known"]
pytestmark = pytest.mark.django_db(transaction=True)
Status = LiveStream.Status


class KeepingBus(Bus):
    """Keeps the newest message of each topic, whatever its version, as nginx does."""

    is_across_processes = True
    has_own_viewers = True
    kept: dict[str, dict[str, Any]] = {}
    before: list[Callable[[], Any]] = []

    def publish(self, messages: Sequence[Message]) -> None:
        if self.before:
            self.before.pop()()
        for message in messages:
            self.kept[message.topic] = json.loads(message.body)

    def subscribe(self) -> AsyncIterator[Message]:
        raise BusUnavailable

    def count(self, topic: str) -> int:
        return 0


class BrokenBus(Bus):
    """Nobody answers."""

    def publish(self, messages: Sequence[Message]) -> None:
        raise BusUnavailable

    def subscribe(self) -> AsyncIterator[Message]:
        raise BusUnavailable


class HiccupBus(Bus):
    """The first call fails, the others are heard."""

    calls: list[list[str]] = []

    def publish(self, messages: Sequence[Message]) -> None:
        self.calls.append([message.topic for message in messages])
        if len(self.calls) == 1:
            raise BusUnavailable

    def subscribe(self) -> AsyncIterator[Message]:
        raise BusUnavailable


@pytest.fixture
def use(settings: Any) -> Iterator[Callable[[type[Bus]], None]]:
    """`use(bus)`: from now on."""

    def set_bus(bus: type[Bus]) -> None:
        settings.LIVESTREAM = {
            **settings.LIVESTREAM,
            "BUS": {"BACKEND": f"{__name__}.{bus.__name__}"},
        }

    yield set_bus
    KeepingBus.kept.clear()
    KeepingBus.before.clear()
    HiccupBus.calls.clear()


def shown(stream: LiveStream) -> list[str]:
    """The pins that whoever comes now is sent by the bus."""
    return [card["id"] for card in KeepingBus.kept[f"{stream.pk}.public"]["pins"]]


def queued() -> list[str]:
    return [row.task["func"].rpartition(".")[2] for row in OrmQ.objects.all()]


class TestTheNewestStays:
    def test_where_an_earlier_change_is_published_after_a_later_one(
        self, live: LiveStream, products: list[Product], use: Any, now: datetime
    ) -> None:
        first, second = (one.public_id for one in products[:2])

        def faster() -> None:
            pins.pin(stream=live, ids=[second], actor=STAFF, now=now)

        use(KeepingBus)
        KeepingBus.before.append(faster)
        pins.pin(stream=live, ids=[first], actor=STAFF, now=now)
        assert shown(live) == [second]

    def test_where_the_sweep_hands_over_what_was_just_changed(
        self, live: LiveStream, products: list[Product], use: Any, now: datetime
    ) -> None:
        use(KeepingBus)
        KeepingBus.before.append(lambda: streams.end(stream=live, actor=STAFF, now=now))
        viewers.refresh_bus(now=now)
        assert KeepingBus.kept[f"{live.pk}.public"]["status"] == Status.REPLAY


class TestABusThatIsDown:
    def test_the_replay_of_an_ended_show_is_begun(self, live: LiveStream, use: Any, now: datetime) -> None:
        use(BrokenBus)
        with pytest.raises(BusUnavailable):
            streams.end(stream=live, actor=STAFF, now=now)
        assert queued() == ["begin_replay"]

    def test_an_earlier_frame_is_removed(self, stream: LiveStream, recorded: Path, use: Any, now) -> None:
        for number in (1, 2):
            encoder = Encoder(stream, number)
            encoder.publish()
            encoder.record_done(films.put(films.flv(seconds=1), recorded, stream))
            encoder.publish_done()
            if number == 2:
                use(BrokenBus)
            recordings.process(pk=stream.broadcasts.last().pk, now=now + timedelta(minutes=1))
        stream.refresh_from_db()
        assert films.kept(stream) == ["frame"]
        assert live_storage().exists(stream.frame.name)

    def test_an_earlier_replay_is_removed(self, stream: LiveStream, recorded: Path, use: Any, now) -> None:
        later, encoders = now + timedelta(minutes=10), [Encoder(stream, number) for number in (1, 2)]
        for encoder in encoders:
            encoder.publish()
            encoder.publish_done()
        streams.end(stream=stream, actor=STAFF, now=now)
        for encoder in encoders:
            encoder.record_done(films.put(films.flv(seconds=1), recorded, stream))
            recordings.process(pk=stream.broadcasts.get(client=encoder.number).pk, now=later)
            replays.prepare(pk=stream.pk, now=later)
            use(BrokenBus)
        stream.refresh_from_db()
        assert films.kept(stream) == ["replay"]
        assert live_storage().exists(stream.replay_file.name)

    def test_the_other_shows_of_a_product_hear_of_it(
        self, live: LiveStream, products: list[Product], use: Any, now: datetime
    ) -> None:
        other = another(live, now)
        for stream in (live, other):
            pins.pin(stream=stream, ids=[products[0].public_id], actor=STAFF, now=now)
        use(HiccupBus)
        with pytest.raises(BusUnavailable):
            catalogue.sell(products=[products[0].pk], is_sold_out=True)
        told = {topic for call in HiccupBus.calls for topic in call}
        assert {f"{live.pk}.public", f"{other.pk}.public"} <= told

    def test_the_clock_goes_on(self, stream: LiveStream, use: Any, now: datetime) -> None:
        other = streams.create(
            channel=stream.channel,
            event_name="Morning",
            scheduled_at=stream.scheduled_at,
            actor=STAFF,
            now=now,
        )
        use(BrokenBus)
        schedule.expire_idle(now=now + timedelta(days=1))
        assert {row.status for row in LiveStream.objects.filter(pk__in=[stream.pk, other.pk])} == {"expired"}

    def test_every_silent_encoder_is_taken_for_gone(
        self, stream: LiveStream, use: Any, now: datetime
    ) -> None:
        both = [stream, another(stream, now)]
        for one in both:
            Encoder(one).publish()
            Encoder(one).update()
        use(BrokenBus)
        ingest.stop_silent(now=now + timedelta(hours=1))
        assert not LiveStream.objects.filter(is_on_air=True).exists()

    def test_a_host_with_a_transaction_for_each_request_is_told(
        self, api: Api, live: LiveStream, products: list[Product], use: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
        use(BrokenBus)
        sentence = "The change is saved and reaches viewers as soon as the message bus answers again"
        assert_error(api.pin(live.public_id, products[0].public_id), 503, sentence)
        assert live.pins.open().exists()


def test_what_was_rolled_back_is_told_to_nobody(
    live: LiveStream, products: list[Product], use: Any, now: datetime
) -> None:
    use(KeepingBus)
    with transaction.atomic():
        pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
        transaction.set_rollback(True)
    assert KeepingBus.kept == {}


def another(stream: LiveStream, now: datetime) -> LiveStream:
    """A second show of the channel, on air."""
    made = streams.create(
        channel=stream.channel, event_name="Morning", scheduled_at=now, actor=STAFF, now=now
    )
    return streams.move(stream=made, to=Status.ACTIVE, actor=STAFF, now=now)
