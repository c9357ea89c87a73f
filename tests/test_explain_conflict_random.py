"""Random instances, made impossible: what clashes is found, and every repair that is offered makes them solve."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.instance import InputError, Instance, read
from alloc.instance.instance import make_instance
from alloc.result.result import run
from alloc.scenario import apply, parse_edit
from random_instances import write_random

pytestmark = pytest.mark.long

CLASHES = (
    ["add limits { limit = 'more', quantity = 'settle', sense = '>=', value = 1.0, basis = 'per_resident' }"],
    ["add limits { limit = 'more', quantity = 'added:hospital', sense = '>=', value = 0.01, basis = 'per_resident' }"],
    ["add limits { limit = 'less', quantity = 'allocation:equalisation', sense = '<=', value = 0.5, basis = 'share' }",
     "pools.equalisation.exhaust = true"],
    ["pools.land.floor_multiple = 1.4"],
    ["pools.equalisation.total *= 0.5"],
    ["pools.general_bonds.exhaust = true", "pools.general_bonds.total *= 30"],
    ["add limits { limit = 'built', quantity = 'land_use:production', sense = '>=', value = 1.2, basis = 'share' }"],
)  # fmt: skip


def edited(instance: Instance, lines: list[str]) -> Instance:
    return apply(instance, [parse_edit(line, place) for place, line in enumerate(lines, 1)]).instance


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 400), which=st.sets(st.sampled_from(range(len(CLASHES))), min_size=1, max_size=2))
def test_every_repair_solves(seed: int, which: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read(write_random(Path(folder) / "random", seed, cities=4))
    try:
        instance = edited(found, [line for k in sorted(which) for line in CLASHES[k]])
        conflict = explain_conflict(instance)
    except InputError:
        return
    if conflict.feasible:
        return
    assert conflict.feasible is False
    assert conflict.clash.groups
    assert conflict.menu.repairs
    for repair in conflict.menu.repairs:
        mended = edited(instance, list(repair.lines))
        one_tier = mended.settings.model_copy(update={"objective": mended.settings.objective[:1]})
        result = run(make_instance(one_tier, mended.tables))
        assert result.has_solution and result.verified, repair.lines
