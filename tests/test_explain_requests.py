"""What it would take: on the two cities by hand; every edit that is named is applied and solved again.

The pool is T; x₁ = (T + 2,000)/2 − 6,000 makes the coverages equal (see test_explain_reasons), so T/2 − 5,000.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from alloc.explanation.city.holds import holds
from alloc.explanation.city.push import Base
from alloc.explanation.request.requests import Request, explain_request
from alloc.explanation.request.search import Found
from alloc.explanation.shared.answer import AskError, Step
from alloc.instance import Instance, locate, read
from alloc.instance.instance import make_instance
from alloc.output import show
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from instances import write_tiny
from random_instances import write_random

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
FIRST, SECOND = "000001", "000002"
CORRIDOR = ("pools.general.corridor_up = 0.5",)
MOST = (
    "pools.general.total = 14000",
    "add limits { limit = 'most', title_zh = '甲市上限', title_en = 'most', quantity = 'allocation:general', "
    "where = \"city == '000001'\", sense = '<=', value = 500, basis = 'amount' }",
)


def edited(*edits: str) -> Instance:
    return apply(read(locate("hand")), [parse_edit(each) for each in edits]).instance


@cache
def solved(*edits: str) -> Result:
    return run(edited(*edits))


@cache
def asked(edits: tuple[str, ...], city: str, at_least: float) -> Request:
    return explain_request(solved(*edits), city, "general", at_least)


def not_searched(result: Result, city: str, pool: str, at_least: float) -> Request:
    """Granted only: stopped when the search begins."""

    def report(progress: object) -> None:
        if isinstance(progress, Step) and "searching" in progress.words.en:
            raise KeyboardInterrupt

    return explain_request(result, city, pool, at_least, report)


def published(result: Result, city: str, pool: str = "general") -> float:
    table = result.tables["allocation"]
    return float(table.loc[(table["city"] == city) & (table["pool"] == pool), "published"].iloc[0])


def tried(request: Request, target: str) -> Found:
    return next(each for each in request.found if each.way.target == target)


# ------------------------------------------------------------------------------------------------------------- granted


@pytest.mark.parametrize(("name", "written"), [("First", "First"), ("Xi'an", "Xi’an")])
def test_the_limit_that_grants_it_is_called_by_city_and_pool(name: str, written: str) -> None:
    """The line can be read again, whatever stands in a name."""
    result = solved(f'cities.000001.name_en = "{name}"')
    grant = not_searched(result, FIRST, "general", 1000).grant
    assert grant is not None and grant.line == (
        "add limits { limit = 'request_000001_general', title_zh = '甲市请求的一般性转移支付', "
        f"title_en = 'General transfer requested for {written}', quantity = 'allocation:general', "
        "where = \"city == '000001'\", sense = '>=', value = 1000.0, basis = 'amount' }"
    )
    again = apply(result.instance, [parse_edit(grant.line)]).instance
    assert again.tables["limits"]["title_zh"].iloc[-1] == "甲市请求的一般性转移支付"


@pytest.mark.long
def test_granting_costs_the_least_and_names_who_pays() -> None:
    """1,000 for the first are 200 seats fewer in the second: 8,000 of 10,000, 0.80 in place of 0.82."""
    request = asked((), FIRST, 1000)
    grant = request.grant
    assert grant is not None
    assert (grant.outcome, grant.published) == ("granted", 1000)
    assert grant.payers == ((SECOND, 10000, 9000),)
    assert not grant.gainers
    tiers = {tier: (before, after) for tier, before, after in grant.tiers}
    assert tiers["fairness"] == pytest.approx((0.82, 0.80))
    assert tiers["minimum"] == pytest.approx((0, 0))
    assert tiers["cost"] == pytest.approx((12000, 12000))
    said = " ".join(request.sentences("en"))
    # A tenth of 200,000 residents are the worst served: 0.02 of them are 400.
    assert "“Fairness”: by 2.0 percentage points, as if 400 residents" in said
    assert "Only Second gets less" in said


def test_the_edit_that_grants_it_does_so() -> None:
    request = asked((), FIRST, 1000)
    assert request.grant is not None
    result = run(edited(request.grant.line))
    assert published(result, FIRST) == request.grant.published == 1000
    for each, (tier, _, after) in zip(result.manifest["tiers"], request.grant.tiers, strict=True):
        assert (each["tier"], each["value"]) == (tier, pytest.approx(after, abs=1e-9))


def test_what_is_met_already_needs_nothing() -> None:
    request = asked((), SECOND, 10000)
    assert request.grant is None
    assert not request.found
    assert "as much already" in " ".join(request.sentences("en"))


def test_amounts_are_raised_to_the_quantum() -> None:
    request = not_searched(solved(), FIRST, "general", 999.5)
    assert (request.asked_for, request.amount) == (999.5, 1000)
    assert any("999.5" in each for each in request.sentences("zh"))


# -------------------------------------------------------------------------------------------------- single parameters


def test_the_smallest_total_that_yields_it() -> None:
    """T/2 − 5,000 = 1,000 at 12,000: found from above, within a hundredth of the change and its last figure."""
    found = tried(asked((), FIRST, 1000), "pools.general.total")
    assert found.outcome == "found"
    assert found.value is not None
    assert 12000 <= found.value <= 12000 + 0.02 * 2000
    assert found.lines == (f"pools.general.total = {found.value!r}",)
    assert published(run(edited(*found.lines)), FIRST) == found.published >= 1000
    assert published(run(edited("pools.general.total = 11950")), FIRST) < 1000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edits", "city", "at_least"),
    [((), FIRST, 1000), (CORRIDOR, SECOND, 8000), (MOST, FIRST, 800), ((), SECOND, 11000)],
)
def test_every_edit_that_is_named_yields_it(edits: tuple[str, ...], city: str, at_least: float) -> None:
    request = asked(edits, city, at_least)
    found = [each for each in request.found if each.outcome == "found"]
    assert found
    for each in found:
        result = run(edited(*edits, *each.lines)) if not edits else run(
            apply(edited(*edits), [parse_edit(line) for line in each.lines]).instance
        )  # fmt: skip
        assert published(result, city) == each.published
        assert published(result, city) >= at_least
        assert result.verified


# ---------------------------------------------------------------------------------------------------------- impossible


@pytest.mark.long
def test_impossible_by_a_bound_names_the_rule_and_what_would_move_it() -> None:
    """5,000 by the formula, half as much again is 7,500; 8,000 needs a corridor of 0.6, or T · ¾ = 8,000."""
    request = asked(CORRIDOR, SECOND, 8000)
    assert request.grant is not None
    assert (request.grant.outcome, request.upper, request.upper_rule) == ("bound", 7500, "corridor")
    assert "7,500 × 10⁴ yuan, made by the rule “corridor”" in " ".join(request.sentences("en"))
    corridor = tried(request, "pools.general.corridor_up")
    assert corridor.outcome == "found"
    assert corridor.value == pytest.approx(0.6, abs=0.002)
    assert corridor.value is not None
    assert corridor.value >= 0.6
    total = tried(request, "pools.general.total")
    assert total.value == pytest.approx(8000 / 0.75, rel=0.002)


def test_impossible_by_arithmetic_is_said_with_amounts() -> None:
    """11,000 out of 10,000; x₂ = T/2 + 5,000 = 11,000 needs 12,000."""
    request = asked((), SECOND, 11000)
    assert request.grant is not None
    assert request.grant.outcome == "impossible"
    assert any("11,000" in each and "10,000" in each for each in request.sentences("en"))
    assert tried(request, "pools.general.total").value == pytest.approx(12000, rel=0.005)


def test_a_limit_in_the_way_is_raised() -> None:
    """x₁ would be 2,000 but a limit holds it at 500; 800 needs a limit of 800."""
    request = asked(MOST, FIRST, 800)
    assert request.grant is not None
    assert request.grant.outcome == "impossible"
    limit = tried(request, "limits.most.value")
    assert limit.outcome == "found"
    assert limit.value is not None
    assert 800 <= limit.value <= 804
    best = next(each for each in request.found if not each.way.fixed)
    assert best.way.target == "limits.most.value"


def test_a_lever_that_holds_nothing_is_said_to_do_nothing() -> None:
    """A limit of 500 holds the city whatever the total; without it the total is what does it, and willingness not."""
    for language, told in (
        ("zh", "试到此值没有作用：现在限制它的不是这一项"),
        ("en", "no effect: it is not what holds the amount now"),
    ):
        assert show(asked(MOST, FIRST, 600), language).count(told) == 2
        assert show(asked((), FIRST, 3000), language).count(told) == 1


def test_a_number_fixed_by_hand_is_changed_by_hand() -> None:
    request = asked(("add overrides { city = '000001', pool = 'general', amount = 300 }",), FIRST, 400)
    assert request.grant is not None
    assert (request.grant.outcome, request.upper_rule) == ("bound", "override")
    assert [each.lines for each in request.found] == [("overrides.000001.general.amount = 400.0",)]


# ----------------------------------------------------------------------------------------------------------- the answer


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_read_whole_in_both_languages(language: str) -> None:
    for request in (asked((), FIRST, 1000), asked(CORRIDOR, SECOND, 8000), asked((), SECOND, 11000)):
        said = show(request, language)
        assert "nan" not in said
        assert json.loads(json.dumps(request.record(), allow_nan=False))["amount"] == request.amount
        for section in request.tables(language):
            assert all(len(row) == len(section.columns) for row in section.rows)


@pytest.mark.parametrize(("step", "granted"), [("granted", False), ("searching", True)])
def test_interrupted_request_keeps_what_is_done(step: str, granted: bool) -> None:
    def report(progress: object) -> None:
        if isinstance(progress, Step) and step in progress.words.en and (not granted or progress.done == 1):
            raise KeyboardInterrupt

    request = explain_request(solved(), FIRST, "general", 1000, report)
    assert request.stopped
    assert request.grant is not None
    assert (request.grant.outcome == "granted") == granted
    assert any("stopped" in each for each in request.sentences("en"))
    assert request.record()["stopped"]


@pytest.mark.parametrize(
    ("city", "pool", "amount", "said"),
    [("000003", "general", 5, "no city"), (FIRST, "land", 5, "no pool")],
)  # fmt: skip
def test_requests_that_cannot_be_made(city: str, pool: str, amount: float, said: str) -> None:
    with pytest.raises(AskError, match=said):
        explain_request(solved(), city, pool, amount)


def test_whole_facilities_are_relaxed_and_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    result = run(read(write_tiny(tmp_path_factory.mktemp("tiny"))))
    now = published(result, "440500", "land")
    request = not_searched(result, "440500", "land", now + 10)
    assert request.whole
    assert "without" in request.sentences("en")[1]
    assert request.grant is not None
    assert request.grant.outcome == "granted"
    relaxed = make_instance(result.instance.settings.model_copy(update={"integers": False}), result.instance.tables)
    granted = run(apply(relaxed, [parse_edit(request.grant.line)]).instance)
    assert published(granted, "440500", "land") == request.grant.published >= now + 10 - 1e-9


# ------------------------------------------------------------------------------------------- what holds, and the pushes


@pytest.mark.long
def test_what_decides_is_what_objects(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A number that follows the formula is not held by an earlier tier on both sides; one that does not is held, by
    itself or together with what the city gets of other pools."""
    found = read(write_random(tmp_path_factory.mktemp("random"), seed=5, cities=8))
    result = run(make_instance(found.settings.model_copy(update={"integers": False}), found.tables))
    held = holds(result)
    table = held.table()
    base = Base(result, lambda progress: None)
    tiers = [each.tier for each in result.instance.settings.objective]
    early = tiers[: tiers.index("closeness")]
    told = table[table["decider"].isin(["formula", "earlier"])]
    assert len(told)
    for city, pool, decider in told[["city", "pool", "decider"]].itertuples(index=False):
        pushes = [base.push(city, pool, "up"), base.push(city, pool, "down")]
        stands = [push.outcome in ("bound", "rules") or push.tier in early for push in pushes]
        if decider == "earlier":
            others = table[(table["city"] == city) & (table["pool"] != pool)]
            assert any(stands) or (others["decider"] != "formula").any(), (city, pool, pushes)
        else:
            assert not any(push.tier in early for push in pushes) or not all(stands), (city, pool, pushes)


