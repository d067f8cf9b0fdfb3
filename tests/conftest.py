"""The people and things of the stories that the tests tell."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, OutgoingMessage, Recording, VideoContainer
from gifting.services import containers, keys, messages

SHOP = Actor(ActorKind.SHOP)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def brand(db: None) -> Brand:
    return Brand.objects.create(slug="lune", name="Maison Lune", base_url="https://lune.example")


@pytest.fixture
def other_brand(db: None) -> Brand:
    return Brand.objects.create(slug="soleil", name="Maison Soleil", base_url="https://soleil.example")


@pytest.fixture
def key(brand: Brand, now: datetime) -> str:
    """A private key of the brand, in clear."""
    return keys.create_key(brand=brand, now=now)[1]


@pytest.fixture
def other_key(other_brand: Brand, now: datetime) -> str:
    return keys.create_key(brand=other_brand, now=now)[1]


@pytest.fixture
def new_container(brand: Brand, now: datetime) -> Callable[..., VideoContainer]:
    """Opens a container as a shop does: `new_container(email=..., receiver_email=...)`."""

    def make(**fields: Any) -> VideoContainer:
        fields.setdefault("crid", f"ORD-{uuid.uuid4().hex[:8]}")
        fields.setdefault("email", "alice@example.com")
        fields.setdefault("additional_data", {"senderFirstName": "Alice", "receiverFirstName": "Bob"})
        request = NewContainer(**fields)
        return containers.open_container(brand=brand, request=request, actor=SHOP, now=now)[0]

    return make


@pytest.fixture
def container(new_container: Callable[..., VideoContainer]) -> VideoContainer:
    return new_container()


@pytest.fixture
def record(now: datetime) -> Callable[[VideoContainer], VideoContainer]:
    """Gives a container a ready recording without converting anything (its files do not exist)."""

    def make(container: VideoContainer) -> VideoContainer:
        container.recording = Recording.objects.create(
            container=container,
            state=Recording.State.READY,
            video="gifts/none/video.mp4",
            poster="gifts/none/poster.jpg",
            duration_ms=3000,
            width=640,
            height=480,
            size_bytes=1000,
            due_at=now,
            created_at=now,
            ready_at=now,
        )
        containers.message_ready(container, now=now)
        return container

    return make


@pytest.fixture
def send_mails(now: datetime) -> Callable[[], None]:
    """What the worker does with the mails that are due."""

    def run() -> None:
        for pk in OutgoingMessage.objects.due(timezone.now()).values_list("pk", flat=True):
            messages.send(pk=pk, now=timezone.now())

    return run


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """A client that is logged in to the admin and may do everything."""
    client.force_login(User.objects.create_superuser("maria", password="secret"))
    return client
