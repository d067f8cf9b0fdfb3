"""Finds the livestream that a page is about."""

from django.http import Http404

from livestream.errors import Malformed
from livestream.ids import Kind, number_of
from livestream.models import LiveStream


def stream_or_404(public_id: str) -> LiveStream:
    """The livestream with its channel. Raises Http404, also for a string that is nobody's id."""
    try:
        number = number_of(Kind.STREAM, public_id)
    except Malformed:
        raise Http404 from None
    found = LiveStream.objects.select_related("channel").filter(pk=number or 0).first()
    if found is None:
        raise Http404
    return found
