"""Is a file cut off? Told from the outline of its boxes (MP4, MOV) or elements (WebM), before any demuxer."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

INDEXES = {b"moov", b"meta"}  # HEIF stills keep their index in `meta`: no video, but not cut off either
BOXES = INDEXES | {
    *(b"ftyp", b"styp", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"emsg", b"prft"),
    *(b"pdin", b"free", b"skip", b"wide", b"udta", b"uuid"),
}

EBML, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
ELEMENTS = {EBML, SEGMENT, CLUSTER} | {
    *(0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1254C367, 0x114D9B74),  # info, tracks, cues, tags, seek head
    *(0x1941A469, 0x1043A770, 0xEC, 0xBF),  # attachments, chapters, void, checksum
    *(0xE7, 0xA3, 0xA0, 0xA7, 0xAB),  # in a cluster: timestamp, block, block group, position, previous size
}
BEYOND = 1 << 64  # the length of what the end of the file swallowed
SOUNDS = (b"ID3", b"fLaC", b"OggS", b"#!AMR", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9")


def is_sound(path: Path) -> bool:
    """True for the common files of sound alone, which no video demuxer opens."""
    with path.open("rb") as file:
        head = file.read(12)
    return head.startswith(SOUNDS) or (head[:4], head[8:]) == (b"RIFF", b"WAVE")


def is_cut_off(path: Path) -> bool:
    """True where the file announces bytes that are not there. False for what is neither MP4 nor WebM."""
    with path.open("rb") as file:
        walk = _walk_for(file.read(8))
        file.seek(0)
        return walk is not None and walk(file, path.stat().st_size)


def _walk_for(head: bytes) -> Callable[[BinaryIO, int], bool] | None:
    if head[4:] in BOXES:
        return _boxes_are_cut_off
    return _elements_are_cut_off if head[:4] == EBML.to_bytes(4) else None


def _boxes_are_cut_off(file: BinaryIO, size: int) -> bool:
    seen, position = set(), 0
    while size - position >= 8:
        kind, length = _box(file, size - position)
        if kind not in BOXES or length < 8:
            return False  # cameras append bytes of their own, which follow no rules
        seen.add(kind)
        position += length
        if position > size:
            return True
        file.seek(position)
    return not seen & INDEXES


def _box(file: BinaryIO, left: int) -> tuple[bytes, int]:
    """Type and length of the box that starts here; a length of 0 on the wire means all that is left."""
    length, kind = int.from_bytes(file.read(4)), file.read(4)
    if length == 1:
        length = int.from_bytes(file.read(8))
    return kind, length or left


def _elements_are_cut_off(file: BinaryIO, size: int) -> bool:
    has_cluster = False
    while file.tell() < size:
        element, length = _number(file, marker=True), _number(file, marker=False)
        if element not in ELEMENTS:
            return False
        has_cluster |= element == CLUSTER
        if length is not None and file.tell() + length > size:
            return True
        # A live recording leaves the sizes of segment and clusters open: their children follow like siblings.
        if element != SEGMENT and length is not None:
            file.seek(length, os.SEEK_CUR)
    return not has_cluster


def _number(file: BinaryIO, *, marker: bool) -> int | None:
    """An EBML number, with its length marker as in ids or without as in sizes; None for a size left open."""
    first = file.read(1)
    width = 9 - first[0].bit_length() if first else 1
    rest = file.read(width - 1)
    if len(first + rest) < width:
        return BEYOND
    value = int.from_bytes(first + rest)
    if marker:
        return value
    value &= (1 << 7 * width) - 1
    return None if value == (1 << 7 * width) - 1 else value
