"""QR codes as 1-bit PNG: level M, a quiet zone of at least four modules, whole pixels a module."""

import struct
import zlib
from typing import Final

import zxingcpp

from gifting.errors import Invalid

QR_PIXELS: Final = 300
QUIET_MODULES: Final = 4
MAX_MODULES: Final = 97  # Version 20: on a card its modules are 0.4 mm, the least that a phone still reads.
BIT_DEPTH, GRAYSCALE = 1, 0
BLACK, WHITE = b"0", b"1"


def qr_png(url: str) -> bytes:
    """Exactly 300x300 pixels, never resampled. Raises Invalid if the URL is empty or too long."""
    side, modules = _modules(url)
    scale = QR_PIXELS // (side + 2 * QUIET_MODULES)
    margin = QR_PIXELS - side * scale
    return _png(_rows(modules, side, scale, margin // 2, margin - margin // 2))


def qr_modules_png(url: str) -> bytes:
    """One pixel a module, with the quiet zone: for `image-rendering: pixelated`. Raises as `qr_png` does."""
    side, modules = _modules(url)
    return _png(_rows(modules, side, 1, QUIET_MODULES, QUIET_MODULES))


def _modules(url: str) -> tuple[int, bytes]:
    """Modules a side, and one byte for each module: 0 is black, 255 is white."""
    try:
        code = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    except ValueError as exc:
        raise _refusal(url) from exc
    image = code.to_image(scale=1, add_quiet_zones=False)
    side = image.shape[0]
    if side > MAX_MODULES:
        raise _refusal(url)
    return side, bytes(memoryview(image))  # type: ignore[arg-type]  # It has a buffer, its stub does not say so.


def _refusal(url: str) -> Invalid:
    if not url:
        return Invalid("There is no address to put into the QR code. Give the card its watch URL.")
    return Invalid(
        f"The address has {len(url)} characters: too many for a QR code that a phone can read on a card."
        " Use a shorter base URL for the brand; up to 600 characters are safe."
    )


def _rows(modules: bytes, side: int, scale: int, before: int, after: int) -> list[bytes]:
    """Pixel rows packed to bytes, as text of bits first: C speed without a numeric library."""
    pixels = before + side * scale + after
    tail = WHITE * (after + -pixels % 8)
    blank = _packed(WHITE * (pixels + -pixels % 8))
    rows = [blank] * before
    for start in range(0, side * side, side):
        line = modules[start : start + side].replace(b"\x00", BLACK * scale).replace(b"\xff", WHITE * scale)
        rows += [_packed(WHITE * before + line + tail)] * scale
    return rows + [blank] * after


def _packed(bits: bytes) -> bytes:
    return int(bits, 2).to_bytes(len(bits) // 8)


def _png(rows: list[bytes]) -> bytes:
    """A square PNG: every row has as many pixels as there are rows."""
    header = struct.pack(">IIBBBBB", len(rows), len(rows), BIT_DEPTH, GRAYSCALE, 0, 0, 0)
    unfiltered = b"".join(b"\x00" + row for row in rows)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(unfiltered)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
