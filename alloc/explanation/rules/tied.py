"""Which rules tie other decisions to what cities get: where amounts are moved, those follow by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import Block
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.derived import derive
from alloc.result.result import Result
from alloc.solver.solution import compiled


def tied(result: Result, decisions: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The constraint families with rows that hold both an amount of a pool and a decision, in the catalogue's order.

    Args:
        result: whose rules they are.
        decisions: names; those without such a family are left out.
    """
    model = compiled(derive(result.instance), result.instance)
    matrix = sp.csc_array(model.matrix)

    def rows(block: Block) -> set[int]:
        return set(np.unique(matrix[:, block.slice].tocoo().row).tolist())

    granted = rows(model.grants)
    families = [name for name in catalogue_for(result.instance.settings).families if name in model.rows]
    found = {}
    for name in decisions:
        both = granted & rows(model.columns[name]) if name in model.columns else set()
        held = tuple(each for each in families if not both.isdisjoint(range(*_ends(model.rows[each]))))
        if held:
            found[name] = held
    return found


def _ends(block: Block) -> tuple[int, int]:
    return block.start, block.stop
