"""Blindness: what rules name places or ranks, and whether ranks, names and codes change what anybody gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from alloc.auditing.grids import Grid, Head, Part, Value, listed
from alloc.auditing.naming import moved_without, named_grid, rules
from alloc.auditing.probes import sample
from alloc.auditing.work import Facts, Work
from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, PERSONS, POOL_UNITS, SERVICE_UNITS
from alloc.instance.derived.derived import derive
from alloc.instance.derived.optional.schemes import changes_hands
from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.optional.links import link_name
from alloc.instance.schema.optional.schemes import RANK
from alloc.instance.schema.tables import BY_CITY, NAMING_CITIES, TABLES
from alloc.text import Text
from alloc.tolerances import COMMON_SHARE, ROUNDOFF

TITLE = Text("不看级别、不看名称", "Blind to rank and names")
WORDS = Text("逐条去掉点名的规则", "leaving out one rule after another that names places")
PLACES = ("name", "name_en", "cluster", "role", "lon", "lat")  # what only says who a city is
AMOUNTS = (PERSONS, HECTARES, MONEY, MONEY_A_YEAR, SERVICE_UNITS, POOL_UNITS)  # units of what a half has half of
METHOD = Text(
    "先列出点名级别、地区、城市的规则，以及数据定义没有说明的因素和服务人群列；按规模、债务等级的条件依法定门槛，单独标明。"
    "“去掉后易手”为去掉这一条重新求松弛解，变动最大的资源池中换了城市的比例。"
    "再把级别、名称（连同城市群、定位、坐标）、代码在城市之间互换，所得应当不变；"
    "最后把样本城市各拆成数据减半的两个，二者所得应当相同。拆分的城市：{named}。",
    "First, rules that name ranks, places or cities, and factors and cohorts that no definition of the data describes; "
    "conditions on classes by size and debt follow thresholds of the law and are marked so. “Changes hands without it” "
    "is the part of the pool that changes most when the relaxation is solved without the rule. Then ranks, names (with "
    "clusters, roles and coordinates) and codes are permuted among the cities: nothing should change. Last, cities of "
    "a sample are split into two with half of all data each: both should get the same. Split are {named}.",
)
RANKS = Text("级别互换", "ranks permuted")
NAMES = Text("名称互换", "names permuted")
CODES = Text("同省城市代码互换", "codes permuted within provinces")
HALVES = Text("样本城市一分为二", "cities of the sample split in two")
YES, NO = Text("是", "yes"), Text("否", "no")
ALL_PASS = Text("级别、名称、代码互换和城市拆分，各项都通过。", "Ranks, names, codes and halves: every test passes.")
FAILS = Text("未通过：{tests}。", "Not passed: {tests}.")


class Outcome(NamedTuple):
    """What a test found; the columns of its row.

    Attributes:
        test: its title.
        cities: how many are compared.
        largest: the largest difference between what a city gets and should get before rounding, in multiples of its
            formula.
        numbers: how many published numbers differ.
        quanta: by how many quanta at most.
        moved: what of the published numbers changes hands in the pool that changes most.
        passed: yes or no.
    """

    test: Text
    cities: int
    largest: float
    numbers: int
    quanta: float
    moved: float
    passed: Text


def blindness(work: Work) -> Part | None:
    """The section; None where there is no answer to compare with.

    Args:
        work: of the audit.
    """
    base = work.base
    if base is None:
        return None
    asked = list(rules(base.instance))
    named = [(rule, moved_without(work, base, rule)) for rule in work.each(WORDS, asked)]
    chosen = sample(base)
    tests: list[Outcome] = []
    wanted = [*unseen(base.instance), (CODES, None), (HALVES, None)]
    for title, instance in work.each(Text("互换和拆分", "permuting and splitting"), wanted):
        if instance is not None:
            outcome = _unseen(work, base, title, instance)
        else:
            outcome = _codes(work, base) if title is CODES else _halves(work, base, chosen)
        if outcome is not None:
            tests.append(outcome)
    complete = not work.interrupted
    failed = [each.test for each in tests if each.passed is NO]
    said = [METHOD.fill(named=listed([base.names[c] for c in chosen], len(chosen)))]
    if failed:
        said.append(FAILS.fill(tests=listed(failed, len(failed))))
    elif len(tests) == len(wanted):
        said.append(ALL_PASS)
    return Part("blindness", TITLE, tuple(said), (named_grid(named), _grid(tests)), complete)


def unseen(instance: Instance) -> Iterator[tuple[Text, Instance]]:
    """Tests of columns that no rule should look at, each with the instance that has them of other cities.

    Args:
        instance: of facilities in parts.
    """
    cities = instance.tables[CITIES.name]
    order = np.roll(np.argsort([_spread(code) for code in cities["city"]], kind="stable"), 1)
    for title, columns in ((RANKS, (RANK,)), (NAMES, PLACES)):
        there = [name for name in columns if name in cities.columns]
        if any(cities[name].nunique() > 1 for name in there):
            other = cities.assign(**{name: cities[name].to_numpy()[order] for name in there})
            yield title, instance.changed(instance.settings, {**instance.tables, CITIES.name: other})


def _spread(code: str) -> str:
    """What puts codes into an order of no meaning, the same every time: their digits from behind."""
    return code[::-1]


def _unseen(work: Work, base: Facts, title: Text, instance: Instance) -> Outcome | None:
    """Where nothing that enters the model differs the answer is the same, and nothing need be solved."""
    if work.unchanged(instance):
        return Outcome(title, len(base.derived.cities), 0.0, 0, 0.0, 0.0, YES)
    found = work.solved(instance)
    return None if found is None else _outcome(title, base, (base, found), [slice(None), slice(None)])


def _codes(work: Work, base: Facts) -> Outcome | None:
    """Codes permuted among the cities of every province, everything else going with them."""
    instance, new = with_codes_permuted(base.instance)
    found = work.solved(instance, cold=True)
    if found is None:
        return None
    places = {code: k for k, code in enumerate(found.derived.cities)}
    there = [places[new[code]] for code in base.derived.cities]
    return _outcome(CODES, base, (base, found), [slice(None), there])


def with_codes_permuted(instance: Instance) -> tuple[Instance, Mapping[str, str]]:
    """The instance with the codes of every province's cities permuted, and the new code of each.

    Args:
        instance: stays as it is.
    """
    new: dict[str, str] = {}
    for _, codes in instance.tables[CITIES.name].groupby("province")["city"]:
        given = sorted(map(str, codes), key=_spread)
        new |= dict(zip(given, [*given[1:], given[0]], strict=True))
    tables = dict(instance.tables)
    for name in (CITIES.name, *BY_CITY):
        tables[name] = tables[name].assign(city=tables[name]["city"].map(new))
    for name, columns in NAMING_CITIES.items():
        tables[name] = tables[name].assign(**{column: tables[name][column].map(new) for column in columns})
    cities = tables[CITIES.name]
    for column in TABLES[CITIES.name].columns:
        if column.references == CITIES.name and column.name in cities:  # a blank stays one
            cities = cities.assign(**{column.name: cities[column.name].map(lambda code: new.get(code, code))})
    tables[CITIES.name] = cities
    return make_instance(instance.settings, tables), new


def _halves(work: Work, base: Facts, chosen: Sequence[int]) -> Outcome | None:
    """Cities of a sample split in two: what one half gets beside the other."""
    codes = [base.derived.cities[c] for c in chosen]
    instance, twins = with_halves(base.instance, codes)
    found = work.solved(instance, cold=True)
    if found is None:
        return None
    places = {code: k for k, code in enumerate(found.derived.cities)}
    both = [[places[code] for code in each] for each in (codes, [twins[code] for code in codes])]
    return _outcome(HALVES, found, (found, found), both)


def with_halves(instance: Instance, codes: Sequence[str]) -> tuple[Instance, Mapping[str, str]]:
    """The instance with each of some cities in two halves, and the code of the second half of each.

    What is an amount is halved, in all tables; shares, prices and the population by which the size class is set stay.

    Args:
        instance: stays as it is.
        codes: of the cities.
    """
    taken = set(instance.tables[CITIES.name]["city"])
    twins: dict[str, str] = {}
    for code in codes:
        twins[code] = next(each for k in range(9999, 0, -1) if (each := f"{code[:2]}{k:04d}") not in taken)
        taken.add(twins[code])
    tables = dict(instance.tables)
    for name in (CITIES.name, *BY_CITY):
        frame = instance.tables[name]
        own = frame["city"].isin(codes)
        half = frame[own].copy()
        for column in map(str, frame.columns):
            if frame[column].dtype == np.float64 and _halved(instance, name, column):
                half[column] /= 2
        twin = half.assign(city=half["city"].map(twins))
        tables[name] = pd.concat([frame[~own], half, twin], ignore_index=True)
    tables[CITIES.name] = _in_one_purse(tables[CITIES.name], twins)
    tables["links"] = _links_of_halves(instance, twins)
    return make_instance(instance.settings, tables), twins


def _in_one_purse(cities: pd.DataFrame, twins: Mapping[str, str]) -> pd.DataFrame:
    """A half of the city whose purse others share stays in that purse."""
    if "purse" not in cities:
        return cities
    heads, first = set(cities["purse"]), {twin: code for code, twin in twins.items()}
    purse = [first[city] if not own and first.get(city) in heads else own
             for city, own in zip(cities["city"], cities["purse"], strict=True)]  # fmt: skip
    return cities.assign(purse=purse)


def _links_of_halves(instance: Instance, twins: Mapping[str, str]) -> pd.DataFrame:
    """A link of a city in halves is one of each half, with its part of the limit, which then is given."""
    table, derived = instance.tables["links"], derive(instance)
    if not len(table) or not len(derived.links):
        return table
    limits = dict(zip(derived.links, derived.link_limit.tolist(), strict=True))  # of those that are open
    rows = []
    for row in table.to_dict("records"):
        ends = [(row[end], twins[row[end]]) if row[end] in twins else (row[end],) for end in ("from", "to")]
        most = limits.get(link_name(*(str(row[name]) for name in TABLES["links"].key)), row["limit"])
        rows += [row | {"from": one, "to": other, "limit": most / (len(ends[0]) * len(ends[1]))}
                 for one in ends[0] for other in ends[1]]  # fmt: skip
    return pd.DataFrame(rows).astype(table.dtypes.to_dict())


def _halved(instance: Instance, table: str, column: str) -> bool:
    """Whether a number is an amount: by its unit, or as a factor or a cohort of one's own."""
    if known := TABLES[table].by_name.get(column):
        return known.unit in AMOUNTS and column != "size_population"
    factors, services = instance.tables["factors"], instance.tables["services"]
    return column.removeprefix("migrant_") in {*factors["factor"], *services["cohort"], *services["plan_cohort"]}


