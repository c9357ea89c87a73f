"""What a verified result says, for the middle and the right of the page: pools, tiers, services, what holds it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from alloc.comparison.tiers import NOISE
from alloc.content.figures import Unit, decimals_for, gap_of, number, shown_unit, tier_unit
from alloc.content.places import PROVINCES, short_province, so_many
from alloc.explanation.shared.kept import retained
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.optional.issued import shared_out
from alloc.instance.frames import places, records, texts
from alloc.instance.instance import Instance
from alloc.report.view import significant
from alloc.result.frames.bounds import BoundThatBinds
from alloc.result.frames.standing import binding_counts
from alloc.result.result import Result
from alloc.result.summary import status_line
from alloc.solver.model.status import open_gap
from alloc.text import Text, behind_number, listed
from alloc.tolerances import PROVEN_GAP, QUANTUM_NOISE
from alloc.workbench.models import Binding, Coverage, Largest, Moved, Pool, Tier, Words
from alloc.workbench.picture.effect import TierMoves
from alloc.workbench.picture.rules import in_order, kinds_of, words

LARGEST = 5
OPTIMAL = Text("最优", "optimal")
LESS = {  # what later objectives may take of it, by which values are better
    "higher": Text("≥ 最优 − {tolerance}", "≥ optimal − {tolerance}"),
    "lower": Text("≤ 最优 + {tolerance}", "≤ optimal + {tolerance}"),
}
OPEN, LEFT = Text("未证明", "not proven"), Text("未优化", "not optimised")
MOVED = {
    "better": Text("变好", "better"),
    "worse": Text("变差", "worse"),
    "within_gap": Text("在差距内", "within the gap"),
    "within_tolerance": Text("在允许让步内", "within its tolerance"),
}
SCORES = Text("平均得分 {before} → {after}。", "Mean score {before} → {after}.")
WHOLE = Text("/ {of} 个城市", "/ {of} cities"), Text("/ {of} 处", "/ {of} rows")
LAST = Text("{title}：比上年增减最多", "{title}: largest changes against last year")
GIVEN_OUT = Text("{n} 个资源池全部分完", "All {n} pools are given out")
SOME = Text("{n} 个资源池中 {m} 个分完", "{m} of {n} pools are given out")
SETTLE = Text("{said}；当年落户 {settle} 人。", "{said}; {settle} persons settle this year.")
HELD = Text("{said}起约束作用的主要是：{names}。", "{said} What holds it back most: {names}.")


def both(say: Any) -> Words:
    """What an engine's function says in either language."""
    return Words(zh=say("zh"), en=say("en"))


def shown_tier(value: float, unit_name: str) -> Words:
    """The value of a tier, short enough for a narrow place: persons in 10⁴ from 10⁵ up."""
    unit, decimals = tier_unit(unit_name, value)
    if unit_name == "persons" and abs(value) >= 1e5:
        return Words(zh=f"{number(value / 1e4, 1)} 万人", en=f"{number(value / 1e6, 3)} million")
    return words(_with_unit(number(value / unit.size, decimals), unit))


def shown_gap(entry: Mapping[str, Any], unit_name: str) -> Words | None:
    """How far a tier may be from its bound, as `alloc solve` tells it; None where no bound is known.

    Args:
        entry: value, bound, gap, size and tolerance, as of the manifest.
        unit_name: of the tier.
    """
    if entry["gap"] is None:
        return None
    unit, decimals = tier_unit(unit_name, entry["value"])
    gap = gap_of(entry, unit.size, decimals)
    if gap.percent:
        return Words(zh=(text := f"{number(gap.value, 2)} %"), en=text)
    return words(_with_unit(number(gap.value, gap.decimals), unit))


def _with_unit(text: str, unit: Unit) -> Text:
    """A number with its unit, where it has one."""
    return Text(f"{text} {unit.zh}".strip(), f"{text} {behind_number(unit.en)}".strip())


