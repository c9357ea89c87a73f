"""The list of one's own edits: which number of which city, from what to what, as a planner reads it."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi")
from alloc.instance.instance import Instance
from alloc.opening import opened
from alloc.scenario import apply
from alloc.scenario.lines import read_lines
from alloc.workbench.files import Standing, Step
from alloc.workbench.picture.mine import edits
from alloc.workbench.picture.rules import rules


@pytest.fixture(scope="module")
def china() -> Instance:
    return opened("china-2020", relaxation=True).instance


def said(instance: Instance, *lines: str) -> tuple[list[str | None], list[str | None]]:
    """Title, before and after in both languages."""
    read, findings = read_lines(lines)
    assert not findings
    first = apply(instance, [])
    step = apply(instance, read)
    (found,) = edits(Standing(1, "", (Step(1, lines),)), (first, step), rules(instance, None))
    parts = (found.title, found.before, found.after)
    return [each and each.zh for each in parts], [each and each.en for each in parts]


@pytest.mark.parametrize(
    ("lines", "zh", "en"),
    [
        (["cities.440300.residents = 18000000"],
         ["深圳市：常住人口", "17,494,398 人", "18,000,000 人"],
         ["Shenzhen: Resident population", "17,494,398 persons", "18,000,000 persons"]),
        (["add overrides { city = '440300', pool = 'land', amount = 3000 }"],
         ["新增人工调整：深圳市，新增建设用地计划指标", None, "3,000 公顷"],
         ["New in Overrides: Shenzhen, new construction land", None, "3,000 ha"]),
        (["policy.land.reuse_limit = 0.667", "cities.production_request *= 2.41"],
         ["一年可盘活比例 30 % → 66.7 %；生产用地需求：337 个城市 × 2.41", None, None],
         ["Share of idle land reusable in a year 30 % → 66.7 %; Production land requested: 337 cities × 2.41", None,
          None]),
        (["pools.land.reserve = 0.6"],
         ["新增建设用地计划指标：预留比例", "50 %", "60 %"],
         ["new construction land: reserve", "50 %", "60 %"]),
        (["pools.land.reserve = 0.5"], ["新增建设用地计划指标：预留比例", None, "不变"],
         ["new construction land: reserve", None, "unchanged"]),
    ],
)  # fmt: skip
def test_an_edit_is_said_with_place_title_number_and_unit(
    china: Instance, lines: list[str], zh: list[str | None], en: list[str | None]
):
    assert said(china, *lines) == (zh, en)


@pytest.mark.parametrize("last", [5, 3_680_000])
def test_money_has_the_unit_of_its_own_size_whatever_later_edits_make_of_it(china: Instance, last: int):
    """3,670,000 × 10⁴ yuan by the table, and a tenth more; then 5 × 10⁴ yuan, or about as much as before."""
    lines = "pools.settlement_reward.total *= 1.1", f"pools.settlement_reward.total = {last}"
    chain, steps = [apply(china, [])], []
    for n, line in enumerate(lines, 1):
        chain.append(apply(chain[-1].instance, read_lines((line,))[0]))
        steps.append(Step(n, (line,)))
    first, second = edits(Standing(2, "", tuple(steps)), chain, rules(chain[-1].instance, None))
    assert (first.before and first.before.zh, first.after and first.after.zh) == ("367 亿元", "403.7 亿元")
    small, large = ("5 万元", "5 × 10⁴ yuan"), ("368 亿元", "368 × 10⁸ yuan")
    assert second.after and (second.after.zh, second.after.en) == (small if last == 5 else large)
    assert second.before and second.before.en == "403.7 × 10⁸ yuan"


def test_of_many_edits_the_columns_are_named_and_the_cells_counted(china: Instance):
    codes = china.tables["cities"]["city"].tolist()[:5]
    lines = [f"cities.{code}.{column} = 123456" for code in codes for column in ("revenue", "gdp")]
    zh, en = said(china, *lines)
    assert zh == ["地区生产总值、一般公共预算收入", None, "10 个单元格"]
    assert en[2] == "10 cells" and "e+" not in str(en)
