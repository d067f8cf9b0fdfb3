"""The project, and beside it what a view costs that does as little as can be: the key, then one statement."""

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gifting.models import ApiKey, Brand, GiftPack
from gifting.services import keys

State = GiftPack.State


def _brand(request: HttpRequest) -> Brand:
    digest = keys.digest(request.headers["apikey"])
    return ApiKey.objects.select_related("brand").get(digest=digest, revoked_at=None).brand


@csrf_exempt
def one_insert(request: HttpRequest, pack: int, sender: str, receiver: str) -> JsonResponse:
    gift = GiftPack.objects.create(
        brand=_brand(request), pack_id=pack, sender=sender, receiver=receiver, sent_at=timezone.now()
    )
    return JsonResponse({"id": gift.pk})


@csrf_exempt
def one_update(request: HttpRequest, pack: int, sender: str, receiver: str) -> JsonResponse:
    gifts = GiftPack.objects.filter(brand=_brand(request), pack=pack, sender=sender, receiver=receiver)
    done = gifts.filter(state=State.SENT).update(state=State.CONFIRMED, confirmed_at=timezone.now())
    return JsonResponse({"done": done})


urlpatterns = [
    path("bare/send/<int:pack>/<str:sender>/<str:receiver>", one_insert),
    path("bare/confirm/<int:pack>/<str:sender>/<str:receiver>", one_update),
    path("", include("config.urls")),
]
