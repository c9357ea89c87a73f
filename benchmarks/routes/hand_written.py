"""The annual model as index arrays: what an engineer writes who uses NumPy, SciPy and highspy and nothing else.

Every family is a rectangle of column numbers and one of coefficients, a row of the rectangle for each row of the
matrix; the rectangles laid end to end are the CSR matrix. Fast, and nothing in it says which row is which.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from benchmarks.routes import uses_of

Term = tuple[np.ndarray, Any]
"""Column numbers [rows, k] and their coefficients, which broadcast to the same shape."""


class Columns:
    """Column numbers by variable, with their bounds."""

    def __init__(self) -> None:
        self.count = 0
        self.lower: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []

    def add(self, shape: tuple[int, ...], lower: Any = 0.0, upper: Any = np.inf) -> np.ndarray:
        """Numbers of the columns of one variable, of the shape of its index."""
        numbers = np.arange(self.count, self.count + int(np.prod(shape))).reshape(shape)
        self.count += numbers.size
        self.lower.append(np.broadcast_to(lower, shape).ravel())
        self.upper.append(np.broadcast_to(upper, shape).ravel())
        return numbers


class Rows:
    """The rows of the matrix, family after family."""

    def __init__(self) -> None:
        self.widths: list[np.ndarray] = []
        self.columns: list[np.ndarray] = []
        self.values: list[np.ndarray] = []
        self.lower: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []

    def add(self, lower: Any, upper: Any, *terms: Term) -> None:
        """One family: lower ≤ Σ terms ≤ upper, a row for each row of the terms."""
        columns = np.concatenate([column for column, _ in terms], axis=1)
        rows, width = columns.shape
        self.columns.append(columns.ravel())
        self.values.append(np.concatenate([np.broadcast_to(v, c.shape) for c, v in terms], axis=1).ravel())
        self.widths.append(np.full(rows, width))
        self.lower.append(np.broadcast_to(lower, rows))
        self.upper.append(np.broadcast_to(upper, rows))

    def matrix(self, columns: int) -> sp.csr_array:
        """All families one below the other."""
        ends = np.concatenate([[0], *self.widths]).cumsum()
        entries = (np.concatenate(self.values), np.concatenate(self.columns), ends)
        matrix = sp.csr_array(entries, shape=(ends.size - 1, columns))
        matrix.eliminate_zeros()
        return matrix


def hand_over(data: Any) -> Any:
    """Builds the matrix and hands it to HiGHS."""
    n, services, pools = len(data.cities), len(data.services), len(data.pools)
    columns, rows = Columns(), Rows()
    allocation = columns.add((n, pools), data.lower, data.upper)
    settle = columns.add((n,), 0.0, data.settle_limit)
    build = columns.add((n, services), 0.0, data.build_limit)
    expand = columns.add((n, services), 0.0, data.expand_limit)
    backlog = columns.add((n, services), 0.0, data.backlog_limit)
    widths = np.broadcast_to(np.diff(data.score_breakpoints, axis=1), (n, services, 3))
    full = np.where((data.full_need > 0)[:, :, None], 0.0, widths)
    coverage = columns.add((n, services, 3), full, widths)
    gap = columns.add((n, services))
    uses, reuses = uses_of(data)
    land_use = columns.add((n, len(uses)))
    reuse = columns.add((n, len(reuses)))
    to_capital = columns.add((n, 1))
    worst = columns.add((), -np.inf)
    below_worst = columns.add((n, 1))

    module = np.nan_to_num(data.module)
    land = data.kind == "land"
    general = (data.kind == "transfer") & (data.use == "general")
    capital = (data.kind == "transfer") & (data.use == "capital")
    bond = data.kind == "bond"
    special = bond & (data.bond_class == "special")
    interest = np.where(bond, data.bond_rate, 0.0)
    from_funds = np.where(special & data.funds_pay, interest, 0.0)

    rows.add(np.where(data.exhaust, data.available, 0.0), data.available, (allocation.T, data.up.T))

    # By city and service: one row each, so every variable is a single column of the rectangle.
    each = (n * services, 1)
    modules = np.tile(module, n).reshape(each)
    added = [(build.reshape(each), modules), (expand.reshape(each), 1.0)]
    missing = [(build.reshape(each), -modules), (expand.reshape(each), -1.0)]
    segments = coverage.reshape(n * services, 3)
    rows.add(-np.inf, data.capacity.ravel(), (segments, data.full_need.reshape(each)), *missing)
    rows.add(np.tile(data.minimum, n), np.inf, (gap.reshape(each), 1.0), (segments, 1.0))
    rows.add(-np.inf, data.growth_limit.ravel(), *added)
    settlers = (np.repeat(settle, services).reshape(each), -data.need_per_settler.reshape(each))
    recognised = (data.present_need - data.capacity).ravel()
    rows.add(recognised, np.inf, *added, (backlog.reshape(each), 1.0), settlers)

    new, again = (
        {use: where[:, [k]] for k, use in enumerate(names)} for names, where in ((uses, land_use), (reuses, reuse))
    )
    rows.add(0.0, 0.0, (land_use, 1.0), (allocation[:, land], -1.0))
    public = (build, data.area * module / 10_000)
    rows.add(0.0, 0.0, public, (new["public"], -1.0), (again["public"], -1.0))
    if "housing" in new:
        settlers = (settle[:, None], -data.housing_area / 10_000)
        rows.add(0.0, 0.0, (new["housing"], 1.0), (again["housing"], 1.0), settlers)
        rows.add(0.0, 0.0, (new["other"], 1.0), (allocation[:, land], -data.other_share))
        rows.add(-np.inf, 0.0, (new["unassigned"], 1.0), (allocation[:, land], -data.unassigned_share))
        rows.add(-np.inf, data.unassigned_most * data.available[land].sum(), (new["unassigned"].T, 1.0))
    rows.add(-np.inf, data.production_request, (new["production"], 1.0), (again["production"], 1.0))
    rows.add(-np.inf, data.reusable, (reuse, 1.0))
    linked = np.isfinite(data.stock_base)
    stock = (reuse[linked], -np.nan_to_num(data.stock_ratio))
    rows.add(-np.inf, data.stock_base[linked], (allocation[np.ix_(linked, land)], 1.0), stock)

    def spending(backed: Any, sign: float) -> list[Term]:
        """Capital spending on some services, and on reused land."""
        cost = sign * data.capital_cost[backed]
        return [(build[:, backed], cost * module[backed]), (expand[:, backed], cost), (reuse, sign * data.reuse_cost)]

    everything = slice(None)
    bonds = allocation[:, bond]
    capital_money = [(to_capital, -1.0), (allocation[:, capital], -1.0), (bonds, from_funds[bond] - 1.0)]
    rows.add(-np.inf, data.fund_available, *spending(everything, 1.0), *capital_money)
    running = [(build, data.running_cost * module), (expand, data.running_cost)]
    own = data.revenue + data.other_transfers + data.shortfall - data.essential_spending - data.interest
    recurrent = [(settle[:, None], data.settlement_cost), (bonds, (interest - from_funds)[bond]), (to_capital, 1.0)]
    rows.add(-np.inf, own, *running, *recurrent, (allocation[:, general], -1.0))

    rows.add(-np.inf, 0.0, (bonds, 1.0), *spending(everything, -1.0))
    rows.add(-np.inf, 0.0, (allocation[:, special], 1.0), *spending(data.revenue_backed, -1.0))
    for k, kind in enumerate(("general", "special")):
        rows.add(-np.inf, data.class_room[:, k], (allocation[:, bond & (data.bond_class == kind)], 1.0))
    rows.add(-np.inf, data.bond_room, (bonds, 1.0))

    for limit in data.limits:
        chosen = limit.selection
        if limit.kind == "allocation":
            terms = [(allocation[chosen, data.pools.index(limit.item)], 1.0)]
        elif limit.kind == "settle":
            terms = [(settle[chosen], 1.0)]
        elif limit.kind == "added":
            s = data.services.index(limit.item)
            terms = [(build[chosen, s], module[s]), (expand[chosen, s], 1.0)]
        else:
            terms = [(land_use[chosen, uses.index(limit.item)], 1.0)]
        least = -np.inf if limit.sense == "<=" else limit.amount
        most = np.inf if limit.sense == ">=" else limit.amount
        rows.add(least, most, *((column[None, :], value) for column, value in terms))

    slopes = (data.weight / data.weight.sum())[:, None] * data.score_slopes
    score = (coverage.reshape(n, -1), slopes.ravel())
    rows.add(0.0, np.inf, (below_worst, 1.0), (np.full((n, 1), worst), -1.0), score)

    costs = np.zeros(columns.count)
    costs[settle] = -1.0
    whole = np.zeros(columns.count, dtype=np.int32)
    whole[build] = 1
    matrix = rows.matrix(columns.count)
    highs = highspy._core._Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        columns.count,
        matrix.shape[0],
        matrix.nnz,
        2,  # row-wise
        1,  # minimise
        0.0,
        costs,
        np.concatenate(columns.lower),
        np.concatenate(columns.upper),
        np.concatenate(rows.lower),
        np.concatenate(rows.upper),
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        whole,
    )
    return highs


def held(highs: Any) -> Any:
    """The HiGHS object."""
    return highs
