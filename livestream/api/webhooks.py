"""Where hosted accounts push: `/live/webhooks/<alias>`. Checked, stored, answered; read by a job."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from livestream.api.bodies import read_bytes
from livestream.api.errors import MethodNotAllowed, error_response
from livestream.services import accounts, inbox

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
    accounts.listener(alias)
    if request.method == "HEAD":
        return HttpResponse(headers=NO_STORE)
    if request.method != "POST":
        raise MethodNotAllowed(allowed="HEAD, POST")
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = read_bytes(request, limit=MAX_BYTES)
    inbox.receive(alias=alias, headers=headers, body=body, now=timezone.now())
    return HttpResponse(status=204, headers=NO_STORE)
