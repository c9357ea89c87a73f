"""By what every tier is measured, where two instances differ in it, and one result measured as the other is.

A tier's yardstick is what its value is computed with besides the plan and what there was before it: norms and weights,
say, not capacities or budgets. Two values by different yardsticks are no better and no worse than each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from alloc.comparison.check import ComparisonError
from alloc.comparison.pair import Pair
from alloc.formulation.lever import CITIES, COHORT, COSTS, FACTOR
from alloc.formulation.registry import catalogue_for
from alloc.instance.instance import Instance
from alloc.instance.schema.settings import Settings
from alloc.result.result import Result
from alloc.verification.ledger import Ledger
from alloc.verification.recompute import recompute
from alloc.verification.results import read
from alloc.verification.tiers import tier_values

SERVED = ("services.norm", "services.cohort", f"cities.{COHORT}")
SCORED = (*SERVED, "services.weight", "services.minimum", "policy.score")
# Figure of a city, as the tables of a comparison name it -> `table.column` or path of a setting.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "score": SCORED,
    "served": SERVED,
    "debt_tier": ("policy.debt.tiers.name", "policy.debt.tiers.below"),
}
# Factors that are derived; any other is the column of `cities` of its name.
FACTORS: Mapping[str, tuple[str, ...]] = {
    "migrants": ("cities.migrants_cross", "cities.migrants_within"),
    "land_entitlement": (
        "cities.settled_last", "cities.built_up", "cities.urban_residents", "cities.size_population",
        "policy.land.standards", "policy.land.no_linked_land",
    ),
    "fiscal_gap": ("cities.essential_spending", "cities.interest", "cities.revenue", "cities.other_transfers"),
    "backlog": (
        *SERVED, "services.entitlement", "services.capital_cost", "capacity.capacity", f"cities.migrant_{COHORT}",
        "cities.migrants_cross", "cities.migrants_within", "cities.residents", "ladder.entitlement", "stay.migrants",
        "groups.share",
    ),
}  # fmt: skip
WHOLE_ROWS = ("cities", "services", "pools")  # of these it is told which rows there are, not every cell of a new one


def yardsticks(pair: Pair, inputs: pd.DataFrame) -> pd.DataFrame:
    """Table `yardsticks`.

    Args:
        pair: the two results.
        inputs: table `inputs`.
    """
    found = apart(pair, inputs.to_dict("records"))
    return pd.DataFrame(found, columns=["measured", "table", "column", "rows"])


def apart(pair: Pair, cells: Iterable[Mapping[Any, Any]]) -> list[tuple[str, str, str, int]]:
    """The rows of the table `yardsticks`.

    Args:
        pair: the two results.
        cells: rows of the table `inputs`.
    """
    alike: dict[tuple[str, str, bool, str], set[str]] = {}  # of one input: what is true of one of them is of all
    for cell in cells:
        own = cell["key"] if cell["table"] == "objective" else ""
        alike.setdefault((cell["table"], cell["column"], cell["row"] == "changed", own), set()).add(cell["key"])
    if not alike:
        return []
    shared = [tier for tier in _tiers(pair.base) if tier in _tiers(pair.other)]
    blanks, found = _blanks(pair.base.instance, pair.other.instance), []
    for measured in (*shared, *FIGURES):
        made_of = _made_of(measured, pair.base.instance, blanks)
        keys: dict[tuple[str, str], set[str]] = {}
        for (table, column, stays, own), its in alike.items():
            if any(_is(table, column, stays, own, name, measured) for name in made_of):
                rows = table in WHOLE_ROWS and not stays
                keys.setdefault((table, "" if rows else column), set()).update(its)
        found += [(measured, *at, len(its)) for at, its in keys.items()]
    return found


def measured_as_base(pair: Pair, tier: str) -> float:
    """What the other result has of a tier by the yardstick of the base, in the tier's unit.

    NaN where it cannot be told: the two have other cities or services, of closeness other pools.

    Raises:
        ComparisonError: tables of the other are not whole.
    """
    ours, theirs = pair.base.instance, pair.other.instance
    made_of = catalogue_for(ours.settings).tiers[tier].yardstick
    alike = {"cities": "city", "services": "service"} | ({"pools": "pool"} if FACTOR in made_of else {})
    if not all(ours.tables[name][key].equals(theirs.tables[name][key]) for name, key in alike.items()):
        return float("nan")
    borrowed = _with_inputs(theirs, ours, tier, inputs_of(tier, ours, theirs))
    with np.errstate(all="ignore"):
        raw = replace(recompute(borrowed), limits=recompute(theirs).limits)
        results = read(pair.other.tables, raw, Ledger(tolerance=0.0), borrowed.settings.policy)
        if results is None:
            raise ComparisonError(f"{pair.letter} 的表不完整", f"tables of {pair.letter} are not whole")
        needed = raw.full_need > 0
        covered = np.where(needed, np.minimum((raw.capacity + results.places) / raw.full_need, 1.0), 1.0)
        missing = np.maximum(raw.service["minimum"] - covered, 0.0)
        services = results.services.with_columns(coverage=covered, gap=missing)
        return tier_values(raw, replace(results, services=services), borrowed.settings)[tier]


def _tiers(result: Result) -> list[str]:
    return [str(each["tier"]) for each in result.manifest["tiers"]]


def _is(table: str, column: str, stays: bool, own: str, name: str, measured: str) -> bool:
    """Whether cells of the table `inputs` belong to an input.

    Args:
        table, column: of the cells.
        stays: whether their rows are in both.
        own: their key where they are of the objective.
        name: of the input.
        measured: what is measured with it.
    """
    if table == "settings":
        return column == name or column.startswith((f"{name}.", f"{name}["))
    if name in WHOLE_ROWS:
        return table == name and not stays
    of, _, named = name.rpartition(".")
    return (table, column) == (of, named) and (table != "objective" or own == measured)


def inputs_of(measured: str, *instances: Instance) -> tuple[str, ...]:
    """The inputs of a yardstick, those named by services and factors of any of the instances included.

    Args:
        measured: a tier, or a figure of a city.
        instances: of one formulation.

    Returns:
        ``table.column``, and paths of settings.
    """
    return _made_of(measured, instances[0], _blanks(*instances))


def inputs_of_factor(factor: str, instance: Instance) -> tuple[str, ...]:
    """The inputs of a factor of a formula: ``table.column``, and paths of settings."""
    found = FACTORS.get(factor) or (f"cities.{factor}",)
    return tuple(dict.fromkeys(_filled(found, COHORT, _blanks(instance)[COHORT])))


def _blanks(*instances: Instance) -> dict[str, list[str]]:
    """What stands for the blanks in names of inputs, in any of the instances."""
    levers = catalogue_for(instances[0].settings).levers
    cohorts = [name for column in ("cohort", "plan_cohort") for name in _named(instances, "services", column) if name]
    return {
        COSTS: [path for lever in levers for path in lever.costs],
        FACTOR: _named(instances, "factors", "factor"),
        COHORT: cohorts,
    }


def _made_of(measured: str, instance: Instance, blanks: Mapping[str, list[str]]) -> tuple[str, ...]:
    known = catalogue_for(instance.settings)
    made_of = FIGURES[measured] if measured in FIGURES else known.tiers[measured].yardstick
    found = _filled(_filled(made_of, COSTS, blanks[COSTS]), FACTOR, blanks[FACTOR])
    inputs = [name for each in found for name in (FACTORS.get(each) or (each if "." in each or each == CITIES
              else f"cities.{each}",))]  # fmt: skip
    return tuple(dict.fromkeys(_filled(inputs, COHORT, blanks[COHORT])))


def _named(instances: Iterable[Instance], table: str, column: str) -> list[str]:
    every = (each.once(table, f"different {column}", lambda frame: set(frame[column].tolist())) for each in instances)
    return sorted({str(name) for names in every for name in names})


def _filled(names: Iterable[str], blank: str, values: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (name.replace(blank, value) for value in values) if blank in name else (name,)


def _with_inputs(instance: Instance, source: Instance, tier: str, names: Iterable[str]) -> Instance:
    """An instance with these inputs of another one that has the same cities and services."""
    tables, settings = dict(instance.tables), instance.settings
    for name in names:
        table, _, column = name.rpartition(".")
        if table == "factors":
            tables[table] = source.tables[table]
        elif table == "objective":
            entries = {each.tier: each for each in source.settings.objective}
            own = (entries[tier] if each.tier == tier else each for each in settings.objective)
            settings = settings.model_copy(update={"objective": tuple(own)})
        elif table in tables:
            theirs = source.tables[table]
            kept = tables[table].drop(columns=column, errors="ignore")
            tables[table] = kept.assign(**{column: theirs[column]}) if column in theirs else kept
        elif table:
            taken = _taken(settings, source.settings, name)
            assert isinstance(taken, Settings)
            settings = taken
    return Instance(instance.name, settings, tables)


def _taken(ours: BaseModel, theirs: BaseModel, path: str) -> BaseModel:
    """Settings with one part, by its dotted path, of others."""
    name, _, rest = path.partition(".")
    value = getattr(theirs, name)
    return ours.model_copy(update={name: _taken(getattr(ours, name), value, rest) if rest else value})
