"""The charts of the gift reports: words, and the numbers that templates draw as SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from gifting.services.reports import Bucket, Counts, Flagged, PackRank, SenderRank, Step

HEIGHT = 100
SLOT = 10  # The width of one point of a chart, or the height of one bar of a ranking.
LABELS = 4
NONE = "—"
MINUTE, HOUR, A_DAY = 60, 3600, 86_400
UNITS = [
    (A_DAY, pgettext_lazy("days", "d"), HOUR, pgettext_lazy("hours", "h")),
    (HOUR, pgettext_lazy("hours", "h"), MINUTE, pgettext_lazy("minutes", "min")),
    (MINUTE, pgettext_lazy("minutes", "min"), 1, pgettext_lazy("seconds", "s")),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures behind a chart; the first cell of each row names it."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with another inside it, in attributes of SVG: as text, so no language puts commas there."""

    label: str
    slot: str
    outer: dict[str, str]
    inner: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart. `ticks` are from top to bottom, `days` from left to right."""

    key: str
    title: str
    summary: str
    table: Table
    csv: str
    width: int = 0
    height: int = HEIGHT
    bars: Sequence[Bar] = ()
    line: str = ""
    ticks: Sequence[str] = ()
    days: Sequence[str] = ()
    names: Sequence[str] = ()
    values: Sequence[str] = ()
    legend: Sequence[str] = field(default=())


def gifts_chart(buckets: Sequence[Bucket], step: Step) -> Chart:
    """How many were sent and confirmed."""
    top = _ceiling(max(max(b.counts.sent, b.counts.confirmed) for b in buckets))
    together = sum((b.counts for b in buckets), Counts())
    summary = _("%(sent)s sent and %(confirmed)s confirmed together; the most sent at once: %(most)s.")
    return Chart(
        key="gifts",
        title=_("Sent and confirmed"),
        summary=summary
        % {
            "sent": number(together.sent),
            "confirmed": number(together.confirmed),
            "most": number(max(b.counts.sent for b in buckets)),
        },
        table=Table(
            head=[_("Time"), _("Sent"), _("Confirmed"), _("Expired"), _("Revoked")],
            rows=[
                [
                    span(b, step),
                    *map(number, (b.counts.sent, b.counts.confirmed, b.counts.expired, b.counts.revoked)),
                ]
                for b in buckets
            ],
        ),
        csv="timeline",
        width=len(buckets) * SLOT,
        bars=[_column(n, b, step, top) for n, b in enumerate(buckets)],
        ticks=[number(top), number(top // 2), "0"],
        days=_days(buckets, step),
        legend=[_("sent"), _("confirmed")],
    )


def conversion_chart(buckets: Sequence[Bucket], step: Step) -> Chart:
    """How many of a hundred were confirmed."""
    return _line_chart(
        buckets,
        step,
        key="conversion",
        title=_("Conversion"),
        summary=_("Confirmed for each hundred that were sent: %(value)s on the whole."),
        head=[_("Time"), _("Sent"), _("Confirmed"), _("Conversion")],
        figures=lambda counts: [number(counts.sent), number(counts.confirmed)],
        value=lambda counts: counts.conversion,
        words=percent,
        top=lambda most: max(1.0, _ceiling(most * 100) / 100),
    )


def wait_chart(buckets: Sequence[Bucket], step: Step) -> Chart:
    """How long it took to confirm."""
    return _line_chart(
        buckets,
        step,
        key="wait",
        title=_("Time to confirm"),
        summary=_("From sent to confirmed, on average: %(value)s on the whole."),
        head=[_("Time"), _("Confirmed"), _("On average")],
        figures=lambda counts: [number(counts.confirmed)],
        value=lambda counts: counts.wait,
        words=duration,
        top=_round_time,
    )


def packs_chart(ranks: Sequence[PackRank]) -> Chart:
    """The packs that were sent most."""
    return _ranking(
        key="packs",
        title=_("Top packs"),
        summary=_("The packs that were sent most."),
        names=[rank.name for rank in ranks],
        values=[rank.sent for rank in ranks],
        inner=[rank.confirmed for rank in ranks],
        table=Table(
            head=[_("Pack"), _("Package id"), _("Sent"), _("Confirmed")],
            rows=[[r.name, str(r.number), number(r.sent), number(r.confirmed)] for r in ranks],
        ),
        legend=[_("sent"), _("confirmed")],
    )


def senders_chart(ranks: Sequence[SenderRank]) -> Chart:
    """The users who sent most."""
    return _ranking(
        key="senders",
        title=_("Top senders"),
        summary=_("The user ids that sent most packs."),
        names=[rank.user for rank in ranks],
        values=[rank.sent for rank in ranks],
        table=Table(head=[_("User id"), _("Sent")], rows=[[r.user, number(r.sent)] for r in ranks]),
    )


def flagged_chart(ranks: Sequence[Flagged]) -> Chart:
    """User ids that cannot be one person."""
    return _ranking(
        key="flagged",
        title=_("Flagged user ids"),
        summary=_("Different others on the worst day of each user id."),
        names=[rank.user for rank in ranks],
        values=[rank.counterparts for rank in ranks],
        table=Table(
            head=[_("User id"), _("Different others on the worst day"), _("Days"), _("Last on")],
            rows=[[r.user, number(r.counterparts), number(r.days), day_words(r.last)] for r in ranks],
        ),
    )


def number(value: float) -> str:
    return str(number_format(value, decimal_pos=0, force_grouping=True))


def percent(share: float | None) -> str:
    """`65.8 %`, `100 %`."""
    if share is None:
        return NONE
    points = round(share * 100, 1)
    return _("%(n)s %%") % {"n": number_format(points, decimal_pos=0 if points.is_integer() else 1)}


def duration(seconds: float | None) -> str:
    """`2 d 4 h`, `3 h 20 min`, `5 min`, `20 h`: in the two largest units."""
    if seconds is None:
        return NONE
    whole = round(seconds)
    for unit, word, smaller, small_word in UNITS:
        if whole >= unit:
            rest = whole % unit // smaller
            return f"{whole // unit} {word}" + (f" {rest} {small_word}" if rest else "")
    return f"{whole} {pgettext_lazy('seconds', 's')}"


def day_words(day: date) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))


def span(bucket: Bucket, step: Step) -> str:
    """A day, the two ends of a week, or a month by its name."""
    if step == Step.MONTH:
        return str(date_format(bucket.first, "YEAR_MONTH_FORMAT"))
    if bucket.first == bucket.last:
        return day_words(bucket.first)
    return f"{day_words(bucket.first)} – {day_words(bucket.last)}"


def _line_chart(
    buckets: Sequence[Bucket],
    step: Step,
    *,
    key: str,
    title: str,
    summary: str,
    head: list[str],
    figures: Callable[[Counts], list[str]],
    value: Callable[[Counts], float | None],
    words: Callable[[float | None], str],
    top: Callable[[float], float],
) -> Chart:
    values = [value(b.counts) for b in buckets]
    most = top(max((found for found in values if found is not None), default=0))
    together = sum((b.counts for b in buckets), Counts())
    spans = [span(b, step) for b in buckets]
    return Chart(
        key=key,
        title=title,
        summary=summary % {"value": words(value(together))},
        table=Table(
            head=head,
            rows=[
                [when, *figures(b.counts), words(v)]
                for when, b, v in zip(spans, buckets, values, strict=True)
            ],
        ),
        csv="timeline",
        width=len(buckets) * SLOT,
        bars=[
            Bar(f"{when}: {words(v)}", str(n * SLOT), {})
            for n, (when, v) in enumerate(zip(spans, values, strict=True))
        ],
        line=_path(values, most),
        ticks=[words(most), words(most / 2), "0"],
        days=_days(buckets, step),
    )


def _path(values: Sequence[float | None], top: float) -> str:
    """A line through the points; where there is none it is broken, and one alone becomes a dot."""
    steps: list[str] = []
    for n, value in enumerate(values):
        if value is None:
            continue
        joined = n > 0 and values[n - 1] is not None
        steps.append(f"{'L' if joined else 'M'}{n * SLOT + SLOT // 2} {HEIGHT * (1 - value / top):.2f}h0")
    return "".join(steps)


def _column(n: int, bucket: Bucket, step: Step, top: int) -> Bar:
    counts = bucket.counts
    words = _("%(time)s: %(sent)s sent, %(confirmed)s confirmed") % {
        "time": span(bucket, step),
        "sent": number(counts.sent),
        "confirmed": number(counts.confirmed),
    }
    outer, inner = (
        {
            "x": f"{n * SLOT + inset:g}",
            "y": f"{HEIGHT - h:.2f}",
            "width": f"{SLOT - 2 * inset:g}",
            "height": f"{h:.2f}",
        }
        for inset, h in ((1, HEIGHT * counts.sent / top), (2.75, HEIGHT * counts.confirmed / top))
    )
    return Bar(words, str(n * SLOT), outer, inner)


def _ranking(
    *,
    key: str,
    title: str,
    summary: str,
    names: list[str],
    values: list[int],
    table: Table,
    inner: list[int] | None = None,
    legend: Sequence[str] = (),
) -> Chart:
    most = max(values, default=0)
    inside = inner or [0] * len(values)
    if values:
        best = _("At the top: %(name)s with %(value)s.") % {"name": names[0], "value": number(most)}
        summary = f"{summary} {best}"
    return Chart(
        key=key,
        title=title,
        summary=summary,
        table=table,
        csv=key,
        width=100,
        height=len(values) * SLOT,
        bars=[
            Bar(
                f"{name}: {number(value)}", str(n * SLOT), _row(n, 2, value, most), _row(n, 3.5, within, most)
            )
            for n, (name, value, within) in enumerate(zip(names, values, inside, strict=True))
        ],
        names=names,
        values=[number(value) for value in values],
        legend=legend,
    )


def _row(n: int, inset: float, value: int, most: int) -> dict[str, str]:
    return {
        "x": "0",
        "y": f"{n * SLOT + inset:g}",
        "width": f"{100 * min(value, most) / most:.2f}",
        "height": f"{SLOT - 2 * inset:g}",
    }


def _days(buckets: Sequence[Bucket], step: Step) -> list[str]:
    """A few points of time below a chart, evenly spaced, the first and the last among them."""
    form = "M Y" if step == Step.MONTH else "j M"
    last = len(buckets) - 1
    chosen = dict.fromkeys(round(last * n / (LABELS - 1)) for n in range(LABELS))
    return [str(date_format(buckets[n].first, form)) for n in chosen]


def _round_time(seconds: float) -> float:
    """The next round time, in days, hours or minutes."""
    unit = next((unit for unit in (A_DAY, HOUR) if seconds > 2 * unit), MINUTE)
    return float(_ceiling(seconds / unit) * unit)


def _ceiling(value: float) -> int:
    """The next round even number, so that half of it is whole."""
    scale = 1
    while True:
        for digit in (2, 4, 6, 8, 10):
            if value <= digit * scale:
                return digit * scale
        scale *= 10
