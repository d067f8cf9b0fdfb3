"""The rate limit of a key: so many calls a minute, and none is stopped when the counter is down."""

import logging
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from pytest_django import Settings

from gifting.api.v3 import limits
from gifting.errors import RateLimited
from gifting.models import ApiKey
from tests.wire.shop import CALLS, Shop, assert_error

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def two_a_minute(settings: Settings) -> None:
    settings.GIFTING = {"RATE_LIMIT_PER_MINUTE": 2}


@pytest.fixture
def api_key(key: str) -> ApiKey:
    return ApiKey.objects.get()


@pytest.fixture
def used_up(shop: Shop, two_a_minute: None) -> None:
    """Both calls of this minute are made, also if a minute ends meanwhile."""
    for _ in count():
        if shop.get("ORD-1").status_code == 429:
            return


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_one_call_too_many_is_told_when_to_come_back(
    shop: Shop, used_up: None, method: str, path: str
) -> None:
    response = shop.call(method, path, b"not json", "text/plain")
    assert_error(response, 429, "rate_limited")
    assert 1 <= int(response["Retry-After"]) <= 60


def test_each_key_has_a_limit_of_its_own(used_up: None, other_shop: Shop) -> None:
    assert_error(other_shop.get("ORD-1"), 404, "not_found")


def test_an_unknown_key_is_not_counted(used_up: None) -> None:
    assert_error(Shop("gc_unknown").get("ORD-1"), 401, "unauthorized")


def test_the_calls_up_to_the_limit_pass(api_key: ApiKey, two_a_minute: None) -> None:
    for second in (0, 59):
        limits.spend(api_key, now=NOON + timedelta(seconds=second))
    with pytest.raises(RateLimited):
        limits.spend(api_key, now=NOON + timedelta(seconds=59))


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (20, 40), (59, 1)])
def test_the_wait_lasts_until_the_next_minute(
    api_key: ApiKey, two_a_minute: None, second: int, wait: int
) -> None:
    for _ in range(2):
        limits.spend(api_key, now=NOON)
    with pytest.raises(RateLimited) as refused:
        limits.spend(api_key, now=NOON + timedelta(seconds=second))
    assert refused.value.retry_after == wait


def test_the_next_minute_begins_anew(api_key: ApiKey, two_a_minute: None) -> None:
    for minute in (0, 0, 1, 1, 2, 2):
        limits.spend(api_key, now=NOON + timedelta(minutes=minute))


def test_zero_turns_the_limit_off(api_key: ApiKey, settings: Settings) -> None:
    settings.GIFTING = {"RATE_LIMIT_PER_MINUTE": 0}
    for _ in range(700):
        limits.spend(api_key, now=NOON)


def test_a_cache_that_is_down_stops_no_call_and_is_logged(
    shop: Shop, two_a_minute: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    down = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": down}
    with caplog.at_level(logging.WARNING):
        statuses = {shop.get("ORD-1").status_code for _ in range(5)}
    assert statuses == {404}
    assert "rate limit is not enforced" in caplog.text
