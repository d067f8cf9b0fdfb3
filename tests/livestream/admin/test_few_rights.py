"""Staff of few rights: whoever may change a thing may change what stands in its form."""

import pytest

from livestream.models import LiveStream, Playlist, PlaylistEntry, Product
from tests.livestream.admin.conftest import NewClient

ADMIN = "/admin/livestream/"


def test_who_may_change_a_livestream_may_arrange_its_tray(person: NewClient, stream: LiveStream) -> None:
    page = person("change_livestream").get(f"{ADMIN}livestream/{stream.pk}/change/").content.decode()
    assert 'name="tray-0-position"' in page
    assert 'name="tray-0-DELETE"' in page


def test_who_may_change_a_product_may_change_its_units_and_pictures(
    person: NewClient, products: list[Product]
) -> None:
    page = person("change_product").get(f"{ADMIN}product/{products[0].pk}/change/").content.decode()
    assert 'name="units-0-price"' in page
    assert 'name="images-0-src"' in page


def test_who_may_add_a_product_may_add_its_units(person: NewClient, channel: object) -> None:
    page = person("add_product", "view_product").get(f"{ADMIN}product/add/").content.decode()
    assert 'name="units-__prefix__-price"' in page


def test_who_may_change_a_playlist_may_take_livestreams_out(person: NewClient, stream: LiveStream) -> None:
    playlist = Playlist.objects.create(channel=stream.channel, name="All")
    PlaylistEntry.objects.create(playlist=playlist, stream=stream)
    page = person("change_playlist").get(f"{ADMIN}playlist/{playlist.pk}/change/").content.decode()
    assert "Winter evening" in page
    assert 'name="entries-0-DELETE"' in page


@pytest.mark.parametrize(
    ("codename", "page", "field"),
    [("view_livestream", "livestream", "tray-0-position"), ("view_product", "product", "units-0-price")],
)
def test_who_may_only_look_changes_nothing_in_it(
    person: NewClient, stream: LiveStream, products: list[Product], codename: str, page: str, field: str
) -> None:
    pk = stream.pk if page == "livestream" else products[0].pk
    told = person(codename).get(f"{ADMIN}{page}/{pk}/change/").content.decode()
    assert "Scarf" in told
    assert f'name="{field}"' not in told
