"""Answers that stay as they are: tiers and published numbers of two ways of six, to the last digit.

Published numbers are multiples of a quantum and equal everywhere. Values of tiers and what is not rounded are as exact
as one build of HiGHS, NumPy and its linear algebra on one kind of processor gives them (5·10⁻¹² apart was seen between
two): they are compared to 10⁻¹⁰, and so are whole columns of everything else by two sums to 10⁻⁹, for these are added
up and no promise.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alloc
import freeze
from alloc.content.blocks import Table
from alloc.content.numbers import shown
from alloc.result.notes import note_lines
from alloc.result.summary import status_line, summary
from freeze import CASES, Rows, frozen, instance_of, kept
from national import relaxed, whole

RENEW = 'if the change is meant: python tests/freeze.py "why"'
EXACT = {"allocation": 0.0, "people": 0.0}  # relative differences that pass
OTHERS, SUMS = 1e-10, 1e-9


def differences(before: dict[str, Rows], now: dict[str, Rows]) -> list[str]:
    """Table, row, column, old and new value of whatever differs."""
    found = [f"table {name}: only in {'what was frozen' if name in before else 'the answer'}"
             for name in sorted(before.keys() ^ now.keys())]  # fmt: skip
    for name in sorted(before.keys() & now.keys()):
        head = before[name][0]
        close = SUMS if name == "sums" else EXACT.get(name, OTHERS)
        for old, new in zip_longest(before[name], now[name], fillvalue=[]):
            if len(old) != len(new):
                found.append(f"{name}: row {old} is now {new}")
            found += [
                f"{name} {' '.join(old[:2])}, {column}: {a} is now {b}"
                for column, a, b in zip(head, old, new, strict=False)
                if not alike(a, b, close)
            ]
    return found


def alike(before: str, now: str, close: float) -> bool:
    if before == now:
        return True
    try:
        return math.isclose(float(before), float(now), rel_tol=close, abs_tol=close)
    except ValueError:
        return False


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_answers_are_as_they_were(case: str) -> None:
    solved = {"china-2020-relaxed": relaxed, "china-2020-whole": whole}.get(case, lambda: None)()
    assert solved is None or solved.instance.hash == instance_of(case).hash
    changed = differences(kept(case), frozen(case, solved))
    assert not changed, "\n".join([f"{len(changed)} differences", *changed[:10], RENEW])


@pytest.mark.long
def test_the_readme_shows_what_the_command_prints() -> None:
    """Status, notes, tiers (but for their seconds) and pools in both READMEs are those of the shipped instance."""
    result = whole()
    root = Path(__file__).resolve().parent.parent
    for name, language in (("README.md", "en"), ("README.zh.md", "zh")):
        text = (root / name).read_text(encoding="utf-8")
        for line in (status_line(result, language), *note_lines(result, language)):
            assert line.replace(" ", "") in re.sub(r"\s", "", text), (name, line)
        tiers, pools = [
            shown(part, language).rows for part in summary(result, language).parts if isinstance(part, Table)
        ][:2]
        for row in (*(row[:-1] for row in tiers), *pools):
            assert " ".join(each for each in row if each) in re.sub(" +", " ", text), (name, row)


def test_a_change_is_named() -> None:
    before = kept(CASES[0])
    now = before | {"allocation": [list(row) for row in before["allocation"]]}
    now["allocation"][1][2] = "0.5"
    city, pool, published = before["allocation"][1]
    assert differences(before, now) == [f"allocation {city} {pool}, published: {published} is now 0.5"]


@pytest.mark.parametrize("used", [0.0, 3.0])
def test_a_new_lever_changes_nothing_until_it_is_used(monkeypatch: pytest.MonkeyPatch, used: float) -> None:
    """A table without rows and a column of zeros are no difference; anything else is one."""
    before = freeze.frozen("random-8-relaxed")
    solve = alloc.solve

    def more(instance: alloc.Instance) -> alloc.Result:
        result = solve(instance)
        land = result.tables["land"].assign(renewed=used)
        empty = pd.DataFrame({"city": [], "homes": np.zeros(0)})
        return replace(result, tables={**result.tables, "land": land, "renewal": empty})

    monkeypatch.setattr(alloc, "solve", more)
    changed = differences(before, freeze.frozen("random-8-relaxed"))
    assert bool(changed) == bool(used)
    assert all(line.startswith("sums") for line in changed)


def test_every_reason_is_written_down() -> None:
    from freeze import HERE

    assert (HERE / "REASONS.md").read_text(encoding="utf-8").startswith("# Why")
