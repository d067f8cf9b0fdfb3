"""The vendor's published JavaScript client, unchanged, against the server that the project runs on."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gifting.serving import Project, once_is_enough

pytestmark = once_is_enough
SCRIPTS = Path(__file__).parent / "stipop"
SUCCESS = {"code": "0000", "status": "success", "message": "success"}
PACKS = """
from django.utils import timezone
from gifting.models import Brand, Sticker, StickerPack
from gifting.services import packs
now = timezone.now()
brand = Brand.objects.create(slug="lune", name="Maison Lune")
for number in (118, 119):
    pack = StickerPack.objects.create(brand=brand, number=number, name="Stuart", created_at=now)
Sticker.objects.create(pack=pack, image="packs/7/9b1c.png")
for number in (118, 119):
    packs.send(brand=brand, number=number, sender="9937", receiver="8805", now=now)
packs.confirm(brand=brand, number=118, sender="9937", receiver="8805", now=now)
"""
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client as npm has it, and what calls it."""
    folder = tmp_path_factory.mktemp("client") / "stipop"
    shutil.copytree(SCRIPTS, folder)
    npm = shutil.which("npm")
    command = [npm, "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"]
    done = npm and subprocess.run(command, cwd=folder, capture_output=True)
    if not done or done.returncode or not shutil.which("node"):
        words = "stipop-js-sdk is not there: npm is missing or could not install it."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    return folder


@pytest.fixture(scope="module")
def ask(client: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`ask(method, **params)` is what the client makes of the server's answer."""
    project = Project.make(tmp_path_factory.mktemp("project"))
    project.python(PACKS)
    key = project.manage("create_api_key", "lune", "--kind", "packs").strip()
    with project.serve() as server:

        def call(method: str, key: str = key, **params: Any) -> Any:
            command = ["node", "--require", "./here.cjs", "calls.cjs", key, json.dumps([[method, params]])]
            here = {**os.environ, "STIPOP_HERE": server.url}
            done = subprocess.run(command, cwd=client, env=here, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)[0]

        yield call


def test_it_lists_the_packs(ask: Ask) -> None:
    answer = ask("getPack", userId="8805", lang="en", countryCode="US", pageNumber=1, limit=10)
    assert answer["header"] == SUCCESS
    packs = [(pack["packageId"], pack["price"]) for pack in answer["body"]["packageList"]]
    assert packs == [(119, "Free"), (118, "Free")]
    assert (answer["body"]["pageMap"]["totalCount"], answer["body"]["pageMap"]["endPage"]) == (2, 1)


def test_it_looks_at_one_pack(ask: Ask) -> None:
    answer = ask("getPackInfo", packId=119, userId="8805")
    assert answer["header"] == SUCCESS
    pack = answer["body"]["package"]
    assert (pack["packageName"], pack["isDownload"]) == ("Stuart", "N")
    assert [sticker["packageId"] for sticker in pack["stickers"]] == [119]


@pytest.mark.parametrize(
    ("method", "user", "downloaded"), [("sendGift", "9937", ["N", "N"]), ("receiveGift", "8805", ["N", "Y"])]
)
def test_it_lists_gifts(ask: Ask, method: str, user: str, downloaded: list[str]) -> None:
    answer = ask(method, userId=user, pageNumber=1, limit=20)
    assert answer["header"] == SUCCESS
    gifts = answer["body"]["packageList"]
    assert [(gift["packageId"], gift["isReceive"]) for gift in gifts] == [(119, "N"), (118, "Y")]
    assert {(gift["sendUserId"], gift["receiveUserId"]) for gift in gifts} == {("9937", "8805")}
    assert [gift["isDownload"] for gift in gifts] == downloaded
    assert answer["body"]["pageMap"]["totalCount"] == 2


def test_it_pages_through_gifts(ask: Ask) -> None:
    answer = ask("receiveGift", userId="8805", pageNumber=2, limit=1)
    assert [gift["packageId"] for gift in answer["body"]["packageList"]] == [118]


def test_it_lists_the_gifts_of_a_user_with_a_slash_in_the_id(ask: Ask) -> None:
    answer = ask("receiveGift", userId="team/🎁 bob", pageNumber=1)
    assert (answer["header"], answer["body"]["packageList"]) == (SUCCESS, [])


def test_it_downloads_a_pack(ask: Ask) -> None:
    assert ask("download", packageId=119, userId="4711", isPurchase="N") == {"header": SUCCESS, "body": []}
    assert ask("getPackInfo", packId=119, userId="4711")["body"]["package"]["isDownload"] == "Y"


@pytest.mark.parametrize(
    ("said", "code"),
    [({"key": "gc_wrong", "userId": "9937"}, "9000"), ({"userId": "9937", "limit": 51}, "2000")],
)
def test_it_is_told_what_is_wrong(ask: Ask, said: dict[str, Any], code: str) -> None:
    assert ask("sendGift", **said)["header"]["code"] == code
