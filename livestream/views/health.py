"""`/live/healthz`: for load balancers and monitors. Says what fails, and nothing else of the installation."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from livestream.services import health


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where everything answers, 503 where a part does not."""
    report = health.report(now=timezone.now())
    status = 200 if health.is_ok(report) else 503
    return JsonResponse(health.as_json(report), status=status, headers={"Cache-Control": "no-store"})
