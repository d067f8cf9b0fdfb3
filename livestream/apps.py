"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class LivestreamConfig(AppConfig):
    """Live shopping."""

    name = "livestream"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Live shopping"
