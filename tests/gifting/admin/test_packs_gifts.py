"""The list of gift packs: found by user, filtered, exported; taken back and given more time."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gifting.models import Brand, GiftPack, StickerPack
from gifting.services import packs
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, text_of
from tests.gifting.pack_gifts import accept, at, give, new_pack

GIFTS = "/admin/gifting/giftpack/"
EXPORT, REVOKE, EXTEND = f"{GIFTS}export/", f"{GIFTS}revoke/", f"{GIFTS}extend/"
NOON = at("2026-03-01 12:00")


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture
def gift(pack: StickerPack, now: datetime) -> GiftPack:
    """Sent by the service, so that it is in every list; it expires in ten days."""
    found = packs.send(brand=pack.brand, number=pack.number, sender="alice", receiver="bob", now=now)
    GiftPack.objects.filter(pk=found.pk).update(expires_at=now + timedelta(days=10))
    return found


def receivers(client: Client, query: str = "", **parameters: str) -> list[str]:
    """To whom the gifts in the list were sent, from top to bottom."""
    return [gift.receiver for gift in client.get(GIFTS + query, parameters or None).context["cl"].result_list]


def exported(response: HttpResponse) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def act(client: Client, action: str, *gifts: GiftPack, **fields: Any) -> HttpResponse:
    chosen = {"action": action, "_selected_action": [gift.pk for gift in gifts], **fields}
    return client.post(GIFTS, chosen, follow=True)


def ids(*gifts: GiftPack) -> str:
    return ",".join(str(gift.pk) for gift in gifts)


def state(gift: GiftPack) -> str:
    gift.refresh_from_db()
    return gift.state


# -- The list


def test_the_newest_gift_is_on_top(staff: Client, pack: StickerPack) -> None:
    give(pack, "alice", "old", NOON)
    give(pack, "alice", "new", NOON)
    assert receivers(staff) == ["new", "old"]


def test_a_row_tells_who_gave_what_to_whom(staff: Client, gift: GiftPack) -> None:
    page = text_of(staff.get(GIFTS))
    for words in ('>alice</bdi> → <bdi class="gc-name">bob<', "Stuart", "#118", "Maison Lune", ">sent<"):
        assert words in page


def test_gifts_are_filtered(staff: Client, pack: StickerPack, other_brand: Brand, now: datetime) -> None:
    accept(pack, "a", "confirmed", NOON, after=timedelta(hours=1))
    give(pack, "a", "expired", NOON, ended_at=NOON)
    give(pack, "a", "revoked", NOON, ended_at=NOON, state="revoked")
    give(new_pack(pack.brand, 119), "a", "other pack", NOON)
    give(new_pack(other_brand), "a", "other brand", now)
    for name in ("confirmed", "expired", "revoked"):
        assert receivers(staff, f"?state__exact={name}") == [name]
    assert receivers(staff, "?state__exact=sent") == ["other brand", "other pack"]
    assert receivers(staff, f"?brand__id__exact={other_brand.pk}") == ["other brand"]
    other = StickerPack.objects.get(brand=pack.brand, number=119)
    assert receivers(staff, f"?pack={other.pk}") == ["other pack"]
    assert receivers(staff, f"?sent_at__gte={now:%Y-%m-%d}T00:00:00Z") == ["other brand"]


@pytest.mark.parametrize(
    "query",
    [
        "?state__exact=x",
        "?pack=abc",
        "?pack=１",
        "?pack=-1",
        "?pack=" + "9" * 40,
        "?brand__id__exact=x",
        "?p=x",
        "?o=9.x",
        "?pack=%00",
    ],
)
@pytest.mark.parametrize("url", [GIFTS, EXPORT])
def test_garbage_in_a_filter_is_no_error_page(staff: Client, gift: GiftPack, url: str, query: str) -> None:
    assert staff.get(url + query).status_code in (200, 302)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ali", ["bob"]),
        ("alice", ["bob"]),
        ("bo", ["bob"]),
        ("lice", []),
        ("100%", ["percent"]),
        ("100", ["percent"]),
        ("a_", []),
        ("anna m", ["space"]),
        ("😀", ["emoji"]),
        ("#119", ["space"]),
        ("#1", []),
        ("#99999999999999", []),
        ("#x", ["hash"]),
        ("' OR 1=1", []),
    ],
)
def test_gifts_are_found_by_how_a_user_id_begins(
    staff: Client, pack: StickerPack, typed: str, found: list[str]
) -> None:
    give(pack, "alice", "bob", NOON)
    give(pack, "100%", "percent", NOON)
    give(new_pack(pack.brand, 119), "anna maria", "space", NOON)
    give(pack, "😀", "emoji", NOON)
    give(pack, "#x", "hash", NOON)
    assert receivers(staff, q=typed) == found


def test_a_search_with_a_nul_character_is_no_error_page(staff: Client, gift: GiftPack) -> None:
    assert staff.get(GIFTS, {"q": "a\x00b"}).status_code == 200


def test_hostile_user_ids_stay_text(staff: Client, pack: StickerPack) -> None:
    give(pack, "<script>alert(1)</script>", "bob", NOON, note="<b>bold</b>")
    assert "<script>alert" not in staff.get(GIFTS).content.decode()


def test_a_gift_can_be_looked_at_and_no_more(staff: Client, gift: GiftPack) -> None:
    url = f"{GIFTS}{gift.pk}/change/"
    assert "alice" in text_of(staff.get(url))
    assert staff.post(url, {"sender": "eve"}).status_code == 403
    assert staff.post(f"{GIFTS}{gift.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"{GIFTS}add/").status_code == 403
    assert "delete_selected" not in text_of(staff.get(GIFTS))


def test_pages_end_where_nobody_leafs(
    staff: Client, pack: StickerPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gifting.admin.gift_packs.MOST_COUNTED", 3)
    for n in range(5):
        give(pack, "alice", f"bob-{n}", NOON)
    page = staff.get(GIFTS)
    assert page.context["cl"].result_count == 3
    assert "Pages lead to the newest 3 gifts" in text_of(page)


# -- The export


def test_the_export_has_every_gift_and_no_note(staff: Client, pack: StickerPack) -> None:
    gift = accept(pack, "alice", "bob", at("2026-03-01 12:00"), after=timedelta(hours=1))
    GiftPack.objects.update(note="For your birthday")
    response = staff.get(EXPORT)
    assert response["Content-Disposition"] == 'attachment; filename="gift-packs.csv"'
    head, row = exported(response)
    assert dict(zip(head, row, strict=True)) == {
        "id": str(gift.pk),
        "brand": "lune",
        "package_id": "118",
        "pack": "Stuart",
        "sent_by": "alice",
        "sent_to": "bob",
        "state": "confirmed",
        "order": "",
        "sent": "2026-03-01 12:00:00",
        "confirmed": "2026-03-01 13:00:00",
        "expires": "",
        "ended": "",
    }


def test_the_export_is_of_the_filtered_list(staff: Client, pack: StickerPack) -> None:
    give(pack, "alice", "bob", NOON)
    give(pack, "carol", "dave", NOON, ended_at=NOON)
    page = text_of(staff.get(GIFTS + "?state__exact=expired&q=car"))
    assert f'href="{EXPORT}?state__exact=expired&q=car"' in page.replace(
        "?q=car&state__exact=expired", "?state__exact=expired&q=car"
    )
    assert [row[5] for row in exported(staff.get(EXPORT + "?state__exact=expired&q=car"))[1:]] == ["dave"]
    assert [row[5] for row in exported(staff.get(EXPORT + "?state__exact=expired&q=ali"))[1:]] == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_is_a_formula(staff: Client, pack: StickerPack, sign: str) -> None:
    StickerPack.objects.update(name=f"{sign}HYPERLINK()")
    give(pack, f"{sign}cmd|' /C calc'!A0", 'b"o,b', NOON)
    (row,) = exported(staff.get(EXPORT))[1:]
    assert row[3:6] == [f"'{sign}HYPERLINK()", f"'{sign}cmd|' /C calc'!A0", 'b"o,b']


def test_thousands_are_exported_by_one_query_and_in_parts(staff: Client, pack: StickerPack) -> None:
    GiftPack.objects.bulk_create(
        GiftPack(brand=pack.brand, pack=pack, sender="s", receiver=f"r{n}", sent_at=NOON) for n in range(5000)
    )
    with CaptureQueriesContext(connection) as captured:
        parts = list(staff.get(EXPORT).streaming_content)
    assert len(parts) == 11
    assert b"".join(parts).count(b"\r\n") == 5001
    assert len([query for query in captured if "gifting_giftpack" in query["sql"]]) <= 2


def test_the_export_is_for_those_who_may_see_the_list(person: NewClient, gift: GiftPack) -> None:
    assert person("view_giftpack").get(EXPORT).status_code == 200
    assert person("view_gift_reports").get(EXPORT).status_code == 403
    assert person("view_giftpack").post(EXPORT).status_code == 405


# -- Taken back, and given more time


@pytest.mark.parametrize(("action", "words"), [("revoke", "cannot be undone"), ("extend", "for longer")])
def test_an_action_asks_first(staff: Client, gift: GiftPack, action: str, words: str) -> None:
    page = act(staff, action, gift)
    assert "1 gift is selected" in text_of(page)
    assert words in text_of(page)
    assert state(gift) == "sent"


def test_gifts_are_taken_back(staff: Client, gift: GiftPack) -> None:
    response = staff.post(REVOKE, {"gifts": ids(gift)}, follow=True)
    assert messages_of(response) == "1 gift was taken back."
    assert state(gift) == "revoked"
    assert "Taken back." in text_of(staff.get(f"{GIFTS}{gift.pk}/history/"))


def test_what_was_accepted_is_left_and_named(staff: Client, gift: GiftPack, pack: StickerPack) -> None:
    done = accept(pack, "carol", "dave", NOON, after=timedelta(hours=1))
    assert "to 1 of them only" in text_of(act(staff, "revoke", gift, done))
    told = messages_of(staff.post(REVOKE, {"gifts": ids(gift, done)}, follow=True))
    assert "1 gift was taken back." in told
    assert told.endswith("accepted or ended before: carol → dave")
    assert state(done) == "confirmed"


def test_where_nothing_can_be_done_there_is_no_button(staff: Client, pack: StickerPack) -> None:
    done = accept(pack, "carol", "dave", NOON, after=timedelta(hours=1))
    assert 'type="submit" class="button gc-danger"' not in act(staff, "revoke", done).content.decode()


def test_gifts_get_more_time(staff: Client, gift: GiftPack, now: datetime) -> None:
    response = staff.post(EXTEND, {"gifts": ids(gift), "days": "5"}, follow=True)
    assert messages_of(response) == "1 gift can be accepted longer."
    gift.refresh_from_db()
    assert gift.expires_at == now + timedelta(days=15)


def test_a_gift_that_never_expires_is_left_as_it_is(staff: Client, gift: GiftPack) -> None:
    GiftPack.objects.update(expires_at=None)
    assert "do not expire" in messages_of(staff.post(EXTEND, {"gifts": ids(gift), "days": "5"}, follow=True))


@pytest.mark.parametrize("days", ["", "0", "-1", "366", "1.5", "abc", "9" * 40, "\x00"])
def test_garbage_instead_of_days_is_refused(staff: Client, gift: GiftPack, days: str) -> None:
    before = GiftPack.objects.get().expires_at
    response = staff.post(EXTEND, {"gifts": ids(gift), "days": days})
    assert response.status_code == 400
    assert response.context["form"].errors["days"]
    assert GiftPack.objects.get().expires_at == before


@pytest.mark.parametrize("gifts", ["", "abc", "1,abc", "-1", "0", "1;2", "9" * 40, "1\x00"])
@pytest.mark.parametrize("url", [REVOKE, EXTEND])
def test_garbage_instead_of_gifts_is_refused(staff: Client, gift: GiftPack, url: str, gifts: str) -> None:
    assert staff.post(url, {"gifts": gifts, "days": "5"}).status_code == 400
    assert staff.get(url, {"gifts": gifts}).status_code == 200
    assert state(gift) == "sent"


def test_garbage_in_the_selection_is_a_message(staff: Client, gift: GiftPack) -> None:
    choice = {"action": "revoke", "_selected_action": ["abc"]}
    assert "could not be read" in messages_of(staff.post(GIFTS, choice, follow=True))


def test_too_many_at_once_are_refused(
    staff: Client, gift: GiftPack, pack: StickerPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gifting.admin.selection.MAX_BATCH", 1)
    assert "Select at most 1" in messages_of(act(staff, "revoke", gift, give(pack, "a", "b", NOON)))


def test_the_page_leads_back_to_the_list_as_it_was(staff: Client, gift: GiftPack) -> None:
    chosen = {"action": "revoke", "_selected_action": [gift.pk]}
    page = staff.post(GIFTS + "?state__exact=sent", chosen)
    assert page.context["back"] == f"{GIFTS}?state__exact=sent"
    back = f"{GIFTS}?state__exact=sent"
    assert staff.post(REVOKE, {"gifts": ids(gift), "back": back}).url == back


def test_the_page_never_leads_to_another_site(staff: Client, gift: GiftPack) -> None:
    assert staff.post(REVOKE, {"gifts": ids(gift), "back": "https://evil.example/"}).url == GIFTS


@pytest.mark.parametrize("back", ["-1", "x", "😀", "%00", "<script>"])
def test_a_way_back_that_is_none_is_no_error(staff: Client, gift: GiftPack, back: str) -> None:
    assert staff.post(REVOKE, {"gifts": ids(gift), "back": back}).status_code == 302


@pytest.mark.parametrize("url", [REVOKE, EXTEND])
def test_both_need_the_permission_to_change_gifts(person: NewClient, gift: GiftPack, url: str) -> None:
    client = person("view_giftpack", "view_gift_reports")
    assert client.post(url, {"gifts": ids(gift), "days": "5"}).status_code == 403
    assert client.get(url).status_code == 403
    assert "is selected" not in text_of(act(client, url.split("/")[-2], gift))
    assert state(gift) == "sent"


def test_whoever_may_change_gifts_may_do_both(person: NewClient, gift: GiftPack) -> None:
    client = person("change_giftpack")
    assert "1 gift is selected" in text_of(act(client, "extend", gift))
    client.post(REVOKE, {"gifts": ids(gift)})
    assert state(gift) == "revoked"


def test_strangers_are_sent_to_the_login(client: Client, gift: GiftPack) -> None:
    for url in (GIFTS, EXPORT, REVOKE, EXTEND):
        assert client.post(url, {"gifts": ids(gift)}).url.startswith("/admin/login/")
