"""A resumable upload (tus 1.0): the offset in the database, the bytes as parts in storage."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """`length` is null while it is deferred; `parts` are names in the storage, in order."""

    container = models.ForeignKey(
        "gifting.VideoContainer", models.CASCADE, related_name="uploads", verbose_name=_("gift message")
    )
    uid = models.CharField(max_length=32, unique=True, editable=False)
    length = models.PositiveBigIntegerField(_("length in bytes"), null=True, blank=True)
    offset = models.PositiveBigIntegerField(_("received bytes"), default=0)
    parts = models.JSONField(default=list, editable=False)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.container_id}/{self.pk}"
