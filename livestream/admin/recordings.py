"""What the encoder left of a show, and the replay that is made of it: how far it is, and another try."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livestream.admin.actors import staff_actor
from livestream.admin.retries import NOT_FAILED
from livestream.admin.stream_forms import clock
from livestream.errors import IllegalMove
from livestream.models import Broadcast, LiveStream, Replay
from livestream.services import recordings, replays

PAGE = "livestream_livestream_recordings"


class RecordingPages:
    """For the admin of livestreams: `<livestream>/recordings/`. Whoever may change it may try again."""

    def recording_urls(self) -> list[URLPattern]:
        pages = [
            ("recordings/", require_safe(self.recordings_view), "recordings"),
            ("recordings/<int:broadcast>/retry/", require_POST(self.retry_recording_view), "retry_recording"),
            ("replay/retry/", require_POST(self.retry_replay_view), "retry_replay"),
        ]
        return [
            path(f"<int:pk>/{route}", self.admin_site.admin_view(view), name=f"livestream_livestream_{name}")
            for route, view, name in pages
        ]

    def recordings_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The broadcasts in their order, and the replay where it was begun."""
        stream = self._console_stream(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Recordings"),
            "original": stream,
            "replay": Replay.objects.filter(stream=stream).first(),
            "lines": [_line(one) for one in stream.broadcasts.order_by("started_at", "pk")],
            "may_retry": self.has_change_permission(request, stream),
        }
        return TemplateResponse(request, "livestream/admin/recordings.html", context)

    def retry_recording_view(self, request: HttpRequest, pk: int, broadcast: int) -> HttpResponse:
        stream = self._stream(request, pk)
        row = get_object_or_404(stream.broadcasts, pk=broadcast)
        return self._try(request, stream, partial(recordings.retry, broadcast=row))

    def retry_replay_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        stream = self._stream(request, pk)
        return self._try(request, stream, partial(replays.retry, stream=stream))

    def _try(self, request: HttpRequest, stream: LiveStream, again: Callable[..., None]) -> HttpResponse:
        try:
            again(actor=staff_actor(request), now=timezone.now())
        except IllegalMove:
            messages.error(request, NOT_FAILED)
        else:
            messages.success(request, _("It is tried again. Look here in a minute."))
        return redirect(f"{self.admin_site.name}:{PAGE}", stream.pk)


def _line(broadcast: Broadcast) -> dict[str, Any]:
    has_failed = broadcast.state == Broadcast.State.FAILED
    return {
        "broadcast": broadcast,
        "length": "" if broadcast.duration_ms is None else clock(broadcast.duration_ms // 1000 * 1000),
        "can_retry": has_failed and bool(broadcast.source),
    }
