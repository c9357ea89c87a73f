"""One province cut out of a national instance: its cities, and of every pool what the nation gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.arguments import option
from alloc.content.origins import without_programs
from alloc.content.places import province, short_province
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.frames import labels
from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.settings import Title
from alloc.instance.schema.tables import BY_CITY, CELL_SOURCES, IN_CHINESE, NAMING_CITIES, TABLES
from alloc.instance.statuses import LEFT_OUT
from alloc.instance.suggest import Known
from alloc.template.province_limits import cut_limits
from alloc.template.province_pools import (
    fixed_multiples,
    on_grid,
    steps_of,
    within_bounds,
    without_cities_elsewhere,
    without_conditions,
    without_empty_factors,
)
from alloc.template.tables_text import blank, named_columns, written
from alloc.template.writing import TemplateError
from alloc.text import Text, listed

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """A provincial instance.

    Attributes:
        instance: the instance.
        notes: what was changed beyond leaving out all other cities, and why.
    """

    instance: Instance
    notes: tuple[Text, ...]


def cut_province(nation: Instance, province: str, published: pd.DataFrame | None = None) -> Cut:
    """The instance of one province.

    Every pool is scaled by the province's share of the national allocation, and moved into the bounds of its cities
    with some freedom where it lies outside; its total is a multiple of the quantum, and so is what is left without the
    reserve. Floors and caps that follow the national pool stay what they are there. Conditions of pools that no city of
    the province fits, factors that are 0 in all cities that count and limits that mean nothing inside a province are
    left out.

    Args:
        nation: the instance to cut from.
        province: code or name of a province as ``cities`` has it.
        published: the allocation (city, pool, published) of a result of ``nation``; None: the formula.

    Raises:
        TemplateError: there is no such province.
    """
    code, name = _province(nation.tables["cities"], province)
    derived = derive(nation)
    inside = (nation.tables["cities"]["province"] == code).to_numpy()
    tables = _only(nation.tables, set(nation.tables["cities"]["city"][inside]), nation.settings.policy.levels)
    share, notes = _shares(nation, derived, inside, published)
    pools = tables["pools"].copy()
    pools["total"] = [
        on_grid(total * each, step, 0) for total, each, step in zip(pools["total"], share, steps_of(pools), strict=True)
    ]
    tables["pools"] = pools
    title = Title(zh=name, en=_english(code, name))  # of what it is cut out the register of sources tells
    levels = tuple(column for column in nation.settings.policy.levels if not blank(tables["cities"][column]))
    policy = nation.settings.policy.model_copy(update={"levels": levels or ("province",)})
    settings = nation.settings.model_copy(update={"name": f"{nation.name}-{code}", "title": title, "policy": policy})
    instance = make_instance(settings, tables)
    instance, fixed = fixed_multiples(nation, derived, instance)
    instance, dropped_conditions = without_conditions(instance)
    instance, dropped_factors = without_empty_factors(instance)
    instance, moved = within_bounds(instance)
    instance, (gone_limits, kept_limits), left_out = cut_limits(nation, derived, instance, published)
    instance = without_cities_elsewhere(instance)
    # What a planner has to decide comes first: limits that no longer hold the province.
    notes = [*gone_limits, *notes, *fixed, *dropped_conditions, *dropped_factors, *moved, *kept_limits]
    instance = make_instance(settings, _without_blank(instance))
    sources = _sources(instance, nation, published is not None, left_out)
    cells = _told_here(instance.tables[CELL_SOURCES.name], nation.settings.name)
    cut = make_instance(settings, {**instance.tables, "sources": sources, CELL_SOURCES.name: cells})
    return Cut(cut, tuple(notes))


def _english(code: str, name: str) -> str:
    return province(code, name).en


def _province(cities: pd.DataFrame, wanted: str) -> tuple[str, str]:
    """Code and name of a province, by its code or a name: in full, without its kind (广东), or in English."""
    known = dict(zip(cities["province"], cities["province_name"], strict=True))
    names = {code: (code, name, short_province(name), province(code, name).en) for code, name in known.items()}
    if wanted in known:
        return wanted, known[wanted]
    found = [code for code, called in names.items() if wanted.casefold() in (each.casefold() for each in called)]
    if len(found) == 1:
        return found[0], known[found[0]]
    listed = Text(
        "、".join(f"{code} {known[code]}" for code in found or known),
        ", ".join(f"{code} {province(code, known[code]).en}" for code in found or known),
    )
    if found:
        raise TemplateError(Text(
            f"有多个省份叫“{wanted}”，请用代码：{listed.zh}。",
            f"Several provinces are called {wanted}; give a code: {listed.en}."
        ))  # fmt: skip
    near = Known(each for called in names.values() for each in called).nearest(wanted)
    raise TemplateError(Text(
        f"没有“{wanted}”这个省份。{f'是否为 {near}？' if near else ''}可用：{listed.zh}。",
        f"No province {wanted}{f' (did you mean {near}?)' if near else ''}: {listed.en}.",
    ))  # fmt: skip


def _only(tables: Mapping[str, pd.DataFrame], cities: set[str], columns: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables with the rows of some cities, and of the units above them: values of some columns of `cities`."""
    cut = {
        name: tables[name][tables[name]["city"].isin(cities)].reset_index(drop=True) for name in ("cities", *BY_CITY)
    }
    for name, named in NAMING_CITIES.items():  # what ties a city to one that is left out is left out
        cut[name] = tables[name][tables[name][list(named)].isin(cities).all(axis=1)].reset_index(drop=True)
    cut["levels"] = _with_cities(tables["levels"], cut["cities"], columns)
    return _without_multipliers_of_nobody({**tables, **cut})


