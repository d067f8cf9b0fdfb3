"""The merchandiser's side in a process of its own: one JSON command for each line, one answer for each."""

import json
import sys
import time
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from livestream.bus.base import Message, topic  # noqa: E402
from livestream.dto import Actor, ActorKind, Audience  # noqa: E402
from livestream.errors import LivestreamError  # noqa: E402
from livestream.models import Channel, LiveStream, Pin, Product, ProductUnit, ViewerSample  # noqa: E402
from livestream.services import buses, pins, state, streams, viewers  # noqa: E402

STAFF = Actor(ActorKind.STAFF, "maria")


def new() -> dict[str, Any]:
    """A show on air, with five products."""
    now = timezone.now()
    channel, _made = Channel.objects.get_or_create(slug="atelier", defaults={"name": "Atelier Nord"})
    stream = streams.create(
        channel=channel, event_name="Winter evening", scheduled_at=now, actor=STAFF, now=now
    )
    products = [Product.objects.create(channel=channel, name=f"Scarf {n}", currency="EUR") for n in range(5)]
    for product in products:
        ProductUnit.objects.create(product=product, name="One size", price=Decimal(49), position=1)
    streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=now)
    return {"pk": stream.pk, "id": stream.public_id, "products": [one.public_id for one in products]}


def url(pk: int, audience: str = "public") -> str:
    return buses.events_url(stream=pk, audience=Audience(audience))


def urls(pk: int, count: int) -> list[str]:
    return [url(pk) for _each in range(count)]


def flood(pk: int, times: int, size: int) -> int:
    """Messages far larger than real ones; the last version."""
    stream = LiveStream.objects.get(pk=pk)
    document = json.loads(state.as_json(state.build(stream, Audience.PUBLIC)))
    for number in range(1, times + 1):
        document["version"] = stream.version + number
        document["player"]["src"] = str(number) + "x" * size
        body = json.dumps(document).encode()
        buses.get_bus().publish([Message(topic=topic(pk, Audience.PUBLIC), body=body)])
    LiveStream.objects.filter(pk=pk).update(version=document["version"])
    return int(document["version"])


def pin(pk: int, ids: list[str]) -> list[str]:
    return pins.pin(stream=LiveStream.objects.get(pk=pk), ids=ids, actor=STAFF, now=timezone.now())


def unpin(pk: int, ids: list[str]) -> list[str]:
    return pins.unpin(stream=LiveStream.objects.get(pk=pk), ids=ids, actor=STAFF, now=timezone.now())


def move(pk: int, to: str) -> str:
    stream = LiveStream.objects.get(pk=pk)
    return streams.move(stream=stream, to=LiveStream.Status(to), actor=STAFF, now=timezone.now()).status


def silently(pk: int, name: str) -> int:
    """A change whose message never leaves: the process died after the commit."""
    LiveStream.objects.filter(pk=pk).update(poster_url=name, version=1000)
    return 1000


def version(pk: int) -> int:
    return LiveStream.objects.get(pk=pk).version


def impressions(pk: int) -> dict[str, int]:
    return dict(Pin.objects.filter(stream=pk).values_list("item", "impressions"))


def samples(pk: int) -> list[int]:
    return list(ViewerSample.objects.filter(stream=pk).values_list("viewers", flat=True))


def sweep() -> None:
    viewers.refresh_bus(now=timezone.now())


COMMANDS = {
    one.__name__: one
    for one in (new, url, urls, flood, pin, unpin, move, silently, version, impressions, samples, sweep)
}

for line in sys.stdin:
    name, *arguments = json.loads(line)
    started = time.monotonic()
    try:
        answer: dict[str, Any] = {"said": COMMANDS[name](*arguments)}
    except LivestreamError as exc:
        answer = {"error": " ".join(kind.__name__ for kind in type(exc).__mro__)}
    print(json.dumps({**answer, "seconds": time.monotonic() - started}), flush=True)
