"""A number at a bound since the formula does not fit the total: that the part “optimisation” is due to it is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alloc.explanation.city.part import pushed_aside
from alloc.explanation.city.reasons import explain_city
from alloc.explanation.city.text import held_sentences
from alloc.instance import read
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from instances import write_tiny


def solved(folder: Path, edit: str) -> Result:
    return run(apply(read(write_tiny(folder / "tiny")), [parse_edit(edit)]).instance)


def test_what_is_given_up_down_to_a_floor(tmp_path: Path) -> None:
    """Land for 1,400 ha: floors of the other two, 420 and 350, leave 630 of 876.21, which is the floor of 0.7 · 900."""
    result = solved(tmp_path, "pools.land.total *= 0.7")
    reasons = explain_city(result, "440300", "land")
    side, off, moved = pushed_aside(reasons) or ("", 0.0, 0.0)
    assert (side, off, moved) == ("lower", pytest.approx(246.2069), pytest.approx(246.2069))
    assert moved == -reasons.parts["optimised"]
    assert held_sentences(reasons, "zh")[-1] == (
        "各城市的公式数在各自上下限之内合计，比可分配的多 246.21 公顷，须由各城市让出；它让到下限为止，"
        "让出的 246.21 公顷在组成部分中记作“优化”。"
    )
    assert held_sentences(reasons, "en")[-1] == (
        "Within their bounds the formula's amounts of all cities sum to 246.21 ha more than there is to give, which "
        "cities give up; this one goes down to its lower bound, and the 246.21 ha are the part “optimisation”."
    )
    assert pushed_aside(explain_city(result, "440500", "land")) is None, "which its rules alone hold at its floor"


def test_what_is_taken_on_up_to_a_cap(tmp_path: Path) -> None:
    """2,400 ha: the cap of the first leaves 1,140 for two whose formulas give 897.93; here one of them stands at its
    cap."""
    reasons = explain_city(solved(tmp_path, "pools.land.total *= 1.2"), "450900", "land")
    assert pushed_aside(reasons) is None
    (said,) = held_sentences(replace(reasons, at_upper=True), "en")[-1:]
    assert said == (
        "Within their bounds the formula's amounts of all cities sum to 242.07 ha less than has to be given out, which "
        "cities take on; this one goes up to its upper bound, and the 103.29 ha are the part “optimisation”."
    )
    assert held_sentences(replace(reasons, at_upper=True), "zh")[-1] == (
        "各城市的公式数在各自上下限之内合计，比须下达的少 242.07 公顷，须加到各城市；它加到上限为止，增加的 103.29 公顷"
        "在组成部分中记作“优化”。"
    )
    assert pushed_aside(replace(reasons, at_upper=True, decider="earlier")) is None, "an earlier tier asks for it"
