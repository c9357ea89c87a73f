"""What is wrong with a cell that is typed is told of the cell: the page has cells, and no lines of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from workbench_server import served


def test_a_cell_that_is_refused_is_named_as_a_cell(tmp_path: Path):
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        revision = client.settled()["revision"]
        asked = {"revision": revision, "keys": [["000001"]], "columns": ["residents"], "text": "-5", "dry": False}
        refused = client.post(f"w/{client.w}/tables/cities/paste", asked)
        assert refused.status_code == 400
        (found,) = refused.json()["findings"]
        assert {name: found[name] for name in ("file", "row", "column", "key")} == {
            "file": "cities", "row": None, "column": "residents", "key": "000001",
        }  # fmt: skip
        assert found["text"]["zh"] == "“常住人口”超出允许范围。应大于 0；单位：人。"
