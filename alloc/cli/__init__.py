"""The verbs of `alloc.api` as commands, and nothing else of alloc. Exit codes stand in `alloc.cli.output`."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from alloc.cli.options import Helped, WrongUsage, meant, printed_out, wrong_usage

COMMANDS = (
    "audit", "certify", "check", "compare", "convert", "explain", "export", "forms", "init", "merge", "report", "show",
    "solve",
    "verify", "whatif", "workbench",
)  # fmt: skip


ELSEWHERE = {"merge": "alloc.cli.commands.init", "workbench": "alloc.workbench.command"}


class _Commands(Helped, click.Group):
    """Every command is a module of `alloc.cli.commands`, or of a room of its own, imported when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(import_module(ELSEWHERE.get(name, f"alloc.cli.commands.{name}")), name)
        assert isinstance(command, click.Command)
        return command

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **options: Any) -> click.Context:
        """The context of ``alloc`` itself, whose options may be wrong too."""
        with wrong_usage(tuple(args)):
            return super().make_context(info_name, args, *more, **options)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of a name, where there is one."""
        with wrong_usage(tuple(args)):
            if args[0] not in COMMANDS and not args[0].startswith("-"):
                zh, en = meant(args[0], COMMANDS)
                raise WrongUsage(
                    f"没有命令“{args[0]}”。{zh}可用：{'、'.join(COMMANDS)}。",
                    f"No such command '{args[0]}'. {en}There are: {', '.join(COMMANDS)}.",
                    context,
                )
            return super().resolve_command(context, args)

    def invoke(self, context: click.Context) -> Any:
        """Runs the command, where one is given."""
        with printed_out(), wrong_usage():
            return super().invoke(context)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of every command; default: yours.")
@click.version_option(package_name="alloc")
def main(lang: str | None) -> None:  # read by the command, from the context
    """Shares out a country's urban growth by where people live: land, transfers, bonds, service capacity.

    INSTANCE is a folder of tables with an instance.toml, or the name of an instance that ships (china-2020, hand).
    """
    for stream in (sys.stdout, sys.stderr):  # consoles of any code page
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
