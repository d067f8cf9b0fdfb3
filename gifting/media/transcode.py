"""Any readable video to MP4: H.264 and AAC, upright, at most 720p, playable from its first bytes."""

from pathlib import Path

import av
from av.container import InputContainer, OutputContainer

from gifting.dto import MediaLimits, RefusalReason
from gifting.errors import VideoRefused
from gifting.media.geometry import box_for, fit
from gifting.media.lanes import PictureLane, SoundLane, picture_target, sound_target
from gifting.media.probe import Facts, picture_of, sound_of
from gifting.media.reading import opened

LOST_SECONDS = 0.5


def transcode(source: Path, target: Path, *, facts: Facts, limits: MediaLimits) -> float:
    """Write `target` and return its length in seconds. Raises VideoRefused where less can be decoded."""
    with opened(source) as incoming, _mp4(target) as outgoing:
        picture = _picture_lane(incoming, outgoing, facts, limits)
        lanes: list[PictureLane | SoundLane] = [picture, *_sound_lanes(incoming, outgoing, facts)]
        by_stream = {lane.source.index: lane for lane in lanes}
        for packet in incoming.demux([lane.source for lane in lanes]):
            # Not packet.stream_index: that is 0 for the empty packets that flush the decoders.
            outgoing.mux(by_stream[packet.stream.index].take(packet))
        for lane in lanes:
            outgoing.mux(lane.finish())
    seconds = max(lane.end for lane in lanes)
    lost = max(facts.last - seconds, facts.last_picture - picture.shown) - facts.start
    if lost > LOST_SECONDS:
        raise VideoRefused(RefusalReason.TRUNCATED, f"The last {lost:.1f} seconds cannot be decoded.")
    return seconds


def _mp4(target: Path) -> OutputContainer:
    # Nothing of the source's metadata is copied: it may hold a place, a device or a name.
    return av.open(str(target), mode="w", format="mp4", container_options={"movflags": "+faststart"})


def _picture_lane(
    incoming: InputContainer, outgoing: OutputContainer, facts: Facts, limits: MediaLimits
) -> PictureLane:
    source = picture_of(incoming)
    target = picture_target(outgoing, fit(facts.size, box_for(facts.size, limits.max_height)), facts.colors)
    return PictureLane(source, target, facts)


def _sound_lanes(incoming: InputContainer, outgoing: OutputContainer, facts: Facts) -> list[SoundLane]:
    """None for a silent video: players need no empty track."""
    source = sound_of(incoming)
    return [SoundLane(source, sound_target(outgoing, source), facts)] if source else []
