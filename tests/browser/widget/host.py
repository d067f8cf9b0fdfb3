"""A merchant's web site: pages with the embed tag, served from another origin than the widget."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.browser.running import NewGift, free_port

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Thank you</title>
  {head}
  <script nonce="host">
    window.heard = [];
    const hear = ({{ type, detail }}) => window.heard.push({{ name: type, ...detail }});
    const names = ["livstickRecorded", "livstickError", "gifting:state"];
    names.forEach((name) => document.addEventListener(name, hear));
  </script>
</head>
<body>{body}</body>
</html>"""


@dataclass(frozen=True, slots=True)
class Host:
    """`shop_url` is where the widget comes from, `url` where its pages are."""

    url: str
    shop_url: str
    pages: dict[str, str] = field(default_factory=dict)

    def page(self, body: str, *, lang: str = "en", head: str = "") -> str:
        """The address of a page with this body."""
        path = f"/{len(self.pages)}"
        self.pages[path] = PAGE.format(body=body, lang=lang, head=head)
        return self.url + path

    def page_for(self, gift: NewGift, *, lang: str = "en") -> str:
        """A confirmation page as the integration guide shows it."""
        return self.page('<div id="livstick-plugin"></div>' + self.tag(gift, lang=lang), lang=lang)

    def tag(self, gift: NewGift, *, lang: str = "en", more: str = "") -> str:
        """The script tag to paste, with `more` attributes."""
        source = f"{self.shop_url}/widget/assets/widget.latest.js"
        names = f'data-uid="{gift.urid}" data-editKey="{gift.edit_key}" data-lang="{lang}"'
        return f'<script type="module" src="{source}" {names} {more}></script>'


@contextmanager
def serve(shop_url: str) -> Iterator[Host]:
    """The site at `localhost`: for a browser another origin than 127.0.0.1."""
    port = free_port()
    host = Host(url=f"http://localhost:{port}", shop_url=shop_url)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(host))
    Thread(target=server.serve_forever, daemon=True).start()
    yield host
    server.shutdown()
    server.server_close()


def _handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = host.pages.get(self.path, "")
            self.send_response(200 if html else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler
