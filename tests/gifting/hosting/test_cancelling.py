"""A gift that is switched off here: no mail goes out there, and the journal says what is left to do."""

from datetime import datetime

from django.test import Client

from gifting.admin.timeline import tell
from gifting.dto import Actor, ActorKind
from gifting.models import HostedGift, JournalEntry, VendorCall, VideoContainer
from gifting.services import attention, containers
from gifting.services.reasons import Reason
from tests.fakes.livstick import Account
from tests.fakes.server import answer
from tests.gifting.hosting.worker import later, work

SHOP = Actor(ActorKind.SHOP)
Event = JournalEntry.Event


def cancel(gift: VideoContainer, now: datetime) -> None:
    containers.cancel(container=gift, actor=SHOP, now=now)


def test_the_receiver_s_address_is_taken_back_there(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    work(now)
    cancel(gift, now)
    work(now)
    assert [call.json() for call in account.calls if call.method == "PATCH"] == [{"receiverEmail": ""}]


def test_the_journal_says_that_the_account_has_it_still(gift: VideoContainer, now: datetime) -> None:
    work(now)
    cancel(gift, now)
    entry = JournalEntry.objects.get(event=Event.CANCELLED)
    assert entry.detail["account"] == "livstick"
    assert "in the account livstick too" in tell(entry).what


def test_a_gift_that_the_account_never_heard_of_is_not_opened_any_more(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    cancel(gift, now)
    work(now)
    assert account.calls == []
    assert JournalEntry.objects.get(event=Event.CANCELLED).detail == {}


def test_a_gift_that_the_account_may_have_opened_is_opened_and_then_silenced(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = answer({}, 503)
    work(now)
    cancel(gift, now)
    account.trouble.clear()
    work(later(now, minutes=20))
    assert account.asked[-2:] == ["POST /v3/containers", "PATCH /v3/containers/ML-1"]


def test_changes_that_waited_are_not_made_any_more(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    work(now)
    containers.activate(container=gift, actor=SHOP, now=now)
    cancel(gift, now)
    work(now)
    assert "POST /v3/containers/ML-1/notify" not in account.asked


def test_a_change_that_failed_does_not_stand_in_the_way(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    work(now)
    account.trouble["PATCH"] = answer({}, 400)
    containers.change_container(container=gift, changes={"language": "fr"}, actor=SHOP, now=now)
    work(now)
    account.trouble.clear()
    cancel(gift, now)
    work(now)
    sent = [call.json() for call in account.calls if call.method == "PATCH"]
    assert sent == [{"language": "fr"}, {"receiverEmail": ""}]
    assert not VendorCall.objects.filter(state=VendorCall.State.FAILED).exists()


def test_it_is_not_looked_at_any_more(account: Account, gift: VideoContainer, now: datetime) -> None:
    work(now)
    cancel(gift, now)
    work(later(now, minutes=5))
    looks = [call for call in account.calls if call.method == "GET"]
    work(later(now, days=5))
    assert [call for call in account.calls if call.method == "GET"] == looks
    assert HostedGift.objects.get().state == "recording_open"


def test_an_account_that_refuses_to_take_the_address_back_needs_a_person(
    account: Account, gift: VideoContainer, staff: Client, now: datetime
) -> None:
    work(now)
    account.trouble["PATCH"] = answer({"error": "locked"}, 409)
    cancel(gift, now)
    work(now)
    assert attention.counts(now=now)[Reason.HOSTED_FAILED] == 1
    page = staff.get(f"/admin/gifting/order/{gift.order_id}/change/").content.decode()
    assert "The gift is closed in the account" in page
    assert "I did it there" in page
