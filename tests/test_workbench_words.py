"""The files of the workbench's page: words in both languages, types that agree, nothing from elsewhere, no mark-up."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent / "alloc" / "workbench" / "page"
MODULES = sorted(PAGE.glob("*.mjs"))
MOST_BYTES = 1_500_000  # of the page with its grid
LISTED = ("figure", "keys", "screen")  # sections whose keys the page puts together from a list


def words() -> dict[str, dict[str, str]]:
    sections = tomllib.loads((PAGE / "words.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": both for section, keys in sections.items() for key, both in keys.items()}


def slots(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_word_stands_in_both_languages():
    for key, both in words().items():
        assert set(both) == {"zh", "en"}, key
        assert both["zh"].strip() and both["en"].strip(), key
        assert slots(both["zh"]) == slots(both["en"]), key


def test_the_page_uses_the_words_that_there_are_and_no_others():
    text = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    known, used = words(), set(re.findall(r'"([a-z]+\.[a-z_]+)"', text))
    spoken = set(re.findall(r'say\("([a-z]+\.[a-z_]+)"', text))
    assert spoken <= set(known)
    assert {key for key in known if key.split(".")[0] not in LISTED} <= used
    for name in re.findall(r'\["[^"]+", "(\w+)"\]', (PAGE / "keys.mjs").read_text(encoding="utf-8")):
        assert f"keys.{name}" in known


def test_a_text_reaches_the_page_as_text_and_nothing_comes_from_elsewhere():
    for path in [*MODULES, PAGE / "index.html", *PAGE.glob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            path
        )
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//|url\((?!data:)\s*['\"]?https?:", text), path
        assert path.suffix != ".html" or not re.search(r"style=|<style|<script(?! type=\"module\" src=)", text)
    addresses = {
        each for path in MODULES for each in re.findall(r"https?://[^\"' ]+", path.read_text(encoding="utf-8"))
    }
    assert addresses <= {"http://www.w3.org/2000/svg"}, "names of a format, never addresses that are asked"


def _reached(needed: set[str], named: dict[str, set[str]]) -> set[str]:
    while more := set().union(*(named.get(module, set()) for module in needed)) - needed:
        needed = needed | more
    return needed


def test_every_module_of_the_first_screen_is_asked_for_at_once_and_no_class_is_dressed_in_two_files():
    """A browser that finds modules one by one, each when the one before is there, waits at every step."""
    head = (PAGE / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'rel="modulepreload" href="/page/([^"]+)"', head))
    named = {path.name: set(re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8"))) for path in MODULES}
    needed = _reached({"main.mjs"}, named)
    assert asked == needed - {"main.mjs"}
    main = (PAGE / "main.mjs").read_text(encoding="utf-8")
    opened = {f"{screen}.mjs" for screen in re.findall(r'import\("\./([^"]+)\.mjs"\)', main)}
    assert not opened & needed, "a screen that comes when it is opened is asked for before"
    assert {path.name for path in MODULES} == _reached(needed | opened, named) - {"vendor/tabulator.mjs"} | {
        "types.mjs"
    }
    where: dict[str, set[str]] = {}
    for path in PAGE.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)\{[^{}]*\}", text):
            for one in selectors.split(","):
                if "." in one:
                    where.setdefault(" ".join(one.split()), set()).add(path.name)
    assert {one: files for one, files in where.items() if len(files) > 1} == {}
    bare = [
        (re.sub(r"^[a-z]+|:.*|\[.*", "", one), files) for one, files in where.items() if not re.search(r"[ >+~]", one)
    ]
    for name in {name for name, _ in bare}:
        files = set().union(*(files for each, files in bare if each == name))
        assert len(files) == 1, f"{name} is styled in {sorted(files)}"


def test_the_page_stays_small():
    assert sum(path.stat().st_size for path in PAGE.rglob("*") if path.is_file()) <= MOST_BYTES


def test_colours_come_from_the_tokens():
    text = (PAGE / "workbench.css").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", text) == []
    tokens = set(re.findall(r"(--[\w-]+):", (PAGE / "tokens.css").read_text(encoding="utf-8")))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= tokens


@pytest.mark.long
def test_types_of_the_page_agree():
    checker = shutil.which("tsc")
    if checker is None:
        pytest.skip("no TypeScript on this machine")
    options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--module", "es2022"]
    options += ["--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable"]
    done = subprocess.run(
        [checker, *options, *(path.name for path in MODULES)], cwd=PAGE, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout


def test_columns_and_settings_are_said_by_their_titles():
    """What the engine says in backticks, as `pools.corridor_down`, is the name in a file."""
    pytest.importorskip("fastapi")
    from alloc.workbench.front.page import words
    from alloc.workbench.server import names

    known = words(names())
    assert known["name.pools.corridor_down"] == {"zh": "下浮幅度", "en": "Corridor down"}
    assert known["name.policy.land.stock_ratio"]["zh"] == "盘活一公顷可新增", "without its unit"
