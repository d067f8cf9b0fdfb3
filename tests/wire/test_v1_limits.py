"""The rate limit of a key: told in the envelope, with the time to wait."""

import pytest
from pytest_django import Settings

from tests.wire.app import CALLS, App, assert_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def used_up(app: App, settings: Settings) -> None:
    """Both calls of this minute are made, also if a minute ends meanwhile."""
    settings.GIFTING = {"RATE_LIMIT_PER_MINUTE": 2}
    assert any(app.sent("9937").status_code == 429 for _ in range(6))


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_one_call_too_many_is_told_when_to_come_back(app: App, used_up: None, method: str, path: str) -> None:
    response = app.call(method, path, b"no json", "text/plain")
    assert_code(response, 429, "9009")
    assert 1 <= int(response["Retry-After"]) <= 60


def test_each_key_has_a_limit_of_its_own(used_up: None, other_app: App) -> None:
    assert other_app.sent("9937").status_code == 200


def test_an_unknown_key_is_not_counted(used_up: None) -> None:
    assert_code(App("gc_unknown").sent("9937"), 401, "9000")
