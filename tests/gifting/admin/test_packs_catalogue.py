"""The catalogue in the admin: packs with their stickers, and pictures that are what they seem."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gifting.models import Brand, PackUser, Sticker, StickerPack
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, text_of
from tests.gifting.pack_gifts import at, give, new_pack
from tests.gifting.pictures import animation, forget_stored, opened, picture, stored

PACKS = "/admin/gifting/stickerpack/"
NO_STICKERS = {"stickers-TOTAL_FORMS": "0", "stickers-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def _nothing_stored() -> None:
    forget_stored()


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


def upload(data: bytes, name: str = "cat.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def save(client: Client, pack: StickerPack | None = None, **fields: Any) -> HttpResponse:
    """What the form sends: a new pack, or changes of one."""
    url = f"{PACKS}{pack.pk}/change/" if pack else f"{PACKS}add/"
    return client.post(url, {"name": "Stuart", "price": "Free", **NO_STICKERS, **fields})


def with_stickers(pack: StickerPack, *images: bytes) -> dict[str, Any]:
    """The fields of so many new stickers."""
    fields: dict[str, Any] = {"stickers-TOTAL_FORMS": str(len(images)), "stickers-INITIAL_FORMS": "0"}
    for n, image in enumerate(images):
        fields |= {f"stickers-{n}-pack": pack.pk, f"stickers-{n}-position": n + 1}
        fields[f"stickers-{n}-image"] = upload(image)
    return fields


def errors_of(response: HttpResponse, field: str) -> str:
    return " ".join(response.context["adminform"].form.errors.get(field, []))


def test_a_new_pack_gets_the_next_free_number(staff: Client, brand: Brand, other_brand: Brand) -> None:
    new_pack(other_brand, 4711)
    assert staff.get(f"{PACKS}add/").context["adminform"].form["number"].value() == 4712


def test_the_first_pack_is_number_one_of_the_only_brand(staff: Client, brand: Brand) -> None:
    form = staff.get(f"{PACKS}add/").context["adminform"].form
    assert (form["number"].value(), form["brand"].value()) == (1, brand.pk)


def test_a_pack_is_added(staff: Client, brand: Brand) -> None:
    assert save(staff, brand=brand.pk, number=7, category="Animals", is_listed="on").status_code == 302
    pack = StickerPack.objects.get()
    assert (pack.number, pack.name, pack.category, pack.is_listed) == (7, "Stuart", "Animals", True)
    assert pack.created_at


def test_a_number_that_is_taken_is_refused(staff: Client, pack: StickerPack, other_brand: Brand) -> None:
    assert save(staff, brand=pack.brand_id, number=118).status_code == 200
    assert save(staff, brand=other_brand.pk, number=118).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "0x1"),
        ("number", "-1"),
        ("number", "0"),
        ("number", "2147483648"),
        ("number", "99999999999999999999"),
        ("number", ""),
        ("name", ""),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("keywords", "x" * 501),
        ("price", "x" * 21),
        ("brand", "abc"),
    ],
)
def test_a_bad_field_is_refused(staff: Client, brand: Brand, field: str, value: str) -> None:
    response = save(staff, **{"brand": brand.pk, "number": 7, field: value})
    assert errors_of(response, field)
    assert not StickerPack.objects.exists()


def test_brand_and_number_cannot_be_changed(staff: Client, pack: StickerPack, other_brand: Brand) -> None:
    save(staff, pack, name="Stu", brand=other_brand.pk, number=9)
    pack.refresh_from_db()
    assert (pack.name, pack.number, pack.brand.slug) == ("Stu", 118, "lune")


@pytest.mark.parametrize(
    ("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("GIF", ".gif"), ("WEBP", ".webp")]
)
def test_an_image_is_named_after_what_it_is(staff: Client, pack: StickerPack, kind: str, suffix: str) -> None:
    data = picture(kind)
    assert save(staff, pack, image=upload(data, "../../evil.html")).status_code == 302
    pack.refresh_from_db()
    assert pack.image.name.endswith(suffix)
    assert pack.image.read() == data


def test_an_image_gets_a_small_one_beside_it(staff: Client, pack: StickerPack) -> None:
    save(staff, pack, image=upload(picture(size=(1000, 500))))
    response = staff.get(f"{PACKS}{pack.pk}/thumbnail/")
    assert response["Content-Type"] == "image/webp"
    assert opened(response.content).size == (200, 100)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_shown(staff: Client, pack: StickerPack, kind: str) -> None:
    save(staff, pack, image=upload(animation(kind)))
    small = opened(staff.get(f"{PACKS}{pack.pk}/thumbnail/").content)
    red, _green, blue = small.convert("RGB").getpixel((20, 20))
    assert getattr(small, "n_frames", 1) == 1
    assert red > 200 > 60 > blue


NOT_A_PICTURE = {
    "text": b"hello",
    "empty": b"",
    "page": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "pdf": b"%PDF-1.4",
    "cut png": picture("PNG")[:60],
    "cut jpeg": picture("JPEG")[:-400],
    "cut gif": picture("GIF")[:-40],
    "cut webp": picture("WEBP")[:-10],
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
}


@pytest.mark.parametrize("data", NOT_A_PICTURE.values(), ids=NOT_A_PICTURE)
def test_what_is_no_picture_is_refused(staff: Client, pack: StickerPack, data: bytes) -> None:
    assert errors_of(save(staff, pack, image=upload(data, "cat.png")), "image")
    assert stored() == []


def test_a_picture_too_large_is_refused(staff: Client, pack: StickerPack) -> None:
    response = save(staff, pack, image=upload(picture() + b"\0" * 2_000_000))
    assert "at most 2 MB" in errors_of(response, "image")


def test_a_small_file_with_millions_of_pixels_is_refused(staff: Client, pack: StickerPack) -> None:
    response = save(staff, pack, image=upload(picture(size=(8000, 4000))))
    assert "too many pixels" in errors_of(response, "image")


def test_a_new_image_takes_the_place_of_the_old(
    staff: Client, pack: StickerPack, django_capture_on_commit_callbacks: Any
) -> None:
    save(staff, pack, image=upload(picture()))
    before = stored()
    with django_capture_on_commit_callbacks(execute=True):
        save(staff, pack, image=upload(picture(color="red")))
    assert len(stored()) == 2
    assert not set(stored()) & set(before)


def test_saving_again_keeps_the_image(staff: Client, pack: StickerPack) -> None:
    save(staff, pack, image=upload(picture()))
    before = stored()
    save(staff, pack, name="Stu")
    pack.refresh_from_db()
    assert (pack.name, bool(pack.image), bool(pack.thumbnail), stored()) == ("Stu", True, True, before)


def test_an_image_is_removed(
    staff: Client, pack: StickerPack, django_capture_on_commit_callbacks: Any
) -> None:
    save(staff, pack, image=upload(picture()))
    with django_capture_on_commit_callbacks(execute=True):
        save(staff, pack, **{"image-clear": "on"})
    pack.refresh_from_db()
    assert (bool(pack.image), bool(pack.thumbnail), stored()) == (False, False, [])


def test_stickers_are_added_with_previews(staff: Client, pack: StickerPack) -> None:
    save(staff, pack, **with_stickers(pack, picture("GIF"), picture("WEBP")))
    first, second = pack.stickers.all()
    assert (first.position, second.image.name[-5:]) == (1, ".webp")
    page = staff.get(f"{PACKS}{pack.pk}/change/").content.decode()
    assert f"{PACKS}stickers/{first.pk}/thumbnail/" in page
    assert staff.get(f"{PACKS}stickers/{second.pk}/thumbnail/").status_code == 200


def test_a_sticker_that_is_no_picture_saves_nothing(staff: Client, pack: StickerPack) -> None:
    response = save(staff, pack, name="Changed", **with_stickers(pack, b"hello"))
    assert response.status_code == 200
    assert not Sticker.objects.exists()
    pack.refresh_from_db()
    assert pack.name == "Stuart"


def test_a_removed_sticker_leaves_no_file(
    staff: Client, pack: StickerPack, django_capture_on_commit_callbacks: Any
) -> None:
    save(staff, pack, **with_stickers(pack, picture()))
    gone = {
        "stickers-TOTAL_FORMS": "1",
        "stickers-INITIAL_FORMS": "1",
        "stickers-0-id": pack.stickers.get().pk,
        "stickers-0-pack": pack.pk,
        "stickers-0-position": "1",
        "stickers-0-DELETE": "on",
    }
    with django_capture_on_commit_callbacks(execute=True):
        save(staff, pack, **gone)
    assert not Sticker.objects.exists()
    assert stored() == []


def test_a_pack_that_nobody_has_is_deleted_with_its_files(
    staff: Client, pack: StickerPack, django_capture_on_commit_callbacks: Any
) -> None:
    save(staff, pack, image=upload(picture()), **with_stickers(pack, picture()))
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{PACKS}{pack.pk}/delete/", {"post": "yes"})
    assert not StickerPack.objects.exists()
    assert stored() == []


def test_a_pack_that_was_given_cannot_be_deleted(staff: Client, pack: StickerPack) -> None:
    give(pack, "alice", "bob", at("2026-03-01 10:00"))
    assert staff.post(f"{PACKS}{pack.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in text_of(staff.get(PACKS))


def test_a_pack_that_somebody_downloaded_cannot_be_deleted(staff: Client, pack: StickerPack) -> None:
    PackUser.objects.create(pack=pack, user="alice")
    assert staff.post(f"{PACKS}{pack.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("action", "is_listed"), [("take_out", False), ("put_in", True)])
def test_packs_leave_and_enter_the_catalogue(
    staff: Client, brand: Brand, action: str, is_listed: bool
) -> None:
    packs = [new_pack(brand, n, is_listed=not is_listed) for n in (1, 2, 3)]
    choice = {"action": action, "_selected_action": [packs[0].pk, packs[1].pk]}
    assert "2 packs were changed" in messages_of(staff.post(PACKS, choice, follow=True))
    assert StickerPack.objects.filter(is_listed=is_listed).count() == 2


def test_garbage_in_the_selection_is_a_message(staff: Client, pack: StickerPack) -> None:
    choice = {"action": "take_out", "_selected_action": ["abc"]}
    assert "could not be read" in messages_of(staff.post(PACKS, choice, follow=True))


def names(client: Client, query: str = "") -> list[str]:
    return [pack.name for pack in client.get(PACKS + query).context["cl"].result_list]


def test_packs_are_found_and_filtered(staff: Client, brand: Brand, other_brand: Brand) -> None:
    new_pack(brand, 1, "Cats", keywords="meow, fluffy", is_new=True)
    new_pack(brand, 2, "Dogs", is_listed=False)
    new_pack(other_brand, 3, "Foxes", is_animated=True)
    assert names(staff) == ["Foxes", "Dogs", "Cats"]
    assert names(staff, "?q=fluffy") == names(staff, "?is_new__exact=1") == ["Cats"]
    assert names(staff, "?q=dog") == names(staff, "?is_listed__exact=0") == ["Dogs"]
    assert names(staff, "?is_animated__exact=1") == ["Foxes"]
    assert names(staff, f"?brand__id__exact={other_brand.pk}") == ["Foxes"]


def test_hostile_names_stay_text(staff: Client, brand: Brand) -> None:
    new_pack(brand, name="<script>alert(1)</script>", category="<b>")
    assert "<script>alert" not in staff.get(PACKS).content.decode()


def test_more_packs_mean_no_more_queries(staff: Client, brand: Brand) -> None:
    counts = []
    for numbers in (range(1, 2), range(2, 40)):
        for number in numbers:
            pack = new_pack(brand, number, image="packs/a.png", thumbnail="packs/b.webp")
            Sticker.objects.create(pack=pack, image="packs/c.png")
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(PACKS).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_pictures_are_for_those_who_may_see_packs(
    staff: Client, person: NewClient, client: Client, pack: StickerPack
) -> None:
    save(staff, pack, image=upload(picture()))
    url = f"{PACKS}{pack.pk}/thumbnail/"
    assert person("view_stickerpack").get(url).status_code == 200
    assert person("view_brand").get(url).status_code == 403
    assert Client().get(url).url.startswith("/admin/login/")


@pytest.mark.parametrize("url", ["118/thumbnail/", "9999999999999999/thumbnail/", "stickers/1/thumbnail/"])
def test_a_picture_that_is_not_there_is_not_found(staff: Client, brand: Brand, url: str) -> None:
    new_pack(brand, pk=118, image="packs/gone.png", thumbnail="packs/gone.webp")
    assert staff.get(PACKS + url).status_code == 404


def test_whoever_may_only_look_changes_nothing(person: NewClient, pack: StickerPack) -> None:
    client = person("view_stickerpack")
    assert client.get(f"{PACKS}{pack.pk}/change/").status_code == 200
    assert save(client, pack, name="Changed").status_code == 403
    choice = {"action": "take_out", "_selected_action": [pack.pk]}
    client.post(PACKS, choice)
    assert StickerPack.objects.get().is_listed
