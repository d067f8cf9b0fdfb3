"""A bus whose server is gone."""

from collections.abc import AsyncIterator, Sequence

from livestream.bus.base import Bus, Message
from livestream.errors import BusUnavailable


class DeadBus(Bus):
    """Nothing reaches anybody."""

    def publish(self, messages: Sequence[Message]) -> None:
        raise BusUnavailable

    async def subscribe(self) -> AsyncIterator[Message]:
        raise BusUnavailable
        yield
