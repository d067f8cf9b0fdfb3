"""The page after the order: thanks, the widget, and what happens next."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gifting.errors import NotFound
from gifting.services import hosting, links
from gifting.views import pages
from gifting.views.record import permissions


@login_not_required
@require_safe
def confirmation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Opened by the signed link of `links.confirmation_path`. Hosts override `gifting/confirmation.html`."""
    try:
        order = links.open_confirmation(token=token)
    except NotFound:
        return pages.not_found(request)
    container = getattr(order, "container", None)
    context = {"order": order, "container": container}
    response = pages.page(request, "gifting/confirmation.html", order=order, context=context)
    response["Permissions-Policy"] = permissions(container)
    return response


@login_not_required
@require_safe
def recorder(request: HttpRequest, token: str) -> HttpResponse:
    """`{"ready": bool}`: can the order's page show the recorder? Whoever waits for it hurries the account."""
    try:
        container = links.open_confirmation(token=token).container
    except NotFound:
        return pages.not_found(request)
    is_ready = hosting.find_widget(container) is not None
    if not is_ready:
        hosting.hurry(container, now=timezone.now())
    return JsonResponse({"ready": is_ready}, headers=pages.PRIVATE)
