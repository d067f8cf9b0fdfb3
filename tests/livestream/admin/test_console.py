"""The live console through its addresses: what it shows, what it does, and who may."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from livestream.dto import Audience
from livestream.models import Channel, Cue, LiveStream, Pin, Product, ProductClick, ViewerSample
from livestream.services import cues, pins, state, streams
from tests.livestream.admin.conftest import NewClient, NewConsole
from tests.livestream.conftest import STAFF

LOOK_AND_PIN = ("view_livestream", "pin_products")


def ids(*products: Product) -> list[str]:
    return [product.public_id for product in products]


def public_pins(stream: LiveStream) -> list[str]:
    return [card.id for card in state.load(number=stream.pk, audience=Audience.PUBLIC).pins]


def test_the_page_opens_with_what_it_needs(console: NewConsole, live: LiveStream) -> None:
    page = console(live).page()
    assert page.status_code == 200
    assert page.context["config"]["first"]["state"]["status"] == "active"


def test_the_page_has_no_script_and_no_style_of_its_own(console: NewConsole, live: LiveStream) -> None:
    html = console(live).page().content.decode()
    assert " style=" not in html
    assert html.count("<script") == html.count("<script src=") + html.count(
        '<script type="module" src='
    ) + html.count('<script id="lc-config" type="application/json">')


def test_pins_follow_each_other(console: NewConsole, live: LiveStream, products: list[Product]) -> None:
    desk = console(live)
    for product in products[:2]:
        desk.do("pin", item=product.public_id)
    assert public_pins(live) == ids(*products[:2])


def test_a_place_replaces_what_is_there(
    console: NewConsole, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    console(live).do("pin", item=products[3].public_id, place=2)
    assert public_pins(live) == ids(products[0], products[3], products[2])


def test_what_is_pinned_moves_to_the_place(
    console: NewConsole, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    console(live).do("pin", item=products[2].public_id, place=1)
    assert public_pins(live) == ids(products[2], products[0], products[1])


def test_a_fourth_needs_a_place(
    console: NewConsole, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    answer = console(live).do("pin", item=products[3].public_id)
    assert (answer.status_code, public_pins(live)) == (400, ids(*products[:3]))
    assert answer.json()["error"].startswith("Three products are pinned already.")


def test_two_people_do_not_undo_each_other(
    console: NewConsole, person: NewClient, live: LiveStream, products: list[Product]
) -> None:
    """Each pins what the other's page does not show yet."""
    mine, yours = console(live), console(live, client=person(*LOOK_AND_PIN))
    mine.do("pin", item=products[0].public_id)
    yours.do("pin", item=products[1].public_id)
    assert mine.pins == yours.pins == ids(*products[:2])


def test_the_other_ones_name_is_on_the_pin(
    console: NewConsole, person: NewClient, live: LiveStream, products: list[Product]
) -> None:
    console(live, client=person(*LOOK_AND_PIN, name="jonas")).do("pin", item=products[0].public_id)
    assert console(live).state()["by"] == {products[0].public_id: "jonas"}


