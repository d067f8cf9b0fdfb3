"""The page of one order: what happened, what there is to see, what needs attention."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage, Recording, Shipment, VideoContainer
from gifting.services import containers, deliveries, journal, notes
from gifting.services.links import open_media_link
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import messages_of, order_url, row_url, text_of

Event = JournalEntry.Event
GIVER = Actor(ActorKind.GIVER)
STAFF = Actor(ActorKind.STAFF, "maria")
Record = Callable[[VideoContainer], VideoContainer]


def failed_recording(container: VideoContainer, now: datetime) -> Recording:
    return Recording.objects.create(
        container=container, state=Recording.State.FAILED, attempts=5, due_at=now, created_at=now
    )


def history(client: Client, container: VideoContainer) -> list[tuple[str, str]]:
    """Who and what, the newest first."""
    lines = client.get(order_url(container)).context["page"].timeline
    return [(line.who, line.what) for line in lines]


def test_the_history_is_told_in_words(staff: Client, container: VideoContainer, now: datetime) -> None:
    journal.write(container, Event.UPLOADED, actor=GIVER, now=now, bytes=3_400_000)
    journal.write(container, Event.REFUSED, actor=Actor(ActorKind.WORKER), now=now, reason="not_video")
    journal.write(container, Event.PRINTED, actor=STAFF, now=now, layout="a6")
    assert history(staff, container) == [
        ("maria", "Card printed: A6, one card a page"),
        ("automatic", "Video refused: The file is not a video"),
        ("the giver", "Video received (3.2\xa0MB)"),
        ("the shop", "Gift message opened"),
    ]


@pytest.mark.parametrize("event", Event.values)
def test_every_event_has_words_without_details(
    staff: Client, container: VideoContainer, event: str, now: datetime
) -> None:
    journal.write(container, event, actor=Actor(ActorKind.API, "gc_123"), now=now)
    who, what = history(staff, container)[0]
    assert who == "the shop's system (gc_123)"
    assert what


def test_the_player_gets_links_that_open_for_a_while(
    staff: Client, container: VideoContainer, record: Record
) -> None:
    record(container)
    response = staff.get(order_url(container))
    media = response.context["page"].media
    assert open_media_link(token=media.video.split("/")[2], name="video.mp4") == container.recording
    assert f'poster="{media.poster}"' in text_of(response)


def test_the_page_shows_the_note_with_its_lines(
    staff: Client, container: VideoContainer, now: datetime
) -> None:
    note = "<b>Dear</b> Bob\nall the best"
    notes.write_note(container=container, note=note, alone=False, actor=GIVER, now=now)
    page = staff.get(order_url(container)).content.decode()
    assert "&lt;b&gt;Dear&lt;/b&gt; Bob<br>all the best" in page


def test_the_page_links_to_the_gift_s_pages(staff: Client, container: VideoContainer) -> None:
    page = staff.get(order_url(container)).content.decode()
    for url in (container.watch_url, container.preview_url, container.recording_url):
        assert f'href="{url}"' in page


def test_whoever_may_not_see_messages_sees_no_video_no_note_and_no_link(
    person: NewClient, container: VideoContainer, record: Record, now: datetime
) -> None:
    notes.write_note(container=container, note="For you alone", alone=False, actor=GIVER, now=now)
    record(container)
    page = text_of(person("view_order", "print_card").get(order_url(container)))
    assert "<video" not in page
    assert "For you alone" not in page
    assert container.recording_url not in page


def test_parcels_and_mails_are_shown_with_their_state(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    container = new_container(receiver_email="bob@example.com")
    changes = {"shipmentCode": "1Z999", "shipmentCarrier": "ups"}
    containers.change_container(container=container, changes=changes, actor=STAFF, now=now)
    deliveries.confirm_delivery(shipment=Shipment.objects.get(), actor=STAFF, now=now)
    page = text_of(staff.get(order_url(container)))
    assert "1Z999" in page
    assert "Reminder for the giver: nothing recorded" in page


def test_a_refused_recording_is_shown_with_its_reason(
    staff: Client, container: VideoContainer, now: datetime
) -> None:
    Recording.objects.create(
        container=container, state="refused", refusal="too_long", due_at=now, created_at=now
    )
    assert "The video is too long." in text_of(staff.get(order_url(container)))


def test_a_failed_preparation_can_be_started_again(
    staff: Client, container: VideoContainer, now: datetime
) -> None:
    recording = failed_recording(container, now)
    url = row_url(recording, container, "retry")
    assert url in text_of(staff.get(order_url(container)))
    staff.post(url)
    recording.refresh_from_db()
    assert recording.state == Recording.State.QUEUED
    assert history(staff, container)[0] == ("maria", "Preparation of the video started again")


def test_only_what_failed_can_be_started_again(
    staff: Client, container: VideoContainer, record: Record
) -> None:
    record(container)
    url = row_url(container.recording, container, "retry")
    assert "Only a preparation that failed" in messages_of(staff.post(url, follow=True))


def test_a_recording_of_another_order_is_not_found(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    recording = failed_recording(new_container(), now)
    url = row_url(recording, new_container(), "retry")
    assert staff.post(url).status_code == 404


def test_a_retry_needs_the_permission_to_change_orders(
    person: NewClient, container: VideoContainer, now: datetime
) -> None:
    url = row_url(failed_recording(container, now), container, "retry")
    assert person("view_order", "print_card").post(url).status_code == 403


def needs(client: Client, container: VideoContainer) -> list[str]:
    return [need.case.what for need in client.get(order_url(container)).context["page"].needs]


def test_an_ordinary_order_needs_no_attention(staff: Client, container: VideoContainer) -> None:
    assert needs(staff, container) == []


def test_an_active_gift_without_a_message_needs_attention(
    staff: Client, container: VideoContainer, now: datetime
) -> None:
    containers.activate(container=container, actor=STAFF, now=now)
    assert "has not recorded anything" in needs(staff, container)[0]


def test_a_mail_that_failed_needs_attention(staff: Client, container: VideoContainer, now: datetime) -> None:
    OutgoingMessage.objects.create(
        container=container, purpose="gift_ready", state="failed", due_at=now, created_at=now
    )
    assert "could not be sent" in needs(staff, container)[0]


def test_a_gift_is_switched_off_after_a_question(staff: Client, container: VideoContainer) -> None:
    url = order_url(container, "cancel")
    assert "cannot be undone" in text_of(staff.get(url))
    staff.post(url)
    container.refresh_from_db()
    assert container.state == VideoContainer.State.CANCELLED


def test_switching_off_twice_is_told(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container, "cancel"))
    response = staff.post(order_url(container, "cancel"), follow=True)
    assert "cannot become" in messages_of(response)


def test_a_switched_off_gift_offers_nothing_to_do(staff: Client, container: VideoContainer) -> None:
    staff.post(order_url(container, "cancel"))
    page = text_of(staff.get(order_url(container)))
    assert "Print card" not in page
    assert order_url(container, "activate") not in page
    assert "Change details" not in page


def test_a_switched_off_video_is_not_offered(
    staff: Client, container: VideoContainer, record: Record
) -> None:
    record(container)
    staff.post(order_url(container, "cancel"))
    assert "<video" not in text_of(staff.get(order_url(container)))


@pytest.mark.parametrize("pk", ["0", "9" * 30, "abc", "1%00"])
def test_an_order_that_is_not_there_is_no_error_page(staff: Client, pk: str) -> None:
    assert staff.get(f"/admin/gifting/order/{pk}/change/").status_code in (302, 404)


def test_the_page_costs_a_fixed_number_of_queries(
    staff: Client,
    container: VideoContainer,
    now: datetime,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(30):
        journal.write(container, Event.PRINTED, actor=STAFF, now=now, layout="a6")
        failed_recording(container, now)
        Shipment.objects.create(order=container.order, created_at=now)
    staff.get(order_url(container))  # What Django remembers for a process is asked now.
    with django_assert_num_queries(13):
        staff.get(order_url(container))


def test_no_page_carries_inline_scripts_or_styles(staff: Client, container: VideoContainer) -> None:
    for url in ("/admin/", order_url(container), order_url(container, "cancel")):
        page = staff.get(url).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick=" not in page
