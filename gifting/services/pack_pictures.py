"""Pictures of packs: known by their content, each with a small still one for lists."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from gifting.cards.logos import BROKEN
from gifting.errors import Invalid
from gifting.models import Sticker, StickerPack
from gifting.services import files, jobs

MAX_PICTURE_BYTES = 2_000_000
MAX_PIXELS = 16_000_000
THUMBNAIL_PIXELS = (200, 200)
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is known of a picture that was checked: `.png` and the like, and a WebP of at most 200 pixels."""

    suffix: str
    thumbnail: bytes


def check(data: bytes) -> Picture:
    """Raises Invalid with what is wrong. Of an animation the first frame is read."""
    if len(data) > MAX_PICTURE_BYTES:
        raise Invalid(_("The picture is too large: at most 2 MB are accepted."))
    try:
        return _read(data)
    except BROKEN as exc:
        raise Invalid(_("This is no PNG, JPEG, GIF or WebP picture, or it is damaged.")) from exc


def _read(data: bytes) -> Picture:
    with Image.open(BytesIO(data), formats=tuple(SUFFIXES)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Invalid(_("The picture has too many pixels: at most 16 million are accepted."))
        kind = str(image.format)
        if not _is_whole(data, kind):
            raise ValueError("it is cut off")
        upright = ImageOps.exif_transpose(image)
        still = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    return Picture(suffix=SUFFIXES[kind], thumbnail=_thumbnail(still))


def _is_whole(data: bytes, kind: str) -> bool:
    """Pillow would say so too, but importing WeasyPrint tells it to let broken files pass."""
    match kind:
        case "PNG":
            return b"IEND" in data[-1024:]
        case "JPEG":
            return b"\xff\xd9" in data[-1024:]
        case "GIF":
            return data.rstrip(b"\0").endswith(b";")
    return bool(struct.unpack("<I", data[4:8])[0] + 8 <= len(data))


def _thumbnail(still: Image.Image) -> bytes:
    still.thumbnail(THUMBNAIL_PIXELS, Image.Resampling.LANCZOS)
    target = BytesIO()
    still.save(target, "WEBP", quality=82)
    return target.getvalue()


def files_of(row: StickerPack | Sticker) -> list[str]:
    """The names of the row's pictures in the storage."""
    return [str(file.name) for file in (row.image, row.thumbnail) if file]


def forget(names: Iterable[str]) -> None:
    """Remove pictures that nobody shows any more, once what is written here is safe."""
    if gone := list(names):
        jobs.after_commit(files.delete, gone)
