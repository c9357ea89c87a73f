"""``--help`` in Chinese: the words stand in ``help.toml``, the lines are broken by the width that is seen."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import click
from rich.cells import cell_len

WIDEST = 100  # columns of the terminal that are filled at most
GAP, INDENT = 2, 2
ALL = "all"  # the words that commands share
# What stands for a value, in usage and before the words of an option.
METAVARS: Mapping[str, str] = {
    "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]...", "INSTANCE": "算例", "RESULTS": "结果",
    "RESULT": "结果", "NATION": "全国结果", "WORKSPACE": "工作区", "FLOAT RANGE": "数", "FLOAT": "数",
    "INTEGER RANGE": "整数", "INTEGER": "整数", "TEXT": "文字", "PATH": "路径", "DIRECTORY": "目录", "DIR": "目录",
    "CODE": "代码", "NAME": "名称", "SECTIONS": "部分", "OUT": "输出", "FORM": "填报表", "A,B": "甲,乙", "LIST": "列表",
}  # fmt: skip
_METAVAR = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in METAVARS))
# A piece that no line is broken within: Latin words and figures, or one character with what may not begin a line.
_PIECE = re.compile(r"(?:[“（《]*(?:[!-~]+|.))[，。、；：”）》？！…—]* ?", re.DOTALL)


def chinese(context: click.Context) -> str:
    """The help of a command in Chinese.

    Args:
        context: of the command, or of ``alloc`` itself.
    """
    command = context.command
    width = min(shutil.get_terminal_size().columns, WIDEST)
    own = words(context)
    usage = " ".join([context.command_path, *map(named, command.collect_usage_pieces(context))])
    lines = [f"用法：{usage}", ""]
    for paragraph in own["help"].strip().split("\n\n"):
        lines += [*_indented(paragraph, INDENT, width), ""]
    shown = [each for each in command.get_params(context) if isinstance(each, click.Option) and not each.hidden]
    options = [(_option(each, context), own[max(each.opts, key=len)] + _default(each, context)) for each in shown]
    lines += ["选项：", *_listed(options, width)]
    if isinstance(command, click.Group):
        inner = {name: command.get_command(context, name) for name in command.list_commands(context)}
        purposes = [(name, words(click.Context(each, info_name=name))["help"].strip().partition("。")[0] + "。")
                    for name, each in inner.items() if each is not None]  # fmt: skip
        lines += ["", "命令：", *_listed(purposes, width)]
    return "\n".join(lines)


@cache
def _written() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("alloc.cli").joinpath("help.toml").read_text(encoding="utf-8"))


def words(context: click.Context) -> Mapping[str, str]:
    """The Chinese words of a command: ``help``, and by option what it means.

    Args:
        context: of the command; that of ``alloc`` itself has no parent.
    """
    inner = context.parent is not None or context.info_name in _written()
    return {**_written()[ALL], **_written()[str(context.info_name) if inner else "alloc"]}


def named(text: str) -> str:
    """A text with the Chinese words for what stands for a value."""
    return _METAVAR.sub(lambda found: METAVARS[found[0]], text)


def _option(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    assert record is not None, "an option that is not hidden"
    return named(record[0])


def _default(option: click.Option, context: click.Context) -> str:
    if not option.show_default or option.is_flag:
        return ""
    value = option.get_default(context)
    return "" if value is None else f"默认：{value}。"


def _listed(entries: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Names in a column and what they mean beside them; below a name that is too long for the column."""
    every = list(entries)
    column = min(max(cell_len(name) for name, _ in every), width // 3)
    for name, meaning in every:
        first, *more = _indented(meaning, INDENT + column + GAP, width)
        head = " " * INDENT + name
        if cell_len(name) > column:
            yield head
            yield first
        else:
            yield head + " " * (INDENT + column + GAP - cell_len(head)) + first.lstrip()
        yield from more


def _indented(text: str, indent: int, width: int) -> Iterator[str]:
    """A text in lines that are no wider than the terminal."""
    line = ""
    for piece in _PIECE.findall(text.replace("\n", "")):
        if line and cell_len(line) + cell_len(piece.rstrip()) > max(width - indent, 20):
            yield " " * indent + line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield " " * indent + line.rstrip()
