"""Writes the tables of `believable.md` from an audit: ``python docs/write_believable.py [INSTANCE [FILE]]``.

INSTANCE is china-2020 where none is given, FILE its real allocations. The prose of the page stays as it is; between
``<!-- NAME -->`` and ``<!-- /NAME -->`` comes what the section NAME of the audit says. It takes some minutes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import alloc
from alloc.auditing.audit import Audit
from alloc.content.blocks import Paragraph, Part, Table
from alloc.content.numbers import shown

HOME = Path(__file__).resolve().parent
PAGE = HOME / "believable.md"
INSTANCE, REAL = "china-2020", HOME.parent / "instances" / "china-2020" / "published" / "allocations.csv"


def filled(page: str, audited: Audit) -> str:
    """The page with what an audit says, section by section, in English; what was not asked stays as it is.

    Raises:
        ValueError: a section has no place on the page.
    """
    for section in audited.sections("en"):
        text = "\n\n".join("\n".join(lines(part)) for part in section.parts)
        place = re.compile(rf"(<!-- {section.name} -->\n).*?(<!-- /{section.name} -->)", re.DOTALL)
        if not place.search(page):
            raise ValueError(f"the page has no place for {section.name}")
        page = place.sub(lambda found, text=text: f"{found[1]}\n{text}\n\n{found[2]}", page)
    return page


def lines(part: Part) -> Iterator[str]:
    """A sentence, or a table with its title and note, as Markdown."""
    if isinstance(part, Paragraph):
        yield part.text
    elif isinstance(part, Table):
        made = shown(part, "en", arrows=False)
        heads = [f"{head} ({unit})" if unit else head for head, unit in zip(made.heads, made.units, strict=True)]
        yield from (f"**{part.title}**", "", row(heads))
        yield row(["--:" if column.right else "---" for column in part.columns])
        yield from map(row, made.rows)
        if part.note:
            yield from ("", part.note)


def row(cells: list[str] | tuple[str, ...]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main(instance: str = INSTANCE, real: Path = REAL) -> None:
    """Audits an instance and writes the page."""
    audited = alloc.audit(instance, published=real)
    page = filled(PAGE.read_text(encoding="utf-8"), audited)
    PAGE.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(Path, sys.argv[2:3]))
