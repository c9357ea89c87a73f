"""The benchmark of edits: what it counts, and that the interface beside it is handed the same change."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.scenario import apply, parse_edit
from random_instances import write_random

pytestmark = pytest.mark.long

edits = pytest.importorskip("benchmarks.edits", reason="Pyomo's appsi is not there")

KINDS = ("a tolerance", "a limit comes", "settlement cost")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "write_sized", lambda size, folder: write_random(folder, seed=5, cities=size))


@pytest.mark.slow
@pytest.mark.usefixtures("made")
def test_every_kind_of_edit_has_its_figures() -> None:
    found = edits.measure([4], repeat=1, kinds=KINDS)
    assert [row["edit"] for row in found["rows"]] == list(KINDS)
    for row in found["rows"]:
        assert row["cold"] > 0 and row["warm"] > 0
        assert 0 < row["outside"] <= 1
    tolerance, limit, cost = found["rows"]
    assert tolerance["starts"][0] >= 2  # tiers before the one that may give more are not run
    assert limit["pyomo"] is None and cost["pyomo"] > 0
    text = edits.table(found)
    assert all(kind in text for kind in KINDS)


def test_pyomo_is_handed_the_same_change(tmp_path: Path) -> None:
    instance = read(write_random(tmp_path / "made", seed=5, cities=4))
    persistent = edits.Persistent(instance)
    edited = apply(instance, [parse_edit("policy.settlement.willingness *= 0.5")]).instance

    def most() -> float:
        lp = persistent._solver._solver_model.getLp()
        return sum(each for each in lp.col_upper_ if each < 1e20)

    before = most()
    fewer = derive(instance).settle_limit.sum() - derive(edited).settle_limit.sum()
    assert fewer > 0
    handed: list[float] = []
    write = persistent._write
    persistent._write = lambda *change: (write(*change), handed.append(most()))[0]
    assert persistent.passed_on(edited) > 0
    assert handed[0] == pytest.approx(before - fewer)
    assert handed[1] == pytest.approx(before)  # and it was taken back
