"""Every row, bound and tier of a compiled matrix compared with what the verification makes of the same point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
import scipy.sparse as sp

from alloc.instance.instance import Instance
from alloc.verification import Verification, levers
from alloc.verification.arrays import Floats, places
from alloc.verification.families import BOUNDED, FAMILIES, OPTIONAL
from alloc.verification.ledger import Failure
from alloc.verification.points.sides import Evaluation, Key, Side, evaluate
from alloc.verification.recompute import Raw, recompute
from alloc.verification.results import COLUMNS

SAME = 1e-9  # of the largest term of a row: so far apart two ways of adding it up may be
POINTS = 3
# Set of the model -> column of a result's key.
KEYS = {"cities": "city", "services": "service", "pools": "pool", "programmes": "programme",
        "links": "link"}  # fmt: skip
STATED = (
    "coverage",
    "gap",
    "worst",
    "below_worst",
    "least",
    "production_of_city",
)  # what only states what a tier is worth


class Decision(Protocol):
    """Where a decision stands in the tables of a result."""

    @property
    def name(self) -> str: ...
    @property
    def over(self) -> tuple[str, ...]: ...
    @property
    def table(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    def columns_of(self, members: Iterable[object]) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Agreement:
    """What was compared, and where the matrix and the verification differ.

    Attributes:
        rows: rows of the matrix that were compared, at each point.
        bounds: columns of the matrix of which both bounds were compared.
        tiers: tiers of which the value was compared.
        points: how many points.
        failures: where they differ. Of a row: ``left`` by how much the matrix says that it is broken at the point (less
            than 0: it has room), ``right`` the same by the verification, in the unit of the row; of a bound and of a
            tier the two values. ``excess`` is infinite where only one of them has the row, the bound or the tier.
    """

    rows: int
    bounds: int
    tiers: int
    points: int
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Whether they are the same."""
        return not self.failures

    def entered(self, verification: Verification) -> Verification:
        """A verification with these comparisons among its own; failures have ``matrix: `` before their family."""
        failures = tuple(replace(each, family=f"matrix: {each.family}") for each in self.failures)
        return replace(
            verification,
            passed=verification.passed and self.passed,
            checks=verification.checks + self.points * (self.rows + self.tiers) + self.bounds,
            failures=(*verification.failures, *failures),
        )


def compare_matrix(
    instance: Instance, matrix: Any, decisions: Mapping[str, Decision], points: int = POINTS
) -> Agreement:
    """Compare a compiled model with the verification's own arithmetic from the raw tables, at random points.

    Rows are the same where both say of every point, within 1e-9 of the largest term, by how much it breaks them. A
    side of a row, or a bound, that only the matrix has is fine where its other bounds and rows imply it.

    Args:
        instance: the checked instance.
        matrix: what was compiled from it (`alloc.compiler.linear_model.LinearModel`).
        decisions: by the names of the matrix's columns, where each stands in the tables of a result.
        points: how many; the first is always the same.

    Returns:
        What was compared, with the first difference of every row, bound and tier.
    """
    raw = recompute(instance)
    failures: dict[tuple[str, str], Failure] = {}
    for seed in range(points):
        point = _point(matrix, np.random.default_rng(seed))
        tables, stated, unknown = _tables(raw, matrix, decisions, point)
        for name in unknown:
            _fail(failures, "variable", name)
        if unknown:
            break
        found = evaluate(instance, raw, tables, stated)
        for fault in found.faults:
            _fail(failures, "tables", fault)
        for each in (*_rows(matrix, found, point), *_tiers(matrix, found, point, raw)):
            failures.setdefault((each.family, each.key), each)
        if seed == 0:
            for each in _bounds(matrix, found):
                failures.setdefault((each.family, each.key), each)
    return Agreement(
        matrix.matrix.shape[0], matrix.matrix.shape[1], len(matrix.objectives), points, tuple(failures.values())
    )


def _fail(failures: dict[tuple[str, str], Failure], family: str, key: str) -> None:
    failures.setdefault((family, key), Failure(family, key, np.nan, np.nan, np.inf))


# --------------------------------------------------------------------------------------------------------- points


def _point(matrix: Any, chance: np.random.Generator) -> Floats:
    """A value for every column, in units of the matrix: of its natural size, and not 0.

    Columns that state a share by segments are filled from the first segment on, as the optimum would.
    """
    point: Floats = chance.uniform(0.5, 20.0, matrix.lower.size)
    for name, block in matrix.columns.items():
        lower, upper = matrix.lower[block.slice], matrix.upper[block.slice]
        if name in matrix.decisions or len(block.shape) < 2 or not np.isfinite(upper).all():
            continue
        widths = upper.reshape(-1, block.shape[-1])
        total = chance.uniform(0.0, 1.0, len(widths))[:, None] * widths.sum(axis=1, keepdims=True)
        filled = np.clip(total - (np.cumsum(widths, axis=1) - widths), 0.0, widths)
        point[block.slice] = np.maximum(filled.ravel(), lower)
    return point


