"""A shop's catalogue comes in here: products are added and changed by the shop's own numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import Q
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
    # Two imports at once wait for each other.
    Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    there = catalogue_rows.load(channel, [entry.ext_id for entry in batch])
    good = _good(batch, there, outcome)
    changed = catalogue_rows.write(channel, list(good.values()), there)
    numbers = {row.ext_id for row in changed}
    outcome.added |= good.keys() - there.keys()
    outcome.changed |= numbers
    outcome.unchanged |= (good.keys() & there.keys()) - numbers
    tell_viewers([row.pk for row in changed])
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


@transaction.atomic
def tell_viewers(products: Iterable[int]) -> None:
    """Whoever sees one of these pinned now sees it as it is. Raises BusUnavailable after the commit."""
    shown = LiveStream.objects.filter(
        SHOWING, pins__product__in=list(products), pins__unpinned_at__isnull=True
    )
    for number in sorted(set(shown.values_list("pk", flat=True))):
        streams.touch(streams.locked(number))


@transaction.atomic
def sell(*, products: Iterable[int], is_sold_out: bool) -> int:
    """Mark products as sold out, or for sale again: how many were changed. Viewers see it at once.

    Raises BusUnavailable once it is saved.
    """
    others = (
        Product.objects.select_for_update().filter(pk__in=list(products)).exclude(is_sold_out=is_sold_out)
    )
    numbers = sorted(others.values_list("pk", flat=True))
    Product.objects.filter(pk__in=numbers).update(is_sold_out=is_sold_out)
    tell_viewers(numbers)
    return len(numbers)
