"""Packs: the catalogue, one pack with its stickers, and what a user downloads."""

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from gifting.api.gift import document, envelope, items, schemas
from gifting.api.gift.auth import AppRequest
from gifting.api.gift.pages import package_number, page_map, query_text, read_ask
from gifting.services import pack_catalogue

router = Router(tags=["Packs"])


@router.get(
    "/package",
    summary="List the packs",
    **document.describe(schemas.Packs, parameters=(*schemas.PAGES, schemas.WORDS, schemas.VIEWER)),
)
def list_packs(request: AppRequest) -> HttpResponse:
    """The catalogue, newest first."""
    ask = read_ask(request)
    page = pack_catalogue.packs(
        brand=request.auth.brand,
        page=ask.page,
        limit=ask.limit,
        query=query_text(request, "q"),
        user=query_text(request, "userId"),
    )
    listed = [items.listed_pack(pack) for pack in page.items]
    return envelope.success({"packageList": listed, "pageMap": page_map(ask, page.total)})


@router.get(
    "/package/{packageId}",
    summary="Look at a pack",
    **document.describe(schemas.PackFound, codes=["2001"], parameters=[schemas.VIEWER]),
)
def get_pack(request: AppRequest, packageId: schemas.PackageId) -> HttpResponse:
    """The pack with its stickers; also one that left the catalogue, for it may have been given."""
    pack = pack_catalogue.find_pack(
        brand=request.auth.brand, number=package_number(packageId), user=query_text(request, "userId")
    )
    return envelope.success({"package": items.whole_pack(pack, pack.stickers.all())})


@router.post(
    "/download/{packageId}",
    summary="Download a pack",
    **document.describe(schemas.Done, codes=["2001"], parameters=[schemas.OWNER]),
)
def download_pack(request: AppRequest, packageId: schemas.PackageId) -> HttpResponse:
    """The user has the pack from now on, and nobody can give it to them any more."""
    pack_catalogue.mark_downloaded(
        brand=request.auth.brand,
        number=package_number(packageId),
        user=query_text(request, "userId"),
        now=timezone.now(),
    )
    return envelope.success([])
