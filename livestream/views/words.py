"""What the scripts of a page say, in its language. Gaps are `{name}`."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the name that the scripts know them by."""
    return {**_player(), **_products(), **_news()}


def _player() -> dict[str, str]:
    return {
        "play": _("Play"),
        "unmute": _("Turn the sound on"),
        "backToLive": _("Back to live"),
        "fullscreen": _("Full screen"),
        "leaveFullscreen": _("Leave full screen"),
        "soon": _("The picture comes in a moment. Stay here, it starts by itself."),
        "paused": _("The show pauses for a moment. Stay here, it goes on by itself."),
        "replaySoon": _("The show is over. If there is a replay, it appears here by itself."),
        "interrupted": _("The picture is interrupted. We keep trying."),
        "noVideo": _("The video cannot be loaded right now. Check your connection and load the page again."),
        "noHls": _("This browser cannot play live video. Please open the page in another one."),
    }


def _products() -> dict[str, str]:
    return {
        "added": _("{name} is in your basket."),
        "notAdded": _("{name} could not be added. Open it in the shop instead."),
        "choose": _("Choose"),
        "addNamed": _("Add {name} to the basket"),
        "chooseNamed": _("Choose a variant of {name}"),
        "soldOut": _("Sold out"),
        "jump": _("Jump to {title}, {time}"),
    }


def _news() -> dict[str, str]:
    return {
        "pinned": _("Now shown: {names}."),
        "unpinned": _("No product is shown any more."),
        "live": _("The show is live."),
        "pausedNews": _("The show pauses for a moment."),
        "replay": _("The show is over. You can watch it again."),
        "over": _("The show is over."),
        "watching": _("{count} watching"),
        "anyMoment": _("It starts any moment now."),
        "offline": _("The connection is interrupted. The page catches up by itself."),
        "askAgain": _("This did not work. Check your connection and try again."),
        "closed": _("This show cannot be reached any more. Load the page again."),
    }
