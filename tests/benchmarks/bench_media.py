"""What a conversion costs beside the ffmpeg command line with the same settings, in processor seconds."""

import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from gifting.dto import MediaLimits
from gifting.media import sandbox
from gifting.media.lanes import MAX_RATE, SOUND_BITS, SOUND_RATE, X264
from tests import samples
from tests.benchmarks.table import Row

AIM = 1.2
SECONDS = 6
REPETITIONS = 3
NOISE = ",noise=alls=8:allf=t"  # a camera is never as clean as a drawing
LIMITS = MediaLimits(max_seconds=60, max_bytes=300_000_000, timeout_seconds=300, memory_mb=2048)


def rows() -> list[Row]:
    """Processor seconds per second of video: with probe, proof and poster, against a bare conversion."""
    recording = samples.webm(seconds=SECONDS, width=1280, height=720, filters=NOISE)
    phone = samples.mp4(seconds=SECONDS, width=1920, height=1080, filters=NOISE)
    return [_row("convert a browser's 720p WebM", recording), _row("convert a phone's 1080p MP4", phone)]


def _row(name: str, source: Path) -> Row:
    with tempfile.TemporaryDirectory() as made:
        ours, reference = _measured(source, Path(made))
    if reference is None:
        return Row(
            name=name,
            ours=_told(ours),
            reference="ffmpeg not installed",
            ratio=None,
            aim=f"<= {AIM}",
            met=None,
        )
    ratio = ours / reference
    return Row(
        name=name,
        ours=_told(ours),
        reference=_told(reference),
        ratio=ratio,
        aim=f"<= {AIM}",
        met=ratio <= AIM,
    )


def _measured(source: Path, folder: Path) -> tuple[float, float | None]:
    """The best of a few turns, taken by turns so that a busy machine is unfair to both."""
    ours, reference = [], []
    for _ in range(REPETITIONS):
        ours.append(_cost(lambda: sandbox.convert(source, folder, limits=LIMITS)))
        if shutil.which("ffmpeg"):
            reference.append(_cost(lambda: subprocess.run(_command(source, folder), check=True)))
    return min(ours), min(reference, default=None)


def _cost(work: Callable[[], object]) -> float:
    """Processor seconds of the children that `work` waits for, per second of video."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / SECONDS


def _command(source: Path, folder: Path) -> list[str]:
    picture = ["-vf", "scale='min(1280,iw)':'min(720,ih)'", "-pix_fmt", "yuv420p", "-fpsmax", str(MAX_RATE)]
    encoder = [word for name, value in X264.items() for word in (f"-{name}:v", value)]
    sound = ["-c:a", "aac", "-b:a", str(SOUND_BITS), "-ar", str(SOUND_RATE)]
    target = ["-map_metadata", "-1", "-movflags", "+faststart", str(folder / "reference.mp4")]
    return [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-i",
        str(source),
        *picture,
        "-c:v",
        "libx264",
        *encoder,
        *sound,
        *target,
    ]


def _told(cost: float) -> str:
    return f"{cost:.3f} CPU s/s"
