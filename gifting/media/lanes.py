"""The two streams on their way through a conversion: packets in, packets of H.264 or AAC out."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from gifting.media.geometry import Colors, Framer, Size, pixel_of
from gifting.media.probe import Facts
from gifting.media.reading import frames_of, prepare

MAX_RATE = 30
LONGEST_GAP = 0.2
CLOCK = Fraction(1, 90_000)
X264 = {"preset": "veryfast", "crf": "23", "profile": "high", "maxrate": "5M", "bufsize": "10M", "g": "60"}
MAX_THREADS = 4  # more gain little at 720p, and each costs address space
MPEG_RANGE = 1
SOUND_RATE = 48_000
SOUND_BITS = 128_000
AAC_SAMPLES = 1024


class RateCap:
    """Lets at most `rate` pictures a second pass and forgives the jitter of a live recording."""

    SLACK = 0.4  # of an interval

    def __init__(self, rate: int) -> None:
        self._interval = 1 / rate
        self._due: float | None = None

    def admits(self, seconds: float) -> bool:
        due, slack = self._due, self.SLACK * self._interval
        if due is not None and seconds < due - slack:
            return False
        self._due = (seconds if due is None else max(due, seconds - slack)) + self._interval
        return True


class PictureLane:
    """`shown` is when the last picture written appears and `end` when it goes: seconds from the start."""

    def __init__(self, source: VideoStream, target: VideoStream, facts: Facts) -> None:
        prepare(source)
        self.source, self._target, self._facts = source, target, facts
        self._framer = Framer((target.width, target.height), pixel_of(source))
        self._cap = RateCap(MAX_RATE)
        self._last: VideoFrame | None = None
        self._hold_until = self.shown = self.end = 0.0

    def take(self, packet: Packet[Any]) -> list[Packet[Any]]:
        return [made for frame in frames_of(packet) for made in self._encoded(frame)]

    def finish(self) -> list[Packet[Any]]:
        return self._held(self._hold_until) + self._target.encode(None)

    def _encoded(self, frame: VideoFrame) -> list[Packet[Any]]:
        at = self._time(frame)
        if not self._cap.admits(at):
            return []
        held = self._held(at)
        lasts = float(frame.duration * (frame.time_base or 0))
        self._hold_until = min(at + lasts, self._facts.end - self._facts.start)
        self._last = self._framer.frame(frame)
        return held + self._written(self._last, at)

    def _time(self, frame: VideoFrame) -> float:
        """The first picture is shown from the start: a camera often wakes later than its microphone."""
        if self._last is None:
            return 0.0
        return self.end if frame.pts is None else frame.time - self._facts.start

    def _held(self, until: float) -> list[Packet[Any]]:
        """The last picture again and again: players seek badly where a phone that slept left a long gap."""
        made = []
        while self._last and until - self.end > LONGEST_GAP:
            made += self._written(self._last, self.end + LONGEST_GAP)
        return made

    def _written(self, framed: VideoFrame, at: float) -> list[Packet[Any]]:
        self.shown, self.end = at, at + 1 / MAX_RATE
        framed.pts, framed.time_base = round(at / CLOCK), CLOCK
        framed.duration = round(1 / MAX_RATE / CLOCK)
        # The encoder would copy the source's choice of key frames.
        framed.pict_type = PictureType.NONE
        return self._target.encode(framed)


class SoundLane:
    """Fills what the recording left silent, so that it stays with the picture. `end` as there."""

    def __init__(self, source: AudioStream, target: AudioStream, facts: Facts) -> None:
        self.source, self._target, self._start = source, target, facts.start
        self._format: tuple[str, str, int] | None = None
        self._resampler = AudioResampler()
        self._samples = 0

    def take(self, packet: Packet[Any]) -> list[Packet[Any]]:
        return [made for frame in frames_of(packet) for made in self._encoded(frame)]

    @property
    def end(self) -> float:
        return self._samples / SOUND_RATE

    def finish(self) -> list[Packet[Any]]:
        return self._written(self._resampler.resample(None)) + self._target.encode(None)

    def _encoded(self, frame: AudioFrame) -> list[Packet[Any]]:
        sound_format = (frame.format.name, frame.layout.name, frame.sample_rate)
        made = []
        if sound_format != self._format:
            made = self._written(self._resampler.resample(None))
            self._format, self._resampler = sound_format, self._new_resampler()
        if frame.pts is not None:
            frame.pts -= round(self._start / (frame.time_base or CLOCK))
        return made + self._written(self._resampler.resample(frame))

    def _new_resampler(self) -> AudioResampler:
        context = self._target.codec_context
        return AudioResampler(
            format=context.format,
            layout=context.layout,
            rate=SOUND_RATE,
            frame_size=AAC_SAMPLES,  # without it, sound that needs no resampling passes with its gaps
            options={"async": "1", "first_pts": str(self._samples)},
        )

    def _written(self, frames: list[AudioFrame]) -> list[Packet[Any]]:
        return [made for frame in frames for made in self._target.encode(self._placed(frame))]

    def _placed(self, frame: AudioFrame) -> AudioFrame:
        """Samples follow samples: a damaged clock never tears the result."""
        frame.pts, frame.time_base = self._samples, Fraction(1, SOUND_RATE)
        self._samples += frame.samples
        return frame


def picture_target(outgoing: OutputContainer, size: Size, colors: Colors) -> VideoStream:
    """A new H.264 stream."""
    target = outgoing.add_stream("libx264", rate=MAX_RATE, options=X264)
    context = target.codec_context
    context.width, context.height = size
    context.pix_fmt, context.color_range = "yuv420p", MPEG_RANGE
    context.colorspace, context.color_primaries, context.color_trc = colors
    context.time_base = CLOCK
    context.thread_count = min(MAX_THREADS, os.cpu_count() or 1)
    return target


def sound_target(outgoing: OutputContainer, source: AudioStream) -> AudioStream:
    """A new AAC stream, mono for mono and stereo for all else."""
    target = outgoing.add_stream("aac", rate=SOUND_RATE)
    target.codec_context.layout = "mono" if source.channels == 1 else "stereo"
    target.codec_context.bit_rate = SOUND_BITS
    return target
