"""Lines that pages print run as printed: those of a year's work and of the READMEs, one after the other in a folder."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import COMMANDS, main
from commands_by_names import command_by_names

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("docs/year.md", "README.md")
BESIDE = {"docs/year.md": "docs/year.zh.md", "README.md": "README.zh.md"}


@cache
def blocks(page: str, kind: str) -> tuple[str, ...]:
    text = (ROOT / page).read_text(encoding="utf-8")
    every = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return tuple(block for name, block in every if name == kind)


def lines(page: str) -> list[list[str]]:
    """The lines of a page that call alloc, without what they say behind a #."""
    every = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in every if line.startswith("alloc ")]


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_lines(page: str) -> None:
    """A year's work in Chinese has its edits by titles."""
    assert [command_by_names(each) for each in lines(page)] == [command_by_names(each) for each in lines(BESIDE[page])]
    for kind in ("sh", "bat", "python"):
        mine, theirs = ([re.sub(r"\s*#.*", "", block) for block in blocks(each, kind)] for each in (page, BESIDE[page]))
        assert len(mine) == len(theirs)
        if kind != "python" and page == "README.md":
            assert mine == theirs


@pytest.mark.long
@pytest.mark.parametrize(
    ("page", "language"), [pytest.param("docs/year.zh.md", "zh", marks=pytest.mark.slow), ("README.md", "en")]
)
def test_lines_run_as_printed(page: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in lines(page):
        done = CliRunner().invoke(main, ["--lang", language, *words])
        assert done.exit_code == 0, f"alloc {shlex.join(words)}: {done.output[-2000:]}"
        assert "Traceback" not in done.output
    outs = [words[words.index("--out") + 1] for words in lines(page) if "--out" in words]
    assert [each for each in outs if not (tmp_path / each).exists()] == []


def names_called(block: str) -> list[ast.Call]:
    """Calls of verbs of alloc, of a result and of a session."""
    calls = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).partition(".")[0] in ("alloc", "result", "session")]


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_lines_of_python_fit_what_they_call(page: str) -> None:
    """Quick, of every call: whether there is such a verb that takes these arguments. The slow lane runs them."""
    calls = names_called(blocks(page, "python")[0])
    assert len(calls) > 10
    for call in calls:
        owner, *names = ast.unparse(call.func).split(".")
        home: Any = {"alloc": alloc, "result": alloc.Result, "session": alloc.Session}[owner]
        verb = getattr(home, names[0])
        itself = [None] if home is not alloc else []
        inspect.signature(verb).bind(*itself, *call.args, **{str(word.arg): word.value for word in call.keywords})


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_lines_of_python_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks(page, "python")[0], page, "exec"), {})
    assert (tmp_path / "tables.xlsx").is_file() and (tmp_path / "results" / "ceiling").is_dir()


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_what_a_prompt_shows_is_what_is_printed(page: str) -> None:
    text = next(block for block in blocks(page, "") if block.startswith(">>>"))
    example = doctest.DocTestParser().get_doctest(text, {"alloc": alloc}, page, page, 0)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(example).failed == 0


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_an_answer_is_what_is_printed(page: str) -> None:
    """Lines of dots stand for what is left out."""
    text = next(block for block in blocks(page, "") if block.startswith("$ alloc explain"))
    first, *shown = text.splitlines()
    said = CliRunner().invoke(main, shlex.split(first)[2:]).output.splitlines()
    place = 0
    for line in (each for each in shown if each not in ("…", "……")):
        assert line in said[place:], line
        place = said.index(line, place) + 1


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_commands_of_the_table_are_those_that_there_are(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    rows: list[str] = re.findall(r"^\| `alloc ([^`]+)`", text, re.MULTILINE)
    assert sorted(row.split()[0] for row in rows) == sorted(COMMANDS)
    for row in rows:
        command = main.get_command(click.Context(main), row.split()[0])
        assert command is not None
        known = {name for each in command.params for name in [*each.opts, *each.secondary_opts]}
        assert {*re.findall(r"--[a-z-]+", row)} <= known


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_lines_for_other_systems_are_marked_and_can_be_read(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    linux = [line for block in blocks(page, "sh") for line in block.splitlines()]
    windows = [line for block in blocks(page, "bat") for line in block.splitlines()]
    before = text[: text.index("```bat")].rsplit("\n\n", 2)[-2]
    assert ("are not run by the tests" if page == "README.md" else "不在测试中运行") in before
    turned = [line.replace("py -3", "python3").replace(".venv\\Scripts\\", ".venv/bin/") for line in windows]
    assert [line for line in turned if "activate.bat" not in line and line not in linux] == []
    assert any(line.endswith("activate.bat") for line in windows) and ". .venv/bin/activate" in linux
