"""Sticker packs, and the gifts of them between the users of a shop."""

import secrets
from pathlib import PurePosixPath

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gifting.errors import Locked
from gifting.models.brands import Brand
from gifting.models.files import gift_storage
from gifting.models.jobs import Job
from gifting.models.orders import Order

USER_MAX = 190
NOTE_MAX = 200


def image_name(instance: models.Model, filename: str) -> str:
    """A name that no picture had before: caches keep what they got under one for ever."""
    return f"packs/{secrets.token_hex(8)}{PurePosixPath(filename).suffix.lower()}"


class StickerPack(models.Model):
    """One pack of a brand's catalogue. `number` is the packageId of the API."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="packs", verbose_name=_("brand"))
    number = models.PositiveIntegerField(_("package id"))
    name = models.CharField(_("name"), max_length=120)
    image = models.FileField(_("main image"), upload_to=image_name, storage=gift_storage, blank=True)
    thumbnail = models.FileField(upload_to=image_name, storage=gift_storage, blank=True, editable=False)
    category = models.CharField(_("category"), max_length=80, blank=True)
    keywords = models.CharField(_("keywords"), max_length=500, blank=True)
    is_animated = models.BooleanField(_("animated"), default=False)
    is_new = models.BooleanField(_("new"), default=False)
    is_listed = models.BooleanField(_("in the catalogue"), default=True)
    artist = models.CharField(_("artist"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    price = models.CharField(_("price"), max_length=20, default="Free", help_text=_("As shown: Free, $0.99."))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("sticker pack")
        verbose_name_plural = _("sticker packs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="gifting_pack_number_in_brand")
        ]

    def __str__(self) -> str:
        return self.name


class Sticker(models.Model):
    """One picture of a pack."""

    pack = models.ForeignKey(StickerPack, models.CASCADE, related_name="stickers", verbose_name=_("pack"))
    image = models.FileField(_("image"), upload_to=image_name, storage=gift_storage)
    thumbnail = models.FileField(upload_to=image_name, storage=gift_storage, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("sticker")
        verbose_name_plural = _("stickers")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.pack_id}/{self.pk}"


class PackUser(models.Model):
    """What a user has to do with a pack besides gifts: downloaded it, or wishes for it."""

    pack = models.ForeignKey(StickerPack, models.CASCADE, related_name="users", verbose_name=_("pack"))
    user = models.CharField(_("user id"), max_length=USER_MAX)
    downloaded_at = models.DateTimeField(_("downloaded"), null=True, blank=True)
    wished_at = models.DateTimeField(_("wished for"), null=True, blank=True)

    class Meta:
        verbose_name = _("pack of a user")
        verbose_name_plural = _("packs of users")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "pack"], name="gifting_one_row_per_pack_and_user")
        ]

    def __str__(self) -> str:
        return f"{self.user}/{self.pack_id}"


class GiftPack(models.Model):
    """A pack that one user sent to another."""

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        CONFIRMED = "confirmed", _("confirmed")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", pgettext_lazy("gift pack", "revoked")

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="gift_packs", verbose_name=_("brand"))
    pack = models.ForeignKey(
        StickerPack, models.PROTECT, related_name="gifts", db_index=False, verbose_name=_("pack")
    )
    sender = models.CharField(_("sent by"), max_length=USER_MAX)
    receiver = models.CharField(_("sent to"), max_length=USER_MAX)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.SENT)
    note = models.CharField(_("note"), max_length=NOTE_MAX, blank=True)
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="gift_packs", verbose_name=_("order")
    )
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("expired or revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("gift pack")
        verbose_name_plural = _("gift packs")
        ordering = ["-pk"]
        permissions = [("view_gift_reports", _("Can view gift reports"))]
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "receiver"],
                name="gifting_one_open_gift",
                condition=Q(state__in=["sent", "confirmed"]),
            ),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="gifting_no_gift_to_oneself"),
        ]
        indexes = [
            models.Index(fields=["pack", "receiver"], name="gifting_pack_and_receiver"),
            models.Index(
                fields=["brand", "sender", "-id"],
                name="gifting_pack_sent",
                condition=Q(state__in=["sent", "confirmed"]),
            ),
            models.Index(
                fields=["brand", "receiver", "-id"],
                name="gifting_pack_received",
                condition=Q(state__in=["sent", "confirmed"]),
            ),
            models.Index(fields=["expires_at"], name="gifting_pack_expires", condition=Q(state="sent")),
            models.Index(fields=["sent_at"], name="gifting_pack_by_day"),
            models.Index(
                fields=["confirmed_at"],
                name="gifting_pack_by_confirmation",
                condition=Q(confirmed_at__isnull=False),
            ),
            models.Index(
                fields=["ended_at"], name="gifting_pack_by_end", condition=Q(ended_at__isnull=False)
            ),
            models.Index(
                fields=["state", "-id"],
                name="gifting_pack_over",
                condition=Q(state__in=["expired", "revoked"]),
            ),
            models.Index(fields=["sender"], name="gifting_pack_sender", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["receiver"], name="gifting_pack_receiver", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} → {self.receiver}"

    def move_to(self, state: "GiftPack.State") -> None:
        """Take one legal step. Raises Locked where the table has none."""
        if state not in PACK_MOVES[GiftPack.State(self.state)]:
            raise Locked(f"A gift that is {self.state} cannot become {state}.")
        self.state = state


PackState = GiftPack.State
PACK_MOVES: dict[PackState, set[PackState]] = {
    PackState.SENT: {PackState.CONFIRMED, PackState.EXPIRED, PackState.REVOKED},
    PackState.CONFIRMED: set(),
    PackState.EXPIRED: set(),
    PackState.REVOKED: set(),
}


class PackNotice(Job):
    """The news for the shop that a gift was confirmed: by webhook or mail, as the settings say."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("needs attention")

    class Way(models.TextChoices):
        WEBHOOK = "webhook", _("webhook")
        MAIL = "mail", _("mail")

    WAITING = (State.QUEUED, State.SENDING)

    gift = models.ForeignKey(GiftPack, models.CASCADE, related_name="notices", verbose_name=_("gift pack"))
    way = models.CharField(_("way"), max_length=7, choices=Way.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of a confirmed gift")
        verbose_name_plural = _("notices of confirmed gifts")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["gift", "way"], name="gifting_one_notice_each_way")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_pack_notice_due",
                condition=models.Q(state__in=["queued", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.gift_id}/{self.way}"


class PackTally(models.Model):
    """How many gifts a user sees in each list: counted as they come and go, never by reading them all."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+", verbose_name=_("brand"))
    user = models.CharField(_("user id"), max_length=USER_MAX)
    sent = models.PositiveIntegerField(_("in the sent list"), default=0)
    received = models.PositiveIntegerField(_("in the received list"), default=0)
    left = models.PositiveIntegerField(_("times that gifts left a list"), default=0, db_default=0)

    class Meta:
        verbose_name = _("tally of a user")
        verbose_name_plural = _("tallies of users")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["brand", "user"], name="gifting_one_tally_per_user")]

    def __str__(self) -> str:
        return self.user


class PackDay(models.Model):
    """What happened on a day that is over (UTC), by pack: the gift reports read these rows."""

    brand = models.ForeignKey(
        Brand, models.CASCADE, related_name="+", db_index=False, verbose_name=_("brand")
    )
    day = models.DateField(_("day"))
    pack = models.ForeignKey(StickerPack, models.CASCADE, related_name="+", verbose_name=_("pack"))
    sent = models.PositiveIntegerField(_("sent"), default=0)
    confirmed = models.PositiveIntegerField(_("confirmed"), default=0)
    expired = models.PositiveIntegerField(_("expired"), default=0)
    revoked = models.PositiveIntegerField(pgettext_lazy("gift pack", "revoked"), default=0)
    seconds_to_confirm = models.PositiveBigIntegerField(_("seconds to confirm, together"), default=0)

    class Meta:
        verbose_name = _("day of a pack")
        verbose_name_plural = _("days of packs")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "day", "pack"], name="gifting_one_day_per_pack")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class UserDay(models.Model):
    """A user id that had to do with many different others on a day that is over (UTC)."""

    brand = models.ForeignKey(
        Brand, models.CASCADE, related_name="+", db_index=False, verbose_name=_("brand")
    )
    day = models.DateField(_("day"))
    user = models.CharField(_("user id"), max_length=USER_MAX)
    sent = models.PositiveIntegerField(_("sent"), default=0)
    received = models.PositiveIntegerField(_("received"), default=0)
    counterparts = models.PositiveIntegerField(_("different others"), default=0)

    class Meta:
        verbose_name = _("day of a user")
        verbose_name_plural = _("days of users")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "day", "user"], name="gifting_one_day_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.user}"


class UserMonth(models.Model):
    """How many packs a user sent on the counted days of a month (UTC; `month` is its first day)."""

    brand = models.ForeignKey(
        Brand, models.CASCADE, related_name="+", db_index=False, verbose_name=_("brand")
    )
    month = models.DateField(_("month"))
    user = models.CharField(_("user id"), max_length=USER_MAX)
    sent = models.PositiveIntegerField(_("sent"), default=0)

    class Meta:
        verbose_name = _("month of a user")
        verbose_name_plural = _("months of users")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "month", "user"], name="gifting_one_month_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.user}"


class CountedDay(models.Model):
    """A day (UTC) that stands in the tables above: the row makes sure that it is counted once."""

    day = models.DateField(_("day"), primary_key=True)

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"


class LateDay(models.Model):
    """A day (UTC) for which something was written after it was over: if it stands counted, count it again.

    One row for each time, never changed: so no writer waits for another, nor for whoever counts.
    """

    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("day to be counted again")
        verbose_name_plural = _("days to be counted again")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}"
