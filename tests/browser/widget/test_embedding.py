"""On a merchant's page: the tag finds its mount, and neither page nor widget disturbs the other."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Complaints, NewPage
from tests.browser.running import NewGift, RunningShop
from tests.browser.widget.giver import Giver
from tests.browser.widget.host import Host, serve

HOSTILE = """<style>
  div, section, button, h2 { color: red !important; background: lime !important; font: 50px serif; }
  .gc-button, .gc-title { display: none !important; }
</style>"""


def test_the_published_tag_fills_its_mount(new_page: NewPage, host: Host, gift: NewGift) -> None:
    giver = Giver(new_page()).open(host.page_for(gift))
    expect(giver.page.locator("#livstick-plugin gift-widget")).to_have_count(1)
    giver.sees("A video message for Bob")


def test_a_tag_without_a_mount_makes_its_own(new_page: NewPage, host: Host, gift: NewGift) -> None:
    page = new_page()
    page.goto(host.page(f"<p>Thank you.</p>{host.tag(gift)}<p>Bye.</p>"))
    expect(page.locator("script[data-uid] + div gift-widget")).to_have_count(1)


def test_a_tag_names_its_mount(new_page: NewPage, host: Host, gift: NewGift) -> None:
    page = new_page()
    tag = host.tag(gift, more='data-mount=".there"')
    page.goto(host.page(f'<div id="livstick-plugin"></div><div class="there"></div>{tag}'))
    expect(page.locator(".there gift-widget")).to_have_count(1)
    expect(page.locator("#livstick-plugin gift-widget")).to_have_count(0)


def test_several_tags_fill_several_mounts_in_order(new_page: NewPage, host: Host, shop: RunningShop) -> None:
    gifts = [shop.new_container(additionalData={"receiverFirstName": name}) for name in ("Ann", "Ben")]
    mounts = '<div id="livstick-plugin"></div><div data-livstick></div>'
    page = new_page()
    page.goto(host.page(mounts + "".join(host.tag(gift) for gift in gifts)))
    expect(page.locator("#livstick-plugin gift-widget")).to_contain_text("A video message for Ann")
    expect(page.locator("[data-livstick] gift-widget")).to_contain_text("A video message for Ben")


def test_two_widgets_record_apart(new_page: NewPage, host: Host, shop: RunningShop) -> None:
    gifts = [shop.new_container(), shop.new_container()]
    mounts = '<div id="livstick-plugin"></div><div data-livstick></div>'
    page = new_page()
    page.goto(host.page(mounts + "".join(host.tag(gift) for gift in gifts)))
    first, second = Giver(page, 0), Giver(page, 1)
    second.record_and_stop()
    second.press("Send the message")
    second.is_at("done")
    first.is_at("welcome")
    assert [event["urid"] for event in second.events("livstickRecorded")] == [gifts[1].urid]


def test_a_widget_loaded_twice_is_there_once(new_page: NewPage, host: Host, gift: NewGift) -> None:
    page = new_page()
    tag = host.tag(gift)
    pinned = tag.replace("widget.latest.js", "widget.0123456789ab.js")
    page.goto(host.page(f'<div id="livstick-plugin"></div>{tag}{pinned.replace("data-uid", "data-other")}'))
    Giver(page).is_at("welcome")
    expect(page.locator("gift-widget")).to_have_count(1)


def test_a_pinned_version_works(new_page: NewPage, host: Host, gift: NewGift) -> None:
    pinned = host.tag(gift).replace("widget.latest.js", "widget.0123456789ab.js")
    Giver(new_page()).open(host.page(pinned)).is_at("welcome")


def test_a_tag_that_the_page_adds_later_works(new_page: NewPage, host: Host, shop: RunningShop) -> None:
    first, second = shop.new_container(), shop.new_container(additionalData={"receiverFirstName": "Ben"})
    page = new_page()
    page.goto(host.page_for(first))
    Giver(page).is_at("welcome")
    page.evaluate(ADD_TAG, [f"{shop.url}/widget/assets/widget.latest.js", second.urid, second.edit_key])
    Giver(page, 1).sees("A video message for Ben")


ADD_TAG = """([src, uid, editKey]) => {
  const tag = Object.assign(document.createElement("script"), { type: "module", src });
  tag.setAttribute("data-uid", uid);
  tag.setAttribute("data-editKey", editKey);
  document.body.append(tag);
}"""


def test_the_page_s_style_does_not_reach_the_widget(new_page: NewPage, host: Host, gift: NewGift) -> None:
    giver = Giver(new_page()).open(host.page(host.tag(gift), head=HOSTILE))
    expect(giver.root.get_by_role("heading")).to_have_css("font-size", "26px")
    expect(giver.button("Write a note instead")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_the_widget_s_style_does_not_reach_the_page(new_page: NewPage, host: Host, gift: NewGift) -> None:
    page = new_page()
    page.goto(host.page('<p class="gc-title" id="own">Thank you.</p>' + host.tag(gift)))
    Giver(page).is_at("welcome")
    expect(page.locator("#own")).to_have_css("font-size", "16px")


def test_it_works_under_a_strict_content_policy(new_page: NewPage, host: Host, gift: NewGift) -> None:
    ours = host.shop_url
    policy = (
        f"default-src 'none'; script-src {ours} 'nonce-host'; style-src {ours}; connect-src {ours}; "
        f"img-src {ours}; media-src {ours} blob:"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    giver = Giver(new_page()).open(host.page(host.tag(gift), head=head))
    giver.record_and_stop()
    giver.press("Send the message")
    giver.sees("Your video is ready.")


def test_the_mailed_link_leads_to_a_page_that_records(new_page: NewPage, gift: NewGift) -> None:
    giver = Giver(new_page()).open(gift.recording_url)
    giver.record_and_stop()
    giver.press("Send the message")
    giver.sees("Your video is ready.")


def test_a_page_of_another_site_gets_nothing(
    new_page: NewPage, shop: RunningShop, gift: NewGift, complaints: Complaints
) -> None:
    complaints.allow("CORS policy|ERR_FAILED")
    with serve(shop.url) as stranger:
        giver = Giver(new_page()).open(stranger.page_for(gift))
        giver.sees("We cannot be reached right now")


def test_the_color_is_the_brand_s_own(giver: Giver, shop: RunningShop) -> None:
    accent = shop.python(
        "from gifting.models import Brand; print(Brand.objects.get(slug='maison-lune').accent_color)"
    ).strip()
    assert giver.card.evaluate("card => card.style.getPropertyValue('--gc-accent')").lower() == accent.lower()


def test_the_brand_is_shown_unless_the_page_shows_it_itself(
    new_page: NewPage, host: Host, gift: NewGift
) -> None:
    shown = Giver(new_page()).open(host.page(host.tag(gift)))
    expect(shown.root.get_by_role("img", name="Maison Lune")).to_be_visible()
    hidden = Giver(new_page()).open(host.page(host.tag(gift, more='data-brand="hidden"')))
    hidden.is_at("welcome")
    expect(hidden.root.get_by_role("img", name="Maison Lune")).to_have_count(0)


@pytest.mark.parametrize(
    ("head", "preference", "theme"),
    [
        ("", "dark", "light"),
        ('<meta name="color-scheme" content="light dark">', "dark", "dark"),
        ('<meta name="color-scheme" content="light dark">', "light", "light"),
        ("<style>body { background: #101014 }</style>", "light", "dark"),
    ],
    ids=["a light page", "a page of both kinds, dark", "a page of both kinds, light", "a dark page"],
)
def test_the_card_is_as_light_as_the_page(
    new_page: NewPage, host: Host, gift: NewGift, head: str, preference: str, theme: str
) -> None:
    giver = Giver(new_page(color_scheme=preference)).open(host.page(host.tag(gift), head=head))
    expect(giver.card).to_have_attribute("data-theme", theme)


def test_the_page_hears_where_the_giver_is(giver: Giver, gift: NewGift) -> None:
    giver.press("Record a video")
    giver.is_at("preview")
    heard = [(event["urid"], event["state"]) for event in giver.events("gifting:state")]
    assert heard == [(gift.urid, state) for state in ("welcome", "asking", "preview")]


def test_a_page_that_takes_an_error_over_keeps_focus(new_page: NewPage, host: Host, gift: NewGift) -> None:
    giver = Giver(new_page(camera=False)).open(host.page_for(gift))
    giver.page.evaluate("document.addEventListener('livstickError', (event) => event.preventDefault())")
    giver.press("Record a video")
    giver.sees("No camera found")
    focused = "document.querySelector('gift-widget').shadowRoot.activeElement?.textContent ?? ''"
    assert not re.search("No camera found", giver.page.evaluate(focused))
