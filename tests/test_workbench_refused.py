"""What is wrong with a number typed into the field of a rule is said in the unit of the field."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from alloc.instance.findings import Finding, InputError
from alloc.instance.instance import Instance
from alloc.opening import opened
from alloc.text import Text
from alloc.workbench import steps
from alloc.workbench.models import Rule
from alloc.workbench.picture.rules import rules
from alloc.workbench.picture.rules import shown as said
from workbench_server import served


@pytest.fixture(scope="module")
def china() -> Instance:
    return opened("china-2020", relaxation=True).instance


def typed(instance: Instance, rule: Rule, shown: float) -> tuple[Finding, ...]:
    """What is found where a number is typed as the field shows it."""
    try:
        return steps.typed(instance, [rule.line.replace("{value}", repr(shown * rule.size / rule.scale))], "").findings
    except InputError as error:
        return error.findings


@pytest.mark.parametrize(
    ("id", "shown", "value", "zh", "en"),
    [
        ("pools.land.reserve", 150.0, "150 %", "“新增建设用地计划指标：预留比例”超出允许范围。应至少 0 %，小于 100 %。",
         "New construction land: reserve is outside its range. Would be right: at least 0 % and below 100 %."),
        ("pools.equalisation.total", -5.0, "−5 亿元", "“均衡性转移支付：总量”超出允许范围。应至少 0 亿元。",
         "Equalisation transfer: total is outside its range. Would be right: at least 0 × 10⁸ yuan."),
        ("pools.equalisation.total", 4e11, "400,000,000,000 亿元",
         "“均衡性转移支付：总量”超出允许范围。应至少 0 亿元，至多 100,000,000,000 亿元。",
         "Equalisation transfer: total is outside its range. Would be right: at least 0 × 10⁸ yuan and at most "
         "100,000,000,000 × 10⁸ yuan."),
        ("limits.megacity_land.value", 150.0, "150 %", "“超大城市新增用地占比”超出允许范围。应至少 0 %，至多 100 %。",
         "Megacities' share of new land is outside its range. Would be right: at least 0 % and at most 100 %."),
        ("policy.land.reuse_limit", 150.0, "150 %", "“一年可盘活比例”超出允许范围。应至少 0 %，至多 100 %。",
         "Share of idle land reusable in a year is outside its range. Would be right: at least 0 % and at most 100 %."),
        ("policy.debt.tiers.green.below", -5.0, "−5 %", "“债务率低于（绿）”超出允许范围。应大于 0 %。",
         "Debt ratio below (green) is outside its range. Would be right: above 0 %."),
    ],
)  # fmt: skip
def test_a_refusal_speaks_in_the_unit_of_the_field(
    china: Instance, id: str, shown: float, value: str, zh: str, en: str
):
    rule = next(rule for rule in rules(china, None) if rule.id == id)
    found = next(each for each in typed(china, rule, shown) if each.severity == "error")
    assert (f"{found.message.zh}{found.remedy.zh}", f"{found.message.en} {found.remedy.en}") == (zh, en)
    assert found.value == value


def test_no_field_that_shows_another_unit_is_told_of_that_of_the_file(china: Instance):
    count = 0
    for rule in rules(china, None):
        for shown in (-5.0, 150.0, 1e12) if (rule.scale, rule.size) != (1.0, 1.0) else ():
            for found in (each for each in typed(china, rule, shown) if each.severity == "error"):
                said = f"{found.message}{found.remedy}"
                assert "0.35" not in said and "资金、债券" not in said and "写作" not in said, said
                count += 1
    assert count > 50


def test_a_number_is_said_with_the_digits_that_it_has(china: Instance):
    """8 % is said as 8 %, whatever stands in its place."""
    rule = next(rule for rule in rules(china, None) if rule.id == "limits.megacity_land.value")
    other = rule.model_copy(update={"decimals": 1})
    assert [said(value, other) for value in (0.08, 0.083)] == [Text("8 %", "8 %"), Text("8.3 %", "8.3 %")]


def test_the_page_and_check_have_the_same_words(tmp_path: Path):
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        refused = client.edit("pools.general.reserve = 1.5", trial=True)
        assert refused.status_code == 400
        (found,) = refused.json()["findings"]
        assert found["text"]["zh"].endswith("：预留比例”超出允许范围。应至少 0 %，小于 100 %。")
        checked = client.post(f"w/{client.w}/check", {"lines": ["pools.general.reserve = 1.5"]}).json()
        assert checked["findings"] == [found]


@pytest.mark.parametrize("value", [1.5, -0.05])
def test_a_new_limit_on_a_share_is_refused_in_per_cent(tmp_path: Path, value: float):
    """The dialog takes 150 and −5 of per cent; by the file it would be told to write 0.35."""
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        asked = {"quantity": "allocation:general", "sense": "<=", "value": value, "basis": "share"}
        drafted = client.post(f"w/{client.w}/limits", asked).json()
        (found,) = drafted["findings"]
        assert found["text"]["zh"].endswith("“限值”超出允许范围。应至少 0 %，至多 100 %。")
        assert found["text"]["en"].endswith(
            "Value is outside its range. Would be right: at least 0 % and at most 100 %."
        )
        amount = client.post(f"w/{client.w}/limits", {**asked, "basis": "amount", "value": 5}).json()
        assert amount["findings"] == []