def _with_cities(levels: pd.DataFrame, cities: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows of `levels` whose units have a city."""
    units = {unit for column in columns for unit in labels(cities, column).tolist()}
    return levels[levels["unit"].isin(units)].reset_index(drop=True)


def _without_multipliers_of_nobody(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables without multipliers of schemes for a rank or place that no city left has."""
    cities, weights = tables["cities"], tables["scheme_weights"]
    named = zip(weights["column"], weights["value"], strict=True)
    kept = [column not in cities or bool((cities[column] == value).any()) for column, value in named]
    return {**tables, "scheme_weights": weights[kept].reset_index(drop=True)}


def _without_blank(instance: Instance) -> dict[str, pd.DataFrame]:
    """The tables without further columns of ``cities`` that are blank for all of them and that no rule names."""
    cities, known = instance.tables["cities"], {*TABLES["cities"].names, *named_columns(instance.tables)}
    empty = [name for name in cities if name not in known and blank(cities[name])]
    return {**instance.tables, "cities": cities.drop(columns=empty)}


_MORE_THAN_GIVEN = Text(
    "全国结果没有分完{pools}，这里按比例切分的是全部可分配数，故多于全国结果给该省的数额；"
    "要正好分配那个数额，用 {controls}。",
    "The national result leaves part of some pools over, and the share is of all that could be given out, more than it "
    "gives the province: {pools}. To share out just what it gives, use {controls}.",
)


def _shares(
    nation: Instance, derived: Derived, inside: NDArray[np.bool_], published: pd.DataFrame | None
) -> tuple[Floats, list[Text]]:
    """The province's share of every pool [R], and how it was found."""
    given, how = derived.benchmark, Text("公式测算数", "the formula")
    if published is not None:
        table = published.pivot(index="city", columns="pool", values="published")
        given = table.reindex(index=list(derived.cities), columns=list(derived.pools)).to_numpy(dtype=np.float64)
        how = Text("全国分配结果", "the national result")
    # A pool without a formula: what was given last year, or else residents.
    residents = np.broadcast_to(derived.residents[:, None], given.shape)
    for other in (np.nan_to_num(derived.last_year), residents):
        given = np.where(np.nan_to_num(given).sum(axis=0) > 0, given, other)
    given = np.nan_to_num(given) * derived.up  # with what units above the cities keep
    share = given[inside].sum(axis=0) / given.sum(axis=0)
    over = derived.available - given.sum(axis=0) >= 1.5 * derived.quantum
    left = over & (published is not None)
    pools = nation.tables["pools"]
    zh, en = (
        [f"{title} {100 * each:.4g}{percent}" for title, each in zip(pools[f"title_{language}"], share, strict=True)]
        for language, percent in (("zh", "%"), ("en", " %"))
    )
    note = Text(
        f"各资源池的总量按{how.zh}中该省所占比例缩小：{'、'.join(zh)}（{nation.name}）。",
        f"Every pool is scaled by the province's share of {how.en} of {nation.name}: {', '.join(en)}.",
    )
    more = _MORE_THAN_GIVEN.fill(pools=_titles(pools, left), controls=option("controls"))
    return np.asarray(share), [note, more] if left.any() else [note]


def _titles(pools: pd.DataFrame, chosen: NDArray[np.bool_]) -> Text:
    """Pools by title."""
    return listed(Text(zh, en) for zh, en in pools.loc[chosen, ["title_zh", "title_en"]].itertuples(index=False))


def _sources(instance: Instance, nation: Instance, by_result: bool, left_out: Sequence[Text]) -> pd.DataFrame:
    """The sources of what is written: of every column of pools and factors that was changed, that it is derived; and
    of the limits, which of the nation are left out, for whoever reads a result of the province."""
    origin, (zh, en) = nation.name, (nation.settings.title.zh, nation.settings.title.en)
    by = Text("全国结果", "the national result") if by_result else Text("全国公式", "the national formula")
    multiples = Text(f"{origin}，乘以全国可分配数与上年数之比",
                     f"{origin}, times what there is to share over last year in the nation")  # fmt: skip
    without_factors = Text(f"{origin}；所有因素在本省各市均为 0 的资源池空缺",
                           f"{origin}; blank for pools without a factor that is not 0 in all cities here")  # fmt: skip
    notes = {
        ("pools", "total"): Text(
            f"由“{zh}”（{origin}）切出，按本省在{by.zh}中所占比例缩小，取最小分配单位的整倍数",
            f"cut out of “{en}” ({origin}), scaled by the province's share of {by.en}, a multiple of the quantum",
        ),
        ("pools", "floor_multiple"): multiples,
        ("pools", "cap_multiple"): multiples,
        ("pools", "follow"): Text(
            f"{origin}；沿用全国资源池倍数的为否", f"{origin}; false where multiples are those of the national pool"
        ),
        ("pools", "where"): Text(
            f"{origin}；去掉本省没有城市符合的条件", f"{origin}; without conditions that no city here fits"
        ),
        ("pools", "phase_in"): without_factors,
        ("pools", "corridor_down"): without_factors,
        ("pools", "corridor_up"): without_factors,
        ("factors", "weight"): Text(
            f"{origin}；去掉在本省各市均为 0 的因素，其余折算为合计 1",
            f"{origin}; without factors that are 0 in all cities here, the rest scaled to 1",
        ),
    }
    changed = {
        (table, column): note
        for (table, column), note in notes.items()
        if column == "total" or not instance.tables[table][column].equals(nation.tables[table][column])
    }
    if left_out:
        changed[LEFT_OUT] = Text("".join(each.zh for each in left_out), " ".join(each.en for each in left_out))
    columns = written(instance.tables)
    rows = [
        row for row in _told_here(instance.tables["sources"], origin).to_dict("records")
        if (row["table"], row["column"]) not in changed
    ]  # fmt: skip
    rows += [
        {"table": table, "column": column, "status": "derived", "source": f"cut out of the instance {origin}",
         "source_zh": f"由算例 {origin} 切出", "year": str(instance.settings.year),
         "note": note.en, "note_zh": note.zh}
        for (table, column), note in changed.items()
    ]  # fmt: skip
    rows = [row for row in rows if row["column"] in columns.get(row["table"], [row["column"]])
            or (row["table"], row["column"]) == LEFT_OUT]  # fmt: skip
    return pd.DataFrame(rows, columns=list(TABLES["sources"].names))


def _told_here(sources: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Sources of the nation in an instance without its programs and files."""
    languages = {name: "zh" if name in IN_CHINESE.values() else "en" for pair in IN_CHINESE.items() for name in pair}
    return sources.assign(**{
        name: [without_programs(said, language, origin) if isinstance(said, str) else said for said in sources[name]]
        for name, language in languages.items() if name in sources
    })  # fmt: skip
