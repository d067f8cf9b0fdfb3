"""The one door to the gift packs of a brand, wherever they live."""

from django.core.exceptions import ImproperlyConfigured

from gifting.backends.local_packs import LocalPackBackend
from gifting.backends.packs import GiftPackBackend
from gifting.errors import NotFound, VendorRejected
from gifting.models import Brand
from gifting.services import accounts


def packs_of(brand: Brand) -> GiftPackBackend:
    """The hosted account that the brand names, else this installation. Ask for it anew in each request.

    Raises VendorRejected where the settings have no such account: gifts are never sent to a wrong place.
    """
    if not brand.pack_backend:
        return LocalPackBackend(brand)
    try:
        return accounts.get_pack_account(brand.pack_backend)
    except (NotFound, ImproperlyConfigured):
        raise VendorRejected(
            f"The settings have no account {brand.pack_backend} that works: check PACK_BACKENDS."
        ) from None
