"""Further columns in a session that make the cost of some columns piecewise linear."""

from __future__ import annotations

import numpy as np

from alloc.solver.model.highs import Session


class Segments:
    """For each of `columns` adds `count` further columns and a row: x − Σ further = its base.

    They stand behind all that the session holds; whoever added them takes them out before anything else is added.
    """

    def __init__(self, session: Session, columns: np.ndarray, count: int) -> None:
        self._session, self._highs = session, session._highs
        session._note(columns, np.array([count]))
        first = self._highs.getNumCol()
        extra = columns.size * count
        none, zeros = np.empty(0, dtype=np.int32), np.zeros(extra)
        self._made(self._highs.addCols(extra, zeros, zeros, zeros, 0, none, none, np.empty(0)), "addCols")
        own = np.arange(first, first + extra).reshape(columns.size, count)
        entries = np.column_stack([session._columns(columns), own]).astype(np.int32)
        values = np.column_stack([np.ones(columns.size), -np.ones((columns.size, count))])
        starts = np.arange(0, entries.size, count + 1, dtype=np.int32)
        zero = np.zeros(columns.size)
        call = self._highs.addRows(columns.size, zero, zero, entries.size, starts, entries.ravel(), values.ravel())
        self._made(call, "addRows")
        row = self._highs.getNumRow() - columns.size
        self._rows = np.arange(row, row + columns.size, dtype=np.int32)
        self._columns = np.arange(first, first + extra, dtype=np.int32)

    def set(self, base: np.ndarray, widths: np.ndarray, slopes: np.ndarray) -> None:
        """Sets where the segments start (by row), how wide they are and what a unit of each costs."""
        self._session._note(base, widths, slopes)
        self._made(self._highs.changeRowsBounds(self._rows.size, self._rows, base, base), "changeRowsBounds")
        size, zero = self._columns.size, np.zeros(self._columns.size)
        self._made(self._highs.changeColsBounds(size, self._columns, zero, widths.ravel()), "changeColsBounds")
        self._made(self._highs.changeColsCost(size, self._columns, slopes.ravel()), "changeColsCost")

    def remove(self) -> None:
        """Takes the segments and their rows out again."""
        self._session._note(self._rows, self._columns)
        self._made(self._highs.deleteRows(self._rows.size, self._rows), "deleteRows")
        self._made(self._highs.deleteCols(self._columns.size, self._columns), "deleteCols")

    def _made(self, status: object, call: str) -> None:
        self._session._checked(status, call)
