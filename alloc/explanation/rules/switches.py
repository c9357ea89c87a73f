"""Rules that can be switched off one by one, and what the model is without each.

A family is switched off by freeing its rows, a rule behind a bound by leaving it out where bounds are made; everything
else, benchmarks and the shortfall that is let pass included, stays as it is. Arithmetic is never switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.content.places import department
from alloc.explanation.shared.parameters import city_name, lower, titled
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.lever import BLANK, NO_ROWS, Family, Rule, Without
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.solver.solution import compiled
from alloc.text import Text

LIMIT = Text("分组限制：{of}", "limit: {of}")
FIXED = Text("{city}{pool}的人工调整数", "the override of {pool} for {city}")
EXHAUST = Text("{of}须全部分完", "all of {of} must be given out")


@dataclass(frozen=True)
class Switch:
    """A rule that can be switched off.

    Attributes:
        name: constraint family, rule behind a bound, ``limits.KEY``, ``overrides.CITY.POOL``, ``exhaust.POOL``.
        title: in the planner's words.
        owner: who may waive it, as far as it is known.
        without: the instance without it, from which `fields` of the derived data are taken.
        fields: of the derived data that the rule makes.
        rows: families whose rows are freed.
        row: rows of a family by their labels, freed above and below; with `lower_only` below alone.
        lower_only: as said.
        bounds: rule behind a bound, worked out by its lever, that is left out of the bounds of its decision.
        replaces: whether the bounds without the rule stand in place of those with it, as for an override; else they
            only give way.
    """

    name: str
    title: Text
    owner: Text
    without: Callable[[Instance], Instance] | None = None
    fields: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    lower_only: bool = False
    bounds: Rule | None = None
    replaces: bool = False

    def model(self, instance: Instance, derived: Derived, base: LinearModel) -> LinearModel:
        """The matrix with the rule switched off; `derived` and `base` are those of the instance with it."""
        model = base
        if self.without is not None:
            other = derive(self.without(instance), derived)
            known = derived.changed(**{name: self._field(derived, other, name) for name in self.fields})
            model = compiled(known, instance, base)
        least, most = model.row_lower.copy(), model.row_upper.copy()
        for family in self.rows:
            least[model.rows[family].slice], most[model.rows[family].slice] = -np.inf, np.inf
        for label in self.row[1:]:
            block = model.rows[self.row[0]]
            place = block.start + block.members.labels().index((label,))
            least[place] = -np.inf
            most[place] = most[place] if self.lower_only else np.inf
        model = replace(model, row_lower=least, row_upper=most)
        return model if self.bounds is None else _without_bound(model, derived, self.bounds, instance)

    def _field(self, derived: Derived, other: Derived, name: str) -> Any:
        """A bound that only gives way: a corridor that a cap cuts off does not ask for more without the cap."""
        before, after = getattr(derived, name), getattr(other, name)
        if self.replaces or name not in ("lower", "upper"):
            return after
        return np.minimum(before, after) if name == "lower" else np.maximum(before, after)


def switches(instance: Instance, derived: Derived) -> tuple[Switch, ...]:
    """Every rule of the instance that can be switched off, families first."""
    known = catalogue(instance.formulation)
    waived = [
        each
        for each in known.families.values()
        if not each.arithmetic and _is_given(instance, each.setting) and _has_its_table(instance, each, known)
    ]
    return (
        *(switch for family in waived if not (family.shared and family.item) for switch in _of_family(family, known)),
        *(
            switch
            for rule in known.rules.values()
            if not rule.replaces and known.decisions[rule.decision].there(derived)
            for switch in _of_rule(rule, instance, known)
        ),
        *_pools(instance, known),
        *_limits(derived, instance, known),
        *_hand(instance, known),
    )


def _of_family(family: Family, known: Catalogue) -> Iterator[Switch]:
    """A family, and before it each cause of its right side."""
    owner = known.owners[family.owner]
    for name in family.causes:
        cause = known.causes[name]
        yield Switch(name, lower(cause.title), owner, _doing_without(cause.without), cause.makes)
    without = _doing_without(family.without) if family.without else None
    yield Switch(family.name, lower(family.title), owner, without, family.makes, (family.name,))


def _of_rule(rule: Rule, instance: Instance, known: Catalogue) -> Iterator[Switch]:
    """A rule behind a bound, where the instance has it."""
    title, owner = lower(rule.title), known.owners[rule.owner]
    if rule.without and _has(instance, rule.without):
        yield Switch(rule.name, title, owner, _doing_without(rule.without), rule.makes)
    elif rule.bound is not None and not rule.without:
        yield Switch(rule.name, title, owner, bounds=rule)


def _without_bound(model: LinearModel, derived: Derived, rule: Rule, instance: Instance) -> LinearModel:
    """The bounds of a decision by the other rules of its lever alone; else from nothing to what there is use for."""
    known = catalogue(instance.formulation)
    block, decision = model.columns[rule.decision], known.decisions[rule.decision]
    most = np.inf if decision.possible is None else decision.possible(derived)
    found = {"lower": np.zeros(block.shape), "upper": np.broadcast_to(most, block.shape)}
    for side in found:
        for other in known.rules.values():
            if other.decision == rule.decision and side in other.sides and other.bound and other.name != rule.name:
                nearer = np.maximum if side == "lower" else np.minimum
                found[side] = nearer(found[side], other.bound(derived))
    bounds = {"lower": model.lower.copy(), "upper": model.upper.copy()}
    for side in rule.sides:
        bounds[side][block.slice] = found[side].ravel() / model.column_scale[block.slice]
    return replace(model, lower=bounds["lower"], upper=bounds["upper"])


def _pools(instance: Instance, known: Catalogue) -> Iterator[Switch]:
    for row in instance.tables["pools"].to_dict("records"):
        if row["exhaust"]:
            title, pool = EXHAUST.fill(of=titled(row)), str(row["pool"])
            owner = known.owners[known.numbers["pools.exhaust"].owner]
            yield Switch(f"exhaust.{pool}", title, owner, row=(known.shared("pools")[0], pool), lower_only=True)


def _limits(derived: Derived, instance: Instance, known: Catalogue) -> Iterator[Switch]:
    table = {str(row["limit"]): row for row in instance.tables["limits"].to_dict("records")}
    family = known.shared("limits")[0]
    for key in dict.fromkeys(each.key for each in derived.limits):
        row = table[key]
        owner = department(str(row["owner"])) if row["owner"] else known.owners[known.families[family].owner]
        title = LIMIT.fill(of=titled(row))
        labels = (each.limit for each in derived.limits if each.key == key)
        yield Switch(f"limits.{key}", title, owner, row=(family, *labels))


def _hand(instance: Instance, known: Catalogue) -> Iterator[Switch]:
    """What a planner fixed: without it, the bounds that stand in its place."""
    pools = {str(row["pool"]): row for row in instance.tables["pools"].to_dict("records")}
    for row in instance.tables["overrides"].to_dict("records"):
        city, pool = str(row["city"]), str(row["pool"])
        title = FIXED.fill(city=city_name(instance, city), pool=titled(pools[pool]))
        owner = Text(row["approved_by"], row["approved_by"])
        if not row["approved_by"]:
            owner = known.owners[known.numbers["overrides.amount"].owner]
        without = _without_row("overrides", city=city, pool=pool)
        yield Switch(f"overrides.{city}.{pool}", title, owner, without, ("lower", "upper"), replaces=True)


def _without_row(table: str, **key: str) -> Callable[[Instance], Instance]:
    def without(one: Instance) -> Instance:
        frame = one.tables[table]
        gone = np.ones(len(frame), dtype=bool)
        for column, value in key.items():
            gone &= (frame[column] == value).to_numpy()
        return replace(one, tables={**one.tables, table: frame[~gone].reset_index(drop=True)})

    return without


def _has(instance: Instance, changes: Without) -> bool:
    """Whether an instance is another one without a rule: where no cell is given, there is nothing to do without."""
    for path, value in changes.items():
        table, _, column = path.partition(".")
        if value == NO_ROWS:
            if len(instance.tables[table]):
                return True
        elif table not in instance.tables or _differs(instance.tables[table][column].to_numpy(), value):
            return True
    return False


def _has_its_table(instance: Instance, family: Family, known: Catalogue) -> bool:
    """Whether a lever whose decisions stand in a table of its own has rows there."""
    levers = (lever for lever in known.levers if any(each.name == family.name for each in lever.families))
    tables = {decision.table for lever in levers for decision in lever.decisions}
    own = tables & set(instance.tables)
    return not own or any(len(instance.tables[name]) for name in own)


def _is_given(instance: Instance, setting: str) -> bool:
    """Whether an instance has what a family needs: a setting, or a column of which some cell is filled."""
    table, _, column = setting.partition(".")
    if table in instance.tables:
        return _differs(instance.tables[table][column].to_numpy(), BLANK)
    return not setting or instance.settings.gives(setting)


def _differs(cells: np.ndarray, value: Any) -> bool:
    if isinstance(value, float) and np.isnan(value):  # a text that is blank is empty
        return bool(np.any(cells != "") if cells.dtype == object else np.any(~np.isnan(cells.astype(float))))
    return bool(np.any(cells != value))


def _doing_without(changes: Without) -> Callable[[Instance], Instance]:
    """An instance with the changes with which it does without a rule, unchecked: it is only looked at."""

    def without(one: Instance) -> Instance:
        tables, settings = dict(one.tables), one.settings
        for path, value in changes.items():
            table, _, column = path.partition(".")
            if value == NO_ROWS:
                tables[table] = tables[table].iloc[:0]
            elif table in tables:
                tables[table] = tables[table].assign(**{column: value})
            else:
                settings = _with_setting(settings, path.split("."), value)
        return replace(one, settings=settings, tables=tables)

    return without


def _with_setting(section: Any, path: list[str], value: Any) -> Any:
    """Settings with another value at a path; in a list, of every entry."""
    if isinstance(section, tuple):
        return tuple(_with_setting(entry, path, value) for entry in section)
    first, *rest = path
    inner = _with_setting(getattr(section, first), rest, value) if rest else value
    return section.model_copy(update={first: inner})
