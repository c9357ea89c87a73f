"""A linear program written down row by row under names; every solve is one call of SciPy, and nothing is kept."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

Name = tuple[str, ...]
Terms = dict[Name, float]


class NoPoint(Exception):
    """The rules contradict each other: no allocation satisfies them all."""


@dataclass
class Row:
    """One row: Σ terms, sense (<=, >=, =), side."""

    family: str
    terms: Terms
    sense: str
    side: float


@dataclass
class Program:
    """Columns with bounds and units, and rows with the names of columns in them."""

    lower: Terms = field(default_factory=dict)
    upper: Terms = field(default_factory=dict)
    unit: Terms = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def column(self, *name: str, lower: float = 0.0, upper: float = math.inf, unit: float = 1.0) -> Name:
        self.lower[name], self.upper[name], self.unit[name] = lower, upper, unit
        return name

    def row(self, family: str, terms: Terms, sense: str, side: float) -> None:
        self.rows.append(Row(family, terms, sense, side))

    def solve(self, goal: Terms, maximise: bool = False, whole: Collection[str] = ()) -> Terms:
        """Optimises `goal`; columns of the families in `whole` take whole values.

        Raises:
            NoPoint: no point satisfies the rows and bounds.
            RuntimeError: HiGHS gave no answer whatever way it was asked.
        """
        names = list(self.lower)
        number = {name: k for k, name in enumerate(names)}
        unit = np.array([self.unit[name] for name in names])
        bounds = np.array([(self.lower[name], self.upper[name]) for name in names]) / unit[:, None]
        if np.any(bounds[:, 0] > bounds[:, 1] + 1e-12):
            raise NoPoint
        cost = np.zeros(len(names))
        for name, coefficient in goal.items():
            cost[number[name]] += (-1.0 if maximise else 1.0) * coefficient * self.unit[name]
        cost /= np.abs(cost).max() or 1.0

        numbers, columns, values, low, high = [], [], [], [], []
        for k, row in enumerate(self.rows):
            scale = max((abs(a * self.unit[name]) for name, a in row.terms.items()), default=0.0) or 1.0
            for name, a in row.terms.items():
                numbers.append(k)
                columns.append(number[name])
                values.append(a * self.unit[name] / scale)
            low.append(row.side / scale if row.sense in (">=", "=") else -math.inf)
            high.append(row.side / scale if row.sense in ("<=", "=") else math.inf)
        matrix = csr_array((values, (numbers, columns)), shape=(len(self.rows), len(names)))
        if whole:
            integrality = np.array([float(name[0] in whole) for name in names])
            answer = milp(
                cost,
                constraints=LinearConstraint(matrix, low, high),
                bounds=Bounds(bounds[:, 0], bounds[:, 1]),
                integrality=integrality,
                options={"mip_rel_gap": 0.0},
            )
            if answer.status == 2:
                raise NoPoint
            if answer.status != 0:
                raise RuntimeError(answer.message)
        else:
            answer = self._linear(cost, matrix, np.array(low), np.array(high), bounds)
        return dict(zip(names, (answer.x * unit).tolist(), strict=True))

    @staticmethod
    def _linear(cost: np.ndarray, matrix: csr_array, low: np.ndarray, high: np.ndarray, bounds: np.ndarray) -> Any:
        equal = low == high
        least, most = np.isfinite(low) & ~equal, np.isfinite(high) & ~equal
        matrix_ub = vstack([matrix[most], -matrix[least]])
        side_ub = np.concatenate([high[most], -low[least]])
        # A face held to 1e-11 is at times too thin for the simplex, which calls it empty: only what every way calls
        # empty is.
        for tolerance in (1e-10, 1e-9, 1e-8, 1e-7):
            for method, presolve in (("highs-ds", True), ("highs-ds", False), ("highs-ipm", True)):
                answer: Any = linprog(  # type: ignore[call-overload, unused-ignore]
                    cost,
                    A_ub=matrix_ub,
                    b_ub=side_ub,
                    A_eq=matrix[equal],
                    b_eq=low[equal],
                    bounds=bounds,
                    method=method,
                    options={
                        "presolve": presolve,
                        "primal_feasibility_tolerance": tolerance,
                        "dual_feasibility_tolerance": tolerance,
                    },
                )
                if answer.status == 0:
                    return answer
        if answer.status == 2:
            raise NoPoint
        raise RuntimeError(answer.message)

    def violation(self, point: Mapping[Name, float]) -> float:
        """The largest violation of a row or a bound, each measured in its own scale."""
        worst = 0.0
        for name, x in point.items():
            worst = max(worst, (self.lower[name] - x) / self.unit[name], (x - self.upper[name]) / self.unit[name])
        for row in self.rows:
            scale = max((abs(a * self.unit[name]) for name, a in row.terms.items()), default=0.0) or 1.0
            excess = (sum(a * point[name] for name, a in row.terms.items()) - row.side) / scale
            worst = max(worst, {"<=": excess, ">=": -excess, "=": abs(excess)}[row.sense])
        return worst
