"""The site of the docs: built anew, every link and anchor leads somewhere, read from disk without a request outside."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import alloc
from alloc.formulation.registry import catalogue
from chromium import browser as browser

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import write_notebooks  # noqa: E402

NOTEBOOKS = sorted(path.name for path in (DOCS / "notebooks").glob("*.ipynb"))
SHOWN = ("script", "link", "img", "iframe", "source")  # what a page asks for by itself


class Page(HTMLParser):
    """Names of a page, where it leads and what it asks for."""

    def __init__(self, path: Path) -> None:
        """Reads a file."""
        super().__init__()
        self.names: set[str] = set()
        self.leads: list[str] = []
        self.asks: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        given = dict(attrs)
        self.names |= {str(given[each]) for each in ("id", "name") if given.get(each)}
        target = given.get("href") or given.get("src")
        if target and tag == "a":
            self.leads.append(target)
        elif target and tag in SHOWN and given.get("rel") not in ("canonical", "next", "prev"):
            self.asks.append(target)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs") / "站点 一"
    subprocess.run([sys.executable, str(DOCS / "site" / "build.py"), str(out)], check=True, cwd=ROOT)
    return out


@pytest.mark.long
def test_every_link_leads_somewhere_and_nothing_is_asked_for_outside(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert {path.name for path in pages if path.parent.name == "zh"} == {
        path.name for path in pages if path.parent.name == "en"
    }
    lost = []
    for path, page in pages.items():
        assert [each for each in page.asks if urlsplit(each).scheme or each.startswith("//")] == []
        for target in [*page.leads, *page.asks]:
            parts = urlsplit(target)
            if parts.scheme:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not file.is_file() or (anchor and file in pages and anchor not in pages[file].names):
                lost.append(f"{path.relative_to(site)}: {target}")
    assert lost == []


@pytest.mark.long
def test_every_rule_and_every_name_of_the_interface_is_there(site: Path) -> None:
    for language in ("zh", "en"):
        rules = (site / language / "rules.html").read_text(encoding="utf-8")
        for kind in (catalogue().families, catalogue().tiers, catalogue().rules):
            missing = [name for name, each in kind.items() if f"<code>{name}</code>" not in rules
                       or getattr(each.title, language) not in rules]  # fmt: skip
            assert missing == []
        names = Page(site / language / "python.html").names
        assert [name for name in alloc.__all__ if f"alloc.{name}" not in names] == []


def found(tab: Any, words: str) -> bool:
    """Whether a search leads to the page of rules; what is typed before the index is read is lost, so again."""
    for _ in range(40):
        tab.locator(".md-search__input").click()
        tab.keyboard.press("Control+a")
        tab.keyboard.type(words)
        tab.wait_for_timeout(500)
        if tab.locator(".md-search-result__item a[href*='rules.html']").count():
            tab.keyboard.press("Escape")
            return True
    return False


@pytest.mark.browser
def test_read_from_disk_with_search_and_the_other_language(site: Path, browser: Any) -> None:
    with browser.new_page(viewport={"width": 1366, "height": 768}) as tab:
        outside: list[str] = []
        tab.on("request", lambda request: outside.append(request.url) if not request.url.startswith("file:") else None)
        tab.goto((site / "index.html").as_uri())
        tab.wait_for_url("**/zh/index.html")
        assert found(tab, "举债空间")
        tab.locator(".md-select__link[hreflang=en]").evaluate("each => each.click()")
        tab.wait_for_url("**/en/index.html")
        assert found(tab, "debt room")
        assert outside == []


def shown(outputs: list[list[dict[str, Any]]]) -> list[Any]:
    """What cells show as text, and in which other forms; these hold how long a solve took."""
    return [
        [(each.get("text"), each.get("data", {}).get("text/plain"), [*each.get("data", {})]) for each in cell]
        for cell in outputs
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if not name.endswith(".zh.ipynb")])
def test_a_notebook_shows_what_it_is_stored_with(name: str) -> None:
    notebook = write_notebooks.read(DOCS / "notebooks" / name)
    stored = [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    now = write_notebooks.outputs(write_notebooks.code(notebook))
    assert shown(now) == shown(stored), "run: python docs/write_notebooks.py"


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if not name.endswith(".zh.ipynb")])
def test_a_notebook_is_the_same_in_both_languages(name: str) -> None:
    english, chinese = (write_notebooks.read(DOCS / "notebooks" / each)
                        for each in (name, name.replace(".ipynb", ".zh.ipynb")))  # fmt: skip
    code = [each.replace('"en"', '"zh"') for each in write_notebooks.code(english)]
    assert write_notebooks.code(chinese) == code
    assert [cell["cell_type"] for cell in english["cells"]] == [cell["cell_type"] for cell in chinese["cells"]]
