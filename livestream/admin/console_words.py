"""What the console's script says: it comes with the page, in the language of whoever looks."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the names that the script knows them by; `{name}` and the like are filled in by it."""
    return {
        "pin": _("Pin"),
        "unpin": _("Unpin"),
        "pinName": _("Pin {name}"),
        "unpinName": _("Unpin {name}"),
        "up": _("Move {name} up"),
        "down": _("Move {name} down"),
        "soldOut": _("sold out"),
        "by": _("by {who}"),
        "clicks": _("{n} clicks"),
        "emptyTray": _("The tray is empty. Search the catalogue: what you pin comes into the tray."),
        "nothingFound": _("Nothing is called like that."),
        "full": _("Three are pinned. Press 1, 2 or 3 to put this one in the place of another."),
        "noCueLeft": _("The run of show has no step left."),
        "nextCue": _("Next: {title}"),
        "done": _("done"),
        "next": _("next"),
        "now": _("now"),
        "edit": _("Change {name}"),
        "remove": _("Remove {name}"),
        "keepsPins": _("Pins stay as they are."),
        "gone": _("a product that is gone"),
        "addCue": _("Add a step"),
        "changeCue": _("Change the step"),
        "ofPlanned": _("{elapsed} of {planned}"),
        "badTime": _("Write the planned time as minutes and seconds, such as 3:00."),
        "live": _("Connected: changes arrive at once."),
        "polling": _("Changes arrive every two seconds."),
        "over": _("The show is over: nothing can be pinned any more."),
        "lost": _("No connection. Trying again; what you see may be old."),
        "unreachable": _(
            "The server did not answer, so this was perhaps not done. Look at the set, and try again."
        ),
        "loggedOut": _("You are logged out. Log in in another tab, then go on here; nothing is lost."),
        "forbidden": _("You are not allowed to do this."),
        "refused": _("The server could not do this. Try again in a moment."),
        "noVideo": _("This browser cannot play the live video here. Viewers are not affected."),
        "onTrailer": _("Viewers see the trailer."),
        "onLive": _("Viewers see the live video."),
        "onFrame": _("Paused: viewers see the last frame."),
        "onReplay": _("Over: viewers see the replay."),
        "onNoReplay": _("Over: there is no replay yet. It comes from the recording, or from the form."),
        "onRehearsal": _("Rehearsal: viewers see the trailer, and none of this."),
    }
