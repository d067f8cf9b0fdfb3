"""One sample order in each state, made as shop, giver, carrier and staff would make it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.models import QuerySet

from config.demo.video import DAWN, DUSK, NIGHT, Sky, draw_clip
from gifting.conf import conf
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, Recording, VideoContainer
from gifting.services import containers, deliveries, recordings, retention, uploads

State = VideoContainer.State
SHOP = Actor(ActorKind.SHOP, "demo")
CARRIER = Actor(ActorKind.CARRIER, "demo")
clip = cache(draw_clip)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Who gives what to whom, how many days ago, and what happened: `play(container, now)`."""

    giver: str
    receiver: str
    product: str
    days_ago: int
    play: Callable[[VideoContainer, datetime], None]


def ensure_samples(*, brand: Brand, now: datetime) -> list[VideoContainer]:
    """One sample for each state. One that somebody played on with stays as it is, and another is made."""
    return [_find(brand, state) or _make(brand, state, now=now) for state in STORIES]


def _find(brand: Brand, state: State) -> VideoContainer | None:
    return _of_state(brand, state).filter(state=state).last()


def _of_state(brand: Brand, state: State) -> QuerySet[VideoContainer]:
    """All samples that were made to show this state, the oldest first."""
    made = VideoContainer.objects.filter(order__brand=brand, order__number__startswith=_number(state))
    return made.select_related("order__brand").order_by("pk")


def _number(state: State) -> str:
    return f"SAMPLE-{state.value.replace('_', '-')}"


@transaction.atomic
def _make(brand: Brand, state: State, *, now: datetime) -> VideoContainer:
    """All at once: a worker that runs already sees the sample only in its last state."""
    story = STORIES[state]
    then = now - timedelta(days=story.days_ago)
    count = _of_state(brand, state).count()
    container = _open(brand, story, number=f"{_number(state)}-{count + 1}", now=then)
    story.play(container, then)
    return containers.lock(container)


def _open(brand: Brand, story: Story, *, number: str, now: datetime) -> VideoContainer:
    request = NewContainer(
        crid=number,
        email=f"{story.giver.lower()}@example.com",
        receiver_email=f"{story.receiver.lower()}@example.com",
        additional_data={
            "senderFirstName": story.giver,
            "receiverFirstName": story.receiver,
            "productName": story.product,
        },
    )
    return containers.open_container(brand=brand, request=request, actor=SHOP, now=now)[0]


def _hand_in(container: VideoContainer, sky: Sky, now: datetime) -> Recording:
    """What the widget does."""
    content = clip(sky)
    upload = uploads.start_upload(container=container, length=len(content), metadata={}, now=now)
    uploads.append(upload=upload, offset=0, length=None, chunk=uploads.AtHand(content), now=now)
    return container.recordings.latest("pk")


def _record(container: VideoContainer, sky: Sky, now: datetime) -> None:
    """What the widget and the worker do."""
    recordings.process(pk=_hand_in(container, sky, now).pk, now=now)


def _wait(container: VideoContainer, now: datetime) -> None:
    """Nothing has happened yet."""


def _get_stuck(container: VideoContainer, now: datetime) -> None:
    """Each attempt was killed: the recording needs attention, and "start again" in the admin helps."""
    recording = _hand_in(container, DUSK, now)
    Recording.objects.filter(pk=recording.pk).update(attempts=conf().JOB_MAX_ATTEMPTS)
    recordings.process(pk=recording.pk, now=now)


def _be_recorded(container: VideoContainer, now: datetime) -> None:
    _record(container, DAWN, now)


def _be_activated(container: VideoContainer, now: datetime) -> None:
    _record(container, NIGHT, now)
    containers.activate(container=container, actor=SHOP, now=now)


def _be_delivered(container: VideoContainer, now: datetime) -> None:
    _record(container, DUSK, now)
    parcel = {"shipmentCode": "1Z999AA10123456784", "shipmentCarrier": "ups"}
    containers.change_container(container=container, changes=parcel, actor=SHOP, now=now)
    shipment = container.order.shipments.get()
    deliveries.confirm_delivery(shipment=shipment, actor=CARRIER, now=now + timedelta(days=1))


def _expire(container: VideoContainer, now: datetime) -> None:
    end = container.expires_at or now
    retention.erase_now(container=container, actor=retention.WORKER, now=end, why=retention.Why.RETENTION)


def _be_cancelled(container: VideoContainer, now: datetime) -> None:
    containers.cancel(container=container, actor=SHOP, now=now)


STORIES = {
    State.RECORDING_OPEN: Story(
        giver="Nora", receiver="Paul", product="Salted caramels", days_ago=0, play=_wait
    ),
    State.PROCESSING: Story(
        giver="Tom", receiver="Ines", product="Forest honey", days_ago=1, play=_get_stuck
    ),
    State.RECORDED: Story(
        giver="Alice", receiver="Bob", product="Midnight chocolates", days_ago=1, play=_be_recorded
    ),
    State.ACTIVATED: Story(
        giver="Jonas", receiver="Clara", product="Moonlight tea", days_ago=2, play=_be_activated
    ),
    State.DELIVERED: Story(
        giver="Marie", receiver="Luc", product="The full moon basket", days_ago=4, play=_be_delivered
    ),
    State.EXPIRED: Story(
        giver="Ada", receiver="Max", product="Orange blossom candle", days_ago=200, play=_expire
    ),
    State.CANCELLED: Story(
        giver="Leo", receiver="Mia", product="Forest honey", days_ago=6, play=_be_cancelled
    ),
}
