"""For the pages of livestreams."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from livestream import colors
from livestream.models import Channel

register = template.Library()


@register.simple_tag
def when(status: str, statuses: str) -> SafeString:
    """Attributes of an element that is there in some statuses: `{% when state.status "active paused" %}`."""
    hidden = "" if status in statuses.split() else " hidden"
    return format_html('data-lv-when="{}"{}', statuses, hidden)


@register.filter
def clock(ms: int) -> str:
    """`1:05` or `2:00:05` of milliseconds."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def accent(channel: Channel) -> str:
    """The channel's accent color, certain to be a color."""
    return colors.accent(channel.accent_color)


@register.filter
def on_accent(channel: Channel) -> str:
    """Black or white: what can be read on the accent color."""
    return colors.readable_on(colors.accent(channel.accent_color))


@register.filter
def logo_url(channel: Channel) -> str:
    """The absolute address of the logo where mail programs can show it: they show no SVG."""
    if not channel.logo or str(channel.logo.name).lower().endswith(".svg"):
        return ""
    return channel.url(reverse("livestream:logo", args=[channel.slug]))
