"""The whole API held against its own description by schemathesis: no mistake of ours, no answer that it does not tell.

It is left out where schemathesis is not installed: with what it needs it is 35 MB, too much for everybody's set-up.
"""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from alloc.workbench.sessions import Live
from workbench_server import TOKEN, served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
CONFIG = """
headers = {{ Authorization = "Bearer {token}" }}
[parameters]
"path.w" = "{w}"
"path.t" = "cities"
"path.n" = 1
"path.s" = "mine"
"path.code" = "000001"
"path.family" = "allocation"
"path.j" = "{j}"
"path.d" = "{d}"
"body.upload" = "{upload}"
[[operations]]
include-path = "/api/v1/w/{{w}}/events"
enabled = false
[[operations]]
include-path = "/api/v1/w/{{w}}/solve"
enabled = false
"""  # the stream of events has no end, and whole facilities would take the time of all others


@pytest.mark.slow
@pytest.mark.skipif(find_spec("schemathesis") is None, reason="needs schemathesis: pip install schemathesis")
def test_every_answer_is_one_that_the_description_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever revision is named is taken for the present one, so that what lies behind is reached."""
    monkeypatch.setattr(Live, "_current", lambda live, revision: None)
    with served(tmp_path / "desk") as client:
        client.begin("hand", "shipped")
        client.settled()
        client.edit("pools.general.total = 9000")
        client.post(f"w/{client.w}/scenarios", {"name": "mine", "title_zh": "我的", "title_en": "Mine"})
        asked = {"kind": "report", "formats": ["html"], "language": "en"}
        job = client.post(f"w/{client.w}/documents", asked).json()["job"]
        until = time.monotonic() + 120
        while client.get(f"jobs/{job}").json()["state"] != "done":
            assert time.monotonic() < until
            time.sleep(0.2)
        (document,) = client.get(f"w/{client.w}/documents").json()["documents"]
        made = client.get("template").content
        upload = client.http.post("/api/v1/uploads", params={"name": "a.xlsx"}, content=made).json()["id"]
        config = tmp_path / "schemathesis.toml"
        given = {"w": client.w, "j": job, "d": document["id"], "upload": upload}
        config.write_text(CONFIG.format(token=TOKEN, **given), encoding="utf-8")
        words = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
        words += [f"{client.base}/api/v1/openapi.json", "--checks", CHECKS, "--generation-deterministic"]
        words += ["--max-examples", "30", "--suppress-health-check", "all", "--no-color", "--request-timeout", "60"]
        run = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        assert run.returncode == 0, run.stdout[-6_000:] + run.stderr[-2_000:]
