"""Brand logos made safe to print: a picture that cannot be read, or paints nothing, is no logo."""

import logging
import struct
import zlib
from functools import lru_cache
from io import BytesIO
from typing import Final

import pikepdf
from PIL import Image, ImageOps
from weasyprint import HTML

from gifting.cards.assets import Assets

logger = logging.getLogger(__name__)

SVG: Final = "image/svg+xml"
RASTER_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PIXELS: Final = 30_000_000
PRINT_PIXELS: Final = (1417, 307)  # 600 dpi in the 60 x 13 mm that a card has for it.
# How a whole file ends. Pillow would say so too, but importing WeasyPrint tells it to let broken files pass.
TRAILERS: Final = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
MOST_AFTER_TRAILER: Final = 1024
PAINTS: Final = frozenset(["f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Tj", "TJ", "Do"])
# Pillow and WeasyPrint have no common error for broken pictures: this is what their parsers raise.
BROKEN: Final = (
    ArithmeticError, AttributeError, EOFError, LookupError, OSError, RecursionError, SyntaxError, TypeError,
    ValueError, struct.error, zlib.error, Image.DecompressionBombError, pikepdf.PdfError,
)  # fmt: skip


@lru_cache(maxsize=32)
def printable_logo(data: bytes, media_type: str) -> bytes | None:
    """The logo as PNG or SVG, ready for a card; None if there is none, or none that can be read (logged)."""
    if not data:
        return None
    try:
        return _checked_svg(data) if media_type == SVG else _printable_raster(data)
    except BROKEN as exc:
        logger.warning("A logo (%s) cannot be printed, cards show the name instead: %s", media_type, exc)
        return None


def _printable_raster(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=RASTER_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(f"it has more than {MAX_PIXELS:,} pixels")
        if TRAILERS.get(image.format or "", b"") not in data[-MOST_AFTER_TRAILER:]:
            raise ValueError("it is cut off")
        upright = ImageOps.exif_transpose(image)
        picture = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    picture.thumbnail(PRINT_PIXELS, Image.Resampling.LANCZOS)
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _checked_svg(data: bytes) -> bytes:
    """Printed once for trial: a broken drawing fails silently or leaves a hole where the name could be."""
    assets = Assets()
    address = assets.add(data)
    trial = HTML(string=f'<img src="{address}">', url_fetcher=assets).write_pdf()
    with pikepdf.open(BytesIO(trial)) as document:
        painted = {str(step.operator) for step in pikepdf.parse_content_stream(document.pages[0])} & PAINTS
    if not painted:
        raise ValueError("it paints nothing")
    return data
