"""What every command has: language and format, options of a solve, and how it ends where something is refused.

Wrong usage has an exit code of its own, and is said in the language that was asked for.
"""

from __future__ import annotations

import errno
import locale
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from functools import reduce
from pathlib import Path
from typing import Any

import click

from alloc.cli.output import USAGE
from alloc.text import as_command

Command = Callable[..., Any]
SHOWN = "用法：{usage}\n说明：{command} --help\n\n错误：{said}"
VALUE = "{name} 的值不对：{said}"
DOCUMENTS = ("html", "xlsx", "docx", "pdf")
ROOM = 16 << 20  # bytes: less is no room for any command

# What click says, and the same in Chinese with the parts of it.
CHINESE: tuple[tuple[str, str], ...] = (
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

    def __init__(self, zh: str, en: str, context: click.Context | None = None) -> None:
        """Keeps both; click shows the English one."""
        super().__init__(en, context)
        self.zh = zh


def folder(path: Path, zh: str = "", en: str = "", context: click.Context | None = None) -> Path:
    """The path, for a folder that is made.

    Args:
        path: as it was given.
        zh, en: what to do for a document instead; ``{ending}`` is that of the name.
        context: of the command.

    Raises:
        WrongUsage: it ends as a document does, and no folder is called so: one named ``plan.docx`` is what nobody
            asked for.
    """
    if (ending := path.suffix[1:].lower()) in DOCUMENTS and not path.is_dir():
        raise WrongUsage(
            f"“{path.name}”是文件名，这里要的是文件夹，例如 {path.stem}。{zh.format(ending=ending)}",
            f"{path.name} is the name of a file, and a folder is wanted here, such as {path.stem}. "
            f"{en.format(ending=ending)}".rstrip(),
            context,
        )
    return path


class Folder(click.Path):
    """A path for a folder that is made, of an option that always wants one."""

    def __init__(self, zh: str = "", en: str = "") -> None:
        """Keeps what to do for a document instead, as of `folder`."""
        super().__init__(path_type=Path)
        self._instead = zh, en

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        """The path."""
        return folder(Path(str(super().convert(value, parameter, context))), *self._instead, context)


def meant(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Which of some names is most like one that is none of them, as a question in Chinese and in English; else ""."""
    near = next(iter(get_close_matches(name.casefold(), list(known), 1)), "")
    return (f"是否为 {near}？", f"Did you mean {near}? ") if near else ("", "")


@contextmanager
def wrong_usage(arguments: Sequence[str] = ()) -> Iterator[None]:
    """Gives wrong usage of a command the exit code of its own, and says in Chinese what is wrong where it is asked for.

    Args:
        arguments: of the command, where the language is not known yet.
    """
    try:
        yield
    except click.UsageError as error:
        given = (error.ctx.params.get("lang") if error.ctx else None) or _given(arguments) or _of_all(error.ctx)
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
        self.whole = error.ctx if isinstance(error, click.exceptions.NoArgsIsHelpError) else None

    def show(self, file: object = None) -> None:
        """Usage, where help is, and what is wrong."""
        from alloc.cli.help import named

        usage, command = "", "alloc"
        if self.ctx is not None:
            usage, command = self.ctx.get_usage().partition(":")[2].strip(), self.ctx.command_path
        if isinstance(self.whole, click.Context):  # a command without its arguments: its help alone
            click.echo(self.message, err=True)
            return
        click.echo(SHOWN.format(usage=named(usage or command), command=command, said=self.message), err=True)


def yours() -> str:
    """The user's own language, Chinese or English: as the environment says, else as the system is set.

    The environment is read as written, since a locale that is not installed is the C locale to the system; as for
    GNU gettext, `LANGUAGE` comes first, unless the locale is C.
    """
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), None)
    if named is None or named not in ("C", "POSIX"):
        named = os.environ.get("LANGUAGE", "").partition(":")[0] or named or locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def _of_all(context: click.Context | None) -> str | None:
    """The language that was given to ``alloc`` itself, before the command."""
    return context.find_root().params.get("lang") if context is not None else None


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
        from alloc.cli.help import named

        hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.message
        if isinstance(error.param, click.Option):
            return f"缺少选项 {hint.strip(chr(39))}。"
        return f"缺少参数：{named(hint.strip(chr(39)))}。"
    found = next((chinese.format(*match.groups(), **slots) for pattern, chinese in CHINESE
                  if (match := re.fullmatch(pattern, error.message, re.DOTALL))), error.message)  # fmt: skip
    if isinstance(error, click.BadParameter) and error.param is not None and error.ctx is not None:
        return VALUE.format(name=error.param.get_error_hint(error.ctx).strip("'"), said=found)
    return found


@contextmanager
def stopped_alike() -> Iterator[None]:
    """Within, whatever asks a process to end does what Ctrl-C does: a solve keeps its best point.

    SIGTERM, Ctrl-Break of Windows, and a terminal that is closed, unless somebody has decided otherwise of them.
    """
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        named = (getattr(signal, name, None) for name in ("SIGTERM", "SIGBREAK", "SIGHUP"))
        for number in (each for each in named if each is not None and signal.getsignal(each) == signal.SIG_DFL):
            before[number] = signal.signal(number, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def printed_out() -> Iterator[None]:
    """Ends with a sentence, and without one where nobody reads on, if what is printed cannot be printed."""
    try:
        try:
            yield
        finally:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
    except OSError as error:
        if error.filename is not None:  # a file, not what is printed
            click.echo(f"{error.filename}: {error.strerror}", err=True)
            sys.exit(1)
        for stream in (sys.stdout, sys.stderr):
            _silenced(stream, error)
        sys.exit(3)


def _silenced(stream: Any, error: OSError) -> None:
    """Makes a stream that takes nothing more swallow it, so that nothing complains at the end; tells the other."""
    try:
        stream.flush()
        if stream is sys.stderr and error.errno not in (
            errno.EPIPE,
            errno.EINVAL,
        ):  # a pipe that was closed, as Windows has it
            click.echo(f"输出无法写出。 / What is printed cannot be written: {error.strerror}.", err=True)
    except (OSError, ValueError, AttributeError):
        with suppress(OSError, ValueError, AttributeError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


class Helped(click.Command):
    """A command whose ``--help`` is in the language that was asked for."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """What is given; kept, since ``--help`` is answered before ``--lang`` is read."""
        context.meta[__name__] = tuple(arguments)
        return super().parse_args(context, arguments)

    def get_help(self, context: click.Context) -> str:
        """What the command does, and its options."""
        if (_given(context.meta.get(__name__, ())) or _of_all(context) or yours()) == "en":
            return super().get_help(context)
        from alloc.cli.help import chinese

        return chinese(context)


class Verb(Helped):
    """A command; whatever alloc refuses ends it with what is wrong, in the language and form that were asked for."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """What is given, an option that takes one value only once: the last would silently take the others' place."""
        _, _, order = self.make_parser(context).parse_args(args=list(arguments))
        for each in order:
            if isinstance(each, click.Option) and not (each.multiple or each.is_flag) and order.count(each) > 1:
                name, count = each.opts[0], order.count(each)
                raise WrongUsage(
                    f"{name} 写了 {count} 次，只能写一次。", f"{name} is given {count} times: give it once", context
                )
        return super().parse_args(context, arguments)

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **options: Any) -> click.Context:
        """The context of the command, whose options may be wrong."""
        with wrong_usage(tuple(args)):
            return super().make_context(info_name, args, *more, **options)

    def invoke(self, context: click.Context) -> Any:
        """Runs the command."""
        try:
            with wrong_usage(), stopped_alike(), as_command():
                return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):  # Ctrl-C while nothing is solved yet, or what was is being written
            from alloc.cli.output import STOPPED

            click.echo("被中断，没有写出结果。 / Interrupted; nothing was written.", err=True)
            sys.exit(STOPPED)
        except (MemoryError, SystemError) as error:
            if isinstance(error, SystemError) and not short_of_memory():
                raise
            from alloc.cli.output import STOPPED, fail

            words = {"zh": "内存不足，已停止，没有写出结果。", "en": "Stopped for want of memory; nothing was written."}
            try:
                fail(words[context.params["lang"]], STOPPED, context.params["form"])
            finally:
                _at_once(STOPPED)
        except Exception as error:
            from alloc.api import AllocError
            from alloc.cli.output import refused

            if not isinstance(error, AllocError):
                raise
            refused(error, context.params["lang"], context.params["form"])


