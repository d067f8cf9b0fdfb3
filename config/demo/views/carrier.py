"""Playing the carrier: parcels leave and arrive at the press of a button."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.demo import parcels
from config.demo.parcels import Parcel
from gifting.dto import ParcelStatus
from gifting.errors import GiftingError, NotFound

REPORTS = {
    ParcelStatus.DELIVERED.value: (
        "Deliver",
        "The carrier reported that {} has arrived. Look into the mailbox.",
    ),
    ParcelStatus.OUT_FOR_DELIVERY.value: ("Out for delivery", "The carrier reported that {} arrives today."),
    ParcelStatus.RETURNED.value: ("Send back", "The carrier reported that {} goes back to the shop."),
}
"""The button, and what is said when it was pressed."""


@require_safe
def parcel_list(request: HttpRequest) -> HttpResponse:
    context = {"parcels": parcels.parcels(), "reports": REPORTS}
    return render(request, "demo/parcels.html", context)


@require_POST
def ship(request: HttpRequest, pk: int) -> HttpResponse:
    parcel = _find(pk)
    try:
        parcels.ship(parcel=parcel, now=timezone.now())
    except GiftingError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{parcel.container} has left the shop.")
    return redirect("demo:parcels")


@require_POST
def report(request: HttpRequest, pk: int, status: str) -> HttpResponse:
    """What the carrier's system tells us by a signed push."""
    if status not in REPORTS:
        raise Http404
    parcel = _find(pk)
    if parcels.report(parcel=parcel, status=ParcelStatus(status), now=timezone.now()):
        messages.success(request, REPORTS[status][1].format(parcel.container))
    else:
        messages.warning(request, f"Nothing changed: {parcel.container} is not under way.")
    return redirect("demo:parcels")


def _find(pk: int) -> Parcel:
    try:
        return parcels.find_parcel(pk=pk)
    except NotFound:
        raise Http404 from None
