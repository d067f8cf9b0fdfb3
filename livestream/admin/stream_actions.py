"""What the list of livestreams can do: end, duplicate, export, put into a playlist."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from livestream.admin.actors import staff_actor
from livestream.admin.csv_files import csv_response
from livestream.admin.selection import ROW_ID
from livestream.admin.sentences import sentence
from livestream.errors import BusUnavailable, LivestreamError
from livestream.models import LiveStream, Playlist
from livestream.services import desk, duplicates, exports, playlists

MOST = 200
SHOWN = 20
END = "livestream.end_livestream"
LIVE = (LiveStream.Status.ACTIVE, LiveStream.Status.PAUSED)


class SelectionField(forms.CharField):
    """Row numbers with commas between them."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        texts = (super().to_python(value) or "").split(",")
        if len(texts) > MOST or not all(map(ROW_ID.fullmatch, texts)):
            raise ValidationError(_("The selection could not be read. Select the livestreams again."))
        return list(dict.fromkeys(map(int, texts)))


class EndForm(forms.Form):
    """Which ones."""

    streams = SelectionField()


class PlaylistForm(EndForm):
    """And where they go."""

    playlist = forms.ModelChoiceField(Playlist.objects.none(), label=gettext_lazy("Playlist"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["playlist"].queryset = Playlist.objects.select_related("channel")
        self.fields["playlist"].label_from_instance = lambda one: f"{one.name} ({one.channel})"


class StreamActions:
    """For the admin of livestreams."""

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and request.user.has_perm(END)

    def has_playlist_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and request.user.has_perm("livestream.change_playlist")

    @admin.action(description=gettext_lazy("End…"), permissions=["end"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[LiveStream]) -> HttpResponse | None:
        return self._begin(request, queryset, self._ask_end)

    @admin.action(description=gettext_lazy("Add to a playlist…"), permissions=["playlist"])
    def add_to_playlist(self, request: HttpRequest, queryset: QuerySet[LiveStream]) -> HttpResponse | None:
        return self._begin(request, queryset, self._ask_playlist)

    @admin.action(description=gettext_lazy("Duplicate, a week later"), permissions=["add"])
    def duplicate_selected(self, request: HttpRequest, queryset: QuerySet[LiveStream]) -> None:
        made = self._each(request, queryset, self._duplicate)
        words = ngettext("%(n)d livestream was duplicated.", "%(n)d livestreams were duplicated.", made)
        if made:
            messages.success(request, words % {"n": made})

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[LiveStream]) -> HttpResponseBase:
        return csv_response("livestreams", exports.STREAM_HEAD, exports.stream_rows(queryset))

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The filtered list, in its order, whatever its length."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except admin.views.main.IncorrectLookupParameters:
            return redirect("../?e=1")
        return csv_response("livestreams", exports.STREAM_HEAD, exports.stream_rows(found))

    def _begin(
        self,
        request: HttpRequest,
        queryset: QuerySet[LiveStream],
        ask: Callable[[HttpRequest, Any], HttpResponse],
    ) -> HttpResponse | None:
        numbers = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(numbers) > MOST:
            words = _("These are too many at once. Select at most %(most)d; nothing was changed.")
            messages.error(request, words % {"most": MOST})
            return None
        return ask(request, {"streams": ",".join(map(str, numbers))})

    def end_view(self, request: HttpRequest) -> HttpResponse:
        """POST ends the selected ones that are live."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        form = EndForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            return self._ask_end(request, request.POST or request.GET)
        live = LiveStream.objects.filter(pk__in=form.cleaned_data["streams"], status__in=LIVE)
        ended = self._each(request, live, self._end)
        if ended:
            words = ngettext("%(n)d livestream has ended.", "%(n)d livestreams have ended.", ended)
            messages.success(request, words % {"n": ended})
        return redirect(self._list())

    def _ask_end(self, request: HttpRequest, said: Any) -> HttpResponse:
        form = EndForm(said)
        chosen = self._chosen(form)
        context = {
            "title": _("End livestreams"),
            "action": "end",
            "live": chosen.filter(status__in=LIVE)[:SHOWN],
            "count": chosen.filter(status__in=LIVE).count(),
            "others": chosen.exclude(status__in=LIVE).count(),
        }
        return self._page(request, "livestream/admin/end.html", form, context)

    def playlist_view(self, request: HttpRequest) -> HttpResponse:
        """POST adds the selected ones to the playlist."""
        if not self.has_playlist_permission(request):
            raise PermissionDenied
        form = PlaylistForm(request.POST)
        if request.method != "POST" or not form.is_valid():
            return self._ask_playlist(request, request.POST or request.GET)
        playlist, chosen = form.cleaned_data["playlist"], list(self._chosen(form))
        added = playlists.add(playlist=playlist, streams=chosen)
        foreign = sum(stream.channel_id != playlist.channel_id for stream in chosen)
        words = ngettext(
            "%(n)d livestream was added to %(playlist)s.", "%(n)d were added to %(playlist)s.", added
        )
        messages.success(request, words % {"n": added, "playlist": playlist})
        if foreign:
            words = ngettext(
                "%(n)d belongs to another channel and was left out.",
                "%(n)d belong to another channel and were left out.",
                foreign,
            )
            messages.warning(request, words % {"n": foreign})
        return redirect(self._list())

    def _ask_playlist(self, request: HttpRequest, said: Any) -> HttpResponse:
        form = PlaylistForm(
            said if "playlist" in said else None, initial={"streams": said.get("streams", "")}
        )
        chosen = self._chosen(EndForm(said))
        context = {"title": _("Add to a playlist"), "action": "playlist", "count": chosen.count()}
        return self._page(request, "livestream/admin/playlist.html", form, context)

    def _chosen(self, form: forms.Form) -> QuerySet[LiveStream]:
        form.is_valid()
        numbers = getattr(form, "cleaned_data", {}).get("streams", [])
        return LiveStream.objects.filter(pk__in=numbers).select_related("channel").order_by("-pk")

    def _page(
        self, request: HttpRequest, template: str, form: forms.Form, context: dict[str, Any]
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "back": self._list(),
            **context,
        }
        return TemplateResponse(request, template, whole, status=400 if form.errors else 200)

    def _list(self) -> str:
        return f"{self.admin_site.name}:livestream_livestream_changelist"

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[LiveStream],
        one: Callable[[HttpRequest, LiveStream], None],
    ) -> int:
        """One call of the service for each row: how many it did. What it refused is named."""
        done = 0
        for stream in queryset.select_related("channel"):
            try:
                one(request, stream)
            except BusUnavailable as exc:
                messages.warning(request, f"{stream}: {sentence(exc)}")
                done += 1
            except LivestreamError as exc:
                messages.error(request, f"{stream}: {sentence(exc)}")
            else:
                done += 1
        return done

    def _end(self, request: HttpRequest, stream: LiveStream) -> None:
        desk.end(stream=stream, actor=staff_actor(request), now=timezone.now())
        self.log_change(request, stream, _("Ended."))

    def _duplicate(self, request: HttpRequest, stream: LiveStream) -> None:
        copy = duplicates.duplicate(stream=stream, actor=staff_actor(request), now=timezone.now())
        self.log_addition(request, copy, _("Duplicate of %(stream)s.") % {"stream": stream})
