"""The receiver's page: what it shows, and what it keeps to itself."""

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import containers, links, notes

pytestmark = pytest.mark.django_db

SHOP = Actor(ActorKind.SHOP)
GIVER = Actor(ActorKind.GIVER)
NOTE = "Meet me at the pond,\nbring bread."
SECRETS = (
    "Quentin",
    "Wilhelmina",
    "Emerald Ring",
    "ORD-77",
    "q@example.com",
    "w@example.com",
    "pond",
    "media/",
)
State = VideoContainer.State
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture
def gift(new_container: Callable[..., VideoContainer], record: Record, now: datetime) -> VideoContainer:
    """A recorded gift with a note, not yet activated."""
    gift = new_container(
        crid="ORD-77",
        email="q@example.com",
        receiver_email="w@example.com",
        additional_data={
            "senderFirstName": "Quentin",
            "receiverFirstName": "Wilhelmina",
            "productName": "Emerald Ring",
        },
    )
    gift = notes.write_note(container=gift, note=NOTE, alone=False, actor=GIVER, now=now)
    return record(gift)


@pytest.fixture
def live(gift: VideoContainer, now: datetime) -> VideoContainer:
    containers.activate(container=gift, actor=SHOP, now=now)
    return gift


@pytest.fixture
def watch(client: Client) -> Callable[[VideoContainer], str]:
    """The page's HTML, with a status of 200."""

    def get(gift: VideoContainer) -> str:
        response = client.get(f"/w/{gift.watch_token}")
        assert response.status_code == 200
        return response.content.decode()

    return get


def cancelled(gift: VideoContainer, now: datetime) -> None:
    containers.cancel(container=gift, actor=SHOP, now=now)


def expired(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(state=State.EXPIRED)


def cancelled_after_activation(gift: VideoContainer, now: datetime) -> None:
    containers.activate(container=gift, actor=SHOP, now=now)
    cancelled(gift, now)


def recalled(gift: VideoContainer, now: datetime) -> None:
    containers.activate(container=gift, actor=SHOP, now=now)
    VideoContainer.objects.filter(pk=gift.pk).update(recalled_at=now)


def hidden(gift: VideoContainer, now: datetime) -> None:
    containers.activate(container=gift, actor=SHOP, now=now)
    VideoContainer.objects.filter(pk=gift.pk).update(hidden_at=now, hidden_reason="Quentin swears")


def not_activated(gift: VideoContainer, now: datetime) -> None:
    """As it is."""


def live_before_anything_was_recorded(gift: VideoContainer, now: datetime) -> None:
    rows = VideoContainer.objects.filter(pk=gift.pk)
    rows.update(state=State.ACTIVATED, recording=None, recorded_at=None)


@pytest.mark.parametrize(
    "happened",
    [
        *(not_activated, cancelled, expired, cancelled_after_activation, recalled, hidden),
        live_before_anything_was_recorded,
    ],
)
def test_a_page_without_message_gives_no_hint_of_who_or_what(
    watch: Callable[[VideoContainer], str], gift: VideoContainer, now: datetime, happened: Callable[..., None]
) -> None:
    happened(gift, now)
    page = watch(gift)
    assert [secret for secret in SECRETS if secret in page] == []


def test_before_activation_it_says_not_yet_available(
    watch: Callable[[VideoContainer], str], gift: VideoContainer
) -> None:
    assert "Not yet available" in watch(gift)


def test_live_without_a_recording_it_says_that_the_message_is_not_there_yet(
    watch: Callable[[VideoContainer], str], container: VideoContainer, now: datetime
) -> None:
    containers.activate(container=container, actor=SHOP, now=now)
    assert "The message is not there yet" in watch(container)


def test_after_cancelling_it_says_no_longer_available(
    watch: Callable[[VideoContainer], str], live: VideoContainer, now: datetime
) -> None:
    cancelled(live, now)
    assert "No longer available" in watch(live)


@pytest.mark.parametrize("withdraw", [recalled, hidden])
def test_a_withdrawn_message_is_no_longer_available(
    client: Client, gift: VideoContainer, now: datetime, withdraw: Callable[..., None]
) -> None:
    withdraw(gift, now)
    answers = [client.get(path) for path in (f"/w/{gift.watch_token}", f"/preview/{gift.urid}")]
    for answer in answers:
        page = answer.content.decode()
        assert "No longer available" in page
        assert '<meta name="robots" content="noindex, nofollow">' in page
        assert "og:" not in page
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_pages_are_quoted_nowhere(watch: Callable[[VideoContainer], str], live: VideoContainer) -> None:
    assert "og:" not in watch(live)


@pytest.mark.parametrize("token", ["A" * 24, "x", "%00", "a%0Ab", "ü" * 32, "-" * 500])
def test_an_unknown_token_is_a_friendly_404(client: Client, db: None, token: str) -> None:
    response = client.get(f"/w/{token}")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_the_urid_of_the_recording_page_does_not_open_the_message(
    client: Client, live: VideoContainer
) -> None:
    assert client.get(f"/w/{live.urid}").status_code == 404


def test_the_message_greets_the_receiver_by_name(
    watch: Callable[[VideoContainer], str], live: VideoContainer
) -> None:
    assert "A message for <bdi>Wilhelmina</bdi> from <bdi>Quentin</bdi>" in watch(live)


@pytest.mark.parametrize(
    ("names", "greeting"),
    [
        ({}, "A message for you"),
        ({"receiverFirstName": "Bob"}, "A message for <bdi>Bob</bdi>"),
        ({"senderFirstName": "Alice"}, "A message from <bdi>Alice</bdi>"),
        ({"senderFirstName": "alice@example.com"}, "A message for you"),
        ({"senderFirstName": "<b>Al</b>"}, "A message from <bdi>&lt;b&gt;Al&lt;/b&gt;</bdi>"),
    ],
)
def test_the_greeting_works_with_any_names(
    watch: Callable[[VideoContainer], str],
    new_container: Callable[..., VideoContainer],
    record: Record,
    now: datetime,
    names: dict[str, str],
    greeting: str,
) -> None:
    gift = record(new_container(additional_data=names))
    containers.activate(container=gift, actor=SHOP, now=now)
    assert f'<h1 class="gc-greeting">{greeting}\n</h1>' in watch(gift)


def test_the_video_plays_without_javascript(
    watch: Callable[[VideoContainer], str], live: VideoContainer
) -> None:
    page = watch(live)
    assert '<video class="gc-video" controls playsinline preload="metadata" poster="/media/' in page


def test_the_video_takes_its_room_before_it_is_loaded(
    watch: Callable[[VideoContainer], str], live: VideoContainer
) -> None:
    assert 'width="640" height="480"' in watch(live)


def test_the_video_can_be_saved(watch: Callable[[VideoContainer], str], live: VideoContainer) -> None:
    assert "/video.mp4?download" in watch(live)


def test_the_note_stands_beside_the_video(
    watch: Callable[[VideoContainer], str], live: VideoContainer
) -> None:
    assert NOTE in unescape(watch(live))


def test_a_note_alone_is_a_message(
    watch: Callable[[VideoContainer], str], container: VideoContainer, now: datetime
) -> None:
    notes.write_note(container=container, note="Only words.", alone=True, actor=GIVER, now=now)
    containers.activate(container=container, actor=SHOP, now=now)
    page = watch(container)
    assert "Only words." in page
    assert "<video" not in page


def test_a_note_is_text_and_not_markup(
    watch: Callable[[VideoContainer], str], container: VideoContainer, now: datetime
) -> None:
    notes.write_note(container=container, note="<script>x</script>", alone=True, actor=GIVER, now=now)
    containers.activate(container=container, actor=SHOP, now=now)
    assert "<script>x" not in watch(container)


def test_it_says_how_long_the_page_stays(
    watch: Callable[[VideoContainer], str], live: VideoContainer
) -> None:
    assert "You can come back to this page until" in watch(live)


@pytest.mark.parametrize("path", ["/w/{watch_token}", "/w/unknown", "/{urid}", "/preview/{urid}"])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Robots-Tag", "noindex, nofollow"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "private, no-store"),
    ],
)
def test_no_page_is_indexed_cached_or_told_to_others(
    client: Client, live: VideoContainer, path: str, header: str, value: str
) -> None:
    address = path.format(watch_token=live.watch_token, urid=live.urid)
    assert client.get(address).headers[header] == value


