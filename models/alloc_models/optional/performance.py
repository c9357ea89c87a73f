"""Performance: a factor on what the formula gives a city, for a task that it has met or a rule that it has broken.

The factor multiplies the city's share, and shares are brought back to their sum; floors, corridors and closeness go by
what then comes out. There is nothing to decide here: `alloc.instance.derived.bounds` works the benchmark out.
"""

from __future__ import annotations

from alloc.formulation.lever import Lever, Number

LEVER = Lever(
    "performance",
    __name__,
    numbers=(Number("performance.factor", "higher_rule", "cell", priced=True, least_reach=2.0),),
)
