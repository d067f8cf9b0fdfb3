"""The pictures of many packs at once: `118/main.png` is pack 118's own, `118/01.png` its first sticker."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from gifting.errors import Invalid
from gifting.models import Brand, Sticker, StickerPack
from gifting.models.packs import image_name
from gifting.services import files
from gifting.services.pack_archives import NOTHING, Entry, folder_entries, zip_entries
from gifting.services.pack_imports import BATCH, NUMBER, Imported, Problem
from gifting.services.pack_pictures import Picture, check, files_of, forget

Item = TypeVar("Item")
MAIN = -1
PLACE = re.compile(r"(?:(?P<main>main)|(?P<position>[0-9]{1,4}))\.(?:png|jpe?g|gif|webp)", re.ASCII | re.I)


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that was checked, and where it belongs: `position` is MAIN for a pack's own."""

    entry: Entry
    pack: StickerPack
    position: int
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Who follows an import: is told how many of how many steps are done, and is called in the transaction
    that saves it all. New pictures go into the `folder`.
    """

    folder: str = "packs"
    tell: Callable[[int, int], None] = lambda done, steps: None
    saved: Callable[[Imported], None] = lambda result: None


NOBODY = Follower()


def import_zip(
    *, brand: Brand, file: IO[bytes], skip_bad: bool = False, follower: Follower = NOBODY
) -> Imported:
    """Add and replace pictures of known packs. Raises Invalid if it is no ZIP, or too large; Unavailable."""
    return _import(brand, list(zip_entries(file)), follower, skip_bad=skip_bad)


def import_folder(*, brand: Brand, folder: Path, skip_bad: bool = False) -> Imported:
    """The same from a folder on this machine."""
    return _import(brand, list(folder_entries(folder)), NOBODY, skip_bad=skip_bad)


def _import(brand: Brand, entries: list[Entry], follower: Follower, *, skip_bad: bool) -> Imported:
    """Each file is a step twice: when it is checked, and when it is stored."""
    result, steps = Imported(), 2 * len(entries)
    good = list(_good(brand, _told(entries, follower, 0, steps), result))
    if not good and not result.problems:
        raise Invalid(str(NOTHING))
    if result.problems and not skip_bad:
        return result
    with ExitStack() as on_failure:
        stored: list[str] = []
        on_failure.callback(files.delete, stored)
        told = _told(good, follower, len(entries), steps)
        _save([_store(found, follower.folder, stored) for found in told], result, follower)
        on_failure.pop_all()
    return result


def _told(items: Iterable[Item], follower: Follower, before: int, steps: int) -> Iterator[Item]:
    for done, item in enumerate(items, before):
        follower.tell(done, steps)
        yield item


def _good(brand: Brand, entries: Iterable[Entry], result: Imported) -> Iterator[Found]:
    """What can be saved; the rest becomes problems of the result."""
    packs = {pack.number: pack for pack in StickerPack.objects.filter(brand=brand)}
    seen: set[tuple[int, int]] = set()
    for entry in entries:
        try:
            number, position = _place(entry.path)
            if number not in packs:
                raise Invalid(_("There is no pack %(number)d. Import the list first.") % {"number": number})
            if (number, position) in seen:
                raise Invalid(_("There is another picture for the same place."))
            seen.add((number, position))
            yield Found(entry, packs[number], position, check(entry.read()))
        except Invalid as exc:
            result.problems.append(Problem(entry.path[:200], exc.message))


def _place(path: str) -> tuple[int, int]:
    """The pack's number and the position. One folder around it all is no harm."""
    parts = path.split("/")
    if len(parts) not in (2, 3) or {"", ".", ".."} & set(parts):
        raise Invalid(_("It is not in the folder of a pack, such as 118/01.png."))
    folder, name = parts[-2:]
    place = PLACE.fullmatch(name)
    if not NUMBER.fullmatch(folder) or place is None:
        raise Invalid(_("Name it main or by a number, as in 118/main.png and 118/01.png."))
    return int(folder), MAIN if place["main"] else int(place["position"])


def _store(found: Found, folder: str, stored: list[str]) -> tuple[Found, str, str]:
    """The names of the picture and of its thumbnail in the storage."""
    for suffix, content in ((found.picture.suffix, found.entry.read()), (".webp", found.picture.thumbnail)):
        name = PurePosixPath(image_name(found.pack, f"picture{suffix}")).name
        stored.append(files.store(f"{folder}/{name}", BytesIO(content)))
    return found, stored[-2], stored[-1]


@transaction.atomic
def _save(pictures: list[tuple[Found, str, str]], result: Imported, follower: Follower) -> None:
    """The packs are locked, so that two imports at once do not make the same sticker twice."""
    packs = _lock({found.pack.pk for found, _image, _thumbnail in pictures})
    stickers = {(one.pack_id, one.position): one for one in Sticker.objects.filter(pack__in=packs)}
    rows: list[StickerPack | Sticker] = []
    for found, image, thumbnail in pictures:
        place = found.pack.pk, found.position
        row = packs[found.pack.pk] if found.position == MAIN else stickers.get(place) or _sticker(found)
        forget(files_of(row))
        result.changed += bool(row.image)
        row.image, row.thumbnail = image, thumbnail
        rows.append(row)
    result.added, result.saved = len(rows) - result.changed, True
    _write(rows)
    follower.saved(result)


def _lock(wanted: set[int]) -> dict[int, StickerPack]:
    packs = StickerPack.objects.select_for_update().order_by("pk").in_bulk(wanted)
    if len(packs) < len(wanted):
        raise Invalid(_("One of the packs was deleted in the meantime. Nothing was changed; try again."))
    return packs


def _sticker(found: Found) -> Sticker:
    return Sticker(pack=found.pack, position=found.position)


def _write(rows: list[StickerPack | Sticker]) -> None:
    stickers = [row for row in rows if isinstance(row, Sticker)]
    Sticker.objects.bulk_create([row for row in stickers if row.pk is None], batch_size=BATCH)
    known = [row for row in stickers if row.pk is not None]
    Sticker.objects.bulk_update(known, ["image", "thumbnail"], batch_size=BATCH)
    packs = [row for row in rows if isinstance(row, StickerPack)]
    StickerPack.objects.bulk_update(packs, ["image", "thumbnail"], batch_size=BATCH)