def _at_once(code: int) -> None:
    """Ends the process without finalizing: without memory that takes minutes, and fills the screen with reports of
    what could not be finalized."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def short_of_memory() -> bool:
    """Whether there is no room for a few megabytes: the interpreter then has none for a `MemoryError` either, and says
    instead that something failed without an exception (`SystemError`)."""
    try:
        return not len(bytearray(ROOM))
    except MemoryError:
        return True


def language(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The language that was given to the command, or to ``alloc`` itself, or else the user's own."""
    return value or _of_all(context) or yours()


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in their order."""
    return lambda command: reduce(lambda inner, option: option(inner), reversed(options), command)


lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), callback=language, help="Language of what is printed; default: yours."
)
form = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: for machines, on stdout."
)
printed = together(lang, form)
edited = together(
    click.option("--scenario", multiple=True, help="INSTANCE: a scenario of it (in its scenarios/), by name, or a file "
                 "elsewhere (repeatable; applied in order)."),
    click.option("--edit", "edits", multiple=True,
                 help='INSTANCE: a change, e.g. "policy.debt.ceiling = 1.0" (repeatable).'),
)  # fmt: skip
formulation = click.option("--formulation", metavar="NAME", help="The model, of those that are installed; default: "
                           "as the instance says.")  # fmt: skip
time_limit = click.option(
    "--time-limit", type=click.FloatRange(min=0, min_open=True), help="Seconds; default: the instance's."
)
gap = click.option(
    "--gap", type=click.FloatRange(min=0), help="Relative gap of integer tiers; default: the instance's."
)
relaxation = click.option(
    "--relaxation/--integers", default=None, help="Facilities in parts, or whole; default: as the instance says."
)
quiet = click.option("--quiet", is_flag=True, help="No progress.")
