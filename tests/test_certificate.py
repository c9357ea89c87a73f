"""Certificates: what multipliers prove by hand, what is refused, and how near proven bounds come to the optima."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import alloc
from alloc import certificate as reader
from alloc.certificate import FILES, SUMS, Certificate
from alloc.certification.certify import certify as certified
from alloc.cli import main
from alloc.cli.output import STOPPED, WRONG
from alloc.solver.solution import compiled

READER = Path(reader.__file__)
RANDOM = Path(__file__).resolve().parent / "data" / "frozen"

# Two columns from 0 to 3 with x + y >= 4. First the least of 2x + 3y, which is 9 at (3, 1); then the most of y.
BY_HAND = {
    "columns.csv": "column,lower,upper,value\nx,0,3,3\ny,0,3,1\n",
    "rows.csv": "row,lower,upper,unit\nenough,4,,1\n",
    "matrix.csv": "row,column,coefficient\n1,1,1\n1,2,1\n",
    "objectives.csv": "tier,column,linear,weight,centre\nfirst,x,2,0,0\nfirst,y,3,0,0\nsecond,y,1,0,0\n",
    "multipliers.csv": "tier,row,multiplier\nfirst,enough,3\nsecond,enough,2\nsecond,held[first],-1\n",
}


def claim(tier: str, value: float, bound: float | None, maximise: bool = False) -> dict[str, Any]:
    return {"tier": tier, "maximise": maximise, "constant": 0.0, "level": None, "value": value, "bound": bound,
            "reported": None}  # fmt: skip


def sealed(folder: Path) -> Path:
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")
    return folder


def written(folder: Path, bounds: tuple[float | None, float | None] = (9, 1.0001), **files: str) -> Path:
    folder.mkdir()
    for name, text in {**BY_HAND, **{f"{key}.csv": text for key, text in files.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    claims = {"tiers": [claim("first", 9, bounds[0]), claim("second", 1, bounds[1], maximise=True)]}
    (folder / FILES[0]).write_text(json.dumps(claims), encoding="utf-8")
    return sealed(folder)


def bounds(folder: Path) -> list[Fraction | float]:
    return [bound for _, bound, _ in Certificate(folder).prove()]


# ------------------------------------------------------------------------------------------------------------- by hand


def test_bounds_by_hand(tmp_path: Path) -> None:
    """First: 3 (x + y) >= 12 and (2 - 3) x >= -3, so 2x + 3y >= 9. Second: y = (2x + 3y) - 2 (x + y) <= 9 - 8 = 1.

    The first tier is held up to 1e-12 of its value 9, so the second bound is 1 + 9e-12.
    """
    first, second = bounds(written(tmp_path / "c"))
    assert first == 9
    assert second == 1 + Fraction(9, 10**12)
    assert Certificate(tmp_path / "c").check_plan() == 0


@pytest.mark.parametrize(
    ("multiplier", "bound"),
    [("2", 8), ("5/2", Fraction(17, 2)), ("4", 7), ("0", 0), ("-1", -inf)],
)
def test_any_multiplier_gives_a_valid_bound(tmp_path: Path, multiplier: str, bound: Fraction | float) -> None:
    """2: 8 + y >= 8. 5/2: 10 - x/2 + y/2 >= 8.5. 4: 16 - 2x - y >= 7. 0: 2x + 3y >= 0. -1: an open side."""
    tampered = BY_HAND["multipliers.csv"].replace("first,enough,3", f"first,enough,{multiplier}")
    (found, _) = bounds(written(tmp_path / "c", (None, None), multipliers=tampered))
    assert found == bound
    assert found <= 9


def test_a_square_is_proven_by_its_tangent(tmp_path: Path) -> None:
    """(x - 1)^2 + (y - 1)^2 at (2, 2): 2, slope (2, 2); 2 (x + y) >= 8, so it is at least 2 - 8 + 8 = 2."""
    folder = written(
        tmp_path / "c", (2, None),
        columns="column,lower,upper,value\nx,0,3,2\ny,0,3,2\n",
        objectives="tier,column,linear,weight,centre\nfirst,x,0,1,1\nfirst,y,0,1,1\nsecond,y,1,0,0\n",
        multipliers="tier,row,multiplier\nfirst,enough,2\nsecond,enough,1\nsecond,held[first],-1/2\n",
    )  # fmt: skip
    claims = {"tiers": [claim("first", 2, 2), claim("second", 2, None, maximise=True)]}
    (folder / FILES[0]).write_text(json.dumps(claims), encoding="utf-8")
    first, second = bounds(sealed(folder))
    assert first == 2
    # y <= y + (x + y - 4) - ... : the tangent 2x + 2y <= 8 gives d = -1 - 1 + 1 = -1 for y, 0 for x: y <= 3.
    assert second == 3 + Fraction(1, 10**12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bounds": (9.0001, None)}, "the bound 9.0001 is stated, and not proven"),
        ({"bounds": (None, 0.9999)}, "the bound 0.9999 is stated, and not proven"),
        ({"columns": "column,lower,upper,value\nx,0,3,2\ny,0,3,1\n"}, "the plan breaks the row enough"),
        ({"columns": "column,lower,upper,value\nx,0,3,4\ny,0,3,1\n"}, "the plan is outside the bounds of x"),
        ({"columns": "column,lower,upper,value\nx,0,3,3\ny,0,3,2\n"}, "first is 12.0 at the plan, not 9"),
        ({"objectives": BY_HAND["objectives.csv"].replace("x,2,0", "x,2,-1")}, "does not lie above its tangent"),
        ({"multipliers": "tier,row,multiplier\nfirst,none,3\n"}, "none"),
        ({"multipliers": "tier,row,multiplier\nfirst,held[second],3\n"}, "held[second]"),
        ({"matrix": "row,column,coefficient\n1,1,nan\n"}, "nan"),
    ],
)  # fmt: skip
def test_what_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], words: str
) -> None:
    written(tmp_path / "c", **change)
    assert reader.main(tmp_path / "c") == 1
    assert words in capsys.readouterr().err.lower()


@pytest.mark.parametrize("name", [*FILES, SUMS])
def test_a_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path / "c")
    assert reader.main(folder) == 0
    text = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(text.replace("1", "2", 1) if name != SUMS else text[1:], encoding="utf-8")
    assert reader.main(folder) == 1
    (folder / name).unlink()
    assert reader.main(folder) == 1


def test_the_reader_needs_python_alone() -> None:
    """Nothing but the standard library, some 200 lines."""
    text = READER.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 220
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import)
                     else [str(node.module)] if isinstance(node, ast.ImportFrom) else [])
    }  # fmt: skip
    assert imported <= set(sys.stdlib_module_names)


# ----------------------------------------------------------------------------------------------------------- of results


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hand") / "hand"
    alloc.solve("hand", out=folder)
    return folder


def test_the_hand_instance(hand: Path, tmp_path: Path) -> None:
    """Its optima are worked out in `instances/hand`; the reader alone, in a Python of its own, proves them."""
    found = alloc.certify(hand, tmp_path / "c")
    assert found.holds
    proven = {each.tier: each.bound for each in found.tiers}
    expected = {"minimum": 0, "fairness": 0.82, "settlement": 0, "coverage": 0.82, "production": 0, "closeness": 1,
                "cost": 12_000}  # fmt: skip
    assert proven == {name: pytest.approx(value, rel=1e-9, abs=1e-9) for name, value in expected.items()}
    run = subprocess.run(
        [sys.executable, "-I", str(READER), str(tmp_path / "c")], capture_output=True, text=True, encoding="utf-8",
        check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert [line.split()[0] for line in run.stdout.splitlines()[2:]] == list(expected)


def test_names_are_those_of_the_planner(hand: Path, tmp_path: Path) -> None:
    alloc.certify(hand, tmp_path / "c")
    found = Certificate(tmp_path / "c")
    row, names = found.rows["worst_served[000002]"], list(found.place)
    assert {names[j] for j, _ in row.entries} >= {"worst", "below_worst[000002]"}
    assert {name.partition("[")[0] for name in found.rows} >= {"pool_total", "capital_budget", "general_budget"}


def test_the_same_result_gives_the_same_certificate(hand: Path, tmp_path: Path) -> None:
    alloc.certify(hand, tmp_path / "a")
    again = alloc.certify(str(hand), tmp_path / "b")
    for name in (*FILES, SUMS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert again.older is None
    assert alloc.certify(hand, tmp_path / "a").older == str(tmp_path / "a.1")


def test_a_certificate_names_the_result_that_it_belongs_to(hand: Path, tmp_path: Path) -> None:
    alloc.certify(hand, tmp_path / "c")
    claims = json.loads((tmp_path / "c" / FILES[0]).read_text(encoding="utf-8"))
    manifest = json.loads((hand / "manifest.json").read_text(encoding="utf-8"))
    assert claims["result"] == manifest["files"]["manifest.json"]
    alloc.certify(alloc.load_result(hand), tmp_path / "d")
    unnamed = json.loads((tmp_path / "d" / FILES[0]).read_text(encoding="utf-8"))
    assert unnamed == claims | {"result": None}  # the same proof, of a result in memory that could have been changed


def test_a_matrix_that_is_not_what_the_tables_say_is_not_certified(
    hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(*given: Any) -> Any:
        model = compiled(*given)
        model.matrix.data[model.matrix.indptr[model.rows["pool_total"].start]] = 0.0
        return model

    monkeypatch.setattr("alloc.certification.certify.compiled", forgetful)
    with pytest.raises(alloc.UnverifiedError, match=r"not what the tables say, first pool_total\["):
        alloc.certify(hand, tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [8, 15, 29])
def test_relaxations_are_proven_to_a_millionth(seed: int, tmp_path: Path) -> None:
    result = alloc.solve(RANDOM / f"random-{seed}", relaxation=True)
    found = alloc.certify(result, tmp_path / "c")
    assert found.holds and len(found.tiers) == len(result.tiers)
    for each in found.tiers:
        assert each.bound is not None and each.reported is not None
        if not each.by_tangent or each.tier == "closeness":
            assert each.bound == pytest.approx(each.reported, rel=1e-6, abs=1e-6), each
        else:  # closeness is held by its tangent, on which allocations may still move
            assert each.bound <= each.reported * (1 + 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [8, 15, 29])
def test_whole_facilities_do_not_better_what_is_proven(seed: int, tmp_path: Path) -> None:
    result = alloc.solve(RANDOM / f"random-{seed}", relaxation=False)
    found = alloc.certify(result, tmp_path / "c")
    assert found.holds
    for each in found.tiers:
        assert each.gap is not None and each.gap >= -1e-6 * max(1, abs(each.value)), each


@pytest.mark.long
def test_leximin_is_held_city_by_city(tmp_path: Path) -> None:
    given = alloc.read(RANDOM / "random-8")
    objective = tuple(replace_method(each) for each in given.settings.objective)
    instance = replace(given, settings=given.settings.model_copy(update={"objective": objective}))
    found = alloc.certify(alloc.solve(instance, relaxation=True), tmp_path / "c")
    assert found.holds
    for each in found.tiers:
        if not each.by_tangent:
            assert each.bound == pytest.approx(each.reported, rel=1e-6, abs=1e-6), each


def replace_method(tier: Any) -> Any:
    changed = {"method": "leximin", "beta": None, "tolerance": None}
    return tier.model_copy(update=changed) if tier.tier == "fairness" else tier


# --------------------------------------------------------------------------------------------------------- the command


def test_the_reader_speaks_one_language(hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the environment; amounts of money and persons stand with their unit."""
    folder = alloc.certify(hand, tmp_path / "c").folder
    for language, said, heads in (
        ("zh_CN", r"方案满足全部 \d+ 行，最大偏差 [\d.e+-]+。", ["目标", "方案的值", "已证的界", "差距", "单位"]),
        ("en_US", r"The plan keeps to all \d+ rows within [\d.e+-]+\.", ["tier", "plan", "bound", "gap", "unit"]),
    ):  # fmt: skip
        done = subprocess.run([sys.executable, str(READER), folder], capture_output=True, check=True,
                              env={"LANGUAGE": language, "LANG": "en_US.UTF-8", "PYTHONUTF8": "1"})  # fmt: skip
        first, head, *tiers = done.stdout.decode("utf-8").splitlines()
        assert re.fullmatch(said, first) and head.split() == heads
        assert tiers[-1].startswith("cost ") and tiers[-1].endswith("  10⁴ yuan")


