"""The verbs as commands. Exit codes stand in `alloc.cli.output`."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

COMMANDS = ("check", "compare", "convert", "explain", "init", "report", "show", "solve", "verify", "whatif")


class _Commands(click.Group):
    """Every command is a module of `alloc.cli`, imported when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(import_module(f"alloc.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, context: click.Context) -> Any:
        """Runs the command; a formulation that cannot be solved ends it with what is wrong, in both languages."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):  # Ctrl-C while nothing is solved yet, or what was is being written
            from alloc.cli.output import STOPPED

            click.echo("被中断，没有写出结果。 / Interrupted; nothing was written.", err=True)
            sys.exit(STOPPED)
        except Exception as error:
            from alloc.cli.output import WRONG
            from alloc.formulation.errors import FormulationError

            if not isinstance(error, FormulationError):
                raise
            click.echo("\n".join(error.message), err=True)
            sys.exit(WRONG)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alloc")
def main() -> None:
    """Shares out a country's urban growth by where people live: land, transfers, bonds, service capacity.

    INSTANCE is a folder of tables with an instance.toml, or the name of an instance that ships (china-2020, hand).
    """
    for stream in (sys.stdout, sys.stderr):  # consoles of any code page
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
