"""Options that every command has: language and format."""

from __future__ import annotations

import locale

import click


def language(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """The language that was given, or else the user's own: Chinese or English."""
    if value:
        return value
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), callback=language, help="Language of what is printed; default: yours."
)
form = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: for machines, on stdout."
)
