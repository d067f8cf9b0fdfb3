"""Where carriers and aggregators push: `/webhooks/<alias>`. Checked, stored, answered; read by a job."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gifting.api.bodies import read_bytes
from gifting.api.errors import MethodNotAllowed, error_response
from gifting.carriers.base import Push
from gifting.services import carriers, inbox

MAX_BYTES = 1_000_000
NO_STORE = {"Cache-Control": "no-store"}


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests  # The row is safe before the answer says so.
def webhook(request: HttpRequest, alias: str) -> HttpResponse:
    """POST takes a push, HEAD tells that somebody listens here. Errors are those of the API."""
    try:
        return _answer(request, alias)
    except Exception as exc:
        return error_response(exc)


def _answer(request: HttpRequest, alias: str) -> HttpResponse:
    carriers.listener(alias)
    if request.method == "HEAD":
        return HttpResponse(headers=NO_STORE)
    if request.method != "POST":
        raise MethodNotAllowed(allowed="HEAD, POST")
    inbox.receive(alias=alias, push=_push(request), now=timezone.now())
    return JsonResponse({"result": "ok"}, headers=NO_STORE)


def _push(request: HttpRequest) -> Push:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Push(headers=headers, body=read_bytes(request, limit=MAX_BYTES))
