"""What an encoder left, the replay that is made of it, and another try for whatever failed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries

from livestream.models import Broadcast, LiveStream, Playlist, PlaylistEntry, Reminder, Replay
from tests.livestream.admin.conftest import NewClient

URL = "/admin/livestream/livestream/"
VIEW, CHANGE = "view_livestream", "change_livestream"


@pytest.fixture
def failed(live: LiveStream, now: datetime) -> Broadcast:
    return Broadcast.objects.create(
        stream=live,
        state=Broadcast.State.FAILED,
        started_at=now - timedelta(minutes=30),
        ended_at=now - timedelta(minutes=20),
        source="/recorded/x.flv",
        attempts=5,
        last_error="The recording is not there.",
    )


@pytest.fixture
def replay(live: LiveStream) -> Replay:
    """One that failed."""
    LiveStream.objects.filter(pk=live.pk).update(status=LiveStream.Status.REPLAY)
    return Replay.objects.create(stream=live, state="failed", attempts=5, last_error="The disk is full.")


def page(client: Client, stream: LiveStream) -> str:
    response = client.get(f"{URL}{stream.pk}/recordings/")
    assert response.status_code == 200
    return response.content.decode()


def retry_of(broadcast: Broadcast) -> str:
    return f"{URL}{broadcast.stream_id}/recordings/{broadcast.pk}/retry/"


def tasks() -> list[Any]:
    return [(one.task["func"].rpartition(".")[2], one.task["args"]) for one in OrmQ.objects.all()]


# -- The page of one livestream


def test_it_says_what_failed_and_why(staff: Client, failed: Broadcast, replay: Replay) -> None:
    told = page(staff, failed.stream)
    assert "The recording is not there." in told
    assert "The disk is full." in told


def test_a_livestream_leads_to_it(staff: Client, stream: LiveStream) -> None:
    assert f"{URL}{stream.pk}/recordings/" in staff.get(f"{URL}{stream.pk}/change/").content.decode()


def test_without_an_encoder_it_says_so(staff: Client, stream: LiveStream) -> None:
    assert "No encoder was on air here" in page(staff, stream)


def test_a_recording_gets_another_try(
    staff: Client, failed: Broadcast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(retry_of(failed))
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.last_error) == (Broadcast.State.RECORDED, 0, "")
    assert ("process_recording", (failed.pk,)) in tasks()
    assert failed.stream.journal.last().actor == "staff:maria"


def test_a_replay_gets_another_try(
    staff: Client, replay: Replay, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{URL}{replay.pk}/replay/retry/")
    replay.refresh_from_db()
    assert (replay.state, replay.attempts) == (Replay.State.WAITING, 0)
    assert ("prepare_replay", (replay.pk,)) in tasks()


def test_what_did_not_fail_is_left_alone(staff: Client, failed: Broadcast) -> None:
    Broadcast.objects.update(state=Broadcast.State.READY)
    response = staff.post(retry_of(failed), follow=True)
    assert "Only what failed can be tried again" in response.content.decode()


def test_a_file_that_was_refused_has_no_button(staff: Client, failed: Broadcast) -> None:
    assert retry_of(failed) in page(staff, failed.stream)
    Broadcast.objects.update(source="")
    assert retry_of(failed) not in page(staff, failed.stream)


def test_nothing_is_tried_by_a_link(staff: Client, failed: Broadcast) -> None:
    assert staff.get(retry_of(failed)).status_code == 405


def test_a_recording_of_another_livestream_is_not_there(
    staff: Client, failed: Broadcast, stream: LiveStream
) -> None:
    assert staff.post(f"{URL}{stream.pk + 99}/recordings/{failed.pk}/retry/").status_code == 404


def test_who_may_only_look_sees_no_button(person: NewClient, failed: Broadcast, replay: Replay) -> None:
    client = person(VIEW)
    assert "Try again" not in page(client, failed.stream)
    assert client.post(retry_of(failed)).status_code == 403
    assert client.post(f"{URL}{replay.pk}/replay/retry/").status_code == 403


def test_who_may_change_the_livestream_may_try_again(person: NewClient, failed: Broadcast) -> None:
    assert person(VIEW, CHANGE).post(retry_of(failed)).status_code == 302


@pytest.mark.parametrize("codenames", [(), ("view_channel",)])
def test_nobody_else_sees_it(person: NewClient, stream: LiveStream, codenames: tuple[str, ...]) -> None:
    assert person(*codenames).get(f"{URL}{stream.pk}/recordings/").status_code == 403


def test_it_costs_the_same_for_any_number(
    staff: Client, failed: Broadcast, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    more = [Broadcast(stream=failed.stream, started_at=now, ended_at=now) for _ in range(20)]
    Broadcast.objects.bulk_create(more)
    with django_assert_max_num_queries(5):
        page(staff, failed.stream)


# -- The list of what needs attention


def listed(client: Client, reason: str = "any") -> str:
    response: HttpResponse = client.get(f"{URL}?attention={reason}")
    assert response.status_code == 200
    return response.content.decode()


def test_where_all_is_well_nothing_needs_attention(staff: Client, live: LiveStream) -> None:
    assert "Winter evening" not in listed(staff)


def test_a_failed_recording_is_found(staff: Client, failed: Broadcast) -> None:
    way = f'<a href="{URL}{failed.stream_id}/recordings/">a recording failed</a>'
    assert way in listed(staff)
    assert way in listed(staff, "recording")
    assert "Winter evening" not in listed(staff, "replay")


def test_a_failed_replay_is_found(staff: Client, replay: Replay) -> None:
    assert f'<a href="{URL}{replay.pk}/recordings/">the replay failed</a>' in listed(staff, "replay")


def test_a_failed_reminder_is_found_while_it_can_be_sent(
    staff: Client, live: LiveStream, now: datetime
) -> None:
    Reminder.objects.create(stream=live, state="failed", email="olga@example.com", created_at=now)
    assert "Winter evening" in listed(staff, "reminder")
    Reminder.objects.update(email="")
    assert "Winter evening" not in listed(staff, "reminder")


def test_trouble_with_its_playlist_is_found(staff: Client, live: LiveStream) -> None:
    playlist = Playlist.objects.create(
        channel=live.channel, name="All", remote_id="p1", mirror_error="The account does not answer."
    )
    PlaylistEntry.objects.create(playlist=playlist, stream=live)
    assert "Winter evening" in listed(staff, "mirror")
    shown = staff.get(f"/admin/livestream/playlist/{playlist.pk}/change/").content.decode()
    assert "The account does not answer." in shown


@pytest.mark.parametrize("status", ["completed", "expired"])
def test_what_cannot_be_helped_any_more_needs_nobody(staff: Client, failed: Broadcast, status: str) -> None:
    LiveStream.objects.update(status=status)
    assert "Winter evening" not in listed(staff)


def test_a_rehearsal_needs_no_recording(staff: Client, failed: Broadcast) -> None:
    Broadcast.objects.update(is_rehearsal=True)
    assert "Winter evening" not in listed(staff)


@pytest.mark.parametrize("reason", ["", "push", "nonsense", "\x00", "9" * 30])
def test_a_reason_that_is_none_shows_everything(staff: Client, live: LiveStream, reason: str) -> None:
    assert "Winter evening" in listed(staff, reason)
