"""Workers that are killed or outrun while they send a mail: real processes and a real mail server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import environ, getpid
from threading import Event
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.browser.running import wait_for
from tests.fakes.smtp import Dialogue, MailServer, mail_server
from tests.gifting.forking import Forking, Worker, forking
from tests.gifting.serving import Project

AFTER_THE_LEASE = timedelta(seconds=340)
NEW_MAIL = """
import uuid
from django.utils import timezone
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, OutgoingMessage, Shipment
from gifting.services import containers, deliveries, notes
brand, _ = Brand.objects.get_or_create(slug="lune", defaults={"name": "Maison Lune"})
crid, shop, now = uuid.uuid4().hex, Actor(ActorKind.SHOP), timezone.now()
people = {"email": "alice@example.com", "receiver_email": "bob@example.com"}
request = NewContainer(crid=crid, additional_data={}, **people)
gift, _ = containers.open_container(brand=brand, request=request, actor=shop, now=now)
notes.write_note(container=gift, note="Look!", alone=True, actor=shop, now=now)
parcel = Shipment.objects.create(order=gift.order, code=crid, created_at=now)
deliveries.confirm_delivery(shipment=parcel, actor=shop, now=now)
print(OutgoingMessage.objects.get(container=gift).pk)
"""
SEND = """
from datetime import datetime
from gifting.services import messages
messages.send(pk={pk}, now=datetime.fromisoformat({now!r}))
"""
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
READ = """
import json
from gifting.models import OutgoingMessage
mail = OutgoingMessage.objects.get(pk={pk})
print(json.dumps([mail.state, mail.handed_at is not None, mail.attempts]))
"""
STAFF = """
from django.utils import timezone
from gifting.dto import Actor, ActorKind
from gifting.models import OutgoingMessage
from gifting.services import containers, moderation, sending
mail = OutgoingMessage.objects.get(pk={pk})
who = {{"actor": Actor(ActorKind.STAFF, "maria"), "now": timezone.now()}}
{verb}
"""


@pytest.fixture(scope="module")
def database() -> Iterator[dict[str, str]]:
    """Of the kind that the run has: a file of the project's own, or an empty database on the same server."""
    url = environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"giftcast_mails_{getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, database: dict[str, str]
) -> Iterator[tuple[Forking, MailServer]]:
    with mail_server() as server:
        url = f"smtp://{server.hostname}:{server.port}"
        project = Project.make(tmp_path_factory.mktemp("mails"), EMAIL_URL=url, **database)
        with forking(project) as workers:
            yield workers, server


@dataclass(frozen=True, slots=True)
class Mail:
    """Bob's mail of a new gift."""

    workers: Forking
    pk: int

    def code(self, *, later: timedelta = timedelta()) -> str:
        return SEND.format(pk=self.pk, now=str(datetime.now(UTC) + later))

    def work(self, *, later: timedelta = timedelta()) -> None:
        """What an undisturbed worker does."""
        self.workers.run(self.code(later=later))

    def staff(self, verb: str) -> None:
        self.workers.run(STAFF.format(pk=self.pk, verb=verb))

    @property
    def state(self) -> str:
        return self.read()[0]

    def read(self) -> tuple[str, bool]:
        """Its state, and whether it was handed over."""
        state, was_handed, _ = self._read()
        return state, was_handed

    @property
    def attempts(self) -> int:
        return self._read()[2]

    def _read(self) -> tuple[str, bool, int]:
        state, was_handed, attempts = json.loads(self.workers.run(READ.format(pk=self.pk)))
        return state, was_handed, attempts


@pytest.fixture
def server(running: tuple[Forking, MailServer]) -> Iterator[MailServer]:
    """Empty, and without trouble."""
    server = running[1]
    server.accepted.clear()
    for reached in server.reached.values():
        reached.clear()
    yield server
    server.let_go()
    server.trouble.clear()


