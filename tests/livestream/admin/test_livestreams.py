"""Livestreams in the admin: their form, their tray, their key, their chapters, and what the list can do."""

import csv
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from livestream.models import Channel, LiveStream, Pin, Playlist, Product, ViewerSample
from livestream.services import cues, exports, pins, playlists, streams
from tests.livestream.admin.conftest import NewClient
from tests.livestream.conftest import STAFF

URL = "/admin/livestream/livestream/"


def form(stream: LiveStream | None, tray: list[tuple[Any, int, str]] = (), **fields: Any) -> dict[str, Any]:
    """What the browser sends: `tray` are (row or product, position, "" or "on" to take it out)."""
    data: dict[str, Any] = {
        "event_name": "Winter evening",
        "scheduled_at_0": f"{timezone.now() + timedelta(days=9):%Y-%m-%d}",
        "scheduled_at_1": "19:30:00",
        "tray-TOTAL_FORMS": len(tray),
        "tray-INITIAL_FORMS": sum(hasattr(row, "product_id") for row, _place, _gone in tray),
        **fields,
    }
    for n, (row, position, gone) in enumerate(tray):
        is_there = hasattr(row, "product_id")
        data |= {
            f"tray-{n}-id": row.pk if is_there else "",
            f"tray-{n}-stream": stream.pk if stream else "",
            f"tray-{n}-product": row.product_id if is_there else row.pk,
            f"tray-{n}-position": position,
        }
        if gone:
            data[f"tray-{n}-DELETE"] = gone
    return data


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def names(stream: LiveStream) -> list[str]:
    return [entry.product.name for entry in stream.tray.all()]


def rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def act(client: Client, action: str, *chosen: LiveStream, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [stream.pk for stream in chosen], **more}
    return client.post(URL, data)


# -- The form


def test_a_new_livestream_is_made_by_the_service(staff: Client, channel: Channel) -> None:
    response = staff.post(f"{URL}add/", form(None, channel=channel.pk))
    assert response.status_code == 302
    stream = LiveStream.objects.get()
    assert (stream.status, len(stream.stream_key)) == ("idle", 32)
    assert [(entry.event, entry.actor) for entry in stream.journal.all()] == [("created", "staff:maria")]


def test_a_change_reaches_viewers_and_the_journal(staff: Client, stream: LiveStream) -> None:
    staff.post(f"{URL}{stream.pk}/change/", form(stream, event_name="Spring evening"))
    stream.refresh_from_db()
    assert (stream.event_name, stream.version) == ("Spring evening", 2)
    assert stream.journal.last().detail["fields"] == ["event_name", "scheduled_at"]


@pytest.mark.parametrize("name", ["live_url", "trailer_url", "poster_url", "replay_url", "captions_url"])
@pytest.mark.parametrize(
    "text", ["http://[", "javascript:alert(1)", "//video.example/x", "show.m3u8", "https://a b"]
)
def test_what_is_no_address_is_refused(staff: Client, stream: LiveStream, name: str, text: str) -> None:
    response = staff.post(f"{URL}{stream.pk}/change/", form(stream, **{name: text}))
    assert "Write the whole address" in response.content.decode()
    stream.refresh_from_db()
    assert getattr(stream, name) == ""


@pytest.mark.parametrize(
    "text", ["https://video.example/x.m3u8?a=b", "HTTP://[::1]:8888/x.m3u8", "/media/x.mp4"]
)
def test_an_address_may_be_of_this_site(staff: Client, stream: LiveStream, text: str) -> None:
    staff.post(f"{URL}{stream.pk}/change/", form(stream, trailer_url=text))
    stream.refresh_from_db()
    assert stream.trailer_url == text


def test_nobody_can_write_the_status(staff: Client, stream: LiveStream) -> None:
    staff.post(f"{URL}{stream.pk}/change/", form(stream, status="active", version=99, stream_key="x"))
    stream.refresh_from_db()
    assert (stream.status, len(stream.stream_key)) == ("idle", 32)


def test_the_tray_is_arranged(staff: Client, stream: LiveStream, new_product) -> None:
    scarf, hat, gloves, *_more = stream.tray.all()
    silk = new_product("Silk tie")
    tray = [(scarf, 3, ""), (hat, 1, ""), (gloves, 2, "on"), (silk, 2, "")]
    staff.post(f"{URL}{stream.pk}/change/", form(stream, tray))
    assert names(stream) == ["Hat", "Silk tie", "Scarf"]


def test_a_product_of_another_channel_does_not_come_into_the_tray(
    staff: Client, stream: LiveStream, new_product, other_channel: Channel
) -> None:
    foreign = new_product("Foreign", channel=other_channel)
    response = staff.post(f"{URL}{stream.pk}/change/", form(stream, [(foreign, 1, "")]))
    assert "This product belongs to another channel." in response.content.decode()
    assert "Foreign" not in names(stream)


