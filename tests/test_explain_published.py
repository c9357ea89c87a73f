"""Repairs of limits on amounts hold for what is published too, not only before rounding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.infeasibility.menu import Menu
from alloc.instance import Instance, read
from alloc.result.result import run
from alloc.scenario import apply, parse_edit

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
OTHER = (
    "add pools { pool = 'other', kind = 'transfer', use = 'general', title_zh = '其他', title_en = 'Other', "
    "total = 10001, reserve = 0, exhaust = false, corridor_up = 0.2, quantum = 1 }",
    "add factors { pool = 'other', factor = 'residents', weight = 1 }",
)
BOTH = (
    "add limits { limit = 'both', title_zh = '两项', title_en = 'Both', quantity = 'pools:general+other', "
    "where = \"city == '000001'\", sense = '>=', value = 12300, basis = 'amount' }"
)


def edited(*lines: str) -> Instance:
    return apply(read("hand"), [parse_edit(line, place) for place, line in enumerate(lines, 1)]).instance


@pytest.fixture(scope="module")
def two_pools() -> Instance:
    """Corridors up to 6,000.6 of both pools, and a limit of 12,300 on both together."""
    return edited("pools.general.total = 10001", "pools.general.corridor_up = 0.2", *OTHER, BOTH)


def test_repairs_reach_a_sum_in_whole_quanta(two_pools: Instance) -> None:
    """0.2598 would do before rounding (6,299.63 and 6,000.6), and publish 12,299."""
    lines = [repair.lines for repair in explain_conflict(two_pools).menu.repairs]
    assert lines == [
        ("limits.both.value = 12000",),
        ("pools.other.corridor_up = 0.2599",),
        ("pools.general.corridor_up = 0.2599",),
        ("pools.general.total += 499",),
    ]
    for some in (("pools.other.corridor_up = 0.2598",), *lines):
        after = apply(two_pools, [parse_edit(line, place) for place, line in enumerate(some, 1)]).instance
        rounding = run(after).tables["rounding"]
        assert ("both" in rounding["limit"].tolist()) == ("0.2598" in some[0]), some


def test_a_total_is_raised_so_that_whole_quanta_are_given_out() -> None:
    """Of a total of 16,260 with a reserve of 0.385 there are 9,999.9 to give out, of one of 16,400 there are 10,086."""
    instance = edited(
        "pools.general.total = 16000", "pools.general.reserve = 0.385", "pools.general.exhaust = true",
        "add limits { limit = 'all', quantity = 'allocation:general', where = '', sense = '>=', value = 9999, "
        "basis = 'amount' }",
    )  # fmt: skip
    lines = [line for repair in explain_conflict(instance).menu.repairs for line in repair.lines]
    (total,) = (line for line in lines if line.startswith("pools.general.total"))
    assert total == "pools.general.total += 400"


def kept_back(quantum: int, exhaust: str, limit: str, reserve: float = 0.385) -> tuple[Instance, list[str]]:
    """Of a total of 16,000 a share is kept back, and a limit is on the sum of the rest; with the repairs."""
    instance = edited(
        "pools.general.total = 16000", f"pools.general.reserve = {reserve}", f"pools.general.quantum = {quantum}",
        f"pools.general.exhaust = {exhaust}",
        f"add limits {{ limit = 'all', quantity = 'allocation:general', where = '', {limit}, basis = 'amount' }}",
    )  # fmt: skip
    conflict = explain_conflict(instance)
    assert all(repair.published for repair in conflict.menu.repairs)
    return instance, [line for repair in conflict.menu.repairs for line in repair.lines]


@pytest.mark.parametrize(
    ("quantum", "exhaust", "lines"),
    [
        (100, "false", ["limits.all.value = 9800", "pools.general.total += 300", "pools.general.reserve = 0.3749"]),
        (100, "true", ["limits.all.value = 9800", "pools.general.total += 300", "pools.general.reserve = 0.3749"]),
        (1000, "false", ["limits.all.value = 9000", "pools.general.total += 1000", "pools.general.reserve = 0.3749"]),
    ],
)  # fmt: skip
def test_a_smaller_reserve_leaves_enough_in_whole_quanta(quantum: int, exhaust: str, lines: list[str]) -> None:
    """A reserve of 0.37506 leaves 9,999.04 for a sum of 9,999, of which 9,900 or 9,000 can be published; 0.3749 leaves
    10,001.6."""
    instance, found = kept_back(quantum, exhaust, "sense = '>=', value = 9999")
    assert found == lines
    for line in ("pools.general.reserve = 0.37506", "pools.general.reserve = 0.3749"):
        rounding = run(apply(instance, [parse_edit(line)]).instance).tables["rounding"]
        assert ("all" in rounding["limit"].tolist()) == (line.endswith("06"))


def test_no_reserve_is_offered_that_leaves_nothing_to_publish() -> None:
    """Of 16,000 in quanta of 1,000 a reserve of 0.942 leaves 928: within a limit of 930, and no multiple of it."""
    instance, lines = kept_back(1000, "true", "sense = '<=', value = 930", reserve=0)
    assert lines == ["limits.all.value = 16000", "drop limits.all", "pools.general.exhaust = false"]
    edit = parse_edit("pools.general.reserve = 0.942")
    assert run(apply(instance, [edit]).instance).tables["allocation"]["published"].sum() == 0


def test_what_holds_only_before_rounding_is_said_so(two_pools: Instance) -> None:
    conflict = explain_conflict(two_pools)
    first, second, *_ = conflict.menu.repairs
    conflict = replace(conflict, menu=Menu((first, replace(second, published=False)), False, True))
    assert (
        "修改 2：取整前满足全部规则；取整后的公布数仍可能略微不满足合计的限额，套用后看取整表。"
        in conflict.sentences("zh")
    )
    assert (
        "Repair 2: all rules hold before rounding; published amounts may still miss a limit on a sum by a little, as "
        "the table of rounding then says." in conflict.sentences("en")
    )


def test_of_several_rules_each_alone_is_said_to_be_enough(two_pools: Instance) -> None:
    conflict = explain_conflict(two_pools)
    groups = conflict.clash.groups
    some = tuple(replace(group, enough=place != 2) for place, group in enumerate(groups))
    conflict = replace(conflict, clash=replace(conflict.clash, groups=some))
    assert (
        "只取消“浮动区间，一般性转移支付（general），甲市（000001）”、“浮动区间，其他（other），甲市（000001）”中的任何一条，"
        "就有满足其余全部规则的方案；只取消“分组限制”，仍没有方案，因为这一组之外还有冲突。"
    ) in conflict.sentences("zh")  # fmt: skip
    assert (
        "Without any single one of “corridor, General transfer (general), First (000001)”, “corridor, Other (other), "
        "First (000001)” alone some allocation satisfies all other rules; without “Group limit” alone there still is "
        "none, for there are conflicts besides this one."
    ) in conflict.sentences("en")


@pytest.mark.parametrize("linked", [True, False])
def test_a_rule_that_rounding_may_miss_is_said_beforehand(linked: bool) -> None:
    """Where land clashes and the first city's is linked to what it reuses; without the link there is no such rule."""
    lines = () if linked else ("drop cities.stock_base",)
    more = "add limits { limit = 'all', quantity = 'allocation:land', sense = '>=', value = 70, basis = 'amount' }"
    instance = apply(read(FAMILIES / "stock_link"), [parse_edit(each) for each in (*lines, more)]).instance
    conflict = explain_conflict(instance)
    assert conflict.menu.repairs
    said = [line for language in ("zh", "en") for line in conflict.sentences(language)]
    assert [line for line in said if line.startswith(("各项修改都按", "Repairs are tried on"))] == [
        "各项修改都按取整前的数试解；取整后的公布数，个别城市可能超出不到一个最小分配单位的规则：增存挂钩；求解的状态会写明。",
        "Repairs are tried on amounts before rounding; what some cities may miss by less than a quantum as published, "
        "and the status of the solve then says: New land follows reused land.",
    ][: 2 * linked]
