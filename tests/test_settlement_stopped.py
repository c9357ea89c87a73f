"""Who would settle and does not, on paper: two cities of which growth and a quota make the limits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.content.numbers import shown
from alloc.instance.derived.rule_bounds import RuleBound
from alloc.result import stopped as module
from alloc.result.settled import shortfall
from alloc.result.stopped import stopped, stopped_table

CODES = ("000001", "000002", "000003")


class Derived:
    """1,000, 600 and 100 are willing; growth lets 400 settle in the first and 700 in the second, a quota 500 in the
    second; the third has no limit but its willing."""

    cities = CODES
    settle_bounds = tuple(
        RuleBound(rule, "settle", "upper", np.array(amount))
        for rule, amount in (
            ("willingness", [1000.0, 600.0, 100.0]),
            ("settlement_growth", [400.0, 700.0, np.inf]),
            ("quota", [450.0, 500.0, np.inf]),
        )
    )
    settle_limit = np.array([400.0, 500.0, 100.0])


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[module.Stopped]:
    """390, 500 and 100 settle, in the second city of 500.5: no half person is missing there.

    The table stands in another order than the cities.
    """

    people = pd.DataFrame({"city": CODES[::-1], "settle": [100.0, 500.0, 390.0], "rounding": [0.0, 0.0, 0.0],
                           "settle_limit": [100.0, 500.5, 400.0]})  # fmt: skip
    told: Any = SimpleNamespace(instance=SimpleNamespace(formulation="annual"), tables={"people": people})
    monkeypatch.setattr(module, "derive", lambda instance: Derived())
    return stopped(told)


def test_the_willing_who_do_not_settle_by_hand(rows: list[module.Stopped]) -> None:
    """Growth alone waived: the quota of the first city lets 450 settle, 50 more. The quota alone waived: in the second
    city 600 are willing and growth lets 700, 100 more; in the first growth stays, 0 more."""
    found = [(each.cities, each.willing, each.settle, each.beyond, each.below) for each in rows]
    assert found == [(1, 100, 100, 0, 0), (1, 1000, 390, 600, 10), (1, 600, 500, 100, 0)]
    assert rows[0].title.en.startswith("Willingness")
    assert np.isnan(rows[0].freed) and [each.freed for each in rows[1:]] == [50, 100]
    assert sum(each.willing - each.settle - each.beyond - each.below for each in rows) == pytest.approx(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whom_rounding_leaves_out_stand_in_a_column_of_their_own(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounding takes 2 of 500 in the second city, which is at its limit but for them; 10 are missing in the first."""
    people = pd.DataFrame({"city": CODES, "settle": [390.0, 498.0, 100.0], "rounding": [0.0, -2.0, 0.0],
                           "settle_limit": [400.0, 500.0, 100.0]})  # fmt: skip
    told: Any = SimpleNamespace(instance=SimpleNamespace(formulation="annual"), tables={"people": people})
    monkeypatch.setattr(module, "derive", lambda instance: Derived())
    made = shown(stopped_table(stopped(told), language, ""), language)
    assert made.heads[5:7] == {
        "zh": ("限内未落户", "取整少落户"), "en": ("within limit", "rounded off")
    }[language]  # fmt: skip
    assert made.totals is not None and made.totals[1:] == ("3", "1,700", "988", "700", "10", "2", "—")
    assert shortfall(people, dict.fromkeys(CODES, "甲市"), language) == {
        "zh": "，其余共差 10 人（甲市 10 人）；取整少落户 2 人",
        "en": ", the others are 10 below (甲市 10); rounding leaves out 2",
    }[language]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_adds_up_and_says_what_it_does_not_know(rows: list[module.Stopped], language: str) -> None:
    made = shown(stopped_table(rows, language, "受限"), language)
    assert made.totals is not None and made.totals[1:] == ("3", "1,700", "990", "700", "10", "—")
    assert [row[-1] for row in made.rows] == ["—", "50", "100"]
    assert {"zh": "公共服务", "en": "services"}[language] in made.notes[0]
