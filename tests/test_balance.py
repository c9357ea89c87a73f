"""Who pays and who gains, by hand: `hand` gives its one pool of 10,000 whole to the second city, nothing to the first.

A place costs 5; each city has 1,000 of its own; 8,000 and 6,000 places of 10,000 are there.
"""

from __future__ import annotations

import pytest

import alloc
from alloc.comparison.balance import Balance, balances, foremost, sentence, unchanged
from alloc.result.given import Given
from alloc.result.result import Result
from alloc.text import Text
from alloc.workbench.picture.effect import tier_moves

EARMARK = "add earmarks { city = '000001', pool = 'general', amount = 6000 }"
FIRST, SECOND = "000001", "000002"


@pytest.fixture(scope="module")
def base() -> Result:
    return alloc.solve("hand")


def moved(base: Result, *edits: str) -> tuple[Balance, Result]:
    """What moves of the one pool."""
    other = alloc.solve("hand", edits=edits)
    (found,) = balances(base, other)
    return found, other


def test_what_one_gains_another_pays(base: Result):
    """6,000 are promised to the first: 4,000 are left for the second, of 10,000."""
    found, other = moved(base, EARMARK)
    assert found.pays == ((SECOND, pytest.approx(-6_000)),)
    assert found.gains == ((FIRST, pytest.approx(6_000)),)
    assert (found.paid, found.gained, found.rounding, found.given) == pytest.approx((6_000, 6_000, 0, 0))
    assert (found.pool, found.kind, found.unit) == ("general", "transfer", "10⁴ yuan")
    assert found.pays_note == Text("乙市，减少 60 %", "Second, 60 % less")
    assert found.gains_note == Text("甲市", "First"), "the first had nothing: there is no share of it"
    assert found.sentence() == Text(
        "一般性转移支付：乙市让出 6,000 万元，由甲市得到。",
        "General transfer: 6,000 × 10⁴ yuan given up by Second, received by First.",
    )
    assert foremost([found], other) is found
    assert unchanged(base, other, [found]) == Text(
        "没有城市变动的：当年落户、债务风险等级。", "Without a change in any city: persons who settle, debt tiers."
    )


def test_less_of_the_pool_is_paid_by_who_had_it(base: Result):
    """9,000: (9,000 + 1,000) / 5 are 2,000 places of the second, which has 8,000 then, below the 8,200 of the first."""
    found, _ = moved(base, "pools.general.total = 9000")
    assert (found.pays, found.gains) == (((SECOND, pytest.approx(-1_000)),), ())
    assert (found.paid, found.gained, found.given) == pytest.approx((1_000, 0, -1_000))
    assert found.sentence().zh == "一般性转移支付：乙市减少 1,000 万元，没有城市增加。"


def test_more_of_the_pool_is_shared(base: Result):
    """12,000: 14,000 / 5 are 2,800 places, 400 and 2,400 for 0.84 in both: 2,000 and 12,000 less 1,000 of their own."""
    found, _ = moved(base, "pools.general.total = 12000")
    assert dict(found.gains) == pytest.approx({FIRST: 1_000, SECOND: 1_000})
    assert (found.pays, found.given) == ((), pytest.approx(2_000))
    assert found.sentence().en == "General transfer: 2,000 × 10⁴ yuan more in Second and First, and less in none."


def test_more_is_given_out_than_is_paid(base: Result):
    """12,000, of which 6,000 are promised to the first: 6,000 for the second, 4,000 less; 2,000 more in all."""
    found, _ = moved(base, "pools.general.total = 12000", EARMARK)
    assert (found.paid, found.gained, found.rounding, found.given) == pytest.approx((4_000, 6_000, 0, 2_000))
    assert found.sentence().en == (
        "General transfer: 4,000 × 10⁴ yuan less in Second, 6,000 × 10⁴ yuan more in First; "
        "2,000 × 10⁴ yuan more given out in all."
    )


def test_a_quantum_is_no_gain_and_no_loss(base: Result):
    """10,001 are half a unit more for each: after rounding to whole ones nobody has more than one more."""
    other = alloc.solve("hand", edits="pools.general.total = 10001")
    assert balances(base, other) == balances(base, base) == ()
    rows = alloc.compare(base, other).tables["tiers"]
    assert sentence((), rows[rows["tier"] == "fairness"].to_dict("records"), other).en == (
        "No city's allocation changes. No tier becomes worse. The first tier that becomes better: fairness."
    )


def test_the_sentence_names_the_tiers_that_become_worse(base: Result):
    """The first has 8,000 + 7,000 / 5 = 9,400, the second 6,000 + 5,000 / 5 = 7,000: the worse served falls to 0.7."""
    found, other = moved(base, EARMARK)
    rows = alloc.compare(base, other).tables["tiers"]
    assert sentence((found,), rows.to_dict("records"), other).en.endswith(
        "Tiers that become worse: fairness. The first tier that becomes better: closeness."
    )


