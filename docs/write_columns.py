"""Writes `columns.md` and `columns.zh.md`, every column by the schema: ``python docs/write_columns.py``."""

from __future__ import annotations

from pathlib import Path

from alloc.template.guide import FILES, guides
from alloc.text import Text

HOME = Path(__file__).resolve().parent
PAGES = {"en": "columns.md", "zh": "columns.zh.md"}
TITLE = Text("每张表、每一列、每项设置", "Every table, column and setting")
MADE = Text(
    "[English](columns.md)\n\n由 `python docs/write_columns.py` 从列的定义生成，请勿手工修改。",
    "[中文](columns.zh.md)\n\nWritten from the schema by `python docs/write_columns.py`: do not change it by hand.",
)


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    written = guides(TITLE, [], {})
    texts = {}
    for language, name in PAGES.items():
        heading, rest = written[FILES[language]].split("\n", maxsplit=1)
        texts[name] = f"{heading}\n\n{getattr(MADE, language)}\n{rest}"
    return texts


if __name__ == "__main__":
    for page, text in pages().items():
        (HOME / page).write_text(text, encoding="utf-8", newline="\n")
