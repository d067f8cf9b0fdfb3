"""The rate limit of an application: told in a sentence, with the time to wait."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from livestream.api import limits
from livestream.errors import RateLimited
from livestream.ids import Kind, encode
from livestream.models import LiveStream
from tests.wire.live import Api, assert_error, calls, get_token

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def two_a_minute(settings: Settings) -> None:
    settings.LIVESTREAM = {"RATE_LIMIT_PER_MINUTE": 2}


@pytest.fixture
def used_up(api: Api, live: LiveStream, two_a_minute: None) -> None:
    """Both calls of this minute are made, also if a minute ends meanwhile."""
    assert any(api.details(live.public_id).status_code == 429 for _ in range(6))


@pytest.mark.parametrize(("method", "path"), calls("x", encode(Kind.PLAYLIST, 1)))
def test_one_call_too_many_is_told_when_to_come_back(api: Api, used_up: None, method: str, path: str) -> None:
    response = api.call(method, path, b"no json", "text/plain")
    assert_error(response, 429, "More than 2 calls in a minute, wait until the next one")
    assert 1 <= int(response["Retry-After"]) <= 60


def test_two_tokens_of_one_application_share_its_limit(
    known: dict[str, str], live: LiveStream, used_up: None
) -> None:
    assert Api(get_token(known)).details(live.public_id).status_code == 429


def test_each_application_has_a_limit_of_its_own(other_api: Api, live: LiveStream, used_up: None) -> None:
    assert other_api.details(live.public_id).status_code == 401


def test_an_unknown_token_is_not_counted(live: LiveStream, used_up: None) -> None:
    assert Api("garbage").details(live.public_id).status_code == 401


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (20, 40), (59, 1)])
def test_the_wait_lasts_until_the_next_minute(two_a_minute: None, second: int, wait: int) -> None:
    for _ in range(2):
        limits.spend("till", now=NOON)
    with pytest.raises(RateLimited) as refused:
        limits.spend("till", now=NOON + timedelta(seconds=second))
    assert refused.value.retry_after == wait


def test_the_next_minute_begins_anew(two_a_minute: None) -> None:
    for minute in (0, 0, 1, 1, 2, 2):
        limits.spend("till", now=NOON + timedelta(minutes=minute))


def test_zero_turns_the_limit_off(settings: Settings) -> None:
    settings.LIVESTREAM = {"RATE_LIMIT_PER_MINUTE": 0}
    for _ in range(700):
        limits.spend("till", now=NOON)


def test_a_cache_that_is_down_stops_no_call_and_is_logged(
    api: Api, live: LiveStream, two_a_minute: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    down = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": down}
    with caplog.at_level(logging.WARNING):
        statuses = {api.details(live.public_id).status_code for _ in range(5)}
    assert statuses == {200}
    assert "rate limit is not enforced" in caplog.text
