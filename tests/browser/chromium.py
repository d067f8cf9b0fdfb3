"""Chromium with a camera, without one, or with the camera refused; and what its pages complain about."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright

Camera = bool | Literal["denied"]
EXECUTABLE = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
CAMERAS: dict[Camera, list[str]] = {
    True: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    False: ["--use-fake-device-for-media-stream=device-count=0", "--use-fake-ui-for-media-stream"],
    "denied": ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"],
}
VIEWPORT = {"width": 1280, "height": 800}
PATIENCE_MS = 15_000


def is_there() -> bool:
    return Path(EXECUTABLE).exists()


@dataclass(slots=True)
class Chromium:
    """One browser process for each kind of camera, started when a test first asks for it."""

    playwright: Playwright
    browsers: dict[Camera, Browser] = field(default_factory=dict)

    def browser(self, camera: Camera) -> Browser:
        if camera not in self.browsers:
            flags = [*FLAGS, *CAMERAS[camera]]
            self.browsers[camera] = self.playwright.chromium.launch(executable_path=EXECUTABLE, args=flags)
        return self.browsers[camera]

    def close(self) -> None:
        for browser in self.browsers.values():
            browser.close()


@dataclass
class Complaints:
    """Console errors and uncaught errors of a test's pages. What the test did not `allow` makes it fail."""

    heard: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Expect complaints that match the regular expression."""
        self.allowed.append(pattern)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"uncaught: {_text(error.error)}"))

    def unexpected(self) -> list[str]:
        return [said for said in self.heard if not any(re.search(known, said) for known in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text} ({message.location.get('url', '')})")


@dataclass(slots=True)
class Pages:
    """Opens pages, each in a browser context of its own, and closes them all."""

    chromium: Chromium
    complaints: Complaints
    contexts: list[BrowserContext] = field(default_factory=list)

    def new(self, camera: Camera = True, viewport: Any = None, **context_options: Any) -> Page:
        """`viewport` is Playwright's mapping or a pair (width, height); the options are `new_context`'s."""
        context = self.chromium.browser(camera).new_context(viewport=_viewport(viewport), **context_options)
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        self.complaints.listen(context)
        return context.new_page()

    def close(self) -> None:
        for context in self.contexts:
            context.close()


NewPage = Callable[..., Page]


def _viewport(wanted: Any) -> Any:
    if isinstance(wanted, tuple):
        return {"width": wanted[0], "height": wanted[1]}
    return wanted or VIEWPORT


def _text(error: Error) -> str:
    return error.stack or error.message
