"""What is printed for a container: the QR code, the card, the address behind both."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router

from gifting.api.v3 import document, replies, schemas
from gifting.api.v3.auth import ShopRequest
from gifting.cards import qr
from gifting.services import cards, containers

router = Router(tags=["Printing"])
ERRORS = ("unauthorized", "not_found", "rate_limited", "unavailable")
PRINT_ERRORS = ("invalid", *ERRORS)  # An address that is too long for a QR code.


@router.get(
    "/{crid}/qrcode",
    summary="The QR code",
    **document.describe({200: None}, media_type="image/png", errors=PRINT_ERRORS),
)
def get_qrcode(request: ShopRequest, crid: schemas.Crid) -> HttpResponse:
    """A PNG of 300x300 pixels that says the watch address, with its quiet zone."""
    container = containers.find_container(brand=request.auth.brand, crid=crid)
    return HttpResponse(qr.qr_png(cards.watch_url(container)), content_type="image/png")


@router.get(
    "/{crid}/card",
    summary="The card",
    **document.describe({200: None}, media_type="application/pdf", errors=PRINT_ERRORS),
)
def get_card(request: ShopRequest, crid: schemas.Crid) -> HttpResponse:
    """One page, ready to print: QR code, logo, and the first names of giver and receiver."""
    container = containers.find_container(brand=request.auth.brand, crid=crid)
    name = content_disposition_header(as_attachment=False, filename=f"{crid}.pdf")
    return HttpResponse(
        cards.card_pdf(container=container),
        content_type="application/pdf",
        headers={"Content-Disposition": name},
    )


@router.get(
    "/{crid}/url",
    summary="The watch address",
    **document.describe({200: schemas.UrlOut}, errors=ERRORS),
)
def get_url(request: ShopRequest, crid: schemas.Crid) -> HttpResponse:
    """What the QR code says: an address with an opaque token."""
    container = containers.find_container(brand=request.auth.brand, crid=crid)
    return replies.reply({"url": cards.watch_url(container)})