def test_reordering(console: NewConsole, live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    console(live).do("shift", item=products[0].public_id, place=3)
    assert public_pins(live) == ids(products[1], products[2], products[0])


def test_unpinning(console: NewConsole, live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(*products[:2]), actor=STAFF, now=now)
    answer = console(live).do("unpin", items=ids(products[0]))
    assert [pin["id"] for pin in answer.json()["state"]["pins"]] == ids(products[1])


def test_unpinning_twice_is_a_sentence(
    console: NewConsole, live: LiveStream, products: list[Product]
) -> None:
    answer = console(live).do("unpin", items=ids(products[0]))
    assert (answer.status_code, answer.json()) == (404, {"error": "This product is not pinned any more."})


def test_a_show_that_has_not_begun_takes_no_pins(
    console: NewConsole, stream: LiveStream, products: list[Product]
) -> None:
    answer = console(stream).do("pin", item=products[0].public_id)
    assert (answer.status_code, public_pins(stream)) == (409, [])
    assert answer.json()["error"].endswith("Start it first.")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"item": 7}',
        b'{"item": ["x"]}',
        b'{"item": "' + b"x" * 20_000 + b'"}',
        b'{"item": "x", "place": true}',
        b'{"item": "x", "place": 99}',
        b'{"item": "\\u0000"}',
        b'{"item": "\\ud800"}',
        b"\xff",
    ],
    ids=["cut off", "list", "number", "array", "long", "flag", "place", "zero", "half", "bytes"],
)
def test_what_cannot_be_read_is_a_sentence(staff: Client, live: LiveStream, body: bytes) -> None:
    url = f"/admin/livestream/livestream/{live.pk}/console/pin/"
    answer = staff.post(url, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_a_foreign_product_is_not_pinned(
    console: NewConsole, live: LiveStream, new_product, other_channel
) -> None:
    foreign = new_product("Foreign", channel=other_channel)
    assert console(live).do("pin", item=foreign.public_id).status_code == 404


# -- Who may


def test_pinning_does_not_need_the_permission_to_edit(
    console: NewConsole, person: NewClient, live: LiveStream, products: list[Product]
) -> None:
    desk = console(live, client=person(*LOOK_AND_PIN))
    assert desk.page().status_code == 200
    assert desk.do("pin", item=products[0].public_id).status_code == 200


@pytest.mark.parametrize("deed", ["pin", "unpin", "shift", "next", "restart", "rehearse", "finish"])
def test_looking_on_is_not_pinning(
    console: NewConsole, person: NewClient, live: LiveStream, deed: str
) -> None:
    answer = console(live, client=person("view_livestream")).do(deed)
    assert (answer.status_code, answer.json()) == (403, {"error": "You are not allowed to do this."})


@pytest.mark.parametrize(
    "deed", ["add_cue", "change_cue", "remove_cue", "order_cues", "start", "pause", "resume", "end"]
)
def test_pinning_is_not_editing_and_not_ending(
    console: NewConsole, person: NewClient, live: LiveStream, deed: str
) -> None:
    assert console(live, client=person(*LOOK_AND_PIN)).do(deed).status_code == 403


def test_whoever_may_end_need_not_edit(console: NewConsole, person: NewClient, live: LiveStream) -> None:
    answer = console(live, client=person("view_livestream", "end_livestream")).do("end")
    assert answer.json()["status"] == "replay"


def test_whoever_may_not_look_sees_nothing(person: NewClient, console: NewConsole, live: LiveStream) -> None:
    desk = console(live, client=person("pin_products"))
    assert [desk.page().status_code, desk.do("pin").status_code] == [403, 403]


def test_nobody_else_gets_in(client: Client, console: NewConsole, live: LiveStream) -> None:
    assert console(live, client=Client()).page().status_code == 302


@pytest.mark.parametrize("deed", ["pin", "end", "rehearse"])
def test_nothing_is_changed_by_get(staff: Client, live: LiveStream, deed: str) -> None:
    assert staff.get(f"/admin/livestream/livestream/{live.pk}/console/{deed}/").status_code == 405


def test_a_page_of_another_site_cannot_pin(live: LiveStream, staff: Client, admin_user) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(admin_user)
    url = f"/admin/livestream/livestream/{live.pk}/console/pin/"
    assert careful.post(url, {}, content_type="application/json").status_code == 403


# -- Rehearsal


def test_a_rehearsal_is_for_staff_alone(
    console: NewConsole, stream: LiveStream, products: list[Product]
) -> None:
    desk = console(stream)
    desk.do("rehearse")
    desk.do("pin", item=products[0].public_id)
    assert (desk.pins, public_pins(stream)) == (ids(products[0]), [])
    assert state.load(number=stream.pk, audience=Audience.PUBLIC).status == "idle"


def test_going_live_ends_the_rehearsal(
    console: NewConsole, stream: LiveStream, products: list[Product], now: datetime
) -> None:
    cues.create(stream=stream, title="Welcome", items=ids(products[1]))
    desk = console(stream)
    desk.do("rehearse")
    desk.do("pin", item=products[0].public_id)
    desk.do("next")
    desk.do("start")
    found = desk.state()
    assert (found["status"], found["is_rehearsal"], public_pins(stream)) == ("active", False, [])
    assert found["cues"][0]["done_at"] is None


def test_a_show_that_runs_is_not_rehearsed(console: NewConsole, live: LiveStream) -> None:
    assert console(live).do("rehearse").status_code == 409


# -- The run of show


def plan(*products: Product, title: str = "Welcome") -> dict[str, object]:
    return {"title": title, "note": "", "seconds": None, "items": ids(*products)}


def test_steps_are_planned_and_done_one_by_one(
    console: NewConsole, live: LiveStream, products: list[Product]
) -> None:
    desk = console(live)
    desk.do("add_cue", **plan(products[0], products[1]))
    desk.do("add_cue", **plan(products[2], title="Gloves"))
    desk.do("next")
    assert desk.pins == ids(*products[:2])
    desk.do("next")
    assert desk.pins == ids(products[2])
    assert desk.do("next").json() == {"error": "The run of show has no step left."}


def test_of_two_who_press_next_at_once_one_does_it(
    console: NewConsole, live: LiveStream, products: list[Product]
) -> None:
    desk = console(live)
    first, second = (cues.create(stream=live, title=name, items=ids(products[0])) for name in ("A", "B"))
    desk.do("next", cue=first.pk)
    assert desk.do("next", cue=first.pk).status_code == 400
    second.refresh_from_db()
    assert second.done_at is None


def test_a_step_is_changed_moved_and_removed(
    console: NewConsole, stream: LiveStream, products: list[Product]
) -> None:
    desk = console(stream)
    first, second = (cues.create(stream=stream, title=name) for name in ("A", "B"))
    desk.do("change_cue", cue=first.pk, **plan(products[0], title="Hats"))
    desk.do("order_cues", order=[second.pk, first.pk])
    assert [cue["title"] for cue in desk.state()["cues"]] == ["B", "Hats"]
    desk.do("remove_cue", cue=second.pk)
    assert Cue.objects.get().items == ids(products[0])


def test_a_step_of_another_livestream_is_not_there(
    console: NewConsole, stream: LiveStream, channel, now: datetime
) -> None:
    other = streams.create(channel=channel, event_name="Other", scheduled_at=now, actor=STAFF, now=now)
    cue = cues.create(stream=other, title="A")
    assert console(stream).do("remove_cue", cue=cue.pk).status_code == 404


def test_names_come_with_the_steps(console: NewConsole, stream: LiveStream, products: list[Product]) -> None:
    cues.create(stream=stream, title="A", items=ids(products[0]))
    assert console(stream).state()["names"] == {products[0].public_id: "Scarf"}


def test_a_hosted_show_is_not_started_here(console: NewConsole, stream: LiveStream) -> None:
    Channel.objects.update(backend="account")
    LiveStream.objects.update(remote_id="r1")
    answer = console(stream).do("start")
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "This livestream is started and paused in its hosted account.",
    )


