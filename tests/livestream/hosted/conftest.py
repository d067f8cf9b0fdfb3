"""A channel whose playlist lives in a hosted account."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django import Settings

from livestream.models import Channel, Playlist
from tests.fakes.firework import Account, account
from tests.livestream.hosted.mirroring import SENT, Recorder


@pytest.fixture
def vendor(settings: Settings, channel: Channel) -> Iterator[Account]:
    with account() as vendor:
        settings.LIVESTREAM = {
            **settings.LIVESTREAM,
            "BACKENDS": vendor.settings,
            "BUS": {"BACKEND": f"{Recorder.__module__}.Recorder"},
        }
        channel.backend = "firework"
        channel.save()
        vendor.playlists["list"] = []
        SENT.clear()
        Recorder.is_down = False
        yield vendor


@pytest.fixture
def playlist(channel: Channel, vendor: Account, now: datetime) -> Playlist:
    return Playlist.objects.create(channel=channel, name="Winter", remote_id="list", mirror_due_at=now)
