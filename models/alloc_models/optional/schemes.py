"""Schemes: other keys by which a pool could be shared out, by rank or by registration, to compare the plan with.

They decide nothing: no variable, no row, no bound. `alloc.instance.derived.optional.schemes` works out what each would
give.
"""

from __future__ import annotations

from alloc.formulation.columns import NO_UNIT, OF_RECEIVER, PERSONS, SUM, Column
from alloc.formulation.lever import Lever
from alloc.text import Text

RANK = Column(
    "unit_type", "text", NO_UNIT, Text("行政级别", "Administrative rank"),
    Text("城市的行政级别或类型；只供比较方案使用（scheme_weights 表），不应进入任何规则。",
         "Rank or kind of unit; only for schemes to compare with (scheme_weights), and no rule should go by it."),
    required=False, merging=OF_RECEIVER,
)  # fmt: skip
REGISTERED = Column(
    "registered", "count", PERSONS, Text("户籍人口", "Registered population"),
    Text("户籍在本市的人口，不论是否居住；只供比较方案使用（scheme_factors 表）。",
         "People registered here, wherever they live; only for schemes to compare with (scheme_factors)."),
    required=False, minimum=0, driver="population", merging=SUM,
)  # fmt: skip

LEVER = Lever("schemes", __name__, columns={"cities": (RANK, REGISTERED)})
