"""Derived data with another instance's at hand are what they are without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alloc.instance import Instance, read
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.steps import Steps
from alloc.scenario import apply, parse_edit
from random_instances import write_random

EDITS = (
    "pools.land.total *= 1.1",
    "pools.corridor_up = 0.4",
    "services.primary.norm *= 1.02",
    "services.primary.settlement_prerequisite = false",
    "policy.debt.ceiling = 0.7",
    "policy.settlement.willingness = 0.01",
    "policy.land.no_linked_land = []",
    "cities.migrants_within *= 1.5",
    "cities.size_population *= 4",
    "last_year.amount *= 1.2",
    "limits.value *= 0.9",
    "drop limits where sense == '<='",
    "capacity.capacity *= 1.1",
    "capacity.capacity = 0 where service == 'primary'",
    "pools.use = 'capital' where use == 'general'",
    "pools.use = 'general' where use == 'capital'",
    "pools.bond_class = 'general' where bond_class == 'special'",
    "pools.land.kind = 'transfer'",
    "factors.weight *= 0.5",
    "drop overrides",
)


def same(one: Derived, other: Derived) -> bool:
    for name, value in vars(one).items():
        against = getattr(other, name)
        if name == "steps":
            continue
        if name == "limits":
            pairs = zip(value, against, strict=True)
            if not all(
                (a.limit, a.amount) == (b.limit, b.amount) and np.array_equal(a.selection, b.selection)
                for a, b in pairs
            ):
                return False
        elif name == "purses":
            if not (np.array_equal(value.head, against.head) and np.array_equal(value.share, against.share)):
                return False
        elif name.endswith("_bounds"):
            if not all(
                (a.rule, a.decision, a.side) == (b.rule, b.decision, b.side) and np.array_equal(a.amount, b.amount)
                for a, b in zip(value, against, strict=True)
            ):
                return False
        elif isinstance(value, np.ndarray):
            if not np.array_equal(value, against, equal_nan=value.dtype == float):
                return False
        elif value != against and not (value != value and against != against):  # a number that is none
            return False
    return True


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_random(tmp_path_factory.mktemp("random"), 4))


@pytest.mark.parametrize("line", EDITS)
def test_derived_near_another(instance: Instance, line: str) -> None:
    edited = apply(instance, [parse_edit(line)], check=False).instance
    assert edited is not instance
    assert same(derive(edited, derive(instance)), derive(edited))


def test_a_step_is_worked_out_once_for_the_same_inputs() -> None:
    """Three calls, two different inputs; a later derivation takes over the one that it asks for again."""
    steps = Steps()
    assert [steps(float, 3), steps(float, 3), steps(float, 4)] == [3.0, 3.0, 4.0] and steps.anew == 2
    later = Steps(steps)
    assert [later(float, 4), later(float, 5)] == [4.0, 5.0] and later.anew == 1


def test_what_is_in_common_is_taken(instance: Instance) -> None:
    before = derive(instance)
    edited = apply(instance, [parse_edit("pools.land.total *= 1.1")]).instance
    after = derive(edited, before)
    assert after.full_need is before.full_need and after.bond_room is before.bond_room
    assert after.available is not before.available


# Edit -> which parts are the very arrays of the other instance: people, needs, land, money, last year, pools.
TAKEN = {
    "limits.value *= 0.9": "people needs land money last_year pools",
    "pools.corridor_up = 0.4": "people needs land money last_year pools",  # a bound, not the formula
    "factors.weight *= 0.5": "people needs land money last_year",
    "services.primary.settlement_prerequisite = false": "people needs land money last_year pools",  # the same backlog
    "services.primary.norm *= 1.02": "people land money last_year",
    "capacity.capacity = 0": "people needs land money last_year",  # more backlog, which is a factor of pools
    "pools.land.kind = 'transfer'": "people needs land last_year pools",  # what is a transfer is capacity to pay
    "last_year.amount *= 1.2": "people needs land pools",
    "policy.debt.ceiling = 0.7": "people needs land last_year pools",
    "cities.idle *= 2": "people needs money last_year pools",
}
FIELDS = {"people": "settle_limit", "needs": "full_need", "land": "reusable", "money": "bond_room",
          "last_year": "last_year", "pools": "benchmark"}  # fmt: skip


@pytest.mark.parametrize("line", TAKEN)
def test_what_is_taken_is_what_the_edit_leaves_alone(instance: Instance, line: str) -> None:
    before = derive(instance)
    edited = apply(instance, [parse_edit(line)], check=False).instance
    after = derive(edited, before)
    found = [part for part, name in FIELDS.items() if getattr(after, name) is getattr(before, name)]
    assert found == TAKEN[line].split()


def test_a_pool_of_another_name_takes_nothing_by_place(instance: Instance) -> None:
    """Pools in another order: what a city got of them last year, and the money that this is, is found by name."""
    before = derive(instance)
    pools = instance.tables["pools"]
    turned = replace(instance, tables={**instance.tables, "pools": pools.iloc[::-1].reset_index(drop=True)})
    after = derive(turned, before)
    assert same(after, derive(turned))
    np.testing.assert_array_equal(after.last_year, before.last_year[:, ::-1])
    np.testing.assert_array_equal(after.reference, before.reference)


def test_a_column_is_read_once_of_a_table() -> None:
    """Again of another one, and where what stands for blanks is another."""
    steps, table = Steps(), pd.DataFrame({"city": ["a", "b"], "idle": [1.0, np.nan]})
    first = steps.numbers("cities", table, "idle")
    assert steps.numbers("cities", table, "idle") is first
    assert steps.numbers("cities", table, "idle", 0.0).tolist() == [1.0, 0.0]
    other = steps.numbers("cities", table.assign(idle=2.0), "idle", 0.0)
    assert other.tolist() == [2.0, 2.0]
