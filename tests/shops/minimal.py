"""The smallest project that can host the gifting app: no admin, no sessions, another default auto field."""

import os

SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "gifting.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django_q", "gifting"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("DB", ":memory:")}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
Q_CLUSTER = {"name": "shop", "orm": "default", "timeout": 320, "retry": 330, "max_attempts": 1}
GIFTING = {"PUBLIC_BASE_URL": "https://gifts.shop.example"}
