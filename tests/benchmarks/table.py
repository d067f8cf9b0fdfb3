"""The rows that every benchmark returns, and how they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure beside its reference of the same run. `met` is None where there is no reference."""

    name: str
    ours: str
    reference: str
    ratio: float | None
    aim: str
    met: bool | None


def print_table(rows: Sequence[Row]) -> None:
    """A Markdown table on standard output."""
    print("| what | ours | reference | ratio | aim | met |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = {True: "yes", False: "NO", None: ""}[row.met]
        print(f"| {row.name} | {row.ours} | {row.reference} | {ratio} | {row.aim} | {met} |")
