"""What edits make of an instance: as if the files had been changed by hand, and every fault named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alloc.api import check
from alloc.instance import InputError, Instance, read
from alloc.instance.findings import Finding
from alloc.instance.instance import make_instance
from alloc.scenario import Edit, Edited, Origin, apply, diff, parse_edit, with_edits
from alloc.scenario.lines import Standing, read_lines
from instances import LIMITS, OVERRIDES, TOML, write_tiny

CITIES = ("440300", "440500", "450900")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_tiny(tmp_path_factory.mktemp("tiny")))


def edited(instance: Instance, *lines: str, check: bool = True) -> Edited:
    return apply(instance, [parse_edit(line, number) for number, line in enumerate(lines, start=1)], check)


def refused(instance: Instance, *lines: str, check: bool = True) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        edited(instance, *lines, check=check)
    return tuple(finding for finding in caught.value.findings if finding.severity == "error")


def values(found: Edited) -> dict[str, tuple[Any, Any]]:
    return {cell.target: (cell.old, cell.new) for cell in found.cells}


@pytest.mark.long
@pytest.mark.parametrize(
    ("lines", "changes"),
    [
        (["policy.debt.ceiling = 1"], {"toml": {"ceiling = 1.5": "ceiling = 1.0"}}),
        (["gap *= 10", "integers = false"],
         {"toml": {"gap = 0.001": "gap = 0.01", "integers = true": "integers = false"}}),
        (["policy.debt.tiers.yellow.new_bond_factor = 0.12"], {"toml": {"= 0.10": "= 0.12"}}),
        (["policy.debt.tiers.new_bond_factor = 0.05 where name in ['yellow', 'orange']"],
         {"toml": {"= 0.10": "= 0.05", "= 0.04": "= 0.05"}}),
        (["policy.land.standards[1].per_settler = 85"], {"toml": {"per_settler = 80": "per_settler = 85"}}),
        (["policy.land.standards = [{ up_to = 90, per_settler = 100 }, { per_settler = 40 }]"],
         {"toml": {TOML[TOML.index("standards"):TOML.index("no_linked")]:
                   "standards = [{ up_to = 90, per_settler = 100 }, { per_settler = 40 }]\n"}}),
        (["drop policy.land.stock_ratio", "drop cities.stock_base"],
         {"toml": {"stock_ratio = 2.0": ""}, "cities": {(city, "stock_base"): "" for city in CITIES}}),
        (["policy.land.no_linked_land = ['megacity']"],
         {"toml": {'no_linked_land = ["megacity", "very_large"]': 'no_linked_land = ["megacity"]'}}),
        (["drop objective.production"], {"toml": {'[[objective]]\ntier = "production"\n': ""}}),
        (["drop objective where tier in ['production', 'cost']"],
         {"toml": {'[[objective]]\ntier = "production"\n': "", '[[objective]]\ntier = "cost"\n': ""}}),
        (["objective.fairness.tolerance = 0.01"], {"toml": {"tolerance = 0.005": "tolerance = 0.01"}}),
        (["objective = ['minimum', 'settlement', 'fairness', 'coverage', 'production', 'closeness', 'cost']"],
         {"toml": lambda text: text.replace('[[objective]]\ntier = "settlement"\n', "").replace(
             'tier = "minimum"\n', 'tier = "minimum"\n[[objective]]\ntier = "settlement"\n')}),
        (["objective = ['minimum', { tier = 'fairness', beta = 0.2 }, 'closeness']"],
         {"toml": lambda text: text[:text.index("[[objective]]")] + '[[objective]]\ntier = "minimum"\n[[objective]]\n'
          'tier = "fairness"\nbeta = 0.2\n[[objective]]\ntier = "closeness"\n'}),
        (["pools.total *= 1.5 where pool == 'land'"], {"pools": {("land", "total"): 6000}}),
        (["pools.land.total += 2000"], {"pools": {("land", "total"): 6000}}),
        (["pools.land.exhaust = false"], {"pools": {("land", "exhaust"): "false"}}),
        (["cities.willingness <= 0.05"], {"cities": {("440300", "willingness"): 0.05}}),
        (["cities.interest >= 70000"], {"cities": {("440500", "interest"): 70000, ("450900", "interest"): 70000}}),
        (["drop cities.settlement_quota where size_class = 'very_large'"],
         {"cities": {("440300", "settlement_quota"): ""}}),
        (["cities.settlement_quota = 9 where city = '440300'"], {"cities": {("440300", "settlement_quota"): 9}}),
        (["cities.idle = 3 where debt_tier = 'green' and province = '45'"], {"cities": {("450900", "idle"): 3}}),
        (["cities.name = '玉林' where city = '450900'"], {"cities": {("450900", "name"): "玉林"}}),
        (["cities.闲置低效用地 = 3 where city = '450900'"], {"cities": {("450900", "idle"): 3}}),
        (["capacity.capacity *= 0.5 where service = 'primary' and size_class = 'very_large' "
          "and settlement_prerequisite = true"],
         {"capacity": {("440300", "primary", "capacity"): 240000}}),
        (["last_year.amount = 5 where kind = 'land' and residents < 5600000"],
         {"last_year": {("440500", "land", "amount"): 5}}),
        (["factors.land.migrants.weight = 0.5", "factors.land.residents.weight = 0.2"],
         {"factors": {("land", "migrants", "weight"): 0.5, ("land", "residents", "weight"): 0.2}}),
        (["overrides.amount = 800 where city == '440300' and pool == 'land'"],
         {"overrides": OVERRIDES + "440300,land,800,,\n"}),
        (["overrides.440300.land.amount = 800"], {"overrides": OVERRIDES + "440300,land,800,,\n"}),
        (["overrides.440300.land.amount = 800 # list"], {"overrides": OVERRIDES + "440300,land,800,list,\n"}),
        (["add overrides { city = '440300', pool = 'land', amount = 800 } # list"],
         {"overrides": OVERRIDES + "440300,land,800,list,\n"}),
        (["overrides.440300.land.amount = 800 # list", "overrides.440300.land.reason = 'port' # other"],
         {"overrides": OVERRIDES + "440300,land,800,port,\n"}),
        (["overrides.amount = 500 where pool = 'land' and city in ['440500', '440300']"],
         {"overrides": OVERRIDES + "440300,land,500,,\n440500,land,500,,\n"}),
        (["earmarks.amount = 60 where city in ['450900', '440500'] and pool = 'land'"],
         {"earmarks": "city,pool,amount,reason\n450900,land,60,脱贫县专项\n440500,land,60,\n"}),
        (["add overrides { city = '440300', pool = 'land', amount = 800, reason = 'list' }"],
         {"overrides": OVERRIDES + "440300,land,800,list,\n"}),
        (["add limits { limit = 'west', title_zh = '西部', title_en = 'West', quantity = 'settle', sense = '<=', "
          "value = 5000, basis = 'amount', where = \"province == '45'\" }"],
         {"limits": LIMITS + "west,西部,West,settle,province == '45',<=,5000,amount,,\n"}),
        (["add limits { limit = 'west', quantity = 'settle', sense = '<=', value = 5000, basis = 'amount' }"],
         {"limits": LIMITS + "west,west,west,settle,,<=,5000,amount,,\n"}),  # a title that is not given is the name
        (["drop limits.large_share"], {"limits": lambda text: "".join(
            line for line in text.splitlines(True) if not line.startswith(("large", "<=")))}),
        (["drop limits"], {"limits": None}),
        (["drop earmarks where city = '450900'"], {"earmarks": None}),
    ],
    ids=lambda value: value[0][:50] if isinstance(value, list) else "",
)  # fmt: skip
def test_as_if_the_files_were_changed(
    tiny: Instance, tmp_path: Path, lines: list[str], changes: Mapping[str, Any]
) -> None:
    """The same content and hash, and the cells are what differs."""
    expected = read(write_tiny(tmp_path / "changed", **changes))
    before = tiny.hash
    found = edited(tiny, *lines)
    assert found.instance.hash == expected.hash != before
    assert tiny.hash == before == make_instance(tiny.settings, tiny.tables).hash
    assert found.instance.hash == make_instance(found.instance.settings, found.instance.tables).hash
    shown = [(cell.table, ", ".join(cell.key), cell.column, cell.old, cell.new) for cell in found.cells]
    assert shown == list(diff(tiny, expected).itertuples(index=False, name=None))
    assert {finding.code for finding in found.instance.warnings} == {finding.code for finding in expected.warnings}
    for name, table in found.instance.tables.items():
        assert dict(table.dtypes) == dict(tiny.tables[name].dtypes)


def test_new_tiers_come_last_in_one_order(tiny: Instance) -> None:
    few = edited(tiny, "objective = ['minimum']").instance
    lines = [f"add objective {{ tier = '{name}' }}" for name in ("settlement", "production", "coverage")]
    for order in (lines, lines[::-1]):
        tiers = [tier.tier for tier in edited(few, *order).instance.settings.objective]
        assert tiers == ["minimum", "coverage", "production", "settlement"]


def test_cells_have_old_and_new_values(tiny: Instance) -> None:
    found = edited(tiny, "cities.revenue *= 0.5 where province == '44' # stress", "policy.debt.ceiling = 1")
    assert values(found) == {
        "cities.440300.revenue": (12_000_000, 6_000_000),
        "cities.440500.revenue": (1_400_000, 700_000),
        "policy.debt.ceiling": (1.5, 1.0),
    }
    assert [(cell.edits, cell.why) for cell in found.cells] == [((0,), "stress"), ((0,), "stress"), ((1,), "")]


def test_a_row_that_comes_or_goes_has_the_cells_of_its_key(tiny: Instance) -> None:
    assert values(edited(tiny, "drop earmarks.450900.land")) == {
        "earmarks.450900.land.amount": (40, None),
        "earmarks.450900.land.city": ("450900", None),
        "earmarks.450900.land.pool": ("land", None),
        "earmarks.450900.land.reason": ("脱贫县专项", None),
    }


def test_untouched_tables_are_the_same_objects(tiny: Instance) -> None:
    found = edited(tiny, "cities.idle += 1").instance
    assert [name for name in tiny.tables if found.tables[name] is not tiny.tables[name]] == ["cities"]
    assert edited(tiny, "gap = 0.001").instance is tiny
    assert np.array_equal(found.tables["cities"]["idle"], tiny.tables["cities"]["idle"] + 1)


def test_records_are_for_json(tiny: Instance) -> None:
    found = edited(tiny, "objective = ['minimum', 'settlement'] # fewer", "add overrides { city = '440300', "
                   "pool = 'land', amount = 800 }", "cities.idle = 900 where city = '440500'")  # fmt: skip
    first, second, third = json.loads(json.dumps(found.records()))
    assert first["value"] == ["minimum", "settlement"] and first["why"] == "fewer" and first["file"] == "--edit"
    assert first["cells"][-1]["key"] == ["production"]
    assert {cell["column"]: cell["new"] for cell in second["cells"]} == {
        "amount": 800,
        "city": "440300",
        "pool": "land",
    }
    assert third["cells"] == [{"table": "cities", "key": ["440500"], "column": "idle", "old": 800, "new": 900}]


def test_columns_of_the_planner_are_edited_by_what_they_hold(tiny: Instance) -> None:
    """Numbers by numbers, texts by texts; they have no range."""
    cities = tiny.tables["cities"].assign(beds=[10.0, 20.0, 30.0], sector="inner")
    own = make_instance(tiny.settings, {**tiny.tables, "cities": cities})
    found = edited(own, "cities.beds *= -2 where city = '440300'", "cities.sector = 'outer' where city = '440500'")
    assert values(found) == {"cities.440300.beds": (10, -20), "cities.440500.sector": ("inner", "outer")}
    assert [each.code for each in refused(own, "cities.beds = 'many'", "cities.sector *= 2")] == ["wrong_type"] * 2


def test_an_order_that_changes_is_due_to_the_edits_of_its_list(tiny: Instance) -> None:
    """A tier that goes and comes back stands last; the edit of a table beside has no part in it."""
    names = ("drop objective.settlement", "cities.idle += 1", "add objective { tier = 'settlement' }")
    edits = [replace(parse_edit(line), origin=Origin("--edit", place + 1, place)) for place, line in enumerate(names)]
    order = {cell.target: cell.edits for cell in apply(tiny, edits, check=False).cells}
    assert order["objective"] == (0, 2) and order["cities.440300.idle"] == (1,)


def test_what_checking_fills_in_is_a_cell_too(tiny: Instance, tmp_path: Path) -> None:
    leximin = read(write_tiny(tmp_path / "x", toml={'"cvar"\nbeta = 0.1\ntolerance = 0.005': '"leximin"',
                                                    "integers = true": "integers = false"}))  # fmt: skip
    found = edited(leximin, "objective.fairness.method = 'cvar'")
    assert values(found) == {"objective.fairness.method": ("leximin", "cvar"), "objective.fairness.beta": (None, 0.1)}
    assert {cell.edits for cell in found.cells} == {(0,)}
    beside = [parse_edit(line) for line in ("gap = 0.002", "objective.fairness.method = 'cvar'")]
    makers = {cell.target: cell.edits for cell in apply(leximin, beside).cells}
    assert makers == {"gap": (0,), "objective.fairness.method": (1,), "objective.fairness.beta": (1,)}


# --------------------------------------------------------------------------------------------------- disagreement


def test_two_edits_that_disagree_are_both_named(tiny: Instance) -> None:
    found = refused(tiny, "cities.idle = 5 where province = '44'", "gap = 0", "cities.idle = 6 # x")
    (finding,) = found
    assert (finding.code, finding.row, finding.column, finding.key) == ("edits_disagree", 3, "cities.idle", "440300")
    assert "edit 1 makes it 5, edit 3 makes it 6 (and 1 more cell)" in finding.message.en
    assert "第 1 条" in finding.message.zh and "第 3 条" in finding.message.zh


@pytest.mark.parametrize(
    "lines",
    [
        ["gap = 0.1", "gap = 0.2"],
        ["pools.total *= 2", "pools.land.total *= 2"],  # each from what it is: not four times
        ["pools.land.total += 5", "pools.land.total *= 2"],
        ["drop limits.large_share", "limits.large_share.value = 0.5"],
        ["drop cities.settlement_quota", "cities.settlement_quota *= 2"],
        [f"add overrides {{ city = '440300', pool = 'land', amount = {amount} }}" for amount in (8, 9)],
        ["objective = ['minimum', 'settlement']", "drop objective.settlement"],
        ["objective = ['minimum', 'settlement']", "objective.fairness.tolerance = 0.1"],
        ["pools.land.total = 9000", "pools.total <= 8000"],
        ["pools.land.total *= 0.1", "pools.land.total >= 500"],
        ["pools.land.total = 3000", "pools.land.total <= 3500"],  # one makes it 3000, the other 3500
        ["drop pools.land.cap_multiple", "pools.cap_multiple <= 9"],
        ["policy.debt.ceiling <= 1.4", "policy.debt.ceiling <= 1.3"],
    ],
)
def test_disagreements(tiny: Instance, lines: list[str]) -> None:
    for order in (lines, lines[::-1]):
        assert {finding.code for finding in refused(tiny, *order, check=False)} == {"edits_disagree"}


@pytest.mark.parametrize(
    ("lines", "cell", "new"),
    [
        (["gap = 0.1", "gap = 0.1"], "gap", 0.1),
        (["pools.land.total = 3000", "pools.total <= 4500 where kind = 'land'"], "pools.land.total", 3000),
        (["pools.land.total *= 1.5", "pools.land.total >= 500"], "pools.land.total", 6000),
        (["pools.land.total <= 5000", "pools.land.total >= 500", "pools.land.total = 4500"], "pools.land.total", 4500),
        (["overrides.440300.land.amount = 8", "add overrides { city = '440300', pool = 'land', amount = 8 }"],
         "overrides.440300.land.amount", 8),
        (["objective = ['minimum', 'settlement']", "drop objective.fairness"], "objective.fairness.tier", None),
    ],
)  # fmt: skip
def test_agreements(tiny: Instance, lines: list[str], cell: str, new: Any) -> None:
    for order in (lines, lines[::-1]):
        assert values(edited(tiny, *order, check=False))[cell][1] == new


WEST = (
    "add limits { limit = 'west', quantity = 'settle', where = \"province == '45'\", sense = '>=', value = 8.0, "
    "basis = 'amount' }"
)
GRANT = "add overrides { city = '440300', pool = 'land', amount = 8, reason = 'port' }"


@pytest.mark.parametrize(
    ("lines", "cell", "new"),
    [
        ([WEST, "limits.west.value = 5"], "limits.west.value", 5.0),
        ([WEST, "limits.west.value *= 2"], "limits.west.value", 16.0),
        ([WEST, "limits.west.value <= 6", "limits.west.sense = '<='"], "limits.west.value", 6.0),
        ([WEST, "limits.west.value <= 9"], "limits.west.value", 8.0),
        ([WEST, "limits.west.owner = 'x'"], "limits.west.owner", "x"),
        ([WEST, "limits.value *= 2 where basis == 'amount'"], "limits.west.value", 8.0),  # of rows that were there
        ([GRANT, "overrides.440300.land.amount = 9"], "overrides.440300.land.amount", 9.0),
        (["overrides.440300.land.amount = 9", "overrides.440300.land.reason = 'port'"],
         "overrides.440300.land.reason", "port"),
    ],
)  # fmt: skip
def test_an_edit_changes_the_row_that_another_adds(tiny: Instance, lines: list[str], cell: str, new: Any) -> None:
    for order in (lines, lines[::-1]):
        found = edited(tiny, *order, check=False)
        assert values(found)[cell] == (None, new)
        assert len({each.key for each in found.cells if each.table == cell.partition(".")[0] and not each.old}) == 1


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([WEST, "limits.west.value = 5", "limits.west.value = 6"], "edits_disagree"),
        ([WEST, "limits.west.value = 5", "limits.west.value *= 2"], "edits_disagree"),
        ([WEST, WEST.replace("8.0", "9.0"), "limits.west.value = 5"], "edits_disagree"),
        ([WEST, "limits.west.value = 'five'"], "wrong_type"),
        ([WEST, "limits.east.value = 5"], "unknown_record"),
        ([WEST, "drop limits.west"], "unknown_record"),
    ],
)
def test_what_does_not_agree_with_a_row_that_another_adds(tiny: Instance, lines: list[str], code: str) -> None:
    for order in (lines, lines[::-1]):
        assert {finding.code for finding in refused(tiny, *order, check=False)} == {code}


def test_a_higher_level_overrides_a_lower_one(tiny: Instance) -> None:
    lower, higher = Origin("lower.toml", 1, 0), Origin("higher.toml", 1, 1)
    edits = [Edit("set", "pools.land.total", 5000, origin=lower), Edit("scale", "pools.total", 2.0, origin=higher)]
    for order in (edits, edits[::-1]):
        found = apply(tiny, order, check=False)
        cell = next(cell for cell in found.cells if cell.key == ("land",))
        assert (cell.old, cell.new) == (4000, 10_000)
        assert [order[place] for place in cell.edits] == [edits[1]]
        assert [order[place] for place in cell.overridden] == [edits[0]]
        record = next(record for record in found.records() if record["file"] == "higher.toml")
        assert record["overrides"] == ["lower.toml:1"]


def test_a_row_of_a_lower_level_can_be_changed_and_dropped(tiny: Instance) -> None:
    row = Edit("set", "overrides.440300.land.amount", 800, origin=Origin("a.toml", 1, 0))
    change = Edit("scale", "overrides.amount", 2, origin=Origin("b.toml", 1, 1))
    drop = Edit("drop", "overrides", origin=Origin("c.toml", 1, 2))
    assert values(apply(tiny, [row, change], check=False))["overrides.440300.land.amount"] == (None, 1600)
    assert apply(tiny, [row, change, drop], check=False).instance.hash == tiny.hash


# ------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("line", "code", "remedy"),
    [
        ("citis.revenue = 1", "unknown_target", "cities.revenue"),
        ("cities.revenu = 1", "unknown_target", "revenue"),
        ("policy.debt.celing = 1", "unknown_target", "policy.debt.ceiling"),
        ("policy.debt = 1", "unknown_target", "ceiling"),
        ("policy.land.standards = 1", "unknown_target", "policy.land.standards[0]"),
        ("objective.fairnes.tolerance = 1", "unknown_record", "fairness"),
        ("objective.fairness.tolerence = 1", "unknown_target", "tolerance"),
        ("zzz = 1", "unknown_target", "policy (Policy)"),
        ("limits.large_shar.value = 1", "unknown_record", "large_share"),
        ("drop overrides.440300.land", "unknown_record", "no names"),
        ("last_year.440300.lnd.amount *= 1", "unknown_record", "land"),
        ("capacity.440300 = 3", "unknown_target", "capacity.<city>.<service>.<column>"),
        ("overrides.amount = 1 where city = '440301' and pool = 'land'", "unknown_code", "440300"),
        ("add overrides { city = '440300', pool = 'lan', amount = 1 }", "unknown_code", "land"),
        ("limits = 3", "no_column", "value"),
        ("cities.city = '440301'", "key_column", "add"),
        ("pools.total = '5'", "wrong_type", "ha"),
        ("pools.total = true", "wrong_type", "number"),
        ("pools.total = [5]", "wrong_type", "number"),
        ("pools.total = inf", "wrong_type", "number"),
        ("pools.total *= 'x'", "wrong_type", "number"),
        ("pools.kind += 1", "wrong_type", "set"),
        ("pools.exhaust = 1", "wrong_type", "true"),
        ("pools.kind = 'lnd'", "not_allowed", "land"),
        ("cities.province = 44", "wrong_type", "quotes"),
        ("cities.name = ''", "missing_value", "Name"),
        ("drop cities.revenue", "missing_value", "at least 0"),
        ("drop pools.exhaust", "missing_value", "given out"),
        ("services.minimum = 80", "share_in_percent", "0.8"),
        ("cities.willingness = 1.5", "share_in_percent", "0.015"),
        ("cities.revenue *= -1", "out_of_range", "at least 0"),
        ("cities.revenue *= 1e305", "out_of_range", "at least 0"),
        ("services.norm = 0", "out_of_range", "above 0"),
        ("cities.revenue = 1 where provinc = '44'", "bad_where", "province"),
        ("cities.revenue = 1 where province > '44'", "bad_where", "in"),
        ("cities.revenue = 1 where province =", "bad_where", "E.g."),
        ("gap = 0 where city = '440300'", "where_out_of_place", "out"),
        ("gap = 2", "out_of_range", "below 1"),
        ("gap = 'x'", "wrong_type", "number"),
        ("integers *= 2", "wrong_type", "set"),
        ("drop policy.land.stock_ratio", "setting_needed", "stock_ratio"),
        ("drop year", "missing_setting", "Planning year"),
        ("objective.minimum.beta = 0.2", "option_out_of_place", "out"),
        ("objective = ['minimum', 'minimum']", "wrong_type", "once"),
        ("objective = []", "wrong_type", "minimum"),
        ("objective = ['minimum', 'fairnes']", "not_allowed", "fairness"),
        ("policy.debt.tiers.yellow.below = 5", "not_ascending", "Sort"),
        ("add limits { limit = 'x', quantity = 'settle' }", "missing_value", "right"),
        ("add limits { limit = 'large_share', quantity = 'settle', sense = '<=', value = 1, basis = 'amount' }",
         "record_exists", "do not add it again"),
        ("add limits { limit = 'x y', quantity = 'settle', sense = '<=', value = 1, basis = 'amount' }", "bad_code",
         "letters"),
        ("add limits { limt = 'x', quantity = 'settle', sense = '<=', value = 1, basis = 'amount' }", "unknown_column",
         "limit"),
        ("add limits { limit = 'x', quantity = 'settle', sense = '<', value = 1, basis = 'amount' }", "not_allowed",
         "<="),
        ("add limits { limit = 'x', quantity = 'setle', sense = '<=', value = 1, basis = 'amount' }", "unknown_object",
         "settle"),
        ("add limits { limit = 'x', quantity = 'settle', sense = '<=', value = 1, basis = 'amount', "
         "where = 'foo = 1' }", "bad_where", ""),
        ("add limits.x { limit = 'x' }", "unknown_target", "<column>"),
        ("add cities.revenue { city = '440300' }", "row_out_of_place", "cities"),
        ("add limits { limit = 'x' } where limit = 'y'", "row_out_of_place", "limits"),
        ("factors.land.migrants.weight = 0.5", "weights_not_one", "1"),
        ("cities.migrants_cross *= 3 where city = '440300'", "migrants_above_residents", "at most"),
        ("drop cities.440300", "unknown_code", ""),
    ],
)  # fmt: skip
def test_fault(tiny: Instance, line: str, code: str, remedy: str) -> None:
    """The finding names the edit by file and number, and what would be right."""
    found = refused(tiny, "pools.land.quantum *= 1", line)
    assert code in [finding.code for finding in found]
    for finding in found:
        assert (finding.file, finding.row) == ("--edit", 2)
        assert finding.line("zh") and finding.line("en")
    assert any(remedy in finding.remedy.en for finding in found)


def test_all_faults_at_once(tiny: Instance) -> None:
    found = refused(
        tiny, "citis.revenue = 1", "pools.total = 'x'", "gap = 0", "cities.revenue *= -1", "gap = 1 where x"
    )
    assert [finding.row for finding in found] == [1, 2, 4, 5]
    settings = refused(tiny, "gap = 5", "policy.debt.tiers.yellow.below = 9", "objective.cost.beta = 0.2")
    assert [(finding.row, finding.column) for finding in settings] == [
        (1, "gap"), (2, "policy.debt.tiers"), (3, "objective.cost"),
    ]  # fmt: skip


def test_a_value_out_of_range_is_named_by_the_key_of_its_row(tiny: Instance) -> None:
    """The first of them; a row that is not there yet has none."""
    (one,) = refused(tiny, "cities.revenue -= 1500000")  # 12,000,000, 1,400,000 and less
    assert (one.code, one.key) == ("out_of_range", "440500")
    (new,) = refused(tiny, "add overrides { city = '440300', pool = 'land', amount = -1 }")
    assert (new.code, new.column, new.key) == ("out_of_range", "overrides.amount", None)


def test_more_faults_of_settings_than_are_told_one_by_one_stand_at_their_edit(tiny: Instance) -> None:
    """250 texts where numbers should be: 200 are told, and of the other 50 that they are there, without a path."""
    wrong = Edit("set", "policy.land.standards", [{"up_to": "x", "per_settler": 1}] * 250, origin=Origin("a.toml", 3))
    with pytest.raises(InputError) as caught:
        apply(tiny, [wrong])
    (rest,) = [finding for finding in caught.value.findings if finding.code == "more_settings"]
    assert len(caught.value.findings) == 201 and (rest.file, rest.row, rest.column) == ("a.toml", 3, None)
    assert rest.line("en").startswith("a.toml, edit 3: ")


def test_faults_of_higher_levels_are_found_although_a_lower_one_fails(tiny: Instance) -> None:
    edits = [
        Edit("set", "gap", "x", "a", origin=Origin("a.toml", 1, 0)),
        Edit("set", "gapp", 1, origin=Origin("b.toml", 1, 1)),
    ]
    with pytest.raises(InputError) as caught:
        apply(tiny, edits)
    assert [finding.file for finding in caught.value.findings] == ["a.toml", "b.toml"]


def test_a_fault_that_two_edits_made_names_both(tiny: Instance) -> None:
    """An edit of another table has no part in it."""
    lines = ("factors.land.migrants.weight = 0.5", "factors.land.residents.weight = 0.5", "cities.idle += 1")
    (finding,) = refused(tiny, *lines)
    assert finding.code == "weights_not_one" and finding.row == 2 and "edit 1" in finding.message.en


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ([("equalisation.residents", 0.6), ("equalisation.age_6_11", 0.4)], True),
        ([("land.residents", 0.5), ("equalisation.residents", 0.6), ("equalisation.age_6_11", 0.4)], True),
        (
            [("equalisation.residents", 0.6), ("equalisation.age_6_11", 0.4), ("special_bond.fund_revenue", 0.4),
             ("special_bond.urban_residents", 0.6)],
            False,
        ),
    ],
)  # fmt: skip
def test_other_edits_of_the_column_of_a_fault_are_named_if_they_are_few(
    tiny: Instance, others: list[tuple[str, float]], named: bool
) -> None:
    """The last edit brings the weights of land to 1.1 or more; weights of other pools still add up."""
    lines = [*(f"factors.{name}.weight = {weight}" for name, weight in others), "factors.land.migrants.weight = 0.5"]
    (finding,) = refused(tiny, *lines)
    assert (finding.code, finding.row) == ("weights_not_one", len(lines))
    also = "; ".join(f"edit {place}" for place in range(1, len(lines)))
    assert finding.message.en.partition(" (See also ")[2] == (f"{also}.)" if named else "")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("cities.idle = 0 where province = '440'", "44?"),
        ("cities.idle = 0 where name = '深川市'", "深圳市"),
        ("cities.idle = 0 where size_class = 'megacty'", "megacity"),
        ("cities.idle = 0 where debt_tier = 'gren'", "green"),
        ("drop limits where limit == 'large_shar'", "large_share"),
        ("overrides.amount *= 2 where city = '440300' and pool = 'land'", "overrides.<city>.<pool>.amount = …"),
        (
            "overrides.amount = 2 where name = '深川市' and pool = 'land'",
            "There is no 深川市 in cities.name. Did you mean 深圳市",
        ),
        ("capacity.capacity = 0 where service = 'hospitals'", "There is no hospitals in services.service"),
        ("last_year.amount *= 2 where city = '440300' and pool = 'care'", "There is no care in pools.pool"),
        ("cities.idle = 0 where residents < 0", "together"),
        ("drop overrides", "overrides.<city>.<pool>.amount = …"),
    ],
)
def test_where_that_selects_nothing_is_an_error_unless_it_may(tiny: Instance, line: str, remedy: str) -> None:
    (finding,) = refused(tiny, "gap = 0", line)
    assert (finding.severity, finding.code, finding.file, finding.row) == ("error", "selects_nothing", "--edit", 2)
    assert remedy in finding.remedy.en and "optional" in finding.remedy.zh
    found = edited(tiny, "gap = 0", f"optional {line}")
    assert [(each.severity, each.code) for each in found.findings] == [("warning", "selects_nothing")]
    assert set(values(found)) == {"gap"}


def test_a_limit_on_nobody_is_an_error_in_an_edit_unless_it_may(tiny: Instance) -> None:
    row = {"limit": "a", "title_zh": "甲", "title_en": "A", "quantity": "settle", "where": "name = '深川市'",
           "sense": "<=", "basis": "amount"}  # fmt: skip
    line = f"add limits {{ value = 9, {', '.join(f'{name} = {json.dumps(text)}' for name, text in row.items())} }}"
    (finding,) = refused(tiny, line)
    assert (finding.code, finding.column) == ("selects_nothing", "limits.where")
    assert "“城市名称”中没有 深川市。是否为 深圳市？" in finding.remedy.zh and "optional" in finding.remedy.en
    found = edited(tiny, f"optional {line}")
    assert [(each.severity, each.code) for each in found.findings] == [("warning", "selects_nothing")]


def test_a_table_without_rows_is_named(tiny: Instance) -> None:
    """And not said to lack in its columns what stands in the tables that it refers to."""
    (finding,) = refused(tiny, "overrides.amount *= 2 where name = '深圳市' and pool = 'land'")
    assert finding.message.en.startswith("The table overrides has no rows") and "There is no" not in finding.remedy.en
    (finding,) = refused(
        tiny, "overrides.440500.land.amount = 5", "last_year.amount *= 2 where name = '深圳市' and pool = 'x'"
    )
    assert "深圳市" not in finding.remedy.en and "There is no x in pools.pool" in finding.remedy.en


def test_a_name_brings_the_row_of_its_code(tiny: Instance) -> None:
    """Where one city has it; of two of the same name neither is meant, and the code is asked for."""
    for line in ("overrides.amount = 90 where name == '深圳市' and pool == 'land'",
                 "overrides.amount = 90 where name in ['深圳市'] and pool == 'land'"):  # fmt: skip
        assert values(edited(tiny, line, check=False))["overrides.440300.land.amount"] == (None, 90)
    twins = edited(tiny, "cities.440500.name = '深圳市'", check=False).instance
    (finding,) = refused(twins, "overrides.amount = 90 where name == '深圳市' and pool == 'land'")
    assert finding.code == "selects_nothing" and "440300, 440500" in finding.remedy.en


def test_an_edit_that_changes_nothing_is_a_warning(tiny: Instance) -> None:
    for line in (
        "pools.total <= 1e12",
        "cities.farmland_share *= 2 where city = '440500'",
        "drop cities.stock_base where city = '450900'",
    ):
        codes = [finding.code for finding in edited(tiny, line, check=False).findings]
        changed = edited(tiny, line, check=False).cells
        assert codes == ([] if changed else ["changes_nothing"])
    assert edited(tiny, "gap = 0.001").findings == ()


def test_new_warnings_are_at_the_edit_and_old_ones_stay(tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "x", overrides=OVERRIDES + "440300,land,800,,\n"))
    assert [finding.file for finding in instance.warnings] == ["overrides.csv"] * len(instance.warnings)
    found = edited(instance, "overrides.440500.land.amount = 500")
    assert {(finding.file, finding.row) for finding in found.findings} == {("--edit", 1)}
    assert set(instance.warnings) < set(found.instance.warnings)
    again = edited(found.instance, "overrides.reason = 'list'", "overrides.approved_by = 'office'")
    assert not {"override_without_reason"} & {finding.code for finding in again.instance.warnings}
    assert again.findings == ()


def test_a_table_that_has_to_have_rows_keeps_one(tmp_path: Path) -> None:
    """Without cities there is nothing to share out: the edit that drops the last of them is refused, by its number."""
    folder = write_tiny(tmp_path / "tiny")
    with pytest.raises(InputError) as caught:
        with_edits(read(folder), folder, None, ["gap = 0.1", "drop cities where residents > 0"])
    assert ("no_rows_left", 2) in [(each.code, each.row) for each in caught.value.findings]


def test_a_name_stands_for_a_code_in_a_new_row(tiny: Instance) -> None:
    found = edited(tiny, "add earmarks { city = '深圳', pool = 'land', amount = 1 }", check=False)
    assert [cell.key for cell in found.cells if cell.column == "amount"] == [("440300", "land")]
    for where in ("city = '深圳'", "city in ['深圳市']", "城市代码 = '深圳市' 且 省级代码 = '广东'"):
        found = edited(tiny, f"cities.idle = 0 where {where}", check=False)
        assert [cell.key for cell in found.cells] == [("440300",)], where
    assert [cell.key for cell in edited(tiny, "cities.深圳.idle = 0", check=False).cells] == [("440300",)]


def test_reasons_of_one_row_are_the_same_in_any_order(tiny: Instance) -> None:
    lines = ["overrides.440300.land.amount = 800 # port", "overrides.440300.land.amount = 800 # list"]
    one, other = (edited(tiny, *each).instance for each in (lines, lines[::-1]))
    assert one.tables["overrides"]["reason"].tolist() == ["list; port"] and one.hash == other.hash


def test_signs_of_full_width_are_read_outside_texts_and_reasons() -> None:
    edit = parse_edit("cities.idle　＊＝ １．５ where name ＝ ‘甲（一）’ # 理由（二）")
    assert (edit.verb, edit.target, edit.value) == ("scale", "cities.idle", 1.5)
    assert (edit.where, edit.why) == ("name = '甲（一）'", "理由（二）")


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("5%", "写作 0.05，"), ("'4万'", "写作 40000，"), ("1.5亿", "写作 150000000，"), ("12,000", "写作 12000，"),
        ("'500 * residents'", "basis = 'per_resident'"),
    ],
)  # fmt: skip
def test_what_to_type_instead_of_a_figure_with_a_unit(tiny: Instance, value: str, remedy: str) -> None:
    line = "add limits { limit = 'x', quantity = 'settle', sense = '<=', basis = 'amount', value = %s }"
    (finding,) = refused(tiny, line % value if value.startswith("'") else f"limits.value = {value}")
    assert remedy in finding.remedy.zh


def test_a_scaled_total_is_no_slip_of_the_pen(tiny: Instance) -> None:
    """1,500,000 · 0.9 · 1.00001 = 1,350,013.5 is no multiple of 1; who types a total is told, who scales it is not."""
    for line, told in (
        ("pools.equalisation.total *= 1.00001", False),
        ("pools.equalisation.total = 1500015", True),  # · 0.9 = 1,350,013.5
    ):
        codes = [finding.code for finding in edited(tiny, line).findings]
        assert codes == ["quantum_leaves_rest"] * told, line
    lines = ("pools.equalisation.total *= 1.00001", "then pools.equalisation.total += 10")
    assert not apply(tiny, read_lines(lines)[0]).findings, "what is added to a share is none of a number that was typed"
    both = edited(tiny, "pools.equalisation.total *= 1.00001", "pools.equalisation.quantum = 2")
    assert [finding.code for finding in both.findings] == ["quantum_leaves_rest"]


def test_names_stand_for_codes_in_a_target(tiny: Instance) -> None:
    """Of cities and of whatever has a title; a name that two have is an error with both."""
    for named, coded in (
        ("overrides.汕头.land.amount = 700", "overrides.440500.land.amount = 700"),
        ("pools.新增建设用地.total *= 2", "pools.land.total *= 2"),
        ("drop last_year.深圳市.均衡性转移支付", "drop last_year.440300.equalisation"),
    ):
        assert edited(tiny, named, check=False).instance.hash == edited(tiny, coded, check=False).instance.hash
    twice = edited(tiny, "cities.440500.name = '深圳市'", check=False).instance
    (found,) = refused(twice, "overrides.深圳.land.amount = 700", check=False)
    assert (found.code, found.value) == ("ambiguous_name", "深圳")
    assert "440300、440500" in found.remedy.zh


def test_a_line_with_then_changes_what_a_line_before_has_made(tiny: Instance) -> None:
    """Without it two lines on a cell are refused, and told of it; the record keeps the order for the next solve."""
    lines = ["policy.debt.ceiling = 2.0", "policy.debt.ceiling += 1.0"]
    with pytest.raises(InputError) as caught:
        with_edits(tiny, Path(), lines=lines)
    assert "行首写“然后”（then）" in caught.value.findings[0].remedy.zh
    found = with_edits(tiny, Path(), lines=[lines[0], f"then {lines[1]}"])
    assert found.instance.settings.policy.debt.ceiling == 3.0
    assert [each.get("then") for each in found.records()] == [None, True]


def test_names_that_are_not_there_are_told_the_nearest(tiny: Instance) -> None:
    """A city in a list beside others, in an edit and in a row that it adds; a merger; an override."""
    for line, remedy in (
        ("cities.willingness *= 0.9 where name in ['深圳市', '汕投市']", "“城市名称”中没有 汕投市。是否为 汕头市？"),
        ("limits.large_share.where = \"name in ['深圳市', '汕投市']\"", "是否为 汕头市？"),
        ("merge 汕投 into 深圳", "是否为 440500 汕头市？"),
        ("overrides.深川.land.amount += 1", "440300 深圳市"),
    ):
        (finding,) = refused(tiny, line)
        assert remedy in finding.remedy.zh, finding
    (warning,) = edited(tiny, "optional cities.willingness *= 0.9 where name in ['深圳市', '汕投']").findings
    assert warning.severity == "warning"
    (nobody,) = edited(tiny, "optional cities.willingness *= 0.9 where province = '99'").findings
    assert "optional" not in nobody.remedy.zh


def test_an_override_with_its_reason_is_asked_for_its_approval_alone(tiny: Instance) -> None:
    found = edited(tiny, "add overrides { city = '440300', pool = 'land', amount = 500, reason = 'r' }").findings
    assert [each.message.zh for each in found if each.code == "override_unexplained"] == [
        "人工调整有依据，缺少批准人。"
    ]


@pytest.mark.parametrize(
    ("city", "said"),
    [
        ("深洲", "“城市”表中没有这个代码或名称。是否为 440300 深圳市？"),
        ("汕头市区", "“城市”表中没有这个代码或名称。是否为 汕头市（440500）？"),
        ("苏州", "“城市”表中没有这个代码或名称。苏州市（320500）不在这 3 个城市之中。"),
    ],
)
def test_a_row_for_a_city_by_a_name_that_none_has(city: str, said: str, tmp_path: Path) -> None:
    """Names are taken for codes: one that no city has is told the nearest, as in a workbook, and not to be a code."""
    line = f"add earmarks {{ city = '{city}', pool = 'land', amount = 1 }}"
    (found,) = [each for each in check(write_tiny(tmp_path / "tiny"), edits=line) if each.severity == "error"]
    assert (found.code, found.column, found.value) == ("unknown_code", "earmarks.city", city)
    assert found.message.zh + found.remedy.zh == said


def test_a_name_of_several_cities_is_told_their_codes(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny", cities={("440300", "name"): "朝阳区", ("450900", "name"): "朝阳区"})
    with pytest.raises(InputError) as caught:
        with_edits(read(folder), folder, (), ["cities.朝阳区.revenue = 5000"])
    (found,) = caught.value.findings
    assert (found.line("zh"), found.line("en")) == (
        "第 1 条修改，cities.朝阳区.revenue：有多个“朝阳区”。请用代码：440300、450900。",
        "edit 1, cities.朝阳区.revenue: Several are called “朝阳区”. Give a code: 440300, 450900.",
    )


@pytest.mark.parametrize("of_result", [False, True])
def test_an_amount_that_a_result_has_published_is_not_told_how_to_be_typed(tiny: Instance, of_result: bool) -> None:
    """``freeze`` and ``move`` keep fractions that the program has published, and say why behind #, or not at all."""
    lines = [Standing("overrides.440300.equalisation.amount = 300000.5", 1, of_result)]
    found = apply(tiny, read_lines(lines)[0]).findings
    told = {each.code: each.message for each in found if each.code in ("quantum_leaves_rest", "override_unexplained")}
    assert told == ({} if of_result else {
        "quantum_leaves_rest": (
            "深圳市人工调整的数额 300,000.5 不是最小分配单位 1 的整倍数：其余部分因此不能按整倍数全部下达。",
            "300,000.5 by hand for 深圳市 is no multiple of 1: so the rest cannot be given out in multiples.",
        ),
        "override_unexplained": ("人工调整缺少依据。", "An override without its reason."),
    })  # fmt: skip
