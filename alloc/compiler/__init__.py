"""From the rules of a formulation, written for Pyomo, to the matrix that is solved."""

from alloc.formulation import environ  # noqa: F401  (before any module here imports Pyomo)
