"""What the workbench answers of one city and of questions on it, over the wire, with numbers worked out by hand.

`hand`: two cities alike of 100,000 residents, one transfer of 10,000 that its formula halves. A place at school costs
5, each city has 1,000 of its own, 8,000 and 6,000 of 10,000 places are there: the plan gives all to the second, and
both have 0.82.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import alloc
from alloc.comparison.balance import balances
from alloc.explanation.city.binding import binding_cities
from alloc.text import Text
from alloc.workbench.picture import effect
from alloc.workbench.picture.shape import City
from workbench_server import Client, served

pytestmark = pytest.mark.long
FIRST, SECOND = "000001", "000002"
EARMARK = f"add earmarks {{ city = '{FIRST}', pool = 'general', amount = 6000 }}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as client:
        client.begin("hand", "shipped")
        client.settled()
        yield client


def city(client: Client, code: str) -> dict[str, Any]:
    found = client.get(f"w/{client.w}/city/{code}")
    assert found.status_code == 200, found.text
    City.model_validate_json(found.text)  # as it is described: no number is missing where one is promised
    return dict(found.json())


def asked(client: Client, kind: str, **more: Any) -> dict[str, Any]:
    """The record of an answer, which is worked out beside."""
    begun = client.post(f"w/{client.w}/ask", {"kind": kind, **more})
    assert begun.status_code == 202, begun.text
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job = client.get(f"jobs/{begun.json()['job']}").json()
        if job["state"] not in ("waiting", "running"):
            assert job["state"] == "done", job
            assert job["answer"]["said"]["zh"] and job["answer"]["said"]["en"]
            return dict(job["answer"]["record"])
        time.sleep(0.05)
    raise AssertionError(f"{kind}: not answered")


# ------------------------------------------------------------------------------------------------------- one city


def test_a_city_with_its_parts_and_what_holds_them(client: Client):
    found = city(client, SECOND)
    (pool,) = found["pools"]
    parts = {name: pool[name] for name in ("benchmark", "rule", "optimised", "override", "rounding", "published")}
    assert parts == pytest.approx(
        {"benchmark": 5_000, "rule": 0, "optimised": 5_000, "override": 0, "rounding": 0, "published": 10_000}
    )
    assert (pool["last_year"], pool["change"], pool["steps"], pool["before"]) == (None, None, [], None)
    assert (pool["unit"]["en"], pool["size"], pool["decimals"]) == ("10⁸ yuan", 10_000, 2)
    # 10,000 × 10⁴ yuan for 100,000 residents are 1,000 yuan, for 200,000 they are 500; both cities are of one class
    beside = pool["beside"]
    assert (beside["here"], beside["size_class"], beside["nation"]) == pytest.approx((1_000, 500, 500))
    assert {mark["kind"]: mark["amount"] for mark in pool["marks"]} == pytest.approx(
        {"published": 10_000, "formula": 5_000, "like": 0}
    )
    assert pool["said"][0]["en"] == "Second (000002) gets 10,000 × 10⁴ yuan of General transfer."
    assert pool["said"][-1]["en"] == "It has all that the pool has to give."
    assert pool["compared"][0]["en"].startswith("The instance gives no amount of last year")
    assert pool["neighbours"] == [[SECOND, 10_000, None], [FIRST, 0, None]], "the largest first"
    above = [bound for bound in pool["bounds"] if bound["side"] == "above"]
    assert [(bound["title"]["en"], bound["reached"], bound["amount"]) for bound in above] == [
        ("Pool total", Text("已达到", "reached")._asdict(), None)
    ]
    assert "pools.general.total" in [link["rule"] for link in above[0]["links"]]
    (school,) = found["services"]
    assert (school["need"], school["there"], school["added"]) == pytest.approx((10_000, 6_000, 2_200))
    assert [school[name] for name in ("before", "after", "size_class", "nation")] == pytest.approx([0.6, *[0.82] * 3])
    assert [fact["en"] for fact in found["facts"]][-1] == "debt 0.0 → 0.0 %"
    people = found["tables"]["en"][0]
    assert ["residents", "100,000", "persons"] in people["rows"] and people["numeric"] == [False, True, False]


def test_coverage_of_class_and_nation_is_the_mean_over_residents_as_in_reports(client: Client):
    """Twice the pupils in the second of two cities with as many residents: each city counts alike, not each pupil."""
    assert client.edit("cities.000002.pupils = 20000").status_code == 202
    client.settled()
    first, second = (city(client, code)["services"][0] for code in (FIRST, SECOND))
    assert (first["need"], second["need"]) == (10_000, 20_000)
    assert (first["after"], second["after"]) == pytest.approx((0.82, 0.41))
    for service in (first, second):
        assert (service["size_class"], service["nation"]) == pytest.approx((0.615, 0.615)), (
            "of all pupils 0.547 are served"
        )
    client.step("undo")
    client.settled()


def test_beside_its_class_where_no_other_city_is_of_it(client: Client):
    assert client.edit("cities.000002.size_population = 12000000").status_code == 202
    client.settled()
    found = city(client, SECOND)
    assert [each["size_class"] for each in (found["pools"][0]["beside"], found["services"][0])] == [None, None]
    assert found["pools"][0]["beside"]["nation"] == pytest.approx(500)
    client.step("undo")
    client.settled()
    assert city(client, SECOND)["services"][0]["size_class"] is not None


def test_a_trial_shows_a_city_against_what_was_kept(client: Client):
    assert client.edit(EARMARK, trial=True).status_code == 202
    client.settled()
    pools = [city(client, code)["pools"][0] for code in (FIRST, SECOND)]
    assert [(pool["before"], pool["published"]) for pool in pools] == [(0, 6_000), (10_000, 4_000)]
    # By the formula 5,000; the promise of 6,000 is a rule that adds 1,000
    assert (pools[0]["rule"], pools[0]["lower"]) == pytest.approx((1_000, 6_000))
    earmark = next(bound for bound in pools[0]["bounds"] if bound["amount"] is not None)
    assert (earmark["side"], earmark["reached"], earmark["links"]) == (
        "below",
        Text("已达到", "reached")._asdict(),
        [{"rule": None, "table": "earmarks"}],
    )
    client.step("undo")
    client.settled()
    assert city(client, FIRST)["pools"][0]["before"] is None


def test_a_city_is_named_as_the_commands_name_it(client: Client):
    for name in ("Second", "second", "乙市", "乙"):
        assert city(client, name) == city(client, SECOND)
    assert asked(client, "tariff", city="乙") == asked(client, "tariff", city=SECOND)


def test_what_is_not_there_is_said(client: Client):
    for address, said in (
        ("city/999", "There is no city 999."),
        ("city/Secnd", "Did you mean Second (000002)?"),
        ("binding/none", "no rule called none"),
    ):
        found = client.get(f"w/{client.w}/{address}")
        assert found.status_code == 404
        assert said in found.json()["title"]["en"]


def test_cities_that_a_rule_holds(client: Client):
    """Of every rule that binds by city at least one city and no more than rows; of what is shared there are none."""
    binding = client.state()["binding"]
    for each in binding:
        found = client.get(f"w/{client.w}/binding/{each['family']}").json()["cities"]
        assert (found != []) == each["by_city"], each["family"]
        assert len(found) <= each["count"] or not each["by_city"]
    total = next(each for each in binding if each["family"] == "pool_total")
    assert (total["count"], total["by_city"]) == (1, False)


def test_a_limit_holds_the_cities_that_it_selects():
    line = (
        "add limits {{ limit = 'first', title_zh = '甲', title_en = 'first', quantity = 'allocation:general', "
        "where = \"city == '{city}'\", sense = '{sense}', value = {value}, basis = 'amount' }}"
    )
    held = alloc.solve("hand", edits=line.format(city=FIRST, sense=">=", value=6_000))
    assert binding_cities(held, "group_limit") == [FIRST]
    slack = alloc.solve("hand", edits=line.format(city=FIRST, sense="<=", value=6_000))
    assert binding_cities(slack, "group_limit") == []


# ------------------------------------------------------------------------------------------------------- questions


def test_why(client: Client):
    """The first has nothing and cannot have less; 50 more are 10 places fewer in the second: 0.001 of 10,000."""
    found = asked(client, "why", city=FIRST, pool="general")
    up, down = found["pushes"]
    assert found["parts"] == pytest.approx(
        {"benchmark": 5_000, "rule": 0, "optimised": -5_000, "override": 0, "rounding": 0}
    )
    assert (up["step"], up["outcome"], up["tier"], up["loss"]) == (50, "tier", "fairness", pytest.approx(0.001))
    assert up["words"]["en"] == (
        "With 50 × 10⁴ yuan more, the first objective to lose is “Fairness”: it worsens by 0.10 percentage points, "
        "as if 20 residents went without any service."
    )
    assert (down["outcome"], down["words"]["en"]) == ("bound", ""), "that it stands at its bound has been said"


def test_take(client: Client):
    """6,000 for the first leave 4,000: 6,000 + 5,000 / 5 = 7,000 places in the second, 0.7 in place of 0.82.

    By the total alone: equal coverage wants 7,000 / 5 more in the first, 9,400, and 3,400 in the second, which may add
    3,000 only; from there on all that is more goes to the first: 14,000 + 6,000 = 20,000.
    """
    found = asked(client, "take", city=FIRST, pool="general", at_least=6_000)
    grant = found["grant"]
    assert (grant["outcome"], grant["published"]) == ("granted", 6_000)
    assert grant["payers"] == [{"city": SECOND, "before": 10_000, "after": 4_000}] and grant["gainers"] == []
    tiers = {row["tier"]: (row["before"], row["after"]) for row in grant["tiers"]}
    assert tiers["fairness"] == pytest.approx((0.82, 0.7)) and tiers["coverage"] == pytest.approx((0.82, 0.82))
    ways = {each["target"]: each for each in found["parameters"]}
    total = ways["pools.general.total"]
    assert total["outcome"] == "found" and 20_000 <= total["after"] <= 20_200
    assert total["published"] == pytest.approx(total["after"] - 14_000)
    assert ways["policy.settlement.willingness"]["outcome"] == "not_enough", "nobody migrates"


def test_prices(client: Client):
    """One more is 1/5 place, shared: 1e-5 of the worse served; one less is the second's alone: 2e-5. The mean: 1e-5."""
    found = asked(client, "prices", tier="fairness")
    price = next(each for each in found["prices"] if each["parameter"] == "pools.general.total")
    assert (price["more"]["value"], price["less"]["value"]) == pytest.approx((1e-5, 2e-5), rel=1e-6)
    quick = asked(client, "prices", quick=True)
    assert quick["quick"] and {each["parameter"] for each in quick["prices"]} == {"pools.general.total"}
    mean = next(each for each in quick["prices"] if each["tier"] == "coverage")
    assert (mean["more"]["value"], mean["less"]["value"]) == pytest.approx((1e-5, 1e-5), rel=1e-6)


