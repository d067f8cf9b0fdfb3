"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GiftingConfig(AppConfig):
    """Video gift messages on orders."""

    name = "gifting"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Gift messages")

    def ready(self) -> None:
        from gifting import checks  # noqa: F401  (registers the system checks)
        from gifting.services import jobs

        post_migrate.connect(jobs.ensure_schedule, sender=self, dispatch_uid="gifting.sweep")
