"""The pictures of many packs at once: `118/main.png` is pack 118's own, `118/01.png` its first sticker."""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from gifting.errors import Invalid
from gifting.models import Brand, Sticker, StickerPack
from gifting.models.packs import image_name
from gifting.services import files
from gifting.services.pack_archives import Entry, folder_entries, zip_entries
from gifting.services.pack_imports import BATCH, NUMBER, Imported, Problem
from gifting.services.pack_pictures import Picture, check, files_of, forget

MAIN = -1
PLACE = re.compile(r"(?:(?P<main>main)|(?P<position>[0-9]{1,4}))\.(?:png|jpe?g|gif|webp)", re.ASCII | re.I)


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that was checked, and where it belongs: `position` is MAIN for a pack's own."""

    entry: Entry
    pack: StickerPack
    position: int
    picture: Picture


def import_zip(*, brand: Brand, file: IO[bytes], skip_bad: bool = False) -> Imported:
    """Add and replace pictures of known packs. Raises Invalid if it is no ZIP, or too large; Unavailable."""
    return _import(brand, zip_entries(file), skip_bad=skip_bad)


def import_folder(*, brand: Brand, folder: Path, skip_bad: bool = False) -> Imported:
    """The same from a folder on this machine."""
    return _import(brand, folder_entries(folder), skip_bad=skip_bad)


def _import(brand: Brand, entries: Iterable[Entry], *, skip_bad: bool) -> Imported:
    result = Imported()
    good = list(_good(brand, entries, result))
    if not good and not result.problems:
        raise Invalid(_("There are no pictures in it. Name them as in 118/main.png and 118/01.png."))
    if result.problems and not skip_bad:
        return result
    with ExitStack() as on_failure:
        stored: list[str] = []
        on_failure.callback(files.delete, stored)
        _save([_store(found, stored) for found in good], result)
        on_failure.pop_all()
    result.saved = True
    return result


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


def _store(found: Found, stored: list[str]) -> tuple[Found, str, str]:
    """The names of the picture and of its thumbnail in the storage."""
    for suffix, content in ((found.picture.suffix, found.entry.read()), (".webp", found.picture.thumbnail)):
        stored.append(files.store(image_name(found.pack, f"picture{suffix}"), BytesIO(content)))
    return found, stored[-2], stored[-1]


@transaction.atomic
def _save(pictures: list[tuple[Found, str, str]], result: Imported) -> None:
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
    result.added = len(rows) - result.changed
    _write(rows)


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
