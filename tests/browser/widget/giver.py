"""The giver in front of the widget: presses buttons, waits for facts."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Response, expect

CHUNK_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Giver:
    """One of the widgets on a page, the first one as a rule."""

    page: Page
    number: int = 0

    @property
    def root(self) -> Locator:
        return self.page.locator("gift-widget").nth(self.number)

    @property
    def card(self) -> Locator:
        return self.root.locator(".gc")

    def open(self, url: str) -> "Giver":
        self.page.goto(url)
        return self

    def is_at(self, state: str) -> None:
        """Waits until the widget shows the page of this state."""
        expect(self.card).to_have_attribute("data-state", state)

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.root.get_by_text(words).locator("visible=true").first).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def record(self) -> None:
        """From the first page to a running recording of which the server has a piece."""
        self.press("Record a video")
        self.press("Start recording")
        with self.page.expect_response(is_chunk, timeout=CHUNK_SECONDS * 1000):
            self.press("Start now")
        self.is_at("recording")

    def record_and_stop(self) -> None:
        self.record()
        self.press("Stop recording")
        self.is_at("review")

    def choose_file(self, button: str, file: Any) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.press(button)
        chooser.value.set_files(file)

    def events(self, name: str) -> list[dict[str, Any]]:
        """What the page around heard so far."""
        heard: list[dict[str, Any]] = self.page.evaluate("window.heard")
        return [event for event in heard if event["name"] == name]


def is_chunk(response: Response) -> bool:
    return response.request.method == "PATCH" and response.status == 204
