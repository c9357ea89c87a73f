"""Tiers side by side: how far each moves, and what of that is an effect and not what solves leave open.

What a tier can have at most while every earlier tier is no worse than in a result lies between the result's value and
its bound; a tolerance lies in between too. So `other` is better where its value is beyond the bound of A, worse where
the value of A is beyond its bound, both by more than `PROVEN_VALUE` of the tier's size. Otherwise it is within the
tolerance, where that alone leaves the change open, or within the gap. Of a relaxation and a result with whole
facilities neither holds: what earlier tiers lose by rounding later ones gain, whatever the rules are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.comparison.pair import Pair, compared, relative
from alloc.comparison.yardsticks import measured_as_base
from alloc.formulation.registry import catalogue_for
from alloc.result.result import Result
from alloc.tolerances import PROVEN_VALUE, VERIFIED

NAN = float("nan")
OTHER_YARDSTICK = "other_yardstick"  # a verdict: two values that no percentage compares
OTHER_KIND = "other_kind"  # a verdict: a relaxation and whole facilities, of which rounding is a part of any change
NOISE = ("within_gap", "within_tolerance")  # verdicts on a change that may be noise
UNDECIDED = (*NOISE, "not_known", OTHER_YARDSTICK, OTHER_KIND)  # verdicts that call a change neither better nor worse


def tiers(pair: Pair, other_yardsticks: Collection[str]) -> pd.DataFrame:
    """Table `tiers`, in the order of the base, then what only the other has.

    Args:
        pair: the two results.
        other_yardsticks: the tiers that the two measure differently.
    """
    frame = pd.DataFrame(moves(pair, other_yardsticks)).set_index("tier")
    order = list(frame.index)
    little = _small(pair.base)
    small = np.array([name in little for name in order])
    frame.insert(3, "relative", _told(relative(frame), small))
    frame["other_as_base"] = [measured_as_base(pair, name) if name in other_yardsticks else NAN for name in order]
    apart = compared(frame["base"], frame["other_as_base"]).loc[order]
    frame["change_as_base"] = apart["change"]
    frame["relative_as_base"] = _told(relative(apart), small)
    return frame.reset_index()


def _small(result: Result) -> frozenset[str]:
    """Tiers whose value is next to nothing for their kind, as where gaps are told in their own unit."""
    return frozenset(
        each["tier"] for each in result.manifest["tiers"] if (each["size"] or 0.0) > abs(each["value"] or 0.0)
    )


def _told(shares: NDArray[np.float64], small: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Changes as shares of the base; none where it is next to nothing and the change is more than all of it."""
    with np.errstate(invalid="ignore"):
        return np.where(small & (np.abs(shares) > 1), NAN, shares)


def moves(pair: Pair, other_yardsticks: Collection[str]) -> list[dict[str, Any]]:
    """The rows of the table `tiers` as records, without relative changes and what is measured as the base is.

    Args:
        pair: the two results.
        other_yardsticks: the tiers that the two measure differently.
    """
    levels = [catalogue_for(each.instance.settings).tiers for each in (pair.other, pair.base)]
    known = {**levels[0], **levels[1]}
    unlike = pair.base.instance.settings.integers != pair.other.instance.settings.integers
    one, other = ({each["tier"]: each for each in result.manifest["tiers"]} for result in (pair.base, pair.other))
    found = []
    for name in dict.fromkeys([*one, *other]):
        entries = one.get(name, {}), other.get(name, {})
        (base, now), bounds, gaps, sizes = ([_number(each.get(column)) for each in entries]
                                            for column in ("value", "bound", "gap", "size"))  # fmt: skip
        change = now - base
        row: dict[str, Any] = {
            "tier": name, "base": base, "other": now,
            "change": 0.0 if abs(change) <= VERIFIED * max(1.0, abs(base)) else change,
            "bound_base": bounds[0], "bound_other": bounds[1], "gap_base": gaps[0], "gap_other": gaps[1],
            "unit": known[name].unit, "better": known[name].better,
        }  # fmt: skip
        if not (name in one and name in other):
            verdict = "only_base" if name in one else "only_other", NAN
        elif name in other_yardsticks:
            verdict = OTHER_YARDSTICK, NAN
        elif unlike and row["change"] != 0:
            verdict = OTHER_KIND, NAN
        else:
            least = PROVEN_VALUE * max((size for size in sizes if size == size), default=0.0)
            verdict = judge(row, least, [entry.get("tolerance") or 0.0 for entry in entries])
        found.append(row | dict(zip(("verdict", "certain"), verdict, strict=True)))
    return found


def judge(row: Any, least: float, tolerances: Sequence[float]) -> tuple[str, float]:
    """The verdict on a tier that both measure alike, and how much of its change is certain, in its unit.

    It is ``within_tolerance`` where the change would be an effect, did later tiers take nothing of the tolerances.

    Args:
        row: base, other, change, bound_base, bound_other, better.
        least: a change up to this is arithmetic.
        tolerances: what later tiers may take of it, of the base and of the other.
    """
    if row["change"] == 0:
        return "same", 0.0
    if any(np.isnan(row[name]) for name in ("change", "bound_base", "bound_other")):
        return "not_known", NAN
    ours, theirs = ((row[side], row[f"bound_{side}"]) for side in ("base", "other"))
    up, down = min(theirs) - max(ours), min(ours) - max(theirs)
    if max(up, down) <= least:
        return "within_tolerance" if _open_by_tolerance(row, tolerances) else "within_gap", 0.0
    return "better" if (up > down) == (row["better"] == "higher") else "worse", up if up > down else -down


def _open_by_tolerance(row: Any, tolerances: Sequence[float]) -> bool:
    ends = []
    for side, tolerance in zip(("base", "other"), tolerances, strict=True):
        value, bound = row[side], row[f"bound_{side}"]
        bound = value + np.sign(bound - value) * max(0.0, abs(bound - value) - tolerance)
        ends.append((min(value, bound), max(value, bound)))
    (least_ours, most_ours), (least_theirs, most_theirs) = ends
    return bool(least_theirs > most_ours or least_ours > most_theirs)


def _number(value: float | None) -> float:
    """A number of the manifest; NaN where it is not known."""
    return NAN if value is None else float(value)