@pytest.fixture
def mail(running: tuple[Forking, MailServer], server: MailServer) -> Mail:
    return Mail(running[0], int(running[0].run(NEW_MAIL)))


def held_at(server: MailServer, mail: Mail, stage: str) -> tuple[Worker, Event]:
    """A worker that the server keeps waiting at this stage, until the event is set; others pass."""
    go_on = server.trouble[stage] = Event()
    server.reached[stage].clear()
    worker = mail.workers.start(mail.code())
    server.is_asked(stage)
    del server.trouble[stage]
    return worker, go_on


CLAIM, HANDOVER, SENT = ("SELECT", "gifting_brand"), ("UPDATE", '"handed_at" = '), ("UPDATE", '"sent_at" = ')


@pytest.mark.parametrize(
    ("words", "when"),
    [
        pytest.param(CLAIM, "before", id="after the claim"),
        pytest.param(HANDOVER, "before", id="before the handover is written"),
        pytest.param(HANDOVER, "after", id="before the handover is committed"),
    ],
)
def test_a_worker_killed_before_the_handover_is_replaced(
    mail: Mail, server: MailServer, words: tuple[str, ...], when: str
) -> None:
    mail.workers.start_held(mail.code(), *words, when=when).kill()
    assert (mail.read(), server.recipients) == (("sending", False), [])
    work_twice(mail)
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def work_twice(mail: Mail) -> None:
    """At once, while the dead worker's lease runs, and twice after it."""
    mail.work()
    mail.work(later=AFTER_THE_LEASE)
    mail.work(later=AFTER_THE_LEASE * 10)


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data"])
def test_a_worker_killed_before_the_server_may_have_the_mail_is_replaced(
    mail: Mail, server: MailServer, stage: str
) -> None:
    worker, go_on = held_at(server, mail, stage)
    worker.kill()
    go_on.set()
    assert (mail.read(), server.recipients) == (("sending", False), [])
    work_twice(mail)
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def test_the_handover_is_safe_before_the_first_byte_leaves(mail: Mail, server: MailServer) -> None:
    worker, go_on = held_at(server, mail, "payload")
    assert mail.read() == ("sending", True)
    go_on.set()
    worker.end()


@pytest.mark.parametrize(("stage", "kept"), [("payload", []), ("verdict", ["bob@example.com"])])
def test_a_worker_killed_before_it_hears_the_verdict_leaves_a_mail_that_was_perhaps_sent(
    mail: Mail, server: MailServer, stage: str, kept: list[str]
) -> None:
    held_at(server, mail, stage)[0].kill()
    work_twice(mail)
    assert (mail.state, server.recipients) == ("unsure", kept)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_after_the_verdict_sends_no_second_mail(
    mail: Mail, server: MailServer, when: str
) -> None:
    mail.workers.start_held(mail.code(), *SENT, when=when).kill()
    work_twice(mail)
    assert (mail.state, server.recipients) == ("unsure", ["bob@example.com"])


