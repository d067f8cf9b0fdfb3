"""What the vendor pushes. Published are the names of three events about videos, and no document."""

import json
from typing import Any

from livestream.errors import Invalid

FIELDS = ("event_type", "event", "type")
WORDS = ("video_", "live_stream", "livestream")


def is_news(body: bytes) -> bool:
    """Whether the event is about videos or livestreams. Raises Invalid where the body is no JSON object."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Invalid("The push is not a JSON object.")
    named = [document.get(name) for name in FIELDS]
    return any(isinstance(name, str) and name.startswith(WORDS) for name in named)
