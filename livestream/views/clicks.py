"""The way from a pinned product to the shop, counted."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from livestream.errors import NotFound
from livestream.models import ProductClick
from livestream.services import clicks, state
from livestream.views.streams import stream_or_404


@require_safe
def click(request: HttpRequest, public_id: str, item: str) -> HttpResponse:
    """Count the click, and go to the product's page in the shop."""
    stream = stream_or_404(public_id)
    try:
        pin = clicks.last_pin(stream=stream, item=item)
    except NotFound as exc:
        raise Http404(exc.message) from exc
    target = state.shop_url(stream, pin)
    if not target:
        raise Http404("The shop has not said where it sells this product.")
    clicks.count(stream=stream, pin=pin, action=ProductClick.Action.LINK, now=timezone.now())
    return HttpResponseRedirect(target)
