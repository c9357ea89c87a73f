"""Edits of rows that another edit adds: `limits.west.value = 0.4` beside `add limits { limit = 'west', … }`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alloc.instance.findings import Finding, InputError
from alloc.scenario.agreement import reconcile
from alloc.scenario.edits import SETTINGS, Edit
from alloc.scenario.rebuilding import tables_rebuilt
from alloc.scenario.resolve import resolve
from alloc.scenario.state import State
from alloc.scenario.targets import Grid, target_of
from alloc.scenario.touch import NO_ROW, Touch


def rows_reached(
    edits: Sequence[Edit],
    touched: Mapping[int, Sequence[Touch]],
    waiting: Mapping[int, Sequence[Finding]],
    state: State,
) -> tuple[dict[int, list[Touch]], list[Finding]]:
    """What edits are about that name a row which is not there, and what is wrong with any of them.

    Whichever of the edits stands first: a row is reached by its key alone, so that conditions and whole columns choose
    among the rows that were there, and by the cell, so that no edit drops what another adds.

    Args:
        edits: all of them.
        touched: what the other edits of the level touch, by position.
        waiting: the edits, by position, each with what is wrong with it where no edit adds its row.
        state: from which the level starts.
    """
    coming = {
        place: [touch for touch in found if touch.row == NO_ROW and touch.name[0] != SETTINGS]
        for place, found in touched.items()
    }
    keys = {touch.name[:2] for found in coming.values() for touch in found}
    reached: dict[int, list[Touch]] = {}
    findings: list[Finding] = []
    whole: State | None = None
    for place, faults in waiting.items():
        target = target_of(edits[place], state)
        if not isinstance(target, Grid) or target.column is None or (target.table.name, target.key) not in keys:
            findings += faults
            continue
        whole = whole or tables_rebuilt(state, reconcile(edits, coming)[0])
        try:
            touches, found = resolve(edits[place], whole)
            reached[place] = [touch._replace(row=NO_ROW) for touch in touches]
            findings += found
        except InputError as error:
            findings += error.findings
    return reached, findings
