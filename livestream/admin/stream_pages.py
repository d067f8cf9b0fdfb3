"""Beside a livestream's form: the key that its encoder shows, and the chapters of its replay."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from livestream.admin.actors import staff_actor
from livestream.admin.stream_forms import ChapterForm, clock
from livestream.models import LiveStream, Pin
from livestream.services import chapter_edits, chapters, ingest, state

NO_STORE = {"Cache-Control": "no-store"}
FIELDS = {
    "title": "chapter_title",
    "start_ms": "chapter_start_ms",
    "end_ms": "chapter_end_ms",
    "is_hidden": "is_hidden",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One pin with its form. `start` and `end` are what viewers get where the form is empty."""

    pin: Pin
    name: str
    start: str
    end: str
    form: ChapterForm


class StreamPages:
    """For the admin of livestreams."""

    @sensitive_variables("context", "key")
    def key_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET offers to show the key; POST shows it, with `renew` a new one. It is in no other answer."""
        stream = self._stream(request, pk)
        key = ""
        if request.method == "POST":
            if "renew" in request.POST:
                stream = ingest.renew_key(stream=stream, actor=staff_actor(request), now=timezone.now())
                messages.success(request, _("The key is renewed. The old one opens nothing any more."))
            key = stream.stream_key
        context = {
            **self._around(request, stream, _("Stream key")),
            "key": key,
        }
        return TemplateResponse(request, "livestream/admin/key.html", context, headers=NO_STORE)

    def chapters_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pins of the show as chapters of its replay, each with its title, its times, or left out."""
        stream = self._stream(request, pk)
        lines = _lines(stream, request.POST if request.method == "POST" else None)
        if request.method == "POST" and all(line.form.is_valid() for line in lines):
            self._save_chapters(request, lines)
            return redirect(request.path)
        context = {**self._around(request, stream, _("Chapters of the replay")), "lines": lines}
        status = 400 if request.method == "POST" else 200
        return TemplateResponse(request, "livestream/admin/chapters.html", context, status=status)

    def _save_chapters(self, request: HttpRequest, lines: list[Line]) -> None:
        who = {"actor": staff_actor(request), "now": timezone.now()}
        edited = [line for line in lines if line.form.has_changed()]
        done = sum(
            chapter_edits.change_chapter(pin=line.pin, **line.form.cleaned_data, **who) for line in edited
        )
        words = ngettext("%(n)d chapter was changed.", "%(n)d chapters were changed.", done)
        messages.success(request, words % {"n": done})

    def _stream(self, request: HttpRequest, pk: int) -> LiveStream:
        """Raises PermissionDenied before it tells whether there is such a livestream."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        stream = LiveStream.objects.select_related("channel").filter(pk=pk).first()
        if stream is None:
            raise Http404
        return stream

    def _around(self, request: HttpRequest, stream: LiveStream, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "original": stream,
        }


def _lines(stream: LiveStream, data: Any) -> list[Line]:
    shown = {chapter.card.pin: chapter for chapter in chapters.chapters(stream)}
    pins = state.shown_pins(stream).filter(is_rehearsal=False).order_by("pinned_at", "position", "pk")
    return [_line(pin, shown.get(pin.pk), data) for pin in pins]


def _line(pin: Pin, shown: Any, data: Any) -> Line:
    initial = {name: getattr(pin, column) for name, column in FIELDS.items()}
    return Line(
        pin=pin,
        name=f"{pin.product}, {pin.unit}" if pin.unit else str(pin.product),
        start=clock(shown.start_ms) if shown else "",
        end=clock(shown.end_ms) if shown else "",
        form=ChapterForm(data, prefix=str(pin.pk), initial=initial),
    )
