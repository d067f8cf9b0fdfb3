"""A bus that does not answer after the commit: the form is saved, and its page says so."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from livestream.admin.sentences import sentence
from livestream.errors import BusUnavailable


class LateBus:
    """For a ModelAdmin whose forms viewers see the effect of."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except BusUnavailable as exc:
            messages.warning(request, sentence(exc))
            names = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"
            return redirect(names)
