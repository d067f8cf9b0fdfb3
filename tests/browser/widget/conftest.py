"""A merchant's page around the widget, and the giver in front of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import requests

from tests.browser.chromium import NewPage
from tests.browser.running import NewGift, RunningShop
from tests.browser.widget.giver import Giver
from tests.browser.widget.host import Host, serve


@pytest.fixture(scope="session")
def host(shop: RunningShop) -> Iterator[Host]:
    """The web site of the demo brand, registered for the widget."""
    with serve(shop.url) as site:
        shop.allow_origin(site.url)
        yield site


@pytest.fixture
def gift(shop: RunningShop) -> NewGift:
    return shop.new_container()


@pytest.fixture
def giver(new_page: NewPage, host: Host, gift: NewGift) -> Giver:
    """At the first page of the widget, with a camera."""
    giver = Giver(new_page()).open(host.page_for(gift))
    giver.is_at("welcome")
    return giver


@pytest.fixture
def document(shop: RunningShop) -> Callable[[NewGift], dict[str, Any]]:
    """The server's document of a container."""

    def read(gift: NewGift) -> dict[str, Any]:
        url = f"{shop.url}/widget/containers/{gift.urid}"
        answer = requests.get(url, headers={"X-Edit-Key": gift.edit_key}, timeout=30)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return read


@pytest.fixture
def cancel(shop: RunningShop) -> Callable[[NewGift], None]:
    """The shop cancels the order of a gift."""

    def run(gift: NewGift) -> None:
        shop.python(
            "from django.utils import timezone; from gifting.models import VideoContainer\n"
            "from gifting.dto import Actor, ActorKind; from gifting.services import containers\n"
            f"gift = VideoContainer.objects.get(urid={gift.urid!r})\n"
            "containers.cancel(container=gift, actor=Actor(ActorKind.SHOP), now=timezone.now())"
        )

    return run


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """`film(seconds)`: a video file as a phone makes them."""
    folder = tmp_path_factory.mktemp("films")

    def make(seconds: int) -> Path:
        path = folder / f"{seconds}s.mp4"
        if not path.exists():
            _write_film(path, frames=seconds * 10)
        return path

    return make


def _write_film(path: Path, *, frames: int) -> None:
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(frames):
            picture = np.full((240, 320, 3), number % 255, dtype=np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode())
