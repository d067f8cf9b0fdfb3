"""System checks of the bus and the events, and how the environment chooses a bus."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from config.live import allow_events, bus_from
from livestream.bus.direct import DirectBus
from livestream.dto import Audience
from livestream.services import buses, tickets

MEMORY = {"BACKEND": "livestream.bus.memory.MemoryBus"}
REDIS = {"BACKEND": "livestream.bus.redis.RedisBus", "OPTIONS": {"url": "redis://127.0.0.1"}}
VARIABLES = ("LIVE_BUS", "EVENTS_PUBLISH_URL", "NCHAN_PUBLISH_URL", "DATABASE_URL")


@pytest.fixture
def live(settings: Any) -> Any:
    """Changes keys of LIVESTREAM: `live(PROCESSES=2)`."""

    def change(**keys: Any) -> set[str | None]:
        settings.LIVESTREAM = {**settings.LIVESTREAM, **keys}
        return {message.id for message in run_checks(tags=["livestream"])}

    return change


def test_one_process_may_use_its_own_memory(live: Any) -> None:
    assert live(BUS=MEMORY, PROCESSES=1) == set()


def test_several_processes_may_not_use_the_memory_of_one(live: Any) -> None:
    assert live(BUS=MEMORY, PROCESSES=2) == {"livestream.E001"}


def test_events_at_an_address_of_their_own_are_another_process(live: Any) -> None:
    assert live(BUS=MEMORY, EVENTS_URL="https://events.shop.example/live/events/") == {"livestream.E001"}


def test_several_processes_may_use_redis(live: Any) -> None:
    assert live(BUS=REDIS, PROCESSES=2) == set()


@pytest.mark.parametrize(
    "bus",
    [
        {},
        {"BACKEND": "livestream.bus.none.NoBus"},
        {"BACKEND": "livestream.conf.Conf"},
        {"BACKEND": "livestream.bus.redis.RedisBus"},
        {"BACKEND": "livestream.bus.redis.RedisBus", "OPTIONS": {"adress": "x"}},
        {"BACKEND": "livestream.bus.redis.RedisBus", "OPTIONS": {"url": "nonsense"}},
        {"BACKEND": "livestream.bus.direct.DirectBus", "OPTIONS": {"urls": []}},
        {"BACKEND": "livestream.bus.postgres.PostgresBus", "OPTIONS": {"url": "x", "channel": "a b"}},
    ],
)
def test_a_bus_that_cannot_be_built_is_found(live: Any, bus: dict[str, Any]) -> None:
    assert live(BUS=bus) == {"livestream.E002"}


def test_pages_that_have_to_ask_are_worth_a_word(live: Any) -> None:
    assert live(EVENTS_URL="") == {"livestream.W001"}


# What a page connects to


def test_without_an_events_server_a_page_asks_by_itself(live: Any) -> None:
    live(EVENTS_URL="")
    assert buses.events_url(stream=7, audience=Audience.PUBLIC) == ""


def test_a_page_gets_an_address_with_a_ticket(live: Any) -> None:
    live(EVENTS_URL="https://events.shop.example/live/events/")
    url = buses.events_url(stream=7, audience=Audience.STAFF)
    assert url.startswith("https://events.shop.example/live/events/")
    assert tickets.read(url.partition("?ticket=")[2]).audience == Audience.STAFF


# From the environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Env:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return Env()


def chosen(env: Env, redis_url: str = "") -> str:
    return bus_from(env, redis_url=redis_url)["BACKEND"].rpartition(".")[2]


def test_with_an_empty_environment_changes_go_straight_to_the_events_process(environment: Env) -> None:
    spec = bus_from(environment, redis_url="")
    assert DirectBus(**spec["OPTIONS"]).is_across_processes


def test_redis_is_used_where_there_is_one(environment: Env) -> None:
    assert chosen(environment, "redis://127.0.0.1") == "RedisBus"


@pytest.mark.parametrize(
    ("name", "bus"),
    [
        ("memory", "MemoryBus"),
        ("direct", "DirectBus"),
        ("redis", "RedisBus"),
        ("postgres", "PostgresBus"),
        ("nchan", "NchanBus"),
    ],
)
def test_every_bus_can_be_chosen(
    environment: Env, monkeypatch: pytest.MonkeyPatch, name: str, bus: str
) -> None:
    monkeypatch.setenv("LIVE_BUS", name)
    assert chosen(environment) == bus


def test_a_bus_that_nobody_knows_is_refused_at_the_start(
    environment: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVE_BUS", "kafka")
    with pytest.raises(ImproperlyConfigured, match=r"LIVE_BUS is 'kafka'; it must be one of memory, direct"):
        bus_from(environment, redis_url="")


def test_pages_may_connect_to_events_at_another_address() -> None:
    url = "https://events.shop.example/live/events/"
    assert allow_events({}, url) == {"connect-src": ["'self'", "https://events.shop.example"]}


def test_events_of_our_own_site_need_no_word() -> None:
    assert allow_events({}, "/live/events/") == {}
