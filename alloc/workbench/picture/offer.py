"""What a new limit can be made of, and the line that makes it: quantities by the catalogue, columns by the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from alloc.content.figures import shown_unit
from alloc.content.places import PROVINCES, TIER_TITLES
from alloc.content.titles import OF_QUANTITIES, value_title
from alloc.formulation.columns import KIND_UNITS, NO_UNIT
from alloc.formulation.lever import Quantity
from alloc.formulation.registry import catalogue_for
from alloc.instance.frames import texts
from alloc.instance.instance import Instance
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.instance.where.conditions import WhereError, parse
from alloc.result.wording import WORDS
from alloc.scenario.selection import WhereColumns
from alloc.scenario.state import taken_apart
from alloc.text import Text, listed
from alloc.workbench.picture.rules import SIGNS, words
from alloc.workbench.records import Choice, Offer, OfferedColumn, OfferedQuantity
from alloc.workbench.requests import Condition, Limit

LIMITS, CITIES = TABLES["limits"], TABLES["cities"]
FEW = 400  # values of a column that are listed
OF = Text("{title}：{item}", "{title}: {item}")
DERIVED: Mapping[str, Text] = {
    "size_class": Text("规模等级", "Size class"), "debt_tier": Text("债务风险等级", "Debt tier"),
}  # fmt: skip
BASES: Mapping[str, Text] = {
    "amount": Text(value_title("basis", "amount", "zh"), "amount"),
    "share": Text("占总量的比例，%", "share of the total, %"),  # which is typed in %
    "per_resident": Text(value_title("basis", "per_resident", "zh"), "per resident"),
    "last_year": Text(value_title("basis", "last_year", "zh"), "multiple of last year's"),
}  # fmt: skip
ALL = Text("全部城市", "all cities")
CALLED = Text("{what}（{where}）", "{what} ({where})")

NAMED = 3  # values that a title names
MORE = Text(" 等 {n} 项", " … ({n})")
SENSES: Mapping[str, str] = {"in": " ", "=": " ", "!=": " ≠ ", "<=": " ≤ ", ">=": " ≥ ", "<": " < ", ">": " > "}


def offer(instance: Instance) -> Offer:
    """Quantities, columns of conditions, senses and bases that a limit of an instance can have.

    Args:
        instance: with all edits.
    """
    return Offer(
        quantities=[_quantity(instance, each, name) for each, name in _quantities(instance)],
        columns=_columns(instance),
        senses=[Choice(id=sign, title=words(Text(shown, shown))) for sign, shown in SIGNS.items()],
        bases=[Choice(id=name, title=words(title)) for name, title in BASES.items()],
    )


def _quantities(instance: Instance) -> list[tuple[Quantity, str]]:
    def keys(table: str) -> list[str]:
        return [str(code) for code in texts(instance.tables[table], TABLES[table].key[0])]

    found = []
    for each in catalogue_for(instance.settings).quantities.values():
        if each.needs:
            table, column, value = each.needs
            if value not in texts(instance.tables[table], column):
                continue
        found += [(each, name) for name in each.names(keys, instance.settings.gives)]
    return found


def _quantity(instance: Instance, each: Quantity, name: str) -> OfferedQuantity:
    known, item = catalogue_for(instance.settings), name.partition(":")[2]
    unit = known.units.get(each.unit, NO_UNIT)
    called = OF_QUANTITIES.get(each.name, Text(each.name, each.name))
    about = known.decisions.get(each.name)
    title = about.title if about is not None else called
    shown, size = None, 1.0
    if isinstance(each.items, str) and each.items:
        table = instance.tables[each.items]
        row = table[table[TABLES[each.items].key[0]] == item].iloc[0]
        title = Text(str(row["title_zh"]), str(row["title_en"]))
        if "kind" in row:
            unit = known.units[KIND_UNITS[row["kind"]]]
            own = shown_unit(KIND_UNITS[row["kind"]], float(row["total"]))
            shown, size = Text(own.zh, own.en), own.size
        elif "unit_zh" in row:
            unit, title = Text(str(row["unit_zh"]), str(row["unit_en"])), OF.fill(title=title, item=called)
    elif item:
        title = OF.fill(title=title, item=WORDS.get(f"land_{item}", Text(item, item)))
    return OfferedQuantity(id=name, title=words(title), unit=words(unit), shares=each.whole is not None,
                           shown=words(shown or unit), size=size)  # fmt: skip


def _columns(instance: Instance) -> list[OfferedColumn]:
    """The columns of cities that say something, and what is derived from them."""
    frame, tiers = instance.tables["cities"], instance.settings.policy.debt.tiers
    found = [
        OfferedColumn(id="size_class", title=words(DERIVED["size_class"]), numeric=False,
                      values=[Choice(id=name, title=words(CLASS_TITLES[name])) for name in SIZE_CLASSES]),
        OfferedColumn(id="debt_tier", title=words(DERIVED["debt_tier"]), numeric=False,
                      values=[Choice(id=tier.name, title=words(Text(*TIER_TITLES.get(tier.name, (tier.name,) * 2))))
                              for tier in tiers]),
    ]  # fmt: skip
    for name in map(str, frame.columns):
        column = CITIES.by_name.get(name)
        numeric = column.numeric if column is not None else frame[name].dtype == float
        title, unit = (column.title, column.unit) if column is not None else city_figure(name)
        if numeric:
            if frame[name].notna().any():
                found.append(OfferedColumn(id=name, title=words(title), numeric=True, unit=words(unit)))
            continue
        given = sorted({str(value) for value in frame[name] if value == value and str(value)})
        if given and frame[name].dtype != bool:
            found.append(OfferedColumn(id=name, title=words(title), numeric=False, values=[
                Choice(id=value, title=words(_called(instance, name, value))) for value in given[:FEW]
            ]))  # fmt: skip
    return found


def _called(instance: Instance, column: str, value: str) -> Text:
    """A value with the name of what it is the code of."""
    cities = instance.tables["cities"]
    if column == "province":
        name = str(cities["province_name"][cities["province"] == value].iloc[0])
        return Text(f"{name} {value}", f"{PROVINCES.get(value, name)} {value}")
    if column == CITIES.key[0]:
        row = cities[cities[column] == value].iloc[0]
        return Text(f"{row['name']} {value}", f"{row['name_en'] or row['name']} {value}")
    return Text(value, value)


def where_of(conditions: Sequence[Condition]) -> str:
    """Conditions in the grammar of ``where``, joined by ``and``."""
    parts = []
    for each in conditions:
        values = [_literal(value) for value in each.values]
        parts.append(f"{each.column} in [{', '.join(values)}]" if each.sense == "in" or len(values) > 1
                     else f"{each.column} {each.sense} {values[0]}")  # fmt: skip
    return " and ".join(parts)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return f"{value:.15g}"
    return f"'{value}'" if "'" not in value else f'"{value}"'


def line_of(instance: Instance, asked: Limit) -> str:
    """The edit that brings a limit, as the command line takes it.

    Args:
        instance: as it stands; the code of the limit is the first ``limit-N`` that is free in it.
        asked: what it is made of.
    """
    where = where_of(asked.where)
    taken, number = set(texts(instance.tables["limits"], "limit")), 1
    while f"limit-{number}" in taken:
        number += 1
    named = {name: _quantity(instance, each, name).title for each, name in _quantities(instance)}
    title = named.get(asked.quantity, words(Text(asked.quantity, asked.quantity)))
    called = CALLED.fill(what=Text(title.zh, title.en), where=_in_words(instance, asked.where) if where else ALL)
    row: dict[str, Any] = {
        "limit": f"limit-{number}", "title_zh": asked.title_zh.strip() or called.zh,
        "title_en": asked.title_en.strip() or called.en, "quantity": asked.quantity, "where": where,
        "sense": asked.sense, "value": asked.value, "basis": asked.basis,
    }  # fmt: skip
    cells = (f"{name} = {_toml(value)}" for name, value in row.items() if value != "")
    return f"add {LIMITS.name} {{ {', '.join(cells)} }}"


def _in_words(instance: Instance, conditions: Sequence[Condition]) -> Text:
    """Conditions by the titles of columns and values; of many values the first few."""
    known, said = {column.id: column for column in _columns(instance)}, []
    for each in conditions:
        column = known.get(each.column)
        if column is None:
            said.append(Text(each.column, each.column))
            continue
        titles = {choice.id: choice.title for choice in column.values}
        shown = []
        for value in each.values[:NAMED]:
            title = titles.get(str(value))
            shown.append(Text(title.zh, title.en) if title is not None else Text(f"{value:,}", f"{value:,}")
                         if not isinstance(value, str) else Text(value, value))  # fmt: skip
        rest = MORE.fill(n=len(each.values)) if len(each.values) > NAMED else NO_UNIT
        sign = SENSES.get(each.sense, each.sense)
        said.append(Text(*(f"{column.title.model_dump()[language]}{sign}{getattr(listed(shown), language)}"
                           f"{getattr(rest, language)}" for language in ("zh", "en"))))  # fmt: skip
    return listed(said)


def _toml(value: Any) -> str:
    """A value as in TOML; a text without quotes in it stands between single ones, as people write it."""
    if isinstance(value, float | int):
        return f"{value:.15g}"
    return f"'{value}'" if re.fullmatch(r"[^'\x00-\x1f\x7f]*", value) else json.dumps(value, ensure_ascii=False)


def meant(instance: Instance, where: str) -> list[str]:
    """The cities that a condition selects; none where it cannot be read, which the checks say."""
    if not where:
        return [str(code) for code in texts(instance.tables["cities"], CITIES.key[0])]
    try:
        chosen = parse(where).evaluate(WhereColumns(CITIES, taken_apart(instance)))
    except WhereError:
        return []
    return [str(code) for code in texts(instance.tables["cities"], CITIES.key[0])[chosen]]
