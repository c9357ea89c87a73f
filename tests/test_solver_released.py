"""A session of the solver lets go of what it holds: a live session makes hundreds of them."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from alloc.explanation.sensitivity.tiers import model_of
from alloc.instance import read
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock

HAND = Path(__file__).parents[1] / "instances" / "hand"


def test_session_is_released() -> None:
    session = Session(model_of(read(HAND)), Clock(60.0))
    session.run()
    kept = weakref.ref(session)
    del session
    gc.collect()
    assert kept() is None
