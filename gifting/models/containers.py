"""The slot for a gift message, its legal moves, and the recordings made for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.dto import RefusalReason
from gifting.errors import Locked
from gifting.models.files import gift_storage
from gifting.models.jobs import Job
from gifting.models.orders import Order
from gifting.models.uploads import Upload

NOTE_MAX = 500


class VideoContainer(models.Model):
    """One gift. `urid` opens the giver's page, `edit_key` the widget, `watch_token` the receiver's page."""

    class State(models.TextChoices):
        RECORDING_OPEN = "recording_open", _("waiting for the giver")
        PROCESSING = "processing", _("being prepared")
        RECORDED = "recorded", _("recorded")
        ACTIVATED = "activated", _("activated")
        DELIVERED = "delivered", _("delivered")
        EXPIRED = "expired", _("erased")
        CANCELLED = "cancelled", _("cancelled")

    order = models.OneToOneField(Order, models.CASCADE, related_name="container", verbose_name=_("order"))
    urid = models.CharField(max_length=10, unique=True)
    edit_key = models.UUIDField(editable=False)
    watch_token = models.CharField(max_length=32, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.RECORDING_OPEN)
    note = models.TextField(_("written note"), max_length=NOTE_MAX, blank=True)
    recording = models.OneToOneField(
        "Recording", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recording")
    )
    created_at = models.DateTimeField(_("created"))
    recorded_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    printed_at = models.DateTimeField(_("card printed"), null=True, blank=True)
    held_at = models.DateTimeField(_("on hold since"), null=True, blank=True)
    send_at = models.DateTimeField(_("to be sent on"), null=True, blank=True)
    recalled_at = models.DateTimeField(_("recalled"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_reason = models.CharField(_("hidden because"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned of erasure"), null=True, blank=True)

    class Meta:
        verbose_name = _("gift message")
        verbose_name_plural = _("gift messages")
        ordering = ["-pk"]
        permissions = [
            ("print_card", _("Can print gift cards")),
            ("activate_container", _("Can activate gift messages")),
            ("send_container", _("Can send and hold gift messages")),
            ("moderate_container", _("Can hide and recall gift messages")),
            ("erase_person", _("Can erase a person, and export what is held on one")),
        ]
        indexes = [
            models.Index(fields=["state", "order"], name="gifting_container_state"),
            models.Index(
                fields=["expires_at"],
                name="gifting_container_expires",
                condition=~models.Q(state="expired"),
            ),
            models.Index(
                fields=["expires_at"],
                name="gifting_container_to_warn",
                condition=models.Q(warned_at__isnull=True, recorded_at__isnull=False)
                & ~models.Q(state__in=["expired", "cancelled"]),
            ),
            models.Index(
                fields=["created_at"],
                name="gifting_container_unsent",
                condition=models.Q(state__in=["recording_open", "processing", "recorded"])
                | models.Q(state="activated", printed_at__isnull=True),
            ),
            models.Index(
                fields=["id"],
                name="gifting_container_empty",
                condition=models.Q(
                    models.Q(printed_at__isnull=False) | models.Q(state__in=["activated", "delivered"]),
                    recorded_at__isnull=True,
                    state__in=["recording_open", "processing", "recorded", "activated", "delivered"],
                ),
            ),
            models.Index(
                fields=["send_at"],
                name="gifting_container_date_empty",
                condition=models.Q(send_at__isnull=False, recorded_at__isnull=True),
            ),
            models.Index(
                fields=["held_at"],
                name="gifting_container_held",
                condition=models.Q(held_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.order.number

    @property
    def has_message(self) -> bool:
        """Is there something to watch or read?"""
        return self.recording_id is not None or self.recorded_at is not None

    @property
    def is_live(self) -> bool:
        """May whoever holds the watch link see the message?"""
        return self.state in LIVE

    @property
    def is_withdrawn(self) -> bool:
        """Did staff take the message out of sight, for now or for this link?"""
        return self.recalled_at is not None or self.hidden_at is not None

    @property
    def can_record(self) -> bool:
        """Again and again until activation; once after it, where nothing had been recorded before."""
        return self.state in OPEN or (self.is_live and not self.has_message)

    @property
    def is_hosted(self) -> bool:
        """Does it live in a vendor's account, and `hosted` mirrors it? Asks the database once."""
        return hasattr(self, "hosted")

    @property
    def watch_url(self) -> str:
        """What the QR code says: the brand's address and an opaque token, or the vendor's own address."""
        return self._elsewhere("watch_url") or self.order.brand.url(f"/w/{self.watch_token}")

    @property
    def recording_url(self) -> str:
        return self._elsewhere("recording_url") or self.order.brand.url(f"/{self.urid}")

    @property
    def preview_url(self) -> str:
        return self._elsewhere("preview_url") or self.order.brand.url(f"/preview/{self.urid}")

    def _elsewhere(self, name: str) -> str:
        """The vendor's address; empty where the gift lives here, or is not open there yet."""
        return str(getattr(self.hosted, name)) if self.is_hosted else ""

    def move_to(self, state: "VideoContainer.State") -> None:
        """Take one legal step. Raises Locked where the table has none."""
        if state not in MOVES[VideoContainer.State(self.state)]:
            raise Locked(f"A gift message that is {self.state} cannot become {state}.")
        self.state = state


