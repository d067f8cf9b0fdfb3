"""For host templates: the widget of an order. For our own: names, colors and addresses fit to be shown."""

from typing import Any

from django import template
from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from gifting import colors, names
from gifting.models import Brand, Order, VideoContainer
from gifting.services import hosting, languages, links, orders
from gifting.services.containers import CLOSED

register = template.Library()


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
