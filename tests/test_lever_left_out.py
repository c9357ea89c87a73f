"""How to add a lever (CONTRIBUTING): what is said where a file, or an entry of it, is left out; nothing stays silent.

The lever is that of `new_lever`. What its module leaves out of its own `Lever` is in `test_completeness`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import alloc
import test_columns_page
import test_house
from alloc.formulation.errors import FormulationError
from alloc.verification.levers import Checks
from new_lever import CHECKS, MODULE, WORDS, forget, verified_by, write_lever


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as made:
        yield made
    forget()


def refused(checks: Checks | None, folder: Path, patch: pytest.MonkeyPatch, words: str = WORDS) -> str:
    """What is said before anything is solved."""
    if checks is not None:
        verified_by(patch, checks)
    with pytest.raises(FormulationError) as caught:
        write_lever(folder, patch, MODULE, words)
        alloc.solve("hand")
    assert len(caught.value.message.zh.splitlines()) == len(caught.value.message.en.splitlines())
    return str(caught.value)


# ------------------------------------------------------------------------------------------- LEVER.toml, verification


@pytest.mark.parametrize(("words", "said"), [
    ("", "renewal.toml: decision renew lacks title"),
    (WORDS.replace('owner = "planner"', ""), "renewal.toml: family renewal_due lacks owner"),
    (WORDS.replace("[decisions.mend]", "[decisions.other]"), "renewal.toml: decision mend lacks title"),
])  # fmt: skip
def test_words(words: str, said: str, tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    assert f"- {said}" in refused(CHECKS, tmp_path, patch, words)


@pytest.mark.parametrize(("checks", "said"), [
    (None, ["decision renew", "decision mend", "family renewal_due", "family mending_due"]),  # no line in levers.py
    (replace(CHECKS, families=()), ["family renewal_due", "family mending_due"]),
    (replace(CHECKS, families=CHECKS.families[:1]), ["family mending_due"]),
    (replace(CHECKS, bounded={"renew": ()}), ["decision mend"]),
])  # fmt: skip
def test_names_that_the_verification_does_not_cover(
    checks: Checks | None, said: list[str], tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    lines = refused(checks, tmp_path, patch).splitlines()[1:]
    assert [line.removeprefix("- ").partition(":")[0] for line in lines] == said
    assert all("not in verification (alloc.verification.families:known_" in line for line in lines)


@pytest.mark.parametrize(("left_out", "said"), [
    ({"check": Checks().check}, ["model: families: renewal_due is compared by no check",
                                 "model: families: mending_due is compared by no check"]),
    ({"columns": {}}, ["tables: renewal.city: unknown", "tables: renewal.renewed: unknown",
                       "tables: land.mended: unknown"]),
    ({"columns": {"land": ("mended",)}}, ["tables: renewal.city: unknown", "tables: renewal.renewed: unknown"]),
    ({"keys": {}}, ["tables: renewal: unknown"]),
    ({"spending": None}, ["copies: 000001, spending", "copies: 000002, spending"]),
])  # fmt: skip
def test_arithmetic_that_the_verification_lacks(
    left_out: dict[str, Any], said: list[str], tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    """The result fails its verification, says where, and cannot be written."""
    verified_by(patch, replace(CHECKS, **left_out))
    write_lever(tmp_path, patch)
    result = alloc.solve("hand")
    assert result.verification is not None and not result.verified
    found = [f"{failure.family}: {failure.key}" for failure in result.verification.failures]
    assert [line for line in said if line not in found] == []
    with pytest.raises(alloc.StoreError):
        result.save(tmp_path / "out")


# ----------------------------------------------------------------------------------- what the rules of the house ask


def lever_in_no_formulation(folder: Path, patch: pytest.MonkeyPatch) -> None:
    (folder / "models" / "alloc_models").mkdir(parents=True)
    (folder / "models" / "alloc_models" / "renewal.py").write_text("LEVER = Lever()\n", encoding="utf-8")
    patch.setattr(test_house, "ROOT", folder)
    test_house.test_every_module_of_a_lever_is_in_a_formulation()


def column_without_its_line(folder: Path, patch: pytest.MonkeyPatch) -> None:
    for name in ("write_columns.py", "columns.md", "columns.zh.md"):
        text = (test_columns_page.DOCS / name).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith("| `idle` |")]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    patch.setattr(test_columns_page, "DOCS", folder)
    test_columns_page.test_the_pages_are_up_to_date()


@pytest.mark.parametrize(("asked", "said"), [
    (lambda folder, patch: test_house.test_family_has_a_row_test("renewal_due"),
     "tests/test_compiler_rows.py has no test_renewal_due"),
    (lambda folder, patch: test_house.test_family_has_an_instance_in_which_it_binds("renewal_due"),
     "instances/families/renewal_due is missing"),
    (lambda folder, patch: test_house.test_family_stands_in_the_page_of_the_model("renewal_due"),
     "docs/model.md does not state renewal_due"),
    (lever_in_no_formulation, "in no formulation (annual.py, LEVERS): ['renewal']"),
    (column_without_its_line, "run: python docs/write_columns.py"),
])  # fmt: skip
def test_what_the_house_asks_for(
    asked: Callable[[Path, pytest.MonkeyPatch], None], said: str, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=re.escape(said)):
        asked(tmp_path, patch)
