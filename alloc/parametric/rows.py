"""Rows of the table ``tiers`` of a what-if: how each solve ended, and what it reached."""

from __future__ import annotations

from typing import Any

from alloc.formulation.registry import catalogue
from alloc.result.result import Result
from alloc.solver.model.status import Stopped

REFUSED = "refused, none"  # how a value ends that the checks refuse: there is no allocation
_NOTHING = {"tier": "", "reached": None, "bound": None, "gap": None}


def tier_rows(result: Result | None) -> list[dict[str, Any]]:
    """Status, tier, reached, bound, gap and incomplete of every tier, as `Variation.tiers` has them.

    Args:
        result: of the step; None: the checks have refused it.
    """
    if result is None:
        return [{"status": REFUSED, **_NOTHING, "incomplete": False}]
    status = result.manifest["status"]
    said = f"{status['stopped']}, {status['quality']}"
    early = status["stopped"] != Stopped.FINISHED
    known = catalogue(result.instance.formulation).tiers
    bounded = {each.tier for each in result.instance.settings.objective
               if known[each.tier].has_duals(each.method)}  # fmt: skip
    rows = [
        {
            "status": said, "tier": tier["tier"], "reached": tier["value"], "bound": tier["bound"], "gap": tier["gap"],
            "incomplete": early or (tier["tier"] in bounded and tier["bound"] is None),
        }
        for tier in result.manifest["tiers"]
    ]  # fmt: skip
    return rows or [{"status": said, **_NOTHING, "incomplete": early}]
