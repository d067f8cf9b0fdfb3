"""How many look on over all processes, and what was shown to them since it was last written down."""

import json
import time
from collections import Counter
from collections.abc import Collection, Mapping

COUNT_SECONDS = 5.0
FORGET_SECONDS = 3 * COUNT_SECONDS


class Census:
    """`process` is this one's own name. Counts are by topic."""

    def __init__(self, process: str) -> None:
        self.process = process
        self.impressions: Counter[int] = Counter()
        self._others: dict[str, tuple[float, Mapping[str, int]]] = {}

    def show(self, pins: Collection[int], *, to: int = 1) -> None:
        """Pins were sent to so many viewers for the first time."""
        for pin in pins:
            self.impressions[pin] += to

    def take_impressions(self) -> dict[int, int]:
        """By the row of the pin; from now on they are counted anew."""
        taken, self.impressions = dict(self.impressions), Counter()
        return taken

    def report(self, counts: Mapping[str, int]) -> bytes:
        """What the other processes need to know."""
        return json.dumps({"process": self.process, "counts": counts}).encode()

    def hear(self, body: bytes) -> None:
        """What another process reports. Raises ValueError or KeyError for what is no report."""
        report = json.loads(body)
        if report["process"] != self.process:
            self._others[report["process"]] = (time.monotonic(), report["counts"])

    def total(self, topic: str, own: int) -> int:
        """Over all processes; one that has not been heard of for a while has ended."""
        oldest = time.monotonic() - FORGET_SECONDS
        self._others = {name: heard for name, heard in self._others.items() if heard[0] > oldest}
        return own + sum(counts.get(topic, 0) for _at, counts in self._others.values())