State = VideoContainer.State
OPEN = frozenset({State.RECORDING_OPEN, State.PROCESSING, State.RECORDED})
LIVE = frozenset({State.ACTIVATED, State.DELIVERED})
MOVES: dict[State, set[State]] = {
    State.RECORDING_OPEN: {State.PROCESSING, State.RECORDED, State.ACTIVATED, State.EXPIRED, State.CANCELLED},
    State.PROCESSING: {State.RECORDING_OPEN, State.RECORDED, State.ACTIVATED, State.EXPIRED, State.CANCELLED},
    State.RECORDED: {State.PROCESSING, State.ACTIVATED, State.EXPIRED, State.CANCELLED},
    State.ACTIVATED: {State.DELIVERED, State.EXPIRED, State.CANCELLED},
    State.DELIVERED: {State.EXPIRED, State.CANCELLED},
    State.EXPIRED: set(),
    State.CANCELLED: {State.EXPIRED},
}


class Recording(Job):
    """One video of the giver: from the stored upload to the file that plays. Also its own job row."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        PROCESSING = "processing", _("being prepared")
        READY = "ready", _("ready")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("needs attention")
        REPLACED = "replaced", _("replaced, to be erased")

    WAITING = (State.QUEUED, State.PROCESSING)

    class Refusal(models.TextChoices):
        EMPTY = RefusalReason.EMPTY.value, _("The file is empty.")
        NOT_VIDEO = RefusalReason.NOT_VIDEO.value, _("The file is not a video.")
        NO_PICTURE = RefusalReason.NO_PICTURE.value, _("The file has sound but no picture.")
        TRUNCATED = RefusalReason.TRUNCATED.value, _("The video is cut off; part of the file is missing.")
        TOO_LONG = RefusalReason.TOO_LONG.value, _("The video is too long.")
        TOO_SHORT = RefusalReason.TOO_SHORT.value, _("The video is too short.")
        TOO_LARGE = RefusalReason.TOO_LARGE.value, _("The file is too large.")
        TOO_MANY_PIXELS = RefusalReason.TOO_MANY_PIXELS.value, _("The picture is too large.")

    container = models.ForeignKey(
        VideoContainer, models.CASCADE, related_name="recordings", verbose_name=_("gift message")
    )
    upload = models.OneToOneField(Upload, models.SET_NULL, null=True, blank=True, related_name="recording")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    refusal = models.CharField(_("refused because"), max_length=16, choices=Refusal.choices, blank=True)
    video = models.FileField(_("video"), max_length=200, storage=gift_storage, blank=True)
    poster = models.FileField(_("poster"), max_length=200, storage=gift_storage, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_recording_due",
                condition=models.Q(state__in=["queued", "processing"]),
            ),
            models.Index(
                fields=["id"], name="gifting_recording_replaced", condition=models.Q(state="replaced")
            ),
            models.Index(
                fields=["state", "id"],
                name="gifting_recording_trouble",
                condition=models.Q(state__in=["failed", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.container_id}/{self.pk}"