def _tables(
    raw: Raw, matrix: Any, decisions: Mapping[str, Decision], point: Floats
) -> tuple[dict[str, pd.DataFrame], dict[str, Any], list[str]]:
    """The point as tables of a result, what only states a tier, and the variables that are neither."""
    tables: dict[str, pd.DataFrame] = {}
    stated: dict[str, Any] = {}
    unknown: list[str] = []
    values = {name: _values(matrix, name, point) for name in matrix.columns}
    for name, block in matrix.columns.items():
        if name in matrix.decisions and name in decisions:
            one = decisions[name]
            apart, names = len(one.columns) > 1, one.columns_of(block.last)
            labels = block.members.labels()[:: len(names) if apart else 1]
            sets = one.over[:-1] if apart else one.over
            key = {KEYS.get(each, each): [label[at] for label in labels] for at, each in enumerate(sets)}
            parts = np.moveaxis(values[name], -1, 0) if apart else [values[name]]
            columns = {column: part.ravel() for column, part in zip(names, parts, strict=True)}
            if "rounding" in COLUMNS.get(one.table, ()) and "rounding" not in tables.get(one.table, ()):
                columns["rounding"] = np.zeros(len(labels))
            table = pd.DataFrame({**key, **columns})
            tables[one.table] = tables[one.table].merge(table, on=list(key)) if one.table in tables else table
        elif name not in STATED or name in matrix.decisions:
            unknown.append(name)
    if unknown:
        return tables, stated, unknown
    services = tables["services"]
    pairs = pd.MultiIndex.from_frame(services[["city", "service"]])
    for name in ("coverage", "gap"):
        labels = [label[:2] for label in matrix.columns[name].members.labels()]
        shares = pd.Series(values[name].ravel()).groupby(pd.MultiIndex.from_tuples(labels), sort=False).sum()
        services[name] = shares.loc[pairs].to_numpy()
    for name in STATED[2:]:
        if name in values:
            stated[name] = _by_city(raw, matrix, name, values[name])
    return tables, stated, unknown


def _by_city(raw: Raw, matrix: Any, name: str, values: Floats) -> Any:
    """Values by city in the order of the raw tables; a number where there is one value alone."""
    if not values.shape:
        return float(values)
    labels = pd.Series([label[0] for label in matrix.columns[name].members.labels()])
    ordered = np.empty(len(raw.cities))
    ordered[places(labels, raw.cities)] = values
    return ordered


def _values(matrix: Any, name: str, point: Floats) -> Floats:
    block = matrix.columns[name]
    values: Floats = (point[block.slice] * matrix.column_scale[block.slice]).reshape(block.shape)
    return values


# ----------------------------------------------------------------------------------------------------------- rows


def _rows(matrix: Any, found: Evaluation, point: Floats) -> Iterator[Failure]:
    """Rows of which matrix and verification do not say the same, or that only one of them has."""
    entries = _entries(matrix)
    activity, size = entries @ point, abs(entries) @ np.abs(point)
    least, most = _reach(entries, matrix.lower, matrix.upper)
    scale, upper, lower = matrix.row_scale, matrix.row_upper, matrix.row_lower
    needed = (upper < most - SAME * np.maximum(size, 1.0), lower > least + SAME * np.maximum(size, 1.0))
    for family, block in matrix.rows.items():
        own = dict(found.rows.get(family, {}))
        for place, label in enumerate(block.members.labels(), start=block.start):
            key: Key = tuple(map(str, label))
            side = own.pop(key, None)
            if side is None:
                yield Failure(family, ", ".join(key), np.nan, np.nan, np.inf)
                continue
            over = (activity[place] - upper[place]) * scale[place], (lower[place] - activity[place]) * scale[place]
            natural = max(size[place] * scale[place], abs(side.left), abs(side.right))
            needs = bool(needed[0][place]), bool(needed[1][place])
            if (apart := _apart(side, over, needs, natural)) is not None:
                yield Failure(family, ", ".join(key), *apart)
        yield from (Failure(family, ", ".join(key), np.nan, np.nan, np.inf) for key in own)
    for family in (*FAMILIES, *OPTIONAL, *levers.families(found.formulation)):
        if family not in matrix.rows:
            yield from (Failure(family, ", ".join(key), np.nan, np.nan, np.inf) for key in found.rows.get(family, {}))


def _apart(
    side: Side, over: tuple[float, float], needed: tuple[bool, bool], natural: float
) -> tuple[float, float, float] | None:
    """By how much the row is broken, by the matrix and by the verification, where these differ, and how far apart."""
    own = side.left - side.right if side.sense != ">=" else side.right - side.left
    if side.sense == "=":  # either side may stand on the left
        ways = [(over[0], own if abs(over[0] - own) <= abs(over[0] + own) else -own), (over[0], -over[1])]
    else:
        # A row that is turned round has its upper side below.
        finite = [one for one in (0, 1) if np.isfinite(over[one])]
        nearest = min(finite, key=lambda one: abs(over[one] - own), default=0)
        if any(needed[one] for one in finite if one != nearest):
            return float(over[1 - nearest]), -np.inf, np.inf
        ways = [(over[nearest], own)]
    for made, wanted in ways:
        if not abs(made - wanted) <= SAME * max(natural, 1.0):
            return float(made), float(wanted), float(abs(made - wanted))
    return None


