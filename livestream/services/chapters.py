"""The products of the replay: each pin at the moment when it was pinned live."""

from livestream.dto import Chapter
from livestream.models import LiveStream


def chapters(stream: LiveStream) -> list[Chapter]:
    """The chapters that viewers see, in the order of their times."""
    raise NotImplementedError(stream)
