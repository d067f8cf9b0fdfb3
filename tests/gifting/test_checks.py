"""System checks: each finds its fault and is quiet otherwise."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from gifting.conf import conf

REDIS = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1"}
}


def found() -> set[str | None]:
    return {message.id for message in run_checks()}


def disk(folder: Path) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def test_the_project_as_it_comes_has_nothing_to_complain_about() -> None:
    assert found() == set()


def test_a_missing_public_base_url_is_an_error(settings: Any) -> None:
    settings.GIFTING = {}
    assert "gifting.E001" in found()


def test_a_missing_public_base_url_is_fine_while_developing(settings: Any) -> None:
    settings.GIFTING, settings.DEBUG = {}, True
    assert "gifting.E001" not in found()


def test_an_unknown_storage_alias_is_an_error(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "STORAGE": "attic"}
    assert "gifting.E002" in found()


def test_a_storage_below_a_file_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    settings.STORAGES = disk(tmp_path / "taken" / "media")
    assert "gifting.E003" in found()


def test_a_storage_folder_that_is_not_there_yet_is_fine(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = disk(tmp_path / "not" / "yet")
    assert "gifting.E003" not in found()


@pytest.mark.parametrize(
    "account",
    [
        {"BACKEND": "gifting.backends.nowhere.Backend"},
        {"BACKEND": "gifting.backends.livstick.LivstickBackend", "OPTIONS": {"key": ""}},
        {"BACKEND": "gifting.backends.livstick.LivstickBackend", "OPTIONS": {"kee": "k"}},
        {"BACKEND": "datetime.date", "OPTIONS": {"year": 2026, "month": 11, "day": 20}},
        {},
    ],
)
def test_an_account_that_cannot_be_used_is_an_error(settings: Any, account: dict[str, Any]) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": {"livstick": account}}
    assert "gifting.E004" in found()


@pytest.mark.parametrize(
    "account",
    [
        {"BACKEND": "gifting.backends.stipop.StipopBackend", "OPTIONS": {"key": ""}},
        {"BACKEND": "gifting.backends.stipop.StipopBackend", "OPTIONS": {"key": "k", "base_url": "prod"}},
        {"BACKEND": "gifting.backends.livstick.LivstickBackend", "OPTIONS": {"key": "k"}},
    ],
)
def test_so_is_an_account_of_gift_packs(settings: Any, account: dict[str, Any]) -> None:
    settings.GIFTING = {**settings.GIFTING, "PACK_BACKENDS": {"stipop": account}}
    assert "gifting.E004" in found()


def test_an_account_of_gift_packs_that_can_be_used_is_fine(settings: Any) -> None:
    account = {"BACKEND": "gifting.backends.stipop.StipopBackend", "OPTIONS": {"key": "k"}}
    settings.GIFTING = {**settings.GIFTING, "PACK_BACKENDS": {"stipop": account}}
    assert "gifting.E004" not in found()


def test_an_account_that_can_be_used_is_fine(settings: Any) -> None:
    account = {"BACKEND": "gifting.backends.livstick.LivstickBackend", "OPTIONS": {"key": "k"}}
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": {"livstick": account}}
    assert "gifting.E004" not in found()


@pytest.mark.parametrize(
    "carrier",
    [
        {"BACKEND": "gifting.carriers.nowhere.Nobody"},
        {"BACKEND": "gifting.carriers.ups.Ups", "OPTIONS": {"client": "x"}},
        {"BACKEND": "gifting.carriers.signed.Signed", "OPTIONS": {"secrets": ["not a secret"]}},
        {"BACKEND": "datetime.date", "OPTIONS": {"year": 2026, "month": 11, "day": 20}},
        {},
    ],
)
def test_a_carrier_that_cannot_be_used_is_an_error(settings: Any, carrier: dict[str, Any]) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"parcels": carrier}}
    assert "gifting.E005" in found()


def test_a_carrier_that_can_be_used_is_fine(settings: Any) -> None:
    carrier = {"BACKEND": "gifting.carriers.ups.Ups", "OPTIONS": {"client_id": "a", "client_secret": "b"}}
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": carrier}}
    assert "gifting.E005" not in found()


@pytest.mark.parametrize(("processes", "expected"), [(1, False), (2, True)])
def test_a_cache_per_process_is_warned_about(settings: Any, processes: int, expected: bool) -> None:
    settings.GIFTING = {**settings.GIFTING, "PROCESSES": processes}
    assert ("gifting.W002" in found()) is expected


def test_a_shared_cache_serves_several_processes(settings: Any) -> None:
    settings.GIFTING, settings.CACHES = {**settings.GIFTING, "PROCESSES": 2}, REDIS
    assert "gifting.W002" not in found()


def test_sqlite_with_several_processes_is_warned_about(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "PROCESSES": 2}
    assert ("gifting.W001" in found()) is (connection.vendor == "sqlite")


@pytest.mark.parametrize(
    ("url", "key_is_set", "expected"),
    [
        ("https://gifts.example.com", False, True),
        ("https://gifts.example.com", True, False),
        ("http://127.0.0.1:8000", False, False),
    ],
)
def test_a_public_address_needs_a_secret_key(
    settings: Any, url: str, key_is_set: bool, expected: bool
) -> None:
    settings.PUBLIC_BASE_URL, settings.SECRET_KEY_IS_SET = url, key_is_set
    assert ("config.E001" in found()) is expected


def test_an_unknown_key_in_the_settings_is_refused(settings: Any) -> None:
    settings.GIFTING = {"PUBLIC_BASE_ULR": "https://gifts.example.com"}
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_BASE_ULR"):
        conf()


def test_an_unknown_delivery_is_refused(settings: Any) -> None:
    settings.GIFTING = {"MEDIA_DELIVERY": "pigeon"}
    with pytest.raises(ImproperlyConfigured, match="MEDIA_DELIVERY"):
        conf()
