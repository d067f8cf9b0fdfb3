"""Anything may stand in the address of a list."""

import pytest
from django.test import Client

from gifting.models import Brand

LOOKUPS = [
    ("order", "brand"),
    ("order", "created_at__year"),
    ("giftpack", "brand"),
    ("giftpack", "order"),
    ("giftpack/export", "brand"),
    ("stickerpack", "brand"),
    ("apikey", "brand"),
    ("videocontainer", "order"),
    ("vendorcall", "container"),
    ("webhookreceipt", "attempts__in"),
]


@pytest.mark.parametrize(("page", "name"), LOOKUPS)
@pytest.mark.parametrize("value", ["9" * 30, f"-{'9' * 30}"])
def test_a_number_that_no_database_has_is_a_bad_lookup(
    staff: Client, brand: Brand, other_brand: Brand, page: str, name: str, value: str
) -> None:
    response = staff.get(f"/admin/gifting/{page}/", {name: value})
    assert response.status_code in (200, 302)
    if response.status_code == 302:
        assert response["Location"].endswith("?e=1")
