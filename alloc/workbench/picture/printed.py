"""What the commands print, as records that the page draws."""

from __future__ import annotations

from typing import Any

from alloc.content.blocks import Figure, Listing, Paragraph, Section, Table
from alloc.content.numbers import shown


def section_record(section: Section, language: str) -> dict[str, Any]:
    """A section of an answer as it is printed, in one language."""
    parts: list[dict[str, Any]] = []
    for part in section.parts:
        if isinstance(part, Paragraph):
            parts.append({"kind": "text", "text": part.text})
        elif isinstance(part, Listing):
            parts.append({"kind": "list", "items": list(part.items)})
        elif isinstance(part, Table):
            parts.append(table_record(part, language))
        elif isinstance(part, Figure):
            parts.append({"kind": "text", "text": part.alternative})
    return {"title": section.title, "sentence": section.sentence, "parts": parts,
            "sections": [section_record(each, language) for each in section.sections]}  # fmt: skip


def table_record(part: Table, language: str) -> dict[str, Any]:
    """A table as it is printed."""
    table = shown(part, language)
    return {"kind": "table", "title": part.title, "heads": table.heads, "units": table.units, "rows": table.rows,
            "notes": table.notes, "numeric": [column.right for column in part.columns]}  # fmt: skip
