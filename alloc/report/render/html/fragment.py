"""A document as a piece of HTML for notebooks, which leave out style sheets and have colours of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from alloc.content.blocks import Document, Listing, Paragraph, Part, Table
from alloc.content.numbers import shown
from alloc.report.render.html.page import spaced

_BOX = "font-family:system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;font-size:13px;line-height:1.5"
_TITLE = "font-weight:600;font-size:15px"
_GRID = "border-collapse:collapse;margin:6px 0;font-size:inherit"
_NOTE = "opacity:.65;font-size:11px"
_HEAD = (
    "font-weight:600;border-bottom:1px solid currentColor;padding:2px 10px;vertical-align:bottom;white-space:nowrap;"
    "text-align:"
)
_CELL = "padding:2px 10px;vertical-align:top;text-align:"
ROWS = 30  # rows of a table that a notebook shows; a file has all of them
MORE = {"zh": "另有 {count} 行，写成文件可看全部。", "en": "Rows left out: {count}; a file has all of them."}


def fragment(document: Document) -> str:
    """Title, sentences and tables as one ``div``; every text is escaped, drawings are left to the file.

    Args:
        document: with sections of sentences and tables.

    Returns:
        HTML with styles at its elements.
    """
    pieces = [f'<div style="{_TITLE}">{_said(document.title)}</div>']
    for depth, section in document.walk():
        if len(document.sections) > 1 or depth:
            pieces.append(f'<div style="font-weight:600;margin-top:8px">{_said(section.title)}</div>')
        pieces += [f"<p>{_said(section.sentence)}</p>"] if section.sentence else []
        pieces += [html for part in section.parts for html in _part(part, document.language)]
    return f'<div lang="{document.language}" style="{_BOX}">{"".join(pieces)}</div>'


def _part(part: Part, language: str) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield f"<p>{_said(part.text)}</p>"
    elif isinstance(part, Listing):
        yield f"<ul>{''.join(f'<li>{_said(item)}</li>' for item in part.items)}</ul>"
    elif isinstance(part, Table):
        yield from _table(part, language)


def _table(table: Table, language: str) -> Iterator[str]:
    made = shown(table, language)
    sides = ["right" if column.right else "left" for column in table.columns]
    heads = [f"{head} ({unit})" if unit else head for head, unit in zip(made.heads, made.units, strict=True)]
    rows = "".join(_row("td", _CELL, row, sides) for row in made.rows[:ROWS])
    if table.title:
        yield f'<div style="font-weight:600;margin-top:8px">{_said(table.title)}</div>'
    yield f'<table style="{_GRID}">{_row("th", _HEAD, heads, sides)}{rows}</table>'
    more = [MORE[language].format(count=len(made.rows) - ROWS)] if len(made.rows) > ROWS else []
    yield from (f'<div style="{_NOTE}">{_said(note)}</div>' for note in (*more, *made.notes))


def _row(tag: str, style: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    told = (f'<{tag} style="{style}{side}">{_said(cell)}</{tag}>' for cell, side in zip(cells, sides, strict=True))
    return f"<tr>{''.join(told)}</tr>"


def _said(text: str) -> str:
    return escape(spaced(text))
