"""Playlists: livestreams gathered under one id."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from livestream.admin.columns import status_badge
from livestream.admin.lines import Lines
from livestream.admin.selection import CarefulSelection
from livestream.models import Playlist, PlaylistEntry


class EntryInline(Lines):
    """What is in it, newest first. It is put in from the list of livestreams."""

    model = PlaylistEntry
    fields = readonly_fields = ("stream", "scheduled", "status")
    ordering = ("-stream_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlaylistEntry]:
        return super().get_queryset(request).select_related("stream")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("scheduled"))
    def scheduled(self, entry: PlaylistEntry) -> str:
        return date_format(localtime(entry.stream.scheduled_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("status"))
    def status(self, entry: PlaylistEntry) -> SafeString:
        return status_badge(entry.stream)


@admin.register(Playlist)
class PlaylistAdmin(CarefulSelection, admin.ModelAdmin):
    """Plain fields, so the admin saves them itself."""

    inlines = (EntryInline,)
    list_display = ("name", "channel", "shared_id", "size", "mirrored_at", "mirror_error")
    list_select_related = ("channel",)
    list_filter = ("channel",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name",)
    ordering = ("name", "pk")
    fields = ("channel", "name", "remote_id", "shared_id", "mirrored_at", "mirror_error")

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    @admin.display(description=_("id for the API"))
    def shared_id(self, playlist: Playlist) -> str:
        return playlist.public_id if playlist.pk else "—"

    @admin.display(description=_("livestreams"))
    def size(self, playlist: Playlist) -> int:
        return playlist.size

    def get_queryset(self, request: HttpRequest) -> QuerySet[Playlist]:
        return super().get_queryset(request).annotate(size=Count("entries"))

    def get_readonly_fields(self, request: HttpRequest, obj: Playlist | None = None) -> tuple[str, ...]:
        """A playlist never changes hands: its livestreams are its channel's."""
        own = ("shared_id", "mirrored_at", "mirror_error")
        return ("channel", *own) if obj else own
