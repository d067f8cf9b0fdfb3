"""What the tests of the sample shop share."""

from pathlib import Path

import pytest
from pytest_django import Settings

from config.demo.brands import LUNE, ensure_brand
from gifting.models import Brand

BASE = "http://127.0.0.1:20799"


@pytest.fixture
def lune(db: None) -> Brand:
    """The sample shop's brand, without samples."""
    return ensure_brand(slug=LUNE, base_url=BASE)


@pytest.fixture
def mail_folder(settings: Settings, tmp_path: Path) -> Path:
    """Mail is kept in files, as with an empty environment."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path
