"""What lists and pages say about a gift, in few words: never by color alone."""

from datetime import datetime

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.models import Order, VideoContainer


def state_badge(container: VideoContainer) -> SafeString:
    """The state in words on a colored ground."""
    return badge(container.get_state_display(), container.state)


def stop_badges(container: VideoContainer) -> list[SafeString]:
    """What staff decided that keeps the receiver from the message, each in a badge."""
    stops = [
        (container.recalled_at, _("recalled"), "cancelled"),
        (container.hidden_at, _("hidden"), "cancelled"),
        (container.held_at, _("on hold"), "recording_open"),
    ]
    return [badge(text, tone) for at, text, tone in stops if at]


def badge(text: str, tone: str) -> SafeString:
    return format_html('<span class="gc-badge gc-badge-{}">{}</span>', tone, text)


def quiet(text: str) -> SafeString:
    """Something that did not happen yet."""
    return format_html('<span class="gc-quiet">{}</span>', text)


def message_kind(container: VideoContainer) -> str:
    """`Video 0:12`, `Note`, or nothing. Of a hosted gift only the account knows which."""
    if recording := container.recording:
        minutes, seconds = divmod(round((recording.duration_ms or 0) / 1000), 60)
        return _("Video %(length)s") % {"length": f"{minutes}:{seconds:02}"}
    if not container.has_message:
        return ""
    return _("Recorded") if container.is_hosted else _("Note")


def short_date(at: datetime) -> str:
    """The day in the form that is usual in the active language."""
    return date_format(localtime(at), "SHORT_DATE_FORMAT")


class OrderColumns:
    """Columns of the list of orders. Every one reads what the list's one query has fetched."""

    @admin.display(description=gettext_lazy("giver → receiver"), ordering="giver_name")
    def people(self, order: Order) -> SafeString:
        giver = order.giver_name or order.giver_email
        receiver = order.receiver_name or order.receiver_email
        return format_html(
            '<span class="gc-name">{}</span> → <span class="gc-name">{}</span>',
            giver,
            receiver or _("not named"),
        )

    @admin.display(description=gettext_lazy("delivery"), ordering="delivery")
    def way(self, order: Order) -> str:
        return _("mail") if order.delivery == Order.Delivery.EMAIL else _("card")

    @admin.display(description=gettext_lazy("gift"), ordering="container__state")
    def gift(self, order: Order) -> SafeString:
        return state_badge(order.container)

    @admin.display(description=gettext_lazy("message"), ordering="container__recorded_at")
    def message(self, order: Order) -> str:
        return message_kind(order.container) or quiet(_("not recorded"))

    @admin.display(description=gettext_lazy("card"), ordering="container__printed_at")
    def card(self, order: Order) -> str:
        at = order.container.printed_at
        if at is None:
            return quiet(_("not printed"))
        return _("printed %(date)s") % {"date": short_date(at)}

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def ordered(self, order: Order) -> str:
        return short_date(order.created_at)
