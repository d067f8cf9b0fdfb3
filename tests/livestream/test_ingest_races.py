"""Encoders, staff and the clock at the same instant, on PostgreSQL."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from livestream.models import LiveStream
from livestream.services import ingest, streams
from tests.livestream.conftest import STAFF
from tests.livestream.encoders import Encoder
from tests.racing import at_once, needs_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _postgres(transactional_db: None) -> None:
    needs_postgres()


@pytest.mark.parametrize("_round", range(3))
def test_of_two_encoders_one_gets_on_air(stream: LiveStream, _round: int) -> None:
    assert sorted(at_once(*(Encoder(stream, number).publish for number in (1, 2)))) == [204, 403]
    assert stream.broadcasts.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_a_drop_at_the_end_leaves_the_show_over(stream: LiveStream, _round: int) -> None:
    encoder = Encoder(stream)
    encoder.publish()
    end = partial(streams.end, stream=stream, actor=STAFF, now=timezone.now())
    at_once(end, encoder.publish_done)
    stream.refresh_from_db()
    assert (stream.status, stream.is_on_air) == (LiveStream.Status.REPLAY, False)
    assert stream.broadcasts.get().ended_at is not None


@pytest.mark.parametrize("_round", range(3))
def test_an_encoder_is_heard_of_and_taken_for_gone_at_once(stream: LiveStream, _round: int) -> None:
    encoder = Encoder(stream)
    encoder.publish()
    stream.broadcasts.update(heard_at=timezone.now() - timedelta(seconds=61))
    at_once(encoder.update, partial(ingest.stop_silent, now=timezone.now()))
    encoder.update()
    stream.refresh_from_db()
    assert (stream.status, stream.is_on_air) == (LiveStream.Status.ACTIVE, True)
    assert stream.broadcasts.get().ended_at is None


@pytest.mark.parametrize("_round", range(3))
def test_the_end_and_the_recording_come_in_any_order(stream: LiveStream, recorded, _round: int) -> None:
    encoder = Encoder(stream)
    encoder.publish()
    path = recorded / f"{stream.public_id}-1.flv"
    path.touch()
    at_once(partial(encoder.record_done, str(path)), encoder.publish_done)
    found = stream.broadcasts.get()
    assert (found.state, found.source) == ("recorded", str(path))
    assert found.ended_at is not None
