"""The port to video gifts: the same here, and in an account behind HTTP (this project's own server)."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from gifting.backends.base import VideoGiftBackend
from gifting.backends.livstick import LivstickBackend
from gifting.backends.local import LocalBackend
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.errors import CridTaken, Invalid, Locked, NotFound, VendorRejected, VendorUnavailable
from gifting.models import Brand, Order, Shipment, VideoContainer
from gifting.services import containers, deliveries

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = Actor(ActorKind.STAFF, "maria")
CRIDS = ["ORD-2026-1234", "#1001", "Ü-7 b", "a?b=c&d", "100%", "%2e%2e", "-" * 100]
NEVER_OPENED = "never-opened"
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture(params=["local", "livstick"])
def backend(request: pytest.FixtureRequest, brand: Brand) -> VideoGiftBackend:
    """The gifts of one brand, here or behind its own API."""
    if request.param == "local":
        return LocalBackend(brand)
    url = request.getfixturevalue("live_server").url
    return LivstickBackend(key=request.getfixturevalue("key"), base_url=f"{url}/v3")


def request_for(crid: str = "ORD-2026-1234", **said: Any) -> NewContainer:
    said.setdefault("email", "alice@example.com")
    said.setdefault("additional_data", {"senderFirstName": "Alice", "receiverFirstName": "Bob"})
    return NewContainer(crid=crid, **said)


@pytest.fixture
def crid(backend: VideoGiftBackend) -> str:
    """The number of an order whose gift is open."""
    return backend.open(request_for()).crid


def gift(crid: str) -> VideoContainer:
    """As the vendor has it."""
    return VideoContainer.objects.select_related("order__brand").get(order__number=crid)


# -- Opening


def test_opening_gives_what_the_widget_needs(backend: VideoGiftBackend) -> None:
    opened = backend.open(request_for())
    there = gift("ORD-2026-1234")
    assert (opened.crid, opened.state) == ("ORD-2026-1234", "recording_open")
    assert (opened.urid, opened.edit_key) == (there.urid, str(there.edit_key))
    assert (opened.recording_url, opened.preview_url) == (there.recording_url, there.preview_url)


def test_everything_that_is_said_arrives(backend: VideoGiftBackend) -> None:
    data = {"senderFirstName": "Zoë", "productName": "Honig & Tee", "other": [1, {"deep": None}]}
    backend.open(request_for(receiver_email="bob@example.com", language="pt-BR", additional_data=data))
    order = Order.objects.get()
    assert (order.giver_email, order.receiver_email) == ("alice@example.com", "bob@example.com")
    assert (order.language, order.additional_data, order.giver_name) == ("pt-BR", data, "Zoë")
    assert order.delivery == Order.Delivery.EMAIL


def test_the_same_request_again_gives_the_same_gift(backend: VideoGiftBackend) -> None:
    assert backend.open(request_for()) == backend.open(request_for())
    assert VideoContainer.objects.count() == 1


def test_another_request_for_the_same_order_is_refused(backend: VideoGiftBackend, crid: str) -> None:
    with pytest.raises(CridTaken, match=crid):
        backend.open(request_for(crid, email="eve@example.com"))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"email": "not a mail"}, "email"),
        ({"receiver_email": "bob@"}, "receiverEmail"),
        ({"language": "english please"}, "language"),
        ({"additional_data": {"long": "x" * 17_000}}, "additionalData"),
        ({"crid": "a/b"}, "crid"),
    ],
)
def test_a_bad_field_is_named(backend: VideoGiftBackend, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        backend.open(request_for(**said))
    assert list(refusal.value.fields) == [field]


# -- Looking


@pytest.mark.parametrize("number", CRIDS)
def test_any_order_number_finds_its_gift(backend: VideoGiftBackend, number: str) -> None:
    opened = backend.open(request_for(number))
    backend.change(number, {"language": "de"})
    backend.activate(number)
    facts = backend.fetch(number)
    assert (facts.opened.crid, facts.opened.urid) == (number, opened.urid)
    assert (facts.opened.state, backend.watch_url(number)) == ("activated", gift(number).watch_url)


def test_a_new_gift_has_no_past(backend: VideoGiftBackend, crid: str) -> None:
    facts = backend.fetch(crid)
    assert (facts.recorded_at, facts.activated_at, facts.delivered_at) == (None, None, None)


def test_what_happened_is_told_with_its_time(
    backend: VideoGiftBackend, crid: str, record: Record, now: datetime
) -> None:
    there = record(gift(crid))
    shipment = Shipment.objects.create(order=there.order, code="1Z9", created_at=now)
    deliveries.confirm_delivery(shipment=shipment, actor=STAFF, now=now + timedelta(days=1))
    facts = backend.fetch(crid)
    assert facts.opened.state == "delivered"
    assert to_the_second(facts.recorded_at) == to_the_second(now)
    arrival = to_the_second(now + timedelta(days=1))
    assert to_the_second(facts.activated_at) == to_the_second(facts.delivered_at) == arrival
    assert to_the_second(facts.expires_at) == to_the_second(gift(crid).expires_at)


def to_the_second(moment: datetime | None) -> datetime:
    assert moment
    return moment.astimezone(UTC).replace(microsecond=0)


# -- Changing


def test_a_parcel_is_attached(backend: VideoGiftBackend, crid: str) -> None:
    backend.change(crid, {"shipmentCode": "1Z999AA10123456784", "shipmentCarrier": "ups"})
    parcel = Shipment.objects.get()
    assert (parcel.order.number, parcel.code, parcel.carrier) == (crid, "1Z999AA10123456784", "ups")


def test_the_receiver_can_be_changed_and_taken_back(backend: VideoGiftBackend, crid: str) -> None:
    backend.change(crid, {"receiverEmail": "robert@example.com"})
    assert gift(crid).order.receiver_email == "robert@example.com"
    backend.change(crid, {"receiverEmail": ""})
    assert gift(crid).order.receiver_email == ""


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"receiverEmail": "bob@"}, ["receiverEmail"]),
        ({"shipmentCode": "1Z9", "shipmentCarrier": "pigeon"}, ["shipmentCarrier"]),
        ({"shipmentCode": ""}, ["shipmentCode"]),
    ],
)
def test_a_bad_change_is_refused(
    backend: VideoGiftBackend, crid: str, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        backend.change(crid, changes)
    assert list(refusal.value.fields) == fields


def test_activating_twice_is_activating_once(backend: VideoGiftBackend, crid: str) -> None:
    backend.activate(crid)
    first = gift(crid).activated_at
    backend.activate(crid)
    assert gift(crid).activated_at == first
    assert backend.fetch(crid).opened.state == "activated"


def test_a_gift_that_was_switched_off_is_locked(backend: VideoGiftBackend, crid: str, now: datetime) -> None:
    containers.cancel(container=gift(crid), actor=STAFF, now=now)
    for call in (lambda: backend.activate(crid), lambda: backend.change(crid, {"language": "fr"})):
        with pytest.raises(Locked):
            call()
    assert backend.fetch(crid).opened.state == "cancelled"


# -- Printing


def test_the_code_is_a_picture_of_the_watch_address(backend: VideoGiftBackend, crid: str) -> None:
    picture = Image.open(io.BytesIO(backend.qr_code(crid)))
    assert (picture.format, picture.size) == ("PNG", (300, 300))
    assert zxingcpp.read_barcodes(picture.convert("L"))[0].text == backend.watch_url(crid)


def test_the_card_is_one_page_with_the_same_code(backend: VideoGiftBackend, crid: str) -> None:
    document = pypdfium2.PdfDocument(backend.card(crid))
    assert len(document) == 1
    page = document[0].render(scale=4).to_pil()
    assert zxingcpp.read_barcodes(page)[0].text == backend.watch_url(crid)


# -- Gifts of nobody, and of others


@pytest.mark.parametrize(
    "call",
    [
        lambda backend, crid: backend.fetch(crid),
        lambda backend, crid: backend.change(crid, {"language": "fr"}),
        lambda backend, crid: backend.activate(crid),
        lambda backend, crid: backend.watch_url(crid),
        lambda backend, crid: backend.qr_code(crid),
        lambda backend, crid: backend.card(crid),
    ],
    ids=["fetch", "change", "activate", "watch_url", "qr_code", "card"],
)
def test_an_unknown_order_is_not_found(backend: VideoGiftBackend, call: Any, other_brand: Brand) -> None:
    LocalBackend(other_brand).open(request_for("theirs"))
    for crid in (NEVER_OPENED, "theirs", "ORD 2026/1234"):
        with pytest.raises(NotFound):
            call(backend, crid)


def test_the_widget_s_script_is_told(backend: VideoGiftBackend, brand: Brand, live_server: Any) -> None:
    base = brand.base_url if isinstance(backend, LocalBackend) else live_server.url
    assert backend.widget_url == f"{base}/widget/assets/widget.latest.js"


# -- An account alone


@pytest.fixture
def far(live_server: Any, key: str) -> Callable[..., LivstickBackend]:
    def connect(**options: Any) -> LivstickBackend:
        return LivstickBackend(**{"key": key, "base_url": f"{live_server.url}/v3", **options})

    return connect


@pytest.mark.parametrize("wrong", ["gc_wrong", "a b", "ü"])
def test_a_wrong_key_is_refused_with_what_to_check(far: Callable[..., LivstickBackend], wrong: str) -> None:
    with pytest.raises(VendorRejected, match="check LIVSTICK_KEY") as refusal:
        far(key=wrong).fetch(NEVER_OPENED)
    assert refusal.value.status == 401


def test_too_many_calls_are_to_be_tried_later(far: Callable[..., LivstickBackend], settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "RATE_LIMIT_PER_MINUTE": 1}
    account = far()
    account.open(request_for())
    with pytest.raises(VendorUnavailable) as refusal:
        account.fetch("ORD-2026-1234")
    assert 0 < (refusal.value.retry_after or 0) <= 60


def test_a_server_that_sends_us_elsewhere_is_to_be_tried_later(
    far: Callable[..., LivstickBackend], live_server: Any
) -> None:
    with pytest.raises(VendorUnavailable, match="redirect"):
        far(base_url=f"{live_server.url}/admin").fetch(NEVER_OPENED)


def test_nobody_at_the_address_is_to_be_tried_later(far: Callable[..., LivstickBackend]) -> None:
    with pytest.raises(VendorUnavailable, match="cannot be reached"):
        far(base_url="http://127.0.0.1:9/v3").open(request_for())
