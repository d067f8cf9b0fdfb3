"""What lies in the gift storage."""

from pathlib import Path

from gifting.models import VideoContainer
from gifting.models.files import gift_storage


def gift_files(container: VideoContainer) -> list[str]:
    """The names of all videos and posters that are kept for a gift."""
    return [path.name for path in _files(f"gifts/{container.urid}")]


def part_files() -> list[Path]:
    """The parts of all uploads."""
    return _files("uploads")


def _files(folder: str) -> list[Path]:
    return sorted(path for path in Path(gift_storage().path(folder)).rglob("*") if path.is_file())
