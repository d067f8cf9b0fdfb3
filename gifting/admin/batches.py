"""Orders chosen for printing, told apart by what a card would mean for each."""

from collections.abc import Iterable
from dataclasses import dataclass

from gifting.admin.timeline import who
from gifting.models import JournalEntry, VideoContainer
from gifting.services.containers import CLOSED


@dataclass(frozen=True, slots=True)
class Reprint:
    """A gift whose card was printed before, and by whom last (empty: the journal does not say)."""

    container: VideoContainer
    who: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Gifts in list order."""

    containers: list[VideoContainer]

    def to_print(self, *, again: bool) -> list[VideoContainer]:
        """The gifts whose cards are wanted: never a closed one, a printed one only on demand."""
        return [one for one in self.containers if one.state not in CLOSED and (again or not one.printed_at)]

    @property
    def fresh(self) -> list[VideoContainer]:
        """Not printed yet."""
        return self.to_print(again=False)

    @property
    def printed(self) -> list[VideoContainer]:
        """Could be printed again."""
        return [one for one in self.to_print(again=True) if one.printed_at]

    @property
    def empty(self) -> list[VideoContainer]:
        """May be printed though there is nothing to watch yet."""
        return [one for one in self.to_print(again=True) if not one.has_message]

    @property
    def closed(self) -> list[VideoContainer]:
        """Switched off or erased."""
        return [one for one in self.containers if one.state in CLOSED]

    def reprints(self) -> list[Reprint]:
        """The printed ones, with who printed them last."""
        actors = dict(_print_actors(self.printed))
        return [Reprint(one, who(actors.get(one.pk, ""))) for one in self.printed]


def load_batch(order_ids: list[int]) -> Batch:
    """The gifts of these orders, in this order. Ids of orders that are gone are left out."""
    found = VideoContainer.objects.select_related("order__brand").in_bulk(order_ids, field_name="order_id")
    return Batch([found[pk] for pk in order_ids if pk in found])


def _print_actors(containers: list[VideoContainer]) -> Iterable[tuple[int, str]]:
    """Oldest first, so that in a dict the last one wins."""
    entries = JournalEntry.objects.filter(container__in=containers, event=JournalEntry.Event.PRINTED)
    return entries.order_by("pk").values_list("container_id", "actor")
