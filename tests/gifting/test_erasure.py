"""An erased gift: nothing personal is left in a table, no byte in the storage, and the fact stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.errors import CridTaken, Locked
from gifting.models import HostedGift, Recording, TrackingEvent, Upload, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import containers, files, links, notes, recordings, retention, uploads
from tests.gifting import personal
from tests.gifting.kept import gift_files, part_files
from tests.gifting.tus import Tus

pytestmark = pytest.mark.django_db

State = VideoContainer.State
SHOP, STAFF = Actor(ActorKind.SHOP), Actor(ActorKind.STAFF, "maria")
NewContainer = Callable[..., VideoContainer]
Sweep = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _no_parts_of_others() -> None:
    for path in part_files():
        path.unlink()


@pytest.fixture
def full(new_container: NewContainer, now: datetime) -> VideoContainer:
    """A gift with something personal in every column."""
    return personal.fill(new_container(crid="ORD-77", **personal.ORDER), now=now)


@pytest.fixture
def sweep() -> Sweep:
    """What the worker does each minute with gifts and files."""

    def run(now: datetime) -> None:
        retention.erase_due(now=now)
        recordings.erase_replaced(now=now)
        uploads.purge_expired(now=now)

    return run


@pytest.fixture
def break_storage(settings: Any) -> Callable[[], Callable[[], None]]:
    """From the call on nothing can be deleted, until its result is called."""
    works = settings.STORAGES
    gone = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": "/dev/null/gone"},
    }

    def run() -> Callable[[], None]:
        settings.STORAGES = {**works, "default": gone}
        return lambda: setattr(settings, "STORAGES", works)

    return run


def fresh(gift: VideoContainer) -> VideoContainer:
    return VideoContainer.objects.get(pk=gift.pk)


def events(gift: VideoContainer) -> list[str]:
    return list(gift.journal.values_list("event", flat=True))


def expire(gift: VideoContainer, now: datetime, sweep: Sweep) -> None:
    """Its end came, and everybody had been warned."""
    VideoContainer.objects.filter(pk=gift.pk).update(expires_at=now, warned_at=now)
    sweep(now)


GIFT_PACKS = {
    "StickerPack",
    "Sticker",
    "PackUser",
    "GiftPack",
    "PackImport",
    "PackNotice",
    "PackTally",
    "UserDay",
    "UserMonth",
}
"""They belong to no order: users of the shop's own, by ids that only the shop can tell apart."""


def test_the_sample_gift_has_something_personal_in_every_column(full: VideoContainer) -> None:
    """A new column is either filled in `personal.fill`, or never says anything of a person."""
    impersonal = {
        *("Brand.slug", "Brand.name", "Brand.logo", "Brand.accent_color", "Brand.base_url"),
        *("Brand.mail_sender", "Brand.default_language", "Brand.widget_origins", "Brand.backend"),
        *("Brand.card_text", "ApiKey.name", "ApiKey.prefix", "ApiKey.digest", "CarrierBudget.carrier"),
        *("HostedGift.backend", "JournalEntry.actor", "Order.number", "Order.language", "Order.shop_id"),
        *("Order.request_digest", "Recording.video", "Recording.poster", "TrackingEvent.source"),
        *("Upload.uid", "Upload.parts", "VideoContainer.urid", "VideoContainer.watch_token"),
        *("WebhookReceipt.source", "WebhookReceipt.key", "WebhookReceipt.body", "WebhookReceipt.outcome"),
        *("WebhookReceipt.last_error", "Shipment.code_key", "Brand.pack_backend"),
    }
    of_gifts = {column for column in personal.wordy_columns() if column.partition(".")[0] not in GIFT_PACKS}
    assert of_gifts - set(personal.tell_tales()) - impersonal == set()


def test_nothing_personal_is_left_in_any_table(full: VideoContainer, now: datetime, sweep: Sweep) -> None:
    expire(full, now, sweep)
    assert personal.tell_tales() == []


