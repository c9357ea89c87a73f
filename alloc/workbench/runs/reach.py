"""The session of the solver of a workspace: from wherever it stands to what a chain of steps leads to."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import cache

from alloc.result.result import Result
from alloc.scenario import Edited
from alloc.session import Session
from alloc.solver.model.status import Progress, Report


@cache
def keep_loaded() -> None:
    """Once the program is loaded: what there is by then stays, and no collection goes through it again.

    A full one would take a tenth of a second, now and then in the midst of an edit.
    """
    gc.collect()
    gc.freeze()


class Reach:
    """One session, which goes back by undo, and on by redo or by a solve.

    `last` is the result of the last solve that ended, with an allocation or without one.
    """

    def __init__(self) -> None:
        self.last: Result | None = None
        self._session: tuple[Edited, Session] | None = None
        self._told: Report = lambda progress: None
        self._reached: list[tuple[Edited, ...]] = []
        self._undone: list[tuple[Edited, ...]] = []

    def to(self, chain: Sequence[Edited], told: Report) -> Result:
        """The result of a chain of steps.

        Args:
            chain: the scenario and the steps, each applied to what the one before has made.
            told: hears how far a solve is, and ends it by what it raises.
        """
        start, *left_to_do = chain
        self._told = told
        if self._session is None or self._session[0] is not start:
            self._session, self._reached, self._undone = None, [], []
            self._session = start, Session.of(start, self._tell)
        session = self._session[1]
        while self._flat() != left_to_do[: len(self._flat())]:
            session.undo()
            self._undone.append(self._reached.pop())
        if left := tuple(left_to_do[len(self._flat()) :]):
            if self._undone and self._undone[-1] == left:
                session.redo()
                self._reached.append(self._undone.pop())
            else:
                session.follow(*left)
                self._reached.append(left)
                self._undone.clear()
        self.last = session.result
        return self.last

    def _tell(self, progress: Progress) -> None:
        self._told(progress)

    def _flat(self) -> list[Edited]:
        return [step for group in self._reached for step in group]
