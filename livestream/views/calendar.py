"""The entry for calendars."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from livestream.services import calendars
from livestream.views.streams import stream_or_404


@login_not_required
@require_safe
def calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file that "Add to calendar" gives."""
    stream = stream_or_404(public_id)
    path = reverse("livestream:watch", args=[stream.public_id])
    url = request.build_absolute_uri(stream.channel.url(path))
    text = calendars.entry(stream=stream, url=url, now=timezone.now())
    headers = {
        "Content-Disposition": f'attachment; filename="{stream.public_id}.ics"',
        "Cache-Control": "public, no-cache",
    }
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
