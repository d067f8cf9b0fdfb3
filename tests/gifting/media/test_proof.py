"""A result that would not play to its end is caught before anybody is told that it is ready."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import pytest

from gifting.dto import ConvertedVideo
from gifting.errors import MediaFailed
from gifting.media.playback import prove


def cut(content: bytes) -> bytes:
    return content[: len(content) * 3 // 4]


def cut_between_pictures(content: bytes) -> bytes:
    with av.open(BytesIO(content)) as file:
        places = [packet.pos for packet in file.demux(video=0) if packet.size]
    return content[: places[-1]]


def blank_the_end(content: bytes) -> bytes:
    return content[: len(content) * 3 // 4] + bytes(len(content) - len(content) * 3 // 4)


def blank_the_first_picture(content: bytes) -> bytes:
    first = content.index(b"mdat") + 2000
    return content[:first] + bytes(3000) + content[first + 3000 :]


def test_a_sound_result_is_proved(gift: ConvertedVideo) -> None:
    played = prove(gift.video, seconds=2)
    assert (played.width, played.height) == (640, 480)


@pytest.mark.parametrize("damage", [cut, cut_between_pictures, blank_the_end, blank_the_first_picture])
def test_a_damaged_result_fails(
    gift: ConvertedVideo, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    damaged = tmp_path / "video.mp4"
    damaged.write_bytes(damage(gift.video.read_bytes()))
    with pytest.raises(MediaFailed):
        prove(damaged, seconds=2)


def test_a_result_that_ends_early_fails(gift: ConvertedVideo) -> None:
    with pytest.raises(MediaFailed, match="ends at"):
        prove(gift.video, seconds=4)
