"""One person by mail address: found, exported, and erased."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, VideoContainer, WebhookReceipt
from gifting.models.files import gift_storage
from gifting.services import containers, exports, journal, privacy
from tests.gifting import personal
from tests.gifting.kept import gift_files

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorKind.STAFF, "maria")
NewContainer = Callable[..., VideoContainer]
GIVER, RECEIVER = personal.GIVER, personal.RECEIVER


@pytest.fixture
def full(new_container: NewContainer, now: datetime) -> VideoContainer:
    """What Quentin gives Wilhelmina, with something personal in every column."""
    return personal.fill(new_container(crid="ORD-77", **personal.ORDER), now=now)


@pytest.fixture
def other(new_container: NewContainer) -> VideoContainer:
    """What Alice gives Bob."""
    return new_container(receiver_email="bob@example.com")


@pytest.fixture
def push(now: datetime) -> Callable[[str], WebhookReceipt]:
    def make(body: str) -> WebhookReceipt:
        count = WebhookReceipt.objects.count()
        return WebhookReceipt.objects.create(
            source="aftership", key=str(count), body=body.encode(), received_at=now
        )

    return make


def erase(address: str, now: datetime) -> privacy.Erased:
    return privacy.erase_person(address=address, actor=STAFF, now=now)


def body(receipt: WebhookReceipt) -> bytes:
    receipt.refresh_from_db()
    return bytes(receipt.body)


# -- Found


@pytest.mark.parametrize("address", [GIVER, GIVER.lower(), f" {GIVER.upper()} ", RECEIVER.title()])
def test_a_person_is_found_as_giver_and_as_receiver_however_the_address_is_written(
    full: VideoContainer, other: VideoContainer, address: str
) -> None:
    assert list(privacy.find_person(address)) == [full.order]


@pytest.mark.parametrize(
    "address", ["", "example.com", "%", "uentin@example.com", "quentin@example.co", "\x00"]
)
def test_nobody_is_found_by_a_part_of_an_address(full: VideoContainer, address: str) -> None:
    assert list(privacy.find_person(address)) == []


def test_gifts_of_all_brands_are_found(
    full: VideoContainer, other_brand: Any, new_container: NewContainer
) -> None:
    full.order.brand = other_brand
    full.order.save()
    new_container(email=GIVER)
    assert privacy.find_person(GIVER).count() == 2


# -- Erased


@pytest.mark.parametrize("address", [GIVER, RECEIVER])
def test_the_whole_gift_goes_whoever_of_the_two_asks(
    full: VideoContainer, now: datetime, address: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(address, now).gifts == 1
    assert personal.tell_tales() == []
    assert gift_files(full) == []
    assert JournalEntry.objects.filter(event="erased").get().detail == {"why": "person"}


def test_the_gifts_of_others_stay(full: VideoContainer, other: VideoContainer, now: datetime) -> None:
    erase(GIVER, now)
    other.refresh_from_db()
    assert (other.state, other.order.giver_email) == ("recording_open", "alice@example.com")


@pytest.mark.parametrize(
    "text",
    [
        '{"to": "Quentin <QUENTIN@example.com>"}',
        '{"to": "quentin\\u0040example.com"}',
        '{"parcels": [{"number": "1zneedle99"}]}',
        '{"number": "1Z NEEDLE 99"}',
        "from=quentin@example.com",
    ],
)
def test_pushes_that_name_the_person_or_the_parcel_are_emptied(
    full: VideoContainer, now: datetime, push: Callable[[str], WebhookReceipt], text: str
) -> None:
    told = push(text)
    assert erase(GIVER, now).pushes == 1
    assert body(told) == b""
    assert personal.tell_tales() == []


def test_pushes_on_others_stay(
    full: VideoContainer, now: datetime, push: Callable[[str], WebhookReceipt]
) -> None:
    told = push('{"to": "alice@example.com", "number": "1ZNEEDLE990"}')
    assert erase(GIVER, now).pushes == 0
    assert body(told)


def test_a_push_that_was_emptied_is_not_read_again(
    full: VideoContainer, now: datetime, push: Callable[[str], WebhookReceipt]
) -> None:
    push(json.dumps({"to": GIVER}))
    erase(GIVER, now)
    assert not WebhookReceipt.objects.due(now).exists()


def test_a_parcel_whose_code_was_corrected_is_found_by_both(
    full: VideoContainer, now: datetime, push: Callable[[str], WebhookReceipt]
) -> None:
    full.order.shipments.update(delivered_at=None, status="shipped")
    changes = {"shipmentCode": "CORRECTED-1", "shipmentCarrier": "ups"}
    containers.change_container(container=full, changes=changes, actor=STAFF, now=now)
    told = [push(json.dumps({"number": code})) for code in (personal.CODE, "CORRECTED-1")]
    erase(GIVER, now)
    assert [body(one) for one in told] == [b"", b""]


def test_the_report_says_which_accounts_hold_more(full: VideoContainer, now: datetime) -> None:
    assert privacy.look_up(GIVER).accounts == ("livstick",)
    assert erase(GIVER, now).accounts == ("livstick",)


def test_nobody_can_tell_from_the_log_who_it_was(
    full: VideoContainer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    erase(GIVER, now)
    assert privacy.digest(GIVER) in caplog.text
    assert "quentin" not in caplog.text.lower()


def test_a_person_who_is_not_known_is_erased_too(other: VideoContainer, now: datetime) -> None:
    assert erase("nobody@example.com", now).gifts == 0


# -- Exported


def export(address: str, now: datetime) -> dict[str, Any]:
    held = exports.export_person(address=address, now=now)
    assert json.loads(json.dumps(held)) == held
    return held


def test_an_export_has_everything(
    full: VideoContainer, now: datetime, push: Callable[[str], WebhookReceipt]
) -> None:
    push(json.dumps({"to": GIVER}))
    held = export(GIVER, now)
    (gift,) = held["gifts"]
    message, parcel = gift["message"], gift["parcels"][0]
    assert (gift["order"], gift["shop"], gift["roles"]) == ("ORD-77", "Maison Lune", ["giver"])
    assert (gift["giver"], gift["receiver"]) == ("Quentin", "Wilhelmina")
    assert gift["sent_by_the_shop"]["engraving"] == "zeppelin"
    assert message["note"] == "Meet me at the pond."
    assert {mail["purpose"] for mail in message["mails"]} >= {"gift_ready", "invitation", "seen"}
    assert [entry["what"] for entry in message["journal"]][:2] == ["created", "note_written"]
    assert (parcel["code"], parcel["news"][0]["words"]) == (personal.CODE, "Left with Wilhelmina")
    assert GIVER in held["pushes_from_carriers"][0]["text"]


def test_an_entry_of_the_journal_keeps_its_own_time(other: VideoContainer, now: datetime) -> None:
    journal.write(other, JournalEntry.Event.SCHEDULED, actor=STAFF, now=now, at="2030-01-01T00:00:00+00:00")
    entry = export("bob@example.com", now)["gifts"][0]["message"]["journal"][-1]
    assert (entry["at"], entry["detail"]["at"]) == (now.isoformat(), "2030-01-01T00:00:00+00:00")


def test_an_export_says_where_the_video_is(client: Client, full: VideoContainer, now: datetime) -> None:
    video = export(GIVER, now)["gifts"][0]["message"]["video"]
    address = urlsplit(video["link"])
    assert address.netloc == "lune.example"
    assert b"".join(client.get(f"{address.path}?{address.query}").streaming_content) == b"film"


def test_a_hidden_video_is_exported_too(client: Client, full: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.update(hidden_at=now)
    path = urlsplit(export(GIVER, now)["gifts"][0]["message"]["video"]["link"]).path
    assert client.get(path).status_code == 200


def test_a_receiver_does_not_learn_the_givers_address(full: VideoContainer, now: datetime) -> None:
    full.journal.filter(
        event="changed"
    ).delete()  # which this sample wrote with an address, against the rules
    held = export(RECEIVER, now)
    assert (held["gifts"][0]["roles"], held["gifts"][0]["sent_by_the_shop"]) == (["receiver"], {})
    assert GIVER.lower() not in json.dumps(held["gifts"]).lower()


def test_staff_are_not_named_in_an_export(full: VideoContainer, now: datetime) -> None:
    assert "maria" not in json.dumps(export(GIVER, now))


def test_an_archive_has_the_videos(full: VideoContainer, now: datetime) -> None:
    target = BytesIO()
    assert exports.export_archive(address=GIVER, target=target, now=now) == 1
    with ZipFile(target) as archive:
        (gift,) = json.loads(archive.read("person.json"))["gifts"]
        assert archive.read(gift["message"]["video"]["file"]) == b"film"


def test_an_archive_says_where_a_video_was_lost(full: VideoContainer, now: datetime) -> None:
    assert full.recording
    gift_storage().delete(full.recording.video.name)
    target = BytesIO()
    exports.export_archive(address=GIVER, target=target, now=now)
    with ZipFile(target) as archive:
        (gift,) = json.loads(archive.read("person.json"))["gifts"]
    assert gift["message"]["video"]["file"] is None


# -- Commands


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def test_the_command_erases(full: VideoContainer) -> None:
    said = run("erase_person", GIVER.lower(), "--yes")
    assert "Gifts: 1." in said
    assert "livstick" in said
    assert personal.tell_tales() == []


def test_a_dry_run_erases_nothing(full: VideoContainer) -> None:
    before = personal.tell_tales()
    assert "Gifts: 1." in run("erase_person", GIVER, "--dry-run", "--yes")
    assert personal.tell_tales() == before


def test_the_command_erases_nothing_unasked(full: VideoContainer) -> None:
    with pytest.raises(CommandError, match="--yes"):
        run("erase_person", GIVER)
    full.refresh_from_db()
    assert full.state != "expired"


def test_the_command_finds_nobody(other: VideoContainer) -> None:
    assert run("erase_person", "nobody@example.com") == "Gifts: 0. Pushes from carriers: 0.\n"


def test_the_command_exports(full: VideoContainer, tmp_path: Path) -> None:
    output = tmp_path / "person.zip"
    run("export_person", GIVER, "--output", str(output))
    with ZipFile(output) as archive:
        assert sorted(archive.namelist()) == ["person.json", f"videos/{full.urid}.mp4"]
    assert output.stat().st_mode & 0o077 == 0


def test_the_command_overwrites_nothing(full: VideoContainer, tmp_path: Path) -> None:
    output = tmp_path / "person.zip"
    output.write_text("mine")
    with pytest.raises(CommandError, match="new file"):
        run("export_person", GIVER, "--output", str(output))
    assert output.read_text() == "mine"


def test_an_export_that_fails_leaves_no_half_file(
    full: VideoContainer, tmp_path: Path, settings: Any
) -> None:
    assert full.recording
    stored = Path(gift_storage().path(full.recording.video.name))
    stored.unlink()
    stored.mkdir()
    output = tmp_path / "person.zip"
    with pytest.raises(CommandError, match="storage"):
        run("export_person", GIVER, "--output", str(output))
    assert not output.exists()
