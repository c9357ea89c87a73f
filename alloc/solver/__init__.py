"""Compiled models solved: tiers in order, each held, whole facilities first."""

from alloc.solver.solution import Solution, solve
from alloc.solver.status import Progress, Quality, Status, Stopped, TierResult

__all__ = ["Progress", "Quality", "Solution", "Status", "Stopped", "TierResult", "solve"]
