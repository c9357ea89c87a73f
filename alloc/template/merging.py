"""The verb ``merge``: results of provinces put together to one of the nation, verified by the nation's own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from alloc import writing
from alloc.arguments import checked
from alloc.content.blocks import Amount, Row, Table
from alloc.content.checks import check_title
from alloc.content.figures import tier_unit
from alloc.content.places import province
from alloc.content.tables import table
from alloc.explanation.shared.answer import AskError, Writable
from alloc.explanation.shared.point import decided
from alloc.formulation.registry import catalogue, catalogue_for
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.instance.schema.optional.links import LINKS
from alloc.result.result import Result, of_solution
from alloc.result.store import UnverifiedError, load_result, trusted, write
from alloc.solver.model.status import Stopped
from alloc.solver.solution import put_together
from alloc.text import Text
from alloc.tolerances import ROUNDOFF
from alloc.verification import Failure
from alloc.writing import Written, kinds

OWN = ("corridor_down", "corridor_up")  # of a pool: around the formula, which in a province is its own
TITLE = Text("各省结果合并", "Results of provinces put together")
SAID = Text(
    "由 {parts} 个分省结果合并为 {cities} 个城市的方案，用全国规则核验，{checks} 项全部通过。"
    "上下浮动按各省自己的公式，全国的公式浮动不再检查。",
    "Put together from results of provinces ({parts}): a plan of {cities} cities, verified by the nation's rules; all "
    "{checks} checks passed. Corridors are those of each province's own formula, so that those of the national one "
    "are not asked for.",
)
PRICE = Text(
    "下表为分省决定的代价：合并方案与全国统一求解的各级目标之差。排在前面的目标较差时，后面的目标可以较好。",
    "What deciding below costs: every tier of the plan beside that of the national result. Where an earlier tier is "
    "worse, a later one can be better.",
)
ROUNDED = Text(
    "全国重新取整，{count} 个数与分省公布的不同，至多相差 {quanta:g} 个最小分配单位。",
    "The nation is rounded anew: {count} {count:|number differs|numbers differ} from what the provinces published, by "
    "{quanta:g} quanta at most.",
)
TWICE = Text("城市 {cities} 在不止一个结果中。", "Cities {cities} are in more than one result.")
MISSING = Text("缺少以下省份的结果：{cities}。", "There is no result with the cities of these provinces: {cities}.")
STRANGE = Text("全国算例中没有城市 {cities}。", "The national instance has no cities {cities}.")
OTHERS = Text(
    "{name} 的 {what} 与全国算例不同：合并的是同一套{what}。",
    "{name} has other {what} than the national instance; results of the same {what} can be put together.",
)
DATA = Text(
    "{name} 中 {city} 的 cities.{column} 是 {there}，全国算例是 {here}；请用同样的数据。",
    "In {name} cities.{column} of {city} is {there}, in the national instance {here}; use the same data.",
)
OTHER_RULES = Text(
    "{name} 是按其他规则求解的（{what} 与全国算例不同）；合并只适用于同一套规则。",
    "{name} was solved under other rules than the nation's ({what} differs); only plans under the same can be put "
    "together.",
)
NOT_SOLVED = Text(
    "{name} 本身由分省结果合并而成，没有求解，不能作为全国结果来对照。",
    "{name} is itself put together from provinces and was not solved; it is no national result to stand beside.",
)
GIVEN = Text(
    "；{part} 的“{pool}”合计 {has}，全国方案给它 {given}",
    "; {part} has {has} of {pool}, where the national plan gives it {given}",
)
NO_PLAN = Text("{name} 没有分配方案。", "{name} has no allocation.")
BROKEN = Text(
    "合并后的方案不满足全国规则，没有写出：{failures}{given}。请在相应省份修改后重新求解。",
    "The plan does not satisfy the nation's rules and was not written: {failures}{given}. Change what breaks them in "
    "its province and solve that again.",
)
NAMED = 5  # cities or failures in a message


@dataclass(frozen=True)
class Merged(Writable):
    """Results of provinces as one of the nation.

    Attributes:
        result: of the nation, verified; nothing was solved for it.
        nation: the result that it stands beside.
        parts: names of the results that it is made of.
        numbers: how many published numbers differ from those of the parts.
        quanta: by how many quanta at most.
        written: where it lies; None: nowhere.
    """

    TITLE: ClassVar[Text] = TITLE

    result: Result
    nation: Result
    parts: tuple[str, ...]
    numbers: int
    quanta: float
    written: Written | None = None

    @property
    def instance(self) -> Instance:
        """The national instance, with the corridors left out."""
        return self.result.instance

    def sentences(self, language: str) -> list[str]:
        """What was put together, and what it is.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            Sentences.
        """
        cities = f"{len(self.instance.tables['cities']):,}"
        checks = f"{self.result.manifest['verified']['checks']:,}"
        rounded = ROUNDED.fill(count=f"{self.numbers:,}", quanta=self.quanta)
        said = (SAID.fill(parts=len(self.parts), cities=cities, checks=checks), rounded, PRICE)
        return [each.said(language) for each in said]

    def tables(self, language: str) -> list[Table]:
        """Every tier of the plan beside that of the nation.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            One table.
        """
        named = catalogue_for(self.instance.settings).tiers
        rows: list[Row] = []
        for name, (nation, plan) in self._tiers().items():
            unit, decimals = tier_unit(named[name].unit, nation)
            amounts = (Amount(nation / unit.size, decimals), Amount(plan / unit.size, decimals),
                       Amount((plan - nation) / unit.size, decimals, sign=True))  # fmt: skip
            rows.append((named[name].title.said(language), *amounts, unit.said(language)))
        heads = [Text("目标", "tier"), Text("全国求解", "nation solved"), Text("各省合并", "provinces together"),
                 Text("相差", "difference"), Text("单位", "unit")]  # fmt: skip
        title = Text("各级目标", "Tiers").said(language)
        return [table("merged_tiers", title, [head.said(language) for head in heads], "lrrrl", rows)]

    def _tiers(self) -> dict[str, tuple[float, float]]:
        nation = {each["tier"]: each["value"] for each in self.nation.manifest["tiers"]}
        plan = {each["tier"]: each["value"] for each in self.result.manifest["tiers"]}
        return {name: (nation[name], plan[name]) for name in nation if name in plan}

    def record(self) -> dict[str, Any]:
        """For machines: every tier of both, in its own unit.

        Returns:
            Nested dictionaries and lists.
        """
        return {
            "question": "merge",
            "instance": {"name": self.instance.name, "hash": self.instance.hash},
            "parts": list(self.parts),
            "tiers": {name: {"nation": a, "merged": b} for name, (a, b) in self._tiers().items()},
            "numbers_that_differ": self.numbers,
            "quanta": self.quanta,
        }


@checked
def merge(nation: Result | Path | str, results: Sequence[Result | Path | str], out: Path | str | None = None) -> Merged:
    """Puts results of provinces together to a plan of the nation, and verifies it by the nation's own rules.

    Every city of the nation is in one of the results, with the data that the nation has of it. What the provinces have
    decided stays as it is, but for the last quantum: the nation is rounded anew. Nothing is solved.

    Args:
        nation: the national result, or its folder.
        results: of provinces, each a result or its folder.
        out: folder of the plan as a result; what stands there is renamed beside. None: it is not written.

    Returns:
        The plan, beside the national result.

    Raises:
        StoreError: a folder is not a whole result.
        UnverifiedError: the plan breaks a rule of the nation; with the first of what is broken.
        AskError: cities are missing or double, their data or the rules differ, or the nation was not solved.
        TargetError: `out` holds something else, or cannot be written.
    """
    given = (nation, *results)
    whole, *parts = (trusted(each) if isinstance(each, Result) else load_result(Path(each)) for each in given)
    if whole.status.stopped is Stopped.MERGED:
        raise AskError(NOT_SOLVED.fill(name=whole.name))
    if out is not None:
        writing.ready(Path(out), kinds.RESULT, [each for each in given if not isinstance(each, Result)])
    instance = _without_corridors(whole.instance)
    _fit(whole.instance, parts)
    derived = derive(instance)
    values = _together(parts, instance, derived)
    result = of_solution(instance, put_together(instance, derived, values, len(parts)))
    if not result.verified:
        found = () if result.verification is None else result.verification.failures
        raise UnverifiedError(BROKEN.fill(failures=_broken(instance, found), given=_given(whole, parts)))
    numbers, quanta = _rounding(result, parts)
    written = None if out is None else write(result, Path(out))
    return Merged(result, whole, tuple(each.name for each in parts), numbers, quanta, written)


def _broken(instance: Instance, failures: Sequence[Failure]) -> Text:
    """The first rules that the plan breaks, each by its title with where; of other failures what they are called."""
    known = catalogue(instance.formulation).families
    told = [each for each in failures if each.family in known][:NAMED] or list(failures)[:NAMED]
    named = [(check_title(each.family), each.key) for each in told]
    return Text(
        "、".join(f"{title.zh}（{key}）" for title, key in named),
        ", ".join(f"{title.en} ({key})" for title, key in named),
    )


def _given(nation: Result, parts: Sequence[Result]) -> Text:
    """Where a part has more or less of a pool that is given out whole than the nation's plan gives its cities."""
    pools: dict[Any, dict[Any, Any]] = {row["pool"]: row for row in nation.instance.tables["pools"].to_dict("records")}
    before = nation.tables["allocation"].set_index(["city", "pool"])["published"]
    zh = en = ""
    for part in parts:
        for pool, own in part.tables["allocation"].groupby("pool"):
            there = before.index.isin(list(zip(own["city"], own["pool"], strict=True)))
            given = float(before.to_numpy()[there].sum())
            has, row = float(own["published"].sum()), pools[pool]
            if bool(row["exhaust"]) and abs(has - given) > float(row["quantum"]):
                said = GIVEN.fill(part=part.name, pool=Text(str(row["title_zh"]), str(row["title_en"])),
                                  has=f"{has:,.10g}", given=f"{given:,.10g}")  # fmt: skip
                zh, en = zh + said.zh, en + said.en
    return Text(zh, en)


