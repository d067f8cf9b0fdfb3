"""Frozen values that cross the borders between levels, and to the browser."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who looks on. During a rehearsal staff see a show that the public does not."""

    PUBLIC = "public"
    STAFF = "staff"


class Mode(StrEnum):
    """What the player does (seed 002, "Web Player Behavior")."""

    TRAILER = "trailer"
    LIVE = "live"
    FRAME = "frame"
    REPLAY = "replay"


class ActorKind(StrEnum):
    """Who acts, for the journal."""

    API = "api"
    STAFF = "staff"
    ENCODER = "encoder"
    VENDOR = "vendor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is a user name, the name of an application, or empty."""

    kind: ActorKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedCard:
    """One pinned product as viewers see it. `id` is the product's or the unit's public id, `pin` the row.

    `price` is formatted for people, `image` and `url` are absolute or empty, `ext_id` is the shop's own id.
    """

    id: str
    pin: int
    product_id: str
    ext_id: str
    name: str
    variant: str
    price: str
    image: str
    url: str
    is_sold_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """What to play. `src`, `poster` and `captions` are URLs or empty."""

    mode: Mode
    src: str
    poster: str
    captions: str
    captions_language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """What every viewer of a livestream must see now. `version` grows with every change of the livestream."""

    stream: str
    version: int
    status: str
    player: Player
    pins: tuple[PinnedCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A product's moment in the replay. Times are milliseconds from the start of the video; `end_ms` may be
    past its end.
    """

    start_ms: int
    end_ms: int
    title: str
    card: PinnedCard
