"""The project's settings for tests: files in a temporary folder, mails in memory."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="giftcast-tests-"))
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if not os.environ["VAR_DIR"].endswith(worker):  # each worker has its own files, and its children the same
    os.environ["VAR_DIR"] = os.path.join(os.environ["VAR_DIR"], worker)
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("LIVE_BUS", "memory")

from config.settings import *  # noqa: E402, F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
