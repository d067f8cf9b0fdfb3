"""Rows that are jobs of their own: what is due, and which attempt works on it."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound="Job", covariant=True)


class LiveJobQuerySet(models.QuerySet[Row]):
    """The questions that workers ask."""

    def due(self, now: datetime) -> Self:
        """Rows that a worker should take now."""
        return self.filter(state__in=self.model.WAITING, due_at__lte=now)

    def of_attempt(self, row: "Job") -> Self:
        """The row, as long as the attempt that read it is the one that works on it."""
        return self.filter(pk=row.pk, state__in=self.model.WAITING, attempts=row.attempts)


class Job(models.Model):
    """What every job row has beside its `state`; `WAITING` are the states in which work is left."""

    WAITING: ClassVar[tuple[str, ...]] = ()

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    due_at = models.DateTimeField(_("due"), default=timezone.now, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)

    objects = LiveJobQuerySet.as_manager()

    class Meta:
        abstract = True
