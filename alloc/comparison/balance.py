"""Who pays and who gains, pool by pool: what an edit moves between cities, in numbers that add up and one sentence.

Whatever one city gains another pays, or less is left over: the moves of a pool sum to the change of what is given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alloc.comparison.amounts import QUANTUM_DUST
from alloc.comparison.merged import Merged
from alloc.comparison.tiers import OTHER_KIND, UNDECIDED
from alloc.content.figures import number, percent, shown_unit
from alloc.content.places import NAMED, cities_said, city_said, so_many
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.registry import catalogue_for
from alloc.instance.divisions.codes import short_city
from alloc.instance.frames import records
from alloc.instance.schema.classes import CLASS_TITLES, size_class
from alloc.result.given import Given
from alloc.result.result import Result
from alloc.text import Text, behind_number, listed
from alloc.tolerances import ROUNDOFF

SHOWN = 0.005  # of less than this in the unit that is shown, no more and no less is given out
Moves = tuple[tuple[str, float], ...]
Floats = NDArray[np.float64]
NOTHING = Text("没有城市的分配数变动。", "No city's allocation changes.")
GIVEN = Text(
    "{pool}：{payers}让出 {amount}，由{gainers}得到。",
    "{pool}: {amount} given up by {payers}, received by {gainers}.",
)
MORE = Text(
    "{pool}：{payers}减少 {down}，{gainers}增加 {up}，合计{more} {rest}。",
    "{pool}: {down} less in {payers}, {up} more in {gainers}; {rest} {more} in all.",
)
ONLY_LESS = Text("{pool}：{payers}减少 {down}，没有城市增加。", "{pool}: {down} less in {payers}, and more in none.")
ONLY_MORE = Text("{pool}：{gainers}增加 {up}，没有城市减少。", "{pool}: {up} more in {gainers}, and less in none.")
WORSE = Text("变差的目标：{tiers}。", "Tiers that become worse: {tiers}.")
NO_WORSE = Text("没有目标变差。", "No tier becomes worse.")
BETTER = Text("{worse}变好的首个目标：{tier}。", "{worse} The first tier that becomes better: {tier}.")
NOT_SURE = Text("没有能断定变差的目标。", "No tier is certain to become worse.")
SURE = Text("{worse}能断定变好的首个目标：{tier}。", "{worse} The first tier that is certain to become better: {tier}.")
UNLIKE = Text(
    "一方是松弛解，另一方是整座设施：有变化的目标，好坏不能断定。",
    "One is a relaxation and the other has whole facilities: no tier that changes can be called better or worse.",
)
SAME = Text("没有城市变动的：{names}。", "Without a change in any city: {names}.")
EACH = Text("{cities}，每市{way} {span}{whole}", "{cities}, {span} {way} each{whole}")
ONE = Text("{cities}，{way} {span}", "{cities}, {span} {way}")
ALL_OF = Text("（均为{title}）", " (all {title})")


@dataclass(frozen=True)
class Balance:
    """What of one pool moves between two results; all of it together sums to the change of what is given out.

    Attributes:
        pool, title, kind: of the pool.
        unit: of the amounts: ``ha`` or ``10⁴ yuan``.
        pays: city and change (negative), the largest first; by more than one quantum, as all that moves.
        gains: city and change (positive), the largest first.
        rounding: sum of the changes of one quantum or less, which are no gain and no loss.
        payers, gainers: these cities in a sentence: a few by their names, of more how many.
        pays_note, gains_note: the same, and by how much each of what it had; empty where there is none.
    """

    pool: str
    title: Text
    kind: str
    unit: str
    pays: Moves
    gains: Moves
    rounding: float
    payers: Text
    gainers: Text
    pays_note: Text
    gains_note: Text

    @cached_property
    def paid(self) -> float:
        """Sum of what is paid, positive."""
        return 0.0 - sum(amount for _, amount in self.pays)

    @cached_property
    def gained(self) -> float:
        """Sum of what is gained."""
        return sum(amount for _, amount in self.gains)

    @property
    def given(self) -> float:
        """By how much more is given out in all; 0 where it is no more than arithmetic."""
        change = self.gained - self.paid + self.rounding
        return change if abs(change) > ROUNDOFF * max(1.0, self.gained, self.paid) else 0.0

    def sentence(self) -> Text:
        """Who pays and who gains, in one sentence."""
        unit = shown_unit(self.unit, max(self.paid, self.gained))
        amounts = {
            name: Text(*(f"{number(value / unit.size, 0 if value / unit.size >= 1000 else 2)} {behind_number(named)}"
                         for named in (unit.zh, unit.en)))
            for name, value in (("down", self.paid), ("up", self.gained), ("rest", abs(self.given)))
        }  # fmt: skip
        filled = {"pool": self.title, "payers": self.payers, "gainers": self.gainers, **amounts}
        if not (self.pays and self.gains):
            return (ONLY_LESS if self.pays else ONLY_MORE).fill(**filled)
        if abs(self.given / unit.size) < SHOWN:
            after = "" if len(self.gains) <= NAMED else " "  # a number stands apart in Chinese, a name does not
            filled["gainers"] = Text(f"{after}{self.gainers.zh}", self.gainers.en)
            return GIVEN.fill(amount=amounts["down"], **filled)
        more = Text("多下达", "more given out") if self.given > 0 else Text("少下达", "less given out")
        return MORE.fill(more=more, **filled)


def balances(base: Result, other: Result) -> tuple[Balance, ...]:
    """What moves, pool by pool, the pools of the base in its order; none where no city moves by more than a quantum.

    Args:
        base: the result before.
        other: the result after, of an instance with the same pools; a city or pool that one does not have gets nothing
            there.
    """
    cities, before, after = _beside(base, other)
    classes = classes_of(base)
    kinds = np.array([classes.get(city, "") for city in cities], dtype=object)
    found = []
    for row in records(base.instance.tables["pools"], "pool", "kind", "title_zh", "title_en", "quantum"):
        pool, least = row["pool"], QUANTUM_DUST * row["quantum"]
        old = before.get(pool, np.zeros(len(cities)))
        moved = after.get(pool, np.zeros(len(cities))) - old
        order = np.argsort(moved, kind="stable")
        order = order[np.abs(moved[order]) > least]
        if not len(order):
            continue
        less, more = order[moved[order] < 0], order[moved[order] > 0][::-1]
        pays, gains = (tuple(zip([cities[at] for at in each.tolist()], moved[each].tolist(), strict=True))
                       for each in (less, more))  # fmt: skip
        who = [_said([city for city, _ in each], (base, other)) for each in (pays, gains)]
        notes = (_note(named, moved[each], old[each], kinds[each], way) for named, each, way in (
            (who[0], less, Text("减少", "less")), (who[1], more, Text("增加", "more"))
        ))  # fmt: skip
        title = Text(row["title_zh"], row["title_en"])
        unit, rounding = KIND_UNITS[row["kind"]], float(moved.sum() - moved[order].sum())
        found.append(Balance(pool, title, row["kind"], unit, pays, gains, rounding, *who, *notes))
    return tuple(found)


def foremost(found: Sequence[Balance], result: Result) -> Balance:
    """Of what moves the pool that moves most, for what a result gives out of it; `found` is not empty."""
    given = result.given.sums
    return max(found, key=lambda each: max(each.paid, each.gained) / max(1.0, given.get(each.pool, 0.0)))


def classes_of(result: Result) -> dict[str, str]:
    """City -> its size class."""
    return result.instance.once("cities", "size classes", lambda table: dict(
        zip(table["city"], size_class(table["size_population"].to_numpy(dtype=float)), strict=True)
    ))  # fmt: skip


def _names_of(result: Result) -> dict[str, Text]:
    """City -> its short name."""
    return result.instance.once("cities", "short names", lambda table: {
        row["city"]: Text(short_city(row["name"]), city_said(row).en)
        for row in records(table, "city", "name", "name_en")
    })  # fmt: skip


def sentence(found: Sequence[Balance], tiers: Iterable[Mapping[str, Any]], other: Result) -> Text:
    """What an edit did: who pays and who gains of the pool that moves most, which tiers lose, and the first that gains.

    Of tiers of which that cannot be told nothing is said, but that what is told is what is certain.

    Args:
        found: of `balances`.
        tiers: rows of the table `tiers` of a comparison, in the order of the tiers.
        other: the result after.
    """
    said = NOTHING
    if found:
        said = foremost(found, other).sentence()
    named = catalogue_for(other.instance.settings).tiers
    rows = list(tiers)
    titles = {way: [named[row["tier"]].head for row in rows if row["verdict"] == way] for way in ("worse", "better")}
    doubt = [row["verdict"] in UNDECIDED for row in rows]
    first = next((at for at, row in enumerate(rows) if row["verdict"] == "better"), 0)
    if any(row["verdict"] == OTHER_KIND for row in rows):
        more = UNLIKE
    else:
        more = WORSE.fill(tiers=listed(titles["worse"])) if titles["worse"] else NOT_SURE if any(doubt) else NO_WORSE
        if titles["better"]:
            more = (SURE if any(doubt[:first]) else BETTER).fill(worse=more, tier=titles["better"][0])
    return Text(f"{said.zh}{more.zh}", f"{said.en[:1].upper()}{said.en[1:]} {more.en}")


def unchanged(base: Result, other: Result, found: Sequence[Balance]) -> Text:
    """What no city has more or less of: pools, persons who settle, capacity that is added, debt tiers."""
    moved = {each.pool for each in found}
    pools = records(base.instance.tables["pools"], "pool", "title_zh", "title_en")
    names = [Text(row["title_zh"], row["title_en"]) for row in pools if row["pool"] not in moved]
    for table, column, title in (
        ("people", "settle", Text("当年落户", "persons who settle")),
        ("services", "added", Text("新增服务能力", "added service capacity")),
        ("debt", "tier_after", Text("债务风险等级", "debt tiers")),
    ):
        one, two = (result.tables[table][column] for result in (base, other))
        same = one.equals(two) if one.dtype != float else len(one) == len(two) and (one - two).abs().max() < 0.5
        names += [title] if same else []
    return SAME.fill(names=listed(names)) if names else Text("", "")


def _said(codes: Sequence[str], results: Sequence[Result]) -> Text:
    """Some cities in a sentence."""
    if not 0 < len(codes) <= NAMED:
        return so_many(len(codes))
    names = [next(known[code] for each in results if code in (known := _names_of(each))) for code in codes]
    return Text(*(cities_said([name.said(language) for name in names], language) for language in ("zh", "en")))


def _note(count: Text, moved: Floats, had: Floats, kinds: NDArray[np.object_], way: Text) -> Text:
    """Which cities move, by which share of what they had, and of which size class if all are of one."""
    if not len(moved):
        return Text("", "")
    if not (had > 0).all():
        return count
    shares = np.abs(moved) / had
    low, high = (percent(float(each), 1 if shares.max() < 0.1 else 0) for each in (shares.min(), shares.max()))
    span = high if low == high else f"{low.removesuffix(' %')}–{high}"
    if len(moved) == 1:
        return ONE.fill(cities=count, way=way, span=span)
    title = CLASS_TITLES.get(kinds[0]) if (kinds == kinds[0]).all() else None
    whole = ALL_OF.fill(title=title) if title is not None else Text("", "")
    return EACH.fill(cities=count, way=way, span=span, whole=whole)


def _beside(base: Result, other: Result) -> tuple[tuple[str, ...], dict[str, Floats], dict[str, Floats]]:
    """Codes of cities, and of both results pool -> published amounts in the order of these; 0 for who is not there."""
    one, two = (Given.of(each.table("allocation")) if each.into else each.result.given
                for each in Merged.pair(base, other))  # fmt: skip
    if one.cities == two.cities:
        return one.cities, one.by_pool, two.by_pool
    cities = tuple(sorted({*one.cities, *two.cities}))
    place = {code: at for at, code in enumerate(cities)}
    made = []
    for given in (one, two):
        at = np.array([place[code] for code in given.cities], dtype=np.intp)
        whole = {pool: np.zeros(len(cities)) for pool in given.pools}
        for pool, amounts in given.by_pool.items():
            whole[pool][at] = amounts
        made.append(whole)
    return cities, made[0], made[1]
