"""A parcel of an order, what its carrier told of it, and how often each carrier may be asked."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Coalesce, Replace, Upper
from django.utils.translation import gettext_lazy as _

from gifting.dto import ParcelStatus
from gifting.models.jobs import Job
from gifting.models.orders import Order


class Shipment(Job):
    """The carrier's code for a parcel, and the last that is known of it. Also the job that asks for news."""

    class Carrier(models.TextChoices):
        CHRONOPOST = "chronopost", "Chronopost"
        UPS = "ups", "UPS"
        DHL = "dhl", "DHL"
        COURSIER = "coursier", _("courier")
        OTHER = "other", _("other")

    class Status(models.TextChoices):
        SHIPPED = ParcelStatus.SHIPPED.value, _("shipped")
        IN_TRANSIT = ParcelStatus.IN_TRANSIT.value, _("in transit")
        OUT_FOR_DELIVERY = ParcelStatus.OUT_FOR_DELIVERY.value, _("out for delivery")
        PROBLEM = ParcelStatus.PROBLEM.value, _("problem")
        RETURNED = ParcelStatus.RETURNED.value, _("returned to the sender")
        DELIVERED = ParcelStatus.DELIVERED.value, _("delivered")

    class State(models.TextChoices):
        """Of asking the carrier, not of the parcel."""

        QUEUED = "queued", _("will be asked")
        ASKING = "asking", _("being asked")
        IDLE = "idle", _("nobody to ask")
        DONE = "done", _("arrived or returned")
        STOPPED = "stopped", _("asked long enough")
        FAILED = "failed", _("needs attention")

    WAITING = (State.QUEUED, State.ASKING)

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments", verbose_name=_("order"))
    code = models.CharField(_("tracking code"), max_length=100, blank=True)
    code_key = models.GeneratedField(
        expression=Upper(Replace("code", models.Value(" "), models.Value(""))),
        output_field=models.CharField(max_length=100),
        db_persist=True,
        db_index=True,
    )
    """The code as carriers write it, by which news is matched: capitals, no spaces."""
    carrier = models.CharField(_("carrier"), max_length=20, choices=Carrier.choices, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.SHIPPED)
    state = models.CharField(_("tracking"), max_length=8, choices=State.choices, default=State.IDLE)
    failures = models.PositiveSmallIntegerField(_("failed questions in a row"), default=0)
    created_at = models.DateTimeField(_("created"))
    restarted_at = models.DateTimeField(_("tracking began again"), null=True, blank=True)
    asked_at = models.DateTimeField(_("last asked"), null=True, blank=True)
    heard_at = models.DateTimeField(_("last news"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_shipment_due",
                condition=models.Q(state__in=["queued", "asking"]),
            ),
            models.Index(
                fields=["state", "id"],
                name="gifting_shipment_under_way",
                condition=models.Q(delivered_at__isnull=True) & ~models.Q(code=""),
            ),
            models.Index(
                fields=["status", "id"],
                name="gifting_shipment_trouble",
                condition=models.Q(delivered_at__isnull=True, status__in=["problem", "returned"])
                & ~models.Q(code=""),
            ),
            models.Index(
                Coalesce("heard_at", "restarted_at", "created_at"),
                name="gifting_shipment_silent",
                condition=models.Q(delivered_at__isnull=True, state__in=["queued", "asking", "idle"])
                & ~models.Q(code=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.code}".strip()

    @property
    def tracked_from(self) -> datetime:
        """Since when its carrier is asked about this code."""
        return self.restarted_at or self.created_at


class TrackingEvent(models.Model):
    """One piece of news, told once. Without a shipment it is what was pushed under a code, whosever it is:
    every parcel with the code takes a copy, also one that gets it later.
    """

    shipment = models.ForeignKey(
        Shipment, models.CASCADE, null=True, blank=True, related_name="events", verbose_name=_("shipment")
    )
    code = models.CharField(_("tracking code"), max_length=100)  # as in `Shipment.code_key`
    status = models.CharField(_("status"), max_length=20, choices=Shipment.Status.choices)
    happened_at = models.DateTimeField(_("happened"))
    label = models.CharField(_("in the carrier's words"), max_length=200, blank=True)
    source = models.CharField(_("told by"), max_length=40)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        ordering = ["happened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "status", "happened_at", "label"], name="gifting_event_told_once"
            ),
            models.UniqueConstraint(
                fields=["code", "status", "happened_at", "label", "source"],
                name="gifting_event_pushed_once",
                condition=models.Q(shipment__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                name="gifting_event_unclaimed",
                condition=models.Q(shipment__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.status}"


class CarrierBudget(models.Model):
    """How often a carrier was asked on a day (UTC), and when it may be asked again."""

    carrier = models.CharField(_("carrier"), max_length=40)
    day = models.DateField(_("day"))
    used = models.PositiveIntegerField(_("questions asked"), default=0)
    next_at = models.DateTimeField(_("next question"))

    class Meta:
        verbose_name = _("carrier's budget")
        verbose_name_plural = _("carriers' budgets")
        ordering = ["-day", "carrier"]
        constraints = [models.UniqueConstraint(fields=["carrier", "day"], name="gifting_one_budget_a_day")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.day}"