def test_rules(client: Client):
    """Without fairness the mean stays 0.82 and the formula is kept: 5,000 each, so the worse served has 0.72."""
    found = asked(client, "rules")
    fairness = next(each for each in found["rules"] if each["rule"] == "fairness")
    assert fairness["gains"]["fairness"] == pytest.approx(-0.1)
    assert fairness["gains"]["coverage"] == pytest.approx(0) and fairness["gains"]["closeness"] == pytest.approx(1)
    growth = next(each for each in found["rules"] if each["rule"] == "growth_limit")
    assert set(growth["gains"].values()) == {0}, "2,200 places are added of 3,000 that may be"


def test_formula(client: Client):
    """5,000 to each build 1,200 places: 0.92 and 0.72; half of what the formula gives goes elsewhere in the plan."""
    found = asked(client, "formula")
    assert [found[side]["values"]["fairness"] for side in ("plan", "formula")] == pytest.approx([0.82, 0.72])
    assert [found[side]["away"]["general"] for side in ("plan", "formula")] == pytest.approx([0.5, 0])


def test_tariff(client: Client):
    """One resident more: 10,000 · (100,001 / 200,001 − 1 / 2)."""
    (figure,) = asked(client, "tariff", city=FIRST)["figures"]
    assert (figure["column"], figure["plan"]) == ("residents", {"general": None}), "an earlier tier decides the plan"
    assert figure["formula"]["general"] == pytest.approx(10_000 * (100_001 / 200_001 - 0.5))
    refused = client.post(f"w/{client.w}/ask", {"kind": "tariff"})
    assert refused.status_code == 400 and "city" in refused.json()["title"]["en"]


