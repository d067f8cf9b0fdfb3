"""`manage.py import_packs`: the pictures of packs from a folder or a ZIP file."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gifting.models import Brand, StickerPack
from tests.gifting.pack_gifts import new_pack
from tests.gifting.pictures import forget_stored, picture, zipped

RED = picture(color="red")


@pytest.fixture(autouse=True)
def _nothing_stored() -> None:
    forget_stored()


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


def run(folder: Path, *arguments: str) -> str:
    printed = io.StringIO()
    call_command(
        "import_packs", str(folder), "--brand", "lune", *arguments, stdout=printed, stderr=io.StringIO()
    )
    return printed.getvalue()


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_the_command_takes_a_folder(pack: StickerPack, tmp_path: Path) -> None:
    folder = fill(tmp_path, {"118/main.png": RED, "118/01.gif": picture("GIF"), "118/.DS_Store": b"x"})
    assert run(folder) == "added: 2, changed: 0\n"
    pack.refresh_from_db()
    assert pack.image.read() == RED


def test_the_command_takes_a_zip(pack: StickerPack, tmp_path: Path) -> None:
    file = tmp_path / "packs.ZIP"
    file.write_bytes(zipped({"118/main.png": RED, "118/01.png": RED}))
    assert run(file) == "added: 2, changed: 0\n"


def test_the_command_refuses_what_the_page_refuses(pack: StickerPack, tmp_path: Path) -> None:
    folder = fill(tmp_path, {"118/main.png": RED, "118/01.png": b"hello"})
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(folder)
    assert run(folder, "--skip-bad") == "added: 1, changed: 0\n"
