"""What is not a gift video is refused, each for its own reason."""

from functools import partial
from pathlib import Path

import pytest

from gifting.dto import RefusalReason
from gifting.errors import VideoRefused
from tests import samples
from tests.gifting.media.conftest import Convert

NO_VIDEOS: dict[str, samples.Sample] = {
    "text": samples.text,
    "zip bomb": samples.zip_bomb,
    "HTML": samples.html,
    "PDF": samples.pdf,
    "SVG": samples.svg,
    "PNG": lambda: samples.image(kind="png"),
    "JPEG": lambda: samples.image(kind="jpg"),
    "GIF": lambda: samples.image(kind="gif"),
    "HLS playlist": samples.hls_playlist,
    "concat playlist": samples.concat_playlist,
    "SDP": samples.sdp,
    "one picture in an MP4": lambda: samples.mp4(seconds=1, rate=1, audio=False),
    "a picture that lasts as long as a song": lambda: samples.mp4(seconds=1, rate=1),
    "an index that claims a gigabyte": samples.claiming_memory,
}
NO_PICTURES: dict[str, samples.Sample] = {
    "WebM": samples.audio_only,
    "M4A": lambda: samples.audio_only(kind="m4a"),
    "MP3": lambda: samples.audio_only(kind="mp3"),
    "WAV": lambda: samples.audio_only(kind="wav"),
    "a song with its cover": samples.song_with_cover,
}
CUT_OFF: dict[str, samples.Sample] = {
    "MP4 without its index": lambda: samples.truncated(samples.mp4(faststart=False)),
    "MP4 with its index first": lambda: samples.truncated(samples.mp4()),
    "WebM that tells its duration": lambda: samples.truncated(samples.webm(live=False)),
    "WebM of a live recording": lambda: samples.truncated(samples.webm()),
    "WebM cut in its header": lambda: samples.truncated(samples.webm(), share=0.001),
    "AVI": lambda: samples.truncated(samples.avi()),
    "WebM with less in it than it declares": samples.overstated,
}


SMALL = partial(samples.mp4, width=160, height=120, audio=False)


def reason_for(convert: Convert, source: Path, **changes: int) -> RefusalReason:
    with pytest.raises(VideoRefused) as refused:
        convert(source, **changes)
    return refused.value.reason


@pytest.mark.parametrize("name", NO_VIDEOS)
def test_what_is_no_video_is_refused_as_such(convert: Convert, name: str) -> None:
    assert reason_for(convert, NO_VIDEOS[name]()) == RefusalReason.NOT_VIDEO


@pytest.mark.parametrize("name", NO_PICTURES)
def test_sound_alone_is_refused_for_want_of_a_picture(convert: Convert, name: str) -> None:
    assert reason_for(convert, NO_PICTURES[name]()) == RefusalReason.NO_PICTURE


@pytest.mark.parametrize("name", CUT_OFF)
def test_a_file_that_was_cut_off_is_refused(convert: Convert, name: str) -> None:
    assert reason_for(convert, CUT_OFF[name]()) == RefusalReason.TRUNCATED


def test_a_picture_that_breaks_off_before_the_file_ends_is_refused(convert: Convert) -> None:
    assert reason_for(convert, samples.spoiled(SMALL())) == RefusalReason.TRUNCATED


def test_a_file_without_bytes_is_refused(convert: Convert) -> None:
    assert reason_for(convert, samples.empty()) == RefusalReason.EMPTY


def test_a_file_of_too_many_bytes_is_refused(convert: Convert) -> None:
    source = samples.webm()
    assert reason_for(convert, source, max_bytes=source.stat().st_size - 1) == RefusalReason.TOO_LARGE


@pytest.mark.parametrize("live", [False, True], ids=["declared", "found while reading"])
def test_a_video_beyond_the_longest_is_refused(convert: Convert, live: bool) -> None:
    source = samples.webm(seconds=13, width=64, height=48, rate=5, audio=False, live=live)
    assert reason_for(convert, source) == RefusalReason.TOO_LONG


def test_a_video_that_declares_too_much_is_refused_unread(convert: Convert) -> None:
    assert reason_for(convert, samples.overstated(), max_seconds=5) == RefusalReason.TOO_LONG


def test_a_video_a_moment_beyond_the_longest_is_accepted(convert: Convert) -> None:
    source = samples.webm(seconds=11, width=64, height=48, rate=5, audio=False)
    assert convert(source).duration_ms > 10_000


def test_a_moment_is_too_short(convert: Convert) -> None:
    assert reason_for(convert, samples.webm(seconds=0.3, width=160, height=120)) == RefusalReason.TOO_SHORT


def test_a_picture_of_too_many_pixels_is_refused(convert: Convert) -> None:
    source = samples.mp4(seconds=1, width=4200, height=4200, rate=2, audio=False, picture="color=blue")
    assert reason_for(convert, source) == RefusalReason.TOO_MANY_PIXELS


def test_a_codec_that_strangers_should_not_feed_is_refused(convert: Convert) -> None:
    assert reason_for(convert, samples.rare_codec()) == RefusalReason.NOT_VIDEO


def test_bytes_that_a_camera_adds_after_the_end_do_not_matter(convert: Convert) -> None:
    source = samples.written("mp4", SMALL(seconds=1).read_bytes() + b"\x00\x00\xff\xffSEFT camera notes")
    assert convert(source).duration_ms == pytest.approx(1000, abs=50)


def test_a_refusal_leaves_no_file(convert: Convert, tmp_path: Path) -> None:
    reason_for(convert, samples.spoiled(SMALL()))
    assert list(tmp_path.iterdir()) == []
