"""The conversion process: `python -m gifting.media SOURCE VIDEO POSTER LIMITS PARENT`, JSON on stdout."""

import json
import sys
from pathlib import Path

from gifting.dto import ConvertedVideo, MediaLimits, RefusalReason
from gifting.errors import MediaFailed, VideoRefused
from gifting.media.confinement import MEBIBYTE, confine, unused_memory

NEARLY_NOTHING = 0.15
LARGEST_HONEST_BYTES = 256 * MEBIBYTE  # twice one frame of 16.8 million pixels in 4:4:4 with 16 bits


def main(source: str, video: str, poster: str, limits_json: str, parent: str) -> None:
    limits = MediaLimits(**json.loads(limits_json))
    confine(limits, parent=int(parent))
    json.dump(answer(Path(source), Path(video), Path(poster), limits), sys.stdout)


def answer(source: Path, video: Path, poster: Path, limits: MediaLimits) -> dict[str, object]:
    """`{"made": {...}}`, `{"refused": reason, "detail": text}` or `{"failed": sentence}`."""
    from gifting.media.conversion import make  # after the limits, which the codec libraries then live in

    try:
        return {"made": _sizes(make(source, video, poster, limits=limits))}
    except VideoRefused as refusal:
        return _refused(refusal, limits)
    except MediaFailed as failure:
        return {"failed": failure.message}
    except MemoryError:
        return _out_of_memory(limits)


def _refused(refusal: VideoRefused, limits: MediaLimits) -> dict[str, object]:
    # A decoder that gets no memory calls the file damaged.
    if unused_memory(limits) < limits.memory_mb * MEBIBYTE * NEARLY_NOTHING:
        return _out_of_memory(limits)
    return {"refused": refusal.reason, "detail": refusal.detail}


def _out_of_memory(limits: MediaLimits) -> dict[str, object]:
    if unused_memory(limits) > LARGEST_HONEST_BYTES:
        return {"refused": RefusalReason.NOT_VIDEO, "detail": "It claims more memory than any video needs."}
    return {"failed": f"The conversion needs more than {limits.memory_mb} MB. Allow it more, then try again."}


def _sizes(made: ConvertedVideo) -> dict[str, int]:
    return {
        "duration_ms": made.duration_ms,
        "width": made.width,
        "height": made.height,
        "size_bytes": made.size_bytes,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
