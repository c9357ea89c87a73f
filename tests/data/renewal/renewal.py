"""A lever of another package, homes that are renewed: columns, settings, derived data, a quantity of limits, a tier."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from alloc.formulation.columns import MONEY_A_UNIT, NO_UNIT, SAME, SHARE, Column, Merging
from alloc.formulation.declare import LinearTier
from alloc.formulation.lever import Formulation, Lever, Quantity, Span
from alloc.formulation.settings import Flag, LeverSettings, Number, Whole, setting
from alloc.formulation.tier import Tier
from alloc.text import Text
from alloc_models.annual import ANNUAL


class RenewalPolicy(LeverSettings):
    """``[policy.renewal]``."""

    TITLE: ClassVar[Text] = Text("城市更新", "Renewal")

    share: Number = setting("更新比例", "Share that is renewed", SHARE, driver="land", default=0.0, ge=0, le=1)
    homes: Whole = setting("每公顷住宅", "Homes a hectare", default=0, ge=0)
    urgent: Flag = setting("优先更新", "Renewal first", default=False)
    way: Literal["rebuild", "repair"] = setting("更新方式", "Way of renewal", default="rebuild")
    classes: tuple[Literal["megacity", "small_2"], ...] = setting("适用规模等级", "Size classes", default=())


def derive(tables: Any, policy: Any, data: Any) -> dict[str, Any]:
    """What renewing the old land of every city costs."""
    cost = np.nan_to_num(tables["cities"]["renewal_cost"].to_numpy(dtype=float))
    return {"renewal_worth": policy.renewal.share * cost * data.reusable}


def _tier(m: Any, data: Any, one: Any) -> LinearTier:
    return LinearTier(lambda model: sum(model.settle[c] for c in model.cities), maximise=True)


def _span(data: Any, service: str, own: Any, whole: bool) -> Span:
    return Span(0.0, float(data.expand_limit[own, data.services.index(service)].sum()))


LEVER = Lever(
    "renewal",
    __name__,
    columns={
        "cities": (
            Column("renewal_cost", "number", MONEY_A_UNIT, Text("更新成本", "Cost of renewal"),
                   Text("更新一单位的成本。", "Cost of renewing a unit."), required=False, minimum=0, driver="land",
                   merging=Merging("mean", ("idle",))),
            Column("renewal_stage", "enum", NO_UNIT, Text("更新阶段", "Stage of renewal"),
                   Text("更新所处的阶段。", "How far renewal is."), required=False, values=("planned", "begun"),
                   merging=SAME),
        ),
        "services": (
            Column("renewable", "flag", NO_UNIT, Text("可更新", "Renewable"),
                   Text("设施是否可以更新。", "Whether facilities can be renewed."), required=False),
        ),
    },
    settings=RenewalPolicy,
    derive=derive,
    quantities=(
        Quantity("enlarged", lambda m, c, s: m.expand[c, s], "capacity", _span, "limit_against_enlarging",
                 over="services", items="services"),
    ),
    tiers=(Tier("renewed", _tier, (), loss="number", methods=("mean", "worst"), tolerates=False, after=("minimum",)),),
)  # fmt: skip
RENEWING = Formulation("renewing", (*ANNUAL.levers, LEVER), ANNUAL.sets, ANNUAL.sizes)
