"""A real browser for tests: the one of the system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The browser, started once a module. Without one tests are skipped, or fail where it has to be there."""
    path = next((each for name in NAMES if (each := shutil.which(name))), None)
    if path is None:
        if os.environ.get("ALLOC_TESTS_NEED_BROWSER") == "1":
            pytest.fail("no Chromium on this machine, and ALLOC_TESTS_NEED_BROWSER=1")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield started
        started.close()
