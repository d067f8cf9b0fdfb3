"""The giver's preview."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import Recording, VideoContainer
from gifting.services import containers

pytestmark = pytest.mark.django_db

SHOP = Actor(ActorKind.SHOP)
State = Recording.State
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture
def preview(client: Client) -> Callable[[VideoContainer], str]:
    def get(gift: VideoContainer) -> str:
        response = client.get(f"/preview/{gift.urid}")
        assert response.status_code == 200
        return response.content.decode()

    return get


def add_recording(gift: VideoContainer, now: datetime, **fields: str) -> None:
    Recording.objects.create(container=gift, due_at=now, created_at=now, **fields)


@pytest.mark.parametrize("path", ["/preview/zzzzzzzzzz", "/preview/short", "/preview/ABCDEFGHIJ"])
def test_an_unknown_urid_is_a_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_without_anything_it_offers_to_record(
    preview: Callable[[VideoContainer], str], container: VideoContainer
) -> None:
    page = preview(container)
    assert "Nothing recorded yet" in page
    assert f'href="/{container.urid}"' in page


@pytest.mark.parametrize("state", [State.QUEUED, State.PROCESSING])
def test_while_a_video_is_prepared_it_shows_progress(
    preview: Callable[[VideoContainer], str], container: VideoContainer, now: datetime, state: str
) -> None:
    add_recording(container, now, state=state)
    assert "<progress" in preview(container)


def test_a_preparation_that_needs_staff_asks_for_patience(
    preview: Callable[[VideoContainer], str], container: VideoContainer, now: datetime
) -> None:
    add_recording(container, now, state=State.FAILED)
    assert "This takes longer than usual" in preview(container)


def test_a_refused_video_is_explained(
    preview: Callable[[VideoContainer], str], container: VideoContainer, now: datetime
) -> None:
    add_recording(container, now, state=State.REFUSED, refusal=Recording.Refusal.TOO_SHORT)
    assert "The video is too short." in preview(container)


def test_a_new_video_under_way_hides_the_earlier_one(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record, now: datetime
) -> None:
    add_recording(record(container), now, state=State.QUEUED)
    assert "<video" not in preview(container)


def test_a_refused_new_video_leaves_the_earlier_one(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record, now: datetime
) -> None:
    add_recording(record(container), now, state=State.REFUSED, refusal=Recording.Refusal.TOO_SHORT)
    assert "<video" in preview(container)


def test_a_ready_message_looks_as_the_receiver_will_see_it(
    client: Client,
    preview: Callable[[VideoContainer], str],
    container: VideoContainer,
    record: Record,
    now: datetime,
) -> None:
    record(container)
    containers.activate(container=container, actor=SHOP, now=now)
    seen = client.get(f"/w/{container.watch_token}").content.decode()
    greeting = seen[seen.index("<article") : seen.index("<video")]
    assert greeting in preview(container)


def test_the_bar_says_when_the_receiver_sees_it(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record
) -> None:
    assert "<bdi>Bob</bdi> sees it when the gift arrives" in preview(record(container))


def test_the_bar_says_when_the_receiver_can_see_it_already(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record, now: datetime
) -> None:
    containers.activate(container=record(container), actor=SHOP, now=now)
    assert "<bdi>Bob</bdi> can see it now" in preview(container)


def test_the_giver_can_save_the_video(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record
) -> None:
    page = preview(record(container))
    assert "/video.mp4?download" in page
    assert "You can come back to this page until" in page


def test_there_is_nothing_to_save_while_a_video_is_prepared(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record, now: datetime
) -> None:
    add_recording(record(container), now, state=State.QUEUED)
    assert "data-gc-save" not in preview(container)


def test_the_message_can_be_changed_until_activation(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record, now: datetime
) -> None:
    assert "Change the message" in preview(record(container))
    containers.activate(container=container, actor=SHOP, now=now)
    assert "Change the message" not in preview(container)


def test_a_cancelled_gift_shows_nothing(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record, now: datetime
) -> None:
    containers.cancel(container=record(container), actor=SHOP, now=now)
    page = preview(container)
    assert "No longer available" in page
    assert "Bob" not in page


def test_the_watch_link_is_not_in_the_preview(
    preview: Callable[[VideoContainer], str], container: VideoContainer, record: Record
) -> None:
    assert container.watch_token not in preview(record(container))
