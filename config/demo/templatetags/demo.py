"""The bar above every page of the sample shop, words for states, and names of users."""

from django import template

from config.demo.credentials import USERNAME, read_credentials
from config.demo.pack_samples import PEOPLE
from gifting.models import VideoContainer
from livestream.models import LiveStream

register = template.Library()
State = VideoContainer.State
WORDS = {
    State.RECORDING_OPEN: "waiting for the giver",
    State.PROCESSING: "being prepared",
    State.RECORDED: "recorded",
    State.ACTIVATED: "QR code is live",
    State.DELIVERED: "delivered",
    State.EXPIRED: "erased",
    State.CANCELLED: "cancelled",
}

SHOW_WORDS = {
    LiveStream.Status.IDLE: "coming soon",
    LiveStream.Status.ACTIVE: "live",
    LiveStream.Status.PAUSED: "paused",
    LiveStream.Status.REPLAY: "replay",
    LiveStream.Status.COMPLETED: "over",
    LiveStream.Status.EXPIRED: "did not take place",
}


@register.inclusion_tag("demo/bar.html")
def demo_bar(here: str = "") -> dict[str, str]:
    """`here` is the URL name of the page that is shown."""
    return {"here": here, "username": USERNAME, "password": read_credentials().password}


@register.filter
def in_words(state: str) -> str:
    """A state in the shop's own language, whatever the visitor's is."""
    return WORDS[State(state)]


@register.filter
def show_in_words(status: str) -> str:
    """The status of a livestream, in the same language."""
    return SHOW_WORDS[LiveStream.Status(status)]


@register.filter
def called(user: str) -> str:
    """What people call a user. A real shop would ask its own table of customers."""
    return PEOPLE.get(user, user)
