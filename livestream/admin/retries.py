"""Jobs that failed get a button on their page, and an action in their list: another try."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from livestream.admin.read_only import ReadOnly
from livestream.admin.selection import CarefulSelection
from livestream.errors import IllegalMove
from livestream.models.jobs import Job

NOT_FAILED = gettext_lazy("Only what failed can be tried again, and only as long as it is of use.")


class Retries(CarefulSelection, ReadOnly):
    """For the admin of jobs: `again` calls the service. Whoever may change them may try again."""

    actions = ("retry_selected",)
    change_form_template = "livestream/admin/job.html"

    def again(self, job: Job) -> None:
        """Raises IllegalMove for a job that did not fail."""
        raise NotImplementedError

    def can_retry(self, job: Job) -> bool:
        """Is there something to try?"""
        return bool(job.state == "failed")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"livestream.change_{self.opts.model_name}"))

    @admin.action(description=gettext_lazy("Try again"), permissions=["retry"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Of many those that failed; the others are left alone."""
        tally: Counter[bool] = Counter()
        for job in queryset.order_by("pk"):
            tally[self._attempt(request, job)] += 1
        done, left = tally[True], tally[False]
        if done:
            words = ngettext("%(n)d is tried again.", "%(n)d are tried again.", done)
            messages.success(request, words % {"n": done})
        if left:
            words = ngettext(
                "%(n)d was left alone: it did not fail, or comes too late.",
                "%(n)d were left alone: they did not fail, or come too late.",
                left,
            )
            messages.warning(request, words % {"n": left})

    def _attempt(self, request: HttpRequest, job: Job) -> bool:
        try:
            self.again(job)
        except IllegalMove:
            return False
        self.log_change(request, job, _("Tried again."))
        return True

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.retry_view))
        name = f"livestream_{self.opts.model_name}_retry"
        return [path("<int:pk>/retry/", view, name=name), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        job = context.get("original")
        if job and self.can_retry(job) and self.has_retry_permission(request):
            context["retry"] = f"{self.admin_site.name}:livestream_{self.opts.model_name}_retry"
        return super().render_change_form(request, context, *args, **kwargs)

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST has the worker try once more."""
        if not self.has_retry_permission(request):
            raise PermissionDenied
        job = self.get_object(request, str(pk))
        if job is None:
            raise Http404
        try:
            self.again(job)
        except IllegalMove:
            messages.error(request, NOT_FAILED)
        else:
            self.log_change(request, job, _("Tried again."))
            messages.success(request, _("It is tried again. Look here in a minute."))
        return redirect(f"{self.admin_site.name}:livestream_{self.opts.model_name}_change", pk)
