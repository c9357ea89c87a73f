"""One number varied over a range: what the tiers, and chosen cities, get at each step."""

from alloc.parametric.vary import Variation, vary

__all__ = ["Variation", "vary"]
