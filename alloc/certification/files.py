"""The files of a certificate, as the reader `alloc.certificate` takes them; doubles as their shortest decimals."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from alloc.certificate import FILES, SUMS
from alloc.compiler.linear_model import Block, ClosenessObjective, LinearModel, LinearObjective, Objective


def names(blocks: Iterable[Block]) -> list[str]:
    """The rows or columns of some blocks as a planner knows them: family[city], decision[city,pool]."""
    return [
        f"{block.name}[{','.join(map(str, label))}]" if label else block.name
        for block in blocks
        for label in block.members.labels()
    ]


def write_program(folder: Path, model: LinearModel, units: np.ndarray, plan: np.ndarray) -> None:
    """Writes columns, rows, matrix and objectives.

    Args:
        folder: where they go.
        model: in the units of the instance.
        units: of the rows, what counts as one there.
        plan: a value for each column.
    """
    columns, rows = names(model.columns.values()), names(model.rows.values())
    _write(folder / "columns.csv", ("column", "lower", "upper", "value"),
           zip(columns, _cells(model.lower), _cells(model.upper), _cells(plan), strict=True))  # fmt: skip
    _write(folder / "rows.csv", ("row", "lower", "upper", "unit"),
           zip(rows, _cells(model.row_lower), _cells(model.row_upper), _cells(units), strict=True))  # fmt: skip
    matrix = model.matrix.tocoo()
    used = matrix.data != 0
    entries = (matrix.row[used] + 1).tolist(), (matrix.col[used] + 1).tolist(), _cells(matrix.data[used])
    _write(folder / "matrix.csv", ("row", "column", "coefficient"), zip(*entries, strict=True))
    _write(folder / "objectives.csv", ("tier", "column", "linear", "weight", "centre"),
           (term for objective in model.objectives.values() for term in _terms(objective, columns)))  # fmt: skip


def write_proof(folder: Path, claims: Mapping[str, Any], multipliers: Mapping[str, Mapping[str, Fraction]]) -> None:
    """Writes what is claimed, what proves it, and the hashes of all files.

    Args:
        folder: with the files of `write_program`.
        claims: of the tiers and of what they belong to.
        multipliers: tier -> row -> multiplier.
    """
    _write(folder / "multipliers.csv", ("tier", "row", "multiplier"),
           ((tier, row, _exactly(y)) for tier, own in multipliers.items() for row, y in own.items()))  # fmt: skip
    text = json.dumps(claims, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / FILES[0]).write_text(text + "\n", encoding="utf-8", newline="\n")
    sums = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES)
    (folder / SUMS).write_text("".join(sums), encoding="utf-8", newline="\n")


def _terms(objective: Objective, columns: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Linear x + weight (x − centre)² of every column that has any; the sign of the tier itself."""
    name = objective.name
    if isinstance(objective, LinearObjective):
        turn = -1.0 if objective.maximise else 1.0
        used = np.flatnonzero(objective.costs)
        costs = _cells(turn * objective.costs[used])
        return [(name, columns[j], cost, "0", "0") for j, cost in zip(used.tolist(), costs, strict=True)]
    if isinstance(objective, ClosenessObjective):
        used, weights, centres = objective.columns, _cells(objective.weight), _cells(objective.centre)
        return [(name, columns[j], "0", *cells) for j, *cells in zip(used.tolist(), weights, centres, strict=True)]
    return [(name, columns[objective.level], "1", "0", "0")]


def _cells(numbers: np.ndarray) -> list[str]:
    """The shortest decimals that are read as these doubles; whole numbers as such; open sides are empty."""
    return ["" if math.isinf(x) else str(int(x)) if x.is_integer() else repr(x) for x in numbers.tolist()]


def _exactly(number: Fraction) -> str:
    near = float(number)
    return repr(near) if Fraction(near) == number else f"{number.numerator}/{number.denominator}"


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
