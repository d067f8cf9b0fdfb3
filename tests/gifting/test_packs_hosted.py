"""Where the gift packs of a brand live: here, or in the account that it names."""

from collections.abc import Callable
from typing import Any

import pytest

from gifting.backends.choose import packs_of
from gifting.backends.local_packs import LocalPackBackend
from gifting.backends.stipop import StipopBackend
from gifting.errors import VendorRejected
from gifting.models import Brand, VideoContainer


@pytest.fixture
def connected(settings: Any) -> None:
    spec = {"BACKEND": "gifting.backends.stipop.StipopBackend", "OPTIONS": {"key": "gc_the_account"}}
    settings.GIFTING = {**settings.GIFTING, "PACK_BACKENDS": {"stipop": spec}}


def test_the_packs_of_a_brand_live_here_unless_it_names_an_account(brand: Brand, connected: None) -> None:
    assert isinstance(packs_of(brand), LocalPackBackend)
    brand.pack_backend = "stipop"
    assert isinstance(packs_of(brand), StipopBackend)


def test_gifts_are_not_sent_here_when_the_account_is_gone(brand: Brand, settings: Any) -> None:
    brand.pack_backend = "stipop"
    for accounts in ({}, {"stipop": {"BACKEND": "gifting.nowhere.Backend"}}):
        settings.GIFTING = {**settings.GIFTING, "PACK_BACKENDS": accounts}
        with pytest.raises(VendorRejected, match="no account stipop that works"):
            packs_of(brand)


def test_the_video_gifts_of_such_a_brand_live_here(
    brand: Brand, connected: None, new_container: Callable[..., VideoContainer]
) -> None:
    brand.pack_backend = "stipop"
    brand.save()
    assert not new_container().is_hosted
