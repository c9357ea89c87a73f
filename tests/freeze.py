"""Frozen answers: `python tests/freeze.py "reason"` renews them, and the reason stands beside them.

Each case is an instance, solved as a relaxation or with whole facilities. Kept of it are the value of every tier, what
is published (to the last digit), and of every other column of the result that is not 0 throughout two sums.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import alloc
from alloc.instance import Instance, read

HERE = Path(__file__).resolve().parent / "data" / "frozen"
RANDOM = (8, 15, 29)
CASES = tuple(
    f"{name}-{way}" for name in ("china-2020", *(f"random-{seed}" for seed in RANDOM)) for way in ("relaxed", "whole")
)
# What is handed on: table -> its key and the columns that are held to the last digit.
PUBLISHED = {
    "allocation": (("city", "pool"), ("published",)),
    "people": (("city",), ("settle",)),
    "services": (("city", "service"), ("build", "expand")),
    "land": (("city",), ("public", "production", "unassigned", "reuse_public", "reuse_production")),
}
Rows = list[list[str]]


def instance_of(case: str) -> Instance:
    """The instance of a case; the random ones are kept as files, so that another generator does not change them."""
    name, _, way = case.rpartition("-")
    found = read(HERE / name) if name.startswith("random") else read(name)
    return replace(
        found, settings=found.settings.model_copy(update={"integers": way == "whole", "facilities": "by_city"})
    )


def frozen(case: str, solved: alloc.Result | None = None) -> dict[str, Rows]:
    """The answers of a case as tables of text: ``tiers``, every table of `PUBLISHED`, and ``sums``.

    Args:
        case: one of `CASES`.
        solved: its instance solved; without, it is solved here.
    """
    result = solved or alloc.solve(instance_of(case))
    tables: dict[str, pd.DataFrame] = dict(result.tables)
    found = {"tiers": [["tier", "value"], *([each["tier"], repr(each["value"])] for each in result.manifest["tiers"])]}
    for name, (key, columns) in PUBLISHED.items():
        wanted = tables[name][[*key, *columns]]
        found[name] = [[*key, *columns], *([_text(cell) for cell in row] for row in wanted.itertuples(index=False))]
    sums: Rows = [["table", "column", "sum", "weighted"]]
    for name, frame in sorted(tables.items()):
        for column in frame.select_dtypes("number"):
            values = np.nan_to_num(frame[column].to_numpy(dtype=float), posinf=0.0, neginf=0.0)
            if not values.any():  # as of a lever that is not used
                continue
            weights = 1 + np.arange(values.size) % 7
            sums.append([name, str(column), repr(float(values.sum())), repr(float(values @ weights))])
    return found | {"sums": sums}


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else repr(float(cell))


def kept(case: str) -> dict[str, Rows]:
    """What was frozen of a case."""
    return {path.stem: _read(path) for path in sorted((HERE / case).glob("*.csv"))}


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write(folder: Path, tables: dict[str, Rows]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """Renews everything; the instances are written only where they are missing."""
    from random_instances import write_random

    if len(sys.argv) != 2:
        sys.exit('usage: python tests/freeze.py "why the answers change"')
    for seed in RANDOM:
        if not (HERE / f"random-{seed}").exists():
            with tempfile.TemporaryDirectory() as folder:
                made = write_random(Path(folder) / "made", seed, integers=True, everything=True)
                shutil.copytree(made, HERE / f"random-{seed}")
    for case in CASES:
        _write(HERE / case, frozen(case))
    with (HERE / "REASONS.md").open("a", encoding="utf-8") as reasons:
        reasons.write(f"- {alloc.__version__}: {sys.argv[1]}\n")


if __name__ == "__main__":
    main()
