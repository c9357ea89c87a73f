"""Who pays and who gains, pool by pool: what an edit moves between cities, in numbers that add up and one sentence.

Whatever one city gains another pays, or less is left over: the moves of a pool sum to the change of what is given out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from alloc.comparison.amounts import QUANTUM_DUST
from alloc.content.figures import number, percent, shown_unit
from alloc.formulation.registry import catalogue_for
from alloc.instance.schema.classes import CLASS_TITLES, size_class
from alloc.result.result import Result
from alloc.text import Text
from alloc.tolerances import ROUNDOFF

Moves = tuple[tuple[str, float], ...]
UNITS = {"land": "ha"}
NOTHING = Text("没有城市的分配数变动。", "No city's allocation changes.")
GIVEN = Text(
    "{pool}：{payers}让出 {amount}，由 {gainers}得到。",
    "{pool}: {amount} given up by {payers}, received by {gainers}.",
)
MORE = Text(
    "{pool}：{payers}减少 {down}，{gainers}增加 {up}，合计{more} {rest}。",
    "{pool}: {down} less in {payers}, {up} more in {gainers}; {rest} {more} in all.",
)
ONLY_LESS = Text("{pool}：{payers}减少 {down}，没有城市增加。", "{pool}: {down} less in {payers}, and more in none.")
ONLY_MORE = Text("{pool}：{gainers}增加 {up}，没有城市减少。", "{pool}: {up} more in {gainers}, and less in none.")
ALSO = Text("同时变动：{pools}。", "Also moved: {pools}.")
WORSE = Text("变差的目标：{tiers}。", "Tiers that become worse: {tiers}.")
BETTER = Text("变好的目标：{tiers}。", "Tiers that become better: {tiers}.")
NO_WORSE = Text("没有目标变差。", "No tier becomes worse.")
SAME = Text("没有城市变动的：{names}。", "Without a change in any city: {names}.")
EACH = Text("{cities}，每市{way} {span}{whole}", "{cities}, {span} {way} each{whole}")
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
        pays_note, gains_note: how many cities, and by how much each of what it had; empty where there is none.
    """

    pool: str
    title: Text
    kind: str
    unit: str
    pays: Moves
    gains: Moves
    rounding: float
    pays_note: Text
    gains_note: Text

    @property
    def paid(self) -> float:
        """Sum of what is paid, positive."""
        return 0.0 - sum(amount for _, amount in self.pays)

    @property
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
            name: Text(*(f"{number(value / unit.size, 0 if value / unit.size >= 1000 else 2)} {named}"
                         for named in (unit.zh, unit.en)))
            for name, value in (("down", self.paid), ("up", self.gained), ("rest", abs(self.given)))
        }  # fmt: skip
        filled = {"pool": self.title, "payers": cities(len(self.pays)), "gainers": cities(len(self.gains)), **amounts}
        if not (self.pays and self.gains):
            return (ONLY_LESS if self.pays else ONLY_MORE).fill(**filled)
        if self.given == 0:
            return GIVEN.fill(amount=amounts["down"], **filled)
        more = Text("多下达", "more given out") if self.given > 0 else Text("少下达", "less given out")
        return MORE.fill(more=more, **filled)


def cities(count: int) -> Text:
    """So many cities."""
    return Text(f"{number(count)} 个城市", f"{number(count)} {'city' if count == 1 else 'cities'}")


