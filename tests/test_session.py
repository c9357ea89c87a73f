"""The live session: after any edits the result is that of a cold solve, and nothing else about it changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alloc
from alloc.instance import Instance, read
from alloc.instance.instance import make_instance
from alloc.report.plain.by_hand import edits_table
from alloc.report.view import View
from alloc.result.result import run
from alloc.session import Session
from alloc.solver.model.status import Progress, TierState
from instances import write_tiny
from random_instances import write_random

EDITS = (
    "policy.debt.ceiling = 1.0",
    "policy.debt.ceiling = 2.5",
    "policy.settlement.willingness = 0.2",
    "policy.settlement.cost *= 1.5",
    "pools.total *= 1.05 where kind == 'land'",
    "pools.total *= 0.98 where kind == 'transfer'",
    "cities.production_request *= 1.2 where residents > 500000",
    "cities.essential_spending *= 0.99",
    "services.entitlement = 1.0",
    "services.growth_limit *= 1.5",
    "cities.idle *= 0.5",
    "objective.fairness.tolerance = 0.01",
    "objective.fairness.tolerance = 0.0",
    "add limits { limit = 'settlers', quantity = 'settle', sense = '>=', value = 1, basis = 'amount' }",
    "drop objective.production",
)


@cache
def base() -> Instance:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        instance = read(write_random(Path(folder), seed=5, cities=8))
    return make_instance(instance.settings.model_copy(update={"integers": False}), instance.tables)


def same(live: alloc.Result, cold: alloc.Result) -> None:
    assert live.manifest["status"] == cold.manifest["status"]
    for one, other in zip(live.manifest["tiers"], cold.manifest["tiers"], strict=True):
        assert one["value"] == pytest.approx(other["value"], rel=1e-6, abs=1e-9), one["tier"]
    if cold.has_solution:
        pd.testing.assert_series_equal(live.tables["allocation"]["published"], cold.tables["allocation"]["published"])
        assert live.verified


@pytest.mark.long
@settings(max_examples=4, deadline=None)
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=4, unique=True))
def test_any_sequence_of_edits_gives_what_a_cold_solve_gives(lines: list[str]) -> None:
    session = Session(base())
    for line in lines:
        live = session.edit(line)
        if len(lines) % 2:  # and a step back between does no harm
            session.undo()
            live = session.edit(line)
    same(live, run(session.instance))


def test_an_edit_after_another_starts_where_the_last_one_ended() -> None:
    session = Session(base())
    session.edit("cities.production_request *= 1.01")
    kinds = {each if each[:5] != "cold:" else "cold" for each in session.starts.values()}
    assert kinds <= {"still optimal", "warm", "cold"}
    assert "warm" in session.starts.values()


def test_what_an_edit_cannot_change_is_not_run_again() -> None:
    session = Session(base())
    session.edit("objective.fairness.tolerance = 0.02")
    starts = session.starts
    assert starts["minimum"] == starts["fairness"] == "same"
    assert starts["settlement"] != "same"  # it may take more of fairness now
    same(session.result, run(session.instance))
    session.undo()
    session.edit("objective.fairness.tolerance = 0.03")  # and after an undo too
    assert session.starts["fairness"] == "same"


def test_a_limit_that_comes_or_goes_leaves_the_bases_of_the_other_rows() -> None:
    session = Session(base())
    for line in (
        "add limits { limit = 'some', quantity = 'settle', sense = '>=', value = 1, basis = 'amount' }",
        "limits.some.value = 2",
        "drop limits.some",
    ):
        live = session.edit(line)
        assert all(start in ("warm", "still optimal", "same") for start in session.starts.values()), line
        same(live, run(session.instance))


def test_a_limit_that_holds_anyway_leaves_every_run_as_it_was() -> None:
    session = Session(base())
    live = session.edit(
        "add limits { limit = 'few', quantity = 'settle', sense = '<=', value = 1e9, basis = 'amount' }"
    )
    assert set(session.starts.values()) == {"still optimal"}
    same(live, run(session.instance))
    live = session.edit("limits.few.value *= 0.9")
    assert set(session.starts.values()) == {"still optimal"}
    same(live, run(session.instance))


def test_each_tier_is_shown_when_it_is_done_with_the_allocation_so_far() -> None:
    seen: list[Progress] = []
    session = Session(base(), on_progress=seen.append)
    tiers = [each["tier"] for each in session.result.manifest["tiers"]]
    done = [each for each in seen if each.state is TierState.DONE]
    assert [each.tier for each in done] == tiers
    assert [each.tier for each in seen if each.state is TierState.STARTED] == tiers
    for progress, tier in zip(done, session.result.manifest["tiers"], strict=True):
        assert progress.best == pytest.approx(tier["bound"], rel=1e-5)
        assert progress.gap == pytest.approx(0.0, abs=1e-6)
    seen.clear()
    session.edit("pools.total *= 1.05 where kind == 'land'")
    for progress in (each for each in seen if each.state is TierState.DONE):
        assert progress.preliminary is not None
        table = progress.preliminary()
        assert list(table.columns) == ["city", "pool", "preliminary"]
        given = table.groupby("pool")["preliminary"].sum()
        pools = session.instance.tables["pools"].set_index("pool")
        assert (given <= (1 - pools["reserve"]) * pools["total"] * (1 + 1e-6)).all()  # of the edited instance
    final = table.set_index(["city", "pool"])["preliminary"]
    published = session.result.tables["allocation"].set_index(["city", "pool"])
    before_rounding = published["published"] - published["rounding"]
    assert np.allclose(final, before_rounding, rtol=1e-5, atol=1e-3)


def test_undo_and_redo() -> None:
    session = Session(base())
    before = session.result
    with pytest.raises(alloc.AllocError):
        session.undo()
    after = session.edit("policy.debt.ceiling = 1.0")
    assert session.undo() is before
    assert session.instance.settings.policy.debt.ceiling == base().settings.policy.debt.ceiling
    assert session.redo() is after
    with pytest.raises(alloc.AllocError):
        session.redo()
    session.undo()
    session.edit("policy.settlement.willingness = 0.2")
    with pytest.raises(alloc.AllocError):  # a new edit ends what could be done again
        session.redo()


def test_a_wrong_edit_leaves_the_session_as_it_was() -> None:
    session = Session(base())
    before = session.result
    with pytest.raises(alloc.InputError) as caught:
        session.edit("policy.debt.cieling = 1.0")
    assert "ceiling" in str(caught.value)
    assert session.result is before


def test_an_impossible_edit_is_explained_and_can_be_undone(tmp_path: Path) -> None:
    session = Session(read(write_tiny(tmp_path)))
    before = session.result
    broken = session.edit("pools.total *= 0.01 where kind == 'land'")  # far below the floors
    assert broken.infeasible and not broken.has_solution
    assert broken.conflict
    assert session.undo() is before
    assert session.edit("policy.settlement.cost *= 1.1").has_solution


def test_the_cells_of_an_edit_have_old_and_new_value() -> None:
    session = Session(base())
    old = base().settings.policy.debt.ceiling
    session.edit("policy.debt.ceiling = 1.1")
    (cell,) = session.cells
    assert (cell.old, cell.new) == (old, 1.1)


def test_a_result_records_every_edit_that_stands() -> None:
    session = Session(base())
    session.edit("cities.idle *= 0.5", "policy.settlement.cost *= 1.1")
    session.undo()
    session.edit("cities.idle *= 0.9")
    result = session.edit("cities.idle *= 0.8")
    assert [(each["number"], each["value"]) for each in result.manifest["edits"]] == [(1, 0.9), (2, 0.8)]


def test_a_condition_that_may_select_nothing_is_a_warning_with_the_result() -> None:
    session = Session(base())
    pool = str(base().tables["pools"]["pool"].iloc[0])
    result = session.edit(f"optional pools.total *= 1.1 where pool == '{pool}x'")
    (finding,) = [each for each in result.findings if each.file == "--edit"]
    assert finding.severity == "warning" and pool in str(finding)
    assert set(session.starts.values()) == {"same"}  # nothing has changed, so nothing is run


def test_edits_of_a_result_that_is_in_memory_alone_stay_on_record(tmp_path: Path) -> None:
    """Documents say everything since what can be read; of a result that was read its folder has the edits."""
    place = write_tiny(tmp_path / "tiny")
    (place / "scenarios").mkdir()
    for name, edit in (("one", "set = 'policy.debt.ceiling'\nto = 1.4"), ("two", "set = 'gap'\nto = 0.01")):
        text = f"title = {{ zh = '{name}', en = '{name}' }}\n[[edit]]\n{edit}\n"
        (place / "scenarios" / f"{name}.toml").write_text(text, encoding="utf-8")
    first = alloc.solve(place, scenario="one", edits="policy.settlement.cost *= 1.5", relaxation=True)
    second = alloc.solve(first, scenario="two", edits="cities.idle *= 0.5")
    third = alloc.solve(second, edits=["policy.settlement.cost *= 2", "cities.idle *= 2"])
    said = [(edit["file"], edit["number"], edit["target"]) for edit in third.manifest["edits"]]
    assert said == [
        ("one.toml", 1, "policy.debt.ceiling"), ("--edit", 1, "policy.settlement.cost"), ("two.toml", 1, "gap"),
        ("--edit", 2, "cities.idle"), ("--edit", 3, "policy.settlement.cost"), ("--edit", 4, "cities.idle"),
    ]  # fmt: skip
    assert third.manifest["scenario"] == {
        "name": "one+two", "title": {"zh": "one＋two", "en": "one + two"}, "inherits": [], "of": ["one", "two"],
    }  # fmt: skip
    table = edits_table(View(third, "en"))
    assert table is not None and len(table.rows) == 6
    third.save(tmp_path / "result")
    again = alloc.solve(tmp_path / "result", edits="policy.debt.ceiling = 1.3")
    assert [edit["target"] for edit in again.manifest["edits"]] == ["policy.debt.ceiling"]
