"""Where an account is reached: the published addresses by name, and those of any other server."""

from urllib.parse import quote, urljoin

from gifting.errors import Invalid, VendorUnavailable
from gifting.http import address_of, origin

BASES = {
    "production": "https://messenger.stipop.io/v1",
    "sandbox": "https://sandbox.stipop.com/v1",
}
PUBLISHED_IMAGES = "https://*.stipop.io"
DOTS = (".", "..")


def base_of(name: str) -> str:
    """The base URL of `production`, `sandbox`, or of an address that is one. Raises ValueError for others."""
    return address_of(name, BASES)


def images_of(name: str) -> str:
    """What a Content Security Policy must allow, so that a page can show the packs of this base."""
    base = base_of(name)
    return PUBLISHED_IMAGES if base in BASES.values() else origin(base)


def segment(user: str, name: str = "userId") -> str:
    """A user id as a part of a path. Raises Invalid for one that no path can hold: empty, dots alone (every
    client takes them for directions), or no Unicode text.
    """
    if not user or user in DOTS:
        raise _untold(name)
    return quoted(user, name)


def quoted(user: str, name: str = "userId") -> str:
    """Percent-encoded. Raises Invalid for what is no Unicode text."""
    try:
        return quote(user, safe="")
    except UnicodeEncodeError:
        raise _untold(name) from None


def _untold(name: str) -> Invalid:
    return Invalid(f"{name} cannot be told to the account.", fields={name: "Cannot be told."})


def moved(base: str, path: str, location: str) -> str:
    """The path that a redirect leads to. Raises VendorUnavailable for one that leaves the base: the key is
    for nobody else.
    """
    there = urljoin(base + path, location)
    if not location or not there.startswith(f"{base}/"):
        raise VendorUnavailable("The account sends us elsewhere, where we do not go.")
    return there.removeprefix(base)
