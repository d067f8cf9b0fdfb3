"""From a gift message to its card: what is printed, and what is written down."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

from gifting.cards.layouts import A6, LABEL
from gifting.dto import Actor, ActorKind
from gifting.errors import Invalid
from gifting.models import Brand, JournalEntry, VideoContainer
from gifting.services import cards, notes

STAFF = Actor(ActorKind.STAFF, "maria")
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
NewContainer = Callable[..., VideoContainer]


def print_all(found: list[VideoContainer], now: datetime, target: BinaryIO | None = None) -> int:
    target = target or io.BytesIO()
    return cards.print_cards(containers=found, layout=LABEL, target=target, actor=STAFF, now=now)


@pytest.fixture
def logo(brand: Brand) -> str:
    """The brand's logo in storage."""
    brand.logo.save("logo.svg", ContentFile(LOGO))
    return brand.logo.name


def test_a_card_says_who_gives_to_whom(container: VideoContainer) -> None:
    content = cards.card_content(container)
    assert (content.giver_name, content.receiver_name) == ("Alice", "Bob")
    assert content.watch_url == container.watch_url
    assert content.brand_name == "Maison Lune"


@pytest.mark.parametrize(("wanted", "printed"), [(True, "Dear Bob"), (False, "")])
def test_the_note_is_printed_where_the_brand_wants_it(
    container: VideoContainer, brand: Brand, now: datetime, wanted: bool, printed: str
) -> None:
    notes.write_note(container=container, note="Dear Bob", alone=False, actor=STAFF, now=now)
    Brand.objects.update(note_on_card=wanted)
    container = VideoContainer.objects.select_related("order__brand").get()
    assert cards.card_content(container).note == printed


@pytest.mark.parametrize(("language", "spoken"), [("fr", "fr"), ("", "en")])
def test_a_card_speaks_the_order_s_language_else_the_brand_s(
    new_container: NewContainer, language: str, spoken: str
) -> None:
    assert cards.card_content(new_container(language=language)).language == spoken


def test_a_card_carries_the_logo(logo: str, new_container: NewContainer) -> None:
    content = cards.card_content(new_container())
    assert (content.logo, content.logo_type) == (LOGO, "image/svg+xml")


def test_a_lost_logo_stops_nothing(logo: str, brand: Brand, new_container: NewContainer) -> None:
    container = new_container()
    brand.logo.storage.delete(logo)
    assert cards.card_content(container).logo == b""
    assert cards.card_pdf(container=container).startswith(b"%PDF")


def test_a_single_card_is_not_counted_as_printed(container: VideoContainer) -> None:
    assert cards.card_pdf(container=container, layout=A6).startswith(b"%PDF")
    container.refresh_from_db()
    assert container.printed_at is None


def test_a_batch_is_marked_and_told_in_every_journal(new_container: NewContainer, now: datetime) -> None:
    found = [new_container(), new_container()]
    assert print_all(found, now) == 2
    for container in found:
        container.refresh_from_db()
        entry = container.journal.get(event=JournalEntry.Event.PRINTED)
        assert container.printed_at == entry.at == now
        assert (entry.actor, entry.detail) == ("staff:maria", {"layout": "label"})


def test_the_logo_is_read_once_for_a_batch(
    logo: str, new_container: NewContainer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    really_open = FileSystemStorage.open

    def spy(storage: FileSystemStorage, name: str, mode: str = "rb") -> File:
        opened.append(name)
        return really_open(storage, name, mode)

    monkeypatch.setattr(FileSystemStorage, "open", spy)
    for _ in range(3):
        new_container()
    print_all(list(VideoContainer.objects.select_related("order__brand")), now)
    assert opened == [logo]


def test_an_empty_batch_is_refused(db: None, now: datetime) -> None:
    with pytest.raises(Invalid, match="no cards to print"):
        print_all([], now)


def test_a_target_that_breaks_marks_nothing(container: VideoContainer, now: datetime) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        print_all([container], now, Full())
    container.refresh_from_db()
    assert container.printed_at is None


def test_a_large_batch_costs_few_queries(
    new_container: NewContainer, now: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(5):
        new_container()
    found = list(VideoContainer.objects.select_related("order__brand"))
    with django_assert_max_num_queries(6):
        print_all(found, now)
