"""The needs-attention panel of the front page: counts that lead into the list, a few rows with a button."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from gifting.admin.buttons import Button, Desk
from gifting.admin.filters import ATTENTION
from gifting.admin.order_page import need_for
from gifting.services import attention
from gifting.services.attention import Case
from gifting.services.reasons import ADVICE, Reason

ROWS, ROWS_EACH = 6, 2
MAY_SEE = ("gifting.view_order", "gifting.change_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many need a person for one reason, and where they are listed."""

    title: str
    shown: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One of them: `error` is what its job told last, `buttons` are what the person may press."""

    case: Case
    error: str
    hint: str
    url: str
    buttons: list[Button]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Empty where everything is moving."""

    counts: list[Count]
    rows: list[Row]


def panel_for(request: HttpRequest) -> dict[str, Any]:
    """For the template of the front page; nothing for whoever may not see orders."""
    if not any(map(request.user.has_perm, MAY_SEE)):
        return {}
    return {"attention": _panel(Desk(request.user, back=reverse("admin:index")), now=timezone.now())}


def _panel(desk: Desk, *, now: datetime) -> Panel:
    found = attention.counts(now=now)
    return Panel(
        counts=[_count(reason, count) for reason, count in found.items()],
        rows=[_row(case, desk) for case in _first(found, now=now)],
    )


def _count(reason: Reason, count: int) -> Count:
    return Count(title=str(ADVICE[reason].title), shown=attention.shown(count), url=list_url(reason))


def list_url(reason: Reason) -> str:
    """Where all with this reason are listed."""
    if reason == Reason.PUSH_FAILED:
        return reverse("admin:gifting_webhookreceipt_changelist") + "?state__exact=failed"
    return reverse("admin:gifting_order_changelist") + f"?{urlencode({ATTENTION: reason})}"


def _first(found: Mapping[Reason, int], *, now: datetime) -> list[Case]:
    """A few of the most urgent, of each reason at most two."""
    rows: list[Case] = []
    for reason in found:
        if len(rows) < ROWS:
            rows += attention.find(reason, now=now, limit=min(ROWS_EACH, ROWS - len(rows)))
    return rows


def _row(case: Case, desk: Desk) -> Row:
    need = need_for(case, desk)
    return Row(case=case, error=need.error, hint=need.hint, url=_url(case), buttons=need.buttons)


def _url(case: Case) -> str:
    if case.order is None:
        return reverse("admin:gifting_webhookreceipt_change", args=[case.row.pk])
    return reverse("admin:gifting_order_change", args=[case.order.pk])
