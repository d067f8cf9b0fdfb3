"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LivestreamConfig(AppConfig):
    """Live shopping."""

    name = "livestream"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Live shopping")

    def ready(self) -> None:
        from livestream import checks  # noqa: F401  (registers the system checks)
        from livestream.services import jobs

        post_migrate.connect(jobs.ensure_schedule, sender=self, dispatch_uid="livestream.sweep")
