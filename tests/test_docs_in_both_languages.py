"""The Chinese pages, of `docs` and beside the README: each has the headings, commands and links of its English one."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import alloc
from commands_by_names import command_by_names

ROOT = Path(__file__).resolve().parent.parent
CHINESE = sorted(
    path.relative_to(ROOT).as_posix() for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.zh.md")
)

# What a command leaves open, longest first: in Chinese pages and in English ones.
OPEN = {
    "文件夹或文件": "DIR or FILE", "文件夹|文件": "DIR|FILE", "资源池": "POOL", "文件夹": "DIR", "目标量": "TARGET",
    "工作区": "WORKSPACE", "算例": "INSTANCE", "结果": "RESULT", "情景": "NAME", "修改": "LINE", "修改语句": "LINE",
    "目标": "NAME", "城市": "CITY", "代码": "CODE", "条件": "CONDITION", "部分": "SECTIONS", "文件": "FILE",
    "端口": "N", "名称": "NAME",
}  # fmt: skip


def english(page: str) -> str:
    return page.replace(".zh.md", ".md")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code(text: str) -> list[str]:
    """The lines that stand in blocks of code, fenced or indented after an empty line."""
    fenced = re.findall(r"^```.*?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"(?<=\n\n)((?: {4}\S.*\n)+)", rest)
    return [line.strip() for block in (*fenced, *indented) for line in block.splitlines()]


def prose(text: str) -> str:
    """The text without code, whether in blocks or in a line, and without the addresses of links."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"(?<=\n\n)(?: {4}\S.*\n)+", "", text)
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "`", text))


def commands(name: str) -> list[str]:
    """The commands of a page in English, by names, without the language that they ask for and remarks on them."""
    said = [line for line in code(read(name)) if re.match(r"(?:\$ )?alloc |--edit|python ", line)]
    said = [re.sub(r" --lang (?:zh|en)\b|\s+#.*", "", line) for line in said]
    said = [" ".join(command_by_names(shlex.split(line))) for line in said]
    for chinese, plain in OPEN.items():
        said = [line.replace(chinese, plain) for line in said]
    return said


def headings(name: str) -> list[int]:
    return [len(level) for level in re.findall(r"^(#+) ", prose(read(name)), re.MULTILINE)]


def links(name: str) -> Counter[str]:
    """The files and addresses that a page leads to, as often as it does, without the ending of its language."""
    return Counter(target.split("#")[0].replace(".zh.", ".") for target in re.findall(r"\]\(([^)]*)\)", read(name)))


def test_there_are_pages() -> None:
    assert {"README.zh.md", "docs/columns.zh.md", "docs/explain.zh.md"} <= set(CHINESE)


@pytest.mark.parametrize("page", CHINESE)
def test_both_lead_to_each_other(page: str) -> None:
    assert read(page).splitlines()[2] == f"[English]({Path(english(page)).name})"
    assert read(english(page)).splitlines()[2] == f"[中文]({Path(page).name})"


@pytest.mark.parametrize("page", CHINESE)
def test_headings(page: str) -> None:
    assert headings(page) == headings(english(page))


@pytest.mark.parametrize("page", CHINESE)
def test_commands(page: str) -> None:
    assert commands(page) == commands(english(page))


@pytest.mark.parametrize("page", CHINESE)
def test_rows_of_tables(page: str) -> None:
    """Every table has its rows, and every row of it as many cells."""
    shapes = [[len(re.findall(r"(?<!\\)\|", line)) for line in read(name).splitlines() if line.startswith("|")]
              for name in (page, english(page))]  # fmt: skip
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("page", CHINESE)
def test_links(page: str) -> None:
    assert links(page) == links(english(page))


@pytest.mark.parametrize("page", CHINESE)
def test_links_stay_in_the_language(page: str) -> None:
    """What a page leads to is there, and is Chinese where there is Chinese of it; the English page is the exception."""
    for target in re.findall(r"\]\(([^)#]*)", read(page)):
        if target and "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), target
            beside = re.sub(r"(?<!\.zh)(\.\w+)$", r".zh\1", target)
            own = (Path(english(page)).name, "pictures/workbench.png")
            there = (ROOT / page).parent.joinpath(beside).exists()
            assert target in own or beside == target or not there, f"{target}: say {beside}"


@cache
def conflict(instance: str) -> object:
    return alloc.explain(ROOT / instance)


@pytest.mark.long
@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_readme_shows_what_explain_prints(page: str) -> None:
    """The lines of the conflict are lines of the answer, in their order."""
    (named, block) = re.findall(r"^\$ alloc explain (\S+).*?\n(.*?)^```", read(page), re.DOTALL | re.MULTILINE)[0]
    said = iter(alloc.show(conflict(named), "zh" if ".zh." in page else "en").splitlines())
    for line in block.splitlines():
        assert line in ("", "…", "……") or line in said, line


@pytest.mark.parametrize("page", CHINESE)
def test_no_english_sentence(page: str) -> None:
    assert re.findall(r"[A-Za-z’'-]+(?:,? [A-Za-z’'-]+){4,}", prose(read(page))) == []


@pytest.mark.parametrize("page", CHINESE)
def test_full_width_signs(page: str) -> None:
    """A comma, colon, semicolon or question mark behind a Chinese character is a Chinese one."""
    assert re.findall(r".{,8}[\u4e00-\u9fff][,;:?!](?:.{,8})", prose(read(page))) == []


def test_the_chinese_readme_has_no_stray_blank() -> None:
    """Between two Chinese signs outside of code and tables' edges."""
    text = re.sub(r"```.*?```", "", (ROOT / "README.zh.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"[一-鿿，。；：、（）] +[一-鿿（）]", re.sub(r"`[^`]*`", "``", text)) == []


def test_the_tables_of_the_audit_have_the_same_numbers() -> None:
    """Both pages are written from one audit: cell by cell every number is the same, whatever stands around it."""

    def rows(page: str) -> list[list[str]]:
        made = [row for part in re.findall(r"<!-- (\w+) -->(.*?)<!-- /\1 -->", read(page), re.DOTALL)
                for row in part[1].splitlines() if row.startswith("|")]  # fmt: skip
        cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in made]
        return [[cell for cell in row if re.fullmatch(r"[−+]?[\d,.]+(?:[×eE]\S+)?(?: %)?", cell)] for row in cells]

    zh, en = rows("docs/believable.zh.md"), rows("docs/believable.md")
    assert len(en) > 300 and zh == en