def test_no_byte_is_left_in_the_storage(full: VideoContainer, now: datetime, sweep: Sweep) -> None:
    assert (len(gift_files(full)), len(part_files())) == (2, 1)
    expire(full, now, sweep)
    assert (gift_files(full), part_files()) == ([], [])
    assert not Recording.objects.exists()
    assert not Upload.objects.exists()


def test_the_fact_is_left(full: VideoContainer, now: datetime, sweep: Sweep) -> None:
    story = events(full)
    expire(full, now, sweep)
    gift = fresh(full)
    assert (gift.state, gift.order.number) == (State.EXPIRED, "ORD-77")
    assert events(full) == [*story, "erased"]
    assert full.journal.last().detail == {"why": "retention"}
    assert full.messages.filter(state="sent").exists()
    assert gift.activated_at


def test_the_shops_own_object_is_no_longer_known(full: VideoContainer, now: datetime, sweep: Sweep) -> None:
    full.order.shop_object = full.order.brand
    full.order.save()
    expire(full, now, sweep)
    order = fresh(full).order
    assert (order.shop_type, order.shop_id, order.request_digest) == (None, "", "")


def test_a_hosted_account_is_told_to_forget_the_receiver(
    full: VideoContainer, now: datetime, sweep: Sweep
) -> None:
    expire(full, now, sweep)
    call = full.vendor_calls.get()
    assert (call.action, call.payload) == ("change", {"receiverEmail": "", "additionalData": {}})
    assert full.hosted.backend == "livstick"


def test_an_account_that_forgot_the_gift_itself_is_told_nothing(
    full: VideoContainer, now: datetime, sweep: Sweep
) -> None:
    HostedGift.objects.update(state="expired")
    expire(full, now, sweep)
    assert not full.vendor_calls.exists()


def test_mails_that_wait_are_dropped(full: VideoContainer, now: datetime, sweep: Sweep) -> None:
    expire(full, now, sweep)
    assert set(full.messages.values_list("state", flat=True)) == {"sent", "bounced", "unsure"}


@pytest.mark.parametrize("state", [State.CANCELLED, State.PROCESSING, State.RECORDING_OPEN, State.DELIVERED])
def test_gifts_are_erased_in_whatever_state_they_are(
    full: VideoContainer, now: datetime, sweep: Sweep, state: str
) -> None:
    VideoContainer.objects.filter(pk=full.pk).update(state=state)
    expire(full, now, sweep)
    assert fresh(full).state == State.EXPIRED


def test_the_pages_of_an_erased_gift_say_nothing_of_it(
    client: Client, full: VideoContainer, now: datetime, sweep: Sweep
) -> None:
    video = links.media_links(full.recording).video
    expire(full, now, sweep)
    assert client.get(video).status_code == 404
    for path in (f"/w/{full.watch_token}", f"/preview/{full.urid}"):
        assert "No longer available" in client.get(path).content.decode()


def test_nobody_can_change_an_erased_gift(
    client: Client, full: VideoContainer, now: datetime, sweep: Sweep
) -> None:
    expire(full, now, sweep)
    with pytest.raises(Locked):
        containers.change_container(
            container=full, changes={"receiverEmail": "x@example.com"}, actor=SHOP, now=now
        )
    with pytest.raises(Locked):
        notes.write_note(container=full, note="Again.", alone=True, actor=SHOP, now=now)
    assert Tus(full, client).post(upload_length="3").status_code == 409


def test_an_erased_number_is_not_given_to_another_order(
    new_container: NewContainer, full: VideoContainer, now: datetime, sweep: Sweep
) -> None:
    expire(full, now, sweep)
    with pytest.raises(CridTaken):
        new_container(crid="ORD-77", **personal.ORDER)


