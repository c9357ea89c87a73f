"""Two or more results beside each other: what differs in what went in, and in what came out."""

from __future__ import annotations

from alloc.comparison.check import ComparisonError
from alloc.comparison.comparison import Comparison, compare

__all__ = ["Comparison", "ComparisonError", "compare"]
