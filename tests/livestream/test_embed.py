"""The player in a frame of a shop's page, and the script that puts it there."""

from typing import Any

import pytest
from django.test import Client

from livestream.models import Channel, LiveStream
from tests.livestream.watching import address, facts, policy

SHOP = "https://shop.example"


@pytest.fixture(autouse=True)
def _allowed(channel: Channel) -> None:
    channel.embed_origins = [SHOP]
    channel.save()


def test_the_channels_sites_may_show_the_player(client: Client, stream: LiveStream) -> None:
    response = client.get(address(stream, "embed/"))
    assert policy(response)["frame-ancestors"] == ["'self'", SHOP]
    assert not response.has_header("X-Frame-Options")


def test_the_player_knows_whom_it_may_talk_to(client: Client, stream: LiveStream) -> None:
    assert facts(client.get(address(stream, "embed/")).content.decode())["hosts"] == [SHOP]


def test_the_page_of_the_frame_is_not_indexed(client: Client, stream: LiveStream) -> None:
    assert client.get(address(stream, "embed/"))["X-Robots-Tag"] == "noindex"


def test_in_a_frame_there_is_a_basket_button_whether_or_not_we_know_the_basket(
    client: Client, stream: LiveStream
) -> None:
    framed = facts(client.get(address(stream, "embed/")).content.decode())
    alone = facts(client.get(address(stream)).content.decode())
    assert (framed["basket"]["shown"], alone["basket"]["shown"]) == (True, False)


def test_nobody_rehearses_in_a_frame(staff: Client, stream: LiveStream) -> None:
    LiveStream.objects.update(is_rehearsal=True, is_on_air=True)
    said = facts(staff.get(address(stream, "embed/?rehearsal=1")).content.decode())
    assert said["state"]["status"] == "idle"


def test_any_page_may_load_the_script(client: Client, db: Any) -> None:
    response = client.get("/live/embed.js")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "public, max-age=300"


def test_the_script_is_sent_again_only_when_it_changed(client: Client, db: Any) -> None:
    etag = client.get("/live/embed.js")["ETag"]
    assert client.get("/live/embed.js", headers={"If-None-Match": etag}).status_code == 304
