"""The pictures of packs and stickers: public, and under a name that never gets another picture."""

from pathlib import PurePosixPath
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from gifting.models import Sticker, StickerPack

TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@login_not_required
@require_safe
def pack_image(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The main image of a pack; also of one that left the catalogue, because it may have been given."""
    return _picture(request, StickerPack, pk, name)


@login_not_required
@require_safe
def sticker_image(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One sticker."""
    return _picture(request, Sticker, pk, name)


def _picture(request: HttpRequest, model: Any, pk: int, name: str) -> HttpResponseBase:
    """The field's picture, as long as the name is still its own."""
    media_type = TYPES.get(PurePosixPath(name).suffix)
    shown = model.objects.only("image").filter(pk=pk).first() if media_type and pk < 2**63 else None
    if shown is None or PurePosixPath(shown.image.name).name != name:
        raise Http404
    etag = quote_etag(name)
    response = HttpResponse(_read(shown.image), content_type=media_type, headers={**HEADERS, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response


def _read(image: FieldFile) -> bytes:
    try:
        with image.open() as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return data