def balances(base: Result, other: Result) -> tuple[Balance, ...]:
    """What moves, pool by pool, the pools of the base in its order; none where no city moves by more than a quantum.

    Args:
        base: the result before.
        other: the result after, of an instance with the same pools; a city or pool that one does not have gets nothing
            there.
    """
    before, after = _published(base), _published(other)
    quantum: Mapping[object, float] = base.instance.tables["pools"].set_index("pool")["quantum"].to_dict()
    table = base.instance.tables["cities"]
    classes = dict(zip(table["city"], size_class(table["size_population"].to_numpy(dtype=float)), strict=True))
    found = []
    for row in base.instance.tables["pools"].to_dict("records"):
        pool = row["pool"]
        old, new = (each.get(pool, pd.Series(dtype=float)) for each in (before, after))
        moved = new.sub(old, fill_value=0.0)
        every = float(moved.sum())
        moved = moved[moved.abs() > QUANTUM_DUST * quantum[pool]].sort_values(kind="stable")
        if moved.empty:
            continue
        pays = tuple((str(city), float(amount)) for city, amount in moved[moved < 0].items())
        gains = tuple((str(city), float(amount)) for city, amount in moved[moved > 0][::-1].items())
        notes = (_note(each, old, classes, way) for each, way in (
            (pays, Text("减少", "less")), (gains, Text("增加", "more"))
        ))  # fmt: skip
        title = Text(row["title_zh"], row["title_en"])
        found.append(
            Balance(
                pool,
                title,
                row["kind"],
                UNITS.get(row["kind"], "10⁴ yuan"),
                pays,
                gains,
                every - float(moved.sum()),
                *notes,
            )
        )
    return tuple(found)


def sentence(found: Sequence[Balance], tiers: pd.DataFrame, other: Result) -> Text:
    """What an edit did, in a few words: who pays and who gains of the pool that moves most, what else moves, tiers.

    Args:
        found: of `balances`.
        tiers: table `tiers` of a comparison.
        other: the result after.
    """
    said = [NOTHING]
    if found:
        sizes = other.tables["allocation"].groupby("pool")["published"].sum().to_dict()
        first = max(found, key=lambda each: max(each.paid, each.gained) / max(1.0, sizes.get(each.pool, 0.0)))
        said = [first.sentence()]
        rest = [each.title for each in found if each is not first]
        if rest:
            said.append(ALSO.fill(pools=listed(rest)))
    named = catalogue_for(other.instance.settings).tiers
    titles = {verdict: [named[row["tier"]].title for row in tiers.to_dict("records") if row["verdict"] == verdict]
              for verdict in ("worse", "better")}  # fmt: skip
    said.append(WORSE.fill(tiers=listed(titles["worse"])) if titles["worse"] else NO_WORSE)
    if titles["better"]:
        said.append(BETTER.fill(tiers=listed(titles["better"])))
    return Text("".join(each.zh for each in said), " ".join(each.en for each in said))


def unchanged(base: Result, other: Result, found: Sequence[Balance]) -> Text:
    """What no city has more or less of: pools, persons who settle, capacity that is added, debt tiers."""
    moved = {each.pool for each in found}
    pools = base.instance.tables["pools"].to_dict("records")
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


def listed(names: Sequence[Text]) -> Text:
    """Names one after the other."""
    return Text("、".join(each.zh for each in names), ", ".join(each.en for each in names))


def _note(moves: Moves, before: pd.Series, classes: Mapping[str, str], way: Text) -> Text:
    """How many cities move, by which share of what they had, and of which size class if all are of one."""
    if not moves:
        return Text("", "")
    count, had = cities(len(moves)), before.to_dict()
    shares = [abs(amount) / had[city] for city, amount in moves if had.get(city, 0.0) > 0]
    if len(shares) < len(moves):
        return count
    low, high = (percent(each, 1 if max(shares) < 0.1 else 0) for each in (min(shares), max(shares)))
    span = high if low == high else f"{low.removesuffix(' %')}–{high}"
    kinds = {classes.get(city, "") for city, _ in moves}
    title = CLASS_TITLES.get(next(iter(kinds))) if len(kinds) == 1 else None
    whole = ALL_OF.fill(title=title) if title is not None and len(moves) > 1 else Text("", "")
    return EACH.fill(cities=count, way=way, span=span, whole=whole)


def _published(result: Result) -> dict[str, pd.Series]:
    """Pool -> published amounts by city."""
    table = result.tables["allocation"]
    return {str(pool): rows.set_index("city")["published"] for pool, rows in table.groupby("pool", sort=False)}
