"""The report of a livestream: viewers, pins and clicks as a page, and as CSV."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livestream.admin.csv_files import csv_response
from livestream.admin.report_charts import NONE, length, number, percent, viewers_chart
from livestream.conf import conf
from livestream.models import LiveStream
from livestream.services import reports
from livestream.services.reports import Item, Pinning, Viewing, moment

NO_STORE = {"Cache-Control": "no-store"}
Figures = tuple[Sequence[str], Iterable[Iterable[Any]]]


def report_urls(site_admin: ModelAdmin) -> list[URLPattern]:
    """The page and its files, under the addresses of the admin of livestreams."""
    pages = ReportPages(site_admin)
    return [
        path(
            f"<int:pk>/report/{route}",
            site_admin.admin_site.admin_view(require_safe(view)),
            name=f"livestream_livestream_{name}",
        )
        for route, view, name in (
            ("", pages.report_view, "report"),
            ("<str:name>.csv", pages.csv_view, "report_csv"),
        )
    ]


class ReportPages:
    """Whoever may look at livestreams may read their reports."""

    def __init__(self, site_admin: ModelAdmin) -> None:
        self.admin = site_admin

    def report_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One query for the chart, one for the pins, one for the clicks."""
        stream, now = self._stream(request, pk), timezone.now()
        seen, pinned = reports.viewing(stream, now=now), reports.pinnings(stream, now=now)
        items = reports.items(stream, pinned)
        context = {
            **self.admin.admin_site.each_context(request),
            "opts": self.admin.opts,
            "title": _("Report"),
            "original": stream,
            "tiles": _tiles(stream, seen, items),
            "chart": viewers_chart(seen, pinned),
            "items": [_row(item, most=max(one.clicks for one in items)) for item in items],
            "pinned": [_pinned(one) for one in pinned],
            "files": _files(),
            "sample_seconds": conf().SAMPLE_SECONDS,
            "figures_days": conf().FIGURES_DAYS,
        }
        return TemplateResponse(request, "livestream/admin/report.html", context, headers=NO_STORE)

    def csv_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
        """`viewers`, `products`, `pins`, `samples`, `clicks`; times in UTC."""
        stream = self._stream(request, pk)
        if name not in FIGURES:
            raise Http404
        head, rows = FIGURES[name](stream)
        return csv_response(f"livestream-{stream.public_id}-{name}", head, rows)

    def _stream(self, request: HttpRequest, pk: int) -> LiveStream:
        """Raises PermissionDenied before it tells whether there is such a livestream."""
        if not self.admin.has_view_permission(request):
            raise PermissionDenied
        stream = LiveStream.objects.filter(pk=pk).first()
        if stream is None:
            raise Http404
        return stream


def _files() -> list[tuple[str, str]]:
    return [
        ("viewers", _("Viewers at every moment")),
        ("products", _("Products")),
        ("pins", _("Pins")),
        ("samples", _("Counts as they were written down")),
        ("clicks", _("Clicks as they were written down")),
    ]


def _tiles(stream: LiveStream, seen: Viewing, items: list[Item]) -> list[tuple[str, str]]:
    impressions, clicks = sum(item.impressions for item in items), sum(item.clicks for item in items)
    end = timezone.now() if stream.is_live else stream.ended_at
    lasted = (end - stream.started_at).total_seconds() if stream.started_at and end else None
    return [
        (_("Viewers at most"), number(seen.peak)),
        (_("Minutes watched"), number(seen.minutes)),
        (_("Length"), NONE if lasted is None else length(lasted)),
        (_("Impressions"), number(impressions)),
        (_("Clicks on cards"), number(clicks)),
        (_("Click rate"), percent(clicks / impressions if impressions else None)),
        (_("Clicks in the tray"), number(sum(item.tray_clicks for item in items))),
        (_("Clicks in the replay"), number(sum(item.replay_clicks for item in items))),
        (_("Put into the basket"), number(sum(item.baskets for item in items))),
    ]


def _row(item: Item, *, most: int) -> dict[str, Any]:
    return {
        "name": item.name,
        "id": item.id,
        "bar": f"{100 * item.clicks / most:.2f}" if most else "0",
        "figures": [
            length(item.pinned_seconds),
            number(item.impressions),
            number(item.clicks),
            percent(item.rate),
            number(item.tray_clicks),
            number(item.replay_clicks),
            number(item.baskets),
        ],
    }


def _pinned(one: Pinning) -> dict[str, Any]:
    seconds = (one.ended_at - one.began_at).total_seconds()
    return {"at": one.began_at, "name": one.name, "length": length(seconds), "shown": number(one.impressions)}


def _viewers(stream: LiveStream) -> Figures:
    rows = ([moment(at), viewers, seconds] for at, viewers, seconds in reports.moments(stream))
    return ("at", "viewers", "seconds_watched"), rows


def _products(stream: LiveStream) -> Figures:
    head = (
        *("id", "product", "pinned_seconds", "impressions", "clicks", "click_rate"),
        *("tray_clicks", "replay_clicks", "baskets"),
    )
    found = reports.items(stream, reports.pinnings(stream, now=timezone.now()))
    return head, map(_product, found)


def _product(item: Item) -> list[Any]:
    rate = "" if item.rate is None else round(item.rate, 4)
    shown = [item.id, item.name, round(item.pinned_seconds), item.impressions, item.clicks, rate]
    return [*shown, item.tray_clicks, item.replay_clicks, item.baskets]


def _pins(stream: LiveStream) -> Figures:
    found = reports.pinnings(stream, now=timezone.now())
    rows = ([moment(one.began_at), moment(one.ended_at), one.id, one.name, one.impressions] for one in found)
    return ("pinned", "until", "id", "product", "impressions"), rows


def _samples(stream: LiveStream) -> Figures:
    return ("at", "process", "stands_for_seconds", "viewers"), reports.sample_rows(stream)


def _clicks(stream: LiveStream) -> Figures:
    return ("at", "id", "product", "action", "where"), reports.click_rows(stream)


FIGURES: dict[str, Callable[[LiveStream], Figures]] = {
    "viewers": _viewers,
    "products": _products,
    "pins": _pins,
    "samples": _samples,
    "clicks": _clicks,
}
