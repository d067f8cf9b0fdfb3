"""What was ticked in a list, taken with care: the browser's word for it may be anything."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from gifting.admin.lookups import CarefulLookups

MAX_BATCH = 1000
ROW_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def parse_ids(texts: list[str]) -> list[int]:
    """Row numbers in the order given, each once. Raises ValueError for anything that is not one."""
    if not all(map(ROW_ID.fullmatch, texts)):
        raise ValueError("not a row number")
    return list(dict.fromkeys(map(int, texts)))


class CarefulSelection(CarefulLookups):
    """For a ModelAdmin with actions: a selection that makes no sense is a message, not an error page."""

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        try:
            parse_ids(request.POST.getlist(ACTION_CHECKBOX_NAME))
        except ValueError:
            words = _("The selection could not be read. Select the rows again; nothing was changed.")
            messages.error(request, words)
            return HttpResponseRedirect(request.get_full_path())
        response: HttpResponse | None = super().response_action(request, queryset)  # type: ignore[misc]
        return response


def selected_ids(request: HttpRequest, queryset: QuerySet[Any]) -> list[int]:
    """The selected rows in the order of the list; none, with a message, where they are too many."""
    ids = list(queryset.values_list("pk", flat=True)[: MAX_BATCH + 1])
    if len(ids) <= MAX_BATCH:
        return ids
    words = _("These are too many for one batch. Select at most %(limit)d; nothing was changed.")
    messages.error(request, words % {"limit": MAX_BATCH})
    return []
