"""Pictures and archives of them, made on the spot."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from PIL import Image

from gifting.models.files import gift_storage


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 240), color: str = "navy") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, color).save(target, kind)
    return target.getvalue()


def animation(kind: str) -> bytes:
    """Two frames: the first is red, the second is blue."""
    first, second = (Image.new("RGB", (40, 40), color) for color in ("red", "blue"))
    target = io.BytesIO()
    first.save(target, kind, save_all=True, append_images=[second], duration=100, lossless=True)
    return target.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


class FullDisk(FileSystemStorage):
    """Takes a few files, then no more."""

    def __init__(self, *, room: int, **options: Any) -> None:
        super().__init__(**options)
        self.room = room

    def _save(self, name: str, content: Any) -> str:
        if not self.room:
            raise OSError(28, "No space left on device")
        self.room -= 1
        return super()._save(name, content)


def stored() -> list[str]:
    """The names of all pictures of packs in the storage."""
    return sorted(path.name for path in _folder().rglob("*") if path.is_file())


def forget_stored() -> None:
    shutil.rmtree(_folder(), ignore_errors=True)


def _folder() -> Path:
    return Path(gift_storage().path("packs"))