# ------------------------------------------------------------------------------------------------------ balances


def test_a_balance_of_very_many_cities_lists_the_largest_and_the_rest_when_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    assert client.edit("pools.general.total = 9000", trial=True).status_code == 202
    (told,) = client.settled()["effect"]["balance"]
    assert client.get(f"w/{client.w}/balance/general").json() == told
    assert (told["payers"], told["gainers"]) == (len(told["pays"]), len(told["gains"]))
    assert client.get(f"w/{client.w}/balance/none").status_code == 404
    live = client.desk.live(client.w)
    assert live.base is not None and live.shown is not None
    (moves,) = balances(live.base.result, live.shown.result)
    many = replace(moves, pays=(("b", -9.0), ("c", -5.0), ("a", -1.0)), gains=(("d", 15.0),))
    monkeypatch.setattr(effect, "MANY", 4)
    assert len(effect._balance(many, 1.0, 2).pays) == 3, "so few are all listed"
    monkeypatch.setattr(effect, "MANY", 3)
    cut = effect._balance(many, 1.0, 2)
    assert (cut.pays, cut.gains) == ([("b", -9), ("c", -5)], [("d", 15)])
    assert (cut.payers, cut.gainers, cut.paid) == (3, 1, 15)
    assert len(effect._balance(many, 1.0, None).pays) == 3
    assert client.step("undo").status_code == 202
    client.settled()
