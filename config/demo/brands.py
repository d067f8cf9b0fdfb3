"""The two sample brands: Maison Lune has the shop, Maison Soleil shows that brands never see each other."""

from copy import copy
from pathlib import Path

from django.core.files.base import ContentFile

from gifting.conf import conf
from gifting.errors import Unavailable
from gifting.models import Brand
from gifting.models.files import gift_storage

ACCOUNT = "livstick"
LUNE = "maison-lune"
SOLEIL = "maison-soleil"
SLUGS = (LUNE, SOLEIL)
LOGO = Path(__file__).parent / "static" / "demo" / "logo.svg"
LOOKS = {
    LUNE: {
        "name": "Maison Lune",
        "accent_color": "#8a4b2a",
        "mail_sender": "Maison Lune <gifts@lune.example>",
        "card_text": "Somebody thought of you.",
    },
    SOLEIL: {
        "name": "Maison Soleil",
        "accent_color": "#2f6d5a",
        "mail_sender": "Maison Soleil <gifts@soleil.example>",
        "default_language": "fr",
    },
}


def lune() -> Brand:
    """The sample shop's brand. Raises Unavailable before the first `manage.py demo`."""
    brand = Brand.objects.filter(slug=LUNE).first()
    if brand is None:
        raise Unavailable("The shop has no sample data yet. Run manage.py demo, then try again.")
    return brand


def others_exist() -> bool:
    """Does this database hold brands that are not ours?"""
    return Brand.objects.exclude(slug__in=SLUGS).exists()


def without_account(brand: Brand) -> Brand:
    """The same brand for gifts that are made here, also where its orders go to a hosted account."""
    here = copy(brand)
    here.backend = ""
    return here


def ensure_brand(*, slug: str, base_url: str) -> Brand:
    """The brand at `base_url`. What staff changed about its look stays.

    The shop's brand lives in the hosted account, where the environment has the key of one.
    """
    brand, is_new = Brand.objects.get_or_create(slug=slug, defaults={"base_url": base_url, **LOOKS[slug]})
    if is_new and slug == LUNE:
        brand.logo.name = gift_storage().save("brands/maison-lune.svg", ContentFile(LOGO.read_bytes()))
    brand.base_url = base_url
    if base_url not in brand.widget_origins:
        brand.widget_origins = [*brand.widget_origins, base_url]
    brand.backend = ACCOUNT if slug == LUNE and ACCOUNT in conf().BACKENDS else ""
    brand.save()
    return brand
