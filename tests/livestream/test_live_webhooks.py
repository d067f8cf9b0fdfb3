"""`/live/webhooks/<alias>`: who may push, what is stored, what is answered, and what comes of it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import resolve
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from livestream import tasks
from livestream.models import Channel, Playlist, WebhookReceipt
from livestream.services import inbox
from tests.fakes.firework import CLIENT, SECRET, sign

URL = "/live/webhooks/firework"
BODY = json.dumps({"event_type": "video_created", "data": {"id": "o8Gx75"}}).encode()
FIREWORK = "livestream.backends.firework.FireworkBackend"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
State = WebhookReceipt.State


def connect(settings: Settings, *secrets: str) -> None:
    accounts = {
        "firework": {"BACKEND": FIREWORK, "OPTIONS": {**CLIENT, "webhook_secrets": list(secrets)}},
        "mute": {"BACKEND": FIREWORK, "OPTIONS": CLIENT},
    }
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": accounts}


@pytest.fixture(autouse=True)
def _account(settings: Settings, db: None) -> None:
    connect(settings, SECRET)


@pytest.fixture
def playlist(channel: Channel, now: datetime) -> Playlist:
    """One that is walked only tomorrow."""
    Channel.objects.update(backend="firework")
    return Playlist.objects.create(channel=channel, name="Winter", remote_id="list", mirror_due_at=now + DAY)


@pytest.fixture
def push(now: datetime) -> Callable[..., Any]:
    """As the vendor pushes: `push(body, at=..., secret=..., url=..., signature=...)`."""

    def send(
        body: bytes = BODY,
        *,
        at: datetime = now,
        secret: str = SECRET,
        url: str = URL,
        signature: str | None = None,
    ) -> Any:
        headers = {
            "FW-Webhooks-Signature": signature if signature is not None else sign(body, at=at, secret=secret)
        }
        return Client().post(url, body, content_type="application/json", headers=headers)

    return send


def stored() -> int:
    return WebhookReceipt.objects.count()


# -- Stored first, and answered


def test_a_push_is_stored_as_it_came_and_answered(push: Callable[..., Any]) -> None:
    response = push()
    assert (response.status_code, response.content) == (204, b"")
    receipt = WebhookReceipt.objects.get()
    assert (bytes(receipt.body), receipt.account, receipt.state) == (BODY, "firework", State.STORED)


def test_the_address_has_a_name() -> None:
    assert resolve(URL).view_name == "livestream:webhook"


def test_it_is_read_by_a_job_after_the_answer(
    push: Callable[..., Any], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        push()
    task = OrmQ.objects.get().task
    assert (task["func"], task["args"]) == ("livestream.tasks.read_push", (WebhookReceipt.objects.get().pk,))


def test_the_same_push_again_is_answered_and_stored_once(push: Callable[..., Any], now: datetime) -> None:
    answers = [push(at=now + number * MINUTE).status_code for number in range(3)]
    assert (answers, stored()) == ([204, 204, 204], 1)


def test_another_push_is_another_row(push: Callable[..., Any]) -> None:
    push()
    push(b'{"event_type": "video_updated"}')
    assert stored() == 2


def test_a_body_that_is_no_document_is_kept_for_staff(push: Callable[..., Any]) -> None:
    assert push(b"\xff\x00 no JSON").status_code == 204
    assert stored() == 1


# -- Who may push

BAD = {
    "none": "",
    "no time": "v1=abc",
    "no signature": "t=1",
    "nonsense": "ü;=,t,v1",
    "two times": "t=1,t=2,v1=abc",
    "a time that is no number": "t=²,v1=abc",
    "a time without end": f"t={'9' * 400},v1=abc",
    "not base64": "t=1790000000000,v1=ü",
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_signature_writes_nothing(
    push: Callable[..., Any], bad: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = push(signature=BAD[bad])
    assert (response.status_code, list(response.json())) == (401, ["error"])


def test_a_wrong_secret_is_refused(push: Callable[..., Any]) -> None:
    assert push(secret="wrong").status_code == 401
    assert stored() == 0


def test_a_changed_body_is_refused(push: Callable[..., Any], now: datetime) -> None:
    signature = sign(BODY, at=now, secret=SECRET)
    assert push(BODY + b" ", signature=signature).status_code == 401


def test_a_changed_time_is_refused(push: Callable[..., Any], now: datetime) -> None:
    moment = str(round(now.timestamp() * 1000))
    signature = sign(BODY, at=now, secret=SECRET).replace(moment, str(int(moment) + 1))
    assert push(signature=signature).status_code == 401


@pytest.mark.parametrize(("away", "status"), [(-4, 204), (4, 204), (-6, 401), (6, 401)])
def test_a_push_is_good_for_five_minutes(
    push: Callable[..., Any], now: datetime, away: int, status: int
) -> None:
    assert push(at=now + away * MINUTE).status_code == status


def test_a_signature_of_a_scheme_to_come_may_stand_beside(push: Callable[..., Any], now: datetime) -> None:
    assert push(signature=f"{sign(BODY, at=now, secret=SECRET)}, v2=other").status_code == 204


@pytest.mark.parametrize("secret", ["new", "old"])
def test_while_a_secret_is_replaced_both_are_taken(
    push: Callable[..., Any], settings: Settings, secret: str
) -> None:
    connect(settings, "new", "old")
    assert push(secret=secret).status_code == 204


@pytest.mark.parametrize("secrets", [(), ("",), (" ",)])
def test_without_a_secret_there_is_no_address(
    push: Callable[..., Any], settings: Settings, secrets: tuple[str, ...]
) -> None:
    connect(settings, *secrets)
    assert (push(secret="").status_code, stored()) == (404, 0)


@pytest.mark.parametrize("alias", ["nobody", "mute", "a%00b"])
@pytest.mark.parametrize("method", ["POST", "HEAD", "GET"])
def test_where_nobody_listens_there_is_no_address(alias: str, method: str) -> None:
    assert Client().generic(method, f"/live/webhooks/{alias}", BODY).status_code == 404


def test_a_probe_is_answered() -> None:
    assert Client().head(URL).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_nothing_but_a_push_is_taken(method: str) -> None:
    response = Client().generic(method, URL)
    assert (response.status_code, response["Allow"]) == (405, "HEAD, POST")


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 204), (1_000_001, 413)])
def test_a_megabyte_is_taken_and_no_more(push: Callable[..., Any], size: int, status: int) -> None:
    assert push(b"x" * size).status_code == status


def test_it_needs_neither_a_login_nor_a_csrf_token(settings: Settings, now: datetime) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    headers = {"FW-Webhooks-Signature": sign(BODY, at=now)}
    client = Client(enforce_csrf_checks=True)
    assert client.post(URL, BODY, content_type="application/json", headers=headers).status_code == 204


def test_without_a_database_the_vendor_shall_come_again(push: Callable[..., Any]) -> None:
    def down(*args: Any) -> None:
        raise OperationalError("the connection was refused")

    with connection.execute_wrapper(down):
        assert push().status_code == 503


def test_the_row_is_safe_before_the_answer_whatever_the_hosts_settings_say() -> None:
    assert resolve(URL).func._non_atomic_requests == {"default"}


# -- Read by a job


def read(at: datetime) -> WebhookReceipt:
    receipt = WebhookReceipt.objects.get()
    inbox.process(pk=receipt.pk, now=at)
    receipt.refresh_from_db()
    return receipt


def is_looked_at(playlist: Playlist) -> bool:
    """Is its time now, instead of tomorrow?"""
    was = playlist.mirror_due_at
    playlist.refresh_from_db()
    return playlist.mirror_due_at < was


@pytest.mark.parametrize("field", ["event_type", "event", "type"])
@pytest.mark.parametrize(
    "event", ["video_created", "video_updated", "video_import_failed", "live_stream_started"]
)
def test_news_have_the_playlists_walked_now(
    push: Callable[..., Any], playlist: Playlist, now: datetime, event: str, field: str
) -> None:
    push(json.dumps({field: event}).encode())
    assert read(now + MINUTE).state == State.DONE
    assert is_looked_at(playlist)
    assert OrmQ.objects.last().task["args"] == (playlist.pk,)


@pytest.mark.parametrize(
    "body", [b'{"event_type": "invoice_paid"}', b"{}", b'{"type": 7}', b'{"type": null}']
)
def test_what_we_do_not_know_is_kept_and_done(
    push: Callable[..., Any], playlist: Playlist, now: datetime, body: bytes
) -> None:
    push(body)
    assert read(now + MINUTE).state == State.DONE
    assert not is_looked_at(playlist)


@pytest.mark.parametrize("body", [b"[]", b"no JSON", b"\xff", b"[" * 100_000, b""])
def test_what_cannot_be_read_waits_for_staff(push: Callable[..., Any], now: datetime, body: bytes) -> None:
    push(body)
    receipt = read(now + MINUTE)
    assert (receipt.state, receipt.last_error) == (State.FAILED, "The push is not a JSON object.")


def test_what_is_done_is_not_read_again(push: Callable[..., Any], playlist: Playlist, now: datetime) -> None:
    push()
    read(now + MINUTE)
    playlist.refresh_from_db()
    read(now + 2 * MINUTE)
    assert not is_looked_at(playlist)


def test_what_a_killed_worker_left_is_read_by_the_next(push: Callable[..., Any], now: datetime) -> None:
    push()
    WebhookReceipt.objects.update(state=State.PROCESSING, attempts=1, due_at=now)
    assert read(now + MINUTE).state == State.DONE


def test_what_kills_every_worker_is_given_up(push: Callable[..., Any], now: datetime) -> None:
    push()
    WebhookReceipt.objects.update(state=State.PROCESSING, attempts=5, due_at=now)
    receipt = read(now + MINUTE)
    assert (receipt.state, receipt.last_error) == (State.FAILED, inbox.KILLED)


def test_an_account_that_is_gone_waits_for_staff(
    push: Callable[..., Any], settings: Settings, now: datetime
) -> None:
    push()
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": {}}
    assert read(now + MINUTE).state == State.FAILED


def test_a_fault_on_the_way_is_tried_again_later(
    push: Callable[..., Any], settings: Settings, now: datetime
) -> None:
    push()
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": {"firework": {"BACKEND": "nowhere.Backend"}}}
    receipt = read(now + MINUTE)
    assert (receipt.state, receipt.due_at) == (State.STORED, now + 3 * MINUTE)


def test_the_sweep_starts_what_was_lost(push: Callable[..., Any]) -> None:
    push()
    OrmQ.objects.all().delete()
    tasks.sweep()
    assert "livestream.tasks.read_push" in [task.task["func"] for task in OrmQ.objects.all()]


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_pushes_are_forgotten_after_a_month(
    push: Callable[..., Any], now: datetime, days: int, left: int
) -> None:
    push()
    inbox.purge(now=now + days * DAY)
    assert stored() == left
