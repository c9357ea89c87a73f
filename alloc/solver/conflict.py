"""What clashes where nothing satisfies the rules: a deletion filter over parts of the rows, families or finer ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.tolerances import AT_BOUND


class DeletionFilter:
    """Rows of a model without a point, of which one part after the other is left out if the rest still clashes.

    Attributes:
        session: of the model, with the rows that are left out freed.
        kept: which rows are left [m].
    """

    def __init__(self, model: LinearModel, session: Session, cold: bool) -> None:
        """All rows are kept. `cold`: every run starts anew; presolve is then worth more than the last basis."""
        self.session, self.kept = session, np.ones(model.row_lower.size, dtype=bool)
        self._model, self._cold = model, cold
        self._broken: list[np.ndarray] = []  # of points that were found: the rows that each breaks

    def needs(self, part: np.ndarray, seconds: float = np.inf) -> Ending | None:
        """Leaves out a part of the rows if the others clash without it.

        Returns:
            How the run without the part ended: the part stays unless that is `INFEASIBLE`. None: no run was needed, for
            a point is known that keeps all others.
        """
        others = self.kept.copy()
        others[part] = False
        if any(not np.any(each & others) for each in self._broken):
            return None
        free = np.full(part.size, np.inf)
        self.session.bound_rows(part, -free, free)
        run = self.session.run(seconds, cold=self._cold)
        if run.ending is Ending.INFEASIBLE:
            self.kept[part] = False
            return run.ending
        self.session.bound_rows(part, self._model.row_lower[part], self._model.row_upper[part])
        if run.ending is Ending.OPTIMAL and run.point is not None:
            activity = self._model.matrix @ run.point
            below, above = self._model.row_lower - AT_BOUND, self._model.row_upper + AT_BOUND
            self._broken.append(np.asarray((activity < below) | (activity > above)))
        return run.ending

    def filter(
        self,
        parts: Sequence[np.ndarray],
        on_time: Callable[[], float],
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> bool:
        """Tries every part in turn.

        Args:
            parts: positions of rows.
            on_time: seconds that are left; the parts that are not tried in them stay.
            on_progress: how many parts are tried, of how many.

        Returns:
            Whether each was tried to the end.
        """
        tried = True
        for place, part in enumerate(parts):
            on_progress(place, len(parts))
            if (left := on_time()) <= 0:
                return False
            tried &= self.needs(part, left) in (None, Ending.INFEASIBLE, Ending.OPTIMAL)
        return tried


def families_in_conflict(model: LinearModel, whole: bool, clock: Clock) -> tuple[str, ...]:
    """A set of constraint families that cannot hold together (with the bounds), from which none can be left out.

    Where time runs out, the families not tried yet stay in the answer.

    Args:
        whole: whether facilities are whole (tried only if the relaxation has a solution).
    """
    session = Session(model, clock, whole=False)
    whole = whole and session.run().ending is not Ending.INFEASIBLE
    if whole:
        session = Session(model, clock, whole=True)
    rows = {name: np.arange(block.start, block.stop) for name, block in model.rows.items() if block.members.size}
    found = DeletionFilter(model, session, cold=whole)
    found.filter(list(rows.values()), lambda: clock.left)
    return tuple(name for name, part in rows.items() if found.kept[part].any())
