"""A gift in a hosted account that is erased here: the account is told to forget it, also in doubt."""

from datetime import datetime

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import VendorCall, VideoContainer
from gifting.services import attention, privacy, vendor_calls
from gifting.services.reasons import Reason
from tests.fakes.livstick import Account
from tests.fakes.server import answer, drop
from tests.gifting.hosting.worker import later, work

STAFF = Actor(ActorKind.STAFF, "maria")
BOB = "bob@example.com"
FORGET = {"receiverEmail": "", "additionalData": {}}


def erase(now: datetime) -> privacy.Erased:
    return privacy.erase_person(address=BOB, actor=STAFF, now=now)


def payloads() -> list[object]:
    """What the account is still to be told."""
    return [call.payload for call in VendorCall.objects.filter(action=VendorCall.Action.CHANGE)]


def test_what_the_account_opened_it_is_told_to_forget(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    work(now)
    assert erase(now).accounts == ("livstick",)
    work(now)
    assert [call.json() for call in account.calls if call.method == "PATCH"] == [FORGET]


def test_an_opening_without_an_answer_may_have_been_one(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = drop
    work(now)
    assert privacy.look_up(BOB).accounts == ("livstick",)
    assert erase(now).accounts == ("livstick",)
    assert payloads() == [FORGET]


def test_so_may_one_that_is_under_way(account: Account, gift: VideoContainer, now: datetime) -> None:
    VendorCall.objects.update(state="calling", attempts=1)
    assert erase(now).accounts == ("livstick",)
    assert payloads() == [FORGET]


@pytest.mark.parametrize("kind", ["without an answer", "killed"])
def test_so_may_one_that_failed(account: Account, gift: VideoContainer, now: datetime, kind: str) -> None:
    account.trouble["*"] = drop
    if kind == "killed":
        VendorCall.objects.update(state="calling", attempts=5)
    late = later(now, days=4)
    work(late)
    assert VendorCall.objects.get().state == "failed"
    assert erase(late).accounts == ("livstick",)
    assert payloads() == [FORGET]


@pytest.mark.parametrize("status", [400, 401, 409])
def test_one_that_was_refused_was_none(
    account: Account, gift: VideoContainer, now: datetime, status: int
) -> None:
    account.trouble["*"] = answer({"error": "crid_taken"}, status)
    work(now)
    assert erase(now).accounts == ()
    assert payloads() == []


def test_one_that_was_refused_in_the_end_was_none(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = drop
    late = later(now, days=4)
    work(late)
    account.trouble["*"] = answer({"error": "crid_taken"}, 409)
    vendor_calls.retry(call=VendorCall.objects.get(), actor=STAFF, now=later(late, hours=1))
    work(later(late, hours=1))
    assert erase(later(late, hours=2)).accounts == ()


def test_an_account_that_was_never_called_holds_nothing(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    assert erase(now).accounts == ()
    assert payloads() == []


def test_an_account_that_refuses_to_forget_needs_a_person(
    account: Account, gift: VideoContainer, staff: Client, now: datetime
) -> None:
    work(now)
    account.trouble["PATCH"] = answer({}, 401)
    erase(now)
    work(now)
    assert attention.counts(now=now) == {Reason.HOSTED_FAILED: 1}
    page = staff.get(f"/admin/gifting/order/{gift.order_id}/change/").content.decode()
    assert "erased here" in page
    assert "I did it there" in page


def test_its_button_tells_it_again(
    account: Account, gift: VideoContainer, staff: Client, now: datetime
) -> None:
    work(now)
    account.trouble["PATCH"] = answer({}, 401)
    erase(now)
    work(now)
    account.trouble.clear()
    failed = VendorCall.objects.get(state="failed")
    staff.post(f"/admin/gifting/order/{gift.order_id}/retry_call/{failed.pk}/")
    work(later(now, days=1))
    assert attention.counts(now=now) == {}
