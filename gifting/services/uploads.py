"""Resumable uploads (tus 1.0). A chunk is a part in storage plus one conditional UPDATE of the offset.

No lock is held while bytes arrive: of two writers at one offset one UPDATE wins, the other's part is removed.
"""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, Protocol

from django.db import transaction

from gifting.conf import conf
from gifting.errors import GiftingError, Invalid, Locked, NotFound, OffsetConflict, TooLarge, Unavailable
from gifting.models import Brand, Upload, VideoContainer
from gifting.services import containers, files, hosting, recordings

UID = re.compile(r"[\w-]{32}", re.ASCII)
# What a chunk needs to be accepted: every chunk pays for what is read here.
NEEDED = (
    *("uid", "length", "offset", "parts", "metadata", "expires_at", "finished_at"),
    *("container__state", "container__recording", "container__recorded_at"),
)
MAX_PARTS = 6000  # More than MAX_UPLOAD_BYTES in the smallest chunks of the widget.
MAX_UNFINISHED = 10
PURGE_LIMIT = 500
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@transaction.atomic
def start_upload(
    *, container: VideoContainer, length: int | None, metadata: Mapping[str, str], now: datetime
) -> Upload:
    """A new upload; `length` in bytes, None where the sender will say it later. One of 0 bytes is finished.

    Raises TooLarge at once for a length over the limit, Locked where the giver's time has passed.
    """
    refuse_length(length)
    container = containers.lock(container)
    hosting.refuse_hosted(container)
    _refuse_closed(container)
    _make_room(container, now=now)
    upload = Upload.objects.create(
        container=container,
        uid=secrets.token_urlsafe(24),
        length=length,
        metadata=dict(metadata),
        created_at=now,
        expires_at=now + timedelta(hours=conf().UPLOAD_EXPIRES_HOURS),
    )
    if length == 0:
        _complete(upload, {}, now=now)
    return upload


def _make_room(container: VideoContainer, *, now: datetime) -> None:
    """The oldest unfinished uploads expire, so that nobody fills the storage with beginnings."""
    unfinished = container.uploads.filter(finished_at__isnull=True, expires_at__gt=now).order_by("-pk")
    surplus = list(unfinished.values_list("pk", flat=True)[MAX_UNFINISHED - 1 :])
    Upload.objects.filter(pk__in=surplus).update(expires_at=LONG_AGO)


def find_upload(*, uid: str, now: datetime) -> Upload:
    """The upload with its container. Raises NotFound if it is unknown, abandoned or expired."""
    known = Upload.objects.select_related("container").only(*NEEDED)
    try:
        return known.get(uid=uid if UID.fullmatch(uid) else "", expires_at__gt=now)
    except Upload.DoesNotExist:
        raise NotFound("This upload does not exist any more. Start a new one.") from None


def brand_of(upload: Upload) -> Brand:
    """Whose gift it is for."""
    return Brand.objects.get(orders__container=upload.container_id)


def refuse_length(length: int | None) -> None:
    """Raises TooLarge where a whole upload of `length` bytes would never be accepted."""
    limit = conf().MAX_UPLOAD_BYTES
    if length is not None and length > limit:
        raise TooLarge(f"The file is too large: at most {limit // 1_000_000} MB are accepted.")


def room(*, upload: Upload, offset: int, length: int | None) -> int:
    """How many bytes a chunk at `offset` may have; ask before it is read. `length` as in `append`.

    Raises OffsetConflict, Locked, TooLarge, Invalid as `append` does.
    """
    if offset != upload.offset or upload.finished_at:
        raise OffsetConflict(f"The upload is at byte {upload.offset}. Ask for its offset and go on there.")
    _refuse_closed(upload.container)
    whole = _settled(upload, length)
    if len(upload.parts) >= MAX_PARTS:
        raise TooLarge("The upload came in too many parts. Start a new one and send larger parts.")
    end = conf().MAX_UPLOAD_BYTES if whole is None else whole
    return min(end - offset, conf().MAX_CHUNK_BYTES)


def _refuse_closed(container: VideoContainer) -> None:
    if not recordings.may_record(container):
        raise Locked("This gift message is closed: a video can no longer be recorded for it.")


def _settled(upload: Upload, length: int | None) -> int | None:
    """The whole length as far as it is known now."""
    if length is None or length == upload.length:
        return upload.length
    if upload.length is not None:
        raise Invalid("The length of this upload is known already and cannot change.")
    refuse_length(length)
    if length < upload.offset:
        raise Invalid(f"The upload cannot end there: it has {upload.offset} bytes already.")
    return length


