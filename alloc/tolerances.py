"""Every tolerance of alloc, what it is relative to, and why it is as large as it is.

The verification has its own, in `alloc.verification`: it must not believe what made a result. None of these
is a rule of policy, and none changes an answer by more than its own size.
"""

from __future__ import annotations

# ---------------------------------------------------------------- floating point

TINY = 1e-12
"""Absolute: keeps a divisor from being 0 where what is divided is 0 too."""

UNDERFLOW = 1e-100
"""Absolute: keeps the size of a number from being 0 where its logarithm or its inverse is taken."""

LAST_DIGITS = 1e-12
"""Relative to the largest term: to so many digits a sum of doubles is known."""

SUMMATION = 1e-11
"""Relative to the largest number in a sum over a row or a column of the matrix."""

SAME_NUMBER = 1e-10
"""Relative: two ways of working out one number differ by no more."""

ROUNDOFF = 1e-9
"""Relative: figures that are meant to be equal, after products and sums of a few thousand terms."""

# -------------------------------------------- the solver, in units of the matrix, where amounts are about 10

FEASIBILITY = 1e-7
"""Violation of a row or a bound, and dual infeasibility: what HiGHS itself takes for nothing."""

SHARP = 1e-10
"""Violation of a row or a bound where multipliers are looked for that prove a bound: the least that HiGHS takes."""

LARGEST_VIOLATION = 1e-6
"""Violation beyond which a point is none: a tenth of what the verification forgives, in the same rows."""

AT_BOUND = 1e-6
"""Distance, relative to a side where that is larger, up to which a value stands at it: no room is left."""

SMALLEST_COEFFICIENT = 1e-9
"""HiGHS drops smaller coefficients, so they are dropped before."""

ZERO_DUAL = 1e-9
"""Dual of a row, with costs whose largest is 100: less is noise."""

LEAST_MULTIPLIER = 1e-7
"""Relative to the largest: a row with a smaller multiplier has no part in an irreducible infeasible subset."""

TIER_SLACK = 1e-6
"""Relative to a tier's natural size: what a later tier with whole facilities may lose of an earlier one."""

TIE_BREAK = 1e-5
"""Relative to an objective's largest cost: what the next objectives of a city may take of it."""

INTEGRALITY = 1e-6
"""Of a facility, or of a step of a rounded amount: as good as whole."""

STRICT_FEASIBILITY = 1e-9
"""Rows divided by their largest coefficient: less is not broken, where an active set is refined."""

STRICT_DUAL = 1e-9
"""Of a column's unit: the most that a price of the wrong sign may mean, where an active set is refined."""

DAMPING = 1e-5
"""Curvature added to every column; refinement takes it out again, and flat columns stay near the guess."""

REGULARISATION = 1e-10
"""Give of the rows, so that rows that depend on each other leave a system that can be solved."""

ROUGH_INTERIOR = 1e-8
"""Of the interior point: enough to tell which bounds and rows hold the point."""

PROVABLE_INTERIOR = 1e-9
"""Of the interior point, where no active set leads to the point and its duals have to prove it: at 2,947 counties with
their facilities fixed they leave 8e-7 of closeness open (1.2e-6 at 1e-8; at 1e-10 the method gets lost)."""

FINE_INTERIOR = 1e-12
"""Of the interior point. At 1e-12 two orders of the same rows and columns agree to 2e-9 of a benchmark at 2,850 units,
at 1e-10 to 3e-5."""

# ---------------------------------------------------------------- values of tiers, relative to their natural size

PROVEN_GAP = 1e-5
"""A gap that arithmetic alone leaves: a tier within it counts as proven."""

PROVEN_CLOSENESS = 1e-6
"""Value less bound of closeness, whose natural size is 1: a square, found to so much."""

PROVEN_VALUE = 1e-6
"""What arithmetic leaves between the values of one tier in two results."""

REPEATED_SOLVE = 3e-9
"""Two solves of one tier may differ by so much."""

LEAST_LOSS = 1e-10
"""A smaller loss of a tier that is pushed is noise of the solver."""

LEAST_PRICE = 1e-14
"""For one unit of a rule: a smaller price is none."""

# ---------------------------------------------------------------- shadow prices, relative to a parameter

PROBE_STEP = 1e-4
"""Of the parameter's value: how far it is moved to look past a corner."""

CORNER = 1e-7
"""Of the parameter's value: less room than this is a corner."""

MIRRORED_STEP = 1e-3
"""Of what a step changes: as much may differ between the two ways, since what changes may be a curve."""

AGREEING_SLOPES = 1e-3
"""Relative: two slopes that agree so well say the same."""

BEYOND_BOUND = 1e-7
"""Added to a repair where the last digits alone are missing, growing tenfold each round."""

# ---------------------------------------------------------------- drawings

DEGENERATE = 1e-6
"""Degrees or projected units: a map that is less wide or high is a point."""

# ---------------------------------------------------------------- published numbers

QUANTUM_NOISE = 1e-6
"""Of a quantum: what a solver leaves behind, never a decision."""

COMMON_SHARE = 1e-5
"""Of a benchmark: what closeness to the formula is determined to."""

WHOLE_PERSONS = 1e-6
"""Persons by which a limit may miss the whole number that it is meant to be."""

SETTLED = 1e-3
"""Relative to the limits of settlement: who misses them by less, all together, is held by them and by no tier."""

BUDGET_NOISE = 1e-4
"""10⁴ yuan to which a budget is known: one yuan."""

VERIFIED = 1e-6
"""Relative: what the verification forgives of continuous values."""

SUM_OF_WEIGHTS = 1e-6
"""Absolute: by which weights of a formula may miss 1."""

SHOWN_GAP = 5e-6
"""A gap that is shown as none: what arithmetic alone leaves."""

USED_UP = 1e-6
"""Of a tolerance: what is left of it, or given of it, below this is nothing."""

TURNED = 1e-6
"""Of the size of a tier: a smaller difference between two values of a what-if is the solver's."""

AS_GOOD_AS_NONE = 1e-4
"""Of a tier in its own unit: what it grows by from less than this to a tighter value of a what-if is no jump of many
times, unless it is many times this."""
