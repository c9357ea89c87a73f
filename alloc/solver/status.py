"""Two-part status: why the solver stopped, and how good the point is. And what a tier reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stopped(StrEnum):
    """Why the solver stopped."""

    FINISHED = "finished"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


class Quality(StrEnum):
    """How good the point is.

    ``optimal``: every tier proven (whole facilities: within the instance's gap). ``feasible``: satisfies every rule,
    with a gap that is stated, or with later tiers not optimised. ``rounded``: as feasible, its facilities found by
    rounding the relaxation. ``none``: there is no point.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    ROUNDED = "rounded"
    NONE = "none"


@dataclass(frozen=True)
class Status:
    """Why the solver stopped, and how good the point is."""

    stopped: Stopped
    quality: Quality


@dataclass(frozen=True)
class TierResult:
    """What a tier reached.

    Attributes:
        tier: its name.
        optimum: what the tier itself reached, in its own unit; None where it was not solved.
        value: what the published point has of it, before rounding to quanta.
        bound: what no point can better, as proven.
        gap: |optimum − bound| relative to |optimum| (relative to the tier's natural size where that is larger
            than 1e6 times the optimum, so that a value of nearly zero has a meaningful gap).
        tolerance: what later tiers may take of it, absolute; None where it is held exactly.
        seconds: time spent.
    """

    tier: str
    optimum: float | None
    value: float
    bound: float | None
    gap: float | None
    tolerance: float | None
    seconds: float


@dataclass(frozen=True)
class Progress:
    """One report while a solve runs: which pass and tier, best value and bound so far (the tier's own unit)."""

    stage: str
    tier: str
    seconds: float
    best: float | None = None
    bound: float | None = None

    @property
    def gap(self) -> float | None:
        """Relative gap of best and bound."""
        if self.best is None or self.bound is None:
            return None
        return abs(self.best - self.bound) / max(abs(self.best), 1e-9)
