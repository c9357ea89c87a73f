"""Conflicts: the rules that clash are few and each is needed, and every repair makes the instance solve."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from alloc.cli import main
from alloc.content.blocks import Listing, Paragraph, Table
from alloc.explanation.infeasibility.coefficients import coefficient_adjustments, least_change
from alloc.explanation.infeasibility.conflict import Conflict, explain_conflict
from alloc.explanation.infeasibility.rows import NONE, rows_of, rule_bounds
from alloc.explanation.infeasibility.words import Names
from alloc.formulation.registry import catalogue, formulation
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import make_instance
from alloc.result.result import run
from alloc.scenario import apply, parse_edit
from alloc.scenario.titles.writing import lines_shown
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.text import figure
from instances import LAST_YEAR, write_tiny
from random_instances import write_random

pytestmark = pytest.mark.long

INSTANCES = Path(__file__).resolve().parent.parent / "instances"
LIBRARY = sorted(path.parent.name for path in (INSTANCES / "infeasible").glob("*/instance.toml"))
LIMIT = (
    "add limits {{ limit = 'one', quantity = '{quantity}', where = \"city == '{city}'\", sense = '{sense}', "
    "value = {value}, basis = 'amount' }}"
)
TOGETHER = {  # several conflicts at once
    "floors and an override": (
        "floors_above_total",
        ["overrides.amount = 9500 where city == '000002' and pool == 'general'"],
    ),
    "two limits twice": (
        "contradictory_limits",
        [
            "add limits { limit = 'seats', quantity = 'added:school', sense = '>=', value = 9000, basis = 'amount' }",
        ],
    ),
    "settlers without schools and without money": (
        "settlement_ahead_of_services",
        ["policy.settlement.cost = 3", "pools.general.total = 3000"],
    ),
    "half a school and no land": ("half_a_school", ["pools.land.total = 1"]),
    "whole seats and too few of them": (
        "school_and_a_half",
        ["add limits { limit = 'many', quantity = 'added:school', sense = '>=', value = 20000, basis = 'amount' }"],
    ),
}

TINY_SERVICES = ("hospital", "primary")
PROGRAMME = (
    "add programmes { programme = 'homes', title_zh = '住房', title_en = 'Homes', unit_zh = '套', unit_en = 'homes', "
    "capital_cost = 0.1, running_cost = 0, year_share = 0.1, weight = 1, revenue_backed = false }"
)
LINK = "add links {{ from = '440500', to = '440300', service = 'hospital', kind = 'move', open = true{more} }}"
ZONE = ("cities.440500.zone = 'core'", "policy.services.restricted_zones = ['core']")
# Rule behind a bound that clashes in no instance of the library -> edits of the small instance in which it does.
ALONE = {
    "earmark": ["earmarks.450900.land.amount = 650", "cities.450900.boundary_left = 600"],
    "locked": ["add issued { city = '450900', pool = 'land', stage = 'advance', amount = 650 }", LIMIT.format(
        quantity="allocation:land", city="450900", sense="<=", value=500)],
    "farmland": ["earmarks.450900.land.amount = 800", "cities.450900.farmland_offset = 300"],
    "corridor": ["pools.equalisation.floor_multiple = 0.1", LIMIT.format(
        quantity="allocation:equalisation", city="440300", sense="<=", value=440_000)],
    "willingness": ["cities.440500.willingness = 0.001", LIMIT.format(
        quantity="settle", city="440500", sense=">=", value=1000)],
    "quota": ["cities.440300.settlement_quota = 100", LIMIT.format(
        quantity="settle", city="440300", sense=">=", value=200)],
    "settlement_growth": ["policy.settlement.growth = 0.5", "cities.440500.settled_last = 10", LIMIT.format(
        quantity="settle", city="440500", sense=">=", value=200)],
    "restricted_expansion": ["policy.services.restricted_expand = false", LIMIT.format(
        quantity="added:hospital", city="440300", sense=">=", value=20)],
    "restricted": [LIMIT.format(quantity="added:hospital", city="440300", sense=">=", value=2000)],
    "zone_building": [*ZONE, LIMIT.format(quantity="added:hospital", city="440500", sense=">=", value=1000)],
    "zone_expansion": [*ZONE, LIMIT.format(quantity="added:hospital", city="440500", sense=">=", value=20)],
    "extension_share": [
        "add groups { group = 'all', order = 1, share = 1.0, may_settle = false, may_extend = true, eligible = false }",
        *(f"add ladder {{ service = '{service}', group = 'all', entitlement = 1.0 }}" for service in TINY_SERVICES),
        "policy.settlement.extension_share = 0.00001",
        LIMIT.format(quantity="extend", city="440500", sense=">=", value=1000),
    ],
    "programme_share": [PROGRAMME, "add programme_stock { city = '440500', programme = 'homes', stock = 100 }",
                        LIMIT.format(quantity="run:homes", city="440500", sense=">=", value=50)],
    "link_share": [LINK.format(more=""),
                   LIMIT.format(quantity="moved:hospital", city="440500", sense=">=", value=3000)],
    "link_limit": [LINK.format(more=", limit = 20"),
                   LIMIT.format(quantity="moved:hospital", city="440500", sense=">=", value=50)],
    "programme_limit": [
        PROGRAMME, "add programme_stock { city = '440500', programme = 'homes', stock = 100, limit = 20 }",
        LIMIT.format(quantity="run:homes", city="440500", sense=">=", value=50),
    ],
}  # fmt: skip


# The same rules on bonds, whose floors are cut to what is carried, and whose earmarks are not.
OF_BONDS = {
    "floor": ["pools.special_bond.floor_multiple = 0.5", LIMIT.format(
        quantity="allocation:special_bond", city="440500", sense="<=", value=10_000)],
    "earmark": ["earmarks.440500.special_bond.amount = 200_000", "services.hospital.growth_limit = 0"],
}  # fmt: skip


def edited(instance: Instance, lines: list[str]) -> Instance:
    return apply(instance, [parse_edit(line, place) for place, line in enumerate(lines, 1)]).instance


def solves(instance: Instance) -> bool:
    """Whether a whole, verified result comes of it; one tier is enough to know."""
    settings = instance.settings.model_copy(update={"objective": instance.settings.objective[:1]})
    result = run(make_instance(settings, instance.tables))
    return result.has_solution and result.verified


def needed(instance: Instance, conflict: Conflict) -> bool:
    """Whether the groups clash, and without any one of them the others do not."""
    rows = rows_of(instance)
    of = [
        np.flatnonzero(
            (rows.family == group.family)
            & (rows.item == group.item)
            & ((rows.city == NONE) | np.isin(np.array(rows.derived.cities)[rows.city], group.cities))
        )
        for group in conflict.clash.groups
    ]

    def clashes(chosen: list[np.ndarray]) -> bool:
        kept = np.concatenate([*chosen, np.empty(0, dtype=int)])
        session = Session(rows.model, Clock(60), whole=instance.settings.integers)
        others = np.setdiff1d(np.arange(rows.family.size), kept)
        free = np.full(others.size, np.inf)
        session.bound_rows(others, -free, free)
        return session.run().ending is Ending.INFEASIBLE

    return clashes(of) and not any(clashes(of[:k] + of[k + 1 :]) for k in range(len(of)))


@cache
def shipped(name: str) -> Conflict:
    """What is found of an instance of the library, once for every test that asks."""
    return explain_conflict(read(INSTANCES / "infeasible" / name))


def check(conflict: Conflict) -> Conflict:
    instance = conflict.instance
    assert conflict.feasible is False
    assert 1 <= len(conflict.clash.groups) <= 8
    assert conflict.clash.minimal
    assert needed(instance, conflict)
    lines = [repair.lines for repair in conflict.menu.repairs]
    assert len(set(lines)) == len(lines)
    assert [each.cost for each in conflict.menu.repairs] == sorted(each.cost for each in conflict.menu.repairs)
    for repair in conflict.menu.repairs:
        assert solves(edited(instance, list(repair.lines))), repair.lines
        assert not any(set(other) < set(repair.lines) for other in lines)
    return conflict


@pytest.mark.parametrize(("further", "enough", "zh", "en"), [
    ([], [True, True], "只取消其中任何一条，就有满足其余全部规则的方案，不必同时取消几条。",
     "Any single one of them is enough: without it alone some allocation satisfies all other rules."),
    (["add earmarks { city = '000001', pool = 'general', amount = 1000.0 }"], [False, True],
     "只取消“分组限制”，就有满足其余全部规则的方案；只取消“人工调整”，仍没有方案，因为这一组之外还有冲突。",
     "Without “Group limit” alone some allocation satisfies all other rules; without “override” alone"),
])  # fmt: skip
def test_what_is_named_decides_and_what_helps_is_tried(
    further: list[str], enough: list[bool], zh: str, en: str
) -> None:
    """2,000 by hand against a limit of 500: an earmark of 1,000, which the override outdoes, is not among what clashes;
    but without the override it still stands against the limit."""
    conflict = explain_conflict(edited(read("hand"), [
        "add limits { limit = 'most', title_zh = '上限', title_en = 'most', quantity = 'allocation:general', "
        "where = \"city == '000001'\", sense = '<=', value = 500, basis = 'amount' }",
        "add overrides { city = '000001', pool = 'general', amount = 2000.0 }", *further,
    ]))  # fmt: skip
    assert [(group.family, group.enough) for group in conflict.clash.groups] == list(
        zip(("override", "group_limit"), enough, strict=True)
    )
    assert zh in conflict.sentences("zh") and any(each.startswith(en) for each in conflict.sentences("en"))
    assert [each["enough"] for each in conflict.record()["conflict"]] == enough


def test_a_document_tells_repairs_in_words_and_what_to_paste_last() -> None:
    """Words, what each changes, how its cost is counted, and at last the edits, each under the number of its repair."""
    conflict = shipped("settlement_ahead_of_services")
    parts = conflict.section("zh").parts
    table = next(at for at, part in enumerate(parts) if isinstance(part, Table))
    words, lines = ([item for part in some if isinstance(part, Listing) for item in part.items]
                    for some in (parts[:table], parts[table:]))  # fmt: skip
    assert "修改 1（代价 0.627）：“分组限制（settlers）”由 15,000 改为 5,600（人）" in words
    assert "修改 4（代价 10.6）：“学校（school）：落户前提”由 是 改为 否" in words
    assert not any("--edit" in item for item in words)
    pasted = [
        "分组限制.分组限制.限值 = 5600", "公共服务.学校.年增长上限 = 0.0536", "公共服务.学校.配置标准 = 0.658",
        "公共服务.学校.落户前提 = 否",
    ]  # fmt: skip
    assert lines == [f'修改 {number}：--edit "{line}"' for number, line in enumerate(pasted, 1)]
    assert [parse_edit(line).value for line in pasted] == [
        parse_edit(line).value for repair in conflict.menu.repairs for line in repair.lines
    ]
    told = [part.text for part in parts[table:] if isinstance(part, Paragraph)]
    assert [told[0].startswith("代价的算法：各项规则改动的幅度"), *told[1:]] == [True, "套用时用下列写法："]


# Nothing that special bonds may pay for is there, no idle land either: no total above nothing and no share helps.
FEWER = {"special_bonds_without_revenue": 2}


def test_library_is_large() -> None:
    assert len(LIBRARY) >= 25


@pytest.mark.parametrize(
    "name", [name if at % 3 == 0 else pytest.param(name, marks=pytest.mark.slow) for at, name in enumerate(LIBRARY)]
)
def test_every_repair_solves(name: str) -> None:
    conflict = check(shipped(name))
    assert len(conflict.menu.repairs) >= FEWER.get(name, 3)


@pytest.mark.parametrize("rule", OF_BONDS)
def test_rules_of_bonds_clash_by_their_name(rule: str, tmp_path: Path) -> None:
    last = "".join(f"{city},special_bond,100000\n" for city in ("440300", "440500", "450900"))
    conflict = check(explain_conflict(edited(read(write_tiny(tmp_path, last_year=LAST_YEAR + last)), OF_BONDS[rule])))
    assert rule in {group.family for group in conflict.clash.groups}
    assert any(f".{'floor_multiple' if rule == 'floor' else 'amount'} = " in line
               for repair in conflict.menu.repairs for line in repair.lines)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("rule", ALONE)
def test_rules_behind_bounds_clash_by_their_name(rule: str, tmp_path: Path) -> None:
    conflict = check(explain_conflict(edited(read(write_tiny(tmp_path)), ALONE[rule])))
    assert rule in {group.family for group in conflict.clash.groups}
    said = "\n".join(conflict.sentences("en"))
    title, meaning, owner = Names(conflict.instance, derive(conflict.instance)).titled(rule)
    assert title.en in said and meaning.en in said and owner in ("planner", "higher_rule", "law")


@pytest.mark.slow
def test_every_rule_behind_a_bound_clashes_somewhere() -> None:
    """In the library, or in an instance of its own; and each that is yielded is listed with its side."""
    library = {group.family for name in LIBRARY for group in shipped(name).clash.groups}
    known = catalogue()
    declared = {(rule.decision, side, rule.name) for rule in known.rules.values() if not rule.family
                for side in rule.sides}  # fmt: skip
    names = {rule for _, _, rule in declared}
    assert names == (library & names) | set(ALONE)
    yielded = {(each.decision, each.side, each.rule) for each in rule_bounds(known, derive(read("hand")))}
    assert yielded == declared


def test_a_restricted_service_can_be_opened(tmp_path: Path) -> None:
    """2,000 beds are asked for, 1,560 can be added on site and 3,120 in a year: one facility of 500 is enough."""
    conflict = explain_conflict(edited(read(write_tiny(tmp_path)), ALONE["restricted"]))
    assert {group.family for group in conflict.clash.groups} == {"group_limit", "restricted", "expansion"}
    assert ("services.hospital.restricted = false",) in {repair.lines for repair in conflict.menu.repairs}


@pytest.mark.parametrize("name", TOGETHER)
def test_several_conflicts_at_once(name: str) -> None:
    base, lines = TOGETHER[name]
    check(explain_conflict(edited(read(INSTANCES / "infeasible" / base), lines)))


def test_amounts_of_a_repair() -> None:
    """Floors of 7,200 each in a pool of 10,000: they fall to 5,000, 0.625 of 8,000; or 4,400 more are there."""
    conflict = shipped("floors_above_total")
    lines = {line for repair in conflict.menu.repairs for line in repair.lines}
    assert {"pools.general.floor_multiple = 0.625", "pools.general.total += 4400"} <= lines
    assert {group.family for group in conflict.clash.groups} == {"floor", "pool_total"}


def test_a_limit_far_beyond_reach_is_lowered_to_what_can_be_reached() -> None:
    """To the seats that money and growth allow, and not to the multiple of 10⁶ below, which is 0."""
    limit = "add limits {{ limit = 'x', quantity = 'added:school', sense = '>=', value = {value}, basis = 'amount' }}"
    hand, line = read("hand"), "limits.x.value = "
    lines = [
        each
        for repair in explain_conflict(edited(hand, [limit.format(value=1e9)])).menu.repairs
        for each in repair.lines
    ]
    (value,) = {float(each.removeprefix(line)) for each in lines if each.startswith(line)}
    assert value > 100
    assert run(edited(hand, [limit.format(value=value)])).has_solution
    assert not run(edited(hand, [limit.format(value=1.02 * value)])).has_solution


def test_whole_facilities_alone() -> None:
    conflict = shipped("half_a_school")
    assert conflict.whole
    lines = {line for repair in conflict.menu.repairs for line in repair.lines}
    assert {"limits.public.value = 2", "limits.public.value = 4"} <= lines


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("settlement_unpaid", "policy.settlement.cost = 0.999"),  # 10,000 pay for 10,000 at 1, asked for at 1.5
        ("school_too_dear", "services.school.capital_cost = 3.99"),
        ("settlement_ahead_of_services", "services.school.norm = 0.658"),
    ],
)
def test_numbers_that_move_coefficients(name: str, line: str) -> None:
    """The least change by itself: found to a hundredth of it, and rounded outwards; a little less does not do."""
    conflict = shipped(name)
    instance = conflict.instance
    assert line in {line for repair in conflict.menu.repairs for line in repair.lines}
    target, _, value = line.partition(" = ")
    old = {"cost": 1.5, "capital_cost": 5.0, "norm": 1.0}[target.rpartition(".")[2]]
    nearly = float(value) + 0.03 * (old - float(value))
    assert not solves(edited(instance, [f"{target} = {nearly!r}"]))


def test_ratio_of_reused_land() -> None:
    """15 ha are asked for, 5 are there and 3 are put back to use: each has to bring 10/3 in place of 2."""
    instance = edited(
        read(INSTANCES / "infeasible" / "limit_above_stock_link"), ["cities.000001.production_request = 3"]
    )
    rows = rows_of(instance)
    (adjustment,) = coefficient_adjustments(rows, explain_conflict(instance).clash)
    amount = least_change(rows, adjustment, lambda lines: solves(edited(instance, [each.line for each in lines])))
    assert amount is not None
    assert 10 / 3 - 2 <= amount[0] <= 1.01 * (10 / 3 - 2)
    assert adjustment.owner == "higher_rule"


def test_planners_rules_come_before_those_of_others() -> None:
    conflict = shipped("floor_above_boundary")
    owners = [change.adjustment.owner for repair in conflict.menu.repairs for change in repair.changes]
    assert owners == ["planner", "planner", "law"]


def test_the_record_sets_amounts_against_each_other_and_says_who_decides() -> None:
    conflict = explain_conflict(read(INSTANCES / "infeasible" / "floors_above_total"))
    record = conflict.record()
    first = record["arithmetic"][0]
    finding = record["findings"][first["finding"]]
    assert finding["code"] == "pool_below_lower"
    assert finding["key"] in {group["item"] for group in record["conflict"]}, "first what clashes"
    for amount in (first["wanted"], first["there"], first["wanted"] - first["there"]):
        assert figure(amount) in finding["message"]["en"]
    decide = {group["family"]: group["decides"]["en"] for group in record["conflict"]}
    assert decide["pool_total"] == "rule of a higher authority"
    for repair in record["repairs"]:
        owners = {amount["owner"] for amount in repair["amounts"]}
        assert repair["decide"]["en"].count(", ") == len(owners) - 1
    assert "the planner's own rule 1, the province's decision 10, rule of a higher authority 30" in record["cost"]["en"]


def test_command_json_and_exit_codes(tmp_path: Path) -> None:
    runner = CliRunner()
    folder = str(INSTANCES / "infeasible" / "contradictory_limits")
    clash = runner.invoke(main, ["explain", folder, "--format", "json", "--quiet"])
    assert clash.exit_code == 2
    answer = json.loads(clash.stdout)
    assert [each["item"] for each in answer["conflict"]] == ["least", "most"]
    assert answer["repairs"][0]["edits"] == ["limits.least.value = 4000"]
    assert answer["repairs"][0]["amounts"][0] | {"from": 6000.0, "to": 4000.0} == answer["repairs"][0]["amounts"][0]
    mended = runner.invoke(main, ["explain", folder, "--edit", "limits.least.value = 4000", "--lang", "en"])
    assert mended.exit_code == 0
    assert "there is no conflict" in mended.stdout
    given = ["explain", folder, "--edit", "limits.least.value = 7000"]  # a repair of its cell pastes behind it
    line = json.loads(runner.invoke(main, [*given, "--format", "json", "--quiet"]).stdout)["repairs"][0]["edits"][0]
    assert line == "then limits.least.value = 4000"
    for lang, said in (
        ("zh", "这些 --edit 接在原来各条 --edit 之后，一起写在同一条命令里；“然后”表示从前面各条的结果出发。"),
        ("en", "Paste them behind the --edit lines that stand, in one command: then starts from what those before it "
               "make."),
    ):  # fmt: skip
        told, alone = (runner.invoke(main, [*each, "--lang", lang, "--quiet"]).stdout for each in (given, given[:2]))
        assert said in told and said not in alone
    assert runner.invoke(main, [*given, "--edit", line]).exit_code == 0
    assert runner.invoke(main, ["explain", folder, "--edit", "limits.least.value = 'x'"]).exit_code == 1
    assert runner.invoke(main, ["explain", folder, "--prices"]).exit_code == 1
    solved = runner.invoke(main, ["solve", "hand", "--relaxation", "--out", str(tmp_path / "plan"), "--quiet"])
    assert solved.exit_code == 0
    given = [str(tmp_path / "plan"), "--edit", "freeze 甲市", "--edit",  # which starts from a result
             "add limits { limit = 'more', quantity = 'allocation:general', where = \"name == '甲市'\", "
             "sense = '>=', value = 9999, basis = 'amount' }"]  # fmt: skip
    for lang, advice, refusal in (
        ("zh", "把 solve 换成 explain，其余参数（--scenario、--edit）照写。",
         "--scenario、--edit 和求解选项是问按这些修改有没有方案；问结果本身的，不要一起写。"),
        ("en", "write explain in place of solve, with the same",
         "--scenario, --edit and options of a solve ask whether anything satisfies the rules then; what is asked of "
         "the RESULT itself goes without them."),
    ):  # fmt: skip
        solved, explained, both = (
            runner.invoke(main, [verb, *given, *more, "--lang", lang, "--quiet"])
            for verb, more in (("solve", ()), ("explain", ()), ("explain", ["--prices"]))
        )
        assert (solved.exit_code, explained.exit_code, both.exit_code) == (2, 2, 1)
        assert advice in solved.stdout or advice in solved.stderr
        assert {"zh": "然后 分组限制.more.限值 = ", "en": "then limits.more.value = "}[lang] in explained.stdout
        assert refusal in both.stderr
    for lang, word in (("zh", "explain"), ("en", "write explain in place of solve")):
        solved = runner.invoke(main, ["solve", folder, "--lang", lang, "--quiet"])
        assert solved.exit_code == 2
        assert word in solved.stdout


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_names_everything(language: str) -> None:
    conflict = shipped("settlement_ahead_of_services")
    said = "\n".join(conflict.sentences(language))
    for repair in conflict.menu.repairs:
        for line in lines_shown(repair.lines, conflict.instance, language):
            assert f'--edit "{line}"' in said
    assert "{" not in said
    (table,) = conflict.tables(language)
    assert len(table.rows) == sum(len(repair.lines) for repair in conflict.menu.repairs)


def test_interrupted_search_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been found is kept, and not called complete."""
    from alloc.explanation.infeasibility import conflict as module

    instance = read(INSTANCES / "infeasible" / "contradictory_limits")
    clocks: list[Clock] = []

    def clock(limit: float) -> Clock:
        clocks.append(Clock(limit))
        return clocks[0]

    monkeypatch.setattr(module, "Clock", clock)

    def report(step: object) -> None:
        if getattr(step, "done", 0) == 1 and getattr(step, "total", 0) == 4:  # one repair is found
            clocks[0].interrupted = True

    found = explain_conflict(instance, report)
    assert len(found.menu.repairs) == 1
    assert found.stopped
    assert not found.record()["proven"]


