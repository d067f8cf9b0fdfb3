"""One user of gift packs by user id: found, exported, and erased, while all figures stay as they were."""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.errors import GiftUnknown, Invalid
from gifting.models import Brand, GiftPack, PackNotice, PackTally, PackUser, UserDay, UserMonth
from gifting.services import pack_catalogue, pack_days, pack_lists, pack_persons, packs, reports
from gifting.services.reports import Step
from tests.gifting.pack_gifts import new_pack
from tests.gifting.personal import tell_tales
from tests.racing import at_once, needs_postgres

pytestmark = pytest.mark.django_db

SECRETS = ("quentin", "pond", "emerald")
STAFF = Actor(ActorKind.STAFF, "maria")
State = GiftPack.State
Held = pack_persons.HeldPacks


@pytest.fixture
def long_ago(now: datetime) -> datetime:
    """A day that is over and counted."""
    return now - timedelta(days=3)


@pytest.fixture
def life(brand: Brand, settings: Any, long_ago: datetime, now: datetime) -> None:
    """Quentin gave and was given packs in every state, has some, and wishes for one; his days are counted."""
    settings.GIFTING = {
        **settings.GIFTING,
        "GIFT_PACK_NOTICE_MAIL": "shop@example.com",
        "GIFT_PACK_COUNTERPARTS": 2,
    }
    for number in range(1, 8):
        new_pack(brand, number)
    send = partial(packs.send, brand=brand, now=long_ago)
    for number, other in enumerate(("Alice", "Bob", "Carol"), 1):
        send(number=number, sender="Quentin", receiver=other, note="By the pond")
        send(number=number, sender=other, receiver="Quentin", note="Emerald for Quentin")
    packs.confirm(brand=brand, number=1, sender="Alice", receiver="Quentin", now=long_ago)
    packs.confirm(brand=brand, number=1, sender="Quentin", receiver="Alice", now=long_ago)
    packs.revoke(gift=GiftPack.objects.get(sender="Quentin", pack__number=2), actor=STAFF, now=long_ago)
    GiftPack.objects.filter(receiver="Quentin", pack__number=2).update(expires_at=long_ago)
    packs.expire_due(now=now)
    send(number=4, sender="Alice", receiver="Bob", note="Between others")
    pack_catalogue.wish(brand=brand, number=5, user="Quentin", now=now)
    pack_days.aggregate_due(now=now)


def erase(brand: Brand, user: str = "Quentin") -> Held:
    return pack_persons.erase(brand=brand, user=user)


def figures(brand: Brand, now: datetime) -> Any:
    """All that the reports show, but the names of users."""
    period = reports.period(brand=brand, first=(now - timedelta(days=9)).date(), last=now.date())
    return (
        reports.timeline(period=period, step=Step.DAY),
        reports.top_packs(period=period, limit=9),
        sorted(rank.sent for rank in reports.top_senders(period=period, limit=9)),
        sorted((rank.counterparts, rank.days) for rank in reports.flagged(period=period, limit=9)),
    )


def tallies_are_right() -> bool:
    """Every tally says what its list holds, and every list has one."""
    told = {(t.brand_id, t.user): (t.sent, t.received) for t in PackTally.objects.all()}
    held: dict[tuple[int, str], tuple[int, int]] = dict.fromkeys(told, (0, 0))
    for gift in GiftPack.objects.filter(state__in=pack_lists.LISTED):
        for user, sent, received in ((gift.sender, 1, 0), (gift.receiver, 0, 1)):
            before = held.get((gift.brand_id, user), (0, 0))
            held[gift.brand_id, user] = before[0] + sent, before[1] + received
    return told == held


# -- Found


def test_it_is_said_how_much_is_held(brand: Brand, life: None) -> None:
    found = pack_persons.look_up(brand=brand, user="Quentin")
    assert found == Held(sent=3, received=3, packs=2, account="")


@pytest.mark.parametrize("user", ["quentin", "Quent", "Quentin ", "%", "Nobody"])
def test_nobody_is_found_by_a_part_of_an_id(brand: Brand, life: None, user: str) -> None:
    assert not pack_persons.look_up(brand=brand, user=user).is_any


@pytest.mark.parametrize("user", ["", "x" * 191, "a\x00b", "\ud800"])
def test_impossible_ids_are_invalid(brand: Brand, user: str) -> None:
    for verb in (pack_persons.look_up, pack_persons.erase):
        with pytest.raises(Invalid):
            verb(brand=brand, user=user)


def test_it_is_said_which_account_to_ask(brand: Brand) -> None:
    brand.pack_backend = "stipop"
    assert pack_persons.look_up(brand=brand, user="Quentin").account == "stipop"


