"""What comes from a figure that is in doubt: the figure is what is named.

Floors and corridors go by last year's amounts, benchmarks by totals and by figures of cities. One cell in another unit,
or with a digit too many, moves them so far that a total or a rule seems wrong, and whoever mended that would spoil what
is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from alloc.instance.cells import parse_number
from alloc.instance.checks.all import check_instance
from alloc.instance.checks.causes import with_follow_ups
from alloc.instance.checks.figures.beside import usual_figures
from alloc.instance.checks.years import FAR
from alloc.instance.derived.derived import derive
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding, codes_of, errors
from alloc.instance.frames import numbers
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import CONFLICT_CODES, precheck
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

OF_TOTALS = frozenset({"pool_below_lower", "pool_above_upper", FAR})
OF_BOUNDS = "lower_above_upper"  # of a city and a pool
OF_OTHERS = CONFLICT_CODES - OF_TOTALS - {OF_BOUNDS}  # whose key is no pool: any figure in doubt may be behind them
OF_FIGURES = frozenset({"figure_far", "budget_far"})  # out of line with what they go with
FIRST = Text(
    "请先核对存疑的数；若为推断的数，由它而来的冲突即不存在：",
    "First look at what is in doubt; were it as others let expect, what follows from it would be no conflict:",
)
IN_DOUBT = OF_FIGURES | {"unit_suspect"}
MOST = 8  # figures, each of which is tried by itself: more of them are no slip of one cell


def with_doubted(findings: Iterable[Finding], instance: Instance) -> list[Finding]:
    """The findings without those that go away with figures that are in doubt, which are kept with these.

    Args:
        findings: of the tables, of the bounds, and of scenarios that leave a total as it is.
        instance: of which they are.
    """
    return _with_figures(_with_last_year(list(findings), instance), instance)


def doubted(clashes: Iterable[Finding], instance: Instance) -> tuple[Finding, ...]:
    """The figures in doubt without which some conflicts between rules are none, each with these.

    Args:
        clashes: conflicts that bounds and sums decide.
        instance: of which they are, with its warnings.
    """
    found = with_doubted([*instance.warnings, *clashes], instance)
    return tuple(each for each in errors(found) if each.code in IN_DOUBT and each.followed_by)


def _with_figures(every: list[Finding], instance: Instance) -> list[Finding]:
    """Without what goes away where one figure of a city or a service is what its peers let expect."""
    doubted = [place for place, each in enumerate(every) if each.code in OF_FIGURES]
    if not doubted or len(doubted) > MOST or len(doubted) == len(every):
        return every
    usual = {
        (name, *where): figure for name in ("cities", "services")
        for where, figure in usual_figures(Sheet(TABLES[name], name, instance.tables[name], from_file=False)).items()
    }  # fmt: skip
    keys = {name: instance.tables[name][TABLES[name].key[0]].to_numpy() for name in ("cities", "services")}
    before = _found(instance, {})
    followed: dict[int, list[Finding]] = {}
    gone: set[int] = set()
    for place in doubted:
        key, column = every[place].key, str(every[place].column)
        table = next((name for name in keys if (name, key, column) in usual), "")
        if not table:  # of an edit, whose cells have other names
            continue
        frame = instance.tables[table]
        figures = np.where(keys[table] == key, usual[table, key, column], numbers(frame, column))
        after = _found(instance, {table: frame.assign(**{column: figures})})
        for other, each in enumerate(every):
            if other not in gone and other not in doubted and _among(each, before) and not _among(each, after):
                followed.setdefault(place, []).append(each)
                gone.add(other)
    return [with_follow_ups(each, followed.get(place, ())) for place, each in enumerate(every) if place not in gone]


def _among(finding: Finding, found: Iterable[Finding]) -> bool:
    """Whether the same is found, if of fewer cities."""
    codes = set(codes_of(finding.key))
    return any(each.code == finding.code and set(codes_of(each.key)) <= codes for each in found)


def _found(instance: Instance, changed: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """What is found of the tables and of the bounds where some tables are others."""
    other = make_instance(instance.settings, {**instance.tables, **changed})
    return [*check_instance(other), *precheck(other, derive(other))]


def _with_last_year(every: list[Finding], instance: Instance) -> list[Finding]:
    """Without what goes away with doubted totals and amounts of last year."""
    totals = dict(zip(instance.tables["pools"]["pool"], numbers(instance.tables["pools"], "total"), strict=True))
    table = instance.tables["last_year"]
    rows = {f"{city}, {pool}": row for row, (city, pool) in enumerate(zip(table["city"], table["pool"], strict=True))}
    doubted = {
        place: str(each.key).rpartition(", ")[2]
        for place, each in enumerate(every)
        if each.code == "unit_suspect"
        and ((each.column == "amount" and each.key in rows) or (each.column == "total" and each.key in totals))
    }
    about = {_pool(each) for each in every if each.code in OF_TOTALS | CONFLICT_CODES}
    doubted = {place: pool for place, pool in doubted.items() if about & {pool, ""}}
    if not doubted:  # the usual case
        return every
    of_last_year = [rows[str(every[place].key)] for place in doubted if every[place].key in rows]
    still = _still(instance, of_last_year, {pool for place, pool in doubted.items() if every[place].key in totals})
    first = {pool: place for place, pool in reversed(doubted.items())}
    followed: dict[int, list[Finding]] = {}
    kept = []
    for place, each in enumerate(every):
        cause = min(doubted) if each.code in OF_OTHERS else first.get(_pool(each))
        as_it_is = each.code not in OF_TOTALS or parse_number(each.value or "") == totals.get(str(each.key))
        if cause is None or not as_it_is or (each.code, each.key) in still:
            kept.append(place)
        else:
            followed.setdefault(cause, []).append(each)
    return [with_follow_ups(every[place], followed.get(place, ())) for place in kept]


def _pool(finding: Finding) -> str:
    """The pool of a finding that may follow from a doubted figure; "" for others."""
    if finding.code == OF_BOUNDS:
        return str(finding.key).rpartition(", ")[2]
    return str(finding.key) if finding.code in OF_TOTALS else ""


def _still(instance: Instance, rows: list[int], pools: set[str]) -> set[tuple[str, str | None]]:
    """What remains to be said where some figures are as others let expect.

    Args:
        instance: with the figures in doubt.
        rows: of last year, whose cities then got as much a head as others do.
        pools: whose totals then give out what was given out last year.
    """
    table, cities = instance.tables["last_year"], instance.tables["cities"]
    residents = dict(zip(cities["city"], numbers(cities, "residents"), strict=True))
    heads = np.array([residents[city] for city in table["city"]])
    amounts, of_pool = numbers(table, "amount").copy(), table["pool"].to_numpy()
    given = (amounts > 0) & (heads > 0)
    for row in rows:
        others = given & (of_pool == of_pool[row])
        amounts[row] = heads[row] * np.median(amounts[others] / heads[others])
    whole = instance.tables["pools"]
    totals = numbers(whole, "total").copy()
    kept = np.nan_to_num(numbers(whole, "reserve"))
    for r, pool in enumerate(whole["pool"]):
        if pool in pools and (last := float(amounts[of_pool == pool].sum())) > 0:
            totals[r] = last / (1 - kept[r])
    changed = {"last_year": table.assign(amount=amounts), "pools": whole.assign(total=totals)}
    return {(each.code, each.key) for each in _found(instance, changed)}
