"""Numbers of optional tables in requests and what-ifs: each moves what it should, as worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import alloc
from alloc.explanation.request.requests import explain_request
from alloc.instance import read
from alloc.result.result import run

pytestmark = pytest.mark.long
FAMILIES = Path(__file__).parents[1] / "instances" / "families"
FIRST, SECOND = "000001", "000002"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "pool", "wanted", "target", "value", "within"),
    [
        # At 2 a household 240 pay for 120; the limit is 100.
        ("earmarked_use", "capital", 240, "programme_stock.000002.old_compounds.limit", 120, 1),
        # The first keeps λ·0.75 of 1,000, which may be 520: λ = 0.693.
        ("linked_share", "general", 480, "pools.general.link_share", 0.6933, 0.01),
        # The first keeps (1 − k)·486, which may be 460: k = 0.0535.
        ("issued", "general", 540, "pools.general.clawback", 0.0535, 0.01),
    ],
)
def test_what_a_city_asks_for(family: str, pool: str, wanted: float, target: str, value: float, within: float) -> None:
    request = explain_request(run(read(FAMILIES / family)), SECOND, pool, wanted)
    (found,) = [each for each in request.found if each.way.target == target]
    assert found.outcome == "found" and found.value == pytest.approx(value, abs=within)
    assert found.way.title.zh and found.way.title.en


def test_a_year_share_is_tried_where_no_city_has_a_limit_of_its_own() -> None:
    """A stock of 400 and a quarter a year are the 100 that the city may do; 120 are 0.3 of it."""
    where = f"city == '{SECOND}' and programme == 'old_compounds'"
    lines = (
        f"programme_stock.stock = 400 where {where}",
        f"drop programme_stock.limit where {where}",
        "programmes.year_share = 0.25",
    )
    request = explain_request(alloc.solve(FAMILIES / "earmarked_use", edits=lines), SECOND, "capital", 240)
    tried = {each.way.target: each for each in request.found}
    assert "programme_stock.000002.old_compounds.limit" not in tried
    assert tried["programmes.old_compounds.year_share"].value == pytest.approx(0.3, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "target", "values", "tier", "expected"),
    [
        # 10,000 · 0.8 · 0.5 and 10,000 · 0.8, with 1,000 of its own, are 1,000 and 1,800 seats beside 6,000.
        ("levels_below", "levels.01B.general.retained", (0.5, 0.0), "fairness", (0.7, 0.78)),
        ("moved_beds", "limits.relief.value", (100, 0), "fairness", (0.925, 0.95)),
        ("shared_beds", "links.000002.000001.hospital.use.limit", (30, 150), "fairness", (0.93, 0.95)),
        ("moved_beds", "links.000001.000002.hospital.move.cost", (5, 0), "fairness", (0.925, 0.95)),
        ("residence_ladder", "policy.settlement.extension_share", (0.2, 0.0), "settlement", (3480, 3000)),
        ("linked_share", "pools.general.link_share", (0.8, 0.4), "closeness", (0.04, 0.0)),
        # 36 off 450 and 550: 0.45·0.08² + 0.55·(36/550)².
        ("issued", "pools.general.clawback", (0.0, 0.1), "closeness", (0.45 * 0.08**2 + 0.55 * (36 / 550) ** 2, 0.0)),
    ],
)
def test_a_what_if_moves_the_tier(
    family: str, target: str, values: tuple[float, ...], tier: str, expected: tuple[float, ...]
) -> None:
    tiers = alloc.whatif(FAMILIES / family, target, values).tiers
    found = tiers[tiers["tier"] == tier].sort_values("value", ascending=values[0] < values[1])["reached"].tolist()
    assert found == pytest.approx(list(expected), abs=1e-6)


def test_a_link_that_is_full_is_named_with_its_price() -> None:
    """30 beds may be lent where 50 would be: one more is a thousandth of need for the 20,000 worst served."""
    answer = alloc.solve(FAMILIES / "shared_beds", edits="links.limit = 30").explain(prices=True)
    for language, giver, link, unit in (
        ("zh", "乙市", "乙市到甲市的医院（共用）", "张"),
        ("en", "Second", "hospital from Second to First (use)", "beds"),
    ):
        rows = [row for each in answer.tables(language) if each.name == "places_fairness" for row in each.rows]
        (row,) = [row for row in rows if link in row]
        assert giver in row and unit in row and row[-1].value == pytest.approx(0.001 * 20_000)