def _outcome(title: Text, of: Facts, answers: tuple[Facts, Facts], places: Sequence[Any]) -> Outcome:
    """What cities of one answer get beside those that should get the same in another.

    Args:
        title: of the test.
        of: whose formula and quanta count, with the first places.
        answers: the two.
        places: of the cities in each.
    """
    benchmark, quantum = np.nan_to_num(of.derived.benchmark), of.derived.quantum
    size = np.where(benchmark > 0, benchmark, np.maximum(quantum, benchmark.mean(axis=0)))[places[0]]
    before, after = (answer.decided[where] for answer, where in zip(answers, places, strict=True))
    one, other = (answer.published[where] for answer, where in zip(answers, places, strict=True))
    largest, quanta = float(np.max(np.abs(after - before) / size)), np.abs(other - one) / quantum
    moved = float(np.nanmax(changes_hands(one, other), initial=0.0))
    passed = YES if largest <= COMMON_SHARE else NO
    return Outcome(
        title, len(one), largest, int(np.count_nonzero(quanta > ROUNDOFF)), float(quanta.max()), moved, passed
    )


def _grid(tests: Sequence[Outcome]) -> Grid:
    heads = (
        Head("test", Text("试验", "test")), Head("cities", Text("城市数", "cities"), "count"),
        Head("largest", Text("取整前最大相差", "largest difference before rounding"), "figure",
             Text("公式的倍数", "of the formula")),
        Head("numbers", Text("公布数不同", "published numbers that differ"), "count"),
        Head("quanta", Text("至多相差", "by at most"), "figure", Text("个最小分配单位", "quanta")),
        Head("moved", Text("易手", "changes hands"), "share"), Head("passed", Text("通过", "passed")),
    )  # fmt: skip
    note = Text(
        "通过：取整前至多相差公式数的 10⁻⁵。"
        "取整时，相同的数按代码先后取舍，超过一个最小分配单位的列在结果的 rounding 表。",
        "Passed: within 10⁻⁵ of the formula before rounding. In rounding, ties go by code; what it moves by more than "
        "a quantum stands in the result's table rounding.",
    )
    rows: list[tuple[Value, ...]] = [tuple(each) for each in tests]
    return Grid("blindness", Text("互换与拆分", "Permuted and split"), heads, tuple(rows), note)