def _without_corridors(nation: Instance) -> Instance:
    """The nation without corridors around the formula; land that is linked to reuse as the nation has it."""
    pools, cities = nation.tables["pools"].copy(), nation.tables["cities"].copy()
    for name in OWN:
        pools[name] = np.nan
    cities["stock_base"] = derive(nation).stock_base
    return nation.changed(nation.settings, {**nation.tables, "pools": pools, "cities": cities})


def _fit(nation: Instance, parts: Sequence[Result]) -> None:
    """Every city once, the same services and pools, and the same data.

    Raises:
        AskError: something does not fit.
    """
    known = nation.tables["cities"].set_index("city")
    seen: list[str] = []
    for part in parts:
        if not part.has_solution:
            raise AskError(NO_PLAN.fill(name=part.name))
        for name, words in (("services", Text("公共服务", "services")), ("pools", Text("资源池", "pools"))):
            key = name[:-1]
            if set(part.instance.tables[name][key]) != set(nation.tables[name][key]):
                raise AskError(OTHERS.fill(name=part.name, what=words))
        seen += list(part.instance.tables["cities"]["city"])
    codes = pd.Index(seen)
    for words, wrong in ((TWICE, codes[codes.duplicated()]), (STRANGE, codes.difference(known.index)),
                         (MISSING, known.index.difference(codes))):  # fmt: skip
        if len(wrong) and words is MISSING:
            raise AskError(_missing(known.loc[wrong]))
        if len(wrong):
            more = "" if len(wrong) <= NAMED else ", …"
            raise AskError(words.fill(cities=", ".join(map(str, wrong[:NAMED])) + more))
    for part in parts:
        if part.instance.settings.policy != nation.settings.policy:
            raise AskError(OTHER_RULES.fill(name=part.name, what="policy"))
        if not _same(part.instance.tables["services"], nation.tables["services"], ["service"]):
            raise AskError(OTHER_RULES.fill(name=part.name, what="services.csv"))
        if not _same(part.instance.tables["capacity"], nation.tables["capacity"], ["city", "service"]):
            raise AskError(OTHER_RULES.fill(name=part.name, what="capacity.csv"))
    for part in parts:
        there = part.instance.tables["cities"].set_index("city")
        here = known.loc[there.index]
        for column in here.columns.intersection(there.columns).drop("stock_base"):
            differ = ~((here[column] == there[column]) | (here[column].isna() & there[column].isna()))
            if differ.any():
                city = str(differ.index[differ][0])
                raise AskError(DATA.fill(name=part.name, city=city, column=str(column),
                                         there=there.at[city, column], here=here.at[city, column]))  # fmt: skip


