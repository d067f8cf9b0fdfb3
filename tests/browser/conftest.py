"""What browser tests share: a running shop, Chromium, and pages whose errors fail the test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium as chromiums
from tests.browser.chromium import Chromium, Complaints, NewPage, Pages
from tests.browser.running import RunningShop

HERE = Path(__file__).parent
RUNNING = pytest.StashKey[RunningShop]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Everything in this folder is a browser test, so that `-m "not browser"` leaves it out."""
    item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests go last: Playwright holds an event loop from its start; the ORM refuses beside one."""
    items.sort(key=lambda item: item.path.is_relative_to(HERE))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if chromiums.is_there():
        return
    words = f"Chromium is not at {chromiums.EXECUTABLE}: install the package chromium, or set CHROMIUM."
    if os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows the end of what server and worker said."""
    report = yield
    shop = item.session.stash.get(RUNNING, None)
    if report.failed and shop:
        report.sections.append(("server and worker log", shop.log()))
    return report


@pytest.fixture(scope="session")
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The sample shop on a port of its own, with a worker, for the whole run."""
    running = RunningShop.start(tmp_path_factory.mktemp("shop"))
    request.session.stash[RUNNING] = running
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=chromiums.PATIENCE_MS)
        browsers = Chromium(playwright)
        yield browsers
        browsers.close()


@pytest.fixture
def browser(chromium: Chromium) -> Browser:
    """Chromium with a fake camera and microphone, both granted."""
    return chromium.browser(True)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Errors of this test's pages: `complaints.allow("404")` says that one is expected."""
    heard = Complaints()
    yield heard
    assert heard.unexpected() == []


@pytest.fixture
def new_page(chromium: Chromium, complaints: Complaints) -> Iterator[NewPage]:
    """`new_page(camera=True | False | "denied", viewport=(width, height), **context_options)`."""
    pages = Pages(chromium, complaints)
    yield pages.new
    pages.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of 1280 x 800 with a camera."""
    return new_page()
