"""`/webhooks/<alias>`: who may push, what is stored, and what is answered."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings
from standardwebhooks import Webhook

from gifting.models import OutgoingMessage, Shipment, VideoContainer, WebhookReceipt
from tests.fakes.here import SECRET, Knowledge, asking, body, connect, fresh_world, telling
from tests.gifting.tracked import CODE, attach, work
from tests.wire.shop import assert_error

WHSEC = "whsec_" + "c2VjcmV0" * 4
WHSEC_NEW = "whsec_" + "bmV3bmV3" * 4
URL = "/webhooks/here"


@pytest.fixture(autouse=True)
def world(settings: Settings, db: None) -> Iterator[Knowledge]:
    connect(settings, here=telling(), mute=asking(), spare=telling())
    with fresh_world() as world:
        yield world


def post(content: bytes = b"{}", *, url: str = URL, secret: str = SECRET, **headers: str) -> Any:
    told = {"x-secret": secret, **headers}
    return Client().post(url, content, content_type="application/json", headers=told)


def stored() -> int:
    return WebhookReceipt.objects.count()


def test_a_push_is_stored_as_it_came(now: datetime) -> None:
    content = body(CODE, ("delivered", now))
    response = post(content)
    assert (response.status_code, response.json()) == (200, {"result": "ok"})
    receipt = WebhookReceipt.objects.get()
    assert (bytes(receipt.body), receipt.source, receipt.state) == (content, "here", "queued")


def test_the_address_has_a_name() -> None:
    assert resolve(URL).view_name == "gifting:webhook"


def test_it_is_read_by_a_job_after_the_answer(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        post()
    assert (len(callbacks), OrmQ.objects.count()) == (1, 0)
    callbacks[0]()
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"]) == (
        "gifting.tasks.process_receipt",
        (WebhookReceipt.objects.get().pk,),
    )


def test_what_is_pushed_reaches_the_gift(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    post(body(CODE, ("delivered", now)))
    work(now + timedelta(minutes=1))
    assert Shipment.objects.get().status == Shipment.Status.DELIVERED
    assert OutgoingMessage.objects.count() == 1


def test_the_same_push_again_is_answered_and_not_stored() -> None:
    answers = [post(b'{"code": "1"}').status_code for _ in range(3)]
    assert (answers, stored()) == ([200, 200, 200], 1)


def test_the_senders_own_key_decides_what_is_the_same() -> None:
    post(b'{"code": "1"}', **{"x-key": "a"})
    post(b'{"code": "2"}', **{"x-key": "a"})
    post(b'{"code": "1"}', **{"x-key": "b"})
    assert stored() == 2


def test_what_was_read_is_not_read_again(now: datetime) -> None:
    post()
    work(now + timedelta(minutes=1))
    post()
    assert WebhookReceipt.objects.get().state == WebhookReceipt.State.DONE


def test_two_senders_may_have_the_same_key() -> None:
    post(**{"x-key": "a"})
    post(url="/webhooks/spare", **{"x-key": "a"})
    assert stored() == 2


@pytest.mark.parametrize("url", ["/webhooks/nobody", "/webhooks/mute", "/webhooks/a%00b"])
@pytest.mark.parametrize("method", ["POST", "HEAD", "GET"])
def test_where_nobody_listens_there_is_no_address(url: str, method: str) -> None:
    response = Client().generic(method, url, b"{}", headers={"x-secret": ""})
    assert (response.status_code, stored()) == (404, 0)


def test_without_a_secret_nothing_is_accepted_unchecked(settings: Settings) -> None:
    connect(settings, here=telling(secret=""))
    assert_error(post(secret=""), 404, "not_found")


@pytest.mark.parametrize("secret", ["", "wrong", SECRET.upper()])
def test_a_wrong_secret_writes_nothing(
    secret: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert_error(post(secret=secret), 401, "unauthorized")


def test_what_is_no_document_is_refused() -> None:
    assert_error(post(b"not json"), 400, "invalid")
    assert stored() == 0


def sized(size: int) -> bytes:
    """A push of so many bytes."""
    return body(CODE, padding="x" * (size - len(body(CODE, padding=""))))


def test_a_body_of_a_megabyte_is_taken() -> None:
    assert post(sized(1_000_000)).status_code == 200


def test_a_larger_body_is_refused(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert_error(post(sized(1_000_001)), 413, "too_large")


def test_a_larger_body_is_refused_also_where_its_size_was_not_said() -> None:
    content = sized(1_000_001)
    request = RequestFactory().post(URL, content, content_type="application/json")
    del request.META["CONTENT_LENGTH"]
    request.META |= {"wsgi.input": BytesIO(content), "wsgi.input_terminated": True}
    assert_error(resolve(URL).func(request, "here"), 413, "too_large")


def test_a_probe_is_answered() -> None:
    response = Client().head(URL)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_but_a_push_is_taken(method: str) -> None:
    response = Client().generic(method, URL, headers={"x-secret": SECRET})
    assert_error(response, 405, "method_not_allowed")
    assert response["Allow"] == "HEAD, POST"


def test_it_needs_neither_a_login_nor_a_csrf_token(settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    client = Client(enforce_csrf_checks=True)
    response = client.post(URL, b"{}", content_type="application/json", headers={"x-secret": SECRET})
    assert response.status_code == 200


def test_no_cache_keeps_an_answer() -> None:
    assert post()["Cache-Control"] == post(secret="wrong")["Cache-Control"] == "no-store"


def test_without_a_database_the_sender_shall_come_again() -> None:
    def down(*args: Any) -> None:
        raise OperationalError("the connection was refused")

    with connection.execute_wrapper(down):
        assert_error(post(), 503, "unavailable")


def test_the_row_is_safe_before_the_answer_whatever_the_hosts_settings_say() -> None:
    view = resolve(URL).func
    assert view._non_atomic_requests == {"default"}


def test_a_push_costs_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        post()


def test_the_same_push_again_costs_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    post()
    with django_assert_num_queries(1):
        post()


def test_a_body_that_breaks_off_is_not_stored() -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise OSError("connection reset")

    request = HttpRequest()
    request.method = "POST"
    request.META = {"CONTENT_LENGTH": "10", "HTTP_X_SECRET": SECRET}
    request._stream = Broken()
    request._read_started = False
    response = resolve(URL).func(request, "here")
    assert (response.status_code, stored()) == (400, 0)


# -- A courier's own system, by Standard Webhooks


def signed_headers(content: bytes, secret: str, key: str = "stop-1") -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(msg_id=key, timestamp=at, data=content.decode()),
    }


def courier(settings: Settings, *secrets: str) -> None:
    connect(settings, signed={"BACKEND": "gifting.carriers.signed.Signed", "OPTIONS": {"secrets": secrets}})


def send_signed(content: bytes, headers: dict[str, str]) -> Any:
    return Client().post("/webhooks/signed", content, content_type="application/json", headers=headers)


def test_a_courier_delivers_by_a_signed_push(
    container: VideoContainer, settings: Settings, now: datetime
) -> None:
    courier(settings, WHSEC)
    attach(container, now, code="TOUR-7-042", carrier="coursier")
    content = json.dumps({"trackingCode": "TOUR-7-042", "status": "delivered"}).encode()
    assert send_signed(content, signed_headers(content, WHSEC)).status_code == 200
    work(now + timedelta(minutes=1))
    assert Shipment.objects.get().status == Shipment.Status.DELIVERED


@pytest.mark.parametrize("secret", [WHSEC, WHSEC_NEW])
def test_while_a_secret_is_replaced_both_are_taken(settings: Settings, secret: str) -> None:
    courier(settings, WHSEC_NEW, WHSEC)
    content = json.dumps({"trackingCode": "T1", "status": "in_transit"}).encode()
    assert send_signed(content, signed_headers(content, secret)).status_code == 200


def test_a_changed_body_is_refused(settings: Settings) -> None:
    courier(settings, WHSEC)
    headers = signed_headers(b'{"trackingCode": "T1", "status": "in_transit"}', WHSEC)
    content = b'{"trackingCode": "T1", "status": "delivered"}'
    assert_error(send_signed(content, headers), 401, "unauthorized")
    assert stored() == 0
