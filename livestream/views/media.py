"""The replay and the picture of a pause: sent from here in parts, by nginx, or by the storage itself."""

from pathlib import PurePath
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from livestream.conf import conf
from livestream.services.chapters import as_webvtt, chapters
from livestream.views import ranges
from livestream.views.streams import stream_or_404

ALWAYS_ASK = "no-cache"  # the address stays when the file changes


@login_not_required
@require_safe
def replay(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The recording, once the show is over and as long as its replay lasts."""
    stream = stream_or_404(public_id)
    if stream.status != stream.Status.REPLAY:
        raise Http404
    return _deliver(request, stream.replay_file, "video/mp4")


@login_not_required
@require_safe
def frame(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The last picture before the pause."""
    stream = stream_or_404(public_id)
    if stream.status != stream.Status.PAUSED:
        raise Http404
    return _deliver(request, stream.frame, "image/jpeg")


@login_not_required
@require_safe
def chapters_track(request: HttpRequest, public_id: str) -> HttpResponse:
    """The chapters as WebVTT, for players."""
    stream = stream_or_404(public_id)
    if stream.status != stream.Status.REPLAY:
        raise Http404
    body = as_webvtt(chapters(stream))
    return HttpResponse(body, content_type="text/vtt; charset=utf-8", headers={"Cache-Control": ALWAYS_ASK})


def _deliver(request: HttpRequest, file: FieldFile, kind: str) -> HttpResponseBase:
    if not file:
        raise Http404
    headers = {
        "Content-Type": kind,
        "Content-Disposition": "inline",
        "Cache-Control": ALWAYS_ASK,
        "X-Content-Type-Options": "nosniff",
    }
    match conf().MEDIA_DELIVERY:
        case "accel":
            path = quote(conf().MEDIA_ACCEL_PREFIX + str(file.name))
            return HttpResponse(headers={**headers, "X-Accel-Redirect": path})
        case "redirect":
            return HttpResponseRedirect(file.url, headers={"Cache-Control": "no-store"})
    try:
        return ranges.send(request, file, etag=f'"{PurePath(str(file.name)).stem}"', headers=headers)
    except FileNotFoundError:
        raise Http404 from None