@pytest.mark.parametrize("text", ["x", "9" * 30, "-1", "1e400", "\x00", "😀"])
def test_a_product_that_is_none_is_refused(staff: Client, stream: LiveStream, text: str) -> None:
    data = form(stream, [(stream.tray.first().product, 1, "")])
    response = staff.post(f"{URL}{stream.pk}/change/", {**data, "tray-0-product": text})
    assert "Please correct the error" in response.content.decode()
    assert len(names(stream)) == 5


def test_the_form_costs_the_same_however_full_the_tray_is(
    staff: Client, stream: LiveStream, new_product, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    streams.fill_tray(stream=stream, products=[new_product(f"Thing {n}") for n in range(30)])
    with django_assert_max_num_queries(9):
        staff.get(f"{URL}{stream.pk}/change/")


def test_what_was_broadcast_is_not_deleted(staff: Client, live: LiveStream) -> None:
    assert staff.post(f"{URL}{live.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_never_began_may_go(staff: Client, stream: LiveStream) -> None:
    assert staff.post(f"{URL}{stream.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not LiveStream.objects.exists()


# -- The list


def test_the_list_says_how_many_watched_at_most(staff: Client, live: LiveStream, now: datetime) -> None:
    for minute, process, viewers in ((0, "a", 30), (0, "b", 12), (1, "a", 40)):
        at = now + timedelta(minutes=minute)
        ViewerSample.objects.create(stream=live, at=at, process=process, seconds=10, viewers=viewers)
    (row,) = staff.get(URL).context["cl"].result_list
    assert row.viewers_peak == 42


def test_the_list_costs_the_same_however_long_it_is(
    staff: Client,
    channel: Channel,
    now: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(20):
        streams.create(channel=channel, event_name=f"Show {n}", scheduled_at=now, actor=STAFF, now=now)
    with django_assert_max_num_queries(9):
        staff.get(URL)


def test_no_page_and_no_list_has_the_key(staff: Client, stream: LiveStream) -> None:
    pages = [
        "",
        f"{stream.pk}/change/",
        f"{stream.pk}/console/",
        f"{stream.pk}/key/",
        f"{stream.pk}/history/",
    ]
    for page in pages:
        assert stream.stream_key not in staff.get(f"{URL}{page}").content.decode(), page


def test_the_end_asks_first(staff: Client, live: LiveStream, channel: Channel, now: datetime) -> None:
    idle = streams.create(channel=channel, event_name="Later", scheduled_at=now, actor=STAFF, now=now)
    page = act(staff, "end_selected", live, idle)
    live.refresh_from_db()
    assert (page.context["count"], page.context["others"], live.status) == (1, 1, "active")


def test_the_confirmed_end(staff: Client, live: LiveStream) -> None:
    response = staff.post(f"{URL}end/", {"streams": str(live.pk)})
    live.refresh_from_db()
    assert (live.status, messages_of(response)) == ("replay", ["1 livestream has ended."])


@pytest.mark.parametrize("chosen", ["", "x", "1,,2", "-1", "9" * 30])
def test_a_selection_that_makes_no_sense_ends_nothing(staff: Client, live: LiveStream, chosen: str) -> None:
    assert staff.post(f"{URL}end/", {"streams": chosen}).status_code == 400
    live.refresh_from_db()
    assert live.status == "active"


def test_a_duplicate_is_the_same_show_a_week_later(staff: Client, live: LiveStream) -> None:
    cues.create(stream=live, title="Welcome", items=[live.products.first().public_id])
    act(staff, "duplicate_selected", live)
    copy = LiveStream.objects.exclude(pk=live.pk).get()
    assert (copy.status, copy.scheduled_at) == ("idle", live.scheduled_at + timedelta(days=7))
    assert (names(copy), [cue.title for cue in copy.cues.all()]) == (names(live), ["Welcome"])
    assert copy.stream_key != live.stream_key


def test_the_filtered_list_is_exported(
    staff: Client, live: LiveStream, channel: Channel, now: datetime
) -> None:
    streams.create(channel=channel, event_name="=1+1", scheduled_at=now, actor=STAFF, now=now)
    assert [row["name"] for row in rows(staff.get(f"{URL}export/"))] == ["Winter evening", "'=1+1"]
    assert [row["name"] for row in rows(staff.get(f"{URL}export/?status__exact=active"))] == [
        "Winter evening"
    ]


def test_selected_ones_are_exported(staff: Client, live: LiveStream) -> None:
    (row,) = rows(act(staff, "export_selected", live))
    assert (row["id"], row["status"], row["viewers_peak"], row["clicks"]) == (
        live.public_id,
        "active",
        "0",
        "0",
    )


def test_the_export_costs_one_query(
    live: LiveStream, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        list(exports.stream_rows(LiveStream.objects.all()))


def test_selected_ones_go_into_a_playlist_of_their_channel(
    staff: Client, live: LiveStream, channel: Channel, other_channel: Channel, now: datetime
) -> None:
    foreign = streams.create(channel=other_channel, event_name="X", scheduled_at=now, actor=STAFF, now=now)
    playlist = Playlist.objects.create(channel=channel, name="Evenings")
    assert act(staff, "add_to_playlist", live, foreign).context["count"] == 2
    chosen = {"streams": f"{live.pk},{foreign.pk}", "playlist": playlist.pk}
    response = staff.post(f"{URL}playlist/", chosen)
    assert [entry.stream for entry in playlist.entries.all()] == [live]
    assert messages_of(response)[1] == "1 belongs to another channel and was left out."


def test_a_playlist_takes_a_livestream_once(live: LiveStream, channel: Channel) -> None:
    playlist = Playlist.objects.create(channel=channel, name="Evenings")
    assert [playlists.add(playlist=playlist, streams=[live]) for _time in range(2)] == [1, 0]


@pytest.mark.parametrize(
    "page", ["end/", "playlist/", "1/key/", "1/chapters/"], ids=["end", "playlist", "key", "chapters"]
)
def test_looking_on_is_not_changing(person: NewClient, live: LiveStream, page: str) -> None:
    client = person("view_livestream", "pin_products")
    assert client.get(f"{URL}{page}".replace("/1/", f"/{live.pk}/")).status_code == 403


def test_actions_are_for_those_who_may(person: NewClient, live: LiveStream) -> None:
    page = person("view_livestream", "end_livestream").get(URL)
    actions = [name for name, _words in page.context["action_form"].fields["action"].choices if name]
    assert actions == ["end_selected", "export_selected"]


# -- The key


def test_the_key_is_shown_on_request(staff: Client, stream: LiveStream) -> None:
    response = staff.post(f"{URL}{stream.pk}/key/")
    assert stream.stream_key in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_the_key_is_renewed(staff: Client, stream: LiveStream) -> None:
    response = staff.post(f"{URL}{stream.pk}/key/", {"renew": "1"})
    before = stream.stream_key
    stream.refresh_from_db()
    assert before != stream.stream_key
    assert stream.stream_key in response.content.decode()


# -- Chapters


@pytest.fixture
def chapter(live: LiveStream, products: list[Product], now: datetime) -> Pin:
    """A pin of a show that is over."""
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now + timedelta(seconds=90))
    streams.end(stream=live, actor=STAFF, now=now + timedelta(minutes=5))
    return live.pins.get()


def edit(client: Client, pin: Pin, **said: str) -> Any:
    data = {f"{pin.pk}-{name}": value for name, value in said.items()}
    return client.post(f"{URL}{pin.stream_id}/chapters/", data)


def test_a_chapter_is_given_a_title_and_times(staff: Client, chapter: Pin) -> None:
    edit(staff, chapter, title="The warm scarf", start_ms="1:05", end_ms="1:02:03.5")
    chapter.refresh_from_db()
    assert chapter.chapter_title == "The warm scarf"
    assert (chapter.chapter_start_ms, chapter.chapter_end_ms) == (65_000, 3_723_500)
    assert chapter.stream.journal.last().event == "chapters_changed"


def test_an_empty_time_follows_the_pin_and_is_said(staff: Client, chapter: Pin) -> None:
    page = staff.get(f"{URL}{chapter.stream_id}/chapters/").content.decode()
    assert 'placeholder="1:30"' in page


def test_a_chapter_is_left_out(staff: Client, chapter: Pin) -> None:
    edit(staff, chapter, is_hidden="on")
    chapter.refresh_from_db()
    assert chapter.is_hidden


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [("soon", "", "such as 1:05"), ("2:00", "1:00", "must end after"), ("1:75", "", "such as 1:05")],
)
def test_times_that_make_no_sense_are_sentences(
    staff: Client, chapter: Pin, start: str, end: str, why: str
) -> None:
    response = edit(staff, chapter, start_ms=start, end_ms=end)
    assert (response.status_code, why in response.content.decode()) == (400, True)
    chapter.refresh_from_db()
    assert chapter.chapter_start_ms is None


def test_what_was_not_changed_is_not_written(staff: Client, chapter: Pin) -> None:
    edit(staff, chapter, title="A", start_ms="1:05")
    entries = chapter.stream.journal.count()
    response = edit(staff, chapter, title="A", start_ms="1:05")
    assert messages_of(response)[-1] == "0 chapters were changed."
    assert chapter.stream.journal.count() == entries
