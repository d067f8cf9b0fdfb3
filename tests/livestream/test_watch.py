"""The viewer page as the server makes it: what it says in each status, to whom, and what it may load."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

import livestream
from livestream.models import Channel, LiveStream, Product
from livestream.services import pins, streams
from livestream.views.words import words
from tests.livestream.conftest import STAFF
from tests.livestream.watching import address, facts, policy, text_of, watch

Status = LiveStream.Status


@pytest.fixture
def in_status(stream: LiveStream) -> Callable[[str], LiveStream]:
    """The livestream with a trailer, a live video and a replay, in the status of that name."""

    def make(status: str) -> LiveStream:
        stream.status = status
        stream.trailer_url, stream.live_url, stream.replay_url = "/trailer.mp4", "/live.m3u8", "/replay.mp4"
        stream.save()
        return stream

    return make


@pytest.mark.parametrize(
    ("status", "source"),
    [
        ("idle", "/trailer.mp4"),
        ("active", "/live.m3u8"),
        ("replay", "/replay.mp4"),
        ("completed", "/trailer.mp4"),
        ("expired", "/trailer.mp4"),
    ],
)
def test_the_video_is_what_the_status_asks_for(
    client: Client, in_status: Callable[[str], LiveStream], status: str, source: str
) -> None:
    assert f'src="{source}"' in watch(client, in_status(status))


def test_a_paused_show_has_its_last_frame_and_no_video(
    client: Client, in_status: Callable[[str], LiveStream]
) -> None:
    stream = in_status("paused")
    stream.frame = "live/frame.jpg"
    stream.save()
    html = watch(client, stream)
    assert f'poster="{address(stream)}frame.jpg' in html
    assert "live.m3u8" not in html


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("idle", "Be there when it starts"),
        ("active", "Live"),
        ("paused", "Paused"),
        ("replay", "Replay"),
        ("completed", "This show is over"),
        ("expired", "This show did not take place"),
    ],
)
def test_the_page_says_how_things_are_without_a_script(
    client: Client, in_status: Callable[[str], LiveStream], status: str, words: str
) -> None:
    assert words in text_of(watch(client, in_status(status)))


def test_only_an_idle_show_can_be_waited_for(client: Client, live: LiveStream) -> None:
    assert "Add to calendar" not in text_of(watch(client, live))


def test_all_products_are_below_the_video_with_their_price_and_link(
    client: Client, stream: LiveStream, products: list[Product]
) -> None:
    html = watch(client, stream)
    assert text_of(html).count("€49.00") == len(products)
    assert f'href="{address(stream)}products/{products[0].public_id}/"' in html


def test_a_product_that_the_shop_has_no_page_for_is_no_link(
    client: Client, stream: LiveStream, new_product: Callable[..., Product]
) -> None:
    streams.fill_tray(stream=stream, products=[new_product("Only here", url="")])
    card = next(one for one in facts(watch(client, stream))["tray"] if one["name"] == "Only here")
    assert card["url"] == ""


def test_a_sold_out_product_says_so(client: Client, stream: LiveStream, products: list[Product]) -> None:
    assert "Sold out" not in text_of(watch(client, stream))
    Product.objects.filter(pk=products[0].pk).update(is_sold_out=True)
    assert "Sold out" in text_of(watch(client, stream))


def test_a_product_of_several_units_can_be_chosen_by_unit(
    client: Client, stream: LiveStream, new_product: Callable[..., Product]
) -> None:
    shirt = new_product("Shirt", units=("Red", "Blue"))
    streams.fill_tray(stream=stream, products=[shirt])
    choices = facts(watch(client, stream))["choices"]
    assert [one["name"] for one in choices[shirt.public_id]] == ["Red", "Blue"]


def test_pinned_cards_are_there_before_any_script_runs(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    cards = watch(client, live).partition("data-lv-cards")[2].partition("</ul>")[0]
    assert f'data-lv-item="{products[0].public_id}"' in cards


def test_the_replay_lists_its_products_with_their_times(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now + timedelta(seconds=65))
    ended = streams.end(stream=live, actor=STAFF, now=now + timedelta(seconds=90))
    ended = streams.change(stream=ended, actor=STAFF, now=now, replay_url="/replay.mp4")
    assert "1:05 Scarf" in text_of(watch(client, ended))


def test_without_a_replay_there_is_nothing_to_jump_to(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now + timedelta(seconds=65))
    ended = streams.end(stream=live, actor=STAFF, now=now + timedelta(seconds=90))
    assert facts(watch(client, ended))["chapters"] == []


# -- Words and languages


@pytest.mark.parametrize(
    ("accepted", "query", "spoken"),
    [("fr-CH, de;q=0.5", "", "fr"), ("it, es;q=0.3", "", "es"), ("fr", "?lang=de", "de"), ("it", "", "en")],
)
def test_the_page_speaks_the_visitors_language(
    client: Client, stream: LiveStream, accepted: str, query: str, spoken: str
) -> None:
    assert f'<html lang="{spoken}"' in watch(client, stream, query, accept_language=accepted)


def test_without_a_wish_the_page_speaks_the_channels_language(client: Client, stream: LiveStream) -> None:
    Channel.objects.update(default_language="de")
    assert '<html lang="de"' in watch(client, stream)


def test_names_of_the_shop_are_marked_as_the_shops_language(client: Client, stream: LiveStream) -> None:
    Channel.objects.update(default_language="fr")
    assert '<h1 class="lv-name" lang="fr">' in watch(client, stream, "?lang=en")


def test_what_a_shop_calls_its_show_is_text_and_never_markup(client: Client, stream: LiveStream) -> None:
    LiveStream.objects.update(event_name="</script><script>alert(1)</script>")
    assert "<script>alert(1)" not in watch(client, stream)


def test_scripts_have_words_for_all_that_they_say_and_no_others() -> None:
    folder = Path(livestream.__file__).parent
    texts = [path.read_text() for path in folder.glob("static/livestream/watch/*.js")]
    texts += [path.read_text() for path in folder.glob("templates/livestream/atoms/*.html")]
    sources = "\n".join(texts)
    said = set(re.findall(r'(?:say\(|data-lv-(?:say|label)=)"(\w+)"', sources))
    assert said <= words().keys()
    assert [word for word in words() if f'"{word}"' not in sources] == []


# -- For search engines, and for other pages


@pytest.mark.parametrize("status", ["idle", "active", "paused", "replay"])
def test_a_show_that_can_be_seen_can_be_found(
    client: Client, in_status: Callable[[str], LiveStream], status: str
) -> None:
    response = client.get(address(in_status(status)))
    assert not response.has_header("X-Robots-Tag")


@pytest.mark.parametrize("status", ["completed", "expired"])
def test_a_show_that_is_over_is_not_indexed(
    client: Client, in_status: Callable[[str], LiveStream], status: str
) -> None:
    assert client.get(address(in_status(status)))["X-Robots-Tag"] == "noindex"


def test_a_link_to_the_show_has_a_title_and_a_picture(client: Client, stream: LiveStream) -> None:
    LiveStream.objects.update(poster_url="https://cdn.example/poster.jpg")
    html = watch(client, stream)
    assert '<meta property="og:title" content="Winter evening">' in html
    assert '<meta property="og:image" content="https://cdn.example/poster.jpg">' in html


def test_a_picture_of_this_site_has_its_whole_address_there(client: Client, stream: LiveStream) -> None:
    LiveStream.objects.update(poster_url="/media/poster.jpg")
    assert 'og:image" content="http://testserver/media/poster.jpg"' in watch(client, stream)


def test_a_show_that_is_not_there_is_404(client: Client, stream: LiveStream) -> None:
    assert client.get("/live/nobody/").status_code == 404


# -- Safety


def test_scripts_and_styles_come_from_this_site_alone(client: Client, stream: LiveStream) -> None:
    allowed = policy(client.get(address(stream)))
    assert (allowed["script-src"], allowed["style-src"]) == (["'self'"], ["'self'"])
    assert allowed["default-src"] == ["'none'"]


def test_there_is_no_inline_style_or_handler(client: Client, live: LiveStream) -> None:
    assert not re.search(r"<[^>]* (style|on\w+)=", watch(client, live))


def test_the_page_may_talk_to_the_shops_basket(client: Client, stream: LiveStream) -> None:
    Channel.objects.update(basket_url="https://shop.example/basket/add")
    assert "https://shop.example" in policy(client.get(address(stream)))["connect-src"]


@pytest.mark.parametrize(
    "text",
    [
        "http://[",
        "https://evil.example;script-src *",
        "https://a b",
        "https://evil.example\nX: y",
        "//evil.example",
        "x" * 500,
    ],
)
def test_an_address_that_is_none_opens_nothing(client: Client, stream: LiveStream, text: str) -> None:
    before = client.get(address(stream))["Content-Security-Policy"]
    LiveStream.objects.update(captions_url=text)
    assert client.get(address(stream))["Content-Security-Policy"] == before


def test_hls_js_may_be_loaded_from_where_the_settings_say(
    client: Client, stream: LiveStream, settings: Any
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "HLS_JS_URL": "https://cdn.example/hls.min.js"}
    response = client.get(address(stream))
    assert "https://cdn.example" in policy(response)["script-src"]
    assert facts(response.content.decode())["hls"] == "https://cdn.example/hls.min.js"


def test_no_other_page_may_show_it_in_a_frame(client: Client, stream: LiveStream) -> None:
    response = client.get(address(stream))
    assert policy(response)["frame-ancestors"] == ["'none'"]
    assert response["X-Frame-Options"] == "DENY"


def test_visitors_get_no_cookie(client: Client, stream: LiveStream) -> None:
    assert not client.get(address(stream)).cookies


# -- Rehearsal


@pytest.fixture
def rehearsed(stream: LiveStream, products: list[Product], now: datetime) -> LiveStream:
    LiveStream.objects.update(is_rehearsal=True, is_on_air=True, live_url="/rehearsal.m3u8")
    stream.refresh_from_db()
    pins.pin(stream=stream, ids=[products[0].public_id], actor=STAFF, now=now, in_rehearsal=True)
    return stream


def test_staff_see_the_rehearsal_and_that_it_is_one(staff: Client, rehearsed: LiveStream) -> None:
    html = watch(staff, rehearsed, "?rehearsal=1")
    assert "Rehearsal" in text_of(html)
    assert "/rehearsal.m3u8" in html


def test_staff_who_do_not_ask_see_what_everybody_sees(staff: Client, rehearsed: LiveStream) -> None:
    assert "/rehearsal.m3u8" not in watch(staff, rehearsed)


def test_nobody_else_sees_the_rehearsal(client: Client, rehearsed: LiveStream) -> None:
    html = watch(client, rehearsed, "?rehearsal=1")
    assert "/rehearsal.m3u8" not in html
    assert "Rehearsal" not in text_of(html)


@pytest.mark.parametrize(("is_allowed", "seen"), [(True, True), (False, False)])
def test_staff_need_the_permission_to_see_livestreams(
    client: Client, rehearsed: LiveStream, is_allowed: bool, seen: bool
) -> None:
    user = User.objects.create_user("nadia", is_staff=True)
    if is_allowed:
        user.user_permissions.add(Permission.objects.get(codename="view_livestream"))
    client.force_login(user)
    assert ("/rehearsal.m3u8" in watch(client, rehearsed, "?rehearsal=1")) is seen


def test_customers_with_an_account_are_no_staff(client: Client, rehearsed: LiveStream) -> None:
    user = User.objects.create_user("olga")
    user.user_permissions.add(Permission.objects.get(codename="view_livestream"))
    client.force_login(user)
    assert "/rehearsal.m3u8" not in watch(client, rehearsed, "?rehearsal=1")


def test_the_rehearsals_page_asks_for_the_rehearsals_state(staff: Client, rehearsed: LiveStream) -> None:
    asked = facts(watch(staff, rehearsed, "?rehearsal=1"))["urls"]["state"]
    assert staff.get(asked).json()["status"] == "active"


# -- Speed


@pytest.mark.django_db
def test_the_page_costs_as_many_queries_as_it_did(
    client: Client, live: LiveStream, products: list[Product], now: datetime, django_assert_num_queries: Any
) -> None:
    pins.pin(stream=live, ids=[one.public_id for one in products[:3]], actor=STAFF, now=now)
    with django_assert_num_queries(7):  # the livestream, its pins and its tray with pictures and units
        watch(client, live)


def test_more_products_cost_no_more_queries(
    client: Client, stream: LiveStream, new_product: Callable[..., Product], django_assert_num_queries: Any
) -> None:
    streams.fill_tray(stream=stream, products=[new_product(f"Product {place}") for place in range(20)])
    with django_assert_num_queries(4):
        watch(client, stream)
