"""The first play of a message: counted once, and told to nobody but the giver."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import Brand, VideoContainer
from gifting.services import containers, notes, seen
from tests.racing import at_once, needs_postgres

pytestmark = pytest.mark.django_db

SHOP = Actor(ActorKind.SHOP)
HERE = "http://testserver"
State = VideoContainer.State
NewContainer = Callable[..., VideoContainer]
Record = Callable[[VideoContainer], VideoContainer]
Play = Callable[..., int]


@pytest.fixture
def gift(new_container: NewContainer, record: Record, now: datetime) -> VideoContainer:
    """A gift that can be watched."""
    gift = record(new_container(receiver_email="bob@example.com"))
    containers.activate(container=gift, actor=SHOP, now=now)
    return gift


@pytest.fixture
def play(client: Client, gift: VideoContainer) -> Play:
    """What the receiver's page says when the video starts. Gives the status of the answer."""

    def post(**headers: str) -> int:
        headers = {
            name.replace("_", "-"): value for name, value in ({"origin": HERE} | headers).items() if value
        }
        return client.post(f"/w/{gift.watch_token}/seen", headers=headers).status_code

    return post


def fresh(gift: VideoContainer) -> VideoContainer:
    return VideoContainer.objects.get(pk=gift.pk)


def counted(gift: VideoContainer) -> int:
    return gift.journal.filter(event="seen").count()


def test_the_first_play_is_kept(gift: VideoContainer, play: Play) -> None:
    assert play() == 204
    assert fresh(gift).seen_at
    assert gift.journal.get(event="seen").actor == "receiver"


def test_later_plays_change_nothing(gift: VideoContainer, play: Play) -> None:
    play()
    first = fresh(gift).seen_at
    assert play() == 204
    assert fresh(gift).seen_at == first
    assert counted(gift) == 1


def test_the_giver_is_told_once_if_the_brand_wants_it(
    brand: Brand, gift: VideoContainer, play: Play, send_mails: Callable[[], None]
) -> None:
    brand.tell_when_seen = True
    brand.save()
    play()
    play()
    send_mails()
    assert [one.to for one in mail.outbox] == [["alice@example.com"]]


def test_the_giver_is_told_nothing_otherwise(gift: VideoContainer, play: Play) -> None:
    play()
    assert not gift.messages.exists()


def withdrawn(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(recalled_at=now)


def hidden(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(hidden_at=now)


def not_live(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(state=State.RECORDED)


def cancelled(gift: VideoContainer, now: datetime) -> None:
    containers.cancel(container=gift, actor=SHOP, now=now)


def without_message(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(recording=None, recorded_at=None)


@pytest.mark.parametrize("happened", [withdrawn, hidden, not_live, cancelled, without_message])
def test_what_cannot_be_seen_was_not_seen(
    gift: VideoContainer, play: Play, now: datetime, happened: Callable[..., None]
) -> None:
    happened(gift, now)
    assert play() == 204
    assert fresh(gift).seen_at is None


def test_opening_the_page_is_not_seeing_the_message(client: Client, gift: VideoContainer) -> None:
    client.get(f"/w/{gift.watch_token}")
    client.get(f"/w/{gift.watch_token}/seen", headers={"origin": HERE})
    assert fresh(gift).seen_at is None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://[bad"},
        {"origin": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "none"},
    ],
)
def test_other_pages_cannot_say_it(gift: VideoContainer, play: Play, headers: dict[str, str]) -> None:
    assert play(**headers) == 403
    assert fresh(gift).seen_at is None


def test_behind_a_proxy_the_browsers_word_is_enough(gift: VideoContainer, play: Play) -> None:
    assert play(origin="https://lune.example", sec_fetch_site="same-origin") == 204
    assert fresh(gift).seen_at


def test_staff_who_look_at_the_page_have_not_seen_it(
    gift: VideoContainer, play: Play, client: Client
) -> None:
    client.force_login(User.objects.create_superuser("maria"))
    assert play() == 204
    assert fresh(gift).seen_at is None


def test_no_token_of_another_kind_says_it(client: Client, gift: VideoContainer) -> None:
    for token in ("unknown", gift.urid, "%00"):
        assert client.post(f"/w/{token}/seen", headers={"origin": HERE}).status_code == 404


def test_the_page_works_without_a_cookie_and_with_csrf_checks(gift: VideoContainer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(f"/w/{gift.watch_token}")
    answer = client.post(f"/w/{gift.watch_token}/seen", headers={"origin": HERE})
    assert answer.status_code == 204
    assert not client.cookies


def test_a_seen_page_asks_no_more(client: Client, gift: VideoContainer, play: Play) -> None:
    address = f'data-gc-seen="/w/{gift.watch_token}/seen"'
    assert address in client.get(f"/w/{gift.watch_token}").content.decode()
    play()
    assert address not in client.get(f"/w/{gift.watch_token}").content.decode()


def test_the_preview_never_says_it(client: Client, gift: VideoContainer) -> None:
    assert "data-gc-seen" not in client.get(f"/preview/{gift.urid}").content.decode()


def test_a_note_alone_can_be_seen(client: Client, new_container: NewContainer, now: datetime) -> None:
    gift = new_container()
    notes.write_note(container=gift, note="Only words.", alone=True, actor=SHOP, now=now)
    containers.activate(container=gift, actor=SHOP, now=now)
    page = client.get(f"/w/{gift.watch_token}").content.decode()
    assert "pages/watch.js" in page
    assert seen.mark_seen(container=gift, now=now) is True


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_counts(
    brand: Brand, new_container: NewContainer, record: Record, now: datetime
) -> None:
    needs_postgres()
    brand.tell_when_seen = True
    brand.save()
    gift = record(new_container())
    containers.activate(container=gift, actor=SHOP, now=now)
    assert sum(at_once(*[lambda: seen.mark_seen(container=gift, now=now)] * 8)) == 1
    assert (counted(gift), gift.messages.count()) == (1, 1)
