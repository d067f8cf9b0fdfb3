"""The only files that a card may load: what was put here. Nothing is ever read from disk or network."""

import base64
import binascii
from hashlib import sha256
from typing import Final

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME: Final = "card:"
EMBEDDED: Final = ("data:image/png;base64,", "data:image/jpeg;base64,")


class Assets(URLFetcher):  # type: ignore[misc]
    """The files of one document; anything else is refused, whoever asks for it.

    An address is made of the content, so a drawing cannot name a file that it does not have already. Files
    go without a media type: WeasyPrint looks at the bytes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, bytes] = {}

    def add(self, data: bytes) -> str:
        """Keep a file for this document and return the address to use in `src`."""
        address = SCHEME + sha256(data).hexdigest()
        self._files[address] = data
        return address

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Called by WeasyPrint. Raises PermissionError for all that was not added or embedded by a logo."""
        if url.startswith(EMBEDDED):
            return _embedded(url)
        if url not in self._files:
            raise PermissionError("A card loads no outside file.")
        return URLFetcherResponse(url, self._files[url])


def _embedded(url: str) -> URLFetcherResponse:
    """A picture inside an SVG logo: its bytes are here already."""
    try:
        return URLFetcherResponse(url, base64.b64decode(url.partition(",")[2]))
    except binascii.Error as exc:
        raise ValueError("The picture inside the logo is damaged.") from exc
