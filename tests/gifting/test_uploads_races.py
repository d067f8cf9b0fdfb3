"""Several requests at the same instant, on PostgreSQL."""

from collections import Counter
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client

from gifting.models import Recording, Upload, VideoContainer
from gifting.models.files import gift_storage
from tests.gifting.tus import Tus, received, row
from tests.racing import at_once, needs_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


@pytest.fixture(autouse=True)
def _postgres() -> None:
    needs_postgres()


@pytest.fixture
def tus(transactional_db: None, container: VideoContainer) -> Tus:
    return Tus(container)


def own(tus: Tus) -> Tus:
    """The same giver in another browser tab: a client must not be shared by threads."""
    return Tus(tus.container, Client())


def statuses(responses: list[HttpResponse]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def kept_files(upload: Upload) -> list[str]:
    folder = f"uploads/{upload.uid}"
    return sorted(f"{folder}/{name}" for name in gift_storage().listdir(folder)[1])


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_four_chunks_at_one_offset_one_is_kept(tus: Tus, _round: int) -> None:
    path = tus.create(9)
    bodies = [bytes([letter]) * 3 for letter in b"abcd"]
    calls = [partial(own(tus).patch, path, 0, body) for body in bodies]
    assert statuses(at_once(*calls)) == {204: 1, 409: 3}
    upload = row(path)
    assert received(upload) in bodies
    assert kept_files(upload) == upload.parts


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_four_last_chunks_one_hands_the_video_in(tus: Tus, _round: int) -> None:
    path = tus.create(3)
    calls = [partial(own(tus).patch, path, 0, b"abc") for _ in range(4)]
    assert statuses(at_once(*calls)) == {204: 1, 409: 3}
    assert Recording.objects.count() == 1
    assert kept_files(row(path)) == row(path).parts


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_last_chunk_and_a_delete_end_in_one_of_both(tus: Tus, _round: int) -> None:
    path = tus.create(3)
    sent, deleted = at_once(partial(own(tus).patch, path, 0, b"abc"), partial(own(tus).delete, path))
    if sent.status_code == 204:
        assert deleted.status_code == 409
        assert received(Recording.objects.get().upload) == b"abc"
    else:
        assert (sent.status_code, deleted.status_code) == (404, 204)
        assert not Recording.objects.exists()
        assert not Upload.objects.exists()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_uploads_that_end_together_are_both_handed_in(tus: Tus, _round: int) -> None:
    paths = [tus.create(3) for _ in range(2)]
    calls = [partial(own(tus).patch, path, 0, b"abc") for path in paths]
    assert statuses(at_once(*calls)) == {204: 2}
    assert Recording.objects.count() == 2
