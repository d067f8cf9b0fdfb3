"""`manage.py demo`: one run fills the installation, and any number of runs leave the same."""

import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from gifting.dto import Actor, ActorKind
from gifting.models import Brand, Order, Recording, VideoContainer
from gifting.services import containers, links, recordings
from tests.config.conftest import BASE

pytestmark = pytest.mark.django_db
Told = dict[str, Any]
State = VideoContainer.State
STAFF = Actor(ActorKind.STAFF, "maria")


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def demo_json(base_url: str = BASE) -> Told:
    told: Told = json.loads(demo("--json", "--base-url", base_url))
    return told


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Told]:
    """What a first run prints. Its clips take seconds: the tests share it, each rolls back its own part."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield demo_json()
        transaction.set_rollback(True)


def sample(told: Told, state: State) -> VideoContainer:
    crid = next(one["crid"] for one in told["samples"] if one["state"] == state)
    return VideoContainer.objects.select_related("order__brand", "recording").get(order__number=crid)


def test_the_report_has_the_published_shape(told: Told) -> None:
    assert told["base_url"] == BASE
    assert told["admin"].keys() == {"url", "username", "password"}
    assert told["livstick"].keys() == {"base_url", "key", "other_brand_key"}
    assert told["livstick"]["base_url"] == f"{BASE}/v3"
    assert told["stipop"].keys() == {"base_url", "apikey", "package_ids"}
    assert told["stipop"]["base_url"] == f"{BASE}/v1"


def test_there_is_a_sample_in_each_state(told: Told) -> None:
    states = [one["state"] for one in told["samples"]]
    assert sorted(states) == sorted(State)


def test_every_page_that_is_printed_answers(told: Told, client: Client) -> None:
    pages = [told["base_url"], told["admin"]["url"], *told["shop"].values()]
    pages += [url for one in told["samples"] for name, url in one.items() if name.endswith("_url")]
    answers = {url: client.get(url.removeprefix(BASE) or "/", follow=True).status_code for url in pages}
    assert answers == dict.fromkeys(pages, 200)


def test_the_login_opens_the_admin(told: Told, client: Client) -> None:
    assert client.login(username=told["admin"]["username"], password=told["admin"]["password"])
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("key", "status"), [("key", 200), ("other_brand_key", 404)])
def test_each_key_opens_its_own_brand(told: Told, client: Client, key: str, status: int) -> None:
    bearer = {"Authorization": f"Bearer {told['livstick'][key]}"}
    answer = client.get(f"/v3/containers/{told['samples'][0]['crid']}", headers=bearer)
    assert answer.status_code == status


def test_the_key_of_the_gift_api_finds_the_packs(told: Told, client: Client) -> None:
    stipop = told["stipop"]
    path = stipop["base_url"].removeprefix(BASE)
    answer = client.get(f"{path}/package", headers={"apikey": stipop["apikey"]}).json()
    found = [pack["packageId"] for pack in answer["body"]["packageList"]]
    assert sorted(found) == stipop["package_ids"]


def test_the_recorded_samples_play(told: Told, client: Client) -> None:
    recording = sample(told, State.DELIVERED).recording
    assert recording is not None
    assert recording.duration_ms == pytest.approx(6000, abs=200)
    answer = client.get(links.media_links(recording).video)
    assert b"".join(answer.streaming_content)[4:8] == b"ftyp"


def test_the_stuck_sample_recovers_when_staff_start_it_again(told: Told) -> None:
    container = sample(told, State.PROCESSING)
    recording = container.recordings.get(state=Recording.State.FAILED)
    recordings.retry(recording=recording, actor=STAFF, now=timezone.now())
    recordings.process(pk=recording.pk, now=timezone.now())
    container.refresh_from_db()
    assert container.state == State.RECORDED


def test_a_second_run_changes_nothing(told: Told) -> None:
    before = Order.objects.count(), Recording.objects.count(), Brand.objects.count()
    assert demo_json() == told
    assert (Order.objects.count(), Recording.objects.count(), Brand.objects.count()) == before


def test_a_sample_that_somebody_played_on_with_is_kept_and_made_anew(told: Told) -> None:
    played_on = sample(told, State.RECORDING_OPEN)
    containers.activate(container=played_on, actor=STAFF, now=timezone.now())
    again = demo_json()
    assert sample(again, State.RECORDING_OPEN).pk != played_on.pk
    assert VideoContainer.objects.filter(pk=played_on.pk, state=State.ACTIVATED).exists()


def test_another_base_url_moves_every_address(told: Told) -> None:
    moved = demo_json("http://127.0.0.1:20798/")
    assert moved == json.loads(json.dumps(told).replace(":20799", ":20798"))


def test_what_staff_changed_about_the_brand_stays(told: Told) -> None:
    Brand.objects.filter(slug="maison-lune").update(accent_color="#123456")
    demo_json()
    assert Brand.objects.get(slug="maison-lune").accent_color == "#123456"


def test_the_clear_text_is_for_the_owners_eyes_alone(told: Told) -> None:
    mode = (Path(project.VAR) / "demo.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_lost_keys_are_revoked_and_made_anew(told: Told, client: Client) -> None:
    kept = Path(project.VAR) / "demo.json"
    old = kept.read_text()
    kept.unlink()
    try:
        again = demo_json()
    finally:
        kept.write_text(old)
    assert again["livstick"]["key"] != told["livstick"]["key"]
    assert again["stipop"]["apikey"] != told["stipop"]["apikey"]
    lost = {"Authorization": f"Bearer {told['livstick']['key']}"}
    assert client.get(f"/v3/containers/{told['samples'][0]['crid']}", headers=lost).status_code == 401


def test_people_read_the_same_and_what_to_do_next(told: Told) -> None:
    text = demo("--base-url", BASE)
    for fact in (told["shop"]["mailbox_url"], told["admin"]["password"], told["livstick"]["key"], "Next: "):
        assert fact in text


def test_without_the_shop_the_samples_work_and_the_shop_is_explained(told: Told, settings: Settings) -> None:
    settings.DEMO = False
    assert "DEMO=1" in demo("--base-url", BASE)
    assert demo_json() == {name: part for name, part in told.items() if name != "shop"}


def test_without_demo_no_sample_login_is_put_beside_real_brands(brand: Brand, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        demo("--json")


@pytest.mark.parametrize("wrong", ["lune.example", "ftp://lune.example", "http://"])
def test_a_base_url_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(CommandError, match="base URL"):
        demo("--base-url", wrong)
