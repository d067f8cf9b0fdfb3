"""The steps of one conversion, in the order in which they cost more and more."""

from pathlib import Path

from gifting.dto import ConvertedVideo, MediaLimits
from gifting.media.playback import prove
from gifting.media.poster import write_poster
from gifting.media.probe import probe
from gifting.media.transcode import transcode


def make(source: Path, video: Path, poster: Path, *, limits: MediaLimits) -> ConvertedVideo:
    """Write `video` and `poster`. Raises VideoRefused and MediaFailed."""
    facts = probe(source, limits=limits)
    seconds = transcode(source, video, facts=facts, limits=limits)
    played = prove(video, seconds=seconds)
    write_poster(video, poster)
    return ConvertedVideo(
        video=video,
        poster=poster,
        duration_ms=round(played.seconds * 1000),
        width=played.width,
        height=played.height,
        size_bytes=video.stat().st_size,
    )
