"""What changes a show: pin, unpin, end."""

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from livestream.api import document, replies, schemas
from livestream.api.auth import AppRequest
from livestream.api.bodies import read_object
from livestream.errors import (
    BusUnavailable,
    Invalid,
    Malformed,
    NotEndable,
    NothingPinned,
    NotLive,
    ProductsUnknown,
    TooLarge,
    UnsupportedMediaType,
    VendorRejected,
)
from livestream.scopes import WRITE
from livestream.services import desk, details, pins

ANY_BODY = (
    Invalid("product_ids is required"),
    Invalid("product_ids cannot be empty"),
    Invalid("product_ids must be an array of strings"),
    Invalid(f"Maximum {pins.MOST} products allowed per request"),
    Invalid("Request body is not valid JSON"),
    Invalid("Request body must be a JSON object"),
    TooLarge(),
    UnsupportedMediaType(),
)
ANY_CHANGE = (BusUnavailable(), VendorRejected("The hosted account refused, in its own words"))
router = Router(tags=["Write"])


@router.post(
    "/{live_stream_id}/pin_product",
    summary="Pin products",
    operation_id="pin_product",
    **document.describe(
        schemas.PinnedOut,
        scope=WRITE,
        body=schemas.ProductIdsIn,
        errors=[
            *document.ONE_STREAM,
            *ANY_BODY,
            Malformed("Malformed product id"),
            ProductsUnknown(),
            NotLive(),
            *ANY_CHANGE,
        ],
    ),
)
def pin_product(request: AppRequest, live_stream_id: schemas.StreamId) -> HttpResponse:
    """Show these products to every viewer, in this order, instead of what was pinned.

    The answer comes once the change is on its way to every viewer. Ids that the channel does not have are
    left out; a livestream must be active or paused.
    """
    caller = request.auth
    stream = details.find_stream(channel=caller.channel, public_id=live_stream_id)
    ids = pins.check_ids(read_object(request).get("product_ids"))
    pinned = desk.pin(stream=stream, ids=ids, actor=caller.actor, now=timezone.now())
    return replies.reply({"pinned_product_ids": pinned})


@router.post(
    "/{live_stream_id}/unpin_product",
    summary="Unpin products",
    operation_id="unpin_product",
    **document.describe(
        schemas.UnpinnedOut,
        scope=WRITE,
        body=schemas.ProductIdsIn,
        errors=[*document.ONE_STREAM, *ANY_BODY, NothingPinned(), *ANY_CHANGE],
    ),
)
def unpin_product(request: AppRequest, live_stream_id: schemas.StreamId) -> HttpResponse:
    """Take products away, in any status; answers with those that were pinned and no longer are."""
    caller = request.auth
    stream = details.find_stream(channel=caller.channel, public_id=live_stream_id)
    ids = pins.check_ids(read_object(request).get("product_ids"))
    unpinned = desk.unpin(stream=stream, ids=ids, actor=caller.actor, now=timezone.now())
    return replies.reply({"unpinned_product_ids": unpinned})


@router.patch(
    "/{live_stream_id}/end",
    summary="End a livestream",
    operation_id="end",
    **document.describe(
        schemas.EndedOut, scope=WRITE, errors=[*document.ONE_STREAM, NotEndable(), *ANY_CHANGE]
    ),
)
def end(request: AppRequest, live_stream_id: schemas.StreamId) -> HttpResponse:
    """End the show for good: it becomes the replay. No body is needed."""
    caller = request.auth
    stream = details.find_stream(channel=caller.channel, public_id=live_stream_id)
    desk.end(stream=stream, actor=caller.actor, now=timezone.now())
    return replies.reply({"live_stream_id": live_stream_id, "status": "ended"})
