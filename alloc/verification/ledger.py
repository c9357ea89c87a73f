"""The account of a verification: every comparison, by family, with what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BINDING = 1e-6
WORST_KEPT = 50  # a wholly broken result has one failure a row: the worst of each family say enough

Sense = Literal["<=", ">=", "="]
Numbers = Any  # a number, a Series by city, or a DataFrame by city and service, pool, use or class


@dataclass(frozen=True)
class Failure:
    """One comparison that does not hold.

    Attributes:
        family: the constraint family, or the name of the check.
        key: the record, e.g. ``440300`` or ``440300, primary``.
        left: left side, in the unit of the row.
        right: right side.
        excess: how far the row is broken, in the unit of the row; infinite where a number is missing.
    """

    family: str
    key: str
    left: float
    right: float
    excess: float


@dataclass
class Tally:
    """What is counted for one family: its rows, the binding ones, and the worst relative violation and where it is."""

    rows: int = 0
    binding: int = 0
    worst: float = 0.0
    worst_at: str = ""
    failures: list[Failure] = field(default_factory=list)


class Ledger:
    """Compares left and right sides and keeps account of them by family.

    A row is broken by |left − right| / max(1, |left|, |right|, its largest term); it fails above the tolerance. A
    number that is missing breaks its row without end. Rows bind where they hold with equality up to 1e-6 on the same
    scale.
    """

    def __init__(self, tolerance: float) -> None:
        """Start with nothing compared.

        Args:
            tolerance: the largest relative violation that passes.
        """
        self.tolerance = tolerance
        self.tallies: dict[str, Tally] = {}

    def tally(self, family: str) -> Tally:
        """The account of a family, empty at first."""
        return self.tallies.setdefault(family, Tally())

    def compare(
        self,
        family: str,
        left: Numbers,
        sense: Sense,
        right: Numbers,
        *,
        scale: Numbers = 1.0,
        tolerance: float | None = None,
        key: str = "",
    ) -> None:
        """Compare two sides row by row.

        Args:
            family: the family that the rows belong to.
            left: left side; its labels name the rows.
            sense: how it has to compare with the right side.
            right: right side: a number, or labelled as the left side is.
            scale: the size of the row's largest term, where that can be larger than both sides.
            tolerance: another tolerance than that of the ledger.
            key: the name of the row, or of the column of rows, where labels alone do not say it.
        """
        lefts, rights = _array(left, left), _array(right, left)
        size = np.maximum.reduce([np.ones(lefts.shape), _size(lefts), _size(rights), _size(_array(scale, left))])
        with np.errstate(invalid="ignore"):
            slack = np.where(lefts == rights, 0.0, rights - lefts)  # ∞ ≤ ∞ holds
        broken = {"<=": -slack, ">=": slack, "=": np.abs(slack)}[sense]
        broken = np.where(np.isnan(broken), np.inf, np.maximum(broken, 0.0))
        self._enter(family, left, key, lefts, rights, broken, np.abs(slack) <= BINDING * size, size, tolerance)

    def same(self, family: str, left: Numbers, right: Numbers, key: str = "") -> None:
        """Texts, flags or numbers that have to be the same, not nearly so; missing is the same as missing."""
        lefts = np.atleast_1d(np.asarray(left, dtype=object))
        rights = np.broadcast_to(np.asarray(right, dtype=object), lefts.shape)
        equal = (lefts == rights) | ((lefts != lefts) & (rights != rights))
        broken = np.where(equal.astype(bool), 0.0, np.inf)
        numbers = np.full(lefts.shape, np.nan)
        self._enter(family, left, key, numbers, numbers, broken, broken == 0, np.ones(lefts.shape), None)

    def fail(self, family: str, key: str, left: float = np.nan, right: float = np.nan) -> None:
        """Note a fault that is no comparison of two columns."""
        row = np.array([left]), np.array([right]), np.array([np.inf])
        self._enter(family, left, key, *row, np.array([False]), np.ones(1), None)

    def _enter(
        self,
        family: str,
        labelled: Numbers,
        key: str,
        left: NDArray[np.float64],
        right: NDArray[np.float64],
        broken: NDArray[np.float64],
        binding: NDArray[np.bool_],
        scale: NDArray[np.float64],
        tolerance: float | None,
    ) -> None:
        tally = self.tally(family)
        tally.rows += broken.size
        tally.binding += int(binding.sum())
        if broken.size == 0:
            return
        relative = (broken / scale).ravel()
        worst = int(np.argmax(relative))
        if relative[worst] > tally.worst or not tally.worst_at:
            tally.worst, tally.worst_at = float(relative[worst]), _key(labelled, key, worst)
        failed = np.flatnonzero(relative > (self.tolerance if tolerance is None else tolerance))
        if failed.size:
            failed = failed[np.argsort(-relative[failed], kind="stable")][:WORST_KEPT]
            sides = left.ravel(), right.ravel(), broken.ravel()
            tally.failures += [
                Failure(family, _key(labelled, key, int(row)), *(float(side[row]) for side in sides)) for row in failed
            ]


def _array(values: Numbers, like: Numbers) -> NDArray[np.float64]:
    """The numbers of one side as an array of the shape of `like`, brought into its order by label."""
    if isinstance(like, pd.DataFrame) and isinstance(values, pd.DataFrame):
        if not (_same(values.index, like.index) and _same(values.columns, like.columns)):
            values = values.reindex(index=like.index, columns=like.columns)
    elif isinstance(like, pd.Series) and isinstance(values, pd.Series) and not _same(values.index, like.index):
        values = values.reindex(like.index)
    return np.broadcast_to(np.asarray(values, dtype=float), np.shape(like) or (1,))


def _same(one: pd.Index[Any], other: pd.Index[Any]) -> bool:
    return one is other or one.equals(other)


def _size(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Magnitudes, 0 where there is no finite number."""
    return np.where(np.isfinite(values), np.abs(values), 0.0)


def _key(labelled: Numbers, key: str, position: int) -> str:
    """The name of a row from its labels."""
    if isinstance(labelled, pd.DataFrame):
        row, column = divmod(position, labelled.shape[1])
        parts = [str(labelled.index[row]), str(labelled.columns[column]), key]
    elif isinstance(labelled, pd.Series):
        parts = [str(labelled.index[position]), key]
    else:
        parts = [key]
    return ", ".join(part for part in parts if part)
