"""What the scripts of a page ask for: the state, a new ticket, the moments of the replay."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from livestream.dto import Audience, Mode
from livestream.services import buses, chapters, state
from livestream.views.audiences import audience_of
from livestream.views.streams import stream_or_404

KEPT = {Audience.PUBLIC: "public, no-cache", Audience.STAFF: "private, no-store"}


@login_not_required
@require_safe
def live_state(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The whole state as JSON. Whoever has this version already gets 304, at the cost of one query."""
    stream, audience = stream_or_404(public_id), audience_of(request)
    etag = f'"{stream.version}-{audience}"'
    known = get_conditional_response(request, etag=etag)
    response = known or HttpResponse(state.as_json(state.build(stream, audience)), "application/json")
    response["ETag"], response["Cache-Control"] = etag, KEPT[audience]
    return response


@login_not_required
@require_safe
def ticket(request: HttpRequest, public_id: str) -> JsonResponse:
    """Where to connect to from now on: the ticket of a page does not last for ever."""
    stream = stream_or_404(public_id)
    events = buses.events_url(stream=stream.pk, audience=audience_of(request))
    return JsonResponse({"events_url": events}, headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def moments(request: HttpRequest, public_id: str) -> JsonResponse:
    """The products of the replay with their times, for pages that saw the end of the show; else none."""
    stream = stream_or_404(public_id)
    is_replay = state.MODES[stream.Status(stream.status)] == Mode.REPLAY
    found = [asdict(one) for one in chapters.chapters(stream)] if is_replay else []
    return JsonResponse({"chapters": found}, headers={"Cache-Control": "public, no-cache"})