def test_a_worker_killed_after_its_work_has_sent(mail: Mail, server: MailServer) -> None:
    mail.work()
    work_twice(mail)
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def test_of_several_workers_at_once_one_sends(mail: Mail, server: MailServer) -> None:
    for worker in [mail.workers.start(mail.code()) for _ in range(4)]:
        worker.end()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def test_a_slow_worker_does_not_send_what_another_has_sent(mail: Mail, server: MailServer) -> None:
    slow, go_on = held_at(server, mail, "data")
    mail.work(later=AFTER_THE_LEASE)
    go_on.set()
    slow.end()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def test_a_worker_that_is_outrun_while_it_writes_the_handover_does_not_send(
    mail: Mail, server: MailServer, database: dict[str, str]
) -> None:
    needs_writers(database)
    slow = mail.workers.start_held(mail.code(), *HANDOVER, when="before")
    other = mail.workers.start(mail.code(later=AFTER_THE_LEASE))
    wait_for(lambda: mail.attempts == 2)
    slow.go_on()
    slow.end()
    other.end()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def test_a_database_that_is_away_while_a_mail_is_sent_makes_no_doubt_of_it(
    mail: Mail, server: MailServer, database: dict[str, str]
) -> None:
    needs_writers(database)
    worker, go_on = held_at(server, mail, "payload")
    with psycopg.connect(database["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(CUT)
    go_on.set()
    worker.end()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def needs_writers(database: dict[str, str]) -> None:
    if not database:
        pytest.skip("SQLite lets one writer in at a time: run this with DATABASE_URL=postgres://…")


def test_a_slow_worker_that_hears_the_verdict_after_all_clears_the_doubt(
    mail: Mail, server: MailServer
) -> None:
    slow, go_on = held_at(server, mail, "payload")
    mail.work(later=AFTER_THE_LEASE)
    assert mail.state == "unsure"
    go_on.set()
    slow.end()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


def test_a_late_refusal_does_not_touch_what_staff_send_again(mail: Mail, server: MailServer) -> None:
    go_on = Event()
    server.holds.append(go_on)

    async def refuse_late(dialogue: Dialogue) -> None:
        await dialogue.loop.run_in_executor(None, go_on.wait)

    server.trouble["payload"] = refuse_late
    slow = mail.workers.start(mail.code())
    server.is_asked("payload")
    mail.work(later=AFTER_THE_LEASE)
    mail.staff("sending.resend(message=mail, **who)")
    again, finish = held_at(server, mail, "data")
    go_on.set()
    slow.end()
    assert mail.state == "sending"
    server.trouble.clear()
    finish.set()
    again.end()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("sending.hold(container=mail.container, **who)", "held"),
        ("moderation.hide(container=mail.container, reason='Rude', **who)", "held"),
        ("sending.send_on(container=mail.container, when=who['now'].replace(year=2100), **who)", "queued"),
    ],
)
def test_what_staff_stop_at_the_last_moment_does_not_leave(
    mail: Mail, server: MailServer, verb: str, state: str
) -> None:
    worker, go_on = held_at(server, mail, "data")
    mail.staff(verb)
    go_on.set()
    worker.end()
    mail.work()
    assert (mail.state, server.recipients) == (state, [])


CHANGE_GIFT = "type(mail.container).objects.filter(pk=mail.container_id).update"


@pytest.mark.parametrize(
    ("before", "verb"),
    [("held_at", "sending.release"), ("hidden_at", "moderation.show"), ("recalled_at", "sending.restore")],
)
def test_what_staff_let_go_while_a_worker_has_the_mail_is_sent(
    mail: Mail, server: MailServer, before: str, verb: str
) -> None:
    mail.staff(f"{CHANGE_GIFT}({before}=who['now'])")
    worker = mail.workers.start_held(mail.code(), *CLAIM, when="after")
    mail.staff(f"{verb}(container=mail.container, **who)")
    worker.go_on()
    worker.end()
    mail.work()
    assert (mail.state, server.recipients) == ("sent", ["bob@example.com"])


@pytest.mark.parametrize("verb", ["sending.recall", "containers.cancel"])
def test_what_staff_take_back_at_the_last_moment_does_not_leave(
    mail: Mail, server: MailServer, verb: str
) -> None:
    worker, go_on = held_at(server, mail, "data")
    mail.staff(f"{verb}(container=mail.container, **who)")
    go_on.set()
    worker.end()
    mail.work()
    assert server.recipients == []


def test_an_address_corrected_at_the_last_moment_is_the_one_that_is_mailed(
    mail: Mail, server: MailServer
) -> None:
    worker, go_on = held_at(server, mail, "data")
    mail.staff("sending.correct_address(container=mail.container, address='robert@example.com', **who)")
    go_on.set()
    worker.end()
    mail.work()
    assert (mail.state, server.recipients) == ("sent", ["robert@example.com"])
