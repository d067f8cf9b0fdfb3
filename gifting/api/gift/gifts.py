"""Gifts: send, confirm, and the lists of what a user sent and received."""

from contextlib import suppress

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from gifting.api.bodies import read_body
from gifting.api.gift import document, envelope, items, schemas
from gifting.api.gift.auth import AppRequest
from gifting.api.gift.pages import Ask, package_number, page_map, query_text, read_ask
from gifting.errors import UnsupportedMediaType
from gifting.services import pack_lists, packs
from gifting.services.pack_lists import GiftPage

router = Router(tags=["Gifts"])
PAIR_CODES = ("2001", "2004")


@router.post(
    "/{packageId}/{sendUserId}/{receiveUserId}",
    summary="Send a gift pack",
    **document.describe(
        schemas.Done,
        codes=(*PAIR_CODES, "2003"),
        parameters=[schemas.NOTE],
        body=schemas.SendIn,
        may_redirect=True,
    ),
)
def send_gift(
    request: AppRequest,
    packageId: schemas.PackageId,
    sendUserId: schemas.UserId,
    receiveUserId: schemas.UserId,
) -> HttpResponse:
    """One user gives a pack to another, who confirms it. A note is at most 200 characters, on one line."""
    packs.send(
        brand=request.auth.brand,
        number=package_number(packageId),
        sender=sendUserId,
        receiver=receiveUserId,
        note=_note(request),
        now=timezone.now(),
    )
    return envelope.success([])


def _note(request: AppRequest) -> str:
    """Of the body, else of the query. The contract knows no body: one that is no JSON is not for us."""
    with suppress(UnsupportedMediaType):
        said = read_body(request, schemas.SendIn).note
        if said is not None:
            return said
    return query_text(request, "note")


@router.put(
    "/{packageId}/{sendUserId}/{receiveUserId}",
    summary="Confirm a gift pack",
    **document.describe(schemas.Done, codes=(*PAIR_CODES, "2002", "2005"), may_redirect=True),
)
def confirm_gift(
    request: AppRequest,
    packageId: schemas.PackageId,
    sendUserId: schemas.UserId,
    receiveUserId: schemas.UserId,
) -> HttpResponse:
    """The receiver has the pack from now on. Confirming again changes nothing."""
    packs.confirm(
        brand=request.auth.brand,
        number=package_number(packageId),
        sender=sendUserId,
        receiver=receiveUserId,
        now=timezone.now(),
    )
    return envelope.success([])


@router.get(
    "/send/{userId}",
    summary="List the gifts that a user sent",
    **document.describe(schemas.Gifts, parameters=schemas.PAGES),
)
def list_sent(request: AppRequest, userId: schemas.UserId) -> HttpResponse:
    """Newest first, without those that expired or were revoked. The flags are those of this user."""
    ask = read_ask(request)
    page = pack_lists.sent(brand=request.auth.brand, user=userId, page=ask.page, limit=ask.limit)
    return _listed(page, ask)


@router.get(
    "/receive/{userId}",
    summary="List the gifts that a user received",
    **document.describe(schemas.Gifts, parameters=schemas.PAGES),
)
def list_received(request: AppRequest, userId: schemas.UserId) -> HttpResponse:
    """Newest first, confirmed or not, without those that expired or were revoked."""
    ask = read_ask(request)
    page = pack_lists.received(brand=request.auth.brand, user=userId, page=ask.page, limit=ask.limit)
    return _listed(page, ask)


def _listed(page: GiftPage, ask: Ask) -> HttpResponse:
    gifts = [items.gift(gift) for gift in page.items]
    return envelope.success({"packageList": gifts, "pageMap": page_map(ask, page.total)})