def pools(result: Result, base: Instance) -> list[Pool]:
    """Total, reserve, what is given out and what is left of every pool, in the unit that its total has in the base."""
    totals = {row["pool"]: row["total"] for row in in_order(base)}
    given = result.given.sums
    parts = shared_out(result.instance.tables["pools"], result.instance.settings.stage)
    kept, found = retained(result), []
    for row in in_order(result.instance):
        unit = shown_unit(KIND_UNITS[row["kind"]], totals.get(row["pool"], row["total"]))
        available = row["total"] * (1 - row["reserve"]) * parts[row["pool"]]
        amount = given[row["pool"]]
        left = available - kept.get(row["pool"], 0.0) - amount
        found.append(Pool(
            id=row["pool"], title=words(Text(row["title_zh"], row["title_en"])), kind=row["kind"],
            unit=Words(zh=unit.zh, en=unit.en), size=unit.size, decimals=decimals_for(row["total"] / unit.size),
            total=row["total"], reserve=row["reserve"], available=available, given=amount,
            left=0.0 if abs(left) < (1.0 - QUANTUM_NOISE) * row["quantum"] else left,  # nobody could be given it
        ))  # fmt: skip
    return found


def tiers(result: Result, moves: TierMoves | None) -> list[Tier]:
    """Every objective with its value and how far it is proven; against a base also how it moved.

    Args:
        result: what is shown.
        moves: rows of the table `tiers` of a comparison with the base; None where there is none.
    """
    named = catalogue_for(result.instance.settings).tiers
    rows = {} if moves is None else {row["tier"]: row for row in moves}
    found = []
    for place, entry in enumerate(result.manifest["tiers"], 1):
        about = named[entry["tier"]]
        unit = tier_unit(about.unit, entry["value"])[0]
        row = rows.get(entry["tier"])
        moved = None
        if row is not None and row["verdict"] in MOVED:
            arrow = "▲" if row["change"] > 0 else "▼"
            by, how = _with_unit(significant(abs(row["change"]) / unit.size, 2), unit), MOVED[row["verdict"]]
            better = None if row["verdict"] in NOISE else row["verdict"] == "better"
            said = Text(f"{arrow} {by.zh} {how.zh}", f"{arrow} {by.en} {how.en}") if better is not None else how
            moved = Moved(words=words(said), better=better)
        found.append(Tier(
            id=entry["tier"], number=place, title=words(about.head), value=shown_tier(entry["value"], about.unit),
            state=words(tier_state(entry, about.better, result.instance.settings.gap)), raw=entry["value"], moved=moved,
            unchanged=row is not None and row["verdict"] == "same",
        ))  # fmt: skip
    return found


def tier_state(entry: Any, better: str, gap: float) -> Text:
    """How far an entry of the manifest is proven.

    Args:
        entry: of a tier.
        better: ``higher`` or ``lower`` values of it.
        gap: up to which a value counts as proven, a share of its size.
    """
    if not entry["optimised"]:
        return LEFT
    left = open_gap(entry["gap"], entry["tolerance"], entry["size"])
    if left is None or left > max(gap, PROVEN_GAP):
        return OPEN
    return OPTIMAL if entry["tolerance"] is None else LESS[better].fill(tolerance=f"{entry['tolerance']:g}")


def coverage(result: Result) -> tuple[list[Coverage], Words]:
    """Coverage of every service before the year and what it adds, the mean over residents; and the mean score."""
    people = result.tables["people"]
    weight = people["residents"].to_numpy(dtype=float) / people["residents"].sum()
    table = result.tables["services"]
    service, of = texts(table, "service"), weight[places(table["city"], people["city"])]
    coverages = [table[name].to_numpy(dtype=float) for name in ("coverage_before", "coverage")]
    found = []
    for row in records(result.instance.tables["services"], "service", "title_zh", "title_en"):
        rows = service == row["service"]
        before, after = (float(column[rows] @ of[rows]) for column in coverages)
        title = words(Text(row["title_zh"], row["title_en"]))
        found.append(Coverage(id=row["service"], title=title, before=round(before, 6), added=round(after - before, 6)))
    before, after = (float(people[name].to_numpy() @ weight) for name in ("score_before", "score"))
    return found, words(SCORES.fill(before=number(before, 4), after=number(after, 4)))


