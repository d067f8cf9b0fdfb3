"""The list of packs from a CSV file: all of it, or nothing and every reason why not."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

import gifting
from gifting.models import Brand, StickerPack
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, text_of
from tests.gifting.pack_gifts import new_pack

IMPORT = "/admin/gifting/stickerpack/import/"
WIRE = "packageId,packageName,packageCategory,packageKeywords,packageAnimated,isNew,artistName,language,price"
STUART = '118,Stuart,Animals,"cat, funny",Y,N,Mina Roh,en,$0.99'


def send(client: Client, brand: Brand, content: str | bytes, **fields: Any) -> HttpResponse:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("packs.csv", data, "text/csv")
    return client.post(
        IMPORT, {"list": "1", "list-brand": brand.pk, "list-file": file, **fields}, follow=True
    )


def problems(response: HttpResponse) -> list[tuple[str, str]]:
    """What the page says is wrong, or what is wrong with the file as a whole."""
    if result := response.context["result"]:
        return [(problem.where, problem.why) for problem in result.problems]
    return [("file", why) for why in response.context["forms"]["list"].errors["file"]]


def test_packs_are_added_with_all_that_the_api_tells(staff: Client, brand: Brand) -> None:
    response = send(staff, brand, f"{WIRE}\n{STUART}\n")
    assert messages_of(response) == "Packs added: 1; changed: 0."
    pack = StickerPack.objects.get()
    assert (pack.brand, pack.number, pack.name, pack.category) == (brand, 118, "Stuart", "Animals")
    assert (pack.keywords, pack.is_animated, pack.is_new) == ("cat, funny", True, False)
    assert (pack.artist, pack.language, pack.price) == ("Mina Roh", "en", "$0.99")
    assert pack.is_listed


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n118,Stuart",
        "﻿id,name\r\n118,Stuart\r\n",
        "id;name\n118;Stuart\n",
        "id\tname\n118\tStuart\n",
        'Package ID;"Package name"\n"118";"Stuart"\n',
        "\n\nNUMBER , Name\n\n 118 , Stuart \n\n,\n",
        "package_id,package-name\r118,Stuart\r",
    ],
    ids=["plain", "byte order mark", "semicolons", "tabs", "spaces", "blank lines", "old line ends"],
)
def test_spreadsheets_differ_in_how_they_write(staff: Client, brand: Brand, content: str) -> None:
    send(staff, brand, content)
    assert list(StickerPack.objects.values_list("number", "name")) == [(118, "Stuart")]


def test_known_numbers_are_changed_where_the_file_has_a_column(
    staff: Client, brand: Brand, other_brand: Brand
) -> None:
    pack = new_pack(brand, category="Animals", image="packs/a.png", is_listed=False)
    theirs = new_pack(other_brand)
    response = send(staff, brand, "id,price,isNew\n118,$1.99,Y\n")
    assert messages_of(response) == "Packs added: 0; changed: 1."
    pack.refresh_from_db()
    theirs.refresh_from_db()
    assert (pack.price, pack.is_new, theirs.price) == ("$1.99", True, "Free")
    assert (pack.name, pack.category, pack.image, pack.is_listed) == (
        "Stuart",
        "Animals",
        "packs/a.png",
        False,
    )


def test_a_number_of_another_brand_is_new_here(staff: Client, brand: Brand, other_brand: Brand) -> None:
    new_pack(other_brand)
    ((_where, why),) = problems(send(staff, brand, "id,price\n118,Free\n"))
    assert why == "The pack has no name."
    assert "Packs added: 1; changed: 0." in messages_of(send(staff, brand, "id,name\n118,Ours\n"))


def test_an_empty_cell_is_no_and_free(staff: Client, brand: Brand) -> None:
    send(staff, brand, "id,name,price,new,animated,listed,artist\n118,Stuart,,,,,\n")
    pack = StickerPack.objects.get()
    assert (pack.price, pack.is_new, pack.is_animated, pack.is_listed, pack.artist) == (
        "Free",
        False,
        False,
        True,
        "",
    )


@pytest.mark.parametrize(
    ("word", "flag"), [("Y", True), ("yes", True), ("TRUE", True), ("1", True), ("n", False)]
)
def test_yes_has_many_names(staff: Client, brand: Brand, word: str, flag: bool) -> None:
    send(staff, brand, f"id,name,new\n118,Stuart,{word}\n")
    assert StickerPack.objects.get().is_new is flag


BAD_ROWS = {
    "zero": ("0,Stuart,Y", "no package id"),
    "negative": ("-1,Stuart,Y", "no package id"),
    "fraction": ("1.5,Stuart,Y", "no package id"),
    "huge": ("2147483648,Stuart,Y", "no package id"),
    "very huge": ("9" * 5000 + ",Stuart,Y", "no package id"),
    "other digits": ("1１8,Stuart,Y", "no package id"),
    "text": ("<b>,Stuart,Y", "no package id"),
    "no number": (",Stuart,Y", "no package id"),
    "no name": ("118,,Y", "no name"),
    "blank name": ("118, \t ,Y", "no name"),
    "long name": (f"118,{'x' * 121},Y", "at most 120"),
    "not a flag": ("118,Stuart,maybe", "neither Y nor N"),
    "too few cells": ("118,Stuart", "2 cells"),
    "too many cells": ("118,Stuart,the cat,Y", "quotes around commas"),
}


@pytest.mark.parametrize(("row", "why"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_and_nothing_is_saved(staff: Client, brand: Brand, row: str, why: str) -> None:
    response = send(staff, brand, f"id,name,new\n117,Good,Y\n{row}\n")
    ((where, told),) = problems(response)
    assert response.status_code == 400
    assert where == "line 3"
    assert why in told
    assert not StickerPack.objects.exists()


def test_every_bad_row_is_named_with_the_line_where_it_begins(staff: Client, brand: Brand) -> None:
    content = 'id,name\n118,"Stuart\nthe cat"\nx,A\n\n119,Bonjour\n118,Twice\n'
    told = problems(send(staff, brand, content))
    assert [where for where, _why in told] == ["line 4", "line 7"]
    assert "stands on line 2 already" in told[1][1]


def test_the_rest_is_imported_where_staff_say_so(staff: Client, brand: Brand) -> None:
    content = "id,name\n118,Stuart\nx,A\n119,\n"
    response = send(staff, brand, content, **{"list-skip_bad": "on"})
    assert "Packs added: 1" in messages_of(response)
    assert "2 were left out" in messages_of(response)
    assert [where for where, _why in problems(response)] == ["line 3", "line 4"]
    assert StickerPack.objects.get().name == "Stuart"


def test_columns_that_are_not_known_are_told(staff: Client, brand: Brand) -> None:
    response = send(staff, brand, "id,name,packageImg,color\n118,Stuart,http://x,red\n")
    assert "packageImg, color" in text_of(response)
    assert StickerPack.objects.exists()


WHOLE_FILES = {
    "empty": (b"", "no column packageId"),
    "blank": (b"\n\n \n", "no column packageId"),
    "only a head": (b"id,name\n\n", "no packs in it"),
    "no head": (b"118,Stuart\n", "no column packageId"),
    "a column twice": (b"id,packageId,name\n1,1,A\n", "say the same: number"),
    "latin": ("id,name\n1,Café\n".encode("latin-1"), "not in UTF-8"),
    "utf-16": ("id,name\n1,A\n".encode("utf-16"), "not in UTF-8"),
    "binary": (b"PK\x03\x04\x00\x00", "no CSV file"),
    "open quote": (b'id,name\n1,"A\n2,B\n', "Line 2 cannot be read"),
    "a huge cell": (b"id,name\n1," + b"x" * 200_000, "a cell is far too long"),
    "too large": (b"id,name\n" + b"x" * 5_000_000, "at most 5 MB"),
    "too long": (b"id,name\n" + b"".join(b"%d,A\n" % n for n in range(1, 10_002)), "at most 10,000"),
}


@pytest.mark.parametrize(("content", "why"), WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_a_file_that_cannot_be_read_is_refused(staff: Client, brand: Brand, content: bytes, why: str) -> None:
    response = send(staff, brand, content)
    assert response.status_code == 400
    told = text_of(response)
    assert why in told or "The submitted file is empty" in told
    assert not StickerPack.objects.exists()


def test_hostile_cells_stay_text(staff: Client, brand: Brand) -> None:
    page = send(staff, brand, "id,name,<i>x\n<script>alert(1)</script>,A,b\n").content.decode()
    assert "<script>alert" not in page
    assert "<i>x" not in page


@pytest.mark.parametrize("cell", ['"Stu\x07art the\ncat"', "Stuart\u2028the\x0bcat", "Stuart\x85the\x1ccat"])
def test_control_characters_are_left_out_and_end_no_line(staff: Client, brand: Brand, cell: str) -> None:
    send(staff, brand, f"id,name\n118,{cell}\n")
    assert StickerPack.objects.get().name == "Stuart the cat"


def test_ten_thousand_packs_take_few_queries(staff: Client, brand: Brand) -> None:
    content = "id,name\n" + "".join(f"{n},Pack {n}\n" for n in range(1, 10_001))
    with CaptureQueriesContext(connection) as captured:
        response = send(staff, brand, content)
    assert "Packs added: 10000" in messages_of(response)
    assert len(captured) < 200
    assert "Packs added: 0; changed: 10000." in messages_of(send(staff, brand, content))


@pytest.mark.parametrize(
    "fields", [{"list-brand": "abc"}, {"list-brand": ""}, {"list-file": ""}, {"list-file": "text"}]
)
def test_garbage_in_the_form_is_refused(staff: Client, brand: Brand, fields: dict[str, str]) -> None:
    response = send(staff, brand, "id,name\n118,Stuart\n", **fields)
    assert response.status_code == 400
    assert not StickerPack.objects.exists()


@pytest.mark.parametrize("permissions", [(), ("view_stickerpack",), ("view_stickerpack", "add_stickerpack")])
def test_importing_needs_both_permissions(
    person: NewClient, brand: Brand, permissions: tuple[str, ...]
) -> None:
    client = person(*permissions)
    assert client.get(IMPORT).status_code == 403
    assert send(client, brand, "id,name\n118,Stuart\n").status_code == 403
    assert not StickerPack.objects.exists()


def test_the_catalogue_offers_the_import_to_those_who_may(person: NewClient, staff: Client) -> None:
    assert IMPORT in staff.get("/admin/gifting/stickerpack/").content.decode()
    client = person("view_stickerpack", "add_stickerpack", "change_stickerpack")
    assert IMPORT in client.get("/admin/gifting/stickerpack/").content.decode()
    assert client.get(IMPORT).status_code == 200
    assert IMPORT not in person("view_stickerpack").get("/admin/gifting/stickerpack/").content.decode()


def test_without_brands_the_page_says_so(staff: Client) -> None:
    assert "There is no brand yet" in text_of(staff.get(IMPORT))


def test_the_example_can_be_imported(staff: Client, brand: Brand) -> None:
    example = Path(gifting.__file__).with_name("static") / "gifting/admin/packs-example.csv"
    assert "Packs added: 2" in messages_of(send(staff, brand, example.read_bytes()))


def run(*arguments: str) -> tuple[str, str]:
    printed, told = io.StringIO(), io.StringIO()
    call_command("import_packs", *arguments, stdout=printed, stderr=told)
    return printed.getvalue(), told.getvalue()


def test_the_command_imports_a_list(brand: Brand, tmp_path: Path) -> None:
    file = tmp_path / "packs.csv"
    file.write_text(f"{WIRE}\n{STUART}\n")
    assert run(str(file), "--brand", "lune")[0] == "added: 1, changed: 0\n"
    assert StickerPack.objects.get().brand == brand


def test_the_command_names_bad_rows(brand: Brand, tmp_path: Path) -> None:
    file = tmp_path / "packs.csv"
    file.write_text("id,name\n118,Stuart\nx,A\n")
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(str(file), "--brand", "lune")
    printed, told = run(str(file), "--brand", "lune", "--skip-bad")
    assert (printed, "line 3: “x”" in told) == ("added: 1, changed: 0\n", True)


@pytest.mark.parametrize(
    ("path", "slug", "why"),
    [
        ("nowhere.csv", "lune", "cannot be read"),
        ("packs.csv", "mars", "Known brands: lune"),
        (".", "lune", "no pictures"),
    ],
)
def test_the_command_says_what_is_missing(
    brand: Brand, tmp_path: Path, path: str, slug: str, why: str
) -> None:
    (tmp_path / "packs.csv").write_text("id,name\n1,A\n")
    with pytest.raises(CommandError, match=why):
        run(str(tmp_path / path), "--brand", slug)
