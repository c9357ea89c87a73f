"""The page on the workbench: its script does what it says, and it names every route."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from workbench_server import TOKEN, served

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "workbench.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_script(tmp_path: Path) -> None:
    """A thousand of the ten thousand are taken from the one city that had them."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with served(tmp_path) as client:
        words = [sys.executable, "-c", code, f"{client.base}/?token={TOKEN}"]
        run = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stdout.startswith("General transfer: 1,000 × 10⁴ yuan less in Second, and more in none.")


@pytest.mark.long
def test_routes(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        described = client.http.get("/api/v1/openapi.json").json()
    paths = {path.removeprefix("/api/v1") for path in described["paths"]}
    named = set(re.findall(r"`(?:GET|POST|DELETE|PUT) (/[^ `?]+)|`, `(?:POST )?(/[^ `?]+)", PAGE))
    told = {name for pair in named for name in pair if name}
    left = {path for path in paths if path not in told and path not in {f"/w/{{w}}{name}" for name in told}}
    assert left <= {"/w/{w}/view"}, left