class Incoming(Protocol):
    """A chunk that is read once and knows its size only then. `verify` raises where it came damaged."""

    size: int

    def read(self, size: int = ..., /) -> bytes: ...

    def verify(self) -> None: ...


class AtHand(BytesIO):
    """A chunk that is here whole."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.size = len(content)

    def verify(self) -> None:
        """It came no way on which it could be damaged."""


def append(*, upload: Upload, offset: int, length: int | None, chunk: Incoming, now: datetime) -> Upload:
    """Add the chunk at `offset`; `length` is the whole size where it was deferred. The last byte ends it.

    Raises OffsetConflict where the bytes do not continue the upload, TooLarge past the limits, Invalid for
    another length than was said, Locked once the gift is closed, NotFound once it was abandoned, Unavailable.
    """
    most = room(upload=upload, offset=offset, length=length)
    part = files.store(_part_name(upload), chunk)
    try:
        if chunk.size > most:
            raise TooLarge(f"There are too many bytes: at most {most} are accepted here.")
        chunk.verify()
        _add(upload, [part] if chunk.size else [], offset + chunk.size, _settled(upload, length), now=now)
    except GiftingError:
        # After any other error the row may name the part: a file too many is harmless, a missing one is not.
        with suppress(Unavailable):
            files.delete([part])
        raise
    if not chunk.size:
        files.delete([part])
    return upload


def _add(upload: Upload, added: list[str], offset: int, length: int | None, *, now: datetime) -> None:
    fresh = {"offset": offset, "parts": [*upload.parts, *added], "length": length}
    advance = _complete if offset == length else _advance
    advance(upload, fresh, now=now)


def _part_name(upload: Upload) -> str:
    return f"{files.parts_folder(upload)}/{upload.offset:012d}-{secrets.token_hex(4)}"


@transaction.atomic
def _complete(upload: Upload, fresh: Mapping[str, Any], *, now: datetime) -> None:
    """The last byte and the recording's job are one fact: no crash can part them."""
    upload.container = containers.lock(upload.container)
    _advance(upload, {**fresh, "finished_at": now}, now=now)
    recordings.submit(upload=upload, now=now)


def _advance(upload: Upload, fresh: Mapping[str, Any], *, now: datetime) -> None:
    seen = {"offset": upload.offset, "length": upload.length, "finished_at": None}
    if not Upload.objects.filter(pk=upload.pk, expires_at__gt=now, **seen).update(**fresh):
        find_upload(uid=upload.uid, now=now)
        raise OffsetConflict("Another request has written this part of the upload. Ask for its offset.")
    for field, value in fresh.items():
        setattr(upload, field, value)


def abandon(*, upload: Upload, now: datetime) -> None:
    """Forget an unfinished upload and its bytes. Raises Locked for one that was handed in, Unavailable."""
    unfinished = Upload.objects.filter(pk=upload.pk, finished_at__isnull=True)
    if not unfinished.update(expires_at=LONG_AGO):
        raise Locked("This upload is complete and can no longer be withdrawn.")
    _purge(upload.pk, now=now)


def withdraw(container: VideoContainer) -> None:
    """Whatever was sent for an erased gift expires, for `purge_expired`. The caller holds the container."""
    container.uploads.update(expires_at=LONG_AGO, metadata={})


def purge_expired(*, now: datetime) -> int:
    """Forget the expired uploads that no recording needs: how many. One that will not go stops no other."""
    expired = Upload.objects.filter(expires_at__lte=now, recording__isnull=True).order_by("expires_at")
    gone = refusals = 0
    for pk in expired.values_list("pk", flat=True)[:PURGE_LIMIT]:
        try:
            gone += _purge(pk, now=now)
        except Unavailable:
            Upload.objects.filter(pk=pk).update(expires_at=now)  # Behind the others.
            refusals += 1
        if refusals == files.REFUSALS:
            break
    return gone


@transaction.atomic
def _purge(pk: int, *, now: datetime) -> bool:
    """Files first: a row without its files is found again, files without a row are not."""
    rows = Upload.objects.select_for_update(of=("self",)).filter(expires_at__lte=now, recording__isnull=True)
    upload = rows.filter(pk=pk).first()
    if upload is None:
        return False
    files.delete_folder(files.parts_folder(upload))
    upload.delete()
    return True
