"""Products and channels in the admin."""

import csv
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from oauth2_provider.models import get_application_model
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from livestream.dto import Audience
from livestream.models import Channel, JournalEntry, LiveStream, Playlist, Product, Reminder
from livestream.services import pins, playlists, state, streams
from tests.livestream.admin.conftest import NewClient
from tests.livestream.conftest import STAFF

PRODUCTS = "/admin/livestream/product/"
HEAD = "product,name,currency,unit,unit_name,price\n"


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    return file.getvalue()


def send(client: Client, channel: Channel, text: str, button: str = "import") -> Any:
    file = SimpleUploadedFile("products.csv", text.encode())
    return client.post(f"{PRODUCTS}import/", {"channel": channel.pk, "file": file, button: "1"})


def test_a_file_is_imported(staff: Client, channel: Channel) -> None:
    response = send(staff, channel, HEAD + "S,Scarf,EUR,S-red,Red,49\nC,Coat,EUR,,,-1\n")
    assert [len(response.context["result"].added), response.context["result"].problem_count] == [1, 1]
    assert "The price is negative." in response.content.decode()
    assert Product.objects.get().units.get().name == "Red"


def test_a_large_file_is_imported(staff: Client, channel: Channel) -> None:
    """One that Django keeps in a file of its own."""
    lines = f"S,{'x' * 199},EUR,,,1\n" + ("# " + "y" * 500 + "\n") * 6_000
    response = send(staff, channel, HEAD + lines)
    assert (Product.objects.count(), response.context["result"].problem_count) == (1, 6_000)


def test_a_check_only_tells(staff: Client, channel: Channel) -> None:
    response = send(staff, channel, HEAD + "S,Scarf,EUR,S-red,Red,49\n", button="check")
    assert "Nothing is written yet." in response.content.decode()
    assert not Product.objects.exists()


def test_a_file_that_is_none_is_refused(staff: Client, channel: Channel) -> None:
    response = send(staff, channel, "hello\n")
    assert (response.status_code, "There is no column “product”" in response.content.decode()) == (400, True)


def test_who_may_only_change_does_not_import(person: NewClient, channel: Channel) -> None:
    assert send(person("view_product", "change_product"), channel, HEAD).status_code == 403


def test_what_is_exported_can_be_imported(
    staff: Client, channel: Channel, other_channel: Channel, new_product
) -> None:
    new_product("Scarf", ext_id="S", units=("Red", "Blue"))
    new_product("=SUM(A1)", ext_id="E")
    exported = b"".join(staff.get(f"{PRODUCTS}export/").streaming_content).decode()
    assert "'=SUM(A1)" in exported
    send(staff, other_channel, exported)
    scarf = other_channel.products.get(ext_id="S")
    assert [(unit.name, unit.price) for unit in scarf.units.all()] == [("Red", 49), ("Blue", 49)]


def test_the_export_has_a_row_for_each_unit_of_the_filtered_list(staff: Client, new_product) -> None:
    new_product("Scarf", units=("Red", "Blue"))
    new_product("Hat", is_sold_out=True)
    found = b"".join(staff.get(f"{PRODUCTS}export/?is_sold_out__exact=0").streaming_content).decode(
        "utf-8-sig"
    )
    assert [row["unit_name"] for row in csv.DictReader(found.splitlines())] == ["Red", "Blue"]


