"""Why a tier gets better under a tighter rule, by the words of a what-if: where one rule, or several, alone differ."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.comparison.text.view import Row, View
from alloc.comparison.tiers import OTHER_YARDSTICK
from alloc.content.conditions import target_said
from alloc.formulation.lever import LOWER, RAISE
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.derived import derive
from alloc.parametric.turned import Turned, reference, said_of_turns
from alloc.result.result import Result
from alloc.text import figure


def turned(view: View, letter: str) -> list[str]:
    """A sentence on each tier that is better, as an effect, under the tighter of two rules.

    None where more differs than numbers whose rules they all loosen, or all tighten, or where the two results have
    other cities or pools.
    """
    base, other = view.comparison.results[0], view.comparison.results[view.comparison.letters.index(letter)]
    inputs, tiers = view.rows("inputs", letter), view.rows("tiers", letter)
    tighter = _tighter(inputs, base)
    better = "better" if tighter else "worse"  # the verdict on the other, where it is better under the tighter
    if tighter is None or not any(row["verdict"] == better for row in tiers) or not _alike(base, other):
        return []
    turns = []
    for row in tiers:
        ours, theirs = _shown(row, "base", base), _shown(row, "other", other)
        gain = (theirs - ours) * (1 if tighter else -1) * (1 if row["better"] == "higher" else -1)
        if gain == gain and row["verdict"] != OTHER_YARDSTICK:
            gain = gain if row["verdict"] == better else min(gain, 0.0)  # what is no effect is not told
            turns.append(Turned(view.title("tier", row["tier"]), gain, max(abs(ours), abs(theirs))))
    told = [figure(inputs[0][f"{side}_number"]) for side in ("old", "new")] if len(inputs) == 1 else ["A", letter]
    loose, tight = told if tighter else told[::-1]
    slots = {"target": _called(view, inputs, base), "tight": tight, "loose": loose}
    one, two = (reference(derive(each.instance), each) for each in ((other, base) if tighter else (base, other)))
    return said_of_turns(turns, one, two, base.instance, slots, view.language)


def _path(row: Row) -> str:
    return str(row["column"] if row["table"] == "settings" else f"{row['table']}.{row['column']}")


def _tighter(inputs: Sequence[Row], base: Result) -> bool | None:
    """Whether the rules of the other are the tighter, by every number that differs; None where they are neither."""
    numbers, found = catalogue_for(base.instance.settings).numbers, set()
    for row in inputs:
        number, change = numbers.get(_path(row)), row["new_number"] - row["old_number"]
        ways = {way for turn in number.turns for way in turn.ways} if number else set()
        if (RAISE in ways) == (LOWER in ways) or not abs(change) > 0:
            return None
        found.add((change < 0) == (RAISE in ways))
    return found.pop() if len(found) == 1 else None


def _alike(base: Result, other: Result) -> bool:
    """Whether both share out the same pools to the same cities."""
    return all(
        set(base.instance.tables[name][key]) == set(other.instance.tables[name][key])
        for name, key in (("cities", "city"), ("pools", "pool"))
    )


def _shown(row: Row, side: str, result: Result) -> float:
    """What a what-if shows of a tier: of a relaxation its optimum, which is its bound, else the plan's value."""
    bound = float(row[f"bound_{side}"])
    return float(row[side]) if result.instance.settings.integers or bound != bound else bound


def _called(view: View, inputs: Sequence[Row], base: Result) -> str:
    """What differs: one number as edits name it, several by their columns."""
    if len(inputs) == 1:
        (row,) = inputs
        keys = str(row["key"]).split(", ") if row["key"] else []
        target = _path(row) if not keys else ".".join([row["table"], *keys, row["column"]])
        return target_said(base.instance.tables, view.language, target, "")
    columns = dict.fromkeys((row["table"], row["column"]) for row in inputs)
    names = (view.title.input(*each, sum((row["table"], row["column"]) == each for row in inputs)) for each in columns)
    return view.say("comma").join(names)
