"""Titles in the place of codes: cells of data show them and take either; a province, a debt tier are called by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("fastapi")
from alloc.explanation.shared.parameters import parameters
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.opening import opened
from alloc.text import Text
from alloc.workbench.api.codes import codes_of, titles_of
from alloc.workbench.api.paste import pasted_lines
from alloc.workbench.picture import outcome
from alloc.workbench.picture.rules import rules


@pytest.fixture(scope="module")
def hand() -> Instance:
    return opened("hand", relaxation=True).instance


def test_cells_have_the_titles_of_their_codes(hand: Instance):
    assert titles_of(hand, "pools", "kind")["transfer"] == Text("转移支付", "transfer")
    service = hand.tables["services"].iloc[0]
    assert titles_of(hand, "capacity", "service") == {
        service["service"]: Text(service["title_zh"], service["title_en"])
    }
    assert titles_of(hand, "services", "service") == {}, "they stand beside it"
    assert titles_of(hand, "factors", "factor")["residents"].zh == "常住人口"
    assert titles_of(hand, "cities", "residents") == titles_of(hand, "cities", "name") == {}
    assert titles_of(hand, "sources", "column")["reserve"].zh == "预留比例"


def test_conditions_are_shown_by_titles(hand: Instance):
    pools = hand.tables["pools"].assign(where=["residents > 1", *[""] * (len(hand.tables["pools"]) - 1)])
    found = titles_of(replace(hand, tables={**hand.tables, "pools": pools}), "pools", "where")
    assert found == {"residents > 1": Text("常住人口 > 1", "residents > 1")}


def test_a_title_of_two_codes_stands_for_neither(hand: Instance):
    twice = Text("一", "one"), Text("一", "two"), Text("三", "three")
    pools = hand.tables["pools"].iloc[[0, 0, 0]].reset_index(drop=True)
    pools[["pool", "title_zh", "title_en"]] = [[f"p{at}", *title] for at, title in enumerate(twice)]
    found = titles_of(replace(hand, tables={**hand.tables, "pools": pools}), "factors", "pool")
    assert found == {"p2": twice[2]}
    assert codes_of(found) == {"p2": "p2", "三": "p2", "three": "p2"}


@pytest.mark.parametrize("said", ["建设", "Capital", "capital", " CAPITAL "])
def test_a_cell_takes_a_title_or_a_code(hand: Instance, said: str):
    assert pasted_lines(hand, "pools", [["general"]], ["use"], said) == ['pools.general.use = "capital"']
    assert pasted_lines(hand, "pools", [["general"]], ["use"], "一般支出") == [], "it is that already"
    assert pasted_lines(hand, "pools", [["general"]], ["use"], "其他") == ['pools.general.use = "其他"'], (
        "checked later"
    )
    with pytest.raises(InputError):
        pasted_lines(hand, "pools", [["general"]], ["total"], "建设")


def test_debt_tiers_are_called_by_name_and_their_ratios_are_per_cent(hand: Instance):
    known = {rule.id: rule for rule in rules(hand, None)}
    tier = known["policy.debt.tiers.green.below"]
    assert (tier.title.zh, tier.title.en) == ("债务率低于（绿）", "Debt ratio below (green)")
    for rule in (tier, known["policy.debt.ceiling"]):
        assert (rule.unit.zh, rule.scale, rule.kind, rule.step) == ("%", 100.0, "share", 0.01)


def test_a_province_is_called_by_its_name(hand: Instance):
    assert outcome.place(hand).zh == "手算" and outcome.cities_word(hand).zh.startswith("手算 · 2 个城市")
    cities = hand.tables["cities"].copy()
    cities["province"] = ["440000", "440000"]
    cities["province_name"] = ["广东省", "广东省"]
    assert outcome.place(replace(hand, tables={**hand.tables, "cities": cities})).model_dump() == {
        "zh": "广东", "en": "Guangdong",
    }  # fmt: skip
    cities["province"] = ["440000", "450000"]
    several = replace(hand, tables={**hand.tables, "cities": cities})
    assert outcome.place(several).zh == "" and outcome.cities_word(several).zh.startswith("2 个城市")


def test_what_programmes_support_has_a_price_only_where_there_are_some(hand: Instance):
    assert [each.target for each in parameters(hand) if each.target.endswith(".support")] == []
