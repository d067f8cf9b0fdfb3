"""What went wrong, as staff read it: the words of the wire are for programs."""

from django.utils.translation import gettext_lazy as _

from livestream.errors import (
    BusUnavailable,
    IllegalMove,
    LivestreamError,
    Malformed,
    NotEndable,
    NotFound,
    NothingPinned,
    NotLive,
    ProductsUnknown,
    Unavailable,
)

SENTENCES = {
    BusUnavailable: _("This is saved, and reaches viewers as soon as the message bus answers again."),
    IllegalMove: _("The livestream has moved on meanwhile, so this cannot be done any more."),
    Malformed: _("This product could not be read. Load the page again."),
    NotEndable: _("Only a livestream that is live or paused can end."),
    NotFound: _("This livestream is not there any more."),
    NothingPinned: _("This product is not pinned any more."),
    NotLive: _("Products are pinned while the livestream is live, paused or rehearsed. Start it first."),
    ProductsUnknown: _("This product is not in the channel's catalogue any more."),
    Unavailable: _("The service cannot answer right now. Try again in a moment."),
}


def sentence(exc: LivestreamError) -> str:
    """Its own words where somebody found better ones than those of its kind."""
    own = exc.message != type(exc).sentence and not isinstance(exc, Malformed | IllegalMove)
    return str(exc.message if own else SENTENCES.get(type(exc), exc.message))
