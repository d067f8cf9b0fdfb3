"""For host templates: an order's widget, a user's gift packs. For our own: what is fit to be shown."""

import logging
import re
from pathlib import PurePosixPath
from typing import Any, Literal

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from gifting import colors, names
from gifting.backends.choose import packs_of
from gifting.backends.packs import GiftPackBackend
from gifting.errors import GiftingError, Invalid
from gifting.models import Brand, Order, Sticker, StickerPack, VideoContainer
from gifting.services import hosting, languages, links, my_gifts, orders
from gifting.services.containers import CLOSED

log = logging.getLogger(__name__)
register = template.Library()
PAGE = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@register.simple_tag
def gift_widget(order: Any) -> str:
    """The recording widget of an order of ours or of a shop's own that is linked to one; else nothing.

    While a hosted account has not opened the gift yet: words that say so, and look again by themselves.
    """
    found = order if isinstance(order, Order) else _linked_order(order)
    container = _container(found) if found else None
    if found is None or container is None:
        return ""
    if container.is_hosted and container.state in CLOSED:
        return ""
    context: dict[str, Any] = {"container": container, "language": languages.spoken(found)}
    if widget := hosting.find_widget(container):
        return render_to_string("gifting/atoms/widget.html", {**context, "widget": widget})
    context["recorder_path"] = links.recorder_path(found)
    return render_to_string("gifting/atoms/preparing.html", context)


def _linked_order(shop_object: Any) -> Order | None:
    return orders.linked(shop_object) if isinstance(shop_object, Model) else None


def _container(order: Order) -> VideoContainer | None:
    return getattr(order, "container", None)


@register.simple_tag(takes_context=True)
def my_gift_packs(context: Any, brand: Any, user: Any) -> str:
    """What a user of the brand was given and gave, with buttons. `brand` is a Brand or its short name.

    Who the user is, the page's own view has to make sure of. Nothing for nobody, and for an impossible user
    id. An account that does not answer is a sentence.
    """
    found = brand if isinstance(brand, Brand) else Brand.objects.filter(slug=brand).first()
    if found is None or user is None:
        return ""
    request = getattr(context, "request", None)
    if request is None:
        raise ImproperlyConfigured(
            "my_gift_packs needs the request: render the page with render(request, ...)."
        )
    try:
        shown = _my_gifts(request, found, str(user))
    except Invalid:
        return ""
    return render_to_string("gifting/atoms/my_gifts.html", shown, request)


def _my_gifts(request: Any, brand: Brand, user: str) -> dict[str, Any]:
    address = request.get_full_path()
    return {
        "brand": brand,
        "user": user,
        "visit": my_gifts.visit_token(brand=brand, user=user, address=address),
        "said": request.GET.get("gifts_said"),
        **_gift_lists(request, brand, user),
    }


def _gift_lists(request: Any, brand: Brand, user: str) -> dict[str, Any]:
    """Both lists, or that there is trouble with the account in which they live."""
    try:
        backend = packs_of(brand)
        with my_gifts.patience(brand):
            return {
                "received": _gift_list(request, backend, "received", brand, user),
                "sent": _gift_list(request, backend, "sent", brand, user),
            }
    except Invalid:
        raise
    except GiftingError as exc:
        log.warning("The gift packs of %s cannot be shown: %s", brand.slug, exc.message)
        return {"trouble": True}


def _gift_list(
    request: Any, backend: GiftPackBackend, which: Literal["received", "sent"], brand: Brand, user: str
) -> dict[str, Any]:
    """The list, and where its links lead."""
    name = f"gifts_{which}"
    said = request.GET.get(name, "")
    page = int(said) if PAGE.fullmatch(said) else 1
    found = my_gifts.listed(
        which=which, backend=backend, brand=brand, user=user, page=page, now=timezone.now()
    )

    def address(number: int) -> str:
        changed = my_gifts.changed(request.get_full_path(), **{name: str(number), "gifts_said": None})
        return f"{changed}#gc-mine-{which}"

    return {
        "shown": found,
        "newer": address(found.page - 1) if found.page > 1 else "",
        "older": address(found.page + 1) if found.page < found.pages else "",
    }


@register.filter
def picture_path(shown: StickerPack | Sticker) -> str:
    """Where the picture of a pack or a sticker is on this site; empty where it has none."""
    view = "gifting:pack_image" if isinstance(shown, StickerPack) else "gifting:sticker_image"
    name = PurePosixPath(shown.image.name or "").name
    return reverse(view, args=[shown.pk, name]) if name else ""


@register.filter
def person(name: str) -> str:
    """The name on one line; empty where it is a mail address."""
    return names.person(name)


@register.filter
def isolated(text: str) -> str:
    """Marked up to keep its own writing direction inside a sentence; empty stays empty."""
    return format_html("<bdi>{}</bdi>", text) if text else ""


@register.filter
def one_line(text: str) -> str:
    """The text without control characters and line breaks."""
    return names.one_line(text)


@register.filter
def accent(brand: Brand) -> str:
    """The brand's accent color, certain to be a color."""
    return colors.accent(brand.accent_color)


@register.filter
def on_accent(brand: Brand) -> str:
    """Black or white: what can be read on the accent color."""
    return colors.readable_on(colors.accent(brand.accent_color))


@register.filter
def logo_url(brand: Brand) -> str:
    """The absolute address of the brand's logo where mail programs can show it: they show no SVG."""
    if not brand.logo or str(brand.logo.name).lower().endswith(".svg"):
        return ""
    return brand.url(reverse("gifting:logo", args=[brand.slug]))
