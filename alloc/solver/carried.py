"""A basis carried over to a model that has some rows more or less: a limit came or went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import highspy
import numpy as np

from alloc.compiler.linear_model import Block

Blocks = Mapping[str, Block]


def carried_basis(basis: Any, before: Blocks, now: Blocks, rows: int) -> Any | None:
    """The basis for the rows that are there now; a row that is new starts basic.

    Args:
        basis: of HiGHS, with the rows of `before` and then rows that were added while solving.
        before, now: the constraint families of the two models.
        rows: how many HiGHS holds now, with the added ones.

    Returns:
        The basis, which HiGHS has to complete where a row went that was not basic; None where the added rows are not
        the same number.
    """
    old = list(basis.row_status)
    had, has = (max((each.stop for each in blocks.values()), default=0) for blocks in (before, now))
    added = len(old) - had
    if rows - has != added:
        return None
    status = [highspy.HighsBasisStatus.kBasic] * rows
    status[has:] = old[had:]
    for name, block in now.items():
        for here, there in _pairs(before.get(name), block):
            status[here] = old[there]
    carried = highspy.HighsBasis()
    carried.valid = carried.alien = True
    carried.col_status, carried.row_status = list(basis.col_status), status
    return carried


def _pairs(before: Block | None, now: Block) -> list[tuple[int, int]]:
    """Places of the same row now and before."""
    if before is None:
        return []
    if before.members.size == now.members.size:
        return list(zip(range(now.start, now.stop), range(before.start, before.stop), strict=True))
    place = {before.label(row): row for row in range(before.start, before.stop)}
    rows = np.arange(now.start, now.stop).tolist()
    return [(row, place[now.label(row)]) for row in rows if now.label(row) in place]
