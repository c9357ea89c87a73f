"""Drivers: the Shapley value and its axioms, a driver for every column, and mixtures of two instances."""

from __future__ import annotations

import re
import string
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.explanation.city import words as reasons_words
from alloc.explanation.request import words as requests_words
from alloc.explanation.shared.drivers import DRIVERS, driver_of
from alloc.explanation.shared.mixtures import Pair, changed_columns
from alloc.explanation.shared.shapley import shapley, subsets
from alloc.formulation.columns import NO_DRIVER, Driver
from alloc.instance import Instance, read
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.scenario import apply, diff, parse_edit
from alloc.scenario.state import settings_apart
from instances import write_tiny

pytestmark = pytest.mark.long

NAMES = ("a", "b", "c", "d")
numbers = st.fractions(-1000, 1000, max_denominator=50)


@st.composite
def games(draw: st.DrawFn) -> tuple[tuple[str, ...], dict[frozenset[str], Fraction]]:
    """One to four drivers, a value for every subset of them."""
    names = NAMES[: draw(st.integers(1, 4))]
    return names, {subset: draw(numbers) for subset in subsets(names)}


# ------------------------------------------------------------------------------------------------------- the value


@settings(max_examples=60, deadline=None)
@given(games())
def test_value_is_the_mean_over_all_orders_and_adds_up(
    game: tuple[tuple[str, ...], dict[frozenset[str], Fraction]],
) -> None:
    names, values = game
    split = shapley(names, values)
    assert split is not None
    assert split.complete
    assert sum(split.parts.values()) == values[frozenset(names)] - values[frozenset()]
    orders = list(permutations(names))
    for name in names:
        steps = [values[frozenset(order[: order.index(name) + 1])] - values[frozenset(order[: order.index(name)])]
                 for order in orders]  # fmt: skip
        assert split.parts[name] == sum(steps, Fraction(0)) / len(orders)


@settings(max_examples=60, deadline=None)
@given(games(), st.sets(st.integers(0, 15), max_size=6))
def test_value_over_the_orders_that_are_left(
    game: tuple[tuple[str, ...], dict[frozenset[str], Fraction]], missing: set[int]
) -> None:
    """With subsets missing: the mean over the orders that avoid them, which still adds up; none where there is none."""
    names, values = game
    ends = (frozenset(), frozenset(names))
    known = {each: value for place, (each, value) in enumerate(values.items()) if each in ends or place not in missing}
    through = [order for order in permutations(names)
               if all(frozenset(order[:size]) in known for size in range(len(names) + 1))]  # fmt: skip
    split = shapley(names, known)
    if not through:
        assert split is None
        return
    assert split is not None
    assert split.orders == len(through)
    assert sum(split.parts.values()) == values[ends[1]] - values[ends[0]]
    for name in names:
        steps = [known[frozenset(order[: order.index(name) + 1])] - known[frozenset(order[: order.index(name)])]
                 for order in through]  # fmt: skip
        assert split.parts[name] == sum(steps, Fraction(0)) / len(through)


@settings(max_examples=60, deadline=None)
@given(games())
def test_a_driver_that_changes_nothing_has_nothing_and_twins_have_the_same(
    game: tuple[tuple[str, ...], dict[frozenset[str], Fraction]],
) -> None:
    names, values = game
    idle = {each: values[each - {"idle"}] for each in subsets((*names, "idle"))}
    split = shapley((*names, "idle"), idle)
    assert split is not None
    assert split.parts["idle"] == 0
    # Two drivers of which only the number counts, whatever else there is.
    twins = {each: values[each - {"one", "two"}] * (1 + len(each & {"one", "two"}) ** 2)
             for each in subsets((*names, "one", "two"))}  # fmt: skip
    both = shapley((*names, "one", "two"), twins)
    assert both is not None
    assert both.parts["one"] == both.parts["two"]


def test_subsets_begin_with_those_that_make_a_split_possible() -> None:
    found = subsets(("a", "b", "c"))
    assert len(found) == len(set(found)) == 8
    first = {each: Fraction(len(each)) for each in found[:4]}
    split = shapley(("a", "b", "c"), first)
    assert split is not None
    assert (split.orders, split.all_orders) == (1, 6)


# ------------------------------------------------------------------------------------------------- columns and drivers


def test_every_column_has_a_driver() -> None:
    """One that there is; and nothing of the data of a city goes without."""
    assert len(DRIVERS) <= 7
    assert {*DRIVERS, NO_DRIVER} == set(get_args(Driver))
    for table in TABLES.values():
        assert {column.driver for column in table.columns} <= {*DRIVERS, NO_DRIVER}
    assert NO_DRIVER not in {column.driver for column in TABLES["cities"].columns}


def test_every_setting_that_a_rule_reads_has_a_driver() -> None:
    assert {name for name in Settings.model_fields if driver_of("settings", name) == NO_DRIVER} == {
        "schema_version", "name", "title", "year", "integers", "facilities", "gap", "time_limit",
        "findings_confirmed", "units_confirmed",
    }  # fmt: skip
    assert driver_of("settings", "policy.debt.ceiling") == "policy"
    assert driver_of("settings", "policy.settlement.willingness") == "settlement"
    assert driver_of("policy.debt.tiers", "new_bond_factor") == driver_of("objective", "tolerance") == "policy"
    assert driver_of("settings", "policy.land.standards[1].per_settler") == "policy"
    assert driver_of("settings", "formulation") == "policy"


