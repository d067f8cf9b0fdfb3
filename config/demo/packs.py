"""The sample packs, imported as staff would import them: a list, then the pictures."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

from config.demo import pack_art
from config.demo.pack_art import Drawing
from gifting.models import Brand
from gifting.services import pack_images, pack_imports


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePack:
    """`number` is the packageId of the API."""

    number: int
    name: str
    category: str
    keywords: str
    drawing: Drawing
    is_new: bool = False
    price: str = "Free"


ARTIST = "Atelier Lune"
COLUMNS = (
    "packageId", "packageName", "packageCategory", "packageKeywords", "packageAnimated", "isNew",
    "artistName", "language", "price",
)  # fmt: skip
PACKS = (
    SamplePack(
        number=101,
        name="Full moon moods",
        category="Sky",
        keywords="moon,night,dream",
        drawing=Drawing(pack_art.moon, "#27264a"),
    ),
    SamplePack(
        number=102,
        name="All my heart",
        category="Love",
        keywords="heart,love,kiss",
        drawing=Drawing(pack_art.valentine, "#fbe3e4"),
    ),
    SamplePack(
        number=103,
        name="The lavender cat",
        category="Animals",
        keywords="cat,pet,purr",
        drawing=Drawing(pack_art.cat, "#e9e4f8"),
        price="$0.99",
    ),
    SamplePack(
        number=104,
        name="In full bloom",
        category="Garden",
        keywords="flower,spring,sun",
        drawing=Drawing(pack_art.flower, "#e4f1dd"),
    ),
    SamplePack(
        number=105,
        name="Head in the clouds",
        category="Sky",
        keywords="cloud,weather,dream",
        drawing=Drawing(pack_art.cloud, "#e5f0fb"),
        is_new=True,
    ),
    SamplePack(
        number=106,
        name="One more praline",
        category="Sweets",
        keywords="chocolate,candy,sweet",
        drawing=Drawing(pack_art.praline, "#f6e7d3"),
        is_new=True,
        price="$1.99",
    ),
)


def ensure_packs(*, brand: Brand, now: datetime) -> list[int]:
    """The numbers of the sample packs. One that is there with its picture stays as staff left it."""
    drawn = set(brand.packs.exclude(image="").values_list("number", flat=True))
    if missing := [pack for pack in PACKS if pack.number not in drawn]:
        pack_imports.import_csv(brand=brand, data=_list(missing), now=now)
        pack_images.import_zip(brand=brand, file=_pictures(missing))
    return [pack.number for pack in PACKS]


def _list(packs: Iterable[SamplePack]) -> bytes:
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    for pack in packs:
        flags = "N", "NY"[pack.is_new]
        rows.writerow(
            [pack.number, pack.name, pack.category, pack.keywords, *flags, ARTIST, "en", pack.price]
        )
    return file.getvalue().encode()


def _pictures(packs: Iterable[SamplePack]) -> BytesIO:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for pack in packs:
            archive.writestr(f"{pack.number}/main.png", pack.drawing.main())
            for position, sticker in enumerate(pack.drawing.stickers(), 1):
                archive.writestr(f"{pack.number}/{position:02}.png", sticker)
    return file
