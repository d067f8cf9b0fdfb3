"""A channel's look on its pages."""

import re

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from livestream import colors
from livestream.models import Channel, LiveStream
from tests.livestream.watching import watch

ACCENTS = ["#a3293d", "#ffff00", "#000000", "#ffffff", "#7f7f7f", "#00ff7f", "#1d4ed8"]


@pytest.mark.parametrize("accent", ACCENTS)
def test_every_accent_can_be_read_by_day_and_at_night(client: Client, channel: Channel, accent: str) -> None:
    Channel.objects.update(accent_color=accent)
    css = client.get("/live/channels/atelier/theme.css").content.decode()
    on_accent, by_day, by_night = re.findall(r"--lv-(?:on-accent|accent-text): (#\w+)", css)
    assert colors.contrast(on_accent, accent) >= colors.AA
    assert colors.contrast(by_day, colors.DAY) >= colors.AA
    assert colors.contrast(by_night, colors.NIGHT) >= colors.AA


def test_what_is_no_color_never_reaches_the_stylesheet(client: Client, channel: Channel) -> None:
    Channel.objects.update(accent_color="red;}x{")
    assert "red" not in client.get("/live/channels/atelier/theme.css").content.decode()


def test_a_logo_takes_the_place_of_the_name(client: Client, channel: Channel, stream: LiveStream) -> None:
    channel.logo.save("logo.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    assert 'src="/live/channels/atelier/logo" alt="Atelier Nord"' in watch(client, stream)


def test_an_svg_logo_can_run_nothing(client: Client, channel: Channel) -> None:
    channel.logo.save("logo.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    response = client.get("/live/channels/atelier/logo")
    assert response["Content-Type"] == "image/svg+xml"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["", "logo.html"])
def test_anything_else_is_no_logo(client: Client, channel: Channel, name: str) -> None:
    if name:
        channel.logo.save(name, ContentFile(b"<script>"))
    assert client.get("/live/channels/atelier/logo").status_code == 404
