"""A lever with a table and a cost of its own goes through all rooms, none of which knows it by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import alloc
from alloc.report.document import city_page, report
from alloc.report.view import View
from alloc.result.store import load_result, write
from alloc.verification import verify
from new_lever import forget, verified_by, write_lever


@pytest.fixture
def lever(tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        write_lever(tmp_path, patch)
        yield patch
    forget()


def test_a_new_lever_is_solved_verified_stored_and_reported(lever: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verified_by(lever)
    result = alloc.solve("hand")
    assert result.verified
    renewal, land, budget = (result.tables[name] for name in ("renewal", "land", "budget"))
    assert list(renewal) == ["city", "renewed"] and list(land)[-1] == "mended"
    assert renewal["renewed"].to_numpy() == pytest.approx(2.0, abs=1e-6)
    assert land["mended"].to_numpy() == pytest.approx(3.0, abs=1e-6)
    services, costs = result.tables["services"], result.instance.tables["services"].set_index("service")
    building = (services["added"] * services["service"].map(costs["capital_cost"])).groupby(services["city"]).sum()
    reuse = result.instance.settings.policy.land.reuse_cost * (land["reuse_public"] + land["reuse_production"])
    spending = building.to_numpy() + reuse.to_numpy() + 5.0 * renewal["renewed"].to_numpy()
    assert budget["spending"].to_numpy() == pytest.approx(spending)
    write(result, tmp_path / "out")
    again = load_result(tmp_path / "out")
    assert again.tables["renewal"].equals(renewal) and again.tables["land"].equals(land)
    for language, title in (("zh", "城市更新面积"), ("en", "Renewed land")):
        tables = {each.name: each for each in report(again, language).tables()}
        assert title in tables["lever_renewal"].title and len(tables["lever_renewal"].rows) == len(renewal)
        assert "lever_land" in tables
        view = View(again, language)
        assert "lever_renewal" in {each.name for each in city_page(view, view.codes[0]).tables()}


def test_what_is_wrong_of_a_new_lever_is_found(lever: pytest.MonkeyPatch) -> None:
    verified_by(lever)
    result = alloc.solve("hand")
    renewal = result.tables["renewal"].assign(renewed=1.0)
    found = {each.family for each in verify(result.instance, {**result.tables, "renewal": renewal}).failures}
    assert "renewal_due" in found and "copies" in found, "also what it costs"
    assert np.isfinite(result.tables["budget"]["spending"]).all()


def test_a_lever_without_its_verification_is_refused(lever: pytest.MonkeyPatch) -> None:
    with pytest.raises(alloc.formulation.completeness.IncompleteError) as caught:
        alloc.solve("hand")
    assert {(each.kind, each.name) for each in caught.value.missing} == {
        ("decision", "renew"), ("decision", "mend"), ("family", "renewal_due"), ("family", "mending_due"),
    }  # fmt: skip
    zh, en = caught.value.message
    assert "决策 renew" in zh and "decision renew" in en
