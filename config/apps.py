"""The project's own entry in INSTALLED_APPS: its system checks."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project that a merchant deploys."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers the system checks)
