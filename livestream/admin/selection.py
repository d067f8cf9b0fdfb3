"""What was ticked in a list, taken with care: the browser's word for it may be anything."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from livestream.admin.lookups import CarefulLookups

ROW_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class CarefulSelection(CarefulLookups):
    """For a ModelAdmin with actions: a selection that makes no sense is a message, not an error page."""

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        if all(map(ROW_ID.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            return super().response_action(request, queryset)
        words = _("The selection could not be read. Select the rows again; nothing was changed.")
        messages.error(request, words)
        return HttpResponseRedirect(request.get_full_path())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is deleted by the hundred."""
        found = super().get_actions(request)
        return {name: action for name, action in found.items() if name != "delete_selected"}
