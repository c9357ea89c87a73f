"""What a planner can turn: totals, limits, ceilings and standards, each as an edit names it.

Which numbers have a price stands in the catalogue; how large a step is, and in which unit, follows from the column or
the setting. A parameter is no row of the matrix: a total scales benchmarks and with them corridors and shares, a
ceiling of the debt ratio stands behind the room of every city. What it changes is found by building the matrix again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from alloc.content.blocks import Amount
from alloc.content.figures import HUNDRED_MILLION, shown_unit
from alloc.content.numbers import amount_text
from alloc.content.places import city_said, debt_tier, province
from alloc.content.tables import exact
from alloc.explanation.shared.values import Described, described, values_of, with_column, with_settings
from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, MULTIPLE, PERSONS, POOL_UNITS, SHARE
from alloc.formulation.lever import BETWEEN_ITEMS, Number
from alloc.formulation.registry import catalogue
from alloc.instance.frames import numbers, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.optional.links import key_of
from alloc.instance.schema.policy import REFERENCE_MULTIPLE
from alloc.instance.schema.tables import TABLES
from alloc.scenario.applying import apply
from alloc.scenario.edits import Edit
from alloc.text import Text

POINT = 0.01  # a percentage point, of a share or of a multiple

OF = Text("{of}的{what}", "{what} of {of}")
LIMIT = Text("{of}的限值", "limit of {of}")
CELL = Text("{city}{pool}的{what}数", "the {what} of {pool} for {city}")
TASK = Text("{city}{programme}的{what}", "{what} of {programme} for {city}")
UNIT = Text("{unit}对{pool}的{what}", "{what} of {pool}, {unit}")
LINK = Text(
    "{giver}到{receiver}的{service}（{kind}）的{what}", "{what} of {service} from {giver} to {receiver} ({kind})"
)
NAMED_LINK = Text("{giver}到{receiver}的{service}（{kind}）", "{service} from {giver} to {receiver} ({kind})")
KINDS = {"use": Text("共用", "use"), "move": Text("迁移", "move")}
TIER = Text("{of}级城市的{what}", "{what}, cities of the debt tier {of}")
# Unit of a quantity -> the table in which every item says its own, and the key of that.
COUNTED = {"capacity": ("services", "service"), "works": ("programmes", "programme")}
STEPS = {
    "ha": Text(" 1 公顷", "1 ha"),
    "hundred_million": Text(" 1 亿元", "10⁸ yuan"),
    "money": Text(" 1 万元", "10⁴ yuan"),
    "point": Text(" 1 个百分点", "1 percentage point"),
    "hundredth": Text(" 0.01", "0.01"),
    "percent": Text("百分之一", "1 %"),
    "person": Text(" 1 人", "1 person"),
    "capacity": Text(" 1 {unit}", "1 {unit}"),
}


@dataclass(frozen=True)
class Parameter:
    """One number that a planner sets.

    Attributes:
        target: as an edit names it, e.g. ``pools.land.total``.
        kind: table, or ``policy``.
        title: in the planner's words.
        value: as it is, in the unit of the instance.
        step: what “one more” means, in that unit.
        said: the step in words.
        unit: of the value: ``ha``, ``10⁴ yuan``, ``persons``, ``share``, or empty.
        least, most: the range that it can have.
        is_amount: whether it is an amount that is handed out: a total, a limit or an override, not a standard or a
            share.
    """

    target: str
    kind: str
    title: Text
    value: float
    step: float
    said: Text
    unit: str = ""
    least: float = 0.0
    most: float = np.inf
    is_amount: bool = False

    def cell(self, value: float) -> Amount:
        """A value of the parameter: money in 10⁸ yuan where there is much, shares in per cent."""
        if self.unit == "share":
            return replace(exact(100 * value, 5), percent=True)
        return exact(value / shown_unit(self.unit, self.value).size, 7)

    def unit_said(self, language: str) -> str:
        """The unit of `cell`; nothing for shares, which have "%"."""
        return "" if self.unit == "share" else shown_unit(self.unit, self.value).said(language)

    def shown(self, value: float, language: str) -> str:
        """A value of the parameter in a sentence, with its unit."""
        named = self.unit_said(language)
        times = "× " if named[:1].isdigit() else ""
        return f"{amount_text(self.cell(value))} {times}{named}".rstrip()


def parameters(instance: Instance) -> tuple[Parameter, ...]:
    """Every number of the instance that is given and has a price."""
    numbers_of = catalogue(instance.formulation).numbers
    return tuple(each for number in numbers_of.values() if number.priced for each in _of(instance, number))


def set_to(instance: Instance, parameter: Parameter, value: float) -> Instance:
    """The instance with the parameter at another value; what holds between cells is not checked again.

    Raises:
        InputError: the value is outside the range of the parameter.
    """
    return apply(instance, [Edit("set", parameter.target, float(value))], check=False).instance


def looked_at(instance: Instance, parameter: Parameter, value: float) -> Instance | None:
    """The instance with the parameter at another value, unchecked, for looking at; None outside of its range."""
    if not parameter.least <= value <= parameter.most:
        return None
    if parameter.kind == "policy":
        try:
            return with_settings(instance, {parameter.target: value})
        except ValidationError:
            return None
    table, *key, column = parameter.target.split(".")
    frame = instance.tables[table]
    row = np.ones(len(frame), dtype=bool)
    for name, part in zip(TABLES[table].key, key, strict=True):
        row &= texts(frame, name) == part
    return with_column(instance, table, column, np.where(row, value, numbers(frame, column)))


def city_name(instance: Instance, city: str) -> Text:
    """Name of a city in both languages."""
    return city_said(instance.tables["cities"].set_index("city").loc[city])


def unit_name(instance: Instance, unit: str) -> Text:
    """Name of a unit between pools and cities: that of the province with its code, else the unit as it is written."""
    cities = instance.tables["cities"]
    own = cities.loc[cities["province"] == unit, "province_name"]
    return province(unit, str(own.iloc[0])) if len(own) else Text(unit, unit)


def link_name(instance: Instance, link: str, words: Text = NAMED_LINK) -> Text:
    """What a link is called: both cities, the service and the kind, in other words where they are given."""
    giver, receiver, service, kind = key_of(link)
    cities = {"giver": city_name(instance, giver), "receiver": city_name(instance, receiver)}
    return words.fill(service=lower(_named(instance, "services", service)), kind=KINDS[kind], **cities)


def titled(row: Any) -> Text:
    """The titles of a row of pools, services or limits."""
    return Text(str(row["title_zh"]), str(row["title_en"]))


def lower(title: tuple[str, str]) -> Text:
    """A title as it stands within a sentence."""
    title = Text(*title)
    return Text(title.zh, title.en[:1].lower() + title.en[1:])


class _Step(NamedTuple):
    """What “one more” means, in words, the unit of the number, and whether it is an amount."""

    size: float
    said: Text
    unit: str = ""
    is_amount: bool = False


def _of(instance: Instance, number: Number) -> Iterator[Parameter]:
    """The values of one number; where there is nothing of it, one without a step from there is left out."""
    about = described(instance, number.path)
    table, _, name = number.path.rpartition(".")
    for key, value in zip(*values_of(instance, number.path), strict=True):
        step = _limit_step(instance, key, value) if number.by == "limit" else _step(instance, number, about, key, value)
        if step.size > 0 and (value > 0 or not number.amount):
            yield Parameter(
                f"{table}.{key}.{name}" if key else number.path,
                "policy" if about.column is None else table,
                _title(instance, number, about, key),
                float(value), step.size, step.said, step.unit, about.least, about.most, step.is_amount,
            )  # fmt: skip


def _title(instance: Instance, number: Number, about: Described, key: str) -> Text:
    what = lower(about.title)
    if number.by == "limit":
        return LIMIT.fill(of=_named(instance, "limits", key))
    if number.by == "cell":
        city, _, pool = key.partition(".")
        rules = catalogue(instance.formulation).rules
        ruled = [rules[name].title for turn in number.turns for name in turn.moves if name in rules]
        named = _named(instance, "pools", pool)
        return CELL.fill(city=city_name(instance, city), pool=named, what=lower(ruled[0]) if ruled else what)
    if number.by == "task":
        city, _, programme = key.partition(".")
        return TASK.fill(city=city_name(instance, city), programme=_named(instance, "programmes", programme), what=what)
    if number.by == "unit":
        unit, _, pool = key.rpartition(".")
        return UNIT.fill(unit=unit_name(instance, unit), pool=_named(instance, "pools", pool), what=what)
    if number.by == "link":
        return link_name(instance, key, LINK).fill(what=what)
    if number.by == "city":
        return OF.fill(of=city_name(instance, key), what=what)
    if not key:
        return what
    if about.column is None:
        if number.by == "tier":
            return TIER.fill(of=Text(debt_tier(key, "zh"), debt_tier(key, "en")), what=what)
        return OF.fill(of=key, what=what)
    return OF.fill(of=_named(instance, number.path.rpartition(".")[0], key), what=what)


def _named(instance: Instance, table: str, key: str) -> Text:
    frame = instance.tables[table]
    return titled(frame.loc[frame[TABLES[table].key[0]] == key].iloc[0])


def _step(instance: Instance, number: Number, about: Described, key: str, value: float) -> _Step:
    """An amount goes by its unit, a share by percentage points, a ratio by hundredths, anything else by per cent."""
    if about.unit == POOL_UNITS:
        return _amount(_is_land(instance, key.rpartition(".")[2]), value)
    if number.amount and about.unit == PERSONS:
        return _Step(1.0, STEPS["person"], "persons", True)
    if number.amount and about.unit in (HECTARES, MONEY, MONEY_A_YEAR):
        return _amount(about.unit == HECTARES, value)
    if about.unit in (SHARE, REFERENCE_MULTIPLE):
        return _Step(POINT, STEPS["point"], "share")
    if about.unit in (MULTIPLE, HECTARES):  # hectares that are no amount are hectares for each other one
        return _Step(POINT if value > 0 else 0.0, STEPS["hundredth"])
    return _Step(POINT * value, STEPS["percent"])


def _limit_step(instance: Instance, key: str, value: float) -> _Step:
    limits = instance.tables["limits"]
    row = limits.loc[limits["limit"] == key].iloc[0]
    kind, _, item = str(row["quantity"]).partition(":")
    unit = catalogue(instance.formulation).quantities[kind].unit
    if row["basis"] == "share":
        return _Step(POINT, STEPS["point"], "share", True)
    if row["basis"] == "spending":
        return _Step(POINT, STEPS["point"], "share")
    if row["basis"] == "relative":
        return _Step(POINT, STEPS["hundredth"])
    if row["basis"] == "last_year":
        return _Step(POINT, STEPS["hundredth"], "", True)
    if row["basis"] == "per_resident":
        return _Step(POINT * value, STEPS["percent"], "", True)
    if unit in COUNTED:
        table, named = COUNTED[unit]
        frame = instance.tables[table]
        row = frame.loc[frame[named] == item].iloc[0]
        counted = Text(str(row["unit_zh"]), str(row["unit_en"]))
        return _Step(1.0, STEPS["capacity"].fill(unit=counted), "", True)
    if unit == "persons":
        return _Step(1.0, STEPS["person"], "persons", True)
    return _amount(unit == "ha" or (unit == "pool" and _is_land(instance, item.partition(BETWEEN_ITEMS)[0])), value)


def _amount(land: bool, size: float) -> _Step:
    """One more hectare, or 10⁸ yuan (10⁴ yuan where there are less)."""
    if land:
        return _Step(1.0, STEPS["ha"], "ha", True)
    large = size >= HUNDRED_MILLION
    return _Step(
        HUNDRED_MILLION if large else 1.0, STEPS["hundred_million" if large else "money"], "10⁴ yuan", is_amount=True
    )


def _is_land(instance: Instance, pool: str) -> bool:
    pools = instance.tables["pools"]
    return bool((pools.loc[pools["pool"] == pool, "kind"] == "land").iloc[0])


__all__ = ["Parameter", "city_name", "link_name", "looked_at", "lower", "parameters", "set_to", "titled", "unit_name"]
