"""Videos and posters by signed link: sent from here in parts, by nginx, or by the storage itself."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gifting import names
from gifting.conf import conf
from gifting.errors import NotFound
from gifting.models import Recording
from gifting.services import languages, links
from gifting.views import pages, streams

TYPES = {"video.mp4": "video/mp4", "poster.jpg": "image/jpeg"}


@login_not_required
@require_safe
def media_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """One file of a recording. `?download` makes the browser save it."""
    try:
        recording = links.open_media_link(token=token, name=name)
        return _deliver(request, recording, name)
    except (NotFound, KeyError, FileNotFoundError):
        return pages.not_found(request, "gifting/link_expired.html")


def _deliver(request: HttpRequest, recording: Recording, name: str) -> HttpResponseBase:
    file: FieldFile = getattr(recording, links.FILES[name])
    download = "download" in request.GET
    headers = _headers(recording, name, download=download)
    match conf().MEDIA_DELIVERY:
        case "accel":
            path = quote(conf().MEDIA_ACCEL_PREFIX + str(file.name))
            return HttpResponse(headers={**headers, "X-Accel-Redirect": path})
        case "redirect" if not download:  # Storages differ in how they can be told a file name, if at all.
            return HttpResponseRedirect(file.url, headers={"Cache-Control": "private, no-store"})
    return streams.stream(request, file, etag=_etag(recording, name), headers=headers)


def _headers(recording: Recording, name: str, *, download: bool) -> dict[str, str]:
    return {
        "Content-Type": TYPES[name],
        "Content-Disposition": _attachment(recording, name) if download else "inline",
        "Cache-Control": f"private, max-age={conf().MEDIA_URL_SECONDS}",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }


def _attachment(recording: Recording, name: str) -> str:
    """Saved under a name that still means something in ten years."""
    order = recording.container.order
    with translation.override(languages.spoken(order)):
        giver = names.person(order.giver_name)
        title = _("Video message from %(giver)s") % {"giver": giver} if giver else _("Video message")
    suffix = name.rpartition(".")[2]
    return str(content_disposition_header(True, f"{names.file_name(title)}.{suffix}"))


def _etag(recording: Recording, name: str) -> str:
    """Strong: the bytes of a ready recording never change."""
    made = recording.ready_at.timestamp() if recording.ready_at else 0
    return f'"{recording.pk:x}-{int(made * 1000):x}-{name[0]}"'
