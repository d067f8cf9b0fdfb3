"""The project, and beside it what a view costs that believes everything and stores it."""

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from gifting.models import WebhookReceipt


@csrf_exempt
def one_insert(request: HttpRequest) -> JsonResponse:
    key, now = request.headers["webhook-id"], timezone.now()
    WebhookReceipt.objects.create(source="bare", key=key, body=request.body, received_at=now, due_at=now)
    return JsonResponse({"result": "ok"})


urlpatterns = [path("bare/push", one_insert), path("", include("config.urls"))]
