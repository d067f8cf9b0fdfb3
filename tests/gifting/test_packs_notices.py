"""The shop hears that a gift was confirmed: by mail or webhook, once, and again until it works."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.core.checks import run_checks
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from gifting import tasks
from gifting.errors import Locked
from gifting.models import Brand, GiftPack, Order, PackNotice, StickerPack
from gifting.services import pack_notices, packs
from tests.gifting.pack_gifts import new_pack

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
State = PackNotice.State


@pytest.fixture(autouse=True)
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture
def to_mail(settings: Settings) -> None:
    settings.GIFTING = {"GIFT_PACK_NOTICE_MAIL": "shop@example.com", "JOB_MAX_ATTEMPTS": 3}


def confirmed(brand: Brand, *, note: str = "", order: Order | None = None) -> GiftPack:
    pair = {"brand": brand, "number": 118, "sender": "Alice", "receiver": "Bob"}
    packs.send(**pair, note=note, order=order, now=timezone.now())
    return packs.confirm(**pair, now=timezone.now())


def work(now: datetime | None = None) -> PackNotice:
    """What the worker does with the notice, now or later."""
    notice = PackNotice.objects.get()
    pack_notices.send(pk=notice.pk, now=now or timezone.now())
    return PackNotice.objects.get()


# -- Queued -------------------------------------------------------------------------------------------------


def test_without_a_setting_nobody_is_told(brand: Brand) -> None:
    confirmed(brand)
    assert not PackNotice.objects.exists()


def test_each_way_that_the_settings_name_is_queued(brand: Brand, settings: Settings) -> None:
    settings.GIFTING = {
        "GIFT_PACK_NOTICE_MAIL": "a@example.com",
        "GIFT_PACK_NOTICE_URL": "https://shop.example",
    }
    confirmed(brand)
    assert sorted(PackNotice.objects.values_list("way", flat=True)) == ["mail", "webhook"]


def test_sending_a_gift_tells_nobody(brand: Brand, to_mail: None, now: datetime) -> None:
    packs.send(brand=brand, number=118, sender="Alice", receiver="Bob", now=now)
    assert not PackNotice.objects.exists()


def test_confirming_twice_tells_once(brand: Brand, to_mail: None, now: datetime) -> None:
    confirmed(brand)
    packs.confirm(brand=brand, number=118, sender="Alice", receiver="Bob", now=now)
    assert PackNotice.objects.count() == 1


def test_the_worker_starts_after_the_commit(
    brand: Brand, to_mail: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        confirmed(brand)
        assert not OrmQ.objects.exists()
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"]) == ("gifting.tasks.send_pack_notice", (PackNotice.objects.get().pk,))


def test_the_sweep_finds_a_notice_whose_task_was_lost(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    tasks.sweep()
    assert [row.task["func"] for row in OrmQ.objects.all()] == ["gifting.tasks.send_pack_notice"]


def test_the_task_sends_the_notice(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    tasks.send_pack_notice(PackNotice.objects.get().pk)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("url", "secret", "expected"),
    [
        ("", "", False),
        ("https://shop.example", SECRET, False),
        ("https://shop.example", SECRET.removeprefix("whsec_"), False),
        ("https://shop.example", "", True),
        ("https://shop.example", "whsec_c2hvcnQ=", True),
        ("https://shop.example", "no base64!", True),
    ],
)
def test_a_webhook_without_a_secret_is_found_by_the_checks(
    settings: Settings, url: str, secret: str, expected: bool
) -> None:
    settings.GIFTING = {"GIFT_PACK_NOTICE_URL": url, "GIFT_PACK_NOTICE_SECRET": secret}
    assert ("gifting.E006" in {message.id for message in run_checks(tags=["gifting"])}) is expected


# -- By mail ------------------------------------------------------------------------------------------------


def test_the_mail_says_who_accepted_what(brand: Brand, to_mail: None, now: datetime) -> None:
    order = Order.objects.create(brand=brand, number="#1001", giver_email="a@example.com", created_at=now)
    confirmed(brand, note="For you <3", order=order)
    notice = work()
    sent = mail.outbox[0]
    assert (notice.state, sent.to, sent.subject) == (
        State.SENT,
        ["shop@example.com"],
        "Bob accepted the gift pack Stuart",
    )
    lines = sent.body.splitlines()
    assert {"From: Alice", "To: Bob", "Note: For you <3", "Order: #1001", "Maison Lune"} <= set(lines)
    assert notice.sent_at


def test_a_line_break_in_an_id_makes_no_header(brand: Brand, to_mail: None, now: datetime) -> None:
    pair = {"brand": brand, "number": 118, "sender": "Alice", "receiver": "Bob\r\nBcc: all@example.com"}
    packs.send(**pair, now=now)
    packs.confirm(**pair, now=now)
    work()
    assert mail.outbox[0].subject == "Bob Bcc: all@example.com accepted the gift pack Stuart"
    assert mail.outbox[0].bcc == []


def test_a_notice_is_sent_once(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    for _ in range(3):
        work()
    assert len(mail.outbox) == 1


def test_a_second_copy_after_a_crash_has_the_same_message_id(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    for _ in range(2):
        PackNotice.objects.update(state=State.SENDING, due_at=timezone.now())
        work()
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second


# -- Again, later -------------------------------------------------------------------------------------------


@pytest.fixture
def no_mail(to_mail: None, settings: Settings) -> None:
    """The mail server does not answer."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_a_notice_that_fails_is_tried_again_later_each_time(brand: Brand, no_mail: None) -> None:
    confirmed(brand)
    now, waits = timezone.now(), []
    for _ in range(2):
        notice = work(now)
        assert (notice.state, notice.last_error) == (State.QUEUED, "ConnectionRefusedError")
        waits.append(notice.due_at - now)
        now = notice.due_at
    assert waits == [timedelta(minutes=2), timedelta(minutes=4)]


