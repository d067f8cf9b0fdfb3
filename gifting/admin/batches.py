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


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Gifts in list order. `closed` are never printed, `printed` only if somebody asks for it."""

    fresh: list[VideoContainer]
    printed: list[VideoContainer]
    closed: list[VideoContainer]
    order_ids: list[int]

    def to_print(self, *, again: bool) -> list[VideoContainer]:
        """The gifts whose cards are wanted, in list order."""
        wanted = [*self.fresh, *(self.printed if again else [])]
        place = {pk: number for number, pk in enumerate(self.order_ids)}
        return sorted(wanted, key=lambda container: place[container.order_id])

    @property
    def empty(self) -> list[VideoContainer]:
        """Gifts that may be printed though there is nothing to watch yet."""
        return [container for container in self.to_print(again=True) if not container.has_message]

    def reprints(self) -> list[Reprint]:
        """The printed ones, with who printed them last and when."""
        actors = dict(_print_actors(self.printed))
        return [Reprint(container, who(actors.get(container.pk, ""))) for container in self.printed]


def load_batch(order_ids: list[int]) -> Batch:
    """The gifts of these orders. Ids of orders that are gone are left out."""
    found = VideoContainer.objects.select_related("order__brand").in_bulk(order_ids, field_name="order_id")
    containers = [found[pk] for pk in order_ids if pk in found]
    usable = [container for container in containers if container.state not in CLOSED]
    return Batch(
        fresh=[container for container in usable if container.printed_at is None],
        printed=[container for container in usable if container.printed_at],
        closed=[container for container in containers if container.state in CLOSED],
        order_ids=order_ids,
    )


def _print_actors(containers: list[VideoContainer]) -> Iterable[tuple[int, str]]:
    """Oldest first, so that in a dict the last one wins."""
    entries = JournalEntry.objects.filter(container__in=containers, event=JournalEntry.Event.PRINTED)
    return entries.order_by("pk").values_list("container_id", "actor")