# -- Erased


def test_neither_id_nor_note_is_left_anywhere(brand: Brand, life: None) -> None:
    before = tell_tales(*SECRETS)
    assert erase(brand) == Held(sent=3, received=3, packs=2, account="")
    assert {"GiftPack.note", "GiftPack.receiver", "GiftPack.sender", "PackTally.user"} <= set(before)
    assert {"PackUser.user", "UserDay.user", "UserMonth.user"} <= set(before)
    assert tell_tales(*SECRETS) == []


def test_every_report_says_the_same_as_before(brand: Brand, life: None, now: datetime) -> None:
    before = figures(brand, now)
    erase(brand)
    assert figures(brand, now) == before
    assert UserDay.objects.exists()
    assert UserMonth.objects.exists()


def test_every_tally_is_right_afterwards(brand: Brand, life: None) -> None:
    GiftPack.objects.filter(pack__number=4).update(receiver="Quentin")
    PackTally.objects.filter(user="Quentin").update(received=3)
    PackTally.objects.filter(user="Bob").update(received=0)
    assert tallies_are_right()
    erase(brand)
    assert tallies_are_right()


def test_the_others_keep_their_gifts(brand: Brand, life: None) -> None:
    def lists(user: str) -> list[Any]:
        asked = {"brand": brand, "user": user, "page": 1, "limit": 9}
        pages = (pack_lists.sent(**asked), pack_lists.received(**asked))
        return [(page.total, [(gift.pack.number, gift.state) for gift in page.items]) for page in pages]

    before = {user: lists(user) for user in ("Alice", "Bob", "Carol")}
    erase(brand)
    assert {user: lists(user) for user in before} == before
    assert GiftPack.objects.get(pack__number=4).note == "Between others"


def test_what_was_open_can_no_longer_be_accepted_in_the_old_name(
    brand: Brand, life: None, now: datetime
) -> None:
    erase(brand)
    with pytest.raises(GiftUnknown):
        packs.confirm(brand=brand, number=3, sender="Carol", receiver="Quentin", now=now)


def test_news_that_wait_are_not_sent_any_more(brand: Brand, life: None) -> None:
    notice = PackNotice.objects.filter(gift__receiver="Quentin")
    assert notice.exists()
    erase(brand)
    assert not PackNotice.objects.exists()


def test_the_same_id_of_another_brand_is_another_person(
    brand: Brand, other_brand: Brand, life: None, now: datetime
) -> None:
    new_pack(other_brand)
    packs.send(brand=other_brand, number=118, sender="Quentin", receiver="Alice", now=now)
    pack_catalogue.wish(brand=other_brand, number=118, user="Quentin", now=now)
    erase(brand)
    assert pack_persons.look_up(brand=other_brand, user="Quentin") == Held(
        sent=1, received=0, packs=1, account=""
    )


def test_two_persons_who_gave_to_each_other_can_both_be_erased(brand: Brand, life: None) -> None:
    erase(brand)
    erase(brand, "Alice")
    assert tell_tales(*SECRETS, "alice") == []
    assert tallies_are_right()


def test_erasing_again_changes_nothing(brand: Brand, life: None) -> None:
    erase(brand)
    before = list(GiftPack.objects.order_by("pk").values())
    assert not erase(brand).is_any
    assert list(GiftPack.objects.order_by("pk").values()) == before
    assert tallies_are_right()


def test_who_comes_back_begins_anew(brand: Brand, life: None, now: datetime) -> None:
    erase(brand)
    packs.send(brand=brand, number=1, sender="Carol", receiver="Quentin", now=now)
    assert tallies_are_right()
    assert erase(brand).received == 1
    assert tell_tales(*SECRETS) == []


def test_days_that_are_counted_later_do_not_know_the_old_id(brand: Brand, now: datetime) -> None:
    new_pack(brand, 1)
    packs.send(brand=brand, number=1, sender="Quentin", receiver="Bob", now=now)
    erase(brand)
    pack_days.aggregate_due(now=now + timedelta(days=2))
    assert UserMonth.objects.get().user.startswith("erased-")


def test_nobody_can_tell_from_the_log_who_it_was(
    brand: Brand, life: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    erase(brand)
    assert "3 sent, 3 received" in caplog.text
    assert "quentin" not in caplog.text.lower()


def test_the_log_of_the_admin_never_knew_the_id(staff: Client, brand: Brand, life: None) -> None:
    gift = GiftPack.objects.get(sender="Carol", receiver="Quentin")
    staff.post("/admin/gifting/giftpack/revoke/", {"gifts": gift.pk})
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.object_id) == (f"#{gift.pk}", str(gift.pk))


