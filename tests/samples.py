"""Sample files, generated once per process: moving pictures with a tone, and everything that is none.

`picture` names a source in FFmpeg's filter language (`testsrc2`, `gradients`, `color=blue`), `filters` and
`sound_filters` continue it (`,drawbox=...`).
"""

import atexit
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
from av.container import OutputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

Sample = Callable[[], Path]
MOVING = "testsrc2"
TONE = "sine=frequency=440:sample_rate=48000"
NONE: Mapping[str, str] = MappingProxyType({})
ENCODERS = {
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libx264": {"preset": "ultrafast", "g": "30"},
}
Colors = tuple[int, int, int]  # matrix, primaries, transfer
UNKNOWN, HLG = (2, 2, 2), (9, 9, 18)
_numbers = count()


@cache
def folder() -> Path:
    """Where the samples of this process lie; removed when it ends."""
    path = Path(tempfile.mkdtemp(prefix="giftcast-samples-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@cache
def webm(
    *,
    seconds: float = 2,
    width: int = 640,
    height: int = 480,
    audio: bool = True,
    live: bool = True,
    rate: int = 30,
    picture: str = MOVING,
    filters: str = "",
    sound_filters: str = "",
) -> Path:
    """VP8 and Opus, sound first. `live` is what a browser's recorder sends: no duration, sizes left open."""
    sources = [_sound(seconds, sound_filters)] if audio else []
    sources.append(_picture(picture, width, height, rate, seconds, filters))
    muxer = {"live": "1"} if live else {}
    return _write("webm", sources, {"video": "libvpx", "audio": "libopus"}, muxer)


@cache
def mp4(
    *,
    seconds: float = 2,
    width: int = 640,
    height: int = 480,
    audio: bool = True,
    picture: str = MOVING,
    filters: str = "",
    rate: int = 30,
    rotation: int = 0,
    faststart: bool = True,
    is_hdr: bool = False,
) -> Path:
    """H.264 and AAC. `rotation` is what a phone writes: degrees to turn the picture counterclockwise."""
    sources = [_picture(picture, width, height, rate, seconds, filters)]
    sources += [_sound(seconds, "")] if audio else []
    muxer = {"movflags": "+faststart"} if faststart else {}
    pixels, colors = ("yuv420p10le", HLG) if is_hdr else ("yuv420p", UNKNOWN)
    codecs = {"video": "libx264", "audio": "aac"}
    return _write("mp4", sources, codecs, muxer, rotation=rotation, pixels=pixels, colors=colors)


@cache
def avi(*, seconds: float = 2) -> Path:
    """MPEG-4 and MP3, as older cameras write them."""
    sources = [_picture(MOVING, 320, 240, 30, seconds, ""), _sound(seconds, "")]
    return _write("avi", sources, {"video": "mpeg4", "audio": "libmp3lame"}, {})


@cache
def mpegts(*, seconds: float = 2) -> Path:
    """H.264 and AAC in the container of broadcasts."""
    sources = [_picture(MOVING, 320, 240, 30, seconds, ""), _sound(seconds, "")]
    return _write("ts", sources, {"video": "libx264", "audio": "aac"}, {})


@cache
def fragmented(*, seconds: float = 2) -> Path:
    """MP4 as a browser's recorder sends it while it records."""
    sources = [_sound(seconds, ""), _picture(MOVING, 320, 240, 30, seconds, "")]
    muxer = {"movflags": "+frag_keyframe+empty_moov"}
    return _write("mp4", sources, {"video": "libx264", "audio": "aac"}, muxer)


@cache
def rare_codec() -> Path:
    """An AVI with a picture that hardly any camera writes, but that FFmpeg can decode."""
    return _write("avi", [_picture(MOVING, 320, 240, 30, 1, "")], {"video": "ffv1"}, {})


@cache
def phone(*, seconds: float = 2, rotation: int = -90) -> Path:
    """A portrait video of 360x640 as phones store it, lying on its side: red in the upper left, else blue."""
    box = ",drawbox=0:ih/2:iw/2:ih/2:red:fill"
    return mp4(seconds=seconds, width=640, height=360, picture="color=blue", filters=box, rotation=rotation)


@cache
def travelled() -> Path:
    """A video that tells where and with what it was filmed."""
    tags = {"title": "Secret title", "location": "+48.8584+002.2945/", "model": "Telltale 9"}
    sources = [_picture(MOVING, 320, 240, 30, 1, ""), _sound(1, "")]
    muxer = {"movflags": "+use_metadata_tags"}
    return _write("mov", sources, {"video": "libx264", "audio": "aac"}, muxer, tags=tags)


@cache
def audio_only(*, seconds: float = 2, kind: str = "webm") -> Path:
    """A tone: `webm` (Opus), `m4a` (AAC), `mp3` or `wav`."""
    codecs = {"webm": "libopus", "m4a": "aac", "mp3": "libmp3lame", "wav": "pcm_s16le"}
    return _write(kind, [_sound(seconds, "")], {"audio": codecs[kind]}, {})


@cache
def song_with_cover() -> Path:
    """A tone with cover art, which is a picture track and still no moving picture."""
    path = _new("m4a")
    with av.open(str(path), "w", format="mp4") as file:
        sound, cover = file.add_stream("aac", rate=48_000), file.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 320, 240, "rgb24"
        cover.disposition = Disposition.attached_pic
        with av.open(
            f"{_picture(MOVING, 320, 240, 1, 1, '')}[out0];{_sound(2, '')}[out1]", format="lavfi"
        ) as source:
            for frame in source.decode():
                file.mux(cover.encode(frame) if isinstance(frame, VideoFrame) else sound.encode(frame))
        file.mux(sound.encode(None))
    return path


@cache
def image(*, kind: str = "png", width: int = 640, height: int = 480) -> Path:
    """One picture: `png`, `jpg` or, animated, `gif`."""
    codecs = {"png": "png", "jpg": "mjpeg", "gif": "gif"}
    pixels = {"png": "rgb24", "jpg": "yuvj420p", "gif": "rgb8"}[kind]
    rate, seconds = (10, 2.0) if kind == "gif" else (1, 1.0)
    sources = [_picture(MOVING, width, height, rate, seconds, "")]
    return _write(kind, sources, {"video": codecs[kind]}, {}, pixels=pixels)


@cache
def overstated() -> Path:
    """A WebM of two seconds that declares nine."""
    content = bytearray(webm(width=160, height=120, live=False).read_bytes())
    duration = content.index(b"\x44\x89\x88") + 3  # the element's id and the length of its number
    content[duration : duration + 8] = struct.pack(">d", 9000)
    return written("webm", bytes(content))


@cache
def spoiled(source: Path) -> Path:
    """Another sample whose second half was overwritten, its size and index kept."""
    whole = source.read_bytes()
    half = len(whole) // 2
    return written(source.suffix[1:], whole[:half] + bytes(len(whole) - half))


@cache
def turned_midway() -> Path:
    """A recording of two seconds, blue and 320x240, whose second half is red and 240x320."""
    path = _new("webm")
    with av.open(str(path), "w", format="webm") as file:
        halves = [
            webm(seconds=1, width=320, height=240, audio=False, picture="color=blue"),
            webm(seconds=1, width=240, height=320, audio=False, picture="color=red"),
        ]
        target: Any = None
        for number, half in enumerate(halves):
            with av.open(str(half)) as source:
                target = target or file.add_stream_from_template(source.streams.video[0])
                for packet in source.demux():
                    if packet.size:
                        packet.stream = target
                        packet.pts = packet.dts = (packet.pts or 0) + number * 1000
                        file.mux(packet)
    return path


@cache
def claiming_memory() -> Path:
    """An MP4 that announces a second of sound in a gigabyte."""
    content = bytearray(fragmented().read_bytes())
    sizes = content.index(b"trun\x00\x00\x02\x01") + 16  # after the name, the flags, the count and an offset
    content[sizes : sizes + 4] = 0x3FFFFFFF.to_bytes(4)
    return written("mp4", bytes(content))


@cache
def truncated(source: Path, *, share: float = 0.6) -> Path:
    """The first `share` of another sample, as a broken upload leaves it."""
    whole = source.read_bytes()
    return written(source.suffix[1:], whole[: int(len(whole) * share)])


@cache
def text() -> Path:
    return written("webm", b"This is not a video, whatever its name says.\n" * 20)


@cache
def empty() -> Path:
    return written("webm", b"")


@cache
def html() -> Path:
    return written("webm", b"<!doctype html><title>Video</title><video src='/etc/passwd'></video>")


@cache
def pdf() -> Path:
    return written(
        "mp4", b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


@cache
def svg() -> Path:
    """A drawing that asks for a file of the server."""
    image = b'<image href="file:///etc/passwd" width="9" height="9"/>'
    return written("svg", b'<svg xmlns="http://www.w3.org/2000/svg">' + image + b"</svg>")


@cache
def zip_bomb() -> Path:
    """Fifty million zeros in fifty thousand bytes, named like a video."""
    path = _new("webm")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("video.webm", bytes(50_000_000))
    return path


@cache
def hls_playlist() -> Path:
    """A playlist that leads to a good video beside it."""
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", "#EXTINF:2,", mp4().name, "#EXT-X-ENDLIST", ""]
    return written("mp4", "\n".join(lines).encode())


@cache
def concat_playlist() -> Path:
    """The same in the language of FFmpeg."""
    return written("mp4", f"ffconcat version 1.0\nfile {mp4().name}\n".encode())


@cache
def sdp() -> Path:
    """A session description, for which a careless player opens a network port."""
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=x",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "m=video 5004 RTP/AVP 96",
    ]
    return written("sdp", "\n".join([*lines, "a=rtpmap:96 H264/90000", ""]).encode())


def written(suffix: str, content: bytes) -> Path:
    """A new sample with this content."""
    path = _new(suffix)
    path.write_bytes(content)
    return path


def _new(suffix: str) -> Path:
    return folder() / f"sample{next(_numbers)}.{suffix}"


def _picture(picture: str, width: int, height: int, rate: int, seconds: float, filters: str) -> str:
    joint = ":" if "=" in picture else "="
    return f"{picture}{joint}size={width}x{height}:rate={rate}:duration={seconds}{filters}"


def _sound(seconds: float, filters: str) -> str:
    return f"{TONE}:duration={seconds}{filters}"


def _write(
    suffix: str,
    sources: list[str],
    codecs: Mapping[str, str],
    muxer: dict[str, str],
    *,
    rotation: int = 0,
    pixels: str = "yuv420p",
    colors: Colors = UNKNOWN,
    tags: Mapping[str, str] = NONE,
) -> Path:
    path = _new(suffix)
    graph = ";".join(f"{source}[out{number}]" for number, source in enumerate(sources))
    with (
        av.open(graph, format="lavfi") as incoming,
        av.open(str(path), "w", container_options=muxer) as outgoing,
    ):
        outgoing.metadata.update(tags)
        targets = [
            _target(outgoing, stream, codecs[stream.type], pixels, colors) for stream in incoming.streams
        ]
        if rotation:
            targets[0].set_display_rotation(rotation)
        for packet in incoming.demux():
            for frame in packet.decode():
                outgoing.mux(targets[packet.stream.index].encode(frame))
        for target in targets:
            outgoing.mux(target.encode(None))
    return path


def _target(outgoing: OutputContainer, source: Stream, codec: str, pixels: str, colors: Colors) -> Any:
    if not isinstance(source, VideoStream):
        return outgoing.add_stream(codec, rate=48_000)
    target: Any = outgoing.add_stream(codec, rate=source.average_rate, options=ENCODERS.get(codec, {}))
    context = target.codec_context
    context.thread_count = 1  # a crowd of threads waits for itself on a busy machine
    context.width, context.height, context.pix_fmt = source.width, source.height, pixels
    context.sample_aspect_ratio = source.sample_aspect_ratio or 1
    context.colorspace, context.color_primaries, context.color_trc = colors
    return target
