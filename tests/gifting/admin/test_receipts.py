"""What carriers pushed, and calls to hosted accounts: lists to look at, with a second try."""

from datetime import datetime

import pytest
from django.test import Client

from gifting.admin.receipts import readable
from gifting.models import VendorCall, VideoContainer, WebhookReceipt
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, order_url, text_of
from tests.gifting.troubles import hosted, push

RECEIPTS = "/admin/gifting/webhookreceipt/"
CALLS = "/admin/gifting/vendorcall/"


@pytest.fixture
def receipt(container: VideoContainer, now: datetime) -> WebhookReceipt:
    return push(container, now)


@pytest.fixture
def call(container: VideoContainer, now: datetime) -> VendorCall:
    return hosted(container, now)


def test_pushes_are_listed_without_their_bodies(staff: Client, receipt: WebhookReceipt) -> None:
    page = text_of(staff.get(RECEIPTS))
    assert "needs attention" in page
    assert "Bob" not in page


def test_pushes_are_filtered(staff: Client, receipt: WebhookReceipt) -> None:
    assert len(staff.get(f"{RECEIPTS}?state__exact=failed").context["cl"].result_list) == 1
    assert len(staff.get(f"{RECEIPTS}?state__exact=done").context["cl"].result_list) == 0
    assert len(staff.get(f"{RECEIPTS}?source=dhl").context["cl"].result_list) == 0


def test_nobody_searches_bodies(staff: Client, receipt: WebhookReceipt) -> None:
    page = staff.get(RECEIPTS, {"q": "nothing like it"})
    assert len(page.context["cl"].result_list) == 1
    assert "searchbar" not in text_of(page)


def test_a_body_is_for_superusers_as_text(staff: Client, person: NewClient, receipt: WebhookReceipt) -> None:
    WebhookReceipt.objects.update(body=b'{"name": "<script>Bob"}')
    url = f"{RECEIPTS}{receipt.pk}/change/"
    assert "&quot;name&quot;: &quot;&lt;script&gt;Bob&quot;" in staff.get(url).content.decode()
    assert "Bob" not in person("view_webhookreceipt", "change_webhookreceipt").get(url).content.decode()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b"{", b"x" * 300_000, b"\x00", b"NaN"])
def test_any_body_can_be_shown(staff: Client, receipt: WebhookReceipt, body: bytes) -> None:
    WebhookReceipt.objects.update(body=body)
    assert staff.get(f"{RECEIPTS}{receipt.pk}/change/").status_code == 200


def test_json_is_shown_line_by_line() -> None:
    assert readable(b'{"a":{"b":"\xc3\xa9"}}') == '{\n  "a": {\n    "b": "é"\n  }\n}'


def test_a_failed_push_is_processed_again(staff: Client, receipt: WebhookReceipt) -> None:
    url = f"{RECEIPTS}{receipt.pk}/retry/"
    assert url in text_of(staff.get(f"{RECEIPTS}{receipt.pk}/change/"))
    staff.post(url)
    receipt.refresh_from_db()
    assert receipt.state == "queued"
    assert "Only a push that failed" in messages_of(staff.post(url, follow=True))


def test_looking_processes_nothing(staff: Client, receipt: WebhookReceipt) -> None:
    assert staff.get(f"{RECEIPTS}{receipt.pk}/retry/").status_code == 405
    assert staff.post(f"{RECEIPTS}999999/retry/").status_code == 404


def test_a_second_try_needs_its_permission(person: NewClient, receipt: WebhookReceipt) -> None:
    url = f"{RECEIPTS}{receipt.pk}/retry/"
    assert person("view_webhookreceipt", "view_order").post(url).status_code == 403
    assert person("change_webhookreceipt").post(url).status_code == 302


def test_pushes_are_not_changed_by_hand(staff: Client, receipt: WebhookReceipt) -> None:
    assert staff.post(f"{RECEIPTS}{receipt.pk}/change/", {"state": "done"}).status_code == 403
    assert staff.post(f"{RECEIPTS}{receipt.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"{RECEIPTS}add/").status_code == 403


def test_calls_are_listed_and_lead_to_their_order(
    staff: Client, call: VendorCall, container: VideoContainer
) -> None:
    page = text_of(staff.get(f"{CALLS}?state__exact=failed"))
    assert container.order.number in page
    assert "does not answer" in page
    assert staff.get(f"{CALLS}{call.pk}/change/").url == order_url(container)


def test_failed_calls_are_made_again_from_the_list(staff: Client, call: VendorCall) -> None:
    chosen = {"action": "try_again", "_selected_action": [call.pk]}
    assert messages_of(staff.post(CALLS, chosen, follow=True)) == "1 call is made again."
    call.refresh_from_db()
    assert call.state == "queued"
    assert "Only a call that failed" in messages_of(staff.post(CALLS, chosen, follow=True))


def test_a_call_needs_its_permission(person: NewClient, call: VendorCall) -> None:
    client = person("view_vendorcall", "view_order")
    chosen = {"action": "try_again", "_selected_action": [call.pk]}
    client.post(CALLS, chosen)
    call.refresh_from_db()
    assert call.state == "failed"


def test_the_account_is_shown_on_the_order_s_page(
    staff: Client, call: VendorCall, container: VideoContainer
) -> None:
    page = text_of(staff.get(order_url(container)))
    assert "Account livstick" in page
    assert "Change the gift" in page
