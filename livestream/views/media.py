"""Files of a livestream that are kept here: the replay and the last frame."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from livestream.views.streams import stream_or_404


@require_safe
def replay(request: HttpRequest, public_id: str) -> FileResponse:
    """The recording, once the show is over."""
    stream = stream_or_404(public_id)
    if stream.status != stream.Status.REPLAY or not stream.replay_file:
        raise Http404
    return FileResponse(stream.replay_file.open())


@require_safe
def frame(request: HttpRequest, public_id: str) -> FileResponse:
    """The last frame before a pause."""
    stream = stream_or_404(public_id)
    if not stream.frame:
        raise Http404
    return FileResponse(stream.frame.open())
