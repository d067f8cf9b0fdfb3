"""Playlists: livestreams gathered under one id."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.ids import Kind, encode
from livestream.models.channels import Channel
from livestream.models.streams import LiveStream


class Playlist(models.Model):
    """A list of livestreams, newest first."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="playlists", verbose_name=_("channel"))
    remote_id = models.CharField(
        _("hosted id"),
        max_length=64,
        blank=True,
        help_text=_("Of the playlist in the hosted account that is mirrored into this one."),
    )
    name = models.CharField(_("name"), max_length=200)
    mirrored_at = models.DateTimeField(_("mirrored"), null=True, blank=True, editable=False)
    mirror_error = models.TextField(_("last error"), blank=True, editable=False)
    mirror_due_at = models.DateTimeField(_("mirror due"), default=timezone.now, editable=False)
    mirror_held_until = models.DateTimeField(_("being mirrored"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return encode(Kind.PLAYLIST, self.pk)


class PlaylistEntry(models.Model):
    """One livestream in one playlist."""

    playlist = models.ForeignKey(Playlist, models.CASCADE, related_name="entries", verbose_name=_("playlist"))
    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="entries", verbose_name=_("livestream")
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-stream_id"]
        constraints = [
            # Also the index that pages are read by.
            models.UniqueConstraint(fields=["playlist", "stream"], name="livestream_entry_once")
        ]

    def __str__(self) -> str:
        return str(self.stream)