@pytest.mark.slow
@pytest.mark.parametrize("most", [0, 1, 3])
def test_where_solves_take_long_few_are_made_and_it_is_said(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    whole = asked((), FIRST, 1000)
    monkeypatch.setattr("alloc.explanation.request.requests.LARGE", 1)
    monkeypatch.setattr("alloc.explanation.request.requests.MOST_LARGE", most)
    short = explain_request(solved(), FIRST, "general", 1000)
    assert whole.most is None and whole.record()["complete"]
    assert short.most == most and not short.record()["complete"]
    assert short.grant == whole.grant
    assert {each.way.title for each in short.found} == {each.way.title for each in whole.found}
    assert any(each.outcome == "left" for each in short.found)
    if most == 0:  # an amount that is named by hand needs no search
        assert {each.outcome for each in short.found} <= {"left", "found"}
    for language, words in (("en", "not searched"), ("zh", "未搜索")):
        assert words in show(short, language) and words not in show(whole, language)


def test_the_most_that_the_rules_leave_and_what_stops_it() -> None:
    """By hand: the limit of 500 stops the first city; without it the second has to keep its floor, so the corridor."""
    limited = asked(MOST, FIRST, 100_000)
    assert limited.utmost is not None and limited.utmost.value == pytest.approx(500)
    assert (limited.utmost.rule, limited.utmost.families) == ("", ("group_limit",))
    told = (
        "在现行规则内，不改参数、不写人工调整和戴帽指标，它最多能得到 500 万元（按最小分配单位取整；"
        "不论各级目标和其他城市为此付出多少），卡住它的是：分组限制。人工调整和戴帽指标另有各自的上限，不在其内。"
    )
    assert told in show(limited, "zh").replace("\n", "")
    english = " ".join(show(limited, "en").split())
    assert (
        "The most that the rules as they are leave it, no parameter changed and no override or earmark written, is 500 "
        "× 10⁴ yuan, in whole quanta and whatever objectives and other cities lose for it; what stops it: group limit. "
        "Overrides and earmarks have limits of their own, which this leaves out."
    ).casefold() in english.casefold()
    free = asked((), FIRST, 100_000)
    assert free.utmost is not None and free.utmost.value <= free.upper * (1 + 1e-9)
    assert bool(free.utmost.rule) != bool(free.utmost.families)


def test_a_way_by_hand_that_is_refused_says_its_own_limit_and_is_not_offered() -> None:
    """A cap of 1.2 times last year's 5,000: an override of more is refused, an earmark lifts the cap."""
    edits = ("pools.general.cap_multiple = 1.2", "add last_year { city = '000001', pool = 'general', amount = 5000 }",
             "add last_year { city = '000002', pool = 'general', amount = 5000 }")  # fmt: skip
    request = asked(edits, FIRST, 7000)
    outcomes = {each.way.target: each.outcome for each in request.found if each.way.fixed}
    assert outcomes == {
        "overrides.000001.general.amount": "impossible", "earmarks.000001.general.amount": "found",
    }  # fmt: skip
    zh = "".join(request.sentences("zh"))
    en = " ".join(request.sentences("en"))
    assert "人工调整 7,000 万元高于封顶 6,000 万元。改为不高于 6,000 万元，或修改该规则。" in zh
    assert "做不到（甲市：人工调整）：" in zh and "人工调整）能做到" not in zh
    assert "Not possible (" in en and "6,000" in en


@pytest.mark.parametrize("searched", [True, False])
def test_an_amount_by_hand_that_lifts_a_rule_is_said_to_loosen_it(searched: bool) -> None:
    """12 ha without reuse and 20 with all of it: 40 ha by hand lift the base, so that the status is not just that."""
    lines = ("policy.land.stock_share = 0.4", "drop cities.000001.stock_base")
    request = explain_request(run(apply(read(FAMILIES / "stock_link"), [parse_edit(each) for each in lines]).instance),
                              FIRST, "land", 40)  # fmt: skip
    if not searched:
        request = replace(request, found=tuple(each for each in request.found if each.way.fixed))
    rows = {str(row[0]): row[-1] for table in request.tables("zh") if table.name == "ways" for row in table.rows}
    assert rows["甲市：人工调整"] == "可行，已核验，但放宽一条规则"
    if searched:
        assert rows["一年可盘活比例"] == "可行，已核验"
    begins = "其中有的办法" if searched else "规则并不允许：做得到的办法"
    told = "（甲市：人工调整、甲市：戴帽指标）抬高了“增存挂钩”的基数，这条规则因而放宽；它由上级部门规定，须先经同意。"
    assert begins + told in request.sentences("zh")
    begins = "Some of what does it" if searched else "The rules do not allow it. What does it"
    told = (
        " lifts the base of “stock link” (rule of a higher authority) and so loosens it: Overrides, First, Earmarks, "
        "First; whoever made that rule has to agree first."
    )
    assert begins + told in " ".join(request.sentences("en"))


def test_parameters_that_stop_at_one_amount_are_said_together() -> None:
    request = asked(MOST, FIRST, 800)
    (one, *_) = request.found
    derived = request.derived
    formula = float(derived.benchmark[derived.cities.index(FIRST), derived.pools.index("general")])

    def said(*amounts: float) -> list[str]:
        found = tuple(replace(one, outcome="not_enough", published=each) for each in amounts)
        return [line for line in replace(request, found=found, base=1.0).sentences("zh") if "个参数都只能" in line]

    assert said(formula + 5, formula + 9) == said(formula + 5) == []
    assert said(formula + 5, formula + 5, formula + 9) == [
        f"2 个参数都只能使它得到 {formula + 5:,.0f} 万元：此后限制它的不是其中任何一个。"
    ]
    assert said(formula, formula, formula) == [
        f"3 个参数都只能使它得到 {formula:,.0f} 万元，即公式测算数：贴近公式的目标不要求更多，"
        "这些参数再放宽也不起作用。"
    ]
