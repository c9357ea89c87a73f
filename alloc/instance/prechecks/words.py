"""The words that the prechecks share: cities, pools, amounts with their units, and the rules behind a sum of bounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alloc.content.titles import value_title
from alloc.formulation.catalogue import ARITHMETIC, Catalogue
from alloc.formulation.columns import HECTARES, MONEY
from alloc.formulation.lever import Quantity
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import LimitRow, title_of
from alloc.instance.frames import texts
from alloc.instance.instance import Instance
from alloc.instance.schema.optional.limits import LIMITS
from alloc.instance.schema.tables import TABLES
from alloc.text import Text, behind_number, figure, listed
from alloc.tolerances import ROUNDOFF

THERE, ALL_OF_IT = Text("可分配", "To give"), Text("须全部下达", "To be given out")  # sides of a conflict
CITIES_SHOWN = 5
RULES_SHOWN = 3
# In the order of the classes of bonds.
CLASS_NAMES = (Text("一般债务", "general debt"), Text("专项债务", "special debt"))
# A rule of one side that makes the bound of the other.
_RAISES = Text("{rule}（高于上限，上限提高到此）", "{rule} (above the upper bound, which is raised to it)")
_LOWERS = Text("{rule}（低于下限，下限降低到此）", "{rule} (below the lower bound, which is lowered to it)")
_SIDES = {True: (frozenset({"floor", "earmark"}), _RAISES), False: (frozenset({"cap"}), _LOWERS)}


def above(value: NDArray[np.float64] | float, limit: NDArray[np.float64] | float) -> NDArray[np.bool_]:
    """Where a value is above a limit by more than rounding."""
    return np.asarray(value > limit + ROUNDOFF * np.maximum(1, np.abs(limit)))


SENSES = {sense: Text(value_title("sense", sense, "zh"), sense) for sense in LIMITS.by_name["sense"].values}


def amount(value: float, unit: Text) -> Text:
    """A number with its unit."""
    return Text(f"{figure(value)} {unit.zh}".rstrip(), f"{figure(value)} {behind_number(unit.en)}".rstrip())


def cell(value: float) -> str:
    """A number as it stands in a file, without the noise of arithmetic in its last digits."""
    value = float(f"{value:.15g}")
    return str(int(value)) if value.is_integer() else repr(value)


@dataclass(frozen=True)
class Words:
    """Names, units and lists for the findings on one instance."""

    instance: Instance
    derived: Derived

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the formulation of the instance declares."""
        return catalogue(self.instance.formulation)

    def quantity(self, row: LimitRow) -> Quantity:
        """What a row of limits sums up."""
        return self.catalogue.quantities[row.kind]

    def rule(self, name: str) -> Text:
        """What a rule behind a bound is called."""
        return self.catalogue.rules[name].title

    def bound(self, name: str, upper: bool) -> Text:
        """What makes a lower or an upper bound, in words; a rule of the other side is told with how it comes to that.

        Between floor and cap a corridor beyond them ends there, and so does a cap below the floor.
        """
        others, words = _SIDES[upper]
        return words.fill(rule=self.rule(name)) if name in others else self.rule(name)

    def place(self, rule: str) -> tuple[str, str]:
        """Table and column in which a planner finds a rule: the number that moves it before anything else."""
        numbers = self.catalogue.numbers.values()
        path = next(each.path for each in numbers if each.turns and each.turns[0].moves[:1] == (rule,))
        table, _, column = path.partition(".")
        return table, column

    def kept(self, position: int) -> Text:
        """What is said of a sum of a pool in which units above the cities keep some; nothing where none does."""
        some = bool((self.derived.up[:, position] != 1).any())
        return Text("连同上级留用", ", with what is kept above them,") if some else Text("", "")

    def column(self, table: str, name: str) -> Text:
        """What a column of a table is called."""
        return TABLES[table].by_name[name].title

    def city(self, position: int) -> Text:
        """Name and code of a city."""
        code, (zh, en) = self.derived.cities[position], self._city_names[position]
        return Text(f"{zh}（{code}）", f"{en} ({code})")

    def pool(self, position: int) -> Text:
        """Title and key of a pool."""
        return self._titled("pools", "pool", self.derived.pools[position])

    def service(self, key: str) -> Text:
        """Title and key of a service."""
        return self._titled("services", "service", key)

    def limit(self, key: str) -> Text:
        """Title and key of a limit, or of the row of a city."""
        zh, en = title_of(self.instance.tables, key)
        return with_key(zh, en, key)

    def pool_unit(self, position: int) -> Text:
        """What a pool is measured in."""
        return HECTARES if self.derived.kind[position] == "land" else MONEY

    def service_unit(self, key: str) -> Text:
        """What the capacity of a service is measured in."""
        return self._counted("services", self.derived.services.index(key))

    def programme_unit(self, key: str) -> Text:
        """What is done of a programme is counted in this."""
        return self._counted("programmes", self.derived.programmes.index(key))

    def cities(self, chosen: NDArray[np.bool_], values: NDArray[np.float64], unit: Text) -> Text:
        """Cities with their values, the greatest first; of a long list the rest is counted."""
        order = [int(k) for k in np.argsort(-values, kind="stable") if chosen[k]]
        named = listed(
            Text("{city}{value}", "{city} {value}").fill(city=self.city(k), value=amount(values[k], unit))
            for k in order[:CITIES_SHOWN]
        )
        rest = len(order) - CITIES_SHOWN
        return Text(f"{named.zh}，另有 {rest} 个城市", f"{named.en} and {rest} more") if rest > 0 else named

    def codes(self, chosen: NDArray[np.bool_]) -> str:
        """The codes of all chosen cities, for the key of a finding."""
        return ", ".join(np.array(self.derived.cities, dtype=object)[chosen])

    def made_by(self, bound: NDArray[np.float64], rule: NDArray[np.object_], unit: Text, *, upper: bool) -> Text:
        """Which rules make most of a sum of lower or of upper bounds, with their amounts and how many cities.

        Cities that no rule bounds and that add nothing take no part in it.
        """
        sums = {name: (float(bound[rule == name].sum()), int((rule == name).sum())) for name in sorted(set(rule))}
        told = [name for name in sums if sums[name][0] or self.catalogue.rules[name].owner != ARITHMETIC]
        largest = sorted(told or sums, key=lambda name: -sums[name][0])[:RULES_SHOWN]
        return listed(
            Text("{rule} {amount}（{count} 个城市）", "{rule} {amount} ({count} {cities})").fill(
                rule=self.bound(name, upper),
                amount=amount(sums[name][0], unit),
                count=sums[name][1],
                cities="city" if sums[name][1] == 1 else "cities",
            )
            for name in largest
        )

    @cached_property
    def titles(self) -> dict[str, Text]:
        """What cities, services and pools are called, by code."""
        tables = self.instance.tables
        return dict(zip(self.derived.cities, self._city_names, strict=True)) | {
            str(row[key]): Text(row["title_zh"], row["title_en"])
            for table, key in (("services", "service"), ("pools", "pool"))
            for _, row in tables[table].iterrows()
        }

    @cached_property
    def _city_names(self) -> list[Text]:
        table = self.instance.tables["cities"]
        pairs = zip(texts(table, "name"), texts(table, "name_en"), strict=True)
        return [Text(name, english or name) for name, english in pairs]

    def _counted(self, table: str, row: int) -> Text:
        frame = self.instance.tables[table]
        return Text(frame["unit_zh"].iloc[row], frame["unit_en"].iloc[row])

    def _titled(self, table: str, column: str, key: str) -> Text:
        rows = self.instance.tables[table]
        row = rows[rows[column] == key].iloc[0]
        return with_key(row["title_zh"], row["title_en"], key)


def with_key(zh: str, en: str, key: str) -> Text:
    """A title with its key, which is said once where it is the title too."""
    return Text(key if zh == key else f"{zh}（{key}）", key if en == key else f"{en} ({key})")
