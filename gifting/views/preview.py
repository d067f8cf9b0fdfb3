"""What the receiver will see, for the giver."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from gifting.errors import NotFound
from gifting.models import Recording, VideoContainer
from gifting.services import links
from gifting.services.containers import CLOSED
from gifting.views import pages


@login_not_required
@require_safe
def preview_page(request: HttpRequest, urid: str) -> HttpResponse:
    """The message as it is now. While a video is being prepared the page asks for itself again.

    A hosted gift has such a page in its account, and leads there.
    """
    try:
        container = links.open_giver_link(urid=urid)
    except NotFound:
        return pages.not_found(request)
    if container.state in CLOSED or container.is_withdrawn:
        return pages.page(request, "gifting/watch_closed.html", order=container.order, context={})
    if container.is_hosted:
        return pages.elsewhere(container.hosted.preview_url or reverse("gifting:record", args=[urid]))
    context = {**pages.message_context(container), **_progress(container)}
    return pages.page(request, "gifting/preview.html", order=container.order, context=context)


def _progress(container: VideoContainer) -> dict[str, str]:
    """`stage`: nothing, processing, delayed, refused (then `refusal` says why) or ready."""
    latest = container.recordings.first()
    if latest and latest.state in Recording.WAITING:
        return {"stage": "processing"}
    if latest and latest.state == Recording.State.FAILED:
        return {"stage": "delayed"}
    if container.has_message:
        return {"stage": "ready"}
    return {"stage": "refused", "refusal": latest.get_refusal_display()} if latest else {"stage": "nothing"}
