"""The hosted accounts of the environment: the settings, the sample brand, and what pages may load."""

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from config.accounts import LOADED, accounts_from, allow_accounts, allow_packs, pack_accounts_from
from config.demo import brands, setup
from gifting.backends.livstick import LivstickBackend
from gifting.backends.stipop import StipopBackend
from gifting.models import Brand, HostedGift
from gifting.services.accounts import get_account, get_pack_account

DIRECTIVES = {"default-src": ["'self'"], "img-src": ["'self'"], "media-src": ["'self'", "blob:"]}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Env:
    for name in ("LIVSTICK_BASE_URL", "LIVSTICK_WIDGET_URL", "STIPOP_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIVSTICK_KEY", "gc_key")
    monkeypatch.setenv("STIPOP_KEY", "st_key")
    return Env()


def test_without_a_key_there_is_no_account(environment: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVSTICK_KEY")
    monkeypatch.delenv("STIPOP_KEY")
    assert accounts_from(environment) == pack_accounts_from(environment) == {}
    assert allow_accounts(DIRECTIVES, {}) == allow_packs(DIRECTIVES, {}) == DIRECTIVES


def test_a_key_is_enough(environment: Env, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": accounts_from(environment)}
    account = get_account("livstick")
    assert isinstance(account, LivstickBackend)
    assert account.widget_url == "https://app.livstick.com/widget/assets/widget.latest.js"


def test_pages_may_load_the_widget_and_what_it_needs(environment: Env) -> None:
    policy = allow_accounts(DIRECTIVES, accounts_from(environment))
    assert {name: policy[name][-1] for name in LOADED} == dict.fromkeys(LOADED, "https://*.livstick.com")
    assert policy["script-src"] == ["'self'", "https://*.livstick.com"]
    assert policy["media-src"] == ["'self'", "blob:", "https://*.livstick.com"]


def test_a_base_that_is_no_address_is_refused_at_the_start(
    environment: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVSTICK_BASE_URL", "prod")
    with pytest.raises(ImproperlyConfigured, match="LIVSTICK_BASE_URL: 'prod' is neither"):
        allow_accounts(DIRECTIVES, accounts_from(environment))


def test_a_key_is_enough_for_gift_packs(environment: Env, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "PACK_BACKENDS": pack_accounts_from(environment)}
    assert isinstance(get_pack_account("stipop"), StipopBackend)


def test_pages_may_show_the_packs_of_an_account(environment: Env) -> None:
    policy = allow_packs(DIRECTIVES, pack_accounts_from(environment))
    assert policy == {**DIRECTIVES, "img-src": ["'self'", "https://*.stipop.io"]}


def test_a_base_for_gift_packs_that_is_no_address_is_refused_at_the_start(
    environment: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STIPOP_BASE_URL", "prod")
    with pytest.raises(ImproperlyConfigured, match="STIPOP_BASE_URL: 'prod' is neither"):
        allow_packs(DIRECTIVES, pack_accounts_from(environment))


def test_with_a_key_the_shop_s_brand_lives_in_the_account_and_its_samples_here(
    db: None, environment: Env, settings: Any, now: datetime
) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": accounts_from(environment)}
    for _ in range(2):
        demo = setup.set_up(base_url="http://127.0.0.1:8000", now=now)
    assert Brand.objects.get(slug=brands.LUNE).backend == "livstick"
    assert Brand.objects.get(slug=brands.SOLEIL).backend == ""
    assert demo.samples
    assert not HostedGift.objects.exists()


def test_without_the_key_it_lives_here_again(db: None, now: datetime) -> None:
    setup.set_up(base_url="http://127.0.0.1:8000", now=now)
    Brand.objects.update(backend="livstick")
    setup.set_up(base_url="http://127.0.0.1:8000", now=now)
    assert Brand.objects.get(slug=brands.LUNE).backend == ""
