"""What media servers tell: `/live/hooks/rtmp/<event>` (nginx-rtmp) and `/live/hooks/mediamtx/<event>`.

2xx lets the encoder go on; any "no" is an empty 403 that does not say why.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from livestream.api.bodies import read_bytes
from livestream.conf import conf
from livestream.errors import AccessDenied, BusUnavailable, LivestreamError
from livestream.services import ingest, recordings

log = logging.getLogger(__name__)
MAX_BYTES = 65_536
LONGEST_CLIENT = 80
ACCEPTED, REFUSED, TROUBLE = 204, 403, 503
Facts = Mapping[str, str]
Listener = Callable[[Facts, datetime], None]


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
@require_POST
def rtmp(request: HttpRequest, event: str) -> HttpResponse:
    """Form-encoded; every argument of the encoder's address, the key among them, comes with every event."""
    return _answer(RTMP, event, lambda: _form(request))


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
@require_POST
def mediamtx(request: HttpRequest, event: str) -> HttpResponse:
    """`auth` is MediaMTX's own question in JSON; the others are sent by curl, with the hook secret."""
    if event == "auth":
        return _answer(MEDIAMTX_AUTH, event, lambda: _document(request))
    return _answer(MEDIAMTX, event, lambda: _trusted_form(request))


def _answer(listeners: Mapping[str, Listener], event: str, read: Callable[[], Facts]) -> HttpResponse:
    if event not in listeners:
        raise Http404
    return HttpResponse(status=_status(listeners[event], event, read), headers={"Cache-Control": "no-store"})


def _status(listener: Listener, event: str, read: Callable[[], Facts]) -> int:
    try:
        listener(read(), timezone.now())
    except BusUnavailable:
        log.warning("An encoder's %s is saved; viewers hear of it when the bus answers again.", event)
    except (LivestreamError, SuspiciousOperation) as refusal:
        log.info("An encoder's %s was refused: %s", event, refusal)
        return REFUSED
    except Exception:
        log.exception("An encoder's %s failed", event)
        # A fault of ours lets nobody on air, and sends nobody away who is.
        return ACCEPTED if event == "update" else TROUBLE
    return ACCEPTED


def _form(request: HttpRequest) -> Facts:
    """The first value of each name: what an encoder adds to its address comes behind the server's own."""
    form = QueryDict(read_bytes(request, limit=MAX_BYTES))
    return _plain({name: values[0] for name, values in form.lists()})


def _plain(facts: dict[str, str]) -> Facts:
    """No server writes what no database keeps. Raises AccessDenied."""
    try:
        said = "".join(facts.values()).encode()
    except UnicodeEncodeError:
        raise AccessDenied from None
    if b"\x00" in said:
        raise AccessDenied
    return facts


def _trusted_form(request: HttpRequest) -> Facts:
    secret = conf().HOOK_SECRET
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secret or not constant_time_compare(shown, secret):
        raise AccessDenied
    return _form(request)


def _document(request: HttpRequest) -> Facts:
    try:
        document = json.loads(read_bytes(request, limit=MAX_BYTES))
    except (ValueError, RecursionError):
        raise AccessDenied from None
    if not isinstance(document, dict):
        raise AccessDenied
    return _plain({name: str(value or "") for name, value in document.items()})


def _client(facts: Facts) -> str:
    """The connection, in the words of one server or the other."""
    return (facts.get("clientid") or facts.get("source", ""))[:LONGEST_CLIENT]


def _rtmp_publish(facts: Facts, now: datetime) -> None:
    key = facts.get("key", "")
    stream = ingest.authenticate(name=facts.get("name", ""), key=key)
    ingest.begin(stream=stream, client=_client(facts), key=key, now=now)


def _rtmp_update(facts: Facts, now: datetime) -> None:
    if facts.get("call") == "update_play":
        return
    key = facts.get("key", "")
    stream = ingest.authenticate(name=facts.get("name", ""), key=key)
    ingest.heard(stream=stream, client=_client(facts), key=key, now=now)


def _rtmp_publish_done(facts: Facts, now: datetime) -> None:
    client = _client(facts)
    stream = ingest.authenticate_end(name=facts.get("name", ""), client=client, key=facts.get("key", ""))
    ingest.stop(stream=stream, client=client, now=now)


def _rtmp_record_done(facts: Facts, now: datetime) -> None:
    client = _client(facts)
    stream = ingest.authenticate_end(name=facts.get("name", ""), client=client, key=facts.get("key", ""))
    if not recordings.attach(stream=stream, client=client, path=facts.get("path", ""), now=now):
        raise AccessDenied


def _mediamtx_auth(facts: Facts, now: datetime) -> None:
    """An encoder needs the key, as `?key=` or as its password. Whoever wants may look at what is on air."""
    name, action = facts.get("path", ""), facts.get("action")
    if action == "publish":
        key = QueryDict(facts.get("query", "")).get("key") or facts.get("password", "")
        ingest.check_free(ingest.authenticate(name=name, key=key), now=now)
    elif action != "read" or not ingest.find(name).is_on_air:
        raise AccessDenied


def _mediamtx_ready(facts: Facts, now: datetime) -> None:
    """Sent again every few seconds, as long as the encoder sends."""
    ingest.heard(stream=ingest.find(facts.get("path", "")), client=_client(facts), now=now)


def _mediamtx_not_ready(facts: Facts, now: datetime) -> None:
    ingest.stop(stream=ingest.find(facts.get("path", "")), client=_client(facts), now=now)


def _mediamtx_recorded(facts: Facts, now: datetime) -> None:
    stream = ingest.find(facts.get("path", ""))
    if not recordings.attach(stream=stream, client="", path=facts.get("segment", ""), now=now):
        raise AccessDenied


RTMP: Mapping[str, Listener] = {
    "publish": _rtmp_publish,
    "update": _rtmp_update,
    "publish_done": _rtmp_publish_done,
    "record_done": _rtmp_record_done,
}
MEDIAMTX_AUTH: Mapping[str, Listener] = {"auth": _mediamtx_auth}
MEDIAMTX: Mapping[str, Listener] = {
    "ready": _mediamtx_ready,
    "not_ready": _mediamtx_not_ready,
    "recorded": _mediamtx_recorded,
}
