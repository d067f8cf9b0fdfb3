"""The page after the order: thanks, the widget, and what happens next."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gifting.errors import NotFound
from gifting.services import links
from gifting.views import pages
from gifting.views.record import PERMISSIONS


@login_not_required
@require_safe
def confirmation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Opened by the signed link of `links.confirmation_path`. Hosts override `gifting/confirmation.html`."""
    try:
        order = links.open_confirmation(token=token)
    except NotFound:
        return pages.not_found(request)
    context = {"order": order, "container": getattr(order, "container", None)}
    response = pages.page(request, "gifting/confirmation.html", order=order, context=context)
    response["Permissions-Policy"] = PERMISSIONS
    return response
