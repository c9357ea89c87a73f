"""Derived data with another instance's at hand are what they are without."""

from __future__ import annotations

import numpy as np
import pytest

from alloc.instance import Instance, read
from alloc.instance.derived.derived import Derived, derive
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


def test_what_is_in_common_is_taken(instance: Instance) -> None:
    before = derive(instance)
    edited = apply(instance, [parse_edit("pools.land.total *= 1.1")]).instance
    after = derive(edited, before)
    assert after.full_need is before.full_need and after.bond_room is before.bond_room
    assert after.available is not before.available
