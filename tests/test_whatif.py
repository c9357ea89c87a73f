"""One number over a range: every step for itself, curves that show the right thing, doubtful points marked."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.content.blocks import Figure, Paragraph, Table
from alloc.content.conditions import target_said
from alloc.content.numbers import shown
from alloc.content.terminal import text
from alloc.instance import InputError, Instance, read
from alloc.instance.instance import make_instance
from alloc.parametric import Variation, vary
from alloc.parametric.chart import ACCENT, BAND, Panel, svg
from alloc.parametric.curves import curve
from alloc.parametric.files import variation_sections
from alloc.parametric.heat import Heat
from alloc.parametric.panels import _parted, drawn, drawn_apart, panels, subtitles
from alloc.parametric.rows import tier_rows
from alloc.parametric.turned import now as now_of
from alloc.parametric.vary import steps
from alloc.report.answers import variation_document
from alloc.result.result import Result, run
from instances import write_tiny
from random_instances import write_random


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """A relaxation of eight cities with a tolerance of fairness."""
    instance = read(write_random(tmp_path_factory.mktemp("random"), seed=3, cities=8))
    return make_instance(instance.settings.model_copy(update={"integers": False}), instance.tables)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(read(write_tiny(tmp_path_factory.mktemp("tiny") / "t")))


def test_varying_a_number_does_not_depend_on_the_order_of_steps(base: Instance) -> None:
    values = [0.8, 1.2, 2.0]
    one = vary(base, "policy.debt.ceiling", values, cities=[base.tables["cities"]["city"].iloc[0]])
    other = vary(base, "policy.debt.ceiling", values[::-1])
    ours = one.tiers.set_index(["value", "tier"])["reached"]
    theirs = other.tiers.set_index(["value", "tier"])["reached"].reindex(ours.index)
    pd.testing.assert_series_equal(ours, theirs, rtol=1e-9)
    assert set(one.cities["step"]) == {0, 1, 2}
    assert other.cities.empty


def test_the_frontier_of_fairness_and_settlement_goes_one_way(base: Instance) -> None:
    found = vary(base, "objective.fairness.tolerance", [0.0, 0.005, 0.02])
    settled = curve(found, "settlement")["y"].to_numpy()
    assert (settled[1:] >= settled[:-1] - 1e-6).all()  # more may be given up, so no fewer settle
    assert settled[-1] > 2 * settled[0]
    assert not found.whole and not found.tiers["incomplete"].any()


def test_files_keep_the_value_and_the_bound(base: Instance) -> None:
    found = vary(base, "objective.fairness.tolerance", [0.0, 0.02])
    assert list(found.tiers) == ["value", "step", "status", "tier", "reached", "bound", "gap", "incomplete", "now"]
    fairness = found.tiers[found.tiers["tier"] == "fairness"].set_index("value")
    assert fairness.at[0.0, "reached"] == pytest.approx(fairness.at[0.0, "bound"])
    assert fairness.at[0.02, "bound"] - fairness.at[0.02, "reached"] > 1e-4  # given away to settlement
    assert curve(found, "fairness")["y"].to_numpy() == pytest.approx([fairness.at[0.0, "bound"]] * 2)


def test_steps_are_free_of_dust() -> None:
    assert steps(0.8, 2.0, 13) == [0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0]


# ------------------------------------------------------------------------------------------------- incomplete points


def manifest(result: Result, stopped: str = "finished", bounds: dict[str, float | None] | None = None) -> Result:
    tiers = [{**each, **({"bound": bounds[each["tier"]]} if each["tier"] in (bounds or {}) else {})}
             for each in result.manifest["tiers"]]  # fmt: skip
    return replace(result, manifest={**result.manifest, "status": {"stopped": stopped, "quality": "feasible"},
                                     "tiers": tiers})  # fmt: skip


def test_a_solve_that_stopped_early_marks_every_tier(tiny: Result) -> None:
    assert not any(row["incomplete"] for row in tier_rows(tiny))
    assert all(row["incomplete"] for row in tier_rows(manifest(tiny, "time_limit")))
    assert {row["status"] for row in tier_rows(manifest(tiny, "time_limit"))} == {"time_limit, feasible"}


def test_a_linear_tier_without_a_bound_is_marked_and_closeness_is_not(tiny: Result) -> None:
    rows = tier_rows(manifest(tiny, bounds={"coverage": None, "closeness": None}))
    assert [row["tier"] for row in rows if row["incomplete"]] == ["coverage"]


def test_a_step_without_an_allocation_has_one_row(tiny: Result) -> None:
    (row,) = tier_rows(replace(tiny, manifest={**tiny.manifest, "tiers": []}, tables={}))
    assert row["tier"] == "" and row["reached"] is None


# -------------------------------------------------------------------------------------------------------------- curves


def variation(tiny: Result, whole: bool, incomplete: bool = False) -> Variation:
    """Settlement 10, 12, none, 15 with the bounds 14, 12, none, 20; closeness without a bound."""
    rows: list[dict[str, Any]] = []
    for step, (value, bound) in enumerate(((10.0, 14.0), (12.0, 12.0), (None, None), (15.0, 20.0))):
        keys = {
            "value": step + 0.5,
            "step": step,
            "status": "finished, optimal",
            "gap": None,
            "incomplete": incomplete and step == 1,
        }
        if value is None:
            rows.append({**keys, "tier": "", "reached": None, "bound": None})
            continue
        rows.append({**keys, "tier": "settlement", "reached": value, "bound": bound})
        rows.append({**keys, "tier": "closeness", "reached": value / 10, "bound": None})
    cities = pd.DataFrame({"value": [0.5, 1.5], "step": [0, 1], "city": "440300", "pool": "land", "unit": "ha",
                           "published": [800.0, 800.01]})  # fmt: skip
    return Variation("policy.debt.ceiling", whole, pd.DataFrame(rows), cities, tiny.instance)


def test_a_relaxation_draws_the_optimum(tiny: Result) -> None:
    settlement, closeness, land = panels(variation(tiny, False), "en")
    assert settlement.points == [(0.5, 14.0), (1.5, 12.0), (2.5, None), (3.5, 20.0)]
    assert settlement.note == "persons · optimum" and not settlement.bounds
    assert closeness.points == [(0.5, 1.0), (1.5, 1.2), (2.5, None), (3.5, 1.5)]
    assert closeness.note.endswith("value of the plan")
    assert land.title.endswith("New construction land") and land.note == "ha"
    assert subtitles(variation(tiny, False), "zh") == [
        "横轴：债务率上限；每点都是一个经核验的完整求解",
        "松弛解：设施可取小数，不必是整座",
        "各级目标给出其最优值；方案的值可在允许让步之内与之有出入",
    ]
    two = replace(variation(tiny, False), second="policy.settlement.growth")
    two = replace(two, tiers=two.tiers.assign(second=1.0))
    assert subtitles(two, "en")[1] == "Relaxations: facilities may be built in parts"
    assert not any("Relax" in each for each in subtitles(replace(two, whole=True), "en"))
    assert "Relaxations: " in text(variation_sections(two, "en"), "en")
    assert panels(variation(tiny, False), "zh")[0].note == "人 · 最优值"


@pytest.mark.parametrize(
    ("language", "tiers", "city"),
    [("en", "Tiers as policy.debt.ceiling goes from 0.5 to 3.5", "What {} gets as policy.debt.ceiling varies"),
     ("zh", "债务率上限 从 0.5 变到 3.5，各级目标随之变动", "{}的分配随 债务率上限 变动")],
)  # fmt: skip
def test_pages_draw_the_tiers_and_every_city_by_itself(tiny: Result, language: str, tiers: str, city: str) -> None:
    """Together they are the chart of the folder; two numbers have one grid a tier, and one figure."""
    told = variation(tiny, False)
    (section,) = variation_sections(told, language)
    drawn = [part for part in section.parts if isinstance(part, Figure)]
    name = tiny.city_names(language)["440300"]
    assert [(each.name, each.title) for each in drawn] == [("chart", tiers), ("chart_440300", city.format(name))]
    assert [each.svg.count("font-weight") for each in drawn] == [2, 1]
    large = replace(told, tiers=told.tiers.assign(value=told.tiers["value"] * 1_234_567))
    (title, *_) = (part.title for part in variation_sections(large, language)[0].parts if isinstance(part, Figure))
    assert "617,284" in title and "e+" not in title, "as its table has them"


def test_whole_facilities_draw_the_value_and_a_band_to_the_bound(tiny: Result) -> None:
    settlement, closeness, _ = panels(variation(tiny, True), "en")
    assert settlement.points == [(0.5, 10.0), (1.5, 12.0), (2.5, None), (3.5, 15.0)]
    assert settlement.bounds == [14.0, 12.0, None, 20.0]
    assert settlement.note == "persons · value of the plan, band to its bound"
    assert closeness.note.endswith("· value of the plan")
    chart = svg("t", [], "q", [settlement])
    assert chart.count("<polygon") == 2 and chart.count(f'fill="{BAND}"') == 2  # two steps together, one alone
    assert "<polygon" not in svg("t", [], "q", [closeness])
    assert re.search(r">20\.0+<", chart)  # the scale reaches the bound
    assert panels(variation(tiny, True), "zh")[0].note == "人 · 方案的值，色带至界"
    assert subtitles(variation(tiny, True), "en")[1] == (
        "Tiers: the value of the plan; the band reaches to the bound that no plan can better"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "空心点：求解提前结束，或该级目标没有求出界"),
     ("en", "Hollow points: stopped early, or the tier was not solved to a bound")],
)  # fmt: skip
def test_an_incomplete_point_is_hollow(tiny: Result, language: str, said: str) -> None:
    doubtful = variation(tiny, True, incomplete=True)
    assert subtitles(doubtful, language)[-1] == said and said not in subtitles(variation(tiny, True), language)
    chart = svg("t", subtitles(doubtful, language), "q", panels(doubtful, language))
    assert chart.count(f'r="4" fill="white" stroke="{ACCENT}"') == 3  # settlement, closeness, land
    said_all = text(variation_sections(doubtful, language), language)
    assert re.search(r"1\.5 +12° +1\.20000°", said_all) and said.split("：")[-1].split(":")[-1].strip() in said_all
    assert "°" not in text(variation_sections(variation(tiny, True), language), language)


def test_one_quantum_is_a_flat_line(tiny: Result) -> None:
    """800 and 800.01 ha: both points at one height, but not 800 and 800.03."""

    def heights(panel: Panel) -> list[float]:
        return [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', svg("t", [], "q", [panel]))]

    land = panels(variation(tiny, False), "en")[2]
    one, other = heights(land)
    assert abs(one - other) < 0.1
    one, other = heights(replace(land, points=[(0.5, 800.0), (1.5, 800.03)]))
    assert one - other > 100


def test_a_chart_breaks_its_line_where_there_is_no_allocation() -> None:
    chart = svg("t", ["s & s"], "q", [Panel("p", "u", [(0, 1.0), (1, 2.0), (2, None), (3, 2.0), (4, 1.0)])])
    assert chart.count("<polyline") == 2
    assert chart.count("<circle") == 4
    assert "s &amp; s" in chart


def test_a_city_that_the_variation_does_not_name_is_not_drawn(tiny: Result) -> None:
    found = vary(tiny.instance, "policy.debt.ceiling", [1.0, 1.5])
    assert found.whole and len(panels(found, "en")) == 7


# ---------------------------------------------------------------------------------------------------- both sides of it


def tables_of(variation: Variation) -> dict[str, Table]:
    (section,) = variation_sections(variation, "en")
    return {part.name: part for part in section.parts if isinstance(part, Table)}


def test_a_tolerance_shows_what_it_gives_and_what_it_buys() -> None:
    """All 10,000 go to the second city, 0.82 both. A tolerance t lets the first have 5 · 10,000 t of it, and the second
    falls to 0.82 − t: 1,000 at 0.02, where both are 4,000 of 5,000 off the formula, 0.8² = 0.64; 5,000 at 0.1.
    """
    found = alloc.whatif("hand", "objective.fairness.tolerance", [0.0, 0.02, 0.1])
    tables = tables_of(found)
    assert [row[0] for row in shown(tables["reached"], "en").rows] == ["0.00", "0.02", "0.10"]
    assert [row[1] for row in shown(tables["reached"], "en").rows] == ["0.82000", "0.80000", "0.72000"]
    closeness = curve(found, "closeness")["y"].to_numpy()
    assert closeness == pytest.approx([1.0, 0.64, 0.0], abs=1e-6)


def test_without_a_tolerance_plans_are_at_the_optimum() -> None:
    assert set(tables_of(alloc.whatif("hand", "pools.total", [8000.0, 9000.0]))) == {"tiers"}


def test_settlement_by_the_growth_limit(tmp_path: Path) -> None:
    """120,000, 20,000 and 9,000 settled last year; from 1.25 on the first city is held by its quota of 150,000."""
    home = write_tiny(tmp_path / "tiny", toml={"cost = 1.5": "growth = 1.3\ncost = 1.5"})
    found = alloc.whatif(home, "policy.settlement.growth", [1.0, 1.2, 1.3])
    assert curve(found, "settlement")["y"].to_list() == pytest.approx([149_000, 178_800, 187_700])


def test_the_recipes_of_the_page_run(tmp_path: Path) -> None:
    """On the instance by hand, in place of the national one."""
    page = (Path(__file__).parents[1] / "docs" / "explain.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    alloc (whatif china-2020 .*)$", page, re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        ended = CliRunner().invoke(main, line.replace("china-2020", "hand").split())
        assert ended.exit_code == 0, ended.output


# ------------------------------------------------------------------------------------------------- two numbers at once


@pytest.fixture(scope="module")
def pair() -> Variation:
    """The second city gets all of a total T but what a tolerance t lets the first one have, 50,000 t (hand)."""
    numbers = ["objective.fairness.tolerance", "pools.general.total"]
    return alloc.whatif("hand", numbers, [[0.0, 0.02], [8000.0, 10000.0]], cities=["000002"])


def test_two_numbers_are_taken_together(pair: Variation) -> None:
    assert list(pair.tiers)[:3] == ["value", "second", "step"] and list(pair.cities)[:3] == ["value", "second", "step"]
    points = pair.tiers.drop_duplicates("step")[["value", "second"]].to_numpy().tolist()
    assert points == [[0.0, 8000.0], [0.0, 10000.0], [0.02, 8000.0], [0.02, 10000.0]]
    assert pair.cities["published"].tolist() == [8000, 10000, 7000, 9000]
    assert repr(pair).startswith("<Variation of objective.fairness.tolerance × pools.general.total: 2 values")
    one = alloc.whatif("hand", "objective.fairness.tolerance", [0.0, 0.02], edits="pools.general.total = 8000")
    ours = pair.tiers[pair.tiers["second"] == 8000.0]
    assert ours["reached"].tolist() == pytest.approx(one.tiers["reached"].tolist(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("language", "across", "down"),
    [
        ("zh", "；各列为 一般性转移支付的总量（万元）", "公平：最薄弱人口的得分的允许让步"),
        ("en", ", across: pools.general.total (10⁴ yuan)", "objective.fairness.tolerance"),
    ],
)
def test_a_grid_for_everything(pair: Variation, language: str, across: str, down: str) -> None:
    (section,) = variation_sections(pair, language)
    tables = {part.name: part for part in section.parts if isinstance(part, Table)}
    city = tables["city_000002_general"]
    assert city.title.endswith(across)
    assert shown(city, language).rows == (("0.00", "8,000", "10,000"), ("0.02", "7,000", "9,000"))
    # the worst-served city has 6,000 seats and those for 1,000 + T − 50,000 t at 5 each, of 10,000
    assert shown(tables["reached_fairness"], language).rows == (
        ("0.00", "0.78000", "0.82000"), ("0.02", "0.76000", "0.80000"),
    )  # fmt: skip
    assert "status" not in tables
    # what every pair has alike is one sentence and no table
    same = {
        "zh": "在各个取值下都相同：兜底：最低标准缺口，最优值 0.00000；",
        "en": "The same at all values: National minimum, optimum 0.00000; ",
    }[language]
    assert any(part.text.startswith(same) for part in section.parts if isinstance(part, Paragraph))
    assert "minimum" not in tables
    chart = drawn(pair, language, "title", "source")
    assert chart.count("<rect") == 1 + 4 * 8  # seven tiers and a city
    assert ">7,000<" in chart and down in chart


def test_cells_without_an_allocation_and_cells_in_doubt() -> None:
    cells = {(0, 0): 1.0, (0, 1): 2.0, (1, 0): 3.0}
    panel = Heat("a & b", "u", [0.0, 1.0], [5.0, 6.0], cells, {(1, 0)})
    said = panel.drawn()
    assert said.count("—") == 1 and "a &amp; b" in said and ">3.00°<" in said
    assert re.findall(r'height="20" fill="([^"]+)"', said) == [
        "#F1F7FA",
        "#7EB2CA",
        "#0B6E99",
        "white",
    ]
    many = Heat("t", "", [0.0], [float(k) for k in range(30)], {(0, k): 1000.0 * k for k in range(30)})
    assert many.drawn().count("<text") == 2 + 1 + 30 + 2  # no room for numbers, and only the ends of the axis


def test_an_interrupt_keeps_what_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    solves = iter(range(10))

    def interrupted(*given: Any, **more: Any) -> Result:
        if next(solves) == stop:
            raise KeyboardInterrupt
        return run(*given, **more)

    monkeypatch.setattr(sys.modules["alloc.parametric.vary"], "run", interrupted)
    stop = 3  # the base and two of four
    found = alloc.whatif("hand", ["pools.general.total", "policy.debt.ceiling"], [[8000, 9000], [1, 2]])
    assert found.unsolved == 2 and found.tiers["step"].unique().tolist() == [0, 1]
    assert "Interrupted: 2 of the values were not reached." in text(variation_sections(found, "en"), "en")
    assert alloc.record(found)["unsolved"] == 2
    solves, stop = iter(range(10)), 1
    with pytest.raises(KeyboardInterrupt):
        alloc.whatif("hand", "pools.general.total", [8000, 9000])


@pytest.mark.parametrize("target, values, where", [
    (["a", "b", "c"], [[1], [2], [3]], ""), (["a", "b"], [[1]], ""), (["a", "b"], [1, 2], ""),
    (["a", "b"], [[1], [2]], ["x == 1"]), (["a", "a"], [[1], [2]], ""),
])  # fmt: skip
def test_numbers_that_do_not_fit_together(target: Any, values: Any, where: Any) -> None:
    with pytest.raises(alloc.ArgumentError):
        alloc.whatif("hand", target, values, where=where)


def test_the_command_takes_two(tmp_path: Path) -> None:
    two = ["whatif", "hand", "--vary", "pools.total", "--from", "8000", "--to", "9000", "--vary", "policy.debt.ceiling",
           "--from", "1", "--to", "2"]  # fmt: skip
    asked = CliRunner().invoke(main, [*two, "--steps", "2", "--steps", "2", "--quiet", "--out", str(tmp_path / "grid")])
    assert asked.exit_code == 0 and "across: policy.debt.ceiling" in asked.output
    assert sorted(path.name for path in (tmp_path / "grid").iterdir()) == ["chart.svg", "cities.csv", "tiers.csv"]
    wrong = CliRunner().invoke(main, [*two, "--steps", "2"])
    assert wrong.exit_code and "Every --vary has a --steps of its own: there are 1, 2 would be right." in wrong.output


def test_the_command_takes_lists_in_any_order() -> None:
    one = ["whatif", "hand", "--vary", "pools.general.total", "--lang", "en", "--quiet"]
    asked = [
        CliRunner().invoke(main, [*one, "--values", values]).output for values in ("8000,1e4,9000", "9000，10000、8000")
    ]
    assert asked[0] == asked[1] and asked[0].index("8,000") < asked[0].index("9,000") < asked[0].index("10,000")
    told = "Relaxations: facilities may be built in parts", "Add --integers to solve with whole facilities."
    assert all(each in asked[0] for each in told)
    whole = CliRunner().invoke(main, [*one, "--values", "9000", "--integers"])
    assert whole.exit_code == 0 and not any(each in whole.output for each in told)
    grid = CliRunner().invoke(main, [*one, "--vary", "policy.debt.ceiling", "--values", "9000,8000", "--values", "2,1"])
    assert grid.exit_code == 0 and grid.output.index("8,000 ") < grid.output.index("9,000 ")


@pytest.mark.parametrize("options, said", [
    (("--values", "8000,abc"), 'value 2 of "8000,abc", "abc", is no finite number; numbers with commas'),
    (("--values", ""), 'value 1 of "", "", is no finite number'),
    (("--values", "8000,,9000"), 'value 2 of "8000,,9000", "", is no finite number'),
    (("--values", "nan"), 'value 1 of "nan", "nan", is no finite number'),
    (("--values", "8000,8e3"), "pools.general.total: the value 8000 is given twice; give every value once."),
    (("--values", "8000", "--to", "9000"), "Values are either a list (--values 1,1.2,1.5) or a range"),
    ((), "Values are either a list (--values 1,1.2,1.5) or a range"),
    (("--values", "1", "--values", "2"), "Every --vary has a --values of its own: there are 2, 1 would be right."),
])  # fmt: skip
def test_lists_of_values_that_cannot_be_used(options: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(main, ["whatif", "hand", "--vary", "pools.general.total", "--lang", "en", *options])
    assert done.exit_code in (1, 64) and said in done.output


@pytest.mark.parametrize(("where", "zh", "en"), [
    ("pool == 'general'", "一般性转移支付的总量", "pools.total where pool == 'general'"),
    ("kind == 'transfer'", "资源池的总量（类别为转移支付）", "pools.total where kind == 'transfer'"),
    ("", "全部资源池的总量", "pools.total"),
])  # fmt: skip
def test_what_was_varied_names_its_rows(where: str, zh: str, en: str) -> None:
    """One pool by its title, several by the condition: a column of totals that are not said whose is none."""
    tables = alloc.read("hand").tables
    assert target_said(tables, "zh", "pools.total", where) == zh
    assert target_said(tables, "en", "pools.total", where) == en


def test_what_varies_is_told_as_such_and_taken_by_its_title() -> None:
    """What is wrong with it is no edit, neither in a command nor in Python; titles lead to the same tables."""
    for lang, told in (
        ("zh", "错误: 变动的数，债务率上线：没有这个名称的表、列或设置。"
               "是否为 债务率上限（policy.debt.ceiling）？"),
        ("en", "error: what varies, 债务率上线: There is no table, column or setting of this name. Did you mean "
               "policy.debt.ceiling (Ceiling of the debt ratio)?"),
    ):  # fmt: skip
        ended = CliRunner().invoke(main, ["whatif", "hand", "--vary", "债务率上线", "--values", "1", "--lang", lang])
        assert ended.exit_code == 1 and told in ended.output
    with pytest.raises(InputError) as caught:
        alloc.whatif("hand", "policy debt", [1.0])
    assert caught.value.findings[0].line("zh") == (
        "变动的数，policy debt：看不懂要变动的数。写作修改的目标，如 债务率上限、资源池.新增建设用地计划指标.总量。"
    )
    by_title, by_name = (alloc.whatif("hand", target, [1.0]) for target in ("债务率上限", "policy.debt.ceiling"))
    assert by_title.target == by_name.target == "policy.debt.ceiling"
    pd.testing.assert_frame_equal(by_title.tiers, by_name.tiers)


def test_a_small_range_has_marks_that_differ() -> None:
    chart = svg("", (), "", [Panel("deviation", "", [(1.0, 0.0090425210), (1.5, 0.0090425630)])])
    marks = re.findall(r'text-anchor="end" font-size="11">(0\.\d+)<', chart)
    assert marks == ["0.009042521", "0.009042542", "0.009042563"]


def test_a_chart_has_money_in_the_unit_of_the_table_beside_it(tiny: Result) -> None:
    """And many panels are several drawings of at most three rows, about alike."""
    told = variation(tiny, False)
    tiers = pd.DataFrame(told.tiers[told.tiers["tier"] == "closeness"]).assign(tier="cost", reached=3e6, bound=2.5e6)
    (cost,) = panels(replace(told, tiers=tiers, cities=told.cities.iloc[:0]), "zh")
    assert cost.note.startswith("亿元 · ") and {y for _, y in cost.points} == {250.0}
    assert [len(part) for part in _parted([cost] * 7)] == [4, 3]
    assert [len(part) for part in _parted([cost] * 6)] == [6]


def test_the_value_now_is_a_dashed_line_and_said(tmp_path: Path) -> None:
    """10,000 now, between 8,000 and 12,000: in every panel; of a range beside it nothing is drawn or said."""
    for first, last, there in ((8000, 12000, True), (11000, 12000, False)):
        found = alloc.whatif("hand", "pools.general.total", [first, last])
        (drawing, *_) = drawn_apart(found, "zh")[""]
        assert ("stroke-dasharray" in drawing) == there
        assert ("虚线：现值" in subtitles(found, "zh")) == there


@pytest.mark.parametrize(("target", "where", "now"), [
    ("pools.total", "pool == 'general'", 10_000.0),
    ("pools.total", "kind == 'transfer'", 10_000.0),
    ("cities.residents", "", 100_000.0),  # both have it
    ("services.capital_cost", "service == 'none'", None),
])  # fmt: skip
def test_the_value_now_of_rows_that_a_condition_selects(target: str, where: str, now: float | None) -> None:
    assert now_of(read("instances/hand"), [target], [where]) == (now,)


def test_the_value_now_of_one_pool_by_a_condition_is_drawn_and_said() -> None:
    found = alloc.whatif("hand", "pools.total", [8000, 10000, 12000], where="pool == 'general'")
    assert found.tiers.groupby("value")["now"].all().to_dict() == {8000.0: False, 10000.0: True, 12000.0: False}
    (section,) = variation_sections(found, "zh")
    said = [part.text for part in section.parts if isinstance(part, Paragraph)]
    assert any(each.startswith("现值：") and "10,000" in each for each in said) and "虚线：现值" in said


@pytest.mark.parametrize("values", [(0.0, 0.0), (1e-13, -1e-13)])
def test_an_axis_about_nothing_does_not_go_below_it(values: tuple[float, float]) -> None:
    chart = svg("", (), "", [Panel("minimum", "", [(1.0, values[0]), (2.0, values[1])])])
    assert re.findall(r'text-anchor="end" font-size="11">([−\d.]+)<', chart)[:3] == ["0.000", "0.500", "1.000"]


def test_a_what_if_names_its_instance_by_its_title() -> None:
    found = alloc.whatif("hand", "policy.debt.ceiling", [1.0, 1.2])
    document = variation_document(found, "zh")
    title = found.instance.settings.title.zh
    (section,) = document.sections
    sources = {part.source for part in section.parts if isinstance(part, Figure)}
    assert sources == {f"来源：alloc，{title} {found.instance.hash[:12]}"}
    assert dict(document.facts)["算例"] == f"{title}（hand）"
