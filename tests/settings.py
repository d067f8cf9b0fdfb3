"""The project's settings for tests: files in a temporary folder, mails in memory."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="giftcast-tests-"))
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("LIVE_BUS", "memory")

from config.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
