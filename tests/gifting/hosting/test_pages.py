"""What givers, receivers and merchandisers see of a gift that lives in a hosted account."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.template import Context, Template
from django.test import Client

from gifting.cards.layouts import A6
from gifting.dto import Actor, ActorKind
from gifting.errors import Locked, Unavailable
from gifting.models import Brand, HostedGift, VendorCall, VideoContainer
from gifting.services import accounts, cards, containers, links, notes, uploads, vendor_calls
from tests.fakes.livstick import Account
from tests.fakes.server import answer
from tests.gifting.hosting.worker import later, work
from tests.wire.shop import Shop, assert_error

STAFF = Actor(ActorKind.STAFF, "maria")
Get = Callable[[str], Any]


@pytest.fixture
def opened(gift: VideoContainer, now: datetime) -> VideoContainer:
    """The gift once its account has opened it."""
    work(now)
    return VideoContainer.objects.select_related("order__brand").get()


@pytest.fixture
def confirm(client: Client) -> Get:
    def get(gift: VideoContainer) -> Any:
        return client.get(links.confirmation_path(gift.order))

    return get


def ask(client: Client, gift: VideoContainer) -> Any:
    return client.get(links.recorder_path(gift.order))


# -- The giver


def test_until_the_account_has_opened_the_gift_the_page_says_so_calmly(
    confirm: Get, gift: VideoContainer
) -> None:
    page = confirm(gift).content.decode()
    assert "Your recorder is being prepared" in page
    assert "Your order is safe" in page
    assert "livstick-plugin" not in page


def test_without_javascript_a_link_looks_again(confirm: Get, gift: VideoContainer) -> None:
    page = confirm(gift).content.decode()
    assert 'href="">Look again</a>' in page
    assert "http-equiv" not in page


def test_then_the_page_has_the_account_s_own_widget(
    account: Account, confirm: Get, opened: VideoContainer
) -> None:
    page = confirm(opened).content.decode()
    assert f'src="{account.url}/widget/assets/widget.latest.js" data-uid="there0"' in page
    assert 'data-editKey="key-of-the-account" data-lang="en"' in page
    assert opened.urid not in page.replace(f"/preview/{opened.urid}", "")


def test_the_tag_in_a_page_of_the_shop_does_the_same(account: Account, opened: VideoContainer) -> None:
    order = VideoContainer.objects.get().order
    tag = Template("{% load gifting %}{% gift_widget order %}").render(Context({"order": order}))
    assert f"{account.url}/widget/assets/widget.latest.js" in tag


def test_the_tag_speaks_of_preparing_too(gift: VideoContainer) -> None:
    tag = Template("{% load gifting %}{% gift_widget order %}").render(Context({"order": gift.order}))
    assert f'data-gc-preparing="{links.recorder_path(gift.order)}"' in tag


def test_the_widget_of_the_account_gets_the_camera(
    account: Account, confirm: Get, opened: VideoContainer
) -> None:
    assert confirm(opened)["Permissions-Policy"] == (
        f'camera=(self "{account.url}"), microphone=(self "{account.url}")'
    )


def test_the_page_hears_when_the_recorder_is_there(
    client: Client, gift: VideoContainer, now: datetime
) -> None:
    assert ask(client, gift).json() == {"ready": False}
    work(now)
    response = ask(client, gift)
    assert response.json() == {"ready": True}
    assert response["Cache-Control"] == "private, no-store"


def test_whoever_waits_for_the_recorder_lets_the_account_be_asked_at_once(
    account: Account, client: Client, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["*"] = answer({}, 503)
    work(later(now, hours=2))
    assert VendorCall.objects.get().due_at > later(now, hours=2)
    ask(client, gift)
    assert VendorCall.objects.get().due_at < later(now, minutes=1)


def test_nobody_hurries_an_account_that_said_how_long_to_wait(
    account: Account, client: Client, gift: VideoContainer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "REST_SECONDS", 0)
    account.trouble["*"] = answer({}, 429, Retry_After="300")
    work(now)
    ask(client, gift)
    vendor_calls.call(pk=VendorCall.objects.get().pk, now=now + timedelta(minutes=1))
    assert account.asked == ["POST /v3/containers"]


def test_an_order_of_ours_has_its_recorder_at_once(client: Client, container: VideoContainer) -> None:
    HostedGift.objects.all().delete()
    assert ask(client, container).json() == {"ready": True}


def test_nobody_asks_with_a_forged_link(client: Client, gift: VideoContainer) -> None:
    assert client.get("/confirmation/1:forged/recorder").status_code == 404


def test_an_account_that_the_settings_lost_leaves_the_page_calm(
    settings: Any, confirm: Get, opened: VideoContainer
) -> None:
    settings.GIFTING = {**settings.GIFTING, "BACKENDS": {}}
    assert "Your recorder is being prepared" in confirm(opened).content.decode()


def test_a_gift_that_was_switched_off_shows_no_recorder(
    confirm: Get, opened: VideoContainer, now: datetime
) -> None:
    containers.cancel(container=opened, actor=STAFF, now=now)
    page = confirm(opened).content.decode()
    assert "there0" not in page
    assert "being prepared" not in page


@pytest.mark.parametrize(
    ("path", "there"), [("/{urid}", "r"), ("/preview/{urid}", "p"), ("/w/{watch_token}", "w")]
)
def test_pages_of_the_gift_lead_to_the_account(
    account: Account, client: Client, opened: VideoContainer, path: str, there: str
) -> None:
    response = client.get(path.format(urid=opened.urid, watch_token=opened.watch_token))
    assert (response.status_code, response.url) == (302, f"{account.url}/{there}/ML-1")
    assert response["Cache-Control"] == "private, no-store"


def test_whoever_shows_a_link_shows_the_account_s(account: Account, opened: VideoContainer) -> None:
    shown = [opened.recording_url, opened.preview_url, opened.watch_url]
    assert shown == [f"{account.url}/{place}/ML-1" for place in "rpw"]


def test_before_that_they_wait_here(client: Client, gift: VideoContainer) -> None:
    assert "Your recorder is being prepared" in client.get(f"/{gift.urid}").content.decode()
    assert client.get(f"/preview/{gift.urid}").url == f"/{gift.urid}"
    assert "Not yet available" in client.get(f"/w/{gift.watch_token}").content.decode()


def test_a_gift_that_was_switched_off_leads_nowhere(
    client: Client, opened: VideoContainer, now: datetime
) -> None:
    containers.cancel(container=opened, actor=STAFF, now=now)
    for path in (f"/{opened.urid}", f"/preview/{opened.urid}", f"/w/{opened.watch_token}"):
        assert client.get(path).status_code == 200


def test_nothing_is_recorded_here(opened: VideoContainer, now: datetime) -> None:
    with pytest.raises(Locked, match="in the account livstick"):
        uploads.start_upload(container=opened, length=10, metadata={}, now=now)
    with pytest.raises(Locked, match="in the account livstick"):
        notes.write_note(container=opened, note="Hi", alone=True, actor=STAFF, now=now)


# -- The card


def test_the_card_shows_the_account_s_watch_page(
    account: Account, opened: VideoContainer, now: datetime
) -> None:
    target = io.BytesIO()
    cards.print_cards(containers=[opened], layout=A6, target=target, actor=STAFF, now=now)
    page = pypdfium2.PdfDocument(target.getvalue())[0].render(scale=4).to_pil()
    assert zxingcpp.read_barcodes(page)[0].text == f"{account.url}/w/ML-1"


def test_before_it_is_known_printing_says_so_and_marks_nothing(gift: VideoContainer, now: datetime) -> None:
    with pytest.raises(Unavailable, match="Order ML-1 cannot be printed yet: the account livstick"):
        cards.print_cards(containers=[gift], layout=A6, target=io.BytesIO(), actor=STAFF, now=now)
    gift.refresh_from_db()
    assert gift.printed_at is None


def test_the_packing_bench_knows_the_code_on_the_card(
    account: Account, staff: Client, opened: VideoContainer
) -> None:
    response = staff.get("/admin/gifting/order/bench/", {"q": f"{account.url}/w/ML-1"})
    assert response.url == f"/admin/gifting/order/{opened.order_id}/change/?scanned=1"


# -- Shops that speak /v3 to us


@pytest.fixture
def shop(brand: Brand, key: str) -> Shop:
    return Shop(key)


def test_the_api_answers_with_the_account_s_facts(
    account: Account, shop: Shop, opened: VideoContainer
) -> None:
    said = shop.get("ML-1").json()
    assert (said["urid"], said["editKey"]) == ("there0", "key-of-the-account")
    assert said["links"] == {"recordingUrl": f"{account.url}/r/ML-1", "previewUrl": f"{account.url}/p/ML-1"}
    assert shop.get("ML-1", "/url").json() == {"url": f"{account.url}/w/ML-1"}


def test_opening_again_answers_with_them_too(shop: Shop, now: datetime) -> None:
    assert shop.open(crid="V3").json()["urid"] != "there0"
    work(later(now, minutes=1))
    assert shop.open(crid="V3").json()["urid"] == "there0"


@pytest.mark.parametrize("rest", ["/qrcode", "/card", "/url"])
def test_the_api_says_that_printing_must_wait(shop: Shop, gift: VideoContainer, rest: str) -> None:
    assert_error(shop.get("ML-1", rest), 503, "unavailable")


def test_the_links_of_an_order_that_is_not_open_there_work_all_the_same(
    shop: Shop, gift: VideoContainer
) -> None:
    said = shop.get("ML-1").json()
    assert said["links"]["recordingUrl"] == f"https://lune.example/{gift.urid}"