def _entries(matrix: Any) -> Any:
    """The coefficients, none of them 0."""
    entries = sp.csr_array(matrix.matrix, copy=True)
    entries.eliminate_zeros()
    return entries


def _reach(entries: Any, lower: Floats, upper: Floats) -> tuple[Floats, ...]:
    """Between which values every row lies by the bounds of its columns alone."""
    rows = np.repeat(np.arange(entries.shape[0]), np.diff(entries.indptr))
    data, low, high = entries.data, lower[entries.indices], upper[entries.indices]
    least, most = data * np.where(data > 0, low, high), data * np.where(data > 0, high, low)
    return tuple(np.bincount(rows, each, entries.shape[0]).astype(float) for each in (least, most))


# --------------------------------------------------------------------------------------------------------- bounds


def _bounds(matrix: Any, found: Evaluation) -> Iterator[Failure]:
    """Bounds of columns that are not those of the verification, and that no row implies."""
    implied: Floats | None = None
    sides = {**BOUNDED, **levers.bounded(found.formulation)}
    for name, block in matrix.columns.items():
        decides = name in matrix.decisions
        if decides and name not in found.bounds and sides.get(name):
            yield from (Failure(f"{name}.{side}", "", np.nan, np.nan, np.inf) for side in sides[name])
            continue
        labels = [tuple(map(str, label)) for label in block.members.labels()]
        own = found.bounds.get(name, {})
        axes = len(next(iter(own))) if own else len(block.shape)
        count = block.shape[-1] if axes < len(block.shape) else 1  # segments add up to what is bounded
        low, high = (
            (side[block.slice] * matrix.column_scale[block.slice]).reshape(-1, count).sum(axis=1)
            for side in (matrix.lower, matrix.upper)
        )
        for place, label in enumerate(labels[::count]):
            least, most = own.get(label[:axes], (0.0 if decides else -np.inf, np.inf))
            if decides:
                least = max(least, 0.0)
            most = max(least, most)  # bounds that cross are found before anything is solved
            if not _same(low[place], least):
                yield Failure(f"{name}.lower", ", ".join(label[:axes]), low[place], least, abs(low[place] - least))
            if not _same(high[place], most):
                if implied is None:
                    implied = _implied(matrix)
                at = block.start + place
                if count == 1 and implied[at] <= matrix.upper[at] * (1 + SAME) and high[place] < most:
                    continue
                yield Failure(f"{name}.upper", ", ".join(label[:axes]), high[place], most, abs(high[place] - most))


def _same(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= SAME * max(1.0, min(abs(one), abs(other)))


def _implied(matrix: Any) -> Floats:
    """The greatest value that some row leaves each column, all others at their least."""
    entries = _entries(matrix)
    least, _ = _reach(entries, matrix.lower, matrix.upper)
    rows = np.repeat(np.arange(entries.shape[0]), np.diff(entries.indptr))
    data, at = entries.data, entries.indices
    with np.errstate(invalid="ignore"):
        left = (matrix.row_upper - least)[rows] / data + matrix.lower[at]
    left = np.where((data > 0) & np.isfinite(left), left, np.inf)
    implied: Floats = np.full(matrix.lower.size, np.inf)
    np.minimum.at(implied, at, left)
    return implied


# ---------------------------------------------------------------------------------------------------------- tiers


def _tiers(matrix: Any, found: Evaluation, point: Floats, raw: Raw) -> Iterator[Failure]:
    """Tiers that are worth something else, or that the verification does not know."""
    best = point.copy()
    for name, values in found.best.items():
        block = matrix.columns[name]
        ordered = values[places(_cities(block), raw.cities)] if block.shape else values
        best[block.slice] = ordered / matrix.column_scale[block.slice]
    for name, objective in matrix.objectives.items():
        value = objective.value(best) if hasattr(objective, "value") else _highest(matrix, objective, best)
        wanted = found.tiers.get(name, np.nan)
        if not abs(value - wanted) <= SAME * max(1.0, abs(wanted)):
            yield Failure("tiers", name, value, wanted, abs(value - wanted) if np.isfinite(wanted) else np.inf)


def _cities(block: Any) -> pd.Series[Any]:
    return pd.Series([label[0] for label in block.members.labels()])


def _highest(matrix: Any, objective: Any, point: Floats) -> float:
    """The greatest value of a level that its rows leave at a point."""
    rows: Sequence[int] = objective.rows
    without = point.copy()
    without[objective.level] = 0.0
    entries = sp.csr_array(matrix.matrix)[rows]
    slope, rest = entries[:, [objective.level]].toarray().ravel(), entries @ without
    side = np.where(slope > 0, matrix.row_upper[rows], matrix.row_lower[rows])
    return float(np.min((side - rest) / slope) * matrix.column_scale[objective.level])
