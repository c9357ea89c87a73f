"""Writes the pictures of the workbench: ``python docs/write_workbench.py [FOLDER]``.

They are of ``china-2020`` with one edit that is tried, the megacities' share of new land, in both languages; renew them
where the page has changed. Needs ``alloc[workbench]``, playwright, pillow and a Chromium.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
RULE, SHARE = "limits.megacity_land.value", "8.3"
NAMES = {"en": "workbench.png", "zh": "workbench.zh.png"}
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-lcd-text"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SOLVED = 300_000  # milliseconds, in which the nation is solved on a slow machine


def write(folder: Path, address: str) -> None:
    """Opens the page, tries the edit and takes its picture in either language."""
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        tab = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
        tab.goto(address)
        tab.wait_for_selector(f'[data-key="{RULE}"]', timeout=SOLVED)
        tab.wait_for_selector(".lamp.ok", timeout=SOLVED)
        for language, name in NAMES.items():
            speaking(tab, language)
            tab.locator(f'[data-key="{RULE}"]').click()
            tab.keyboard.press("Control+a")
            tab.keyboard.type(SHARE)
            tab.wait_for_selector(".balance", timeout=SOLVED)
            tab.wait_for_timeout(1_500)  # colours fade in
            tab.screenshot(path=str(folder / name))
            with Image.open(folder / name) as picture:  # in 256 colours it is a third as large
                picture.quantize(256, dither=Image.Dither.NONE).save(folder / name, optimize=True)
            tab.keyboard.press("Escape")
            tab.wait_for_selector(".balance", state="detached", timeout=SOLVED)
        browser.close()


def speaking(tab: Any, language: str) -> None:
    """Shows the page in a language."""
    if not tab.evaluate("document.documentElement.lang").startswith(language):
        tab.locator("[data-key=language]").click()


def main(folder: Path) -> None:
    """Serves a workspace of its own for as long as the pictures take."""
    with tempfile.TemporaryDirectory() as desk:
        words = [sys.executable, "-m", "alloc", "workbench", "china-2020", "--folder", desk, "--no-browser"]
        with subprocess.Popen([*words, "--format", "json"], stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            address = json.loads(b"".join(iter(server.stdout.readline, b"}\n")) + b"}")["address"]
            try:
                write(folder, address)
            finally:
                server.terminate()
                server.wait(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
