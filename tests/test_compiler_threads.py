"""Models that are built at the same time in several threads, as two workspaces of one workbench are, are the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from alloc.compiler.linear_model import LinearModel
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.solver.solution import compiled


@pytest.fixture
def turns() -> Iterator[None]:
    """Threads take turns thousands of times a second."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_threads_do_not_meet_in_a_template(turns: None) -> None:
    instance = read("hand")
    derived = derive(instance)

    def made(_: int) -> LinearModel:
        return compiled(derived, instance)

    alone = made(0)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(made, range(8)))
    for each in together:
        assert np.array_equal(each.matrix.toarray(), alone.matrix.toarray())
        assert np.array_equal(each.upper, alone.upper)
