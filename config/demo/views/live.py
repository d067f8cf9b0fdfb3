"""Live shopping in the sample shop: the show inside the shop's own page, and the video that stands for it."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.demo import live_video
from livestream.models import LiveStream
from livestream.views.streams import stream_or_404

SHOWN = 12
Status = LiveStream.Status
ANOTHER = "DEMO=1 .venv/bin/python manage.py demo --base-url {base}"


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """What is on air, embedded as any shop would do it, and the other shows."""
    shows = LiveStream.objects.filter(channel__slug="maison-lune").select_related("channel")
    shows = shows.order_by("-scheduled_at")
    on_air = shows.filter(status=Status.ACTIVE).first() or shows.filter(status=Status.PAUSED).first()
    context = {
        "on_air": on_air,
        "others": [stream for stream in shows[:SHOWN] if stream != on_air],
        "another": ANOTHER.format(base=request.build_absolute_uri("/").rstrip("/")),
    }
    return render(request, "demo/live.html", context)


@require_safe
def video(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A playlist or a part of the sample video."""
    if name == live_video.LIVE:
        return _playlist(live_video.live_playlist(timezone.now()))
    path = live_video.folder() / name
    kind = live_video.TYPES.get(path.suffix)
    if kind is None or path.parent != live_video.folder() or not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), content_type=kind)


@require_safe
def replay(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a sample show had on air, from its start to its end."""
    stream = stream_or_404(public_id)
    if stream.started_at is None:
        raise Http404
    return _playlist(live_video.replay_playlist(stream.started_at, stream.ended_at or timezone.now()))


def _playlist(text: str) -> HttpResponse:
    kind = live_video.TYPES[".m3u8"]
    return HttpResponse(text, content_type=kind, headers={"Cache-Control": "no-store"})
