"""Containers: open, look at, change, activate."""

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from gifting.api.bodies import read_body
from gifting.api.v3 import document, replies, schemas
from gifting.api.v3.auth import ShopRequest, actor
from gifting.api.v3.facts import find_facts
from gifting.dto import NewContainer
from gifting.services import containers

ANY_CALL = ("unauthorized", "rate_limited", "unavailable")
ANY_BODY = ("invalid", "too_large", "unsupported_media_type")
router = Router(tags=["Containers"])


@router.post(
    "",
    summary="Open a container",
    **document.describe(
        {201: schemas.ContainerOut, 200: schemas.ContainerOut},
        body=schemas.ContainerIn,
        errors=[*ANY_CALL, *ANY_BODY, "crid_taken"],
    ),
)
def open_container(request: ShopRequest) -> HttpResponse:
    """A slot for one video message. 201 when it is new; the same body again: 200 and the same container."""
    brand, said = request.auth.brand, read_body(request, schemas.ContainerIn)
    container, is_new = containers.open_container(
        brand=brand, request=_new(said), actor=actor(request), now=timezone.now()
    )
    return replies.reply(replies.opened(container), status=201 if is_new else 200)


def _new(said: schemas.ContainerIn) -> NewContainer:
    return NewContainer(
        crid=said.crid,
        email=said.email,
        receiver_email=said.receiverEmail or "",
        language=said.language or "",
        additional_data=said.additionalData or {},
    )


@router.get(
    "/{crid}",
    summary="Look at a container",
    **document.describe({200: schemas.DetailsOut}, errors=[*ANY_CALL, "not_found"]),
)
def get_container(request: ShopRequest, crid: schemas.Crid) -> HttpResponse:
    """The five fields of the opened container, and what has happened since; what is not known yet is null."""
    brand = request.auth.brand
    return replies.reply(replies.details(brand, crid, find_facts(brand=brand, crid=crid)))


@router.patch(
    "/{crid}",
    summary="Change a container",
    **document.describe(
        {200: schemas.ResultOut},
        body=schemas.ChangesIn,
        errors=[*ANY_CALL, *ANY_BODY, "not_found", "locked"],
    ),
)
def change_container(request: ShopRequest, crid: schemas.Crid) -> HttpResponse:
    """Attach the shipment, or change receiver, language or additional data. Fields not sent stay."""
    changes = read_body(request, schemas.ChangesIn).model_dump(exclude_none=True)
    container = containers.find_container(brand=request.auth.brand, crid=crid)
    containers.change_container(
        container=container, changes=changes, actor=actor(request), now=timezone.now()
    )
    return replies.ok()


@router.post(
    "/{crid}/notify",
    summary="Activate the QR code",
    **document.describe({200: schemas.ResultOut}, errors=[*ANY_CALL, "not_found", "locked"]),
)
def notify(request: ShopRequest, crid: schemas.Crid) -> HttpResponse:
    """From now on the watch link shows the message. No body is needed; a second call changes nothing."""
    container = containers.find_container(brand=request.auth.brand, crid=crid)
    containers.activate(container=container, actor=actor(request), now=timezone.now())
    return replies.ok()
