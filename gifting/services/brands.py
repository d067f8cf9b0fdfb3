"""What a brand may upload: a logo that prints on cards and is harmless on pages."""

from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from gifting.cards.logos import printable_logo
from gifting.errors import Invalid
from gifting.services.cards import LOGO_TYPES

MAX_LOGO_BYTES = 2_000_000
RASTER_SIGNATURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
SVG_ROOT = "http://www.w3.org/2000/svg svg"
ACTIVE_ELEMENTS = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler", "a"})
HARMLESS_LINKS = ("#", "data:image/png", "data:image/jpeg")


def check_logo(data: bytes) -> str:
    """The suffix that belongs to the logo: `.png`, `.jpg` or `.svg`. Raises Invalid with what is wrong."""
    if len(data) > MAX_LOGO_BYTES:
        raise Invalid(_("The logo is too large: at most 2 MB are accepted."))
    suffix = _suffix(data)
    if printable_logo(data, LOGO_TYPES[suffix]) is None:
        raise Invalid(_("The logo cannot be printed: the file is damaged or empty. Export it again."))
    return suffix


def _suffix(data: bytes) -> str:
    """Told by the content: a file name proves nothing."""
    for signature, suffix in RASTER_SIGNATURES.items():
        if data.startswith(signature):
            return suffix
    _check_svg(data)
    return ".svg"


def _check_svg(data: bytes) -> None:
    """A drawing may not run scripts, or load anything from elsewhere, where it is opened as a page."""
    parser = expat.ParserCreate(namespace_separator=" ")
    roots: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        roots.append(name)
        if roots[0] != SVG_ROOT:
            raise _not_a_picture()
        _refuse_active(name, attributes)

    parser.StartElementHandler = start
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as exc:
        raise _not_a_picture() from exc


def _not_a_picture() -> Invalid:
    return Invalid(_("The logo must be a PNG, JPEG or SVG picture."))


def _refuse_entity(*declaration: Any) -> None:
    raise Invalid(_("The SVG file declares entities, which are not accepted. Export it as plain SVG."))


def _refuse_active(name: str, attributes: dict[str, str]) -> None:
    if _local(name) in ACTIVE_ELEMENTS or any(map(_is_active, attributes.items())):
        raise Invalid(
            _("The SVG file contains scripts or links, which are not accepted. Export it as plain SVG.")
        )


def _is_active(attribute: tuple[str, str]) -> bool:
    name, value = _local(attribute[0]), attribute[1].strip().lower()
    return name.startswith("on") or (name == "href" and not value.startswith(HARMLESS_LINKS))


def _local(name: str) -> str:
    """`name` without its namespace."""
    return name.rpartition(" ")[2].lower()
