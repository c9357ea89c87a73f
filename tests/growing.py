"""How much more work a larger input makes, told without a clock on the wall."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any


def calls(work: Callable[[], object]) -> int:
    """How many functions, of Python and of libraries, some work calls."""
    count = 0

    def one_more(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(one_more)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def growth(small: Callable[[], object], large: Callable[[], object]) -> float:
    """How many times the processor time of some work the same takes on a larger input: the least of two turns each."""
    taken = []
    for work in (small, large):
        turns = []
        for _ in range(2):
            started = time.process_time()
            work()
            turns.append(time.process_time() - started)
        taken.append(min(turns))
    return taken[1] / taken[0]
