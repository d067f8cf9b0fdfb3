"""Resumable uploads (tus 1.0). A chunk is a part in storage plus one conditional UPDATE of the offset.

No lock is held while bytes arrive: of two writers at one offset the UPDATE lets one win, the other's part is removed.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO

from django.core.files import File
from django.db import transaction

from gifting.conf import conf
from gifting.errors import Invalid, Locked, NotFound, OffsetConflict, TooLarge
from gifting.models import Upload, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import containers, recordings

MAX_PARTS = 4000


@transaction.atomic
def start_upload(
    *, container: VideoContainer, length: int | None, metadata: Mapping[str, str], now: datetime
) -> Upload:
    """An empty upload; `length` in bytes, None where the sender will say it later.

    Raises TooLarge at once for a length over the limit, Locked where the giver's time has passed.
    """
    refuse_length(length)
    container = containers.lock(container)
    if not recordings.may_record(container):
        raise Locked("This gift message is closed: a video can no longer be recorded for it.")
    return Upload.objects.create(
        container=container,
        uid=secrets.token_urlsafe(24),
        length=length,
        metadata=dict(metadata),
        created_at=now,
        expires_at=now + timedelta(hours=conf().UPLOAD_EXPIRES_HOURS),
    )


def find_upload(*, uid: str, now: datetime) -> Upload:
    """The upload with its container. Raises NotFound for one that is unknown, abandoned or expired."""
    try:
        return Upload.objects.select_related("container").get(uid=uid, expires_at__gt=now)
    except Upload.DoesNotExist:
        raise NotFound("This upload does not exist any more. Start a new one.") from None


def refuse_length(length: int | None) -> None:
    """Raises TooLarge where a whole upload of `length` bytes would never be accepted."""
    limit = conf().MAX_UPLOAD_BYTES
    if length is not None and length > limit:
        raise TooLarge(f"The file is too large: at most {limit // 1_000_000} MB are accepted.")


def append(
    *, upload: Upload, offset: int, length: int | None, content: IO[bytes], size: int, now: datetime
) -> Upload:
    """Add `size` bytes at `offset`; `length` tells the whole size where it was deferred. Finishes when all is here.

    Raises OffsetConflict where the bytes do not continue the upload, TooLarge past the limits.
    """
    if offset != upload.offset or upload.finished_at:
        raise OffsetConflict(f"The upload is at byte {upload.offset}.")
    _settle_length(upload, length)
    end = offset + size
    _refuse_end(upload, end)
    name = _store(upload, content) if size else ""
    if not _advance(upload, name=name, end=end):
        gift_storage().delete(name)
        raise OffsetConflict("Another request has written this part of the upload.")
    if end == upload.length:
        _finish(upload, now=now)
    return upload


def _settle_length(upload: Upload, length: int | None) -> None:
    if length is None or length == upload.length:
        return
    if upload.length is not None:
        raise Invalid("The length of this upload is known already and cannot change.")
    refuse_length(length)
    upload.length = length


def _refuse_end(upload: Upload, end: int) -> None:
    refuse_length(end)
    if upload.length is not None and end > upload.length:
        raise TooLarge("There are more bytes than the upload's length says.")
    if len(upload.parts) >= MAX_PARTS:
        raise TooLarge("The upload came in too many parts. Send larger ones.")


def _store(upload: Upload, content: IO[bytes]) -> str:
    name = f"uploads/{upload.uid}/{upload.offset:012d}-{secrets.token_hex(4)}"
    return gift_storage().save(name, File(content))


def _advance(upload: Upload, *, name: str, end: int) -> bool:
    parts = [*upload.parts, name] if name else upload.parts
    row = Upload.objects.filter(pk=upload.pk, offset=upload.offset, finished_at__isnull=True)
    moved = row.update(offset=end, parts=parts, length=upload.length)
    upload.offset, upload.parts = end, parts
    return bool(moved)


@transaction.atomic
def _finish(upload: Upload, *, now: datetime) -> None:
    if Upload.objects.filter(pk=upload.pk, finished_at__isnull=True).update(finished_at=now):
        upload.finished_at = now
        recordings.submit(upload=upload, now=now)


def abandon(*, upload: Upload) -> None:
    """Forget an unfinished upload and its bytes. Raises Locked for one that was handed in."""
    if not Upload.objects.filter(pk=upload.pk, finished_at__isnull=True).delete()[0]:
        raise Locked("This upload is complete and can no longer be withdrawn.")
    recordings.delete_files(upload.parts)


def purge_expired(*, now: datetime) -> int:
    """Forget the uploads that nobody finished in time. Returns how many."""
    expired = list(Upload.objects.filter(expires_at__lte=now, finished_at__isnull=True)[:500])
    for upload in expired:
        abandon(upload=upload)
    return len(expired)
