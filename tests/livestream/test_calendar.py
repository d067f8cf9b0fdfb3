"""The entry for calendars (RFC 5545)."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from livestream.models import Channel, LiveStream
from livestream.services import streams
from tests.livestream.conftest import STAFF
from tests.livestream.watching import address


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def entry(client: Client, stream: LiveStream) -> dict[str, str]:
    """The first value of each property."""
    lines = unfolded(client.get(address(stream, "calendar.ics")).content)
    pairs = (line.partition(":")[::2] for line in reversed(lines) if line)
    return dict(pairs)


def test_the_entry_is_at_the_time_of_the_show(client: Client, stream: LiveStream) -> None:
    said = datetime.strptime(entry(client, stream)["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert said == stream.scheduled_at.replace(microsecond=0)


def test_it_leads_to_the_page(client: Client, stream: LiveStream) -> None:
    assert entry(client, stream)["URL"] == f"https://atelier.example{address(stream)}"


def test_it_reminds_before_the_start(client: Client, stream: LiveStream) -> None:
    assert entry(client, stream)["TRIGGER"] == "-PT15M"


def test_a_moved_show_is_the_same_entry_in_a_newer_edition(
    client: Client, stream: LiveStream, now: datetime
) -> None:
    before = entry(client, stream)
    streams.change(stream=stream, actor=STAFF, now=now, event_name="Later")
    after = entry(client, stream)
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_show_that_never_was_is_cancelled(client: Client, stream: LiveStream) -> None:
    LiveStream.objects.update(status="expired")
    assert entry(client, stream)["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Hats; scarves, more", r"Hats\; scarves\, more"),
        (r"Back\slash", r"Back\\slash"),
        ("Two\r\nlines", r"Two\nlines"),
        ("Bell\x07", "Bell"),
        ("X\nATTENDEE:mailto:eve@example.com", r"X\nATTENDEE:mailto:eve@example.com"),
    ],
)
def test_what_a_shop_writes_is_text_and_never_a_property(
    client: Client, stream: LiveStream, name: str, written: str
) -> None:
    LiveStream.objects.update(event_name=name)
    assert entry(client, stream)["SUMMARY"] == written


def test_no_line_is_longer_than_75_octets_and_no_character_is_cut(client: Client, stream: LiveStream) -> None:
    name = "Châles d’hiver et écharpes 🧣 " * 6
    LiveStream.objects.update(event_name=name, event_description="ü" * 400)
    body = client.get(address(stream, "calendar.ics")).content
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    assert f"SUMMARY:{name}" in unfolded(body)


def test_every_line_ends_as_the_standard_says(client: Client, stream: LiveStream) -> None:
    body = client.get(address(stream, "calendar.ics")).content
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert body.count(b"\n") == body.count(b"\r\n")


def test_it_is_a_file_for_calendars(client: Client, channel: Channel, stream: LiveStream) -> None:
    response = client.get(address(stream, "calendar.ics"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{stream.public_id}.ics"'
