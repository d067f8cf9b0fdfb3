"""What lists say of a livestream, in few words: never by color alone."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from livestream.models import LiveStream


def badge(text: str, tone: str) -> SafeString:
    return format_html('<span class="lc-badge lc-badge-{}">{}</span>', tone, text)


def quiet(text: str) -> SafeString:
    """Something that is not there."""
    return format_html('<span class="lc-quiet">{}</span>', text)


def status_badge(stream: LiveStream) -> SafeString:
    """The status in words on a colored ground; a rehearsal says so."""
    if stream.is_rehearsal:
        return badge(_("rehearsal"), "rehearsal")
    return badge(stream.get_status_display(), stream.status)
