"""The packs of a brand: found, listed, downloaded, wished for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.urls import reverse

from gifting.errors import Invalid, PackUnknown
from gifting.models import Brand, PackUser, Sticker, StickerPack
from gifting.services.pack_users import UNSTORABLE, check_user

NUMBER_MAX = 2_147_483_647
QUERY_MAX = 100
SEARCHED = ("name", "keywords", "category", "artist")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPage:
    """Some packs of a list, each with what `flagged` adds; `total` is the length of the whole list."""

    items: Sequence[Any]
    total: int


def packs(*, brand: Brand, page: int, limit: int, query: str = "", user: str = "") -> PackPage:
    """The brand's catalogue, newest first; every word of `query` must be found in a pack. Raises Invalid."""
    if len(query) > QUERY_MAX or UNSTORABLE.search(query):
        raise Invalid(f"q must have at most {QUERY_MAX} characters.", fields={"q": "Is too long."})
    found = StickerPack.objects.filter(brand=brand, is_listed=True)
    for word in query.split():
        found = found.filter(_mentions(word))
    offset = (page - 1) * limit
    total = found.count()
    rows = list(flagged(found, user=user).order_by("-pk")[offset : offset + limit] if offset < total else ())
    for pack in rows:
        pack.brand = brand
    return PackPage(items=rows, total=total)


def _mentions(word: str) -> Q:
    condition = Q()
    for field in SEARCHED:
        condition |= Q(**{f"{field}__icontains": word})
    return condition


def find_pack(*, brand: Brand, number: int, user: str = "") -> Any:
    """A pack of the brand, also one that left the catalogue, with what `flagged` adds. Raises PackUnknown."""
    known = StickerPack.objects.filter(brand=brand, number=number) if 0 < number <= NUMBER_MAX else None
    pack: Any = None if known is None else flagged(known, user=user).first()
    if pack is None:
        raise PackUnknown("There is no pack with this number.")
    pack.brand = brand
    return pack


def flagged(rows: QuerySet[StickerPack], *, user: str) -> QuerySet[Any]:
    """With the attributes `downloaded_at` and `wished_at` of this user, None for nobody. Raises Invalid."""
    if user:
        check_user(user)
    return own_facts(rows, "users", user)


def own_facts(rows: QuerySet[Any], path: str, user: str) -> QuerySet[Any]:
    """Joins the user's row of each pack; `path` leads from a row to the users of its pack."""
    own = FilteredRelation(path, condition=Q(**{f"{path}__user": user}))
    facts = {"downloaded_at": F("own__downloaded_at"), "wished_at": F("own__wished_at")}
    joined: QuerySet[Any] = rows.annotate(own=own).annotate(**facts)
    return joined


def mark_downloaded(*, brand: Brand, number: int, user: str, now: datetime) -> None:
    """The user has the pack from now on. Raises Invalid, PackUnknown."""
    check_user(user)
    own(pack=find_pack(brand=brand, number=number), user=user, now=now)


def own(*, pack: StickerPack, user: str, now: datetime) -> None:
    """The same for a pack at hand."""
    _remember(pack, user, downloaded_at=now)


def wish(*, brand: Brand, number: int, user: str, now: datetime) -> None:
    """The user would like to have the pack. Raises Invalid, PackUnknown."""
    check_user(user)
    _remember(find_pack(brand=brand, number=number), user, wished_at=now)


def unwish(*, brand: Brand, number: int, user: str) -> None:
    """The user does not wish for it any more. Raises Invalid, PackUnknown."""
    check_user(user)
    pack = find_pack(brand=brand, number=number)
    PackUser.objects.filter(pack=pack, user=user).update(wished_at=None)


def _remember(pack: StickerPack, user: str, **facts: datetime) -> None:
    """One statement, so that two at once end in one row."""
    PackUser.objects.bulk_create(
        [PackUser(pack=pack, user=user, **facts)],
        update_conflicts=True,
        unique_fields=["user", "pack"],
        update_fields=list(facts),
    )


def image_url(pack: StickerPack) -> str:
    """The absolute address of the main image; empty where there is none."""
    return _url(pack, "gifting:pack_image", pack.pk, pack.image.name)


def sticker_url(sticker: Sticker) -> str:
    """The absolute address of a sticker's image."""
    return _url(sticker.pack, "gifting:sticker_image", sticker.pk, sticker.image.name)


def _url(pack: StickerPack, view: str, pk: int, name: str | None) -> str:
    return pack.brand.url(reverse(view, args=[pk, name.rpartition("/")[2]])) if name else ""
