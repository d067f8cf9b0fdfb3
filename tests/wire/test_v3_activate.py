"""POST /v3/containers/{crid}/notify: the QR code goes live."""

from datetime import datetime

import pytest

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, VideoContainer
from gifting.services import containers
from tests.wire.shop import Shop, address, assert_error

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorKind.STAFF, "maria")


def test_notify_activates_the_container(shop: Shop, crid: str) -> None:
    shop.notify(crid)
    known = shop.get(crid).json()
    assert (known["state"], known["activatedAt"] is not None) == ("activated", True)


def test_a_second_notify_changes_nothing(shop: Shop, crid: str) -> None:
    shop.notify(crid)
    before = shop.get(crid).json(), JournalEntry.objects.count()
    assert shop.notify(crid).json() == {"result": "ok"}
    assert (shop.get(crid).json(), JournalEntry.objects.count()) == before


def test_before_anything_was_recorded_the_giver_may_still_record_once(shop: Shop, crid: str) -> None:
    shop.notify(crid)
    assert VideoContainer.objects.get().can_record


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json", "application/octet-stream"])
@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"\xff\x00", b'{"a": NaN}'])
def test_whatever_is_sent_along_is_ignored(shop: Shop, crid: str, body: bytes, content_type: str) -> None:
    assert shop.call("POST", address(crid, "/notify"), body, content_type).status_code == 200


def test_a_cancelled_container_is_locked(shop: Shop, crid: str, now: datetime) -> None:
    containers.cancel(container=VideoContainer.objects.get(), actor=STAFF, now=now)
    assert_error(shop.notify(crid), 409, "locked")
