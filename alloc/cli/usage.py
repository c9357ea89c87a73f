"""Wrong usage of a command: its exit code, and what click says of it in the language that was asked for."""

from __future__ import annotations

import locale
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

USAGE = 64  # as sysexits.h has it; click's own 2 says here that no allocation satisfies the rules
SHOWN = "用法：{usage}\n说明：{command} --help\n\n错误：{said}"
VALUE = "{name} 的值不对：{said}"

# What click says, and the same in Chinese with the parts of it.
CHINESE: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+)'\.", "没有命令“{0}”；可用：{commands}。"),
    (r"No such option:? '?([^\s']+)'?\.?( .*)?", "没有选项 {0}。{near}"),
    (r"Missing argument '?(.+?)'?\.", "缺少参数 {0}。"),
    (r"Missing option '(.+)'\.", "缺少选项 {0}。"),
    (r"Missing command\.", "缺少命令；可用：{commands}。"),
    (r"Missing parameter: (.+)", "缺少参数 {0}。"),
    (r"Got unexpected extra arguments? \((.+)\)", "多出了参数：{0}。"),
    (r"Option '?(.+?)'? requires (?:an argument|\d+ arguments)\.", "选项 {0} 后面要有值。"),
    (r"Option '?(.+?)'? does not take a value\.", "选项 {0} 不带值。"),
    (r"'(.*)' is not one of (.+)\.", "“{0}”不在可用的取值之内：{1}。"),
    (r"'(.*)' is not a valid integer(?: range)?\.", "“{0}”不是整数。"),
    (r"'(.*)' is not a valid (?:float|number)(?: range)?\.", "“{0}”不是数。"),
    (r"(\S+) is not in the range (.+)\.", "{0} 不在范围 {1} 之内。"),
    (r"'(.*)' is not a valid .+\.", "“{0}”不是有效的值。"),
)


class WrongUsage(click.UsageError):
    """Options that do not go together, said in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        """Keeps both; click shows the English one."""
        super().__init__(en)
        self.zh = zh


@contextmanager
def wrong_usage(arguments: Sequence[str] = ()) -> Iterator[None]:
    """Gives wrong usage of a command the exit code of its own, and says in Chinese what is wrong where it is asked for.

    Args:
        arguments: of the command, where the language is not known yet.
    """
    try:
        yield
    except click.UsageError as error:
        given = (error.ctx.params.get("lang") if error.ctx else None) or _given(arguments)
        if isinstance(error, _Chinese):
            raise
        if (given or yours()) == "zh":
            raise _Chinese(error) from error
        error.exit_code = USAGE  # type: ignore[misc]  # click reads it from the error that it is given
        raise


class _Chinese(click.UsageError):
    """A usage error that shows itself in Chinese."""

    exit_code = USAGE

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(_said(error), error.ctx)

    def show(self, file: object = None) -> None:
        """Usage, where help is, and what is wrong."""
        usage, command = "", "alloc"
        if self.ctx is not None:
            usage, command = self.ctx.get_usage().partition(":")[2].strip(), self.ctx.command_path
        click.echo(SHOWN.format(usage=usage or command, command=command, said=self.message), err=True)


def yours() -> str:
    """The user's own language: Chinese or English."""
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _given(arguments: Sequence[str]) -> str | None:
    """The language that stands among arguments that could not be read."""
    words = [*arguments, ""]
    for place, word in enumerate(words[:-1]):
        value = words[place + 1] if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in ("zh", "en"):
            return value
    return None


def _said(error: click.UsageError) -> str:
    if isinstance(error, WrongUsage):
        return error.zh
    command = error.ctx.command if error.ctx else None
    commands = "、".join(command.list_commands(error.ctx)) if isinstance(command, click.Group) and error.ctx else ""
    near = "、".join(getattr(error, "possibilities", None) or ())
    slots = {"commands": commands, "near": f"是否为 {near}？" if near else ""}
    if isinstance(error, click.MissingParameter):
        named = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.message
        return f"缺少{'选项' if isinstance(error.param, click.Option) else '参数'} {named.strip(chr(39))}。"
    found = next((chinese.format(*match.groups(), **slots) for pattern, chinese in CHINESE
                  if (match := re.fullmatch(pattern, error.message, re.DOTALL))), error.message)  # fmt: skip
    if isinstance(error, click.BadParameter) and error.param is not None and error.ctx is not None:
        return VALUE.format(name=error.param.get_error_hint(error.ctx).strip("'"), said=found)
    return found
