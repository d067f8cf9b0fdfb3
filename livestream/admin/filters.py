"""Filters of the list of livestreams."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from livestream.models import LiveStream
from livestream.services import attention

ATTENTION = "attention"
ANY = "any"


class AttentionFilter(admin.SimpleListFilter):
    """What failed and can still be helped. Each row that is found has `needs_<reason>`, true or false."""

    title = _("what needs attention")
    parameter_name = ATTENTION

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        reasons = [(reason.value, attention.TITLES[reason]) for reason in attention.of_streams()]
        return [(ANY, _("for any reason")), *reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LiveStream]) -> QuerySet[LiveStream]:
        reasons = attention.of_streams()
        wanted = [has for reason, has in reasons.items() if self.value() in (ANY, reason)]
        if not wanted:
            return queryset
        told = queryset.annotate(**{f"needs_{reason}": has for reason, has in reasons.items()})
        return told.filter(reduce(or_, map(Q, wanted)))
