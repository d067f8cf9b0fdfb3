"""The gift reports: what was sent and confirmed, as charts and as CSV; and user ids that look shared."""

from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.admin import report_charts
from gifting.admin.csv_files import csv_response
from gifting.admin.report_charts import duration, number, percent
from gifting.conf import conf
from gifting.models import ApiKey, Brand
from gifting.services import reports
from gifting.services.reports import Bucket, Counts, Period, Step

FIRST_DAY = date(2000, 1, 1)
USUAL_DAYS = 30
MOST_POINTS = 400
RANKS, CSV_RANKS = 10, 1000
STEPS = [
    (Step.DAY, gettext_lazy("day")),
    (Step.WEEK, gettext_lazy("week")),
    (Step.MONTH, gettext_lazy("month")),
]
POINT_DAYS = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 30}
SPANS = [(7, Step.DAY), (30, Step.DAY), (90, Step.DAY), (365, Step.WEEK)]


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ReportForm(forms.Form):
    """Which gifts, and how much time is one point."""

    brand = forms.ModelChoiceField(Brand.objects.all(), label=gettext_lazy("Brand"), empty_label=None)
    first = forms.DateField(label=gettext_lazy("From"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("To"), widget=DayInput)
    step = forms.ChoiceField(label=gettext_lazy("Per"), choices=STEPS)

    def clean(self) -> None:
        """Days to come are left out without a word: in the east they begin earlier."""
        super().clean()
        said = self.cleaned_data
        if not {"first", "last", "step"} <= said.keys():
            return
        said["last"] = min(said["last"], today())
        if not FIRST_DAY <= said["first"] <= said["last"]:
            self.add_error("first", _("The first day must be before the last, and not before 2000."))
        elif (said["last"] - said["first"]).days >= MOST_POINTS * POINT_DAYS[Step(said["step"])]:
            self.add_error("step", _("These are too many points for a chart: choose weeks or months."))

    def period(self) -> Period:
        said = self.cleaned_data
        return reports.period(brand=said["brand"], first=said["first"], last=said["last"])

    def step_chosen(self) -> Step:
        return Step(self.cleaned_data["step"])


def today() -> date:
    """Reports count in UTC, as the days were counted."""
    return timezone.now().astimezone(UTC).date()


class ReportPages:
    """For the admin of gift packs: the page, and its figures as CSV."""

    def has_reports_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.view_gift_reports")

    def reports_view(self, request: HttpRequest) -> HttpResponse:
        """`?brand=1&first=2026-03-01&last=2026-03-31&step=day`; without them the last 30 days."""
        form = self._report_form(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Gift reports"),
            "form": form,
            "spans": _spans(form),
            "query": urlencode({name: form[name].value() or "" for name in form.fields}),
        }
        if form.is_valid():
            context |= _report(form.period(), form.step_chosen())
            context["may_block"] = request.user.has_perm("gifting.change_apikey")
        status = 200 if form.is_valid() or not Brand.objects.exists() else 400
        return TemplateResponse(request, "gifting/admin/packs/reports.html", context, status=status)

    def report_csv_view(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """The figures of one chart; the rankings go further down than on the page."""
        form = self._report_form(request)
        if name not in FIGURES:
            raise Http404
        if not form.is_valid():
            return redirect(f"{reverse('admin:gifting_giftpack_reports')}?{request.GET.urlencode()}")
        period, step = form.period(), form.step_chosen()
        head, rows = FIGURES[name](period, step)
        return csv_response(f"gifts-{name}-{period.first}-{period.last}", head, rows)

    def _report_form(self, request: HttpRequest) -> ReportForm:
        if not self.has_reports_permission(request):
            raise PermissionDenied
        brand = Brand.objects.first()
        usual = {"brand": brand.pk if brand else "", "step": Step.DAY, "last": today().isoformat()}
        usual["first"] = (today() - timedelta(days=USUAL_DAYS - 1)).isoformat()
        return ReportForm({**usual, **request.GET.dict()})


def _spans(form: ReportForm) -> list[tuple[int, str, bool]]:
    """Links to the usual lengths of time, each with whether it is the one that is shown."""
    shown = {name: str(form[name].value()) for name in form.fields}
    found = []
    for days, step in SPANS:
        first = today() - timedelta(days=days - 1)
        wanted = {**shown, "first": str(first), "last": str(today()), "step": str(step)}
        found.append((days, urlencode(wanted), wanted == shown))
    return found


def _report(period: Period, step: Step) -> dict[str, Any]:
    """Everything on the page: one query for each chart, one for the time before, one for the keys."""
    buckets = reports.timeline(period=period, step=step)
    now, before = sum((b.counts for b in buckets), Counts()), reports.totals(period=period.before())
    flagged = reports.flagged(period=period, limit=RANKS)
    return {
        "tiles": _tiles(now, before),
        "is_empty": now == Counts(),
        "charts": [
            report_charts.gifts_chart(buckets, step),
            report_charts.conversion_chart(buckets, step),
            report_charts.wait_chart(buckets, step),
        ],
        "rankings": [
            report_charts.packs_chart(reports.top_packs(period=period, limit=RANKS)),
            report_charts.senders_chart(reports.top_senders(period=period, limit=RANKS)),
        ],
        "flagged": report_charts.flagged_chart(flagged) if flagged else None,
        "allowed": conf().GIFT_PACK_COUNTERPARTS,
        "keys": list(
            ApiKey.objects.filter(brand=period.brand, kind=ApiKey.Kind.PACKS, revoked_at__isnull=True)
        ),
    }


def _tiles(now: Counts, before: Counts) -> list[dict[str, str]]:
    """The figures on the whole, each with that of as many days before."""
    words = [
        (_("Sent"), number(now.sent), number(before.sent)),
        (_("Confirmed"), number(now.confirmed), number(before.confirmed)),
        (_("Conversion"), percent(now.conversion), percent(before.conversion)),
        (_("Time to confirm"), duration(now.wait), duration(before.wait)),
        (_("Expired"), number(now.expired), number(before.expired)),
        (_("Revoked"), number(now.revoked), number(before.revoked)),
    ]
    return [{"name": name, "now": value, "before": earlier} for name, value, earlier in words]


Figures = tuple[list[str], Iterable[Iterable[Any]]]


def _timeline_figures(period: Period, step: Step) -> Figures:
    head = ["from", "to", "sent", "confirmed", "expired", "revoked", "conversion", "seconds_to_confirm"]
    return head, map(_bucket_figures, reports.timeline(period=period, step=step))


def _bucket_figures(bucket: Bucket) -> list[Any]:
    counts = bucket.counts
    share = "" if counts.conversion is None else round(counts.conversion, 4)
    wait = "" if counts.wait is None else round(counts.wait)
    return [
        bucket.first, bucket.last, counts.sent, counts.confirmed, counts.expired, counts.revoked, share, wait,
    ]  # fmt: skip


def _packs_figures(period: Period, step: Step) -> Figures:
    ranks = reports.top_packs(period=period, limit=CSV_RANKS)
    return ["package_id", "pack", "sent", "confirmed"], [
        [r.number, r.name, r.sent, r.confirmed] for r in ranks
    ]


def _senders_figures(period: Period, step: Step) -> Figures:
    ranks = reports.top_senders(period=period, limit=CSV_RANKS)
    return ["user_id", "sent"], [[rank.user, rank.sent] for rank in ranks]


def _flagged_figures(period: Period, step: Step) -> Figures:
    ranks = reports.flagged(period=period, limit=CSV_RANKS)
    head = ["user_id", "different_others_on_worst_day", "days", "last_day"]
    return head, [[rank.user, rank.counterparts, rank.days, rank.last] for rank in ranks]


FIGURES = {
    "timeline": _timeline_figures,
    "packs": _packs_figures,
    "senders": _senders_figures,
    "flagged": _flagged_figures,
}
