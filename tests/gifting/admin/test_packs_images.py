"""The pictures of packs from a ZIP file or a folder: in their places, checked, and never unpacked."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation
from django_q.models import OrmQ

from gifting import tasks
from gifting.errors import Invalid
from gifting.models import Brand, PackImport, Sticker, StickerPack
from gifting.models.files import gift_storage
from gifting.services import picture_imports
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import text_of
from tests.gifting.pack_gifts import new_pack
from tests.gifting.pictures import forget_stored, opened, picture, stored, zipped

IMPORT = "/admin/gifting/stickerpack/import/"
RED, BLUE = picture(color="red"), picture(color="blue")


@pytest.fixture(autouse=True)
def _nothing_stored() -> None:
    forget_stored()


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


def hand_in(client: Client, brand: Brand, archive: bytes, **fields: Any) -> HttpResponse:
    file = SimpleUploadedFile("packs.zip", archive, "application/zip")
    return client.post(IMPORT, {"images": "1", "images-brand": brand.pk, "images-file": file, **fields})


def work() -> None:
    """What the worker does with the imports that are due."""
    for pk in PackImport.objects.due(timezone.now()).values_list("pk", flat=True):
        picture_imports.work(pk=pk, now=timezone.now())


def send(client: Client, brand: Brand, archive: bytes, **fields: Any) -> HttpResponse:
    """The page that says what came of it."""
    response = hand_in(client, brand, archive, **fields)
    if response.status_code != 302:
        return response
    work()
    return client.get(response["Location"])


def problems(response: HttpResponse) -> dict[str, str]:
    """What the page says is wrong, by the path of the file; `file` is the archive itself."""
    if forms := response.context.get("forms"):
        return {"file": " ".join(forms["images"].errors["file"])}
    row = response.context["row"]
    return dict(row.problems) or {"file": row.last_error}


def test_pictures_come_to_their_packs(staff: Client, pack: StickerPack) -> None:
    files = {"118/main.png": RED, "118/02.gif": picture("GIF"), "118/01.webp": picture("WEBP")}
    response = send(staff, pack.brand, zipped(files))
    assert "Pictures added: 3; replaced: 0." in text_of(response)
    pack.refresh_from_db()
    assert pack.image.read() == RED
    assert opened(pack.thumbnail.read()).format == "WEBP"
    stickers = list(pack.stickers.all())
    assert [sticker.position for sticker in stickers] == [1, 2]
    assert [Path(sticker.image.name).suffix for sticker in stickers] == [".webp", ".gif"]
    assert all(sticker.thumbnail for sticker in stickers)
    assert len(stored()) == 6


def test_a_picture_is_named_after_what_it_is(staff: Client, pack: StickerPack) -> None:
    send(staff, pack.brand, zipped({"118/main.png": picture("JPEG")}))
    pack.refresh_from_db()
    assert pack.image.name.endswith(".jpg")


def test_the_same_again_replaces_and_keeps_the_numbers_of_stickers(
    staff: Client, pack: StickerPack, django_capture_on_commit_callbacks: Any
) -> None:
    send(staff, pack.brand, zipped({"118/main.png": RED, "118/01.png": RED}))
    before = list(Sticker.objects.values_list("pk", "position"))
    with django_capture_on_commit_callbacks(execute=True):
        response = send(staff, pack.brand, zipped({"118/main.png": BLUE, "118/1.gif": picture("GIF")}))
    assert "Pictures added: 0; replaced: 2." in text_of(response)
    assert list(Sticker.objects.values_list("pk", "position")) == before
    pack.refresh_from_db()
    assert pack.image.read() == BLUE
    assert len(stored()) == 4


def test_one_folder_around_it_and_what_systems_leave_do_no_harm(staff: Client, pack: StickerPack) -> None:
    files = {
        "packs/118/main.png": RED,
        "packs/118/.DS_Store": b"x",
        "__MACOSX/packs/118/._main.png": b"x",
        "packs/118/Thumbs.db": b"x",
    }
    assert "Pictures added: 1" in text_of(send(staff, pack.brand, zipped(files)))


def test_a_pack_of_another_brand_is_out_of_reach(
    staff: Client, pack: StickerPack, other_brand: Brand
) -> None:
    assert "no pack 118" in problems(send(staff, other_brand, zipped({"118/main.png": RED})))["118/main.png"]
    pack.refresh_from_db()
    assert not pack.image


BAD_FILES = {
    "unknown pack": ("119/main.png", RED, "no pack 119"),
    "not a number": ("cats/main.png", RED, "Name it main"),
    "not a place": ("118/cat.png", RED, "Name it main"),
    "not a suffix": ("118/main.svg", b"<svg/>", "Name it main"),
    "no folder": ("main.png", RED, "folder of a pack"),
    "too deep": ("a/b/118/main.png", RED, "folder of a pack"),
    "up": ("../118/main.png", RED, "folder of a pack"),
    "up inside": ("118/../main.png", RED, "folder of a pack"),
    "absolute": ("/118/main.png", RED, "folder of a pack"),
    "windows": ("..\\118\\main.png", RED, "folder of a pack"),
    "no picture": ("118/02.png", b"hello", "no PNG, JPEG"),
    "cut off": ("118/02.png", RED[:60], "no PNG, JPEG"),
    "twice": ("118/1.png", RED, "another picture for the same place"),
    "too large": ("118/02.png", RED + b"\0" * 2_000_000, "at most 2 MB"),
    "bomb": ("118/02.png", b"\0" * 50_000_000, "at most 2 MB"),
}


@pytest.mark.parametrize(("name", "data", "why"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_named_and_nothing_is_saved(
    staff: Client, pack: StickerPack, name: str, data: bytes, why: str
) -> None:
    response = send(staff, pack.brand, zipped({"118/01.png": RED, name: data}))
    assert "Nothing was imported." in text_of(response)
    ((where, told),) = problems(response).items()
    assert where == name
    assert why in told
    assert (Sticker.objects.exists(), stored()) == (False, [])


def test_the_rest_is_imported_where_staff_say_so(staff: Client, pack: StickerPack) -> None:
    archive = zipped({"118/01.png": RED, "118/02.png": b"hello"})
    response = send(staff, pack.brand, archive, **{"images-skip_bad": "on"})
    assert list(problems(response)) == ["118/02.png"]
    assert Sticker.objects.count() == 1


def huge_directory() -> bytes:
    """So many names that Python would take a gigabyte to read them."""
    return zipped({f"118/{n:05}.txt": b"" for n in range(20_000)})


def sixty_four() -> bytes:
    """A second end record, which Python believes more than the first."""
    archive = zipped({"118/main.png": RED})
    end = archive.rfind(b"PK\x05\x06")
    return archive[:end] + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) + archive[end:]


BAD_ARCHIVES = {
    "text": (b"hello", "no ZIP file"),
    "picture": (RED, "no ZIP file"),
    "cut off": (zipped({"118/main.png": RED})[:-30], "no ZIP file"),
    "empty": (zipped({}), "no pictures in it"),
    "only junk": (zipped({"__MACOSX/118/main.png": RED}), "no pictures in it"),
    "too many": (zipped({f"{n}": b"" for n in range(5_001)}), "at most 5,000"),
    "directory": (huge_directory(), "at most 5,000"),
    "zip64": (sixty_four(), "at most 5,000"),
    "too large": (zipped({f"118/{n}.png": b"\0" * 1_900_000 for n in range(53)}), "at most 100 MB"),
}


@pytest.mark.parametrize(("archive", "why"), BAD_ARCHIVES.values(), ids=BAD_ARCHIVES)
def test_an_archive_that_is_none_or_too_much_is_refused(
    staff: Client, pack: StickerPack, archive: bytes, why: str
) -> None:
    response = send(staff, pack.brand, archive)
    assert response.status_code == 400
    assert why in problems(response)["file"]


def test_a_file_with_false_bytes_is_named(staff: Client, pack: StickerPack) -> None:
    archive = zipped({"118/main.png": RED}, zipfile.ZIP_STORED).replace(RED[40:60], b"\1" * 20)
    assert "damaged inside" in problems(send(staff, pack.brand, archive))["118/main.png"]


def test_an_encrypted_file_is_named(staff: Client, pack: StickerPack) -> None:
    archive = bytearray(zipped({"118/main.png": RED}))
    archive[archive.rfind(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in problems(send(staff, pack.brand, bytes(archive)))["118/main.png"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_ways_of_packing_are_not_unpacked(staff: Client, pack: StickerPack, method: int) -> None:
    assert (
        "rare way" in problems(send(staff, pack.brand, zipped({"118/main.png": RED}, method)))["118/main.png"]
    )


def test_a_size_that_is_a_lie_unpacks_no_more_than_a_picture(staff: Client, pack: StickerPack) -> None:
    archive = bytearray(zipped({"118/main.png": b"\0" * 50_000_000}))
    struct.pack_into("<I", archive, archive.rfind(b"PK\x01\x02") + 24, 1000)
    assert problems(send(staff, pack.brand, bytes(archive)))["118/main.png"]


def test_hostile_names_stay_text(staff: Client, pack: StickerPack) -> None:
    page = send(staff, pack.brand, zipped({"118/<script>alert(1)</script>.png": RED})).content.decode()
    assert "<script>alert" not in page


def test_a_disk_that_is_full_is_told_and_nothing_is_left(
    staff: Client, pack: StickerPack, settings: Any, tmp_path: Path
) -> None:
    disk = {"BACKEND": "tests.gifting.pictures.FullDisk", "OPTIONS": {"location": tmp_path, "room": 4}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    response = send(staff, pack.brand, zipped({"118/main.png": RED, "118/01.png": RED}))
    assert "does not answer" in text_of(response)
    assert "tried again by itself" in text_of(response)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".zip"]
    assert not Sticker.objects.exists()


def test_a_disk_that_has_no_room_for_the_zip_is_told_at_once(
    staff: Client, pack: StickerPack, settings: Any, tmp_path: Path
) -> None:
    disk = {"BACKEND": "tests.gifting.pictures.FullDisk", "OPTIONS": {"location": tmp_path, "room": 0}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    assert "does not answer" in problems(send(staff, pack.brand, zipped({"118/main.png": RED})))["file"]
    assert not PackImport.objects.exists()


def test_a_small_zip_at_the_end_of_a_huge_file_is_not_kept(pack: StickerPack, tmp_path: Path) -> None:
    with (tmp_path / "huge.zip").open("wb+") as file:
        file.seek(120_000_000)
        file.write(zipped({"118/main.png": RED}))
        with pytest.raises(Invalid, match="at most 100 MB"):
            picture_imports.queue(brand=pack.brand, file=file, skip_bad=False, now=timezone.now())
    assert not PackImport.objects.exists()


# -- The worker


TWO = zipped({"118/main.png": RED, "118/01.png": RED})


@pytest.fixture
def begun(staff: Client, pack: StickerPack) -> PackImport:
    """Handed in; the worker has not come yet."""
    hand_in(staff, pack.brand, TWO)
    return PackImport.objects.get()


def look(client: Client, row: PackImport) -> str:
    return text_of(client.get(f"{IMPORT}{row.pk}/"))


def zips() -> list[Path]:
    return list(Path(gift_storage().path("imports")).glob("*.zip"))


def test_the_page_does_not_wait_for_the_import(staff: Client, begun: PackImport) -> None:
    assert not Sticker.objects.exists()
    assert "The worker begins in a moment." in look(staff, begun)
    assert "progress.js" in staff.get(f"{IMPORT}{begun.pk}/").content.decode()


def test_the_page_says_how_far_it_is(staff: Client, begun: PackImport) -> None:
    PackImport.objects.update(state="running", steps=2000, steps_done=1500)
    assert "are being checked and stored" in look(staff, begun)
    assert 'value="1500" max="2000">75 %<' in staff.get(f"{IMPORT}{begun.pk}/").content.decode()


def test_the_worker_tells_how_far_it_is(staff: Client, begun: PackImport) -> None:
    work()
    begun.refresh_from_db()
    assert begun.steps == 4


def test_the_zip_goes_when_it_is_done(staff: Client, begun: PackImport) -> None:
    before = zips()
    work()
    assert len(before) - len(zips()) == 1


def test_an_import_that_was_killed_begins_anew_and_leaves_nothing_behind(
    staff: Client, begun: PackImport
) -> None:
    folder = "packs/0123456789abcdef"
    gift_storage().save(f"{folder}/a.png", ContentFile(RED))
    PackImport.objects.update(state="running", attempts=1, folder=folder)
    work()
    assert "Pictures added: 2" in look(staff, begun)
    assert len(stored()) == 4


def test_an_import_that_another_worker_took_over_saves_nothing(staff: Client, begun: PackImport) -> None:
    later = timezone.now() + timedelta(hours=1)

    def overtake(ask: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "gifting_sticker" in sql and "INSERT" in sql:
            PackImport.objects.update(attempts=9)
        return ask(sql, params, many, context)

    with connection.execute_wrapper(overtake):
        picture_imports.work(pk=begun.pk, now=later)
    assert (Sticker.objects.exists(), stored()) == (False, [])


def test_an_import_that_always_kills_its_worker_ends_with_a_hint(staff: Client, begun: PackImport) -> None:
    folder = "packs/0123456789abcdef"
    gift_storage().save(f"{folder}/a.png", ContentFile(RED))
    PackImport.objects.update(state="running", attempts=5, folder=folder)
    work()
    picture_imports.clear(now=timezone.now())
    assert "Import fewer pictures at once." in look(staff, begun)
    assert stored() == []


def test_the_sweep_finds_an_import_whose_task_was_lost(begun: PackImport) -> None:
    OrmQ.objects.all().delete()
    tasks.sweep()
    assert ("gifting.tasks.import_pictures", (begun.pk,)) in [
        (row.task["func"], row.task["args"]) for row in OrmQ.objects.all()
    ]


def test_old_imports_are_forgotten_and_new_ones_are_listed(staff: Client, begun: PackImport) -> None:
    work()
    picture_imports.clear(now=timezone.now())
    assert f"{IMPORT}{begun.pk}/" in staff.get(IMPORT).content.decode()
    picture_imports.clear(now=timezone.now() + timedelta(days=8))
    assert not PackImport.objects.exists()
    assert len(stored()) == 4


def test_what_is_wrong_is_told_in_the_language_of_who_handed_it_in(staff: Client, pack: StickerPack) -> None:
    with translation.override("fr"):
        wrong = translation.gettext("This is no PNG, JPEG, GIF or WebP picture, or it is damaged.")
        picture_imports.queue(
            brand=pack.brand,
            file=io.BytesIO(zipped({"118/01.png": b"x"})),
            skip_bad=False,
            now=timezone.now(),
        )
    work()
    assert PackImport.objects.get().problems == [["118/01.png", wrong]]


def test_most_problems_are_counted_and_the_first_are_kept(staff: Client, pack: StickerPack) -> None:
    page = text_of(send(staff, pack.brand, zipped({f"118/x{n}.png": b"" for n in range(203)})))
    assert "and 3 more" in page


def test_only_who_may_import_sees_an_import(person: NewClient, begun: PackImport) -> None:
    assert person("view_stickerpack").get(f"{IMPORT}{begun.pk}/").status_code == 403
    assert (
        person("add_stickerpack", "change_stickerpack", "view_stickerpack")
        .get(f"{IMPORT}{begun.pk}/")
        .status_code
        == 200
    )


def test_an_import_that_never_was_is_a_404(staff: Client) -> None:
    assert staff.get(f"{IMPORT}999999/").status_code == 404


def test_the_page_tells_both_ways(staff: Client, brand: Brand) -> None:
    page = text_of(staff.get(IMPORT))
    assert "Import the list" in page
    assert "Import the pictures" in page
