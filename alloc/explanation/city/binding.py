"""In which cities a rule that binds has no room left: worked out when it is asked, not after every edit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import derive
from alloc.result.frames.standing import limits_that_bind
from alloc.result.result import Result
from alloc.tolerances import AT_BOUND
from alloc.verification.families import check_families
from alloc.verification.ledger import Labels, Ledger
from alloc.verification.recompute import recompute
from alloc.verification.results import read


class _Rows(Ledger):
    """A ledger that keeps the names of the rows of one family that bind."""

    def __init__(self, family: str) -> None:
        super().__init__(AT_BOUND)
        self._family, self.names = family, set[str]()

    def bound(self, family: str, at: Labels, key: str, binding: NDArray[np.bool_]) -> None:
        """Keeps the names of the rows that bind."""
        if family != self._family:
            return
        for row in np.argwhere(binding).tolist():
            self.names.update(str(names[place]) for names, place in zip(at, row, strict=False))
            self.names.add(key)


def binding_cities(result: Result, family: str) -> list[str]:
    """Codes of the cities, in order, in which a family has no room left.

    Of the planner's limits, whose rows run over several cities, the cities of those that leave published numbers no
    room.

    Args:
        result: with an allocation.
        family: its name.
    """
    instance = result.instance
    codes = [str(code) for code in instance.tables["cities"]["city"]]
    if family == catalogue(instance.formulation).limiting:
        held, selected = limits_that_bind(result), np.zeros(len(codes), dtype=bool)
        for limit in derive(instance).limits:
            if limit.limit in held:
                selected |= limit.selection
        return [code for code, chosen in zip(codes, selected.tolist(), strict=True) if chosen]
    rows, raw, policy = _Rows(family), recompute(instance), instance.settings.policy
    results = read(result.tables, raw, rows, policy)
    if results is None:
        return []
    check_families(rows, raw, results, policy)
    return [code for code in codes if code in rows.names]