def test_a_notice_is_not_tried_before_its_time(brand: Brand, no_mail: None, now: datetime) -> None:
    confirmed(brand)
    work()
    assert work().attempts == 1


def test_after_the_last_attempt_it_waits_for_staff(brand: Brand, no_mail: None, settings: Settings) -> None:
    confirmed(brand)
    for days in range(3):
        notice = work(timezone.now() + timedelta(days=days))
    assert (notice.state, notice.attempts) == (State.FAILED, 3)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    pack_notices.retry(notice=notice, now=timezone.now())
    assert work().state == State.SENT


def test_only_a_failed_notice_is_sent_again_by_staff(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    with pytest.raises(Locked):
        pack_notices.retry(notice=PackNotice.objects.get(), now=timezone.now())


def test_a_notice_that_kills_its_workers_is_given_up(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    PackNotice.objects.update(state=State.SENDING, attempts=3)
    notice = work()
    assert (notice.state, mail.outbox) == (State.FAILED, [])
    assert "stopped" in notice.last_error


def test_what_another_worker_sends_is_left_alone(brand: Brand, to_mail: None) -> None:
    confirmed(brand)
    PackNotice.objects.update(state=State.SENDING, attempts=1, due_at=timezone.now() + timedelta(minutes=5))
    assert (work().state, mail.outbox) == (State.SENDING, [])


# -- By webhook ---------------------------------------------------------------------------------------------


@dataclass
class Endpoint:
    """The shop's server: keeps what it is told, and answers the next of `statuses`, then 204."""

    url: str = ""
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@pytest.fixture
def endpoint(settings: Settings) -> Iterator[Endpoint]:
    shop = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shop.calls.append((self.path, dict(self.headers), body))
            self.send_response(shop.statuses.pop(0) if shop.statuses else 204)
            self.send_header("Retry-After", "3600")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    shop.url = f"http://127.0.0.1:{server.server_port}/hooks/gifts?shop=1"
    settings.GIFTING = {
        "GIFT_PACK_NOTICE_URL": shop.url,
        "GIFT_PACK_NOTICE_SECRET": SECRET,
        "JOB_MAX_ATTEMPTS": 3,
    }
    yield shop
    server.shutdown()
    server.server_close()


def test_the_webhook_is_signed_and_says_what_was_accepted(
    brand: Brand, endpoint: Endpoint, now: datetime
) -> None:
    order = Order.objects.create(brand=brand, number="#1001", giver_email="a@example.com", created_at=now)
    gift = confirmed(brand, note="🎁", order=order)
    assert work().state == State.SENT
    path, headers, body = endpoint.calls[0]
    said = Webhook(SECRET).verify(body, headers)
    assert (path, said["type"]) == ("/hooks/gifts?shop=1", "gift_pack.confirmed")
    assert said["timestamp"] == said["data"]["receiveDate"] == f"{gift.confirmed_at:%Y-%m-%dT%H:%M:%SZ}"
    assert said["data"] == {
        "brand": "lune",
        "packageId": 118,
        "packageName": "Stuart",
        "sendUserId": "Alice",
        "receiveUserId": "Bob",
        "sendDate": f"{gift.sent_at:%Y-%m-%dT%H:%M:%SZ}",
        "receiveDate": f"{gift.confirmed_at:%Y-%m-%dT%H:%M:%SZ}",
        "note": "🎁",
        "orderNumber": "#1001",
    }


def test_another_secret_does_not_verify(brand: Brand, endpoint: Endpoint) -> None:
    confirmed(brand)
    work()
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(endpoint.calls[0][2], endpoint.calls[0][1])


def test_every_attempt_has_the_same_id_and_a_signature_of_its_own_time(
    brand: Brand, endpoint: Endpoint
) -> None:
    endpoint.statuses = [500]
    confirmed(brand)
    for minutes in (0, 120):
        work(timezone.now() + timedelta(minutes=minutes))
    first, second = (headers for _, headers, _ in endpoint.calls)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_of_the_shop_will_do(brand: Brand, endpoint: Endpoint, status: int) -> None:
    endpoint.statuses = [status]
    confirmed(brand)
    assert work().state == State.SENT


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_any_failure_of_the_shop_is_tried_again(brand: Brand, endpoint: Endpoint, status: int) -> None:
    endpoint.statuses = [status]
    confirmed(brand)
    notice = work()
    assert (notice.state, notice.attempts) == (State.QUEUED, 1)
    assert SECRET not in notice.last_error


def test_a_shop_that_asks_for_time_gets_it(brand: Brand, endpoint: Endpoint, now: datetime) -> None:
    endpoint.statuses = [503]
    confirmed(brand)
    assert work(now + timedelta(seconds=1)).due_at == now + timedelta(seconds=3601)


@pytest.mark.parametrize("secret", ["", "whsec_"])
def test_without_a_secret_nothing_is_sent(
    brand: Brand, endpoint: Endpoint, settings: Settings, secret: str
) -> None:
    settings.GIFTING = {"GIFT_PACK_NOTICE_URL": endpoint.url, "GIFT_PACK_NOTICE_SECRET": secret}
    confirmed(brand)
    assert (work().state, endpoint.calls) == (State.QUEUED, [])


def test_a_webhook_does_not_wait_in_the_callers_transaction(brand: Brand, endpoint: Endpoint) -> None:
    confirmed(brand)
    assert endpoint.calls == []
