"""Opening files from strangers: video containers and known codecs, never a second file or an address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.codec.context import ThreadType
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

# Not av.FFmpegError: no memory and no disk are the machine's troubles, not the file's.
UNREADABLE = (
    av.InvalidDataError,
    av.ArgumentError,
    av.EOFError,
    av.PatchWelcomeError,
    av.DemuxerNotFoundError,
)
MAX_PIXELS = 4096 * 4096
CONTAINERS = ("matroska", "webm", "mov", "mp4", "avi", "mpegts")
PICTURE_DECODERS = frozenset(
    {
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "libdav1d",
        "mpeg4",
        "msmpeg4v2",
        "msmpeg4",
        "h263",
        "mjpeg",
        "mpeg1video",
        "mpeg2video",
        "prores",
        "dvvideo",
    }
)
SOUND_DECODERS = frozenset(
    {
        "aac",
        "mp3",
        "mp3float",
        "mp2",
        "mp2float",
        "opus",
        "libopus",
        "vorbis",
        "ac3",
        "eac3",
        "alac",
        "flac",
        "amrnb",
        "amrwb",
        "libopencore_amrnb",
        "libopencore_amrwb",
        "adpcm_ms",
        "adpcm_ima_wav",
        "adpcm_ima_qt",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_s24le",
        "pcm_s24be",
        "pcm_s32le",
        "pcm_f32le",
        "pcm_f32be",
        "pcm_u8",
        "pcm_alaw",
        "pcm_mulaw",
    }
)
OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(CONTAINERS),
    "codec_whitelist": ",".join(sorted(PICTURE_DECODERS | SOUND_DECODERS)),
    "max_pixels": str(MAX_PIXELS),
}
THREADS = 2  # each one costs address space, which is limited


def opened(path: Path) -> InputContainer:
    """The container, its header read. Raises av.FFmpegError for what no accepted demuxer reads."""
    return av.open(f"file:{path}", mode="r", options=OPTIONS, metadata_errors="replace")


def picture_in(container: InputContainer) -> VideoStream | None:
    """The moving picture; the cover art of a song is none."""
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
        return None
    return stream


def sound_in(container: InputContainer) -> AudioStream | None:
    """The main sound track."""
    stream = container.streams.best("audio")
    return stream if isinstance(stream, AudioStream) else None


def prepare(picture: VideoStream) -> None:
    """Give the decoder its limits, before its first packet."""
    picture.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    picture.codec_context.thread_type = ThreadType.AUTO
    picture.codec_context.thread_count = THREADS


def frames_of(packet: Packet[Any]) -> list[Any]:
    """The pictures or sounds that this packet completes; none where it is damaged, as players do it."""
    try:
        return list(packet.decode())
    except av.MemoryError:
        raise
    except av.FFmpegError:
        return []
