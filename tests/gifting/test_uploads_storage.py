"""Rows and files: whatever fails in between, no confirmed byte is lost and no other one stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from gifting.errors import Locked, NotFound, OffsetConflict, Unavailable
from gifting.models import Recording, Upload, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import containers, uploads
from tests.conftest import SHOP
from tests.gifting.tus import Tus, received, row

LATER = timedelta(hours=25)


@pytest.fixture
def tus(container: VideoContainer, client: Client) -> Tus:
    return Tus(container, client)


@pytest.fixture
def upload(tus: Tus) -> Upload:
    """Three of nine bytes."""
    path = tus.create(9)
    tus.patch(path, 0, b"abc")
    return row(path)


def files_of(upload: Upload) -> list[str]:
    folder = Path(gift_storage().path(f"uploads/{upload.uid}"))
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def append(upload: Upload, body: bytes, now: datetime) -> Upload:
    """A chunk from somebody who read the row as it is in `upload`."""
    return uploads.append(
        upload=upload,
        offset=upload.offset,
        length=None,
        chunk=uploads.AtHand(body),
        now=now,
    )


@pytest.fixture
def break_storage(settings: Any, tmp_path: Path) -> Callable[[], None]:
    """From the call on, nothing can be stored, read or deleted."""

    def run() -> None:
        backend = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": "/dev/null/gone"},
        }
        settings.STORAGES = {**settings.STORAGES, "default": backend}

    return run


# -- a storage that is down ----------------------------------------------------------------------------------


def test_a_chunk_that_cannot_be_stored_may_be_sent_again(
    tus: Tus, upload: Upload, break_storage: Callable[[], None]
) -> None:
    break_storage()
    path = f"/widget/uploads/{upload.uid}"
    response = tus.patch(path, 3, b"def")
    assert (response.status_code, response.json()["error"]) == (503, "unavailable")
    assert tus.head(path)["Upload-Offset"] == "3"


def test_an_upload_whose_files_cannot_be_deleted_is_purged_later(
    upload: Upload, now: datetime, break_storage: Callable[[], None], settings: Any
) -> None:
    works = settings.STORAGES
    break_storage()
    with pytest.raises(Unavailable):
        uploads.abandon(upload=upload, now=now)
    settings.STORAGES = works
    with pytest.raises(NotFound):
        uploads.find_upload(uid=upload.uid, now=now)
    assert uploads.purge_expired(now=now) == 1
    assert files_of(upload) == []


def test_an_abandoned_upload_takes_no_more_bytes_although_it_is_not_purged_yet(
    upload: Upload, now: datetime, break_storage: Callable[[], None], settings: Any
) -> None:
    works = settings.STORAGES
    break_storage()
    with pytest.raises(Unavailable):
        uploads.abandon(upload=upload, now=now)
    settings.STORAGES = works
    with pytest.raises(NotFound):
        append(upload, b"defghi", now)
    assert not Recording.objects.exists()


# -- two writers ---------------------------------------------------------------------------------------------


def test_of_two_chunks_at_one_offset_one_is_kept(upload: Upload, now: datetime) -> None:
    late = Upload.objects.select_related("container").get(pk=upload.pk)
    append(upload, b"def", now)
    with pytest.raises(OffsetConflict):
        append(late, b"xyz", now)
    assert received(row(upload.uid)) == b"abcdef"
    assert len(files_of(upload)) == 2


def test_of_two_last_chunks_one_hands_the_video_in(upload: Upload, now: datetime) -> None:
    late = Upload.objects.select_related("container").get(pk=upload.pk)
    append(upload, b"defghi", now)
    with pytest.raises(OffsetConflict):
        append(late, b"xxxxxx", now)
    assert Recording.objects.count() == 1
    assert received(row(upload.uid)) == b"abcdefghi"


def test_a_chunk_that_meets_an_abandoned_upload_leaves_nothing(upload: Upload, now: datetime) -> None:
    late = Upload.objects.select_related("container").get(pk=upload.pk)
    uploads.abandon(upload=upload, now=now)
    with pytest.raises(NotFound):
        append(late, b"def", now)
    assert files_of(upload) == []


def test_an_upload_that_was_handed_in_meanwhile_is_not_abandoned(upload: Upload, now: datetime) -> None:
    late = Upload.objects.get(pk=upload.pk)
    append(upload, b"defghi", now)
    with pytest.raises(Locked):
        uploads.abandon(upload=late, now=now)
    assert received(row(upload.uid)) == b"abcdefghi"


def test_a_last_chunk_for_a_gift_that_closes_meanwhile_changes_nothing(upload: Upload, now: datetime) -> None:
    late = Upload.objects.select_related("container").get(pk=upload.pk)
    containers.cancel(container=upload.container, actor=SHOP, now=now)
    with pytest.raises(Locked):
        append(late, b"defghi", now)
    fresh = row(upload.uid)
    assert (fresh.offset, fresh.finished_at, received(fresh)) == (3, None, b"abc")
    assert len(files_of(upload)) == 1


# -- what is left behind -------------------------------------------------------------------------------------


def test_a_part_that_no_row_names_goes_with_its_upload(upload: Upload, now: datetime) -> None:
    gift_storage().save(f"uploads/{upload.uid}/000000000003-dead", ContentFile(b"killed"))
    assert uploads.purge_expired(now=now + LATER) == 1
    assert not Path(gift_storage().path(f"uploads/{upload.uid}")).exists()
    assert not Upload.objects.exists()


def test_an_upload_that_is_not_expired_stays(upload: Upload, now: datetime) -> None:
    assert uploads.purge_expired(now=now + timedelta(hours=23)) == 0
    assert received(row(upload.uid)) == b"abc"


def test_an_upload_that_a_recording_needs_stays(upload: Upload, now: datetime) -> None:
    append(upload, b"defghi", now)
    assert uploads.purge_expired(now=now + LATER) == 0
    assert received(row(upload.uid)) == b"abcdefghi"


def test_a_purge_without_files_forgets_the_row(upload: Upload, now: datetime) -> None:
    for name in upload.parts:
        gift_storage().delete(name)
    assert uploads.purge_expired(now=now + LATER) == 1
