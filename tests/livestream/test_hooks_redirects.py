"""nginx-rtmp takes a redirect for a yes: the hooks must never answer with one."""

import pytest
from django.core.checks import run_checks
from django.test import Client

HOOKS = ["/live/hooks/rtmp/publish", "/live/hooks/rtmp/update", "/live/hooks/mediamtx/auth"]


def errors() -> list[str]:
    return [str(found.id) for found in run_checks(tags=["livestream"])]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_site_that_wants_https_answers_encoders_all_the_same(db: None, settings, hook: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/live/embed.js").status_code == 301
    assert Client().post(hook, {}).status_code == 403


@pytest.mark.parametrize("hook", HOOKS)
def test_a_site_that_wants_a_login_answers_encoders_all_the_same(db: None, settings, hook: str) -> None:
    wanted = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, wanted]
    assert Client().post(hook, {}).status_code == 403


def test_a_host_that_would_redirect_is_told(settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = []
    assert "livestream.E004" in errors()


def test_a_host_that_would_not_is_left_alone(settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert "livestream.E004" not in errors()
