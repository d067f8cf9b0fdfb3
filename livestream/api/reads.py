"""What is on: the details of a livestream, and the livestreams of a playlist."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from livestream.api import document, replies, schemas
from livestream.api.auth import AppRequest
from livestream.errors import AccessDenied, Invalid, Malformed, NotFound
from livestream.ids import LARGEST, Kind, number_of
from livestream.scopes import READ
from livestream.services import details, playlists
from livestream.services.playlists import PAGE_MOST, PAGE_SIZE

DIGITS = re.compile(r"[0-9]{1,19}")
BAD_SIZE = f"page_size must be a whole number from 1 to {PAGE_MOST}"
BAD_CURSOR = "before_id must be the id of a livestream or a number"
PLAYLIST = (
    Malformed("Malformed playlist id"),
    NotFound("Playlist not found"),
    AccessDenied("Access denied to this playlist"),
    Invalid(BAD_SIZE),
    Invalid(BAD_CURSOR),
)
PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "page_size",
        "in": "query",
        "description": "How many livestreams a page has.",
        "schema": {"type": "integer", "minimum": 1, "maximum": PAGE_MOST, "default": PAGE_SIZE},
    },
    {
        "name": "before_id",
        "in": "query",
        "description": "Only livestreams that are older than this one; `paging.next` has it as a number.",
        "schema": {"type": "string"},
        "example": "24988",
    },
]


def get_details(request: AppRequest, live_stream_id: schemas.StreamId) -> HttpResponse:
    """Status, schedule, event and products of a livestream."""
    stream = details.find_stream(channel=request.auth.channel, public_id=live_stream_id)
    return replies.reply(replies.details(stream, details.products(stream)))


def list_playlist(request: AppRequest, playlist_id: schemas.PlaylistId) -> HttpResponse:
    """The livestreams of a playlist, newest first, a page at a time."""
    playlist = details.find_playlist(channel=request.auth.channel, public_id=playlist_id)
    size, before = _size(request), _before(request)
    page = playlists.page(playlist=playlist, size=size, before=before)
    return replies.reply(
        {
            "live_streams": [replies.entry(stream) for stream in page.streams],
            "paging": _paging(request, size, page.before),
        }
    )


def _paging(request: HttpRequest, size: int, before: int | None) -> dict[str, str]:
    """The next page is asked for at the same address, so an older client stays with the older names."""
    return {} if before is None else {"next": f"{request.path}?before_id={before}&page_size={size}"}


def _size(request: HttpRequest) -> int:
    said = request.GET.get("page_size", str(PAGE_SIZE))
    if DIGITS.fullmatch(said) and 1 <= int(said) <= PAGE_MOST:
        return int(said)
    raise Invalid(BAD_SIZE)


def _before(request: HttpRequest) -> int | None:
    """A number, as `paging.next` has it, or an id; digits alone are a number."""
    said = request.GET.get("before_id")
    if said is None:
        return None
    if DIGITS.fullmatch(said):
        return min(int(said), LARGEST)
    try:
        number = number_of(Kind.STREAM, said)
    except Malformed:
        number = None
    if number is None:
        raise Invalid(BAD_CURSOR)
    return number


def router(family: str, *, deprecated: bool = False) -> Router:
    """The same calls for the older names and the newer ones."""
    found = Router(tags=["Read"])
    found.get(
        "/{live_stream_id}/detail",
        summary="Get a livestream",
        operation_id=f"{family}_details",
        deprecated=deprecated,
        **document.describe(schemas.DetailsOut, scope=READ, errors=document.ONE_STREAM),
    )(get_details)
    found.get(
        "/playlists/{playlist_id}/videos",
        summary="List a playlist",
        operation_id=f"{family}_playlist",
        deprecated=deprecated,
        **document.describe(schemas.PageOut, scope=READ, errors=PLAYLIST, parameters=PARAMETERS),
    )(list_playlist)
    return found