def test_sold_out_reaches_viewers(
    staff: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    staff.post(PRODUCTS, {"action": "sell_out", "_selected_action": [products[0].pk]})
    (card,) = state.load(number=live.pk, audience=Audience.PUBLIC).pins
    assert card.is_sold_out


def test_a_change_in_the_form_reaches_viewers(
    staff: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    product = products[0]
    pins.pin(stream=live, ids=[product.public_id], actor=STAFF, now=now)
    version = LiveStream.objects.get().version
    unit = product.units.get()
    data = {"name": "Silk scarf", "currency": "EUR"}
    data |= {"units-TOTAL_FORMS": 1, "units-INITIAL_FORMS": 1, "units-0-id": unit.pk, "units-0-price": "39"}
    data |= {"units-0-product": product.pk, "units-0-name": "One size", "units-0-position": 1}
    data |= {"images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0}
    assert staff.post(f"{PRODUCTS}{product.pk}/change/", data).status_code == 302
    after = state.load(number=live.pk, audience=Audience.PUBLIC)
    assert (after.pins[0].name, after.pins[0].price) == ("Silk scarf", "€39.00")
    assert after.version > version


def test_the_list_costs_the_same_however_long_it_is(
    staff: Client, new_product, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(20):
        new_product(f"Thing {n}", units=("Red", "Blue"))
    with django_assert_max_num_queries(7):
        staff.get(PRODUCTS)


# -- Channels


def product_form(product: Product | None, **fields: Any) -> dict[str, Any]:
    """What the browser sends; the product has one unit."""
    unit = product.units.get() if product else None
    data = {
        "name": "Silk tie",
        "currency": "EUR",
        "units-TOTAL_FORMS": 1,
        "units-INITIAL_FORMS": 1 if unit else 0,
        "units-0-name": "One size",
        "units-0-price": "49.00",
        "units-0-position": 1,
        "images-TOTAL_FORMS": 0,
        "images-INITIAL_FORMS": 0,
    }
    known = {"units-0-id": unit.pk, "units-0-product": product.pk} if unit and product else {}
    return {**data, **known, **fields}


def test_a_number_that_another_product_has_is_refused(
    staff: Client, channel: Channel, new_product, products: list[Product]
) -> None:
    new_product("Silk tie", ext_id="S-1")
    words = "Another product of this channel has this number."
    scarf = products[0]
    added = staff.post(f"{PRODUCTS}add/", product_form(None, channel=channel.pk, ext_id="S-1"))
    changed = staff.post(f"{PRODUCTS}{scarf.pk}/change/", product_form(scarf, ext_id="S-1"))
    assert words in added.content.decode()
    assert words in changed.content.decode()


def test_another_channel_may_have_the_same_number(
    staff: Client, other_channel: Channel, new_product, products: list[Product]
) -> None:
    new_product("Foreign", ext_id="S-1", channel=other_channel)
    scarf = products[0]
    assert staff.post(f"{PRODUCTS}{scarf.pk}/change/", product_form(scarf, ext_id="S-1")).status_code == 302
    assert staff.post(f"{PRODUCTS}{scarf.pk}/change/", product_form(scarf, ext_id="S-1")).status_code == 302


def test_a_price_below_zero_is_refused_in_words(staff: Client, products: list[Product]) -> None:
    scarf = products[0]
    data = product_form(scarf, **{"units-0-price": "-1"})
    page = staff.post(f"{PRODUCTS}{scarf.pk}/change/", data).content.decode()
    assert "greater than or equal to 0" in page
    assert "Constraint" not in page


def test_products_are_offered_by_their_names(staff: Client, new_product, products: list[Product]) -> None:
    new_product("Mittens")
    asked = {"app_label": "livestream", "model_name": "streamproduct", "field_name": "product", "term": ""}
    offered = [one["text"] for one in staff.get("/admin/autocomplete/", asked).json()["results"]]
    assert offered == ["Boots", "Coat", "Gloves", "Hat", "Mittens", "Scarf"]


def test_an_application_shows_its_secret_once(staff: Client, channel: Channel) -> None:
    url = f"/admin/livestream/channel/{channel.pk}/"
    made = staff.post(f"{url}new-application/", {"name": "Shop"}).context["made"]
    again = staff.get(f"{url}change/").content.decode() + staff.get(f"{url}history/").content.decode()
    assert len(made.client_secret) > 40
    assert made.client_secret not in again
    assert made.application.client_id in again


def test_a_redirect_address_that_is_unsafe_is_refused(staff: Client, channel: Channel) -> None:
    url = f"/admin/livestream/channel/{channel.pk}/new-application/"
    response = staff.post(url, {"redirect_uris": "http://shop.example/back"})
    assert (response.status_code, channel.applications.count()) == (400, 0)


def test_an_application_is_revoked(staff: Client, channel: Channel) -> None:
    url = f"/admin/livestream/channel/{channel.pk}/"
    staff.post(f"{url}new-application/", {"name": "Shop"})
    staff.post(f"{url}applications/{channel.applications.get().pk}/revoke/")
    assert (channel.applications.count(), get_application_model().objects.count()) == (0, 0)


def test_applications_need_permissions_of_their_own(person: NewClient, channel: Channel) -> None:
    client = person("view_channel", "change_channel")
    assert client.post(f"/admin/livestream/channel/{channel.pk}/new-application/").status_code == 403


@pytest.mark.parametrize(
    ("logo", "status"), [(png(), 302), (b"<svg onload='x'/>", 200), (b"", 200)], ids=["png", "svg", "empty"]
)
def test_a_logo_is_a_picture(staff: Client, channel: Channel, logo: bytes, status: int) -> None:
    data = {"name": "Atelier", "slug": "atelier", "default_language": "en", "accent_color": "#112233"}
    data |= {"replay_days": 30, "applications-TOTAL_FORMS": 0, "applications-INITIAL_FORMS": 0}
    upload = SimpleUploadedFile("../logo.html", logo)
    response = staff.post(f"/admin/livestream/channel/{channel.pk}/change/", {**data, "logo": upload})
    assert response.status_code == status


# -- Lists to look at


def test_a_playlist_costs_the_same_however_long_it_is(
    staff: Client, channel: Channel, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    playlist = Playlist.objects.create(channel=channel, name="Evenings")
    made = [
        streams.create(channel=channel, event_name=f"Show {n}", scheduled_at=now, actor=STAFF, now=now)
        for n in range(20)
    ]
    playlists.add(playlist=playlist, streams=made)
    with django_assert_max_num_queries(8):
        staff.get(f"/admin/livestream/playlist/{playlist.pk}/change/")


@pytest.mark.parametrize("model", ["journalentry", "reminder", "webhookreceipt"])
def test_the_past_is_only_looked_at(staff: Client, stream: LiveStream, model: str) -> None:
    assert staff.get(f"/admin/livestream/{model}/").status_code == 200
    assert staff.get(f"/admin/livestream/{model}/add/").status_code == 403


def test_the_journal_says_who_did_what(staff: Client, live: LiveStream) -> None:
    entry = JournalEntry.objects.last()
    page = staff.get(f"/admin/livestream/journalentry/{entry.pk}/change/").content.decode()
    assert "staff:maria" in page


def test_no_list_has_a_whole_mail_address(staff: Client, stream: LiveStream, now: datetime) -> None:
    Reminder.objects.create(stream=stream, email="alice@example.com", language="en", created_at=now)
    page = staff.get("/admin/livestream/reminder/").content.decode()
    assert "a…@example.com" in page
    assert "alice@" not in page
