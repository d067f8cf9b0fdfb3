"""The things of the stories about live shopping are the same here."""

from tests.livestream.conftest import channel, new_product, other_channel  # noqa: F401  (fixtures)
