"""Documents as vendors should not send them: nearly right."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


def places(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*here, key)
        yield from places(value, (*here, key))


def twisted(body: bytes, data: st.DataObject) -> bytes:
    """The document with something replaced or left out; of XML, with a piece replaced."""
    try:
        document = json.loads(body)
    except ValueError:
        start, length = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 60))
        return body[:start] + data.draw(st.text(max_size=9)).encode() + body[start + length :]
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from([*places(document)] or [(0,)]))
        parent = document
        for key in way:
            parent = parent[key]
        if not parent or data.draw(st.booleans()):
            parent[last] = data.draw(JUNK)
        else:
            del parent[last]
    return json.dumps(document).encode()
