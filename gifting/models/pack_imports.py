"""Pictures of packs that staff handed in as a ZIP: a job, of which the admin shows how far it is."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.models.brands import Brand
from gifting.models.files import gift_storage
from gifting.models.jobs import Job


def archive_name(instance: models.Model, filename: str) -> str:
    """Nobody can guess it, and nothing of the name that it had is kept."""
    return f"imports/{secrets.token_hex(8)}.zip"


class PackImport(Job):
    """One ZIP. `folder` is where this attempt keeps new pictures: theirs for good once it is done, and until
    then to be removed with all that is in it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    WAITING = (State.QUEUED, State.RUNNING)

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+", verbose_name=_("brand"))
    file = models.FileField(_("ZIP file"), upload_to=archive_name, storage=gift_storage, blank=True)
    skip_bad = models.BooleanField(_("skip what is wrong"), default=False)
    language = models.CharField(_("language"), max_length=35)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.QUEUED)
    folder = models.CharField(max_length=40, blank=True, editable=False)
    steps = models.PositiveIntegerField(_("steps"), default=0)
    steps_done = models.PositiveIntegerField(_("steps done"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    problem_count = models.PositiveIntegerField(_("number of problems"), default=0)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("import of pictures")
        verbose_name_plural = _("imports of pictures")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_pack_import_due",
                condition=models.Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.brand_id}/{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING

    @property
    def percent(self) -> int:
        return 100 * self.steps_done // max(1, self.steps)

    @property
    def more_problems(self) -> int:
        """Those that are counted but not kept."""
        return self.problem_count - len(self.problems)