# -- Search and counters


def test_the_search_finds_what_is_not_in_the_tray(console: NewConsole, live: LiveStream, new_product) -> None:
    new_product("Silk scarf", ext_id="S-1", units=("Red", "Blue"))
    desk = console(live)
    found = desk.client.get(f"{desk.url}search/", {"q": "scarf"}).json()["products"]
    assert [(one["name"], len(one["units"])) for one in found] == [("Silk scarf", 2)]


def test_the_search_keeps_to_the_channel(
    console: NewConsole, live: LiveStream, new_product, other_channel
) -> None:
    new_product("Silk scarf", channel=other_channel)
    desk = console(live)
    assert desk.client.get(f"{desk.url}search/", {"q": "silk"}).json() == {"products": []}


def test_a_pin_from_the_catalogue_comes_into_the_tray(
    console: NewConsole, live: LiveStream, new_product
) -> None:
    silk = new_product("Silk scarf")
    answer = console(live).do("pin", item=silk.public_id)
    assert answer.json()["tray"][-1]["name"] == "Silk scarf"


def test_counters(console: NewConsole, live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(products[0]), actor=STAFF, now=now)
    for action in ("link", "link", "basket"):
        ProductClick.objects.create(
            stream=live, pin=Pin.objects.get(), product=products[0], action=action, at=now
        )
    for process, viewers in (("a", 30), ("b", 12)):
        ViewerSample.objects.create(stream=live, at=now, process=process, seconds=10, viewers=viewers)
    figures = console(live).state()["figures"]
    assert (figures["viewers"], figures["clicks"], figures["baskets"]) == (42, 2, 1)
    assert figures["of_pins"] == {products[0].public_id: 3}


def test_a_process_that_went_silent_counts_no_more(
    console: NewConsole, live: LiveStream, now: datetime
) -> None:
    ViewerSample.objects.create(
        stream=live, at=now - timedelta(minutes=1), process="a", seconds=10, viewers=30
    )
    assert console(live).state()["figures"]["viewers"] == 0


def test_the_state_costs_the_same_however_much_there_is(
    console: NewConsole,
    live: LiveStream,
    products: list[Product],
    now: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    desk = console(live)
    for product in products:
        cues.create(stream=live, title="A", items=ids(product))
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    with django_assert_max_num_queries(13):
        desk.state()


@pytest.mark.django_db(transaction=True)
def test_a_bus_that_does_not_answer_is_a_warning(
    console: NewConsole, live: LiveStream, products: list[Product], settings: Settings
) -> None:
    bus = {"BACKEND": "tests.livestream.admin.buses.DeadBus"}
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BUS": bus}
    answer = console(live).do("pin", item=products[0].public_id)
    assert answer.status_code == 200
    assert answer.json()["warning"].startswith("This is saved, and reaches viewers as soon as")
    assert public_pins(live) == ids(products[0])