# -- Stopped in the middle, or beside others


class Killed(Exception):
    """Stands for the end of the process: the database takes back what was not committed."""


def killer(steps: int) -> Callable[..., Any]:
    left = [steps]

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return run(sql, params, many, context)

    return execute


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_is_stopped_at_any_step_did_nothing_and_can_be_done_again(
    brand: Brand, life: None
) -> None:
    before, steps = tell_tales(*SECRETS), 0
    while tell_tales(*SECRETS):
        try:
            with connection.execute_wrapper(killer(steps)):
                erase(brand)
        except Killed:
            assert tell_tales(*SECRETS) == before
            steps += 1
    assert steps > 10
    assert tallies_are_right()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_gifts_that_come_and_go_meanwhile_are_counted_right(
    brand: Brand, life: None, now: datetime, round_: int
) -> None:
    needs_postgres()
    open_gift = GiftPack.objects.get(sender="Carol", receiver="Quentin")
    calls = [
        partial(erase, brand),
        partial(packs.send, brand=brand, number=6, sender="Quentin", receiver="Alice", now=now),
        partial(packs.send, brand=brand, number=7, sender="Bob", receiver="Quentin", now=now),
        partial(packs.revoke, gift=open_gift, actor=STAFF, now=now),
        partial(pack_days.aggregate_due, now=now + timedelta(days=2)),
    ]
    at_once(*calls)
    assert tallies_are_right()
    erase(brand)
    assert tallies_are_right()
    assert tell_tales(*SECRETS) == []


# -- Exported


def test_an_export_has_everything(brand: Brand, life: None, now: datetime, long_ago: datetime) -> None:
    held = pack_persons.export(brand=brand, user="Quentin", now=now)
    assert json.loads(json.dumps(held)) == held
    assert (held["user"], held["shop"]) == ("Quentin", "Maison Lune")
    assert [(gift["to"], gift["state"]) for gift in held["sent"]] == [
        ("Alice", "confirmed"),
        ("Bob", "revoked"),
        ("Carol", "sent"),
    ]
    first = held["received"][0]
    assert (first["of"], first["note"], first["package_id"]) == ("Alice", "Emerald for Quentin", 1)
    assert first["confirmed_at"] == long_ago.isoformat()
    assert [(pack["package_id"], bool(pack["wished_at"])) for pack in held["packs"]] == [
        (1, False),
        (5, True),
    ]
    assert held["counted"]["months"]
    assert held["counted"]["days"][0]["different_others"] == 3


def test_an_export_has_nothing_of_others(brand: Brand, life: None, now: datetime) -> None:
    text = json.dumps(pack_persons.export(brand=brand, user="Quentin", now=now))
    assert "Between others" not in text


# -- Commands


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


QUENTIN = ("--pack-user", "Quentin", "--brand", "lune")


def test_the_command_erases(life: None) -> None:
    assert "sent: 3, received: 3" in run("erase_person", *QUENTIN, "--yes")
    assert tell_tales(*SECRETS) == []


def test_a_dry_run_erases_nothing(life: None) -> None:
    before = tell_tales(*SECRETS)
    assert "sent: 3" in run("erase_person", *QUENTIN, "--yes", "--dry-run")
    assert tell_tales(*SECRETS) == before


def test_the_command_erases_nothing_unasked(life: None) -> None:
    with pytest.raises(CommandError, match="--yes"):
        run("erase_person", *QUENTIN)
    assert PackUser.objects.exists()


def test_the_command_exports(life: None, tmp_path: Path) -> None:
    output = tmp_path / "person.zip"
    assert "Gifts: 6." in run("export_person", *QUENTIN, "--output", str(output))
    with ZipFile(output) as archive:
        assert json.loads(archive.read("person.json"))["user"] == "Quentin"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("quentin@example.com", *QUENTIN),
        ("--pack-user", "Quentin"),
        ("--brand", "lune"),
        ("quentin@example.com", "--brand", "lune"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("command", ["erase_person", "export_person"])
def test_it_must_be_clear_who_is_meant(
    life: None, command: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    more = ("--yes",) if command == "erase_person" else ("--output", str(tmp_path / "person.zip"))
    with pytest.raises(CommandError, match="--pack-user ID with --brand"):
        run(command, *arguments, *more)
    assert PackUser.objects.exists()


def test_a_brand_that_is_not_there_is_named(life: None) -> None:
    with pytest.raises(CommandError, match="Known brands: lune"):
        run("erase_person", "--pack-user", "Quentin", "--brand", "soleil")