def test_the_sentence_names_the_first_tier_that_becomes_better(base: Result):
    """12,000 reach 0.84 in both cities; of several tiers that gain the one of the highest rank is named."""
    found, other = moved(base, "pools.general.total = 12000")
    rows = alloc.compare(base, other).tables["tiers"].to_dict("records")
    assert [row["tier"] for row in rows if row["verdict"] == "better"][:2] == ["fairness", "coverage"]
    said = sentence((found,), iter(rows), other)
    assert said.zh.endswith("没有城市减少。变差的目标：成本。变好的首个目标：公平。")
    assert said.en.endswith("Tiers that become worse: cost. The first tier that becomes better: fairness.")
    both = [dict(row, verdict=verdict) for row, verdict in zip(rows, ("worse", "better"), strict=False)]
    assert sentence((), both, other).zh.startswith("没有城市的分配数变动。变差的目标：")
    assert sentence((), [dict(rows[0], verdict="better")], other).en == (
        f"No city's allocation changes. No tier becomes worse. The first tier that becomes better: {rows[0]['tier']}."
    )


def test_the_sentence_says_only_what_is_certain(base: Result):
    """Where tiers change by what cannot be told, none is said to be the first, and none not to be worse."""
    rows = alloc.compare(base, base).tables["tiers"].to_dict("records")

    def told(*verdicts: str) -> Text:
        return sentence((), [dict(row, verdict=each) for row, each in zip(rows, verdicts, strict=False)], base)

    titles = [row["tier"] for row in rows]
    assert told("same", "not_known").en.endswith("changes. No tier is certain to become worse.")
    assert told("within_tolerance", "better").zh.startswith(
        "没有城市的分配数变动。没有能断定变差的目标。能断定变好的首个目标："
    )
    assert told("better", "within_gap").en == (
        "No city's allocation changes. No tier is certain to become worse. The first tier that becomes better: "
        f"{titles[0]}."
    )
    assert told("worse", "not_known", "better").en.endswith(
        f"Tiers that become worse: {titles[0]}. The first tier that is certain to become better: {titles[2]}."
    )


def test_a_relaxation_and_whole_facilities_are_not_called_better_or_worse(base: Result):
    """By hand: of 9,500 instead of 10,000 the worse served city gets 500 less, whatever is rounded."""
    other = alloc.solve("hand", relaxation=False, edits="pools.general.total = 9500")
    for one, two in ((base, other), (other, base)):
        comparison = alloc.compare(one, two)
        rows = comparison.tables["tiers"].to_dict("records")
        assert {row["verdict"] for row in rows} == {"same", "other_kind"}
        assert all(row["certain"] != row["certain"] for row in rows if row["verdict"] == "other_kind")
        said = sentence(balances(one, two), rows, two)
        assert said.zh.endswith("一方是松弛解，另一方是整座设施：有变化的目标，好坏不能断定。")
        assert said.en.endswith(
            "One is a relaxation and the other has whole facilities: no tier that changes can be called better or "
            "worse."
        )
    assert {row["verdict"] for row in alloc.compare(base, alloc.solve("hand", edits="pools.general.total = 9500"))
            .tables["tiers"].to_dict("records")} > {"worse"}  # fmt: skip


def test_what_is_given_is_the_table_of_allocations_by_city_and_pool(base: Result):
    """Sums and amounts as pandas makes them of the table, in whatever order its rows are."""
    table = base.tables["allocation"]
    for rows in (table, table.sample(frac=1.0, random_state=1)):
        given = Given.of(rows)
        assert given.sums == rows.groupby("pool")["published"].sum().to_dict()
        for pool, amounts in given.by_pool.items():
            own = rows[rows["pool"] == pool].set_index("city")["published"]
            assert dict(zip(given.cities, amounts.tolist(), strict=True)) == own.to_dict()


@pytest.mark.parametrize("edit", ["pools.general.total = 9000", "services.school.norm *= 2", EARMARK])
def test_the_moves_of_tiers_are_the_rows_of_a_comparison(base: Result, edit: str):
    """Also where the two measure a tier by other yardsticks, for which the page needs no measuring again."""
    other = alloc.solve("hand", edits=edit)
    table = alloc.compare(base, other).tables["tiers"]
    found = tier_moves(base, other)
    assert [row["tier"] for row in found] == list(table["tier"])
    assert [row["verdict"] for row in found] == table["verdict"].tolist()
    for name in ("base", "other", "change", "certain"):
        assert [row[name] for row in found] == pytest.approx(table[name].tolist(), rel=0, abs=0, nan_ok=True)
