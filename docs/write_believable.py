"""Writes the tables of `believable.md` and `believable.zh.md`: ``python docs/write_believable.py [INSTANCE [FILE]]``.

INSTANCE is china-2020 where none is given, FILE its real allocations. The prose of the pages stays as it is; between
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
PAGES = {"en": HOME / "believable.md", "zh": HOME / "believable.zh.md"}
UNIT = {"en": "{head} ({unit})", "zh": "{head}（{unit}）"}  # of a column, behind its title
INSTANCE, REAL = "china-2020", HOME.parent / "instances" / "china-2020" / "published" / "allocations.csv"


def filled(page: str, audited: Audit, language: str) -> str:
    """A page with what an audit says, section by section, in its language; what was not asked stays as it is.

    Raises:
        ValueError: a section has no place on the page.
    """
    for section in audited.sections(language):
        text = "\n\n".join("\n".join(lines(part, language)) for part in section.parts)
        place = re.compile(rf"(<!-- {section.name} -->\n).*?(<!-- /{section.name} -->)", re.DOTALL)
        if not place.search(page):
            raise ValueError(f"the page has no place for {section.name}")
        page = place.sub(lambda found, text=text: f"{found[1]}\n{text}\n\n{found[2]}", page)
    return page


def lines(part: Part, language: str) -> Iterator[str]:
    """A sentence, or a table with its title and note, as Markdown."""
    if isinstance(part, Paragraph):
        yield part.text
    elif isinstance(part, Table):
        made = shown(part, language, arrows=False)
        heads = [UNIT[language].format(head=head, unit=unit) if unit else head
                 for head, unit in zip(made.heads, made.units, strict=True)]  # fmt: skip
        yield from (f"**{part.title}**", "", row(heads))
        yield row(["--:" if column.right else "---" for column in part.columns])
        yield from map(row, made.rows)
        if part.note:
            yield from ("", part.note)


def row(cells: list[str] | tuple[str, ...]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main(instance: str = INSTANCE, real: Path = REAL) -> None:
    """Audits an instance and writes the pages."""
    audited = alloc.audit(instance, published=real)
    for language, path in PAGES.items():
        page = filled(path.read_text(encoding="utf-8"), audited, language)
        path.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(Path, sys.argv[2:3]))
