"""Runs the notebooks and keeps what their cells show: ``python docs/write_notebooks.py``.

Every notebook stands in two files with the same code but for the language that it asks for, with words in English and
in Chinese.
"""

from __future__ import annotations

import ast
import io
import json
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).resolve().parent / "notebooks"
RICH = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_"}


def read(path: Path) -> dict[str, Any]:
    """A notebook as it is stored."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def code(notebook: dict[str, Any]) -> list[str]:
    """The sources of its code cells."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def outputs(cells: list[str]) -> list[list[dict[str, Any]]]:
    """What every cell shows, one after the other in one program, in an empty folder.

    Raises:
        Exception: whatever a cell raises.
    """
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        return [_outputs(cell, names, number) for number, cell in enumerate(cells, 1)]


def _outputs(cell: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    tree = ast.parse(cell)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), names)
        value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names) if last else None
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        found.append({"output_type": "stream", "name": "stdout", "text": printed.getvalue().splitlines(keepends=True)})
    if value is not None:
        data: dict[str, Any] = {"text/plain": repr(value).splitlines(keepends=True)}
        for kind, method in RICH.items():
            if hasattr(value, method):
                data[kind] = getattr(value, method)().splitlines(keepends=True)
        found.append({"output_type": "execute_result", "execution_count": number, "data": data, "metadata": {}})
    return found


def main() -> None:
    """Runs every notebook and writes what it shows."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = read(path)
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for number, (cell, found) in enumerate(zip(cells, outputs(code(notebook)), strict=True), 1):
            cell["execution_count"], cell["outputs"] = number, found
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        beside = path.with_name(path.name + ".new")
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)


if __name__ == "__main__":
    main()
