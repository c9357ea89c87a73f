"""`--help` in Chinese: every command and option has its words, lines fit the terminal, the language is the reader's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from alloc.cli import COMMANDS, main
from alloc.cli.help import ALL

WORDS = tomllib.loads(
    (Path(__file__).resolve().parent.parent / "alloc" / "cli" / "help.toml").read_text(encoding="utf-8")
)
# What is typed, files and formats, and programs: all else is Chinese.
TYPED = re.compile(
    r"--[\w-]+|\w+\.[\w.]+|\.[a-z]{3,4}|\"[^\"]+\"|\w+（[^）]+）|alloc/|china-2020|Ctrl-C|Guangdong|scenarios/|results/"
    r"|-certificate|-merged|Excel|CSV|GeoJSON|JSON|Parquet|Python|（china-2020、hand）"
    r"|\b(alloc \w+|python|parquet|written|html|xlsx|docx|pdf|json|all|city|pool|year|amount|unit)\b"
)  # fmt: skip


def command(name: str) -> click.Command:
    if name == "alloc":
        return main
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def help_of(name: str, **environment: str) -> str:
    given = [] if name == "alloc" else [name]
    done = CliRunner().invoke(main, ["--lang", "zh", *given, "--help"], env=environment, prog_name="alloc")
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", ["alloc", *COMMANDS])
def test_every_command_and_option_has_its_words(name: str) -> None:
    options = {max(each.opts, key=len) for each in command(name).get_params(click.Context(command(name)))
               if isinstance(each, click.Option)}  # fmt: skip
    assert options <= {*WORDS[ALL], *WORDS[name]}
    assert {*WORDS[name]} - {"help"} <= options, "words of options that there are not"
    assert [each for each in WORDS[name].values() if not each.strip().endswith("。")] == []
    said = TYPED.sub("", " ".join([*WORDS[name].values(), *WORDS[ALL].values()]))
    assert re.findall(r"[A-Za-z]{2,}", said) == []


def test_there_are_no_words_of_other_commands() -> None:
    assert WORDS.keys() == {ALL, "alloc", *COMMANDS}


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("name", ["alloc", *COMMANDS])
def test_lines_fit(name: str, width: int) -> None:
    said = help_of(name, COLUMNS=str(width))
    options = [max(each.opts, key=len) for each in command(name).get_params(click.Context(command(name)))
               if isinstance(each, click.Option)]  # fmt: skip
    assert [each for each in options if each not in said] == []
    usage, *lines = said.splitlines()
    assert [line for line in lines if cell_len(line) > min(width, 100)] == []
    assert [line for line in lines if re.match(r"\s*[，。、；：”）]", line)] == [], "a line begins with what ends one"
    assert usage.startswith("用法：alloc")
    assert re.findall(r"\b[A-Z]{3,}\b", said) in ([], ["CSV"], ["CSV", "CSV"], ["JSON"]), "a name of a value is English"


@pytest.mark.parametrize(("words", "environment", "chinese"), [
    (["--lang", "zh", "solve", "--help"], {}, True),
    (["solve", "--lang", "zh", "--help"], {}, True),
    (["solve", "--help", "--lang=zh"], {}, True),
    (["solve", "-h"], {"LC_ALL": "zh_CN.UTF-8"}, True),
    (["--help"], {"LC_ALL": "zh_CN.UTF-8"}, True),
    (["solve", "--help", "--lang", "en"], {"LC_ALL": "zh_CN.UTF-8"}, False),
    (["solve", "--help"], {"LC_ALL": "en_GB.UTF-8", "LANGUAGE": ""}, False),
])  # fmt: skip
def test_the_language_is_the_reader_s(words: list[str], environment: dict[str, str], chinese: bool) -> None:
    said = CliRunner().invoke(main, words, env=environment).output
    assert said.startswith("用法：" if chinese else "Usage:")
