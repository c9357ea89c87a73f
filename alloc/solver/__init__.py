"""Compiled models solved: tiers in order, each held, whole facilities first."""

from alloc.solver.model.status import Progress, Quality, Status, Stopped, TierResult
from alloc.solver.solution import Solution, solve

__all__ = ["Progress", "Quality", "Solution", "Status", "Stopped", "TierResult", "solve"]