def binding(result: Result, bounds: Sequence[BoundThatBinds]) -> list[Binding]:
    """The rules that hold something back: those that hold most of their rows first, those that always hold last.

    Args:
        result: with an allocation.
        bounds: of it at which cities stand.
    """
    catalogue = catalogue_for(result.instance.settings)
    known, size = catalogue.families, len(result.instance.tables["cities"])
    found: list[Binding] = []
    rows = result.tables["families"]["rows"].tolist()
    for (family, count), of in zip(binding_counts(result).items(), rows, strict=True):
        about = known[family]
        if not about.restrains or not count:
            continue
        whole = WHOLE[of != size].fill(of=number(of))
        found.append(Binding(
            family=family, title=words(about.title), count=int(count), of=int(of),
            of_words=words(whole), words=words(about.binds.fill(count=number(count))),
            by_city=not about.shared or about.name == catalogue.limiting,
        ))  # fmt: skip
    for bound in bounds:
        found.append(Binding(
            family=bound.name, title=words(bound.title), count=len(bound.cities), of=bound.of,
            of_words=words(WHOLE[True].fill(of=number(bound.of))), words=words(bound.words), by_city=True,
        ))  # fmt: skip
    return sorted(found, key=lambda each: -each.count / each.of if each.count < each.of else 0.0)


def largest(result: Result) -> list[Largest]:
    """The largest gains and losses of land and of transfers against last year, where that is known."""
    given, kinds = result.given, kinds_of(result.instance)
    found = []
    for name, title in (("land", Text("新增建设用地", "New land")), ("transfer", Text("转移支付", "Transfers"))):
        rows = given.of_kind(kinds, name) & ~np.isnan(given.last_year)
        if not rows.any():
            continue
        here, which = np.unique(given.city[rows], return_inverse=True)
        sums, codes = np.bincount(which, given.published[rows] - given.last_year[rows]), np.array(given.cities)[here]
        order = np.lexsort((codes, sums))
        change = list(zip(codes[order].tolist(), sums[order].tolist(), strict=True))
        top = max(abs(change[0][1]), abs(change[-1][1]))
        unit = shown_unit(KIND_UNITS[name], top)
        gains = [each for each in change[::-1] if each[1] > 0][:LARGEST]
        losses = [each for each in change if each[1] < 0][:LARGEST]
        found.append(Largest(
            title=words(LAST.fill(title=title)), unit=Words(zh=unit.zh, en=unit.en), size=unit.size,
            decimals=0 if top / unit.size >= 100 else 1, gains=gains, losses=losses,
        ))  # fmt: skip
    return found


def sentence(result: Result, of: list[Pool], held: list[Binding]) -> Words:
    """The result in one sentence: what is given out, how many settle, what holds it back."""
    out = sum(pool.left == 0 for pool in of)
    said = GIVEN_OUT.fill(n=len(of)) if out == len(of) else SOME.fill(n=len(of), m=out)
    settle = number(float(np.nansum(result.tables["people"]["settle"].to_numpy())))
    said = SETTLE.fill(said=said, settle=settle)
    families = catalogue_for(result.instance.settings).families
    shared = {name for name, family in families.items() if family.shared}
    names = [Text(each.title.zh, each.title.en) for each in held if each.family not in shared and each.count < each.of]
    return words(HELD.fill(said=said, names=listed(names[:2])) if names else said)


def detail(result: Result) -> Words:
    """Why the solver stopped, how good the point is, and how many checks passed."""
    return both(lambda language: status_line(result, language))


def place(instance: Instance) -> Words:
    """The one province in which all cities lie; empty where they lie in several, or nothing is said of that."""
    known = set(zip(*(texts(instance.tables["cities"], name) for name in ("province", "province_name")), strict=True))
    if len(known) != 1 or not (name := str(next(iter(known))[1])):
        return Words(zh="", en="")
    return Words(zh=short_province(name), en=PROVINCES.get(str(next(iter(known))[0]), name))


def cities_word(instance: Instance) -> Words:
    """Where they lie, if that is one province; how many cities, and the year."""
    year, count, where = instance.settings.year, so_many(len(instance.tables["cities"])), place(instance)
    before = {"zh": f"{where.zh} · " if where.zh else "", "en": f"{where.en} · " if where.en else ""}
    return Words(zh=f"{before['zh']}{count.zh} · {year} 年", en=f"{before['en']}{count.en} · year {year}")
