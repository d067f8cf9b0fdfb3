"""A chunk's body on its way from the network to the storage: never whole in memory."""

from django.http import HttpRequest

from gifting.api.body_stream import body_stream
from gifting.api.tus import Checksum
from gifting.errors import Invalid, TooLarge

PIECE = 65_536


class Chunk:
    """Read once, counted in `size`, at most `limit` bytes. Where the connection breaks, it ends."""

    closed = False  # With `seekable` and `close` it is file enough for every storage.

    def __init__(self, request: HttpRequest, *, limit: int, checksum: Checksum | None) -> None:
        """Raises TooLarge for a declared size over the limit, before a byte is read."""
        self.size, self.limit, self.checksum = 0, limit, checksum
        if _declared(request) > limit:
            raise self._too_large()
        self.stream = body_stream(request)

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes, b"" at the end. Raises TooLarge past the limit."""
        try:
            piece = self.stream.read(size)
        except OSError:
            return b""
        self.size += len(piece)
        if self.size > self.limit:
            raise self._too_large()
        if self.checksum:
            self.checksum.running.update(piece)
        return piece

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """There is nothing to give back: the connection is the server's."""

    def verify(self) -> None:
        """Raises ChecksumMismatch where the sender said another checksum."""
        if self.checksum:
            self.checksum.verify()

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"The request has too many bytes: at most {self.limit} are accepted here. Send smaller chunks."
        )


def _declared(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal():
        raise Invalid("The header Content-Length must be a number of bytes.")
    return int(said)
