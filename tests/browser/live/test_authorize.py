"""The page that asks whether an application may act for a channel, in a browser with its own rules."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.running import RunningShop
from tests.browser.widget.host import Host

APPLICATION = """
from django.utils import timezone
from livestream.models import Channel
from livestream.services import applications
channel, _ = Channel.objects.get_or_create(slug="till", defaults={{"name": "Atelier Nord"}})
made = applications.create(
    channel=channel, name="Till", redirect_uris=[{uri!r}], is_public=True, now=timezone.now()
)
print(made.application.client_id)
"""


@pytest.fixture(scope="session")
def question(shop: RunningShop, merchant: Host) -> str:
    """The address that the application sends its user to; it is called back on another origin."""
    back = merchant.url.replace("localhost", "127.0.0.1") + "/back"
    said = {
        "response_type": "code",
        "client_id": shop.python(APPLICATION.format(uri=back)).strip(),
        "redirect_uri": back,
        "scope": "livestreams:read livestreams:write",
        "state": "xyz",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    return f"{shop.url}/oauth/authorize?{urlencode(said)}"


def log_in(page: Page, shop: RunningShop, question: str) -> None:
    page.goto(question)
    page.get_by_label("Username").fill(shop.demo["admin"]["username"])
    page.get_by_label("Password").fill(shop.demo["admin"]["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading")).to_have_text("Allow Till to act for Atelier Nord?")


@pytest.mark.parametrize(
    ("button", "name", "value"), [("Allow", "iss", None), ("Do not allow", "error", "access_denied")]
)
def test_staff_log_in_answer_and_come_back_to_the_application(
    page: Page, shop: RunningShop, question: str, button: str, name: str, value: str | None
) -> None:
    log_in(page, shop, question)
    with page.expect_request(lambda request: "/back?" in request.url) as back:
        page.get_by_role("button", name=button, exact=True).click()
    said = parse_qs(urlsplit(back.value.url).query)
    assert said["state"] == ["xyz"]
    assert said[name] == [value or shop.url]
    assert ("code" in said) == (value is None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(new_page: NewPage, shop: RunningShop, question: str, scheme: str) -> None:
    page = new_page(viewport=(375, 667), color_scheme=scheme)
    log_in(page, shop, question)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
