"""A poster stands for the video until it plays."""

import numpy as np
from PIL import Image

from gifting.dto import ConvertedVideo
from tests import samples
from tests.gifting.media import viewing
from tests.gifting.media.conftest import Convert

BLACK_AT_FIRST = ",drawbox=color=black:t=fill:enable='lt(t,1.5)'"


def test_the_poster_is_a_jpeg_of_the_size_of_the_video(gift: ConvertedVideo) -> None:
    with Image.open(gift.poster) as poster:
        assert (poster.format, poster.size) == ("JPEG", (gift.width, gift.height))


def test_the_poster_is_the_picture_at_one_second(gift: ConvertedVideo) -> None:
    poster = np.asarray(Image.open(gift.poster).convert("L"), dtype=float)
    shown = np.asarray(Image.fromarray(viewing.picture(gift.video, at=1)).convert("L"), dtype=float)
    assert np.abs(poster - shown).mean() < 3


def test_a_black_beginning_is_passed_over(convert: Convert) -> None:
    made = convert(samples.webm(width=160, height=120, filters=BLACK_AT_FIRST))
    assert np.asarray(Image.open(made.poster)).mean() > 60


def test_a_video_that_is_black_throughout_has_a_poster_all_the_same(convert: Convert) -> None:
    made = convert(samples.webm(seconds=1, width=160, height=120, audio=False, picture="color=black"))
    assert np.asarray(Image.open(made.poster)).mean() < 10


def test_a_larger_video_has_a_poster_of_at_most_1280_pixels(convert: Convert) -> None:
    made = convert(samples.mp4(seconds=1, width=1920, height=1080, rate=5, audio=False), max_height=1080)
    with Image.open(made.poster) as poster:
        assert (made.width, poster.size) == (1920, (1280, 720))
