"""A shop's catalogue comes in here: products are added and changed by the shop's own numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livestream.errors import Invalid
from livestream.models import Channel, LiveStream, Product
from livestream.services import catalogue_rows, streams
from livestream.services.catalogue_entries import ProductEntry, UnitEntry, check_product, check_unit

AT_ONCE = 500
SHOWING = Q(is_rehearsal=True) | Q(status__in=[LiveStream.Status.ACTIVE, LiveStream.Status.PAUSED])


@dataclass(slots=True)
class Outcome:
    """The shop's numbers of what was added, changed, and as it was; and why others were refused."""

    added: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def upsert_product(
    *,
    channel: Channel,
    ext_id: str,
    name: str,
    currency: str,
    description: str | None = None,
    url: str | None = None,
    is_sold_out: bool | None = None,
    images: Sequence[str] | None = None,
    units: Sequence[UnitEntry] | None = None,
) -> Product:
    """Add a product or change the one with this number; viewers who see it pinned see the change at once.

    `units` is the whole list; None leaves it. Raises Invalid with a sentence, and BusUnavailable once all
    is saved.
    """
    entry = ProductEntry(
        ext_id=ext_id,
        name=name,
        currency=currency,
        description=description,
        url=url,
        is_sold_out=is_sold_out,
        images=images,
        units=units,
    )
    outcome = upsert_many(channel=channel, products=[entry])
    if outcome.refused:
        raise Invalid(outcome.refused[ext_id])
    return Product.objects.get(channel=channel, ext_id=ext_id)


def upsert_many(*, channel: Channel, products: Iterable[ProductEntry], is_trial: bool = False) -> Outcome:
    """Add and change many. 500 at a time are one transaction with a bounded number of queries.

    What is wrong is refused with a sentence, and the rest is written. `is_trial`: nothing is kept.
    Raises BusUnavailable once the batch is saved.
    """
    outcome, left = Outcome(), iter(products)
    while batch := list(islice(left, AT_ONCE)):
        upsert_batch(channel, batch, outcome, is_trial=is_trial)
    return outcome


@transaction.atomic
def upsert_batch(
    channel: Channel, batch: list[ProductEntry], outcome: Outcome, *, is_trial: bool = False
) -> None:
    """The same for one batch; `outcome` also says what was saved where BusUnavailable is raised."""
    _one_at_a_time(Channel.objects.filter(pk=channel.pk))
    there = catalogue_rows.load(channel, [entry.ext_id for entry in batch])
    good = _good(batch, there, outcome)
    plan = catalogue_rows.compare(channel, list(good.values()), there)
    _held([unit.product_id for unit in plan.lost_units])  # in the order of whoever pins: the show comes first
    catalogue_rows.write(plan)
    outcome.added |= good.keys() - there.keys()
    outcome.changed |= plan.touched.keys()
    outcome.unchanged |= (good.keys() & there.keys()) - plan.touched.keys()
    tell_viewers([row.pk for row in plan.touched.values()])
    if is_trial:
        transaction.set_rollback(True)


def _good(batch: list[ProductEntry], there: dict[str, Product], outcome: Outcome) -> dict[str, ProductEntry]:
    good: dict[str, ProductEntry] = {}
    for entry in batch:
        try:
            if entry.ext_id in good:
                raise Invalid(_("The product is named twice."))
            check(entry, there.get(entry.ext_id))
        except Invalid as exc:
            outcome.refused[entry.ext_id] = exc.message
        else:
            good[entry.ext_id] = entry
    return good


def check(entry: ProductEntry, row: Product | None) -> None:
    """Whether the entry can be written; `row` is the product that is there. Raises Invalid."""
    check_product(entry, is_new=row is None)
    known, seen = catalogue_rows.units_of(row), set()
    for unit in entry.units or ():
        key = catalogue_rows.key_of(unit, entry, row)
        if key in seen:
            raise Invalid(_("The unit “%(unit)s” is named twice.") % {"unit": unit.ext_id or unit.name or ""})
        seen.add(key)
        check_unit(unit, is_new=key not in known)


def _one_at_a_time(channels: QuerySet[Channel]) -> None:
    """Two who change many products of these channels at once wait for each other."""
    list(channels.select_for_update(no_key=True).order_by("pk"))


def _held(products: Iterable[int]) -> list[LiveStream]:
    """The livestreams that show one of these now, locked."""
    numbers = list(products)
    if not numbers:
        return []
    pinned = Q(pins__product__in=numbers, pins__unpinned_at__isnull=True)
    return streams.locked_all(set(LiveStream.objects.filter(SHOWING, pinned).values_list("pk", flat=True)))


@transaction.atomic
def tell_viewers(products: Iterable[int]) -> None:
    """Whoever sees one of these pinned now sees it as it is. Raises BusUnavailable after the commit."""
    streams.touch_all(_held(products))


@transaction.atomic
def sell(*, products: Iterable[int], is_sold_out: bool) -> int:
    """Mark products as sold out, or for sale again: how many were changed. Viewers see it at once.

    Raises BusUnavailable once it is saved.
    """
    rows = Product.objects.filter(pk__in=list(products))
    _one_at_a_time(Channel.objects.filter(pk__in=rows.values("channel")))
    numbers = list(rows.exclude(is_sold_out=is_sold_out).values_list("pk", flat=True))
    rows.filter(pk__in=numbers).update(is_sold_out=is_sold_out)
    tell_viewers(numbers)
    return len(numbers)