@pytest.mark.parametrize("seed", range(8))
def test_rules_make_every_bound(seed: int, tmp_path: Path) -> None:
    """Nothing bounds a decision but the rules that are listed, what can be used at all, and rows that say the same.

    A rule that only the bound of a variable knows would be in no conflict.
    """
    instance = read(write_random(tmp_path, seed, everything=True))
    derived = derive(instance)
    known = catalogue(instance.formulation)
    model = formulation(instance.formulation)(derived, instance.settings.objective)
    every = [*rule_bounds(known, derived), *(each for each in derived.rule_bounds if known.rules[each.rule].family)]
    for name, decision in known.decisions.items():
        if not decision.there(derived):
            continue
        columns = model.columns[name]
        least, most = np.zeros(columns.lower.shape), np.full(columns.upper.shape, np.inf)
        if decision.possible is not None:
            most = decision.possible(derived)
        for each in every:
            if each.decision == name and each.side == "lower":
                least = np.maximum(least, each.amount)
            elif each.decision == name:
                most = np.minimum(most, each.amount)
        if decision.granted:
            most = np.maximum(least, np.minimum(most, derived.available / derived.up))
        np.testing.assert_allclose(least, columns.lower, rtol=1e-12, err_msg=name)
        np.testing.assert_allclose(most, columns.upper, rtol=1e-12, err_msg=name)