def _missing(cities: pd.DataFrame) -> Text:
    """The provinces of which cities are missing, and how many of each."""
    named = [(province(str(code), str(name)), len(of)) for (code, name), of in
             cities.groupby(["province", "province_name"], sort=True)]  # fmt: skip
    return MISSING.fill(cities=Text(
        "、".join(f"{title.zh}（{count} 个城市）" for title, count in named),
        ", ".join(f"{title.en} ({count})" for title, count in named),
    ))  # fmt: skip


def _same(own: pd.DataFrame, nation: pd.DataFrame, key: list[str]) -> bool:
    """Whether all rows of a table are rows of the nation's, to the last digit."""
    own = own.set_index(key)
    return own.equals(nation.set_index(key).reindex(own.index)[list(own.columns)])


def _together(parts: Sequence[Result], instance: Instance, derived: Derived) -> Mapping[str, np.ndarray]:
    """Every decision over the nation, before rounding."""
    place = {code: k for k, code in enumerate(derived.cities)}
    known = catalogue(instance.formulation).decisions
    found: dict[str, np.ndarray] = {}
    for part in parts:
        own = derive(part.instance)
        there = [place[code] for code in own.cities]
        for name, decision in known.items():
            if not decision.there(derived):
                continue
            if not decision.there(own):  # what a part has none of
                continue
            values = decided(part, own, decision)
            if decision.over == (LINKS.name,):  # none goes from one part to another: each decides its own
                at = [derived.links.index(each) for each in own.links]
                found.setdefault(name, np.zeros(len(derived.links)))[at] = values
                continue
            order = [np.arange(values.shape[0]), *(np.arange(size) for size in values.shape[1:])]
            for axis, of in enumerate(decision.over[1:], start=1):
                if of in ("services", "pools"):
                    codes = list(getattr(own, of))
                    order[axis] = np.array([codes.index(each) for each in getattr(derived, of)])
            shape = (len(derived.cities), *(len(each) for each in order[1:]))
            found.setdefault(name, np.zeros(shape))[there] = values[np.ix_(*order)]
    for name, decision in known.items():  # what only ties provinces to each other, or what follows from that
        if decision.there(derived) and name not in found:
            between = decision.over == (LINKS.name,)
            found[name] = np.zeros(len(derived.links) if between else (len(derived.cities), len(decision.columns)))
    return found


def _rounding(result: Result, parts: Sequence[Result]) -> tuple[int, float]:
    """How many published numbers differ from those of the parts, and by how many quanta at most."""
    key = ["city", "pool"]
    before = pd.concat([part.tables["allocation"][[*key, "published"]] for part in parts])
    both = result.tables["allocation"][[*key, "published"]].merge(before, on=key, suffixes=("", "_part"))
    quantum = both["pool"].map(result.instance.tables["pools"].set_index("pool")["quantum"])
    apart = ((both["published"] - both["published_part"]) / quantum).abs()
    return int((apart > ROUNDOFF).sum()), float(apart.max())
