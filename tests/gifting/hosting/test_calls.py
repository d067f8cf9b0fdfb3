"""Gifts in a hosted account: the order is kept here, every change is a call there, none is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import F

from gifting.backends.base import OpenedGift
from gifting.backends.livstick import LivstickBackend
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.errors import Locked
from gifting.models import Brand, HostedGift, JournalEntry, VendorCall, VideoContainer
from gifting.services import containers, retention, vendor_calls
from tests.fakes.livstick import Account
from tests.fakes.server import answer, drop
from tests.gifting.hosting.worker import later, work
from tests.racing import at_once, needs_postgres, overtaken

SHOP = Actor(ActorKind.SHOP)
STAFF = Actor(ActorKind.STAFF, "maria")
Call = VendorCall
State = VendorCall.State
Order = Callable[..., VideoContainer]
DOWN = answer({"error": "unavailable"}, 503)
PARCEL = {"shipmentCode": "1Z9", "shipmentCarrier": "ups"}


def change(gift: VideoContainer, now: datetime, **changes: Any) -> None:
    containers.change_container(container=gift, changes=changes, actor=SHOP, now=now)


def states(gift: VideoContainer) -> list[tuple[str, str]]:
    """Every call that changes something, oldest first."""
    rows = Call.objects.filter(container=gift).exclude(action=Call.Action.FETCH).order_by("pk")
    return [(row.action, row.state) for row in rows]


def failed(gift: VideoContainer) -> VendorCall:
    return Call.objects.get(container=gift, state=State.FAILED)


def test_ordering_asks_nobody(account: Account, gift: VideoContainer) -> None:
    assert account.calls == []
    assert states(gift) == [("open", "queued")]


def test_an_order_of_a_brand_whose_gifts_live_here_calls_nobody(
    brand: Brand, new_container: Order, now: datetime
) -> None:
    Brand.objects.update(backend="")
    brand.refresh_from_db()
    gift = new_container()
    change(gift, now, **PARCEL)
    containers.activate(container=gift, actor=SHOP, now=now)
    containers.cancel(container=gift, actor=SHOP, now=now)
    assert not Call.objects.exists()
    assert not HostedGift.objects.exists()


def test_the_worker_opens_the_gift_there(account: Account, gift: VideoContainer, now: datetime) -> None:
    work(now)
    hosted = HostedGift.objects.get(container=gift)
    assert (hosted.urid, hosted.edit_key) == ("there0", "key-of-the-account")
    assert (hosted.recording_url, hosted.watch_url) == (f"{account.url}/r/ML-1", f"{account.url}/w/ML-1")
    assert account.calls[0].json() == {
        "crid": "ML-1",
        "email": "alice@example.com",
        "receiverEmail": "bob@example.com",
        "additionalData": {"senderFirstName": "Alice", "receiverFirstName": "Bob"},
    }


def test_changes_reach_the_account_in_the_order_they_were_made(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    change(gift, now, **PARCEL)
    containers.activate(container=gift, actor=SHOP, now=now)
    for pk in Call.objects.order_by("-pk").values_list("pk", flat=True):
        vendor_calls.call(pk=pk, now=now)
    work(now)
    patch, notify = "PATCH /v3/containers/ML-1", "POST /v3/containers/ML-1/notify"
    assert account.asked == ["POST /v3/containers", patch, notify]
    assert [call.json() for call in account.calls if call.method == "PATCH"] == [PARCEL]


def test_nothing_is_lost_while_the_account_is_down_for_days(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = DOWN
    change(gift, now, **PARCEL)
    for hours in range(0, 70, 5):
        work(later(now, hours=hours))
    assert states(gift) == [("open", "queued"), ("change", "queued")]
    account.trouble.clear()
    work(later(now, hours=71))
    assert states(gift) == [("open", "done"), ("change", "done")]


def test_an_account_that_is_down_is_asked_ever_more_seldom_but_every_quarter_of_an_hour(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = drop
    waits = []
    for minutes in (0, 5, 600):
        moment = later(now, minutes=minutes)
        work(moment)
        waits.append((Call.objects.get().due_at - moment).total_seconds() / 60)
    assert waits == [1, 5, 15]


def test_an_account_that_is_down_for_longer_needs_a_person(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = DOWN
    work(later(now, days=4))
    assert "has trouble of its own" in failed(gift).last_error


def test_the_account_says_itself_how_long_to_wait(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = answer({}, 429, Retry_After="300")
    work(now)
    assert Call.objects.get().due_at == now + timedelta(minutes=5)


def test_while_the_account_does_not_answer_workers_do_not_queue_up_before_it(
    account: Account, new_container: Order, now: datetime
) -> None:
    account.trouble["*"] = drop
    for _ in range(5):
        new_container()
    work(now)
    assert len(account.calls) == 1
    assert Call.objects.filter(state=State.QUEUED, attempts=0, due_at__gt=now).count() == 5


def test_a_wrong_key_needs_a_person_and_is_told_in_the_journal(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = answer({"error": "unauthorized"}, 401)
    work(now)
    assert failed(gift).last_error == "The account refuses our key: check LIVSTICK_KEY."
    entry = JournalEntry.objects.get(event=JournalEntry.Event.VENDOR_FAILED)
    assert entry.detail == {"account": "livstick", "call": "open", "reason": "vendor_rejected"}


def test_an_account_that_the_settings_do_not_have_needs_a_person(
    settings: Any, gift: VideoContainer, now: datetime
) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": {}}
    work(now)
    assert "check BACKENDS" in failed(gift).last_error


def test_later_calls_wait_behind_one_that_failed(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["POST"] = answer({}, 403)
    change(gift, now, **PARCEL)
    work(now)
    assert states(gift) == [("open", "failed"), ("change", "queued")]
    assert account.asked == ["POST /v3/containers"]


def test_after_the_retry_of_staff_everything_goes_on(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["POST"] = answer({}, 403)
    change(gift, now, **PARCEL)
    work(now)
    account.trouble.clear()
    vendor_calls.retry(call=failed(gift), actor=STAFF, now=now)
    work(now)
    assert states(gift) == [("open", "done"), ("change", "done")]


def test_a_retry_has_patience_again(account: Account, gift: VideoContainer, now: datetime) -> None:
    account.trouble["*"] = DOWN
    much_later = later(now, days=4)
    work(much_later)
    vendor_calls.retry(call=failed(gift), actor=STAFF, now=much_later)
    work(later(much_later, minutes=1))
    assert states(gift) == [("open", "queued")]


def test_only_what_failed_can_be_retried(gift: VideoContainer, now: datetime) -> None:
    with pytest.raises(Locked):
        vendor_calls.retry(call=Call.objects.get(), actor=STAFF, now=now)


def test_a_correction_takes_the_place_of_what_was_not_accepted(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    work(now)
    account.trouble["PATCH"] = answer({"error": "invalid", "fields": {"shipmentCarrier": "?"}}, 400)
    change(gift, now, **PARCEL)
    work(now)
    account.trouble.clear()
    change(gift, now, shipmentCode="1Z9", shipmentCarrier="dhl")
    work(now)
    assert states(gift) == [("open", "done"), ("change", "done")]
    sent = [call.json()["shipmentCarrier"] for call in account.calls if call.method == "PATCH"]
    assert sent == ["ups", "dhl"]


def test_what_staff_did_in_the_account_is_left_out(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    work(now)
    account.trouble["PATCH"] = answer({"error": "locked"}, 409)
    change(gift, now, **PARCEL)
    containers.activate(container=gift, actor=SHOP, now=now)
    work(now)
    vendor_calls.leave_out(call=failed(gift), actor=STAFF, now=now)
    work(now)
    assert states(gift) == [("open", "done"), ("change", "done"), ("activate", "done")]


def test_the_opening_cannot_be_left_out(account: Account, gift: VideoContainer, now: datetime) -> None:
    account.trouble["*"] = answer({}, 401)
    work(now)
    with pytest.raises(Locked, match="never the opening"):
        vendor_calls.leave_out(call=failed(gift), actor=STAFF, now=now)


@pytest.mark.parametrize(
    ("status", "word", "told"),
    [
        (400, "invalid", "The account does not accept: receiverEmail."),
        (404, "not_found", "The account does not know this gift."),
        (409, "crid_taken", "The account has another gift with this order number."),
        (409, "locked", "The gift is closed in the account"),
    ],
)
def test_what_the_account_says_is_told_in_words_that_name_nobody(
    account: Account, gift: VideoContainer, now: datetime, status: int, word: str, told: str
) -> None:
    said = {"error": word, "message": "bob@example.com is wrong.", "fields": {"receiverEmail": "bob@"}}
    account.trouble["POST"] = answer(said, status)
    work(now)
    assert failed(gift).last_error.startswith(told)
    assert not [entry for entry in JournalEntry.objects.all() if "@" in str(entry.detail)]


def test_a_call_that_is_done_keeps_nothing_of_what_it_said(gift: VideoContainer, now: datetime) -> None:
    work(now)
    assert Call.objects.get(action=Call.Action.OPEN).payload == {}


def test_a_worker_that_was_killed_after_the_account_had_answered_opens_the_same_gift(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    open_gift = Call.objects.get()
    VendorCall.objects.update(state=State.CALLING, attempts=1, due_at=now + timedelta(minutes=5))
    account.gifts["ML-1"] = {"crid": "ML-1", "urid": "first", "editKey": "k", "state": "recording_open"}
    vendor_calls.call(pk=open_gift.pk, now=now)
    assert account.calls == []
    work(later(now, minutes=6))
    assert HostedGift.objects.get().urid == "first"


def test_a_call_that_kills_every_worker_needs_a_person(gift: VideoContainer, now: datetime) -> None:
    VendorCall.objects.update(state=State.CALLING, attempts=5)
    work(now)
    assert "stopped during this call" in failed(gift).last_error


class Overtaken(LivstickBackend):
    """While this worker waits for the answer, its lease ends and another takes the call."""

    def open(self, request: NewContainer) -> OpenedGift:
        VendorCall.objects.update(attempts=F("attempts") + 1)
        return super().open(request)


def test_an_answer_that_comes_after_the_lease_changes_nothing(
    settings: Any, account: Account, gift: VideoContainer, now: datetime
) -> None:
    backend = {"livstick": {**account.settings["livstick"], "BACKEND": f"{__name__}.Overtaken"}}
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": backend}
    vendor_calls.call(pk=Call.objects.get().pk, now=now)
    assert states(gift) == [("open", "calling")]
    assert HostedGift.objects.get().urid == ""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_calls(account: Account, gift: VideoContainer, now: datetime) -> None:
    needs_postgres()
    pk = Call.objects.get().pk
    at_once(*[lambda: vendor_calls.call(pk=pk, now=now)] * 6)
    assert account.asked == ["POST /v3/containers"]


class Broken(LivstickBackend):
    """An account's own code, with a bug."""

    def open(self, request: NewContainer) -> OpenedGift:
        raise KeyError("bob@example.com")


def test_an_account_whose_code_breaks_is_called_later(
    settings: Any, account: Account, gift: VideoContainer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    backend = {"livstick": {**account.settings["livstick"], "BACKEND": f"{__name__}.Broken"}}
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": backend}
    work(now)
    call = Call.objects.get()
    assert (call.state, call.attempts, call.due_at > now) == (State.QUEUED, 0, True)
    assert call.last_error == "The answer could not be read (KeyError)."
    assert "bob@" not in caplog.text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_call_that_fails_while_its_gift_is_erased_waits_for_the_gift(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    needs_postgres()
    account.trouble["*"] = answer({}, 401)
    pk = Call.objects.get().pk
    overtaken(
        partial(vendor_calls.call, pk=pk, now=now),
        hold=partial(containers.lock, gift),
        then=partial(retention.erase_now, container=gift, actor=STAFF, now=now),
    )
    gift.refresh_from_db()
    assert gift.state == VideoContainer.State.EXPIRED
    assert not Call.objects.filter(pk=pk).exists()
