"""What of the edits that were kept has an allocation: everything that is shown is told against that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from alloc.result.result import Result
from alloc.scenario import Edited
from alloc.solver.model.status import Report

if TYPE_CHECKING:
    from alloc.workbench.picture.whole import Shown

Chain = tuple[Edited, ...]
ReachTo = Callable[[Chain, Report], tuple["Shown | None", Result]]


class Held:
    """Finds the last of what was kept that has an allocation, and remembers it.

    Args:
        reach: the verified result of a chain of steps, None where there is no allocation; and what the solve gave.
    """

    def __init__(self, reach: ReachTo) -> None:
        self._reach = reach
        self._known: tuple[Chain, Shown | None, Result | None] | None = None

    def of(self, kept: Chain, base: Shown | None, told: Report) -> tuple[Shown | None, Result | None]:
        """The result of all edits that were kept, or else of as many of them, from the first on, as have one.

        Args:
            kept: the scenario and the edits that were kept, as they were applied.
            base: that is known already.
            told: hears how far a solve is, and ends it by what it raises.

        Returns:
            The result, None where not even the scenario has an allocation; and what the solve of all of them gave
            where they have none, None where they have one.
        """
        if self._known is not None and self._known[0] == kept:
            return self._known[1:]
        refused: Result | None = None
        found: Shown | None = None
        for length in range(len(kept), 0, -1):
            part = kept[:length]
            if base is not None and base.chain == part:
                found = base
                break
            found, result = self._reach(part, told)
            if found is not None:
                break
            refused = refused or result
        self._known = kept, found, refused
        return found, refused
