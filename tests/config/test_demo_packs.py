"""The sample shop's sticker packs: drawn, given in each state, shown, and given on."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from config.demo.pack_samples import ensure_gifts
from config.demo.packs import PACKS, ensure_packs
from gifting.models import Brand, GiftPack, Sticker, StickerPack
from gifting.services import packs

State = GiftPack.State
GUEST = "guest-"


@pytest.fixture
def catalogue(lune: Brand, now: datetime) -> list[int]:
    return ensure_packs(brand=lune, now=now)


@pytest.fixture
def shop(lune: Brand, catalogue: list[int], now: datetime) -> Client:
    """The shop with its sample gifts. The visitor is Alice, until she becomes another."""
    ensure_gifts(brand=lune, now=now)
    return Client()


def become(shop: Client, person: str) -> str:
    return shop.post("/shop/packs/me/", {"person": person}, follow=True).content.decode()


def give(shop: Client, number: int, **said: str) -> Any:
    return shop.post(f"/shop/packs/{number}/", said, follow=True)


def test_every_pack_has_a_picture_and_five_different_stickers(catalogue: list[int]) -> None:
    assert catalogue == [101, 102, 103, 104, 105, 106]
    for pack in StickerPack.objects.all():
        pictures = {sticker.image.read() for sticker in pack.stickers.all()} | {pack.image.read()}
        assert len(pictures) == 6
        assert {Image.open(BytesIO(picture)).size for picture in pictures} == {(256, 256)}


def test_the_drawings_are_the_same_every_time() -> None:
    drawing = PACKS[0].drawing
    assert (drawing.main(), drawing.stickers()) == (drawing.main(), drawing.stickers())


def test_what_staff_changed_about_a_pack_stays(lune: Brand, catalogue: list[int], now: datetime) -> None:
    StickerPack.objects.filter(number=101).update(name="Ours", is_listed=False)
    before = list(StickerPack.objects.values())
    ensure_packs(brand=lune, now=now)
    assert list(StickerPack.objects.values()) == before


def test_a_pack_that_lost_its_pictures_is_drawn_again(
    lune: Brand, catalogue: list[int], now: datetime
) -> None:
    StickerPack.objects.filter(number=101).update(image="")
    ensure_packs(brand=lune, now=now)
    assert StickerPack.objects.get(number=101).image
    assert Sticker.objects.count() == 30


def test_there_is_a_gift_in_each_state(shop: Client) -> None:
    known = GiftPack.objects.exclude(sender__startswith=GUEST)
    assert set(known.values_list("state", flat=True)) == set(State)


def test_the_reports_have_weeks_to_show(shop: Client) -> None:
    guests = GiftPack.objects.filter(sender__startswith=GUEST)
    assert len({gift.sent_at.date() for gift in guests}) == 28


def test_a_second_run_changes_nothing(shop: Client, lune: Brand, now: datetime) -> None:
    before = list(GiftPack.objects.values())
    ensure_gifts(brand=lune, now=now)
    assert list(GiftPack.objects.values()) == before


def test_a_gift_that_somebody_accepted_stays_accepted(shop: Client, lune: Brand, now: datetime) -> None:
    packs.confirm(brand=lune, number=102, sender="bob", receiver="alice", now=now)
    ensure_gifts(brand=lune, now=now)
    assert GiftPack.objects.get(pack__number=102, receiver="alice").state == State.CONFIRMED


def test_the_page_shows_all_packs_and_alices_gifts(shop: Client) -> None:
    page = shop.get("/shop/packs/").content.decode()
    for word in [*(pack.name for pack in PACKS), "From <bdi>Bob</bdi>", "You will be brilliant."]:
        assert word in page
    assert 'value="alice" aria-pressed="true"' in page


def test_the_visitor_becomes_another_and_stays_it(shop: Client) -> None:
    assert "She reminds me of yours!" in become(shop, "bob")
    assert 'value="bob" aria-pressed="true"' in shop.get("/shop/packs/").content.decode()


def test_nobody_becomes_a_stranger(shop: Client) -> None:
    assert shop.post("/shop/packs/me/", {"person": "mallory"}).status_code == 404


def test_a_pack_is_given_with_a_note(shop: Client) -> None:
    page = give(shop, 106, receiver="bob", note="Just one").content.decode()
    assert "Bob can accept it now." in page
    gift = GiftPack.objects.get(pack__number=106, receiver="bob")
    assert (gift.sender, gift.note, gift.state) == ("alice", "Just one", State.SENT)


def test_giving_twice_says_why_not(shop: Client) -> None:
    give(shop, 106, receiver="bob")
    assert "Bob has this pack already, or was sent it." in give(shop, 106, receiver="bob").content.decode()


def test_what_is_missing_is_asked_for(shop: Client) -> None:
    assert "Choose who should get it." in give(shop, 106, note="").content.decode()


def test_nobody_gives_to_themselves_or_to_strangers(shop: Client) -> None:
    for receiver in ("alice", "mallory"):
        give(shop, 106, receiver=receiver)
    assert not GiftPack.objects.filter(pack__number=106, sender="alice").exists()


def test_a_pack_that_left_the_catalogue_is_not_given(shop: Client) -> None:
    StickerPack.objects.filter(number=106).update(is_listed=False)
    assert "not in the catalogue" in give(shop, 106, receiver="bob").content.decode()


@pytest.mark.parametrize("number", ["7", "0", "99999999999999999999"])
def test_a_pack_that_is_not_there_is_not_found(shop: Client, number: str) -> None:
    assert shop.get(f"/shop/packs/{number}/").status_code == 404


def test_before_there_is_sample_data_the_page_says_what_to_run(db: None, client: Client) -> None:
    page = client.get("/shop/packs/")
    assert page.status_code == 200
    assert "manage.py demo" in page.content.decode()
    assert client.get("/shop/packs/101/").status_code == 404


def test_no_cache_keeps_the_page_of_one_for_another(shop: Client) -> None:
    assert "no-store" in shop.get("/shop/packs/")["Cache-Control"]
