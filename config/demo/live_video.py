"""The video of the sample show: HLS files drawn by code, played round and round as if somebody filmed."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from config.demo.video import DAWN, DUSK, NIGHT, SECONDS, encode

SEGMENT_SECONDS = 2
SKIES = (DUSK, NIGHT, DAWN)
SEGMENTS = len(SKIES) * SECONDS // SEGMENT_SECONDS
WINDOW = 5
LONGEST = timedelta(hours=6)
LIVE, TRAILER, REPLAY = "live.m3u8", "trailer.m3u8", "replay.mp4"
REPLAY_OF = "replay-{}.m3u8"
TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t"}


def folder() -> Path:
    """Where the files are."""
    return Path(settings.VAR) / "demo-live"


def ensure_video() -> None:
    """Draw what is not there yet; a draft that was broken off is drawn again."""
    folder().mkdir(parents=True, exist_ok=True)
    if not (folder() / TRAILER).exists():
        options = {
            "hls_time": str(SEGMENT_SECONDS),
            "hls_list_size": "0",
            "hls_segment_filename": str(folder() / "part%d.ts"),
            "hls_flags": "temp_file",
        }
        encode(str(folder() / TRAILER), SKIES, kind="hls", options=options)
    if not (folder() / REPLAY).exists():
        draft = folder() / "draft.mp4"
        encode(str(draft), SKIES, kind="mp4", options={"movflags": "faststart"})
        draft.replace(folder() / REPLAY)


def live_playlist(now: datetime) -> str:
    """The newest segments, as a live encoder would list them: the same at every viewer at the same moment."""
    newest = _number(now)
    first = newest - WINDOW + 1
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS + 1}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{-(-first // SEGMENTS)}",
    ]
    return "\n".join([*head, *_segments(first, newest), ""])


def replay_playlist(start: datetime, end: datetime) -> str:
    """What was live in between, as a recording would have it."""
    first, last = _number(start), max(_number(start), _number(min(end, start + LONGEST)) - 1)
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS + 1}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    return "\n".join([*head, *_segments(first, last), "#EXT-X-ENDLIST", ""])


def _number(moment: datetime) -> int:
    return int(moment.timestamp()) // SEGMENT_SECONDS


def _segments(first: int, last: int) -> list[str]:
    return [line for number in range(first, last + 1) for line in _segment(number)]


def _segment(number: int) -> list[str]:
    """The clock of the video starts anew with each round."""
    place = number % SEGMENTS
    seam = [] if place else ["#EXT-X-DISCONTINUITY"]
    return [*seam, f"#EXTINF:{SEGMENT_SECONDS:.3f},", f"part{place}.ts"]
