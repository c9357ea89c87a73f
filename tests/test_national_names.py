"""The national instance with whole facilities under other names, codes and units: the slow lane."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from alloc.instance import Instance, read
from alloc.result.result import Result, run
from other_units import other_money
from variants import codes_permuted, named_back, services_renamed, with_redundant_limits


@cache
def nation() -> Result:
    return run(read("china-2020"), bounds=False)


def published(result: Result) -> np.ndarray:
    return result.tables["allocation"].sort_values(["city", "pool"])["published"].to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("told", [lambda x: services_renamed(x)[0], with_redundant_limits])
def test_no_published_number_of_the_nation_changes(told: Callable[[Instance], Instance]) -> None:
    assert np.array_equal(published(run(told(nation().instance), bounds=False)), published(nation()))


@pytest.mark.slow
def test_codes_of_the_nation_decide_ties_of_a_quantum_alone() -> None:
    permuted, new = codes_permuted(nation().instance, 1)
    again = named_back(run(permuted, bounds=False).tables["allocation"], "city", new)
    quanta = again["pool"].map(nation().instance.tables["pools"].set_index("pool")["quantum"]).to_numpy()
    assert np.all(np.abs(again["published"].to_numpy() - published(nation())) <= quanta * (1 + 1e-9))


@pytest.mark.slow
@pytest.mark.parametrize("factor", [2.0, 1e4])
def test_money_of_the_nation_in_another_unit(factor: float) -> None:
    again = run(other_money(nation().instance, factor), bounds=False)
    money = nation().tables["allocation"].sort_values(["city", "pool"])["unit"].to_numpy() != "ha"
    assert np.allclose(published(again) / np.where(money, factor, 1.0), published(nation()), rtol=0, atol=1e-9)
