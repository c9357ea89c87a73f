"""The workbench from a wheel, as it is installed: in a fresh environment, in a path with a space and Chinese."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chromium import browser as browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "alloc" / "workbench" / "page"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def run(*words: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    usual = {"capture_output": True, "encoding": "utf-8", "errors": "replace", "check": False}
    return subprocess.run([str(word) for word in words], **usual | more)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", folder, ROOT)
    if "No matching distribution found for hatchling" in built.stderr:
        pytest.skip("no package index from which hatchling can be taken")
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("alloc-*.whl")
    return found


def test_everything_of_the_page_is_in_the_wheel(wheel: Path) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in PAGE.rglob("*") if path.is_file()}
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("alloc/workbench/page/")}
    assert inside == here and any(name.endswith(".woff2") or "/vendor/" in name for name in here)


def test_the_installed_command_shows_the_page_of_the_nation(wheel: Path, browser: Any, tmp_path: Path) -> None:
    home = tmp_path / "a space 与汉字"
    home.mkdir()
    assert run(sys.executable, "-m", "venv", home / "venv").returncode == 0
    python = home / "venv" / SCRIPTS / Path(sys.executable).name
    installed = run(python, "-m", "pip", "install", "-q", f"alloc[workbench] @ {wheel.as_uri()}")
    assert installed.returncode == 0, installed.stderr
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    asked = [home / "venv" / SCRIPTS / "alloc", "workbench", "china-2020", "--folder", home / "工作 区"]
    asked += ["--no-browser", "--format", "json"]
    with subprocess.Popen(list(map(str, asked)), cwd=home, env=bare, stdout=subprocess.PIPE) as running:
        try:
            assert running.stdout is not None
            said = b"".join(iter(running.stdout.readline, b"}\n")) + b"}"
            address = json.loads(said)["address"]
            base = address.partition("/?")[0]
            context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
            tab, told, asked_for = context.new_page(), [], set()
            tab.on("pageerror", lambda error: told.append(str(error)))
            tab.on("requestfailed", lambda request: told.append(f"refused: {request.url}"))

            def answered(response: Any) -> None:
                asked_for.add(response.url.removeprefix(base).partition("?")[0])
                if response.status >= 400:
                    told.append(f"{response.status}: {response.url}")

            tab.on("response", answered)
            tab.goto(address)
            tab.wait_for_selector(".tabulator-row", timeout=120_000)
            assert "337" in tab.locator("#top").text_content()
            for screen in ("city", "compare", "curve", "data", "documents"):
                tab.locator(f"[data-key=tab-{screen}]").click()
                tab.wait_for_timeout(500)
            assert told == []
            tab.goto(f"{base}/?start")  # whose module is loaded once it is opened; the stream of events breaks off
            tab.wait_for_selector(".begins")
            names = {f"/page/{path.relative_to(PAGE).as_posix()}" for path in PAGE.rglob("*.mjs")}
            names |= {f"/page/{path.relative_to(PAGE).as_posix()}" for path in PAGE.rglob("*.css")}
            assert {name for name in names - asked_for if "types.mjs" not in name} == set(), "all modules are used"
            context.close()
        finally:
            running.terminate()
            running.wait(60)