def test_a_chunk_on_its_way_is_not_kept(
    client: Client, new_container: NewContainer, now: datetime, sweep: Sweep
) -> None:
    gift = new_container()
    tus = Tus(gift, client)
    path = tus.create(6)
    tus.patch(path, 0, b"abc")
    expire(gift, now, sweep)
    assert tus.patch(path, 3, b"def").status_code == 404
    assert part_files() == []


# -- A storage that refuses


def test_what_the_storage_refuses_is_erased_when_it_is_back(
    full: VideoContainer, now: datetime, sweep: Sweep, break_storage: Callable[[], Callable[[], None]]
) -> None:
    repair = break_storage()
    expire(full, now, sweep)
    assert fresh(full).state == State.EXPIRED
    assert personal.tell_tales() == []
    repair()
    assert (len(gift_files(full)), len(part_files())) == (2, 1)
    sweep(now + timedelta(minutes=6))
    assert (gift_files(full), part_files()) == ([], [])


class Slow(FileSystemStorage):
    """A storage that is down, and takes its time to say so."""

    asked = 0

    def delete(self, name: str) -> None:
        Slow.asked += 1
        raise OSError("timed out")


def test_a_storage_that_is_down_is_not_asked_for_every_file(
    new_container: NewContainer, now: datetime, settings: Any
) -> None:
    gift = new_container()
    Recording.objects.bulk_create(
        Recording(container=gift, state="replaced", video="x", due_at=now, created_at=now) for _ in range(40)
    )
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Slow"}}
    recordings.erase_replaced(now=now)
    assert Slow.asked == files.REFUSALS


def test_one_file_that_is_refused_stops_no_other(
    full: VideoContainer, now: datetime, sweep: Sweep, new_container: NewContainer
) -> None:
    stuck = Recording.objects.create(
        container=new_container(),
        state="replaced",
        video="/outside",
        due_at=now - timedelta(1),
        created_at=now,
    )
    expire(full, now, sweep)
    assert list(Recording.objects.values_list("pk", flat=True)) == [stuck.pk]


def test_a_worker_that_is_still_converting_leaves_nothing_behind(
    full: VideoContainer, now: datetime, sweep: Sweep
) -> None:
    lease = now + timedelta(minutes=5)
    begun = Recording.objects.create(container=full, state="processing", due_at=lease, created_at=now)
    expire(full, now, sweep)
    gift_storage().save(f"gifts/{full.urid}/{begun.pk}/late-video.mp4", ContentFile(b"film"))
    sweep(now + timedelta(minutes=1))
    sweep(now + timedelta(minutes=6))
    assert gift_files(full) == []
    assert not Recording.objects.exists()


# -- By staff


def test_staff_erase_a_gift_at_once(
    full: VideoContainer, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase_now(container=full, actor=STAFF, now=now) is True
    assert personal.tell_tales() == []
    assert (gift_files(full), part_files()) == ([], [])
    last = full.journal.last()
    assert (last.event, last.actor, last.detail) == ("erased", "staff:maria", {"why": "staff"})


def test_erasing_again_changes_nothing(full: VideoContainer, now: datetime) -> None:
    retention.erase_now(container=full, actor=STAFF, now=now)
    assert retention.erase_now(container=full, actor=STAFF, now=now) is False
    assert events(full).count("erased") == 1


def test_the_parcel_of_somebody_else_keeps_its_news(
    full: VideoContainer, now: datetime, new_container: NewContainer
) -> None:
    """Two gifts may travel in one parcel."""
    other = new_container()
    changes = {"shipmentCode": personal.CODE, "shipmentCarrier": "ups"}
    containers.change_container(container=other, changes=changes, actor=SHOP, now=now)
    facts = {"code": personal.CODE, "source": "ups", "status": "delivered"}
    TrackingEvent.objects.create(
        shipment=other.order.shipments.get(), happened_at=now, received_at=now, **facts
    )
    retention.erase_now(container=full, actor=STAFF, now=now)
    assert TrackingEvent.objects.get().shipment.order == other.order
    assert other.order.shipments.get().code == personal.CODE
