"""The mutation lane: which faults it makes, which tests it asks, and that what it knows it keeps."""

from __future__ import annotations

import ast
from pathlib import Path

from benchmarks.mutants import mutants, sample
from benchmarks.mutation import (
    COLUMNS,
    KEY,
    ROOT,
    TESTS,
    covering,
    known,
    modules,
    shares,
    still_there,
    unnoticed,
    write,
)

TABLE = ROOT / "benchmarks" / "mutation.csv"
MODULE = "alloc/report/measures.py"
SOURCE = '''"""Text with 1 + 1."""

def worth(a: "int | None", b, some=2):
    """Of a < b."""
    if a < b and not some:
        some += 1
        note(a)
    return max(a - b, 0.5) if a else [a] + [b]
'''


def made(kind: str) -> set[tuple[str, str]]:
    return {(each.before, each.after) for each in mutants("m.py", SOURCE) if each.kind == kind}


def test_faults_by_kind() -> None:
    assert made("comparison") == {("a < b", "(a <= b)"), ("a < b", "(a > b)")}
    assert made("and/or") == {("a < b and not some", "(a < b or not some)")}
    assert made("operand dropped") == {("a < b and not some", "(a < b)"), ("a < b and not some", "(not some)")}
    assert made("arithmetic") == {("a - b", "(a + b)")}, "lists are put together, not added"
    assert made("term dropped") == {("a - b", "(a)"), ("a - b", "(-b)")}
    assert made("min/max") == {("max(a - b, 0.5)", "(min(a - b, 0.5))")}
    assert made("statement removed") == {("some += 1", "pass"), ("note(a)", "pass")}
    assert made("sign or not dropped") == {("not some", "(some)")}
    assert made("condition negated") == {
        ("a < b and not some", "(not (a < b and (not some)))"),
        ("max(a - b, 0.5) if a else [a] + [b]", "(max(a - b, 0.5) if not a else [a] + [b])"),
    }
    assert made("constant") == {
        ("2", "(3)"),
        ("2", "(1)"),
        ("1", "(2)"),
        ("1", "(0)"),
        ("0.5", "(1.0)"),
        ("0.5", "(1.5)"),
    }


def test_a_mutant_differs_in_one_place_and_stands_where_it_says() -> None:
    lines = SOURCE.splitlines()
    for each in mutants("m.py", SOURCE):
        ast.parse(each.source)
        changed = [at for at, (one, other) in enumerate(zip(lines, each.source.splitlines(), strict=True), start=1)
                   if one != other]  # fmt: skip
        assert changed == [each.line], each
        assert lines[each.line - 1][each.column :].startswith(each.before), each


def test_places_are_right_behind_letters_of_several_bytes() -> None:
    *_, one = [each for each in mutants("m.py", 'x = f("城市", 1)\n') if each.kind == "constant"]
    assert one.source == 'x = f("城市", (2))\n'


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    every = mutants("m.py", SOURCE)
    assert sample(every, 5, 1) == sample(every, 5, 1) != sample(every, 5, 2)
    assert sample(every, 1000, 1) == every, "in the order of their lines"


def test_every_test_module_is_there_and_every_pattern_has_modules() -> None:
    assert [name for names in TESTS.values() for name in names if not (ROOT / f"tests/test_{name}.py").is_file()] == []
    covered = modules()
    assert covering("alloc/solver/model/hold.py")[0] == "tests/test_hold.py" and covering("alloc/text.py") == ()
    for folder in ("models/alloc_models/", "alloc/compiler/", "alloc/solver/", "alloc/verification/", "alloc/publish/",
                   "alloc/instance/derived/", "alloc/scenario/", "alloc/report/", "alloc/content/"):  # fmt: skip
        assert any(each.startswith(folder) for each in covered), folder


def test_a_mutant_is_known_again_where_lines_have_moved() -> None:
    """Two that say the same in one function are the first and the second, wherever the function stands."""
    source = "def f(a):\n    return a + 1, a + 1\n\n\nclass C:\n    def f(self, a):\n        return a + 1\n"
    before = {each.key: each.line for each in mutants("m.py", source) if each.kind == "arithmetic"}
    assert [(key[1], key[-1], line) for key, line in before.items()] == [("f", "1", 2), ("f", "2", 2), ("C.f", "1", 7)]
    after = {each.key: each.line for each in mutants("m.py", f"import b\n\n{source}") if each.kind == "arithmetic"}
    assert after == {key: line + 2 for key, line in before.items()}


def test_what_the_code_has_no_longer_leaves_the_table() -> None:
    one = mutants(MODULE, (ROOT / MODULE).read_text(encoding="utf-8"))[0]
    old = {
        one.key: {"line": "0", "outcome": "killed"},
        (MODULE, "gone", "", "", "", "1"): {},
        ("no.py", *one.key[1:]): {},
    }
    assert still_there(old) == {one.key: {"line": str(one.line), "outcome": "killed"}}


def row(line: int, outcome: str, reason: str = "", seed: str = "") -> dict[str, str]:
    values = ("alloc/a/b.py", str(line), "f", "constant", "1 | 2", "(2)", str(line), seed, outcome, "", "1.0", reason)
    return dict(zip(COLUMNS, values, strict=True))


def test_what_is_known_is_kept_and_told(tmp_path: Path) -> None:
    rows = [row(10, "survived", "the same"), row(9, "killed", seed="4"), row(11, "endless")]
    results = {tuple(each[name] for name in KEY): each for each in rows}
    write(tmp_path / "found.csv", results)
    again = known(tmp_path / "found.csv")
    assert again == results and [each["line"] for each in again.values()] == ["9", "10", "11"]
    assert known(tmp_path / "none.csv") == {}
    told = shares(again).splitlines()
    assert told[2:] == [f"| {name} | 1 | 1 | 100.0% | 3 | 2 | 66.7% |" for name in ("alloc/a", "all")]
    assert unnoticed(again).splitlines()[2:] == ["| alloc/a/b.py:10 | `1 \\| 2` | `(2)` | the same |"]


def test_the_page_says_what_the_table_says() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert f"\n{shares(known(TABLE))}\n" in page


def test_survivors_that_are_written_down_have_their_reason() -> None:
    """The table of the last whole run; a fault that no test notices stands there with why that is so."""
    found = known(TABLE)
    assert len(found) >= 300
    left = [each for each in found.values() if each["outcome"] == "survived"]
    assert len(left) <= 0.05 * len(found)
    assert [each for each in left if not each["reason"] or each["reason"].startswith("open")] == []
