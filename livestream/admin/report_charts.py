"""The chart of a livestream's report: words, and the numbers that the template draws as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livestream.services.reports import Pinning, Viewing

HEIGHT = 100
SLOT = 10  # The width of one point.
LABELS = 4
NONE = "—"


@dataclass(frozen=True, slots=True)
class Spot:
    """One point: its words, and where it can be pointed at."""

    label: str
    x: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Viewers over time with marks where products were pinned. `ticks` are from top to bottom.

    What goes into attributes of SVG is text, so that no language puts commas there.
    """

    summary: str
    width: str
    line: str
    area: str
    spots: Sequence[Spot]
    marks: Sequence[Spot]
    ticks: Sequence[str]
    times: Sequence[str]
    rows: Sequence[tuple[str, str]]


def viewers_chart(seen: Viewing, pinned: Sequence[Pinning]) -> Chart | None:
    """None where the show has not begun."""
    if not seen.points:
        return None
    top = _ceiling(seen.peak)
    heights = [f"{HEIGHT * (1 - point.viewers / top):.2f}" for point in seen.points]
    middles = [f"{n * SLOT + SLOT // 2} {height}" for n, height in enumerate(heights)]
    width = len(middles) * SLOT
    return Chart(
        summary=_summary(seen),
        width=str(width),
        line="M" + "L".join(middles) + "h0",
        area=f"M{SLOT // 2} {HEIGHT}L{'L'.join(middles)}L{width - SLOT // 2} {HEIGHT}Z",
        spots=[Spot(_said(seen, n), str(n * SLOT)) for n in range(len(seen.points))],
        marks=_marks(seen, pinned, width),
        ticks=[number(top), number(top // 2), "0"],
        times=_times(seen),
        rows=[(_time(seen, point.at), number(point.viewers)) for point in seen.points],
    )


def number(value: float) -> str:
    return str(number_format(round(value), decimal_pos=0, force_grouping=True))


def percent(share: float | None) -> str:
    """`6.5 %`, `100 %`."""
    if share is None:
        return NONE
    value = round(100 * share, 1)
    return f"{number_format(value, decimal_pos=0 if value == int(value) else 1)} %"


def length(seconds: float) -> str:
    """`1:02:03`, as on a video."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _summary(seen: Viewing) -> str:
    if seen.peak_at is None:
        return _("Nobody watched.")
    most = ngettext("%(n)s viewer at most, at %(time)s.", "%(n)s viewers at most, at %(time)s.", seen.peak)
    return most % {"n": number(seen.peak), "time": _time(seen, seen.peak_at, seconds=True)}


def _said(seen: Viewing, n: int) -> str:
    point = seen.points[n]
    words = ngettext("%(time)s: %(n)s viewer", "%(time)s: %(n)s viewers", point.viewers)
    return words % {"time": _time(seen, point.at), "n": number(point.viewers)}


def _marks(seen: Viewing, pinned: Sequence[Pinning], width: int) -> list[Spot]:
    """One mark for everything that was pinned in the same moment."""
    first = seen.points[0].at
    marks = []
    for began, together in groupby(pinned, key=lambda one: one.began_at):
        names = " · ".join(one.name for one in together)
        place = min(max((began - first) / seen.step * SLOT, 0), width)
        marks.append(Spot(f"{_time(seen, began, seconds=True)} {names}", f"{place:.2f}"))
    return marks


def _times(seen: Viewing) -> list[str]:
    """A few points of time below the chart, evenly spaced, the first and the last among them."""
    last = len(seen.points) - 1
    chosen = dict.fromkeys(round(last * n / (LABELS - 1)) for n in range(LABELS))
    return [_time(seen, seen.points[n].at) for n in chosen]


def _time(seen: Viewing, at: datetime, *, seconds: bool = False) -> str:
    """As short as it can be told: without the day where the show was over within one."""
    is_short = seen.points[-1].at - seen.points[0].at < timedelta(hours=20)
    exact = seconds or seen.step < timedelta(minutes=1)
    form = ("H:i:s" if exact else "H:i") if is_short else "j M H:i"
    return str(date_format(localtime(at), form))


def _ceiling(value: int) -> int:
    """The next round even number, so that half of it is whole."""
    scale = 1
    while True:
        for digit in (2, 4, 6, 8, 10):
            if value <= digit * scale:
                return digit * scale
        scale *= 10
