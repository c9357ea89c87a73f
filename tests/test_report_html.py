"""The HTML report in a real browser: no request, no error, sorts, filters, prints, fits a phone."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from alloc.cli import main
from alloc.content.blocks import Column, Document, Group, Marked, Section, Table
from alloc.content.numbers import shown
from alloc.instance import read
from alloc.report.document import city_page, report
from alloc.report.render.html import page
from alloc.report.render.html.page import spaced
from alloc.report.view import View
from alloc.result.result import Result, run
from alloc.result.store import write
from chromium import browser as browser
from forging import reseal
from instances import write_tiny


@pytest.fixture(scope="module")
def hand() -> Result:
    return run(read("hand"))


def long_table(rows: int) -> Document:
    """A table of cities in two provinces, with a column that sorts as numbers only: 9 before 10."""
    columns = (
        Column("name", "city"), Column("city", "code", kind="code"),
        Column("amount", "amount", "ha", "number", additive=True, colour="bar"),
        Column("change", "change", "ha", "change", 1, colour="diverging"),
    )  # fmt: skip
    content = tuple(
        (f"City {at}", f"{at:06d}", float(at), None if at == 3 else float(at % 7 - 3)) for at in range(rows)
    )
    half = rows // 2
    groups = (
        Group("North", half, ("", "", float(sum(range(half))), None)),
        Group("South", rows - half, ("", "", float(sum(range(half, rows))), None)),
    )
    totals = ("total", "", float(sum(range(rows))), None)
    table = Table("cities", "All <cities> & more", columns, content, "", totals, groups, sortable=True)
    return Document("t", "report", "Title", "Sub", "en", (Section("s", "Section", "It opens.", (table,)),))


def opened(browser: Any, path: Path, width: int = 1280) -> tuple[Any, list[str]]:
    """A page, and everything it complains of or asks for."""
    tab, told = browser.new_page(viewport={"width": width, "height": 900}), []
    tab.on("console", lambda message: told.append(f"console: {message.text}"))
    tab.on("pageerror", lambda error: told.append(f"error: {error}"))
    tab.on("request", lambda request: told.append(request.url) if request.url != path.as_uri() and not
           request.url.startswith("data:") else None)  # fmt: skip
    tab.goto(path.as_uri())
    tab.wait_for_timeout(100)
    return tab, told


def first_column(tab: Any) -> list[str]:
    return tab.evaluate("Array.from(document.querySelectorAll('tbody tr:not(.pad)'), row => row.cells[0].textContent)")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_opens_silently_and_says_what_the_content_says(
    browser: Any, hand: Result, tmp_path: Path, language: str
):
    document = report(hand, language)
    path = tmp_path / "r.html"
    path.write_text(page(document), encoding="utf-8")
    tab, told = opened(browser, path)
    assert told == []
    assert tab.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    for table in document.tables():
        made = shown(table, language)
        rows = f"document.querySelectorAll('#t-{table.name} tbody tr')"
        cells = f"Array.from({rows}, row => Array.from(row.cells, cell => cell.textContent))"
        found = [tuple(row) for row in tab.evaluate(cells)]
        for row in (*made.rows, *([made.totals] if made.totals else [])):
            assert row in found, (table.name, row)
    assert tab.evaluate("document.querySelectorAll('svg').length") == len(list(document.figures()))
    tab.close()


@pytest.mark.browser
def test_sort_filter_and_scroll_a_long_table(browser: Any, tmp_path: Path):
    path = tmp_path / "long.html"
    path.write_text(page(long_table(3_000)), encoding="utf-8")
    tab, told = opened(browser, path)
    assert first_column(tab)[:3] == ["total", "North", "City 0"]
    assert len(first_column(tab)) < 200, "only a window of rows is drawn"
    heads = tab.locator("th")
    heads.nth(2).click()  # numbers: the largest first
    assert first_column(tab)[:3] == ["total", "City 2999", "City 2998"]
    heads.nth(2).click()
    assert first_column(tab)[:4] == ["total", "City 0", "City 1", "City 2"]
    heads.nth(2).click()
    assert first_column(tab)[:3] == ["total", "North", "City 0"]
    tab.fill("input", "south city 2999")
    assert first_column(tab) == ["total", "City 2999"] and "1" in tab.inner_text(".count")
    tab.fill("input", "")
    tab.evaluate("document.querySelector('.scroll').scrollTop = 1e9")
    tab.wait_for_timeout(150)
    assert first_column(tab)[-1] == "City 2999"
    heads.nth(3).focus()
    tab.keyboard.press("Enter")
    assert heads.nth(3).get_attribute("aria-sort") == "descending"
    tab.evaluate("document.querySelector('.scroll').scrollTop = 1e9")
    tab.wait_for_timeout(150)
    assert first_column(tab)[-1] == "City 3", "what is missing stays last"
    assert told == []
    tab.close()


@pytest.mark.browser
def test_print_holds_every_row_on_a4(browser: Any, tmp_path: Path):
    from pypdf import PdfReader

    path = tmp_path / "long.html"
    path.write_text(page(long_table(400)), encoding="utf-8")
    tab, told = opened(browser, path)
    tab.pdf(path=str(tmp_path / "r.pdf"), prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "r.pdf").pages
    assert [round(float(each)) for each in pages[0].mediabox[2:]] == [595, 842]
    text = "\n".join(each.extract_text() for each in pages)
    assert {f"{at:06d}" for at in range(400)} <= set(re.findall(r"\b\d{6}\b", text))
    assert text.count("code") == len(pages), "the head of the table stands on every page"
    assert told == []
    tab.close()


@pytest.mark.browser
def test_a_city_prints_on_one_page(browser: Any, hand: Result, tmp_path: Path):
    from pypdf import PdfReader

    view = View(hand, "en")
    path = tmp_path / "city.html"
    path.write_text(page(city_page(view, view.codes[0])), encoding="utf-8")
    tab, told = opened(browser, path)
    tab.pdf(path=str(tmp_path / "city.pdf"), prefer_css_page_size=True)
    assert len(PdfReader(tmp_path / "city.pdf").pages) == 1 and told == []
    tab.close()


@pytest.mark.browser
def test_a_phone_scrolls_tables_not_the_page(browser: Any, hand: Result, tmp_path: Path):
    path = tmp_path / "r.html"
    path.write_text(page(report(hand, "zh")), encoding="utf-8")
    tab, told = opened(browser, path, width=360)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert told == []
    tab.close()


@pytest.mark.browser
def test_text_from_data_is_never_markup(browser: Any, tmp_path: Path):
    evil = "</script><script>document.title='taken'</script><b>x</b>"
    rows = tuple((evil, str(at)) for at in range(100))
    columns = (Column("name", evil), Column("code", "code", kind="code"))
    table = Table("t", evil, columns, rows, sortable=True)
    path = tmp_path / "evil.html"
    path.write_text(
        page(Document("t", "report", evil, evil, "en", (Section("s", evil, evil, (table,)),))), encoding="utf-8"
    )
    tab, told = opened(browser, path)
    assert tab.title() != "taken" and told == []
    assert tab.evaluate("document.querySelectorAll('td b, th b').length") == 0
    assert first_column(tab)[0] == evil
    tab.close()


def test_2850_rows_stay_under_8_megabytes_and_hold_the_texts():
    document = long_table(2_850)
    text = page(document)
    assert len(text.encode()) < 8_000_000
    found = re.search(r'<script type="application/json">(.*?)</script>', text, re.S)
    assert found is not None
    table = next(document.tables())
    assert json.loads(found[1])["rows"] == [list(row) for row in shown(table, "en").rows]


def test_marks_of_estimated_and_assumed_data_are_set_larger_in_cells_heads_and_texts(browser: Any, tmp_path: Path):
    columns = (Column("name", "city"), Column("debt", "debt", kind="number", status="assumed"))
    rows = tuple((f"City {at}", Marked(float(at), "ᵉ")) for at in range(200))
    long, short = (Table(name, name, columns, rows[:count], sortable=True) for name, count in (("a", 200), ("b", 2)))
    sections = (Section("s", "S", "It rests on estimates ᵉ.", (long, short)),)
    path = tmp_path / "marks.html"
    text = page(Document("t", "report", "Title", "Sub", "en", sections))
    path.write_text(text, encoding="utf-8")
    assert 'It rests on estimates <span class="m">ᵉ</span>.' in text
    assert text.count('debt<span class="m">ᵃ</span>') == 2 and text.count('1<span class="m">ᵉ</span></td>') == 1
    tab, told = opened(browser, path)
    first = tab.locator("#t-a tbody tr:not(.pad) td:nth-child(2)").first
    assert first.inner_html() == '0<span class="m">ᵉ</span>' and not told
    size = "each => parseFloat(getComputedStyle(each).fontSize)"
    assert tab.locator("#t-a td .m").first.evaluate(size) > 1.3 * first.evaluate(size)


def test_thin_spaces_between_chinese_and_figures():
    assert spaced("共 337 个城市，增加5 %以上") == "共\u2009337\u2009个城市，增加\u20095 %\u2009以上"
    assert spaced("new land 5 %") == "new land 5 %"


def test_the_page_asks_for_nothing(hand: Result):
    text = page(report(hand, "en"))
    assert not re.search(r"(?:src|href)=[\"'](?!#|data:)", text) and "url(" not in text and "@import" not in text


def test_the_command_writes_pages_and_keeps_what_was_there(hand: Result, tmp_path: Path):
    folder, out = tmp_path / "result", tmp_path / "out"
    write(hand, folder)
    base = ["report", str(folder), "--out", str(out), "--lang", "en", "--format", "json", "--no-prices"]
    first = CliRunner().invoke(main, base)
    assert first.exit_code == 0, first.output
    path = Path(json.loads(first.stdout)["written"][0]["path"])
    again = json.loads(CliRunner().invoke(main, base).stdout)["written"][0]
    assert Path(again["older"]).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    pages = CliRunner().invoke(main, [*base, "--city", "all"])
    assert pages.exit_code == 0 and len(json.loads(pages.stdout)["written"]) == 2
    assert not list(out.rglob("*.writing*"))


def test_reports_of_two_results_lie_side_by_side(hand: Result, tmp_path: Path):
    out = tmp_path / "reports"
    titles = {"zh": "{title}　结果：{name}", "en": "{title}, result: {name}"}
    for name in ("q1", "q2"):
        write(hand, tmp_path / name)
        for language in ("zh", "en"):
            line = ["report", str(tmp_path / name), "--out", str(out), "--lang", language, "--to", "html,docx"]
            assert CliRunner().invoke(main, [*line, "--no-prices", "--no-formula"]).exit_code == 0
            title = getattr(hand.instance.settings.title, language)
            told = titles[language].format(title=title, name=name)
            assert told in (out / f"{name}-{language}.html").read_text(encoding="utf-8")
    named = [
        f"{name}-{language}.{each}" for name in ("q1", "q2") for language in ("en", "zh") for each in ("docx", "html")
    ]
    assert sorted(each.name for each in out.iterdir()) == named
    again = CliRunner().invoke(main, ["report", str(tmp_path / "q1"), "--out", str(out), "--lang", "zh", "--no-prices"])
    assert again.stdout == f"原有文件改名为 {out / 'q1-zh.1.html'}\n已写入 {out / 'q1-zh.html'}\n"
    assert report(hand, "en").subtitle == hand.instance.settings.title.en  # in memory it has no name


@pytest.mark.parametrize(
    ("more", "told"),
    [(["--to", "odt"], "odt"), (["--city", "999999"], "999999"), (["--boundaries", "none.json"], "none.json")],
)
def test_bad_options_are_refused(hand: Result, tmp_path: Path, more: list[str], told: str):
    write(hand, tmp_path / "result")
    base = ["report", str(tmp_path / "result"), "--out", str(tmp_path), "--lang", "en"]
    found = CliRunner().invoke(main, [*base, *more])
    assert found.exit_code in (1, 64) and told in found.output


def test_damaged_foreign_and_unverified_results_are_refused(hand: Result, tmp_path: Path):
    def refused(folder: Path) -> tuple[int, str]:
        found = CliRunner().invoke(main, ["report", str(folder), "--out", str(tmp_path / "out"), "--lang", "en"])
        assert not (tmp_path / "out").exists()
        return found.exit_code, found.output

    def made(name: str) -> Path:
        write(hand, tmp_path / name)
        return tmp_path / name

    assert refused(tmp_path / "nowhere")[0] == 1
    damaged = made("damaged")
    (damaged / "people.parquet").write_bytes(b"nothing")
    code, text = refused(damaged)
    assert code == 1 and "people.parquet" in text
    foreign = made("foreign") / "manifest.json"
    manifest = json.loads(foreign.read_text(encoding="utf-8"))
    foreign.write_text(json.dumps(manifest | {"schema": 99}), encoding="utf-8")
    assert "99" in refused(foreign.parent)[1]
    unverified = made("unverified") / "manifest.json"
    failed = manifest | {"verified": {**manifest["verified"], "passed": False}}
    reseal(unverified.parent, failed)
    assert refused(unverified.parent)[0] == 4
    changed = made("changed")
    import pandas as pd

    table = pd.read_parquet(changed / "allocation.parquet")
    table.assign(published=table["published"] + 1).to_parquet(changed / "allocation.parquet")
    assert refused(changed)[0] == 1  # its digest is another one
    reseal(changed, manifest)
    assert refused(changed)[0] == 4


def test_an_instance_without_regions_or_places_has_a_report(tmp_path: Path):
    write_tiny(tmp_path / "tiny")
    result = run(read(tmp_path / "tiny"))
    assert result.has_solution
    document = report(result, "zh")
    assert "map" not in [figure.name for figure in document.figures()]
    assert page(document).startswith("<!doctype html>")


def test_a_missing_library_is_named_with_what_installs_it(
    hand: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(hand, tmp_path / "result")
    monkeypatch.setitem(sys.modules, "docx", None)
    base = ["report", str(tmp_path / "result"), "--out", str(tmp_path / "out"), "--lang", "zh", "--to", "html,docx"]
    found = CliRunner().invoke(main, base)
    assert found.exit_code == 1 and "python-docx" in found.output and 'pip install -e ".[report]"' in found.output
    assert not (tmp_path / "out").exists(), "nothing is written by halves"
