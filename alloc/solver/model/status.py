"""Two-part status: why the solver stopped, and how good the point is. And what a tier reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

LEAST_SIZE = 0.1  # of a tier's natural size; a gap of 1 % is then 0.001 of a score that is nearly zero


def gap_size(optimum: float, scale: float) -> float:
    """What a tier's gap is a share of: its optimum, or a tenth of its natural size where the optimum is smaller."""
    return max(abs(optimum), LEAST_SIZE * scale)


def open_gap(gap: float | None, tolerance: float | None, size: float) -> float | None:
    """A gap without what the tolerance of its tier gives away to the tiers behind it; None where there is no bound.

    Args:
        gap: a share of `size`.
        tolerance: in the unit of the tier; None: it is held exactly.
        size: of the tier, as of `gap_size`.
    """
    return None if gap is None else max(0.0, gap - (tolerance or 0.0) / size)


class Stopped(StrEnum):
    """Why the solver stopped."""

    FINISHED = "finished"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    MERGED = "merged"  # there was no solve: the point is put together from results of provinces


class Quality(StrEnum):
    """How good the point is.

    ``optimal``: every tier proven within the instance's gap (beyond its own tolerance; closeness with whole facilities
    is closest for these facilities). ``feasible``: satisfies every rule, with gaps that are stated or not known, or
    with later tiers not optimised. ``none``: there is no point.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NONE = "none"


@dataclass(frozen=True)
class Status:
    """Why the solver stopped, and how good the point is."""

    stopped: Stopped
    quality: Quality


@dataclass(frozen=True)
class Note:
    """What a reader must know of how a result was found: a code, for which `alloc.result.wording` has the words.

    ``searched``: facilities were found by a search and are not determined. ``rounded_down``: in `amount` cities they
    are rounded down from the relaxation. ``mended``: `amount` facilities were changed so that limits which cities share
    hold. ``beyond_band``: so many allocations lie further from the relaxation than the band, for an essential tier.
    ``bound_left``: the tier `detail` has no bound, for that takes long at this size; a session works it out.
    ``merged``: the point is put together from `amount` results.
    ``by_pyomo``: the family `detail` was compiled by Pyomo itself.
    """

    code: str
    amount: float = 0.0
    detail: str = ""


@dataclass(frozen=True)
class TierResult:
    """What a tier reached.

    Attributes:
        tier: its name.
        optimised: whether the solve came to it; else its value is what it happens to be.
        value: what the decided point has of it (before rounding to quanta), in its own unit.
        bound: what no point can better while the tiers before it are no worse than here; None where it is not known,
            and for a quadratic tier with whole facilities, which is closest for these facilities.
        gap: |value − bound| / size; a tier with a tolerance has up to its own tolerance of it.
        size: |value|, at least a tenth of the tier's natural size (`gap_size`).
        tolerance: what later tiers may take of it, absolute; None where it is held exactly.
        seconds: time spent.
    """

    tier: str
    optimised: bool
    value: float
    bound: float | None
    gap: float | None
    size: float
    tolerance: float | None
    seconds: float

    @property
    def open(self) -> float | None:
        """The gap without what the tolerance gives away."""
        return open_gap(self.gap, self.tolerance, self.size)


class TierState(StrEnum):
    """Where a tier of a pass stands: it starts, a better point was found, or it is done."""

    STARTED = "started"
    BETTER = "better"
    DONE = "done"


@dataclass(frozen=True)
class Progress:
    """One report while a solve runs, from the thread that solves.

    Attributes:
        stage: ``relaxation``, ``every city by itself``, ``facilities made to fit``, ``facilities fixed``,
            ``joint search`` or ``bounds``.
        tier: its name; empty for a stage that has no tiers.
        seconds: since the solve began.
        best, bound: the tier's value so far and what no point can better, in the tier's own unit.
        state: where the tier stands.
        scale: the tier's natural size.
        point: of a tier that is done, the columns of the matrix.
        preliminary: of a tier that is done; called, it gives the allocation so far as a table (city, pool,
            preliminary; in the pool's unit). That one satisfies every rule of the pass, but later tiers may still move
            it; it is neither published nor verified. It may be called later and from another thread.
        part: of a stage that is counted, how many are done and how many there are.
        method: by which the instance has the tier; empty where it names none.
    """

    stage: str
    tier: str
    seconds: float
    best: float | None = None
    bound: float | None = None
    state: TierState = TierState.STARTED
    scale: float = 1.0
    point: np.ndarray | None = field(default=None, repr=False, compare=False)
    preliminary: Callable[[], pd.DataFrame] | None = field(default=None, repr=False, compare=False)
    part: tuple[int, int] | None = None
    method: str = ""

    @property
    def gap(self) -> float | None:
        """Gap of best and bound, as in `TierResult`."""
        if self.best is None or self.bound is None:
            return None
        return abs(self.best - self.bound) / gap_size(self.best, self.scale)


Report = Callable[[Progress], None]  # is told of every step of a solve
