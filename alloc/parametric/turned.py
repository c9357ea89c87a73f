"""What a what-if says beside its numbers: values as they are now, why a tier gets better under a tighter rule, jumps.

Were all that a tighter value allows allowed by a looser one, no first tier could be better under the tighter. Where
one is, either a tier before it is worse there, and comes first, or the number moves more than its own rule: the formula
of a pool, and what stands around it, or another bound. Which of these it is, the derived data of both values tell.
Where a tier jumps from one value to the next, what moved most is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alloc.content.figures import unit_title
from alloc.explanation.shared.figures import figure as three
from alloc.explanation.shared.parameters import parameters
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.lever import LOWER, RAISE
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.bounds import Floats
from alloc.instance.derived.derived import Derived
from alloc.instance.instance import Instance
from alloc.instance.named import names_of
from alloc.instance.schema.tables import TABLES
from alloc.instance.where.conditions import parse
from alloc.parametric.curves import curve
from alloc.scenario.selection import WhereColumns
from alloc.scenario.state import taken_apart
from alloc.text import Text, figure
from alloc.tolerances import AS_GOOD_AS_NONE, AT_BOUND, TURNED

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation
    from alloc.result.result import Result

NOW_MARK = "*"  # behind a value that is the one now
NOW = Text("现值：{items}；表中带 * 的即为现值。", "Now: {items}; values with * in tables are these.")
NOW_OUTSIDE = Text("现值：{items}。", "Now: {items}.")
TIGHTER = Text(
    "{target}由 {tight} 放宽到 {loose} 时，“{tier}”反而变差，收紧回去则变好：",
    "“{tier}” gets worse where {target} is loosened from {tight} to {loose}, and better where it is tightened back: ",
)
EARLIER = Text(
    "排在它前面的“{earlier}”在 {tight} 时较差，而前面的目标优先。",
    "“{earlier}” comes before it, and is worse at {tight}.",
)
FORMULA = Text(
    "排在它前面的目标不变，但这个数一变，{pools}的公式测算数也变，围绕它的上下限随之移动，"
    "所以 {tight} 时允许的方案在 {loose} 时不都允许。",
    "the objectives before it are the same, but with this number the formula of {pools} changes, and the bounds around "
    "it move, so that not all that is allowed at {tight} is allowed at {loose}.",
)
BOUNDS = Text(
    "排在它前面的目标不变，但这个数一变，{pools}的下限升高或上限降低，所以 {tight} 时允许的方案在 {loose} 时不都允许。",
    "the objectives before it are the same, but with this number lower bounds of {pools} rise or upper ones fall, so "
    "that not all that is allowed at {tight} is allowed at {loose}.",
)
OTHER = Text(
    "排在它前面的目标、公式测算数和上下限都没有说明原因，须比较这两个取值的结果。",
    "neither the objectives before it nor formulas nor bounds tell why; compare the results of both values.",
)


JUMP = 10.0  # times the value before, or times what is as good as none
JUMPS = Text(
    "{target}由 {loose} 收紧到 {tight}，“{tier}”由 {before} 变为 {after}；与公式测算数之比变动最大的是{moved}。",
    "Where {target} is tightened from {loose} to {tight}, “{tier}” goes from {before} to {after}; what moves most "
    "against its formula: {moved}.",
)
MOVED = Text("{city}的{pool}（{before} → {after} {unit}，公式测算数 {formula}）",
             "{pool} of {city} ({before} → {after} {unit}, formula {formula})")  # fmt: skip
MOST_MOVED = 3


class Reference(NamedTuple):
    """What one step measures by and comes to, of every allocation [n, R]; published is NaN without an allocation."""

    benchmark: Floats
    lower: Floats
    upper: Floats
    published: Floats


def reference(derived: Derived, result: Result | None) -> Reference:
    """What an instance measures by, and its result; None: it was refused."""
    published: Floats = np.full((len(derived.cities), len(derived.pools)), np.nan)
    if result is not None and result.has_solution:
        table = result.tables["allocation"].pivot(index="city", columns="pool", values="published")
        published = table.loc[list(derived.cities), list(derived.pools)].to_numpy(dtype=float)
    of = (derived.benchmark, derived.lower, derived.upper, published)
    return Reference(*map(np.asarray, of))


def now(instance: Instance, targets: Sequence[str], wheres: Sequence[str]) -> tuple[float | None, ...]:
    """The value of each number as it is; None where rows that have others are meant, or none."""
    known = {each.target: each.value for each in parameters(instance)}
    pairs = zip(targets, wheres, strict=True)
    return tuple(known[target] if target in known and not where else _of_rows(instance, target, where)
                 for target, where in pairs)  # fmt: skip


def _of_rows(instance: Instance, target: str, where: str) -> float | None:
    """The number of all rows of a table that a condition selects, where they have one; otherwise None."""
    table, _, column = target.partition(".")
    if table not in TABLES or column not in instance.tables[table]:
        return None
    rows = parse(where).evaluate(WhereColumns(TABLES[table], taken_apart(instance)))
    values = instance.tables[table][column].to_numpy()[rows]
    numbers = {float(each) for each in values if isinstance(each, float | int)}
    return numbers.pop() if len(numbers) == 1 and not any(map(math.isnan, numbers)) else None


def now_said(variation: Variation, language: str) -> list[str]:
    """A sentence with the values as they are."""
    given = list(zip(variation.axes(language), variation.now, strict=False))
    items = [f"{title} {figure(value)}" for title, value in given if value is not None]
    names = [name for name in ("value", "second") if name in variation.tiers]
    marked = any(value in set(variation.tiers[name]) for name, value in zip(names, variation.now, strict=False))
    said = NOW if marked else NOW_OUTSIDE
    return [said.said(language, items=("，" if language == "zh" else ", ").join(items))] if items else []


def turned_said(variation: Variation, language: str) -> list[str]:
    """Where a tier is better under a tighter rule, and why; each pair of values once."""
    found: dict[str, None] = {}
    known = catalogue_for(variation.instance.settings)
    for axis, tight, loose, at in _pairs(variation):
        turns = []
        for tier in (name for name in variation.tiers["tier"].unique() if name):
            y, sign = curve(variation, tier)["y"], 1.0 if tier in variation.maximised else -1.0
            if tight in y.index and loose in y.index:
                change, size = sign * float(y[tight] - y[loose]), float(y.abs().max())
                turns.append(Turned(known.tiers[tier].title.said(language), change, size))
        slots = {"tight": figure(at[0]), "loose": figure(at[1]), "target": variation.axes(language)[axis]}
        both = variation.references[tight], variation.references[loose]
        found |= dict.fromkeys(said_of_turns(turns, *both, variation.instance, slots, language))
    return list(found)


class Turned(NamedTuple):
    """A tier under the tighter of two rules: its title, how much better it is there than under the looser, negative
    where it is worse, and its size."""

    title: str
    better: float
    size: float


def said_of_turns(
    turns: Sequence[Turned], tight: Reference, loose: Reference, instance: Instance, slots: Mapping[str, str],
    language: str,
) -> list[str]:  # fmt: skip
    """Of each tier that is better under the tighter rule, that it is and why.

    Args:
        turns: the tiers in their order.
        tight, loose: what the results under both rules measure by.
        instance: of either, for the titles of pools.
        slots: what both rules are called: target, tight, loose.
        language: ``zh`` or ``en``.
    """
    said, worse = [], ""
    titles = instance.tables["pools"].set_index("pool")[f"title_{language}"]
    for title, better, size in turns:
        if better > TURNED * size:
            why, pools = (EARLIER, []) if worse else _why(tight, loose, sorted(titles.index))
            named = ("、" if language == "zh" else ", ").join(str(titles[pool]) for pool in pools)
            first = TIGHTER.said(language, tier=title, **slots)
            said.append(first + why.said(language, earlier=worse, pools=named, **slots))
        elif better < -TURNED * size:
            worse = worse or title
    return said


def jumps_said(variation: Variation, language: str) -> list[str]:
    """Where a tier is many times worse from one value to the next tighter one, and what moved most between them."""
    known, found = catalogue_for(variation.instance.settings), []
    for axis, tight, loose, at in _pairs(variation):
        for tier in (name for name in variation.tiers["tier"].unique() if name and name not in variation.maximised):
            y = curve(variation, tier)["y"]
            if not {tight, loose} <= set(y.index) or y[tight] <= JUMP * max(y[loose], AS_GOOD_AS_NONE):
                continue
            if moved := _moved(variation, tight, loose, language):
                found.append(JUMPS.said(
                    language, target=variation.axes(language)[axis], tight=figure(at[0]), loose=figure(at[1]),
                    tier=known.tiers[tier].title.said(language), before=three(y[loose]), after=three(y[tight]),
                    moved=moved,
                ))  # fmt: skip
    return found


def _moved(variation: Variation, tight: int, loose: int, language: str) -> str:
    """The allocations whose multiple of the formula changes most; "" where none does."""
    one, other = variation.references[tight], variation.references[loose]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(np.nan_to_num(one.published / one.benchmark - other.published / other.benchmark, posinf=0))
    tables = variation.instance.tables
    pools, names = tables["pools"].sort_values("pool").to_dict("records"), names_of(tables)
    codes = sorted(tables["cities"]["city"].tolist())
    said = []
    for at in np.argsort(-change, axis=None, kind="stable")[:MOST_MOVED]:
        city, pool = divmod(int(at), change.shape[1])
        if change[city, pool] > AT_BOUND:
            row = pools[pool]
            figures = [one.published, other.published, one.benchmark]
            after, before, formula = (three(float(each[city, pool])) for each in figures)
            said.append(MOVED.said(
                language, city=names[codes[city]].said(language), pool=row[f"title_{language}"], before=before,
                after=after, unit=unit_title(KIND_UNITS[row["kind"]], language), formula=formula,
            ))  # fmt: skip
    return ("、" if language == "zh" else "; ").join(said)


def _why(one: Reference, other: Reference, pools: Sequence[str]) -> tuple[Text, list[str]]:
    """What else a number moves from a tight value to a loose one, and of which pools."""

    def of(changed: Any) -> list[str]:
        return [pool for pool, any_of in zip(pools, changed.any(axis=0), strict=True) if any_of]

    size = AT_BOUND * np.maximum(1.0, np.abs(np.nan_to_num(one.benchmark)))
    if formula := of(np.abs(np.nan_to_num(one.benchmark) - np.nan_to_num(other.benchmark)) > size):
        return FORMULA, formula
    bounds = of((other.lower > one.lower + size) | (other.upper < one.upper - size))
    return (BOUNDS, bounds) if bounds else (OTHER, [])


def _pairs(variation: Variation) -> Iterator[tuple[int, int, int, tuple[float, float]]]:
    """Neighbouring values of one number, the other as it is: which number, the tighter and the looser step, and both
    values; of numbers that loosen their rule in one direction alone."""
    numbers = catalogue_for(variation.instance.settings).numbers
    points = variation.tiers.drop_duplicates("step")
    names = ["value", *(["second"] if variation.second else [])]
    if len(variation.references) < len(points):
        return
    for axis, (name, target) in enumerate(zip(names, (variation.target, variation.second), strict=False)):
        ways = {way for turn in numbers[target].turns for way in turn.ways} if target in numbers else set()
        if (RAISE in ways) == (LOWER in ways):
            continue
        others = [each for each in names if each != name]
        for _, rows in points.groupby(others) if others else [((), points)]:
            ordered = rows.sort_values(name)
            steps, values = ordered["step"].tolist(), ordered[name].tolist()
            for at in range(len(steps) - 1):
                low, high = (steps[at], values[at]), (steps[at + 1], values[at + 1])
                tight, loose = (low, high) if RAISE in ways else (high, low)
                yield axis, int(tight[0]), int(loose[0]), (float(tight[1]), float(loose[1]))
