"""Anything may stand in the address of a list."""

import pytest
from django.test import Client

from livestream.models import Channel

LISTS = {
    "livestream": ["channel", "channel__id__in", "created_at__year", "scheduled_at__year"],
    "product": ["channel"],
    "playlist": ["channel"],
    "journalentry": ["stream", "at__year"],
    "reminder": ["stream", "attempts__in"],
    "webhookreceipt": ["attempts__in"],
}


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model, names in LISTS.items() for name in names]
)
@pytest.mark.parametrize("value", ["9" * 30, f"-{'9' * 30}"])
def test_a_number_that_no_database_has_is_a_bad_lookup(
    staff: Client, channel: Channel, other_channel: Channel, model: str, name: str, value: str
) -> None:
    response = staff.get(f"/admin/livestream/{model}/", {name: value})
    assert response.status_code in (200, 302)
    if response.status_code == 302:
        assert response["Location"].endswith("?e=1")


@pytest.mark.parametrize("model", ["livestream", "product"])
def test_an_export_of_it_too(staff: Client, channel: Channel, other_channel: Channel, model: str) -> None:
    response = staff.get(f"/admin/livestream/{model}/export/", {"channel": "9" * 30})
    assert response.status_code in (200, 302)
