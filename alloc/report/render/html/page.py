"""The page: the template filled, tables as rows of text, long ones as data that the page's own script draws."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from alloc.content.blocks import Cell, Document, Table
from alloc.content.numbers import Shown, shown
from alloc.instance.schema.columns import MARKS
from alloc.report.render.fitting import em
from alloc.report.render.html.wording import WORDS
from alloc.report.render.paper import numbers_of, say

LONG = 60  # rows beyond which a table is drawn by the script, a window at a time
WORDY = 300  # rows up to which a table of sentences is not
SENTENCE = 34.0  # em, the width of the widest column of words
THIN = "\u2009"
_MARKS = re.compile(f"([{''.join(MARKS.values())}])")
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])(?=[A-Za-z0-9ᵉᵃ+▲▼])|(?<=[A-Za-z0-9%₀-₉⁰-⁹])(?=[\u3400-\u9fff])")


@dataclass(frozen=True)
class Drawn:
    """A table as the template needs it."""

    table: Table
    shown: Shown
    long: bool
    data: Markup
    styles: tuple[str, ...]
    bars: tuple[tuple[str, ...], ...]


def write(document: Document, path: Path) -> None:
    """Writes the document to `path`.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text(page(document), encoding="utf-8", newline="\n")


def page(document: Document) -> str:
    """The whole file."""
    words = {key: getattr(text, document.language) for key, text in WORDS.items()}
    template = _environment().get_template("template.html")
    return template.render(
        document=document,
        words=words,
        style=Markup(_text("style.css")),  # our own file, not a reader's text
        script=Markup(_text("page.js")),
        number=partial(next, _numbers(document, words["table"])),
        drawn=lambda table: _drawn(table, document.language),
        kind=lambda part: type(part).__name__,
        marked=marked,
        spaced=lambda text: marked(spaced(text)),
        svg=lambda figure: Markup(figure.svg),
    )


def _numbers(document: Document, table: str) -> Iterator[str]:
    """What the tables are called, in their order; in a report as on paper, where the longest stand in an annex."""
    for at, each in enumerate(numbers_of(document), 1):
        if document.kind != "report":
            yield f"{table} {at}"
        else:
            annexed = say(document.language, "annexed") + " " * (document.language == "zh")
            yield f"{annexed if each.annexed else f'{table} '}{each.number}"


def spaced(text: str) -> str:
    """A thin space between Chinese and Latin letters or figures; an ordinary one there becomes thin."""
    text = re.sub(r"(?<=[\u3400-\u9fff]) (?=[A-Za-z0-9])|(?<=[A-Za-z0-9%]) (?=[\u3400-\u9fff])", THIN, text)
    return _BETWEEN.sub(THIN, text)


def marked(text: str) -> Markup:
    """A text with its marks of estimated and assumed data set larger, or they cannot be told apart."""
    return Markup(_MARKS.sub(r'<span class="m">\1</span>', str(escape(text))))


def _drawn(table: Table, language: str) -> Drawn:
    made = shown(table, language)
    long = len(table.rows) > LONG and not _wordy(table, made)
    styles = tuple("n" if column.right else "c" if column.kind == "code" else "t" for column in table.columns)
    data = Markup("")
    if long:
        content: dict[str, Any] = {
            "rows": made.rows,
            "styles": styles,
            "colours": [column.colour or ("level" if column.kind == "level" else "") for column in table.columns],
            "largest": [_largest(table, made, place) for place in range(len(table.columns))],
            "totals": made.totals,
            "groups": [[group.title, group.count, texts]
                       for group, texts in zip(table.groups, made.groups, strict=True)],
            "levels": {f"{level.letter} {level.title}".strip(): level.colour for level in table.levels},
        }  # fmt: skip
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        data = Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))
    bars = () if long else tuple(_styled(table, made, row) for row in made.row_numbers)
    return Drawn(table, made, long, data, styles, bars)


def _wordy(table: Table, made: Shown) -> bool:
    """Whether cells hold sentences, which have to wrap: the rows that the script draws are all one line high."""
    words = [place for place, column in enumerate(table.columns) if column.kind == "text"]
    return len(made.rows) <= WORDY and any(em(row[place]) > SENTENCE for row in made.rows for place in words)


def _styled(table: Table, made: Shown, row: tuple[Cell, ...]) -> tuple[str, ...]:
    """Style attributes of the cells of a row: bars, signs and levels."""
    colours = {level.name: level.colour for level in table.levels}
    found = []
    for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
        style = ""
        if column.kind == "level" and isinstance(value, str) and value in colours:
            style = f"background:{colours[value]}"
        elif column.colour == "bar" and isinstance(value, float | int):
            share = 100 * value / (_largest(table, made, place) or 1.0)
            style = f"--bar:{max(0.0, share):.0f}%"
        elif column.colour == "diverging" and isinstance(value, float | int) and value:
            style = "color:var(--gain)" if value > 0 else "color:var(--loss)"
        found.append(style)
    return tuple(found)


def _largest(table: Table, made: Shown, place: int) -> float:
    if table.columns[place].colour != "bar":
        return 0.0
    values = [row[place] for row in made.row_numbers]
    return max((float(value) for value in values if isinstance(value, float | int)), default=0.0)


@cache
def _environment() -> Environment:
    return Environment(loader=FunctionLoader(_text), autoescape=select_autoescape(default=True), trim_blocks=True,
                       lstrip_blocks=True, undefined=StrictUndefined)  # fmt: skip


def _text(name: str) -> str:
    return files("alloc.report.render.html").joinpath(name).read_text(encoding="utf-8")
