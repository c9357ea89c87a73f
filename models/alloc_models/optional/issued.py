"""Issued: the stages at which a year's amounts go out, and what has gone out already and is not taken back.

In an advance every pool shares out a part of what it holds; later stages keep what earlier ones have issued, but for a
part that may be taken back. There is nothing to decide here: bounds of `allocation` follow, which
`alloc.instance.derived.optional.issued` works out.
"""

from __future__ import annotations

from alloc.formulation.columns import SHARE, Column
from alloc.formulation.lever import NO_ROWS, RAISE, Lever, Number, Rule, Turn
from alloc.text import Text

COLUMNS = (
    Column(
        "advance_share", "share", SHARE, Text("提前下达比例", "Advance share"),
        Text("本年为提前下达阶段时下达的比例；空缺为 0.9。",
             "Share that goes out in the advance stage; blank: 0.9."),
        required=False, above=0, maximum=1, driver="totals",
    ),
    Column(
        "clawback", "share", SHARE, Text("可收回比例", "Clawback"),
        Text("已下达数中以后阶段可以收回的比例；空缺为 0。",
             "Share of what has been issued that a later stage may take back; blank: 0."),
        required=False, minimum=0, maximum=1, default=0.0, driver="policy",
    ),
)  # fmt: skip

LEVER = Lever(
    "issued",
    __name__,
    columns={"pools": COLUMNS},
    rules=(
        Rule("locked", "allocation", ("lower",), "pools", makes=("lower", "upper"), without={"issued": NO_ROWS}),
    ),
    numbers=(
        Number("pools.clawback", "higher_rule", "pool", (Turn((RAISE,), ("locked",), probe=6, full_rise=1.0),),
               priced=True, most=1.0),
    ),
)  # fmt: skip