def test_the_command_says_what_is_proven(hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(hand, tmp_path / "r")
    run = CliRunner().invoke(main, ["certify", str(tmp_path / "r"), "--lang", "en", "--quiet"])
    assert run.exit_code == 0, run.output
    assert "Fairness" in run.output and f"python alloc/certificate.py {tmp_path / 'r-certificate'}" in run.output
    monkeypatch.chdir(tmp_path / "r")
    assert alloc.certify(".").older == str(tmp_path / "r-certificate.1")
    assert "已证的界" in alloc.show(alloc.certify(hand, tmp_path / "c"), "zh")


def test_a_bound_that_is_too_good_ends_with_a_code_of_its_own(hand: Path, tmp_path: Path) -> None:
    result = alloc.load_result(hand)
    found = certified(changed(result, "fairness", bound=0.81), tmp_path / "c", lambda progress: None, 60.0)
    assert [each.tier for each in found.tiers if each.unproven] == ["fairness"]
    assert not found.holds and "0.81" in alloc.show(found)
    with pytest.raises(ValueError, match=r"cost is 12000\.0 at the plan, not 11000\.0"):
        certified(changed(result, "cost", value=11_000.0), tmp_path / "d", lambda progress: None, 60.0)
    with pytest.raises(alloc.UnverifiedError, match=r"fairness\.gap"):  # what is opened is verified first
        alloc.certify(changed(result, "fairness", bound=0.81), tmp_path / "e")
    assert not (tmp_path / "d").exists()


def changed(result: alloc.Result, tier: str, **claims: float) -> alloc.Result:
    tiers = [each | (claims if each["tier"] == tier else {}) for each in result.manifest["tiers"]]
    return replace(result, manifest={**result.manifest, "tiers": tiers})


def test_nothing_else_is_written_over(hand: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    run = CliRunner().invoke(main, ["certify", str(hand), "--out", str(tmp_path / "mine"), "--lang", "en"])
    assert run.exit_code == WRONG and "is not a certificate" in run.output
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    with pytest.raises(alloc.StoreError, match="say where"):
        alloc.certify(alloc.load_result(hand))


def test_what_time_leaves_out_is_named(hand: Path, tmp_path: Path) -> None:
    arguments = ["certify", str(hand), "--out", str(tmp_path / "c"), "--time-limit", "1e-9", "--lang", "en"]
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == STOPPED and "! Fairness: nothing is proven" in run.output
    assert reader.main(tmp_path / "c") == 0
