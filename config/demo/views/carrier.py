"""Playing the carrier: parcels leave and arrive at the press of a button."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.demo import parcels
from config.demo.parcels import Parcel
from gifting.errors import GiftingError, NotFound


@require_safe
def parcel_list(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/parcels.html", {"parcels": parcels.parcels()})


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
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    parcel = _find(pk)
    if parcels.deliver(parcel=parcel, now=timezone.now()):
        messages.success(request, f"{parcel.container} has arrived. Look into the mailbox.")
    else:
        messages.warning(request, f"Nothing changed: {parcel.container} is not under way.")
    return redirect("demo:parcels")


def _find(pk: int) -> Parcel:
    try:
        return parcels.find_parcel(pk=pk)
    except NotFound:
        raise Http404 from None
