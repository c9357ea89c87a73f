"""The commands: exit codes, JSON, both languages, nothing written when the input is wrong, never a traceback."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import alloc
from alloc.cli import main, options
from forging import manifest_of, reseal
from instances import write_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "三 城 tiny")


def call(*arguments: object) -> Result:
    found = CliRunner().invoke(main, [str(each) for each in arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert "Traceback" not in found.output
    return found


@pytest.mark.long
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_solve_show_verify(tiny: Path, tmp_path: Path, lang: str) -> None:
    out = tmp_path / "结果 one"
    solved = call("solve", tiny, "--out", out, "--lang", lang, "--quiet")
    assert solved.exit_code == 0
    words = {
        "zh": ("各级目标", "指标平衡", "起约束作用的规则", "余数"),
        "en": ("Tiers", "Pools", "Binding constraints", "residual"),
    }
    assert all(word in solved.output for word in words[lang])
    assert str(out) in solved.output
    shown = call("show", out, "--lang", lang)
    assert shown.exit_code == 0
    table = [line for line in shown.output.splitlines() if line.strip()]
    assert all(line in solved.output for line in table)  # the same table again
    city = call("show", out, "--city", "440300", "--lang", lang)
    assert city.exit_code == 0 and "440300" in city.output
    verified = call("verify", out, "--lang", lang)
    assert verified.exit_code == 0


def test_json_is_json_and_nothing_else(tiny: Path, tmp_path: Path) -> None:
    solved = CliRunner().invoke(main, ["solve", str(tiny), "--out", str(tmp_path / "r"), "--format", "json", "--quiet"])
    content = json.loads(solved.stdout)
    assert content["manifest"]["status"] == {"stopped": "finished", "quality": "feasible"} and content["written"]
    assert Path(content["folder"]) == tmp_path / "r"
    shown = json.loads(CliRunner().invoke(main, ["show", str(tmp_path / "r"), "--format", "json"]).stdout)
    assert {each["pool"] for each in shown["tables"]["allocation"]} >= {"land"}
    checked = json.loads(CliRunner().invoke(main, ["check", str(tiny), "--format", "json"]).stdout)
    assert isinstance(checked["findings"], list)
    verified = json.loads(CliRunner().invoke(main, ["verify", str(tmp_path / "r"), "--format", "json"]).stdout)
    assert verified["passed"] is True and len(verified["families"]) == 17


def test_wrong_input_is_1_and_writes_nothing(tmp_path: Path) -> None:
    broken = write_tiny(tmp_path / "broken", cities={("440300", "residents"): "many"})
    for command in (["check"], ["solve", "--out", str(tmp_path / "r")]):
        found = call(*command, broken)
        assert found.exit_code == 1
        assert "cities.csv" in found.output and "residents" in found.output and "many" in found.output
    assert not (tmp_path / "r").exists()
    assert call("solve", tmp_path / "nowhere").exit_code == 1
    assert call("show", tmp_path / "nowhere").exit_code == 1
    assert call("verify", tmp_path).exit_code == 1


def test_clashing_rules_are_2_and_named() -> None:
    arithmetic = call("solve", "infeasible/floors_above_total", "--lang", "en")
    assert arithmetic.exit_code == 2
    assert "By arithmetic" in arithmetic.output
    by_solver = call("solve", "infeasible/settlement_ahead_of_services", "--lang", "en", "--quiet")
    assert by_solver.exit_code == 2
    assert "cannot hold together" in by_solver.output and "recognised_need" in by_solver.output
    assert call("check", "infeasible/floors_above_total").exit_code == 2
    as_json = json.loads(call("solve", "infeasible/settlement_ahead_of_services", "--format", "json", "--quiet").stdout)
    assert "recognised_need" in as_json["conflict"]


def test_out_of_time_is_3(tmp_path: Path) -> None:
    found = call("solve", "china-2020", "--relaxation", "--time-limit", "1e-9", "--out", tmp_path / "r", "--quiet")
    assert found.exit_code == 3
    assert not (tmp_path / "r").exists()


def test_a_result_that_fails_its_verification_is_4(tiny: Path, tmp_path: Path) -> None:
    import pandas as pd

    call("solve", tiny, "--out", tmp_path / "r", "--quiet")
    path = tmp_path / "r" / "people.parquet"
    table = pd.read_parquet(path)
    table["settle"] += 10.0
    table.to_parquet(path)
    assert call("verify", tmp_path / "r").exit_code == 1  # its digest is another one
    reseal(tmp_path / "r", manifest_of(tmp_path / "r"))
    assert call("verify", tmp_path / "r").exit_code == 4


def test_options_are_part_of_what_was_solved(tiny: Path, tmp_path: Path) -> None:
    call("solve", tiny, "--out", tmp_path / "r", "--relaxation", "--gap", "0.01", "--quiet")
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["options"]["integers"] is False and manifest["options"]["gap"] == 0.01
    assert manifest["edits"] == [] and manifest["instance"]["hash"] == alloc.read(tiny).hash
    again = alloc.load_result(tmp_path / "r")
    assert not again.instance.settings.integers and again.instance.own_settings.integers
    assert again.verify().passed


def test_a_scenario_and_edits_are_applied_and_recorded(tiny: Path, tmp_path: Path) -> None:
    (tiny / "scenarios").mkdir()
    (tiny / "scenarios" / "tight.toml").write_text(
        'title = { zh = "紧", en = "Tight" }\n[[edit]]\nset = "policy.debt.ceiling"\nto = 1.0\n', encoding="utf-8"
    )
    edit = "cities.production_request *= 1.1 where city == '440300'"
    found = call("solve", tiny, "--scenario", "tight", "--edit", edit, "--out", tmp_path / "r", "--quiet")
    assert found.exit_code == 0
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["name"] == "tight"
    cells = [cell for each in manifest["edits"] for cell in each["cells"]]
    assert [(cell["column"], cell["new"]) for cell in cells][:1] == [("policy.debt.ceiling", 1.0)]
    assert cells[1]["new"] == pytest.approx(1.1 * cells[1]["old"])
    wrong = call("solve", tiny, "--edit", "policy.debt.cieling = 1.0", "--out", tmp_path / "w")
    assert wrong.exit_code == 1 and "ceiling" in wrong.output
    assert call("solve", tiny, "--scenario", "tihgt").exit_code == 1


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, alloc.cli; sys.exit(any(m in sys.modules for m in ('pandas', 'pyomo', 'scipy', 'highspy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_solve_loads_nothing_that_it_does_not_need(tiny: Path) -> None:
    """Statistics of scipy, for which Pyomo asks by itself; they are there as ever for whoever imports them later."""
    code = (
        f"import alloc, sys; alloc.solve({str(tiny)!r}); early = {{'scipy.stats', 'scipy.spatial'}} & set(sys.modules);"
        " import scipy.stats; sys.exit(bool(early or scipy.stats.norm.cdf(0.0) != 0.5))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_city_is_answered_with_the_nearest(tiny: Path, tmp_path: Path) -> None:
    call("solve", tiny, "--out", tmp_path / "r", "--quiet")
    found = call("show", tmp_path / "r", "--city", "440301")
    assert found.exit_code == 1 and "440300" in found.output


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="the signal of Ctrl-C is sent in another way there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ctrl_c_keeps_the_best_point(tmp_path: Path, name: str) -> None:
    """Interrupted while cities choose their facilities: a verified result that says it was interrupted; exit code 3."""
    command = [sys.executable, "-m", "alloc", "solve", "china-2020", "--out", str(tmp_path / "r")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stderr is not None
    for line in process.stderr:
        if "every city by itself" in line:
            break
    time.sleep(0.5)
    process.send_signal(getattr(signal, name))
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    assert process.returncode == 3, errors
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == {"stopped": "interrupted", "quality": "feasible"}
    assert manifest["verified"]["passed"]


def test_whatif_writes_a_table_and_a_chart(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "w"
    vary = ["--vary", "policy.debt.ceiling", "--from", "0.8", "--to", "2.0", "--steps", "3", "--city", "440300"]
    found = call("whatif", tiny, *vary, "--out", out, "--lang", "en")
    assert found.exit_code == 0 and "policy.debt" in found.output
    assert sorted(each.name for each in out.iterdir()) == ["chart.svg", "cities.csv", "tiers.csv"]
    again = json.loads(CliRunner().invoke(main, ["whatif", str(tiny), *vary, "--format", "json"]).stdout)
    assert {each["value"] for each in again["tiers"]} == {0.8, 1.4, 2.0}
    assert call("whatif", tiny, "--vary", "policy.debt.cieling", "--from", "0", "--to", "1").exit_code == 1


def test_a_whatif_as_a_document_renames_an_older_one(tiny: Path, tmp_path: Path) -> None:
    numbers = ["--vary", "policy.debt.ceiling", "--from", "0.8", "--to", "2.0", "--steps", "2"]
    vary = [*numbers, "--out", tmp_path / "w.html"]
    for _ in range(2):
        found = call("whatif", tiny, *vary, "--lang", "en")
        assert found.exit_code == 0, found.output
    assert "What was there is now" in found.output and "The document lies in" in found.output
    assert sorted(each.name for each in tmp_path.glob("w*")) == ["w.1.html", "w.html"]


def test_ctrl_c_before_anything_is_solved_is_3_and_writes_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("alloc.api.read", interrupted)
    found = call("solve", tiny, "--out", tmp_path / "r")
    assert found.exit_code == 3 and "nothing was written" in found.output
    assert not (tmp_path / "r").exists()


def test_commands_know_the_verbs_alone() -> None:
    """They import `alloc.api`, each other and what words are made of; also in functions and for type checkers."""
    home = Path(alloc.__file__).parent / "cli"
    known = {"alloc", "alloc.api", "alloc.text"}
    for path in sorted(home.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
                assert node.module != "alloc" or [each.name for each in node.names] in (["api"], ["cli"], ["options"])
            ours = {name for name in names if name.partition(".")[0] == "alloc"}
            assert {name for name in ours - known if name.partition(".cli")[0] != "alloc"} == set(), path.name


@pytest.mark.parametrize(
    "wrong",
    [["nothing"], ["--nothing"], ["solve"], ["solve", "hand", "--gap", "x"], ["init", "x", "--from", "hand"],
     ["report", "x", "--to", "odt"], ["show", "hand", "--lang", "fr"], ["compare", "x"], ["compare", "x", "x"],
     ["audit", "hand", "--only", "twinz"], ["audit", "hand", "--only", "published"],
     ["whatif", "hand", "--vary", "gap", "--values", "1,a"], ["whatif", "hand", "--vary", "gap", "--values", "1,1"],
     ["explain", "hand", "--pool", "land"], ["explain", "hand", "--tier", "fairness"],
     ["explain", "hand", "--city", "First", "--pool", "land", "--at-least", "-5"],
     ["explain", "hand", "--city", "First", "--pool", "land", "--at-least", "inf"],
     ["explain", "hand", "--city", "First", "--pool", "land", "--at-least", "lots"],
     ["solve", "hand", "--time-limit", "0"]],
)  # fmt: skip
def test_a_line_that_no_file_could_mend_is_64(wrong: list[str]) -> None:
    """The same for every command: an option, its value, or what it stands with is wrong, whatever files hold."""
    assert call(*wrong).exit_code == 64


@pytest.mark.parametrize(
    "wrong",
    [["solve", "nowhere"], ["show", "nowhere"], ["compare", "x", "y"], ["forms", "hand", "--merge", "nowhere.xlsx"],
     ["explain", "hand", "--prices"], ["whatif", "hand", "--vary", "gapp", "--values", "1"],
     ["check", "hand", "--edit", "nonsense"], ["check", "hand", "--scenario", "none"], ["audit", "nowhere"],
     ["init", "x", "--from", "hand", "--province", "nowhere"], ["certify", "x"], ["export", "x", "y"]],
)  # fmt: skip
def test_what_a_line_names_and_is_wrong_is_1(wrong: list[str]) -> None:
    assert call(*wrong).exit_code == 1


def test_what_is_not_there_is_told_what_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("show", "results/nope", "--lang", "en").output == "There is no results/nope.\n"
    assert call("solve", "hand", "--quiet").exit_code == 0
    assert call("show", "results/nope", "--lang", "en").output == (
        "There is no results/nope. Results there are: results/hand.\n"
    )
    assert call("verify", "han", "--lang", "en").output == (
        "There is no han. Did you mean results/hand? Results there are: results/hand.\n"
    )
    assert call("verify", "han", "--lang", "zh").output == (
        "没有 han。是否为 results/hand？已有的结果：results/hand。\n"
    )
    (tmp_path / "plan.xlsx").write_bytes(b"no workbook")
    assert (
        "There is no such workbook. The folder has plan.xlsx." in call("check", "nofile.xlsx", "--lang", "en").output
    ), "the ending alone is no likeness"
    assert "Did you mean plan.xlsx?" in call("check", "plann.xlsx", "--lang", "en").output
    unread = call("check", "plan.xlsx", "--mark", "marked.xlsx", "--lang", "en").output
    assert "In all 1 error.\n" in unread and "The list of findings lies in marked.xlsx" in unread
    assert "问题清单写在 marked.xlsx" in call("check", "plan.xlsx", "--mark", "marked.xlsx", "--lang", "zh").output
    assert call("forms", "hand", "--merge", "none.xlsx", "--lang", "en").output == (
        "error: none.xlsx: There is no such file. Name a form that was filled in, or a folder of them.\n"
    )
    here = tmp_path.as_posix()
    assert call("solve", "hand", "--out", tmp_path, "--quiet", "--lang", "en").output == (
        f"{here}: it is the working folder, or one that it lies in; name another place.\n"
    )
    assert call("solve", "hand", "--scenario", "x", "--lang", "en").output == (
        "error: x: hand has no scenarios. Give the path of a scenario's file (….toml), or edits.\n"
    )
    assert call("report", "results/hand", "--to", "htm", "--lang", "zh").output.endswith(
        "错误：--to 没有格式“htm”。是否为 html？可用：html, xlsx, docx, pdf。\n"
    )
    assert call("report", "results/hand", "--to", "htm", "--lang", "en").output.endswith(
        "Error: --to: there is no format htm. Did you mean html? Choose from html, xlsx, docx, pdf.\n"
    )
    assert call("explain", "results/hand", "--prices", "--tier", "fairnes", "--lang", "en").output == (
        "This instance has no tier fairnes. Did you mean fairness? Would be right: closeness, cost, coverage, "
        "fairness, minimum, production, settlement.\n"
    )


def test_an_argument_is_called_as_whoever_asks_writes_it() -> None:
    asked = ("explain", "hand", "--pool", "land", "--lang")
    assert call(*asked, "en").output == "--pool needs --city.\n"
    assert call(*asked, "zh").output == "--pool 须指明 --city。\n"
    with pytest.raises(alloc.ArgumentError) as caught:
        alloc.explain("hand", pool="land")
    assert caught.value.message == ("pool=… 须指明 city=…。", "pool=… needs city=….")
    done = call("explain", "hand", "--city", "First", "--pool", "land", "--at-least", "inf", "--lang", "en")
    assert done.output == "--at-least: inf cannot be used; it has to be a finite number, or None.\n"


def test_every_command_that_solves_takes_a_formulation(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.parent)  # where the result is written
    vary = ["--vary", "policy.debt.ceiling", "--from", "1", "--to", "2"]
    for command in (["solve", tiny], ["check", tiny], ["explain", tiny], ["whatif", tiny, *vary]):
        found = call(*command, "--formulation", "none", "--lang", "zh")
        assert found.exit_code == 1 and "没有安装这个模型" in found.output
        assert call(*command, "--formulation", "annual").exit_code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_about_a_city_is_answered_with_progress(tmp_path: Path, lang: str) -> None:
    """What a push solves is told too, and every stage of it has words."""
    assert call("solve", "hand", "--out", tmp_path / "r", "--quiet").exit_code == 0
    found = call("explain", tmp_path / "r", "--city", "000001", "--pool", "general", "--lang", lang)
    assert found.exit_code == 0, found.output
    assert {"zh": "逐级求解", "en": "tiers"}[lang] in found.stderr


LOCALES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),  # whether the system has the locale or not
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C", "LANGUAGE": "zh"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),  # empty is not set
    ],
)
def test_the_language_is_that_of_the_environment(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LOCALES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = {"zh": "缺少参数：算例。", "en": "Missing argument 'INSTANCE'."}
    assert said[language] in call("check").output


@pytest.mark.parametrize(("system", "language"), [("Chinese (Simplified)_China", "zh"), ("en_US", "en"), (None, "en")])
def test_the_language_is_that_of_the_system_without_an_environment(
    system: str | None, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LOCALES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: (system, None))
    assert options.yours() == language


def test_the_language_may_stand_before_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    assert "没有发现问题" in call("--lang", "zh", "check", "hand").output
    assert "Nothing was found" in call("--lang", "zh", "check", "hand", "--lang", "en").output
    assert "缺少参数：算例。" in call("--lang", "zh", "check").output
    known = ("audit", "certify", "check", "compare", "convert", "explain", "export", "forms", "init", "merge", "report",
             "show", "solve", "verify", "whatif", "workbench")  # fmt: skip
    assert f"错误：没有命令“sovle”。是否为 solve？可用：{'、'.join(known)}。" in call("--lang=zh", "sovle").output
    told = call("--lang=en", "sovle").output
    assert f"No such command 'sovle'. Did you mean solve? There are: {', '.join(known)}." in told
    assert "Missing argument" in call("--lang", "zh", "check", "--lang", "en").output