def test_the_page_itself_says_noindex(watch: Callable[[VideoContainer], str], gift: VideoContainer) -> None:
    assert '<meta name="robots" content="noindex, nofollow">' in watch(gift)


@pytest.mark.parametrize(
    "path",
    ["/w/{watch_token}", "/{urid}", "/preview/{urid}", "{confirmation}", "{video}", "/brands/lune/theme.css"],
)
def test_nobody_needs_a_login_in_a_host_that_asks_for_one(
    client: Client, live: VideoContainer, settings, path: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]
    assert live.recording
    address = path.format(
        watch_token=live.watch_token,
        urid=live.urid,
        confirmation=links.confirmation_path(live.order),
        video=links.media_links(live.recording).video,
    )
    expected = 404 if path == "{video}" else 200  # This film has no file; a login would be 302.
    assert client.get(address).status_code == expected


def test_only_reading_is_allowed(client: Client, live: VideoContainer) -> None:
    assert client.post(f"/w/{live.watch_token}").status_code == 405


def test_the_page_takes_one_query(client: Client, live: VideoContainer, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        client.get(f"/w/{live.watch_token}")


@pytest.mark.parametrize(
    ("order_language", "brand_language", "spoken"),
    [("fr", "en", "fr"), ("DE-ch", "en", "de"), ("PT-br", "es", "es"), ("", "de", "de"), ("ja", "ko", "en")],
)
def test_the_language_is_the_orders_then_the_brands_then_the_sites(
    client: Client,
    new_container: Callable[..., VideoContainer],
    order_language: str,
    brand_language: str,
    spoken: str,
) -> None:
    gift = new_container(language=order_language)
    gift.order.brand.default_language = brand_language
    gift.order.brand.save()
    response = client.get(f"/w/{gift.watch_token}", headers={"Accept-Language": "en"})
    assert response.headers["Content-Language"] == spoken
    assert f'<html lang="{spoken}" dir="ltr">' in response.content.decode()


def test_a_language_written_from_right_to_left_turns_the_page(
    client: Client, new_container: Callable[..., VideoContainer], settings
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    gift = new_container(language="ar")
    assert '<html lang="ar" dir="rtl">' in client.get(f"/w/{gift.watch_token}").content.decode()
