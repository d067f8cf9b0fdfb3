"""`make bench`: runs every `bench_*.py` here (or those named) and prints one table."""

import importlib
import sys
from pathlib import Path

from tests.benchmarks.table import Row, print_table


def main(names: list[str]) -> None:
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    rows: list[Row] = []
    for name in found:
        if not names or name.removeprefix("bench_") in names:
            print(f"… {name}", file=sys.stderr)
            rows += importlib.import_module(f"tests.benchmarks.{name}").rows()
    print_table(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
