"""Resumable uploads by tus 1.0: `/widget/uploads` makes one, its own address takes the bytes."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from gifting.api import cors, edit_key, tus
from gifting.api.chunk import Chunk
from gifting.conf import conf
from gifting.errors import Invalid, UnsupportedMediaType
from gifting.models import Upload, VideoContainer
from gifting.services import links, uploads


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests  # or a host's ATOMIC_REQUESTS would hold a transaction while bytes arrive
def create(request: HttpRequest) -> HttpResponse:
    """OPTIONS tells what this server can; POST makes an upload for the gift named by the metadata `urid`."""

    def find() -> VideoContainer:
        urid = tus.metadata(request.headers).get("urid")
        if not urid:
            raise Invalid("Say in Upload-Metadata which gift message this is for: urid.")
        return links.open_giver_link(urid=urid)

    response = cors.serve(
        request,
        find=find,
        brand_of=lambda container: container.order.brand,
        methods={"POST": _create},
        errors=tus.tus_error_response,
    )
    return _speak_tus(response, request)


@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
def upload(request: HttpRequest, uid: str) -> HttpResponse:
    """HEAD tells the offset, PATCH adds bytes, DELETE forgets them. Who knows the address may do it all."""

    response = cors.serve(
        request,
        find=lambda: uploads.find_upload(uid=uid, now=timezone.now()),
        brand_of=uploads.brand_of,
        methods={"HEAD": _head, "PATCH": _patch, "DELETE": _delete},
        method=_method(request),
        errors=tus.tus_error_response,
    )
    return _speak_tus(response, request)


def _method(request: HttpRequest) -> str:
    """Some networks let nothing but GET and POST pass."""
    override = request.headers.get("X-HTTP-Method-Override", "") if request.method == "POST" else ""
    return override.upper() or request.method or ""


def _speak_tus(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    response["Tus-Resumable"] = tus.VERSION
    response["Cache-Control"] = "no-store"
    if request.method == "OPTIONS" or response.status_code == 412:
        response["Tus-Version"] = tus.VERSION
    if request.method == "OPTIONS":
        response["Tus-Extension"] = tus.EXTENSIONS
        response["Tus-Max-Size"] = str(conf().MAX_UPLOAD_BYTES)
        response["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    return response


def _create(request: HttpRequest, container: VideoContainer) -> HttpResponse:
    tus.check_version(request.headers)
    edit_key.check(request, container)
    made = uploads.start_upload(
        container=container,
        length=tus.new_length(request.headers),
        metadata=tus.metadata(request.headers),
        now=timezone.now(),
    )
    if request.content_type == tus.CHUNK_TYPE and not made.finished_at:
        _append(request, made, offset=0, length=None)
    location = reverse("gifting:upload", args=[made.uid])
    return cors.empty(201, {"Location": location, **_progress(made)})


def _head(request: HttpRequest, found: Upload) -> HttpResponse:
    tus.check_version(request.headers)
    length = {"Upload-Defer-Length": "1"} if found.length is None else {"Upload-Length": str(found.length)}
    said = {"Upload-Metadata": tus.metadata_header(found.metadata)} if found.metadata else {}
    return cors.empty(200, {**_progress(found), **length, **said})


def _patch(request: HttpRequest, found: Upload) -> HttpResponse:
    tus.check_version(request.headers)
    if request.content_type != tus.CHUNK_TYPE:
        raise UnsupportedMediaType(f"Send the bytes with Content-Type: {tus.CHUNK_TYPE}.")
    _append(request, found, offset=tus.offset(request.headers), length=tus.late_length(request.headers))
    return cors.empty(204, _progress(found))


def _append(request: HttpRequest, found: Upload, *, offset: int, length: int | None) -> None:
    checksum = tus.checksum(request.headers)
    limit = uploads.room(upload=found, offset=offset, length=length)
    chunk = Chunk(request, limit=limit, checksum=checksum)
    uploads.append(upload=found, offset=offset, length=length, chunk=chunk, now=timezone.now())


def _delete(request: HttpRequest, found: Upload) -> HttpResponse:
    tus.check_version(request.headers)
    uploads.abandon(upload=found, now=timezone.now())
    return cors.empty(204, {})


def _progress(found: Upload) -> dict[str, str]:
    expires = {} if found.finished_at else {"Upload-Expires": http_date(found.expires_at.timestamp())}
    return {"Upload-Offset": str(found.offset), **expires}
