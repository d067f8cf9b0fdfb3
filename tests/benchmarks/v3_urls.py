"""The project, and beside it what a view costs that does as little as can be: the key, then the ORM."""

import json
import secrets
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gifting.models import ApiKey, Brand, JournalEntry, Order, VideoContainer
from gifting.services import keys


def _brand(request: HttpRequest) -> Brand:
    clear = request.headers["Authorization"].removeprefix("Bearer ")
    return ApiKey.objects.select_related("brand").get(digest=keys.digest(clear), revoked_at=None).brand


def _order(brand: Brand, said: dict[str, Any]) -> Order:
    return Order.objects.create(
        brand=brand,
        number=said["crid"],
        giver_email=said["email"],
        receiver_email=said["receiverEmail"],
        language=said["language"],
        additional_data=said["additionalData"],
        created_at=timezone.now(),
    )


@csrf_exempt
def one_insert(request: HttpRequest) -> JsonResponse:
    order = _order(_brand(request), json.loads(request.body))
    return JsonResponse({"id": order.pk, "crid": order.number}, status=201)


@csrf_exempt
@transaction.atomic
def three_inserts(request: HttpRequest) -> JsonResponse:
    """The rows that the API writes, and nothing else that it does."""
    order, now = _order(_brand(request), json.loads(request.body)), timezone.now()
    container = VideoContainer.objects.create(
        order=order,
        urid=secrets.token_hex(5),
        edit_key=uuid.uuid4(),
        watch_token=secrets.token_urlsafe(18),
        created_at=now,
    )
    JournalEntry.objects.create(container=container, at=now, actor="api", event="created")
    return JsonResponse({"crid": order.number, "urid": container.urid}, status=201)


def one_select(request: HttpRequest, crid: str) -> JsonResponse:
    orders = VideoContainer.objects.select_related("order")
    found = orders.get(order__brand=_brand(request), order__number=crid)
    return JsonResponse({"crid": found.order.number, "urid": found.urid, "state": found.state})


urlpatterns = [
    path("bare/one", one_insert),
    path("bare/three", three_inserts),
    path("bare/<str:crid>", one_select),
    path("", include("config.urls")),
]