def test_further_columns_of_cities() -> None:
    assert driver_of("cities", "age_6_11", ("age_6_11",)) == "population"
    assert driver_of("cities", "migrant_age_6_11", ("age_6_11",)) == "population"
    assert driver_of("cities", "region", ("age_6_11",)) == "others"


# ------------------------------------------------------------------------------------------------------------ mixtures

EDITS = {
    "pools.land.total = 5000": "totals",
    "pools.land.reserve = 0.4": "totals",
    "cities.residents *= 1.01": "population",
    "cities.age_6_11 *= 1.02": "population",
    "cities.settled_last *= 1.3": "settlement",
    "policy.settlement.willingness = 0.2": "settlement",
    "cities.450900.debt_special += 1000": "debt",
    "cities.idle *= 0.9": "land",
    "policy.debt.ceiling = 1.2": "policy",
    "objective.fairness.tolerance = 0.01": "policy",
    "pools.land.corridor_up = 0.5": "policy",
    "drop limits.large_share": "policy",
    "add overrides { city = '440300', pool = 'land', amount = 800 }": "policy",
    "drop earmarks where city = '450900'": "policy",
    "last_year.440500.land.amount = 610": "others",
    "capacity.440300.primary.capacity = 490000": "others",
    "cities.revenue *= 0.97": "others",
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_tiny(tmp_path_factory.mktemp("tiny")))


def same(one: Instance, other: Instance) -> bool:
    found = diff(one, other)
    return found[(found["table"] != "sources") & (found["column"] != "integers")].empty


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(chosen=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=5, unique=True))
def test_mixtures_hold_the_drivers_that_have_moved(tiny: Instance, chosen: list[str]) -> None:
    """With the drivers of some edits moved, a mixture is the instance with just these edits."""
    pair = Pair(tiny, apply(tiny, [parse_edit(each) for each in chosen]).instance)
    drivers = {EDITS[each] for each in chosen}
    assert set(pair.drivers) == drivers
    for moved in subsets(tuple(sorted(drivers)))[:6]:
        alone = apply(tiny, [parse_edit(each) for each in chosen if EDITS[each] in moved], check=False).instance
        mixed = pair.mixed(moved)
        assert same(mixed, alone)
        assert not mixed.settings.integers


def test_a_pool_that_only_one_has_goes_with_policy(tiny: Instance, tmp_path: Path) -> None:
    """With its last year and its factors, so that no mixture names a pool that is not there."""
    other = read(write_tiny(
        tmp_path,
        pools=lambda text: text + "extra,transfer,capital,,新池,Extra,10,0,true,,,,,1\n",
        factors=lambda text: text + "extra,residents,1\n",
        last_year=lambda text: text + "440300,extra,3\n",
    ))  # fmt: skip
    pair = Pair(tiny, other)
    assert pair.drivers == ("policy",)
    assert same(pair.mixed(()), tiny)
    assert same(pair.mixed(("policy",)), other)


def test_a_migrant_cohort_that_only_one_gives(tiny: Instance, tmp_path: Path) -> None:
    """Where it is not given it is in proportion; a mixture without it says so too."""

    def with_migrants(text: str) -> str:
        head, *rows = text.splitlines()
        return "\n".join([f"{head},migrant_age_6_11", *(f"{row},1000" for row in rows), ""])

    pair = Pair(tiny, read(write_tiny(tmp_path, cities=with_migrants)))
    assert pair.drivers == ("population",)
    assert pair.mixed(()).tables["cities"]["migrant_age_6_11"].isna().all()
    assert (pair.mixed(("population",)).tables["cities"]["migrant_age_6_11"] == 1000).all()


def test_settings_are_all_told_apart(tiny: Instance) -> None:
    """No setting of the small instance is without a driver but those that no rule reads."""
    values, _ = settings_apart(tiny.settings)
    without = {path for path in values if driver_of("settings", path) == NO_DRIVER}
    assert without == {"schema", "name", "title.zh", "title.en", "year", "integers", "facilities", "gap", "time_limit",
                       "findings_confirmed", "units_confirmed"}  # fmt: skip


def test_changed_columns_are_named_with_their_cells() -> None:
    assert (
        changed_columns({"cities.residents": 337, "policy.debt.ceiling": 1})
        == "cities.residents × 337, policy.debt.ceiling"
    )
    assert changed_columns({str(k): 2 for k in range(6)}).endswith(", …")


# --------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize("module", [reasons_words, requests_words])
def test_words(module: object) -> None:
    """Both languages with the same slots, whole sentences, full-width punctuation in Chinese."""
    for key, text in module.WORDS.items():  # type: ignore[attr-defined]
        slots = [{name for _, name, _, _ in string.Formatter().parse(each) if name} for each in text]
        # The unit stands where a language wants it; a mark belongs to a number that both have.
        assert slots[0] - {"unit"} == slots[1] - {"unit"}, key
        if key in ("marks", "named", "quoted"):  # a legend; names that have words of their own
            continue
        if key in ("line", "finding"):  # what follows the dash has words of its own
            continue
        assert re.search("[\u4e00-\u9fff]", text.zh), key
        assert not re.search("[\u3000-\u303f\uff00-\uffef]", text.en), key
        plain = re.sub(r"\{\w+\}|--[a-z]+|^- ", "", text.zh)
        assert not re.search(r"[,;()?!]|\.$", plain), key
