"""The account of a verification: every comparison, by family, with what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from alloc.verification.arrays import Names

BINDING = 1e-6
WORST_KEPT = 50  # a wholly broken result has one failure a row: the worst of each family say enough

Sense = Literal["<=", ">=", "="]
Numbers = Any  # a number, or an array of the shape of the left side
Labels = Sequence[Names]  # the names along each axis of a side


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
    """What is counted for one family: whether anything was compared, if only no rows; its rows, the binding ones, and
    the worst relative violation and where it is."""

    compared: bool = False
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
        at: Labels = (),
        scale: Numbers = 1.0,
        tolerance: float | None = None,
        key: str = "",
        bounds: str = "",
    ) -> None:
        """Compare two sides row by row.

        Args:
            family: the family that the rows belong to.
            left: left side, a number or an array.
            sense: how it has to compare with the right side.
            right: right side: a number, or of the shape of the left side.
            at: the names of the rows, along each axis of the left side.
            scale: the size of the row's largest term, where that can be larger than both sides.
            tolerance: another tolerance than that of the ledger.
            key: the name of the row, or of the column of rows, where labels alone do not say it.
            bounds: the decision that the left side is, where the right side is its bound; a bound of the compiled
                matrix is held against it (`alloc.verification.points`).
        """
        lefts = np.atleast_1d(np.asarray(left, dtype=float))
        rights = np.asarray(right, dtype=float)
        differ = lefts != rights  # ∞ ≤ ∞ holds
        if not differ.any():
            self._count(family, differ.size, differ.size)
            self.bound(family, at, key, ~differ)
            return
        size = np.maximum(np.maximum(_size(lefts), _size(rights)), np.maximum(_size(np.asarray(scale)), 1.0))
        slack = np.subtract(rights, lefts, out=np.zeros(lefts.shape), where=differ)
        apart = np.abs(slack)
        broken = apart if sense == "=" else np.maximum(-slack if sense == "<=" else slack, 0.0)
        broken = np.where(np.isnan(broken), np.inf, broken)
        binding = apart <= BINDING * size
        self.bound(family, at, key, binding)
        self._enter(family, at, key, lefts, rights, broken, binding, size, tolerance)

    def bound(self, family: str, at: Labels, key: str, binding: NDArray[np.bool_]) -> None:
        """Told of every comparison which of its rows bind; for whoever wants to know where."""

    def same(self, family: str, left: Numbers, right: Numbers, *, at: Labels = (), key: str = "") -> None:
        """Texts, flags or numbers that have to be the same, not nearly so; missing is the same as missing."""
        lefts = np.atleast_1d(left)
        rights = np.asarray(right)
        equal = np.asarray((lefts == rights) | ((lefts != lefts) & (rights != rights)), dtype=bool)
        if equal.all():
            self._count(family, equal.size, equal.size)
            return
        broken, number = np.where(equal, 0.0, np.inf), np.array(np.nan)
        self._enter(family, at, key, number, number, broken, equal, np.ones(1), None)

    def fail(self, family: str, key: str, left: float = np.nan, right: float = np.nan) -> None:
        """Note a fault that is no comparison of two columns."""
        row = np.array([left]), np.array([right]), np.array([np.inf])
        self._enter(family, (), key, *row, np.array([False]), np.ones(1), None)

    def _count(self, family: str, rows: int, binding: int) -> Tally:
        tally = self.tally(family)
        tally.compared = True
        tally.rows += rows
        tally.binding += binding
        return tally

    def _enter(
        self,
        family: str,
        labels: Labels,
        key: str,
        left: NDArray[np.float64],
        right: NDArray[np.float64],
        broken: NDArray[np.float64],
        binding: NDArray[np.bool_],
        scale: NDArray[np.float64],
        tolerance: float | None,
    ) -> None:
        tally = self._count(family, broken.size, int(np.count_nonzero(binding)))
        relative = (broken / scale).ravel()
        worst = int(np.argmax(relative))
        if relative[worst] > tally.worst:
            tally.worst, tally.worst_at = float(relative[worst]), _key(labels, key, broken.shape, worst)
        if relative[worst] <= (allowed := self.tolerance if tolerance is None else tolerance):
            return
        failed = np.flatnonzero(relative > allowed)
        failed = failed[np.argsort(-relative[failed], kind="stable")][:WORST_KEPT]
        sides = [np.broadcast_to(side, broken.shape).ravel() for side in (left, right, broken)]
        tally.failures += [
            Failure(family, _key(labels, key, broken.shape, int(row)), *(float(side[row]) for side in sides))
            for row in failed
        ]


def _size(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Magnitudes, 0 where there is no finite number."""
    size: NDArray[np.float64] = np.abs(values)
    return size if np.isfinite(size).all() else np.where(np.isfinite(size), size, 0.0)


def _key(labels: Labels, key: str, shape: tuple[int, ...], position: int) -> str:
    """The name of a row from the names along each axis."""
    places = np.unravel_index(position, shape) if labels else ()
    parts = [*(str(names[int(place)]) for names, place in zip(labels, places, strict=True)), key]
    return ", ".join(part for part in parts if part)
