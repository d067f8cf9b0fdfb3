"""The public door: `convert` works in a confined child process, so that a hostile file harms nobody."""

import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from gifting.dto import ConvertedVideo, MediaLimits, RefusalReason
from gifting.errors import MediaFailed, VideoRefused

VIDEO_NAME = "video.mp4"
POSTER_NAME = "poster.jpg"
STOPPED = "The conversion stopped unexpectedly. Try again; if it stops again, ask for another recording."

log = logging.getLogger(__name__)


def convert(source: Path, folder: Path, *, limits: MediaLimits) -> ConvertedVideo:
    """Make an MP4 and a JPEG poster of `source` in the existing `folder`. An error leaves nothing there.

    Raises VideoRefused for what can never become a gift video, MediaFailed where trying again may help.
    """
    video, poster = folder / VIDEO_NAME, folder / POSTER_NAME
    try:
        made = _made(_run(_command(source, video, poster, limits), folder, limits))
        return ConvertedVideo(video=video, poster=poster, **made)
    except BaseException:
        video.unlink(missing_ok=True)
        poster.unlink(missing_ok=True)
        raise


def _command(source: Path, video: Path, poster: Path, limits: MediaLimits) -> list[str]:
    # -P: an upload folder must never become a place to import from.
    paths = [str(path.absolute()) for path in (source, video, poster)]
    return [sys.executable, "-P", "-m", "gifting.media", *paths, json.dumps(asdict(limits)), str(os.getpid())]


def _run(command: list[str], folder: Path, limits: MediaLimits) -> bytes:
    """What the child wrote. Raises MediaFailed unless it ended well and in time."""
    child = subprocess.Popen(  # noqa: S603  # no shell, and no word of the command is the uploader's
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(),
        start_new_session=True,
    )
    with child:
        try:
            written, complaint = child.communicate(timeout=limits.timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise MediaFailed(_too_slow(limits)) from error
        finally:
            _end(child)
    if child.returncode:
        log.error(
            "A conversion ended with %s: %s", child.returncode, complaint.decode(errors="replace")[-2000:]
        )
        raise MediaFailed(_too_slow(limits) if child.returncode == -signal.SIGXCPU else STOPPED)
    return written


def _environment() -> dict[str, str]:
    """Only what Python needs to find the code: the worker's own environment holds its secrets."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        "MALLOC_ARENA_MAX": "2",  # glibc reserves 64 MB of the limited address space for each arena
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _too_slow(limits: MediaLimits) -> str:
    return (
        f"The conversion takes more than {limits.timeout_seconds} s. Try again when the server is less busy."
    )


def _made(written: bytes) -> dict[str, int]:
    """The child's answer, or the error in it."""
    try:
        told = json.loads(written)
    except ValueError as error:
        raise MediaFailed(STOPPED) from error
    if "refused" in told:
        raise VideoRefused(RefusalReason(told["refused"]), told["detail"])
    if "failed" in told:
        raise MediaFailed(told["failed"])
    made: dict[str, int] = told["made"]
    return made
