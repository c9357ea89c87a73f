"""What every command has: language and format, options of a solve, and how it ends where alloc refuses something."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import reduce
from typing import Any

import click

from alloc.cli.usage import wrong_usage, yours

Command = Callable[..., Any]


class Verb(click.Command):
    """A command; whatever alloc refuses ends it with what is wrong, in the language and form that were asked for."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **options: Any) -> click.Context:
        """The context of the command, whose options may be wrong."""
        with wrong_usage(tuple(args)):
            return super().make_context(info_name, args, *more, **options)

    def invoke(self, context: click.Context) -> Any:
        """Runs the command."""
        try:
            with wrong_usage():
                return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):  # Ctrl-C while nothing is solved yet, or what was is being written
            from alloc.cli.output import STOPPED

            click.echo("被中断，没有写出结果。 / Interrupted; nothing was written.", err=True)
            sys.exit(STOPPED)
        except Exception as error:
            from alloc.api import AllocError
            from alloc.cli.output import refused

            if not isinstance(error, AllocError):
                raise
            refused(error, context.params["lang"], context.params["form"])


def language(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The language that was given, or else the user's own: Chinese or English."""
    return value or yours()


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
    click.option("--scenario", help="INSTANCE: a scenario of it (in its scenarios/), by name, or a file elsewhere."),
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
