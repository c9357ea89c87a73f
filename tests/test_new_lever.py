"""A lever with a table and a cost of its own goes through all rooms, none of which knows it by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import alloc
from alloc.report.document import city_page, report
from alloc.report.view import View
from alloc.result.store import load_result, write
from alloc.scenario import apply, parse_edit
from alloc.verification import verify
from alloc.verification.levers import Quantity
from alloc.verification.published_rows import Row
from new_lever import CHECKS, ENTRY, MODULE, WORDS, forget, verified_by, write_lever


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


# ------------------------------------------------------------------- a family that rounding keeps, and two quantities

CAP = 9999.5
LIMITING = MODULE.replace("LEVER = Lever(", f"""
def grant_cap(m, c):
    return sum(m.allocation[c, r] for r in m.pools) <= {CAP}


def span(data, item, own, whole):
    return Span(0.0, 1e6)


QUANTITIES = (
    Quantity("renewed", lambda m, c: 1.0 + m.renew[c], "ha", span, "limit_against_renewal"),
    Quantity("granted", lambda m, c: sum(m.allocation[c, r] for r in m.pools), "10⁴ yuan", span, "limit_against_all"),
)
LEVER = Lever(""").replace(
    "families=(", 'quantities=QUANTITIES, families=(Family("grant_cap", ("cities",), grant_cap, rounded=True), '
).replace("Formulation, Lever", "Formulation, Lever, Quantity, Span")  # fmt: skip
REASON = 'reason = { zh = "更新", en = "renewal" }'
LIMITING_WORDS = f"{WORDS}[families.grant_cap]{ENTRY}[quantities.renewed]\n{REASON}\n[quantities.granted]\n{REASON}\n"
LIMITING_CHECKS = replace(
    CHECKS,
    check=lambda ledger, raw, results, policy: (
        CHECKS.check(ledger, raw, results, policy),
        ledger.compare("grant_cap", results.allocation.sum(axis=1), "<=", CAP, at=raw.by_city),
    )[0],
    families=(*CHECKS.families, "grant_cap"),
    rounded={"grant_cap": lambda raw, results, policy: Row(
        "grant_cap", np.ones(len(raw.pools)), np.full(len(raw.cities), CAP))},
    quantities={
        "renewed": Quantity(lambda raw, results, item, policy: 1.0 + results.brought["renewal"]["renewed"], "ha"),
        "granted": Quantity(lambda raw, results, item, policy: results.allocation.sum(axis=1), "10⁴ yuan"),
    },
)  # fmt: skip


@pytest.fixture
def limiting(tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        write_lever(tmp_path, patch, LIMITING, LIMITING_WORDS)
        yield patch
    forget()


def hand(*limits: str) -> alloc.Instance:
    lines = [f"add limits {{ limit = '{place}', basis = 'amount', {line} }}" for place, line in enumerate(limits)]
    return apply(alloc.read("hand"), [parse_edit(line) for line in lines]).instance


def test_quantities_and_kept_families_that_no_verification_knows_are_refused(limiting: pytest.MonkeyPatch) -> None:
    verified_by(limiting, replace(LIMITING_CHECKS, rounded={}, quantities={}))
    with pytest.raises(alloc.formulation.completeness.IncompleteError) as caught:
        alloc.solve("hand")
    assert [(missing.kind, missing.name, missing.place.rpartition(":")[2]) for missing in caught.value.missing] == [
        ("kept", "grant_cap", "kept_families"),
        ("quantity", "renewed", "known_quantities"),
        ("quantity", "granted", "known_quantities"),
    ]


def test_published_numbers_keep_a_family_of_a_new_lever(limiting: pytest.MonkeyPatch) -> None:
    """The second city is granted the cap, 9,999.5, and published with 9,999; 10,000 would have to be said."""
    verified_by(limiting, LIMITING_CHECKS)
    result = alloc.solve("hand")
    table = result.tables["allocation"]
    decided, published = table["published"] - table["rounding"], table["published"]
    assert result.verified
    assert decided.to_numpy() == pytest.approx([0.5, CAP], abs=1e-5)
    assert published.tolist() == [1.0, 9999.0]
    assert "grant_cap" not in result.tables["rounding"]["rule"].tolist()
    wrong = table.assign(published=[0.0, 10000.0], rounding=[0.0, 10000.0] - decided)
    failures = verify(result.instance, {**result.tables, "allocation": wrong}).failures
    assert ("rounding", "not said: grant_cap, general, 000002") in [(each.family, each.key) for each in failures]


def test_limits_on_quantities_of_a_new_lever(limiting: pytest.MonkeyPatch) -> None:
    """2 ha are due in each city and each counts 1 more: 8 are asked for, so that 2 ha more are renewed than are due.
    What the second city is granted is fixed at 9,998.7 and published as 9,999."""
    verified_by(limiting, LIMITING_CHECKS)
    instance = hand(
        "quantity = 'renewed', sense = '>=', value = 8",
        "quantity = 'granted', where = \"city == '000002'\", sense = '=', value = 9998.7",
    )
    result = alloc.solve(instance)
    assert result.verified
    limits, rounding = result.tables["limits"], result.tables["rounding"]
    assert limits["left"].to_numpy() == pytest.approx([8.0, 9998.7], abs=1e-5)
    assert result.tables["renewal"]["renewed"].sum() == pytest.approx(6.0)
    assert result.tables["allocation"]["published"].tolist() == [1.0, 9999.0]
    (said,) = rounding[rounding["rule"] == "group_limit"].itertuples(index=False)
    assert (said.limit, said.unit, said.off) == ("1", "10⁴ yuan", pytest.approx(0.3))
    unsaid = {**result.tables, "rounding": rounding[rounding["rule"] != "group_limit"]}
    assert "not said: group_limit, 1" in [each.key for each in verify(instance, unsaid).failures]
    other = {**result.tables, "limits": limits.assign(left=[7.0, 9998.7])}
    assert "0, left" in [each.key for each in verify(instance, other).failures]
    renewed = {**result.tables, "renewal": result.tables["renewal"].assign(renewed=[2.0, 2.0])}
    assert "group_limit" in [each.family for each in verify(instance, renewed).failures]


def test_rounding_keeps_no_family_over_several_cities(tmp_path: Path) -> None:
    mine, all_cities = '("cities",), grant_cap', '("pools",), grant_cap, item="pools", shared=True'
    shared = LIMITING.replace(mine, all_cities)
    with pytest.MonkeyPatch.context() as patch:
        write_lever(tmp_path, patch, shared, LIMITING_WORDS)
        with pytest.raises(alloc.AllocError, match="family grant_cap runs over several cities, and rounding cannot"):
            alloc.solve("hand")
    forget()
