"""Products from a CSV file with one line for each unit: what is right is written, the rest is named."""

from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from livestream.errors import BusUnavailable, Invalid
from livestream.models import Channel
from livestream.services import catalogue
from livestream.services.catalogue_entries import ProductEntry, UnitEntry
from livestream.services.product_lines import Line, Table

MOST_PROBLEMS = 1_000
FIELDS = ("name", "currency", "description", "url", "images", "is_sold_out")


@dataclass(frozen=True, slots=True)
class Problem:
    """What was left out, and why; `line` is the line of the file."""

    line: int
    why: str


@dataclass(slots=True)
class Imported:
    """What an import did or, as a trial, would do. `ignored` are the columns that are not known.

    Of very many problems the first 1,000 are kept. `is_late`: viewers get the changes once the bus answers.
    """

    ignored: list[str]
    added: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    is_late: bool = False

    def tell(self, line: int, why: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, why))

    def count(self, outcome: catalogue.Outcome) -> None:
        """A product that comes again further down was added or changed once."""
        self.added |= outcome.added - self.changed
        self.changed |= outcome.changed - self.added
        self.unchanged = (self.unchanged | outcome.unchanged) - self.added - self.changed


def import_csv(*, channel: Channel, file: IO[bytes], is_trial: bool = False) -> Imported:
    """Add and change products as the file says; what it does not name stays.

    A line that is wrong is left out. `is_trial` writes nothing. Raises Invalid where the file as a whole
    cannot be read: then nothing is written.
    """
    table = Table(file)
    result = Imported(ignored=table.ignored)
    basket = _Basket(channel=channel, result=result, is_trial=is_trial)
    number = 1
    try:
        for number, cells in table:
            _take(basket, table, number, cells)
    except Invalid as exc:  # a quote that never ends: nothing behind it can be read
        result.tell(number + 1, exc.message)
    basket.empty()
    result.problems.sort(key=lambda problem: problem.line)
    return result


def _take(basket: "_Basket", table: Table, number: int, cells: list[str]) -> None:
    try:
        line = table.read(number, cells)
    except Invalid as exc:
        basket.result.tell(number, exc.message)
    else:
        basket.take(line)


@dataclass(slots=True, kw_only=True)
class _Basket:
    """Gathers the lines of each product, and writes 500 products at a time."""

    channel: Channel
    result: Imported
    is_trial: bool
    lines: dict[str, list[Line]] = field(default_factory=dict)
    names: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        number = line.product.ext_id
        if number not in self.lines and len(self.lines) == catalogue.AT_ONCE:
            self.empty()
        self.lines.setdefault(number, []).append(line)

    def empty(self) -> None:
        outcome = catalogue.Outcome()
        entries = [self._entry(number, lines) for number, lines in self.lines.items()]
        try:
            catalogue.upsert_batch(self.channel, entries, outcome, is_trial=self.is_trial)
        except BusUnavailable:
            self.result.is_late = True
        self.result.count(outcome)
        for number, why in outcome.refused.items():
            self.result.tell(self.lines[number][0].number, why)
        self.lines = {}

    def _entry(self, number: str, lines: list[Line]) -> ProductEntry:
        """The first line that fills a cell speaks for the product; further down it may stand empty."""
        said = {name: _first(lines, name) for name in FIELDS}
        name, currency = self.names.setdefault(number, (said["name"], said["currency"]))
        said["name"], said["currency"] = said["name"] or name, said["currency"] or currency
        return ProductEntry(ext_id=number, units=self._units(lines), all_units=False, **said)

    def _units(self, lines: list[Line]) -> list[UnitEntry]:
        units: dict[tuple[str, str | None], UnitEntry] = {}
        for line in lines:
            if line.unit is None:
                continue
            key = (line.unit.ext_id, "" if line.unit.ext_id else line.unit.name)
            if key in units:
                self.result.tell(line.number, _("This unit stands on a line above already."))
            units.setdefault(key, line.unit)
        return list(units.values())


def _first(lines: list[Line], name: str) -> Any:
    return next((value for line in lines if (value := getattr(line.product, name)) is not None), None)
