"""What of a tier is shown at every step of a what-if, and how its solve ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from alloc.solver.model.status import Stopped
from alloc.text import Text
from alloc.tolerances import PROVEN_VALUE

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation

# What a solve ended with, as the table `tiers` names it.
ENDED = {
    "finished": Text("求解完成", "finished"), "time_limit": Text("到达时限", "time limit"),
    "interrupted": Text("被中断", "interrupted"), "infeasible": Text("无可行方案", "infeasible"),
    "failed": Text("求解器出错", "solver failed"), "merged": Text("由分省结果合并", "put together"),
    "refused": Text("检查不通过", "refused by the checks"),
    "optimal": Text("最优", "optimal"),
    "feasible": Text("可行", "feasible"), "none": Text("没有方案", "no allocation"),
}  # fmt: skip

CLASHES = f"{Stopped.INFEASIBLE}, none"  # of a step whose rules no allocation satisfies


def curve(variation: Variation, tier: str) -> pd.DataFrame:
    """What is shown of a tier, by step: y, incomplete, and the bound beside it.

    Of a relaxation y is the optimum of the tier, its bound, since the published value wanders within the tolerance; of
    whole facilities, and where no bound is known, it is the value of the plan.
    """
    rows = variation.tiers[variation.tiers["tier"] == tier].set_index("step")
    reached, bound = rows["reached"].astype(float), rows["bound"].astype(float)
    y = reached if variation.whole else bound.fillna(reached)
    return pd.DataFrame({"y": y, "bound": bound, "incomplete": rows["incomplete"].astype(bool)})


def noise(values: pd.Series) -> float:
    """How far the values of a tier may be apart and still be one: what arithmetic leaves, as in comparisons."""
    return PROVEN_VALUE * max(1.0, float(values.abs().max()) if values.notna().any() else 0.0)


def ended(status: str, language: str) -> str:
    """A status of the table `tiers` in words; where rules clash, that there is no allocation is said by that."""
    comma = "，" if language == "zh" else ", "
    words = [word for word in status.split(", ") if (word, status) != ("none", CLASHES)]
    return comma.join(ENDED[word].said(language) for word in words)
