"""What staff do on an order's page: every verb by its button, its permission, and nothing by looking."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone

from gifting.admin.verbs import VERBS
from gifting.dto import Actor, ActorKind
from gifting.models import Order, OutgoingMessage, Recording, Shipment, VendorCall, VideoContainer
from gifting.services import containers, sending
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import messages_of, order_url, row_url, text_of
from tests.gifting.troubles import UPS, UPS_CODE, change, hosted, mail, parcel, video

STAFF = Actor(ActorKind.STAFF, "maria")
TOMORROW = timezone.now() + timedelta(days=1)
Record = Callable[[VideoContainer], VideoContainer]
ROWS: dict[type, Callable[..., Any]] = {
    OutgoingMessage: mail("unsure"),
    Shipment: parcel(),
    Recording: video("failed"),
    VendorCall: hosted,
}
FORMS: dict[str, dict[str, str]] = {
    "send_on": {"when": TOMORROW.strftime("%Y-%m-%dT%H:%M")},
    "address": {"address": "robert@example.com"},
    "add_parcel": {"code": "1Z7", "carrier": "ups"},
    "change_parcel": {"code": "1Z8", "carrier": "dhl"},
    "hide": {"reason": "not nice"},
    "cancel": {"reason": "refunded"},
    "keep_longer": {"days": "30"},
}
FORM_VERBS = [name for name, verb in VERBS.items() if verb.form]


@pytest.fixture(autouse=True)
def _ups_is_connected(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}}


@pytest.fixture
def gift(new_container: NewContainer, record: Record, now: datetime) -> VideoContainer:
    """Recorded, with a receiver."""
    return record(new_container(crid="ML-1", receiver_email="bob@example.com"))


def address_of(name: str, gift: VideoContainer, now: datetime) -> str:
    """Where the verb is done, with a row for it where it needs one."""
    verb = VERBS[name]
    if verb.about is None or verb.also_alone:
        return order_url(gift, name)
    return row_url(ROWS[verb.about](gift, now), gift, name)


def now_of(gift: VideoContainer) -> VideoContainer:
    return VideoContainer.objects.select_related("order").get(pk=gift.pk)


def everything(gift: VideoContainer) -> list[Any]:
    """All that is known of a gift, to see that nothing changed."""
    order = Order.objects.get(pk=gift.order_id)
    found = [gift.journal, gift.messages, gift.recordings, gift.vendor_calls, order.shipments]
    rows = [list(manager.order_by("pk").values()) for manager in found]
    return [model_to_dict(order), model_to_dict(now_of(gift)), *rows]


# -- What each does

DONE: dict[str, Callable[[VideoContainer], object]] = {
    "send_now": lambda gift: gift.state == "activated" and gift.messages.get().purpose == "gift_ready",
    "send_on": lambda gift: gift.send_at and gift.send_at > timezone.now(),
    "hold": lambda gift: gift.held_at,
    "address": lambda gift: gift.order.receiver_email == "robert@example.com",
    "add_parcel": lambda gift: gift.order.shipments.get().code == "1Z7",
    "change_parcel": lambda gift: gift.order.shipments.get().code == "1Z8",
    "guessed": lambda gift: gift.order.shipments.get().carrier == "ups",
    "remove_parcel": lambda gift: not gift.order.shipments.exists(),
    "delivered": lambda gift: gift.state == "delivered",
    "ask": lambda gift: gift.order.shipments.get().restarted_at,
    "confirm_sent": lambda gift: gift.messages.get().state == "sent",
    "retry": lambda gift: gift.recordings.filter(state="queued").exists(),
    "hide": lambda gift: gift.hidden_at and gift.hidden_reason == "not nice",
    "recall": lambda gift: gift.recalled_at,
    "retry_call": lambda gift: gift.vendor_calls.get().state == "queued",
    "leave_out": lambda gift: gift.vendor_calls.get().state == "done",
    "keep_longer": lambda gift: gift.journal.last().event == "kept",
    "cancel": lambda gift: gift.state == "cancelled" and gift.journal.last().detail["reason"] == "refunded",
    "erase": lambda gift: gift.state == "expired" and not gift.order.giver_email,
}
UNDONE: dict[str, tuple[dict[str, Any], Callable[[VideoContainer], object]]] = {
    "unschedule": ({"send_at": TOMORROW}, lambda gift: gift.send_at is None),
    "release": ({"held_at": TOMORROW}, lambda gift: gift.held_at is None),
    "show": ({"hidden_at": TOMORROW}, lambda gift: gift.hidden_at is None),
    "restore": ({"recalled_at": TOMORROW}, lambda gift: gift.recalled_at is None),
}


@pytest.mark.parametrize("name", DONE)
def test_a_verb_is_done_and_told(staff: Client, gift: VideoContainer, now: datetime, name: str) -> None:
    response = staff.post(address_of(name, gift, now), FORMS.get(name, {}), follow=True)
    assert messages_of(response) == str(VERBS[name].done)
    assert DONE[name](now_of(gift))


@pytest.mark.parametrize("name", UNDONE)
def test_what_was_done_is_undone(staff: Client, gift: VideoContainer, name: str) -> None:
    facts, is_over = UNDONE[name]
    change(gift, **facts)
    staff.post(order_url(gift, name))
    assert is_over(now_of(gift))


def test_a_mail_is_sent_again(staff: Client, gift: VideoContainer, now: datetime) -> None:
    containers.activate(container=gift, actor=STAFF, now=now)
    message = mail("failed")(gift, now)
    staff.post(row_url(message, gift, "resend"))
    message.refresh_from_db()
    assert (message.state, message.resends) == ("queued", 1)


def test_a_mail_that_left_for_the_wrong_address_goes_out_again(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    containers.activate(container=gift, actor=STAFF, now=now)
    mail("bounced")(gift, now)
    staff.post(order_url(gift, "address"), FORMS["address"])
    assert gift.messages.get().state == "queued"
    assert now_of(gift).order.receiver_email == "robert@example.com"


RECALL = {"recalled_at": timezone.now()}
PACKER, SENDER = ("view_order", "change_order"), ("view_order", "change_order", "send_container")


@pytest.mark.parametrize(
    ("rights", "facts", "state"),
    [
        (PACKER, {}, "sent"),
        (PACKER, RECALL, "sent"),
        (SENDER, {}, "queued"),
        (SENDER, RECALL, "sent"),
        ((*PACKER, "moderate_container"), RECALL, "sent"),
        ((*SENDER, "moderate_container"), RECALL, "queued"),
    ],
)
@pytest.mark.parametrize("about", ["the gift", "the mail"])
def test_a_correction_sends_again_only_what_the_person_may_send(
    person: NewClient,
    gift: VideoContainer,
    now: datetime,
    rights: tuple[str, ...],
    facts: dict[str, Any],
    state: str,
    about: str,
) -> None:
    message = mail("sent", sent_at=now)(gift, now)
    change(gift, state="delivered", delivered_at=now, **facts)
    url = order_url(gift, "address") if about == "the gift" else row_url(message, gift, "address")
    response = person(*rights).post(url, FORMS["address"], follow=True)
    assert messages_of(response) == "The address is corrected."
    assert now_of(gift).order.receiver_email == "robert@example.com"
    assert gift.messages.get().state == state
    assert (now_of(gift).recalled_at is None) == (state == "queued" or not facts)


def test_who_may_not_recall_does_not_send_a_recalled_gift_again(
    person: NewClient, gift: VideoContainer, now: datetime
) -> None:
    message = mail("sent", sent_at=now)(gift, now)
    change(gift, state="delivered", delivered_at=now, **RECALL)
    assert "Undo the recall" in messages_of(
        person(*SENDER).post(row_url(message, gift, "resend"), follow=True)
    )
    assert (gift.messages.get().state, bool(now_of(gift).recalled_at)) == ("sent", True)
    person(*SENDER, "moderate_container").post(row_url(message, gift, "resend"))
    assert (gift.messages.get().state, now_of(gift).recalled_at) == ("queued", None)


def test_the_giver_is_invited_and_once_more(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    empty = new_container()
    staff.post(order_url(empty, "invite"))
    empty.messages.update(state="sent", handed_at=now, sent_at=now)
    staff.post(order_url(empty, "invite"))
    assert (empty.messages.get().state, empty.messages.get().resends) == ("queued", 1)


def test_a_giver_who_has_recorded_is_not_invited(staff: Client, gift: VideoContainer) -> None:
    assert "recorded already" in messages_of(staff.post(order_url(gift, "invite"), follow=True))
    assert not gift.messages.exists()


def test_every_verb_has_a_test() -> None:
    assert {*DONE, *UNDONE, "resend", "invite"} == set(VERBS)


# -- Looking changes nothing; what cannot be taken back asks


@pytest.mark.parametrize("name", VERBS)
def test_looking_changes_nothing(staff: Client, gift: VideoContainer, now: datetime, name: str) -> None:
    url = address_of(name, gift, now)
    before = everything(gift)
    response = staff.get(url)
    assert response.status_code == (200 if VERBS[name].question else 405)
    assert everything(gift) == before


@pytest.mark.parametrize("name", [name for name, verb in VERBS.items() if verb.is_danger])
def test_what_is_dangerous_asks_first(staff: Client, gift: VideoContainer, now: datetime, name: str) -> None:
    page = text_of(staff.get(address_of(name, gift, now)))
    assert str(VERBS[name].question) in page
    assert "csrfmiddlewaretoken" in page


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_needs_its_permission(
    person: NewClient, gift: VideoContainer, now: datetime, name: str
) -> None:
    url = address_of(name, gift, now)
    others = {"change_order", "send_container", "moderate_container", "erase_person", "print_card"}
    without = person("view_order", *(others - {VERBS[name].permission.partition(".")[2]}))
    before = everything(gift)
    assert without.post(url, FORMS.get(name, {})).status_code == 403
    assert without.get(url).status_code == 403
    assert everything(gift) == before


@pytest.mark.parametrize("name", VERBS)
def test_the_permission_alone_opens_no_order(
    person: NewClient, gift: VideoContainer, now: datetime, name: str
) -> None:
    permission = VERBS[name].permission.partition(".")[2]
    if permission != "change_order":  # Whoever may change may look.
        assert person(permission).post(address_of(name, gift, now)).status_code == 403


@pytest.mark.parametrize("name", VERBS)
def test_strangers_are_sent_to_the_login(
    client: Client, gift: VideoContainer, now: datetime, name: str
) -> None:
    assert client.post(address_of(name, gift, now)).url.startswith("/admin/login/")


@pytest.mark.parametrize("name", [name for name, verb in VERBS.items() if verb.about])
def test_a_row_of_another_order_is_not_found(
    staff: Client, gift: VideoContainer, new_container: NewContainer, now: datetime, name: str
) -> None:
    row = ROWS[VERBS[name].about](new_container(), now)
    assert staff.post(row_url(row, gift, name), FORMS.get(name, {})).status_code == 404
    assert staff.post(row_url(row, gift, name).replace(f"/{row.pk}/", f"/{'9' * 30}/")).status_code == 404


@pytest.mark.parametrize("name", [name for name in VERBS if name not in ("keep_longer", "erase")])
def test_a_closed_gift_refuses_in_words(
    staff: Client, gift: VideoContainer, now: datetime, name: str
) -> None:
    url = address_of(name, gift, now)
    change(gift, state="cancelled")
    if name in ("confirm_sent", "retry", "retry_call", "leave_out"):
        return  # They put rows right, also of a gift that is closed.
    response = staff.post(url, FORMS.get(name, {}), follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


# -- Garbage

GARBAGE = ["", " ", "\x00", "a\x00b", "😀" * 300, "x" * 70_000, "<script>", "-1", "9" * 40, "1e9", "\ud800"]


@pytest.mark.parametrize("name", FORM_VERBS)
@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_in_a_form_is_no_error_page(
    staff: Client, gift: VideoContainer, now: datetime, name: str, garbage: str
) -> None:
    url = address_of(name, gift, now)
    said = {field: garbage.encode(errors="surrogatepass") for field in FORMS[name]}
    assert staff.post(url, said).status_code in (200, 302, 400)
    assert staff.get(order_url(gift)).status_code == 200


@pytest.mark.parametrize("name", [name for name in FORM_VERBS if name != "cancel"])
def test_an_empty_form_is_shown_again_and_says_why(
    staff: Client, gift: VideoContainer, now: datetime, name: str
) -> None:
    url = address_of(name, gift, now)
    before = everything(gift)
    response = staff.post(url, dict.fromkeys(FORMS[name], ""))
    assert response.status_code == 400
    assert "This field is required." in text_of(response)
    assert everything(gift) == before


@pytest.mark.parametrize("when", ["0001-01-01T00:00", "9999-12-31T23:59", "2020-01-01T00:00", "tomorrow"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_date_that_makes_no_sense_is_refused_at_its_place(
    staff: Client, gift: VideoContainer, settings: Any, when: str, zone: str
) -> None:
    settings.TIME_ZONE = zone
    assert staff.post(order_url(gift, "send_on"), {"when": when}).status_code == 400
    assert now_of(gift).send_at is None


def test_what_the_service_refuses_is_told_at_the_form(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    parcel()(gift, now)
    response = staff.post(order_url(gift, "add_parcel"), {"code": UPS_CODE.lower(), "carrier": ""})
    assert response.status_code == 400
    assert "already has a parcel with this code" in text_of(response)


def test_a_parcel_s_form_has_what_is_known(staff: Client, gift: VideoContainer, now: datetime) -> None:
    page = text_of(staff.get(row_url(parcel()(gift, now), gift, "change_parcel")))
    assert f'value="{UPS_CODE}"' in page
    assert '<option value="ups" selected>' in page


# -- The page offers what makes sense


def offered(client: Client, gift: VideoContainer) -> set[str]:
    buttons = client.get(order_url(gift)).context["page"].buttons.values()
    return {button.url.rstrip("/").split("/")[-1] for group in buttons for button in group}


def test_the_page_offers_what_makes_sense_now(staff: Client, gift: VideoContainer, now: datetime) -> None:
    always = {"address", "add_parcel", "recall", "keep_longer", "cancel", "erase"}
    assert offered(staff, gift) == always | {"send_now", "send_on", "hold", "hide"}
    sending.hold(container=gift, actor=STAFF, now=now)
    assert offered(staff, gift) == always | {"send_now", "send_on", "release", "hide"}


def test_a_mail_that_has_left_is_not_held_any_more(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    mail("sent", sent_at=now)(gift, now)
    assert not offered(staff, gift) & {"send_now", "send_on", "hold"}


def test_a_closed_gift_offers_only_its_erasure(staff: Client, gift: VideoContainer) -> None:
    change(gift, state="cancelled")
    assert offered(staff, gift) == {"keep_longer", "erase"}
    change(gift, state="expired")
    assert offered(staff, gift) == set()


def test_whoever_may_only_look_is_offered_nothing(
    person: NewClient, gift: VideoContainer, now: datetime
) -> None:
    for make in (mail("failed"), parcel(), video("failed")):
        make(gift, now)
    page = person("view_order").get(order_url(gift))
    assert not any(page.context["page"].buttons.values())
    assert 'method="post"' not in text_of(page).split('<div id="content"')[1]
