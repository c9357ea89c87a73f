"""Levels: what provinces, and units between them and the cities, keep of what they receive of a pool (S61).

A pool gives out `up` times what a city gets, for every unit above has kept its share on the way. That share is data,
and there is nothing to decide here: `alloc.instance.derived.optional.levels` works `up` out, by which `pool_total`
weighs.
"""

from __future__ import annotations

from alloc.formulation.lever import LOWER, Lever, Number, Turn

LEVER = Lever(
    "levels",
    __name__,
    numbers=(
        Number("levels.retained", "province", "unit", (
            Turn((LOWER,), ("pool_total",), multiplies=True),
        ), priced=True, most=0.999),
    ),
)  # fmt: skip
