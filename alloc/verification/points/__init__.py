"""The compiled matrix held against the verification's own arithmetic, at points that need not satisfy anything.

A result that is verified keeps the rules; whether the model that was solved has these rules and no others, with all
their terms, its results do not tell: one that forgets money gives a worse result that verifies. So every row of the
matrix, every bound of its columns and every tier is computed here a second time from the raw tables, by the same
functions that verify results, and compared at points where nothing is 0.
"""

from __future__ import annotations

from alloc.verification.points.matrix import Agreement, compare_matrix

__all__ = ["Agreement", "compare_matrix"]
