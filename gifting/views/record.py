"""The giver's page: the widget, for whoever was mailed the recording link."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gifting.conf import conf
from gifting.errors import NotFound
from gifting.services import links
from gifting.views import pages

PERMISSIONS = "camera=(self), microphone=(self)"


@login_not_required
@require_safe
def record_page(request: HttpRequest, urid: str) -> HttpResponse:
    """The widget with a few warm words. What the giver may still do, the widget says."""
    try:
        container = links.open_giver_link(urid=urid)
    except NotFound:
        return pages.not_found(request)
    context = {"container": container, "order": container.order, "max_seconds": conf().MAX_VIDEO_SECONDS}
    response = pages.page(request, "gifting/record.html", order=container.order, context=context)
    response["Permissions-Policy"] = PERMISSIONS
    return response
