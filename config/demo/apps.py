"""The sample shop's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A small shop that shows everything."""

    name = "config.demo"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Sample shop"

    def ready(self) -> None:
        from config.demo import checks  # noqa: F401  (registers the system check)
