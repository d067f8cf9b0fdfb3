"""The way from a product to the shop or into its basket, counted."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from livestream.errors import NotFound
from livestream.models import LiveStream, Pin, ProductClick
from livestream.services import clicks, state
from livestream.views.streams import stream_or_404
from livestream.views.throttle import is_too_much

A_MINUTE = 60
"""As many clicks of one visitor are counted in a minute; more are no interest in products."""


@login_not_required
@require_safe
def click(request: HttpRequest, public_id: str, item: str) -> HttpResponse:
    """Count the click, and go to the product's page in the shop."""
    stream = stream_or_404(public_id)
    pin = _found(stream, item)
    target = state.shop_url(stream, pin)
    if not target:
        raise Http404("The shop has not said where it sells this product.")
    if not (_is_automatic(request) or _is_staff(request)):
        _count(request, stream, pin, ProductClick.Action.LINK)
    return HttpResponseRedirect(target, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


@login_not_required
@csrf_exempt  # It needs no cookie and changes nothing but a count.
@require_POST
def basket(request: HttpRequest, public_id: str, item: str) -> HttpResponse:
    """Count that a product went into the basket. The answer is the same whether or not it was counted."""
    stream = stream_or_404(public_id)
    _count(request, stream, _found(stream, item), ProductClick.Action.BASKET)
    return HttpResponse(status=204)


def _found(stream: LiveStream, item: str) -> Pin:
    try:
        return clicks.find(stream=stream, item=item)
    except NotFound as exc:
        raise Http404(exc.message) from exc


def _is_automatic(request: HttpRequest) -> bool:
    """Link checkers ask for the head alone, browsers fetch what might be clicked: nobody clicked."""
    return request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", "")


def _is_staff(request: HttpRequest) -> bool:
    """Somebody of the shop who tries the links is no customer."""
    user = getattr(request, "user", None)
    return bool(user and user.is_staff)


def _count(request: HttpRequest, stream: LiveStream, pin: Pin, action: ProductClick.Action) -> None:
    if not is_too_much(request, f"click.{stream.pk}", most=A_MINUTE):
        clicks.count(stream=stream, pin=pin, action=action, now=timezone.now())
