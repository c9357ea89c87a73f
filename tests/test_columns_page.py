"""The pages of every column are those that the schema gives today."""

from __future__ import annotations

import runpy
from pathlib import Path

from alloc.instance.schema.tables import TABLES

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_pages_are_up_to_date() -> None:
    pages = runpy.run_path(str(DOCS / "write_columns.py"))["pages"]()
    assert set(pages) == {"columns.md", "columns.zh.md"}
    for name, text in pages.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, "run: python docs/write_columns.py"


def test_every_column_has_its_line_in_both() -> None:
    for name in ("columns.md", "columns.zh.md"):
        lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
        for table in TABLES.values():
            for column in table.columns:
                title = column.title.zh if name == "columns.zh.md" else column.title.en
                assert any(line.startswith(f"| `{column.name}` | {title} |") for line in lines), (name, column.name)
        assert any(line.startswith("- `policy.debt.ceiling`: ") for line in lines)
