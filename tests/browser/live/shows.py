"""A channel with a catalogue in the running shop, and shows of it, steered by scripts on the shop's data."""

import json
import shutil
from dataclasses import dataclass
from typing import Any

from tests.browser.running import RunningShop
from tests.samples import mp4

SECONDS = 8
PREPARE = """
from decimal import Decimal
from datetime import timedelta
from django.conf import settings
from django.core.files import File
from django.utils import timezone
from livestream.dto import Actor, ActorKind
from livestream.models import Channel, LiveStream, Product, ProductImage, ProductUnit
from livestream.services import pins, streams
import json
now, staff = timezone.now(), Actor(ActorKind.STAFF, "maria")
"""
CATALOGUE = """
channel = Channel.objects.create(slug="live-tests", name="Atelier Nord", base_url={url!r},
    basket_url="https://shop.example/basket", embed_origins={origins!r})
for name, price, units in [
    ("Scarf", "49.00", ["Red", "Blue"]), ("Hat", "89.00", ["One size"]), ("Gloves", "65.00", ["One size"]),
]:
    product = Product.objects.create(channel=channel, name=name, currency="EUR", ext_id="shop-" + name,
        url={url!r} + "/privacy-of-the-shop/" + name)
    ProductImage.objects.create(product=product, src={url!r} + "/static/config/favicon.svg")
    for place, unit in enumerate(units, 1):
        ProductUnit.objects.create(product=product, name=unit, price=Decimal(price), position=place)
def film(stream):
    with (settings.VAR / "show.mp4").open("rb") as file:
        stream.replay_file.save("show.mp4", File(file), save=False)
    stream.save()
source = streams.create(channel=channel, event_name="Source", scheduled_at=now, actor=staff, now=now)
film(source)
LiveStream.objects.filter(pk=source.pk).update(status="replay")
print(json.dumps({{p.name: p.public_id for p in channel.products.all()}} | {{"source": source.public_id}}))
"""
NEW_SHOW = """
channel = Channel.objects.get(slug="live-tests")
show = streams.create(channel=channel, event_name="Winter evening", event_description="New scarves.",
    scheduled_at=now + timedelta(hours=26), live_url="/live/{source}/replay.mp4", actor=staff, now=now)
streams.fill_tray(stream=show, products=list(channel.products.order_by("pk")))
{then}
print(json.dumps(show.public_id))
"""
FIND = """
from livestream.ids import Kind, number_of
show = LiveStream.objects.get(pk=number_of(Kind.STREAM, {show!r}))
"""


@dataclass(frozen=True, slots=True)
class Shows:
    """`ids`: the products by name."""

    shop: RunningShop
    ids: dict[str, str]

    @classmethod
    def prepare(cls, shop: RunningShop, *, origins: list[str]) -> "Shows":
        shutil.copy(mp4(seconds=SECONDS), shop.folder / "show.mp4")
        said = shop.python(PREPARE + CATALOGUE.format(url=shop.url, origins=origins))
        return cls(shop=shop, ids=_last(said))

    def new(self, *steps: str) -> "Show":
        """A show an hour and a day from now, after these steps: `START`, `END`, `pin("Hat")`."""
        then = "\n".join(steps)
        said = self.shop.python(PREPARE + NEW_SHOW.format(source=self.ids["source"], then=then))
        return Show(shows=self, id=_last(said))

    def pin(self, *names: str, after: int = 0) -> str:
        """`after`: so many seconds from the start of the show."""
        ids = [self.ids[name] for name in names]
        moment = f"show.started_at + timedelta(seconds={after})"
        return f"pins.pin(stream=show, ids={ids!r}, actor=staff, now={moment})"

    def unpin(self, *names: str) -> str:
        ids = [self.ids[name] for name in names]
        return f"pins.unpin(stream=show, ids={ids!r}, actor=staff, now=now)"


START = 'show = streams.move(stream=show, to="active", actor=staff, now=now)'
PAUSE = 'show = streams.move(stream=show, to="paused", actor=staff, now=now)'
END = f"show = streams.end(stream=show, actor=staff, now=show.started_at + timedelta(seconds={SECONDS}))"
FILM = """
with (settings.VAR / "show.mp4").open("rb") as file:
    show.replay_file.save("show.mp4", File(file), save=False)
show.save()
"""


@dataclass(frozen=True, slots=True)
class Show:
    shows: Shows
    id: str

    @property
    def url(self) -> str:
        return f"{self.shows.shop.url}/live/{self.id}/"

    def do(self, *steps: str) -> None:
        """What staff do, by the same services that the admin and the API call."""
        self.shows.shop.python(PREPARE + FIND.format(show=self.id) + "\n".join(steps))

    def ask(self, question: str) -> str:
        """What an expression about `show` prints."""
        said = self.shows.shop.python(PREPARE + FIND.format(show=self.id) + f"print({question})")
        return said.strip().splitlines()[-1]


def _last(said: str) -> Any:
    return json.loads(said.strip().splitlines()[-1])
