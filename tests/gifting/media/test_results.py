"""Every video becomes one kind of MP4, which phones play while they load it."""

from itertools import pairwise

import pytest

from gifting.dto import ConvertedVideo
from tests import samples
from tests.gifting.media import viewing
from tests.gifting.media.conftest import Convert


def test_a_recording_becomes_h264_in_a_profile_that_phones_play(gift: ConvertedVideo) -> None:
    [picture] = viewing.streams(gift.video, "video")
    assert (picture["name"], picture["profile"], picture["pix_fmt"]) == ("h264", "High", "yuv420p")


def test_the_level_is_one_that_every_phone_decodes(gift: ConvertedVideo) -> None:
    [picture] = viewing.streams(gift.video, "video")
    assert picture["level"] <= 40


def test_its_sound_becomes_aac(gift: ConvertedVideo) -> None:
    [sound] = viewing.streams(gift.video, "audio")
    assert (sound["name"], sound["sample_rate"]) == ("aac", 48_000)


def test_a_silent_video_stays_without_sound(convert: Convert) -> None:
    assert (
        viewing.streams(convert(samples.webm(seconds=1, width=160, height=120, audio=False)).video, "audio")
        == []
    )


def test_the_index_comes_before_the_media(gift: ConvertedVideo) -> None:
    boxes = viewing.boxes(gift.video)
    assert boxes.index("moov") < boxes.index("mdat")


def test_the_duration_is_kept(gift: ConvertedVideo) -> None:
    assert gift.duration_ms == pytest.approx(2000, abs=50)


def test_what_is_told_is_what_was_written(gift: ConvertedVideo) -> None:
    [picture] = viewing.streams(gift.video, "video")
    told = (gift.width, gift.height, gift.size_bytes)
    assert told == (picture["width"], picture["height"], gift.video.stat().st_size)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ((1920, 1080), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((320, 240), (320, 240)),
        ((1600, 400), (1280, 320)),
    ],
    ids=["landscape", "portrait", "small", "wide"],
)
def test_a_picture_is_made_to_fit(convert: Convert, stored: tuple[int, int], shown: tuple[int, int]) -> None:
    source = samples.mp4(seconds=1, width=stored[0], height=stored[1], rate=5, audio=False)
    made = convert(source)
    assert (made.width, made.height) == shown


def test_odd_sizes_become_even(convert: Convert) -> None:
    made = convert(samples.webm(seconds=1, width=320, height=180, filters=",scale=321:181", audio=False))
    assert (made.width, made.height) == (320, 180)


def test_pixels_become_square(convert: Convert) -> None:
    made = convert(samples.mp4(seconds=1, width=320, height=240, filters=",setsar=2", audio=False))
    assert (made.width, made.height) == (640, 240)


@pytest.mark.parametrize(
    ("rotation", "red"),
    [(-90, (0, 0)), (90, (1, 1)), (180, (0, 1))],
    ids=["portrait", "portrait upside down", "landscape upside down"],
)
def test_a_phone_held_any_way_shows_the_picture_upright(
    convert: Convert, rotation: int, red: tuple[int, int]
) -> None:
    made = convert(samples.phone(rotation=rotation))
    corners = {
        place for place in ((0, 0), (0, 1), (1, 0), (1, 1)) if viewing.corner(made.video, *place) == "red"
    }
    assert corners == {red}


def test_a_portrait_from_a_phone_is_portrait(convert: Convert) -> None:
    made = convert(samples.phone())
    assert (made.width, made.height) == (360, 640)


def test_a_recording_that_is_turned_midway_keeps_its_size(convert: Convert) -> None:
    made = convert(samples.turned_midway())
    assert viewing.picture(made.video, at=1.5).shape == (240, 320, 3)


def test_a_recording_that_is_turned_midway_gets_bars_at_its_sides(convert: Convert) -> None:
    row = viewing.picture(convert(samples.turned_midway()).video, at=1.5)[120]
    assert (row[20].max() < 20, row[160][0] > 200) == (True, True)


def test_no_rotation_is_left_to_the_player(convert: Convert) -> None:
    assert viewing.rotation(convert(samples.phone()).video) == 0


def test_high_rates_are_capped_at_30_pictures_a_second(convert: Convert) -> None:
    made = convert(samples.mp4(seconds=2, width=160, height=120, rate=60, audio=False))
    assert len(viewing.times(made.video)) == pytest.approx(60, abs=1)


def test_lower_rates_are_kept(convert: Convert) -> None:
    made = convert(samples.mp4(seconds=2, width=160, height=120, rate=24, audio=False))
    assert len(viewing.times(made.video)) == 48


def test_a_long_gap_between_pictures_is_filled(convert: Convert) -> None:
    made = convert(samples.webm(width=160, height=120, filters=",select='lt(t,0.5)+gt(t,1.7)'"))
    shown = viewing.times(made.video)
    assert max(later - earlier for earlier, later in pairwise(shown)) < 0.3


def test_sound_that_starts_late_stays_late(convert: Convert) -> None:
    video = convert(samples.webm(width=160, height=120, sound_filters=",asetpts=PTS+0.8/TB")).video
    assert viewing.loudness(video, 0.1, 0.6) < 0.001 < 0.01 < viewing.loudness(video, 1, 1.6)


def test_a_picture_that_starts_late_is_shown_from_the_start(convert: Convert) -> None:
    video = convert(samples.webm(width=160, height=120, filters=",select='gt(t,0.7)'")).video
    assert viewing.times(video)[0] == 0


def test_hdr_becomes_standard_range_of_the_same_look(convert: Convert) -> None:
    gray = samples.mp4(seconds=1, width=64, height=64, rate=5, audio=False, picture="color=gray", is_hdr=True)
    video = convert(gray).video
    # HLG puts white at three quarters of its range: the half that the source holds is a brighter gray.
    assert (viewing.colors(video), viewing.picture(video)[32, 32, 0]) == (
        (1, 1, 1),
        pytest.approx(143, abs=5),
    )


def test_nothing_is_left_of_where_and_with_what_it_was_filmed(convert: Convert) -> None:
    content = convert(samples.travelled()).video.read_bytes()
    assert not [told for told in (b"Secret", b"48.8584", b"Telltale") if told in content]


@pytest.mark.parametrize(
    "source", [samples.avi, samples.mpegts, samples.fragmented], ids=["AVI", "TS", "live MP4"]
)
def test_other_containers_are_read_to_their_end(convert: Convert, source: samples.Sample) -> None:
    assert convert(source()).duration_ms == pytest.approx(2000, abs=100)
