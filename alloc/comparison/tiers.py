"""Tiers side by side: how far each moves, and what of that is an effect and not what solves leave open.

What a tier can have at most while every earlier tier is no worse than in a result lies between the result's value and
its bound; a tolerance lies in between too. So `other` is better where its value is beyond the bound of A, worse where
the value of A is beyond its bound, both by more than `PROVEN_VALUE` of the tier's size, and within the gap otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from alloc.comparison.pair import Pair, compared, relative
from alloc.comparison.yardsticks import measured_as_base
from alloc.formulation.registry import catalogue_for
from alloc.tolerances import PROVEN_VALUE

NAN = float("nan")


def tiers(pair: Pair, other_yardsticks: Collection[str]) -> pd.DataFrame:
    """Table `tiers`, in the order of the base, then what only the other has.

    Args:
        pair: the two results.
        other_yardsticks: the tiers that the two measure differently.
    """
    levels = [catalogue_for(each.instance.settings).tiers for each in (pair.other, pair.base)]
    known = {**levels[0], **levels[1]}
    one, other = (_entries(each.manifest["tiers"]) for each in (pair.base, pair.other))
    order = list(dict.fromkeys([*one.index, *other.index]))
    frame = compared(one["value"], other["value"]).loc[order]
    for column in ("bound", "gap"):
        for side, each in (("base", one), ("other", other)):
            frame[f"{column}_{side}"] = each[column].reindex(order)
    frame["unit"] = [known[name].unit for name in order]
    frame["better"] = [known[name].better for name in order]
    size = pd.concat([one["size"], other["size"]], axis=1).max(axis=1).reindex(order).fillna(0.0)
    verdicts = [
        ("only_base" if name in one.index else "only_other", NAN)
        if not (name in one.index and name in other.index)
        else ("other_yardstick", NAN)
        if name in other_yardsticks
        else judge(row, PROVEN_VALUE * least)
        for least, (name, row) in zip(size, frame.to_dict("index").items(), strict=True)
    ]
    frame[["verdict", "certain"]] = pd.DataFrame(verdicts, index=frame.index, columns=["verdict", "certain"])
    frame["other_as_base"] = [measured_as_base(pair, name) if name in other_yardsticks else NAN for name in order]
    apart = compared(frame["base"], frame["other_as_base"]).loc[order]
    frame["change_as_base"], frame["relative_as_base"] = apart["change"], relative(apart)
    return frame.rename_axis("tier").reset_index()


def judge(row: Any, least: float) -> tuple[str, float]:
    """The verdict on a tier that both measure alike, and how much of its change is certain, in its unit.

    Args:
        row: base, other, change, bound_base, bound_other, better.
        least: a change up to this is arithmetic.
    """
    if row["change"] == 0:
        return "same", 0.0
    if any(np.isnan(row[name]) for name in ("change", "bound_base", "bound_other")):
        return "not_known", NAN
    ours, theirs = ((row[side], row[f"bound_{side}"]) for side in ("base", "other"))
    up, down = min(theirs) - max(ours), min(ours) - max(theirs)
    if max(up, down) <= least:
        return "within_gap", 0.0
    return "better" if (up > down) == (row["better"] == "higher") else "worse", up if up > down else -down


def _entries(manifest: Any) -> pd.DataFrame:
    """Value, bound, gap and size of every tier; NaN where one is not known."""
    names = ["value", "bound", "gap", "size"]
    return pd.DataFrame(
        [[each.get(name) for name in names] for each in manifest],
        index=[each["tier"] for each in manifest], columns=names, dtype=float,
    )  # fmt: skip
