"""The app's entry in INSTALLED_APPS."""

from importlib.util import find_spec

from django.apps import AppConfig
from django.core.signals import request_started
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GiftingConfig(AppConfig):
    """Video gift messages on orders."""

    name = "gifting"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Gift messages")

    def ready(self) -> None:
        from gifting import checks  # noqa: F401  (registers the system checks)
        from gifting.api.gift import paths
        from gifting.services import bounces, jobs

        request_started.connect(paths.keep_path, dispatch_uid="gifting.paths")
        post_migrate.connect(jobs.ensure_schedule, sender=self, dispatch_uid="gifting.sweep")
        if find_spec("anymail"):
            from anymail.signals import tracking

            tracking.connect(bounces.heard, dispatch_uid="gifting.bounces")
