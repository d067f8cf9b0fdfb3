"""Gifts that live in a vendor's account: what the vendor said of them, and the calls that wait for it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from gifting.models.containers import VideoContainer
from gifting.models.jobs import Job


class HostedGift(models.Model):
    """The mirror of a gift in the account named by `backend`. Empty until the vendor opened it."""

    container = models.OneToOneField(
        VideoContainer, models.CASCADE, related_name="hosted", verbose_name=_("gift message")
    )
    backend = models.CharField(_("account"), max_length=40)
    urid = models.CharField(max_length=100, blank=True)
    edit_key = models.CharField(max_length=200, blank=True, editable=False)
    state = models.CharField(_("state there"), max_length=40, blank=True)
    recording_url = models.URLField(max_length=500, blank=True)
    preview_url = models.URLField(max_length=500, blank=True)
    watch_url = models.URLField(max_length=500, blank=True)
    opened_at = models.DateTimeField(_("opened there"), null=True, blank=True)
    synced_at = models.DateTimeField(_("last compared"), null=True, blank=True)

    class Meta:
        verbose_name = _("hosted gift")
        verbose_name_plural = _("hosted gifts")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["watch_url"], name="gifting_hosted_watch_url")]

    def __str__(self) -> str:
        return f"{self.backend} {self.urid}".strip()


class VendorCall(Job):
    """One call to make to the vendor. The calls that change a gift are made in the order of their keys."""

    class Action(models.TextChoices):
        OPEN = "open", _("open the gift")
        CHANGE = "change", _("change the gift")
        ACTIVATE = "activate", _("activate the gift")
        FETCH = "fetch", _("look at the gift")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        CALLING = "calling", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("needs attention")

    WAITING = (State.QUEUED, State.CALLING)

    container = models.ForeignKey(
        VideoContainer, models.CASCADE, related_name="vendor_calls", verbose_name=_("gift message")
    )
    action = models.CharField(_("what"), max_length=10, choices=Action.choices)
    payload = models.JSONField(default=dict, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("call to a hosted account")
        verbose_name_plural = _("calls to hosted accounts")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_vendor_call_due",
                condition=models.Q(state__in=["queued", "calling"]),
            ),
            models.Index(
                fields=["id"], name="gifting_vendor_call_failed", condition=models.Q(state="failed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.container_id}/{self.action}"

    @classmethod
    def in_turn(cls) -> Q:
        """A gift is looked at any time, anything else is done once the earlier calls are."""
        earlier = cls.objects.filter(container=OuterRef("container"), pk__lt=OuterRef("pk"))
        undone = earlier.exclude(state=cls.State.DONE).exclude(action=cls.Action.FETCH)
        return Q(action=cls.Action.FETCH) | Q(~Exists(undone))
