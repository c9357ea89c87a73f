"""Text columns hold Python strings in processes of our own and Arrow's in those of others: nothing may differ."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

INSTANCE = Path(__file__).resolve().parent.parent / "instances" / "hand"
TIMES = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?|\d+\.\d+ (s|秒)"
SCRIPT = """
import sys
from pathlib import Path

import pytest
import alloc
from alloc.comparison.files import write
from alloc.instance.frames import keep_texts_as_strings

folder, storage = Path(sys.argv[2]), sys.argv[3]
if storage == "python":
    keep_texts_as_strings()
base = alloc.solve(sys.argv[1], out=folder / "base")
other = alloc.solve(sys.argv[1], edits=["pools.general.total *= 0.98"], out=folder / "other")
compared = alloc.compare(base, other)
write(compared, folder / "compared")
again = alloc.load_result(folder / "base")
kept = {frame[name].dtype.storage for frame in (again.tables["allocation"], base.instance.tables["cities"],
                                                  compared.tables["allocation"]) for name in ("city",)}
assert kept == {storage}, kept
alloc.write_report(base, folder / "report", formats=["html"])
"""


@pytest.mark.slow
def test_texts_as_strings_or_as_those_of_arrow_make_the_same_files(tmp_path: Path) -> None:
    """Results, their tables, a comparison and a report have the same bytes, but for when and how long it was solved."""
    made = {}
    for storage in ("python", "pyarrow"):
        folder = tmp_path / storage
        folder.mkdir()
        code = [sys.executable, "-c", SCRIPT, str(INSTANCE), str(folder), storage]
        run = subprocess.run(code, capture_output=True, text=True, encoding="utf-8", check=False)
        assert run.returncode == 0, run.stderr
        made[storage] = {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}
        manifest = json.loads((folder / "base" / "manifest.json").read_text(encoding="utf-8"))
        made[storage][Path("hash")] = manifest["instance"]["hash"].encode()
        report = (folder / "report" / "hand-en.html").read_text(encoding="utf-8")
        made[storage][Path("report")] = re.sub(TIMES, "", report).encode()
    one, other = made.values()
    assert len(one) > 20 and list(one) == list(other)
    assert [str(name) for name in one if one[name] != other[name]] == []
