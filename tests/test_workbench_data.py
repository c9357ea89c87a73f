"""The screen Data of the workbench in a real browser: a cell typed, a block pasted, what is wrong said in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

import alloc
from test_workbench_page import AXE, SIZES, WRONG, Seat, until
from test_workbench_page import browser as browser
from test_workbench_page import cleared as cleared
from test_workbench_page import seat as seat

pytestmark = [pytest.mark.browser, pytest.mark.long]

RESIDENTS = 100_000  # of both cities of `hand`
ASK_AXE = (
    "axe.run().then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.target.join(' '))]))"
)
PASTE = """text => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const happened = {clipboardData: data, bubbles: true, cancelable: true};
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', happened));
}"""
COPY = """() => {
  const data = new DataTransfer();
  const happened = {clipboardData: data, bubbles: true, cancelable: true};
  document.activeElement.dispatchEvent(new ClipboardEvent('copy', happened));
  return data.getData('text/plain');
}"""


def opened(seat: Seat, language: str = "en", told: list[str] | None = None) -> Any:
    tab = seat.page(language, told=told)
    tab.evaluate("location.hash = 'data'")
    tab.wait_for_selector(".tables .rule")
    tab.wait_for_selector('[data-row="000001"]')
    return tab


def cell(tab: Any, key: str, column: str) -> Any:
    return tab.locator(f'[data-row="{key}"][tabulator-field="{column}"]')


def residents(seat: Seat) -> dict[str, float]:
    """What stands in the table, as the server has it."""
    table = seat.client.get(f"w/{seat.client.w}/tables/cities").json()
    names = [column["name"] for column in table["columns"]]
    return {row[names.index("city")]: row[names.index("residents")] for row in table["rows"]}


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_a_cell_that_is_typed_is_an_edit_and_the_result_is_that_of_the_engine(seat: Seat, language: str):
    told: list[str] = []
    tab = opened(seat, language, told)
    before = seat.client.settled()["hash"]
    cell(tab, "000001", "residents").click()
    tab.keyboard.type("150000")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.edit mark').length === 1")
    state = seat.client.settled()
    (edit,) = state["edits"]
    assert [line.split() for line in edit["lines"]] == [["cities.000001.residents", "=", "150000.0"]]
    assert not edit["trial"]
    cold = alloc.solve("hand", edits=["cities.000001.residents = 150000"], relaxation=True)
    assert state["hash"] == cold.instance.hash != before
    until(tab, "document.querySelector('[data-row=\"000001\"][tabulator-field=residents]').textContent === '150,000'")
    assert "mine" in cell(tab, "000001", "residents").get_attribute("class")
    assert tab.evaluate("document.activeElement.dataset.row") == "000002", "Enter goes on to the next row"
    tab.keyboard.press("Control+z")
    until(tab, "document.querySelector('[data-row=\"000001\"][tabulator-field=residents]').textContent === '100,000'")
    assert seat.client.settled()["hash"] == before
    assert told == []
    tab.context.close()


def test_a_word_among_numbers_is_said_nothing_is_changed_and_it_is_mended_where_it_stands(seat: Seat):
    tab = opened(seat)
    cell(tab, "000001", "residents").click()
    tab.evaluate(PASTE, "120,000\t70000\r\nmany\t80000\r\n")
    tab.wait_for_selector(".tabulator-cell.err")
    assert "1 does not fit; nothing was changed" in tab.locator(".banner").text_content()
    assert tab.locator(".tabulator-cell.err").all_text_contents() == ["many"]
    assert "Not a number. Write a number without a unit." in tab.locator(".side.rt .found").first.text_content()
    assert "Second" in tab.locator(".side.rt .found").first.text_content()
    assert seat.client.settled()["edits"] == []
    assert set(residents(seat).values()) == {RESIDENTS}

    tab.keyboard.press("F8")
    until(tab, "document.activeElement.classList.contains('err')")
    tab.keyboard.press("Enter")
    assert tab.locator(".cellfield").input_value() == "many"
    tab.keyboard.press("Control+a")
    tab.keyboard.type("130000")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-key=confirm]")
    assert tab.locator(".banner b").text_content() == "4 cells would change"
    assert seat.client.settled()["edits"] == [], "a preview is no edit"
    assert tab.locator(".side.rt .found mark").all_text_contents() == ["120,000", "70,000", "130,000", "80,000"]
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.edit').length === 1")
    assert residents(seat) == {"000001": 120_000, "000002": 130_000}
    tab.context.close()


def test_what_contradicts_another_cell_is_said_at_that_cell(seat: Seat):
    """60,000 live in the town: fewer residents than that cannot be, and the engine names the column of the town."""
    tab = opened(seat)
    cell(tab, "000001", "residents").click()
    tab.keyboard.type("50000")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".tabulator-cell.err")
    wrong = tab.locator(".tabulator-cell.err")
    assert wrong.first.get_attribute("tabulator-field") == "urban_residents"
    assert "60,000" in tab.locator(".side.rt .found").first.text_content()
    assert cell(tab, "000001", "residents").text_content() == "50,000"
    tab.locator("[data-key=discard]").click()
    until(tab, "document.querySelector('[data-row=\"000001\"][tabulator-field=residents]').textContent === '100,000'")
    assert seat.client.settled()["edits"] == []
    tab.context.close()


@pytest.mark.slow
def test_another_table_takes_the_place_of_the_first_without_a_complaint(seat: Seat):
    told: list[str] = []
    tab = opened(seat, told=told)
    tab.locator("[data-key=tcapacity]").click()
    tab.wait_for_selector('[data-row="000001, primary"], [data-row^="000001, "]')
    tab.locator('[data-row^="000001, "]').first.click()
    tab.keyboard.press("Control+End")
    tab.locator("[data-key=tcities]").click()
    cell(tab, "000001", "residents").click()
    tab.keyboard.press("ArrowDown")
    until(tab, "document.activeElement.dataset.row === '000002'")
    assert told == []
    tab.context.close()


def test_what_is_copied_has_its_heads_and_is_taken_back_as_it_is(seat: Seat):
    tab = opened(seat)
    cell(tab, "000001", "city").click()
    tab.keyboard.press("Control+a")
    lines = [line.split("\t") for line in tab.evaluate(COPY).split("\n")]
    assert [line[:3] for line in lines[1:]] == [["000001", "First", "100000"], ["000002", "Second", "100000"]]
    assert lines[0][:3] == ["City code", "Name in English", "Resident population, persons"]
    tab.evaluate(PASTE, "\r\n".join("\t".join(line) for line in lines) + "\r\n")
    tab.wait_for_selector(".banner:not(.calm)")
    assert "nothing to change" in tab.locator(".banner").text_content()
    tab.keyboard.press("Escape")
    until(tab, "document.querySelectorAll('.banner').length === 0")
    cell(tab, "000001", "city").click()
    lines[2][2] = "90000"
    tab.evaluate(PASTE, "\n".join("\t".join(line) for line in lines))
    tab.wait_for_selector("[data-key=confirm]")
    assert tab.locator(".banner b").text_content() == "1 cell would change"
    lines[1][0] = "000009"
    tab.locator("[data-key=discard]").click()
    cell(tab, "000001", "city").click()
    tab.evaluate(PASTE, "\n".join("\t".join(line) for line in lines))
    tab.wait_for_selector(".banner:not(.calm)")
    assert "“City code” is part of the key" in tab.locator(".banner").text_content()
    assert seat.client.settled()["edits"] == []
    tab.context.close()


@pytest.mark.slow
def test_fill_down_and_empty_show_first_what_they_change(seat: Seat):
    tab = opened(seat)
    cell(tab, "000001", "residents").click()
    tab.keyboard.type("110000")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelector('[data-row=\"000001\"][tabulator-field=residents]').textContent === '110,000'")
    cell(tab, "000001", "residents").click()
    tab.keyboard.press("Shift+ArrowDown")
    assert tab.locator(".tabulator-cell.chosen").count() == 2
    tab.keyboard.press("Control+d")
    tab.wait_for_selector("[data-key=confirm]")
    assert cell(tab, "000002", "residents").text_content() == "110,000"
    tab.keyboard.press("Escape")
    until(tab, "document.querySelector('[data-row=\"000002\"][tabulator-field=residents]').textContent === '100,000'")
    cell(tab, "000002", "residents").click()
    tab.keyboard.press("Delete")
    tab.wait_for_selector(".tabulator-cell.err")
    assert "cannot be empty" in tab.locator(".side.rt .found").first.text_content()
    assert residents(seat) == {"000001": 110_000, "000002": RESIDENTS}
    tab.context.close()


def test_a_block_of_a_hundred_thousand_cells_is_refused_in_words(seat: Seat):
    tab = opened(seat)
    cell(tab, "000001", "residents").click()
    tab.evaluate(PASTE, "\n".join(["1\t2"] * 50_000))
    tab.wait_for_selector(".banner:not(.calm)")
    assert "50,000 rows and 2 columns; from this cell on the table has 2 and" in tab.locator(".banner").text_content()
    assert seat.client.settled()["edits"] == []
    tab.keyboard.press("Escape")
    tab.context.close()


@pytest.mark.parametrize(
    "size",
    ["768", pytest.param("640", marks=pytest.mark.slow), *(each for each in SIZES if each not in ("768", "640"))],
)
@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_no_text_is_cut_and_axe_finds_nothing(seat: Seat, language: str, size: str):
    tab = opened(seat, language)
    tab.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    assert tab.evaluate(WRONG) == []
    cell(tab, "000001", "residents").click()
    tab.evaluate(PASTE, "120,000\t70000\r\nmany\t80000")
    tab.wait_for_selector(".tabulator-cell.err")
    assert tab.evaluate(WRONG) == []
    if size == "768":
        tab.wait_for_timeout(700)  # colours have faded in
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        assert tab.evaluate(ASK_AXE) == []
    tab.context.close()


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_documents_are_made_listed_handed_out_and_marked_once_they_are_old(seat: Seat, language: str):
    tab = seat.page(language)
    tab.evaluate("location.hash = 'documents'")
    running = {"zh": "正在生成", "en": "being made"}[language]
    tab.route("**/api/v1/jobs/*", lambda route: route.fulfill(json={"state": "running"}))  # as long as needed
    tab.locator("[data-key=make]").click()
    tab.wait_for_selector(f"aside [role=status]:has-text('{running}')")
    for screen in ("nation", "documents"):
        tab.evaluate(f"location.hash = '{screen}'")
        tab.wait_for_selector("[data-key=make]", state="attached" if screen == "documents" else "detached")
    tab.wait_for_selector(f"aside [role=status]:has-text('{running}')")
    assert tab.locator("[data-key=make]").is_disabled()
    tab.unroute("**/api/v1/jobs/*")
    tab.wait_for_selector(f'a[download="hand-{language}.html"]', timeout=120_000)
    assert tab.locator("aside [role=status]").count() == 0
    with tab.expect_download() as found:
        tab.locator(f'a[download="hand-{language}.html"]').first.click()
    text = found.value.path().read_text(encoding="utf-8")
    assert {"zh": "两市手算例", "en": "Two cities by hand"}[language] in text
    fresh = tab.locator("[data-old]").count()
    assert seat.client.edit("pools.general.total = 9000").status_code == 202
    until(tab, f"document.querySelectorAll('[data-old]').length > {fresh}")
    for width, height in SIZES.values():
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate(WRONG) == []
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    assert tab.evaluate(ASK_AXE) == []
    tab.context.close()


@pytest.mark.slow
def test_cells_show_titles_and_take_them_or_codes(seat: Seat):
    tab = opened(seat, "zh")
    tab.locator("[data-key=tpools]").click()
    tab.wait_for_selector('[data-row="general"]')
    tab.locator("[data-key=columns]").click()
    tab.locator("dialog input[type=checkbox]").nth(2).check()
    tab.keyboard.press("Escape")
    use = cell(tab, "general", "use")
    until(tab, "document.querySelector('[data-row=\"general\"][tabulator-field=use]')?.textContent === '一般支出'")
    use.click()
    tab.keyboard.press("F2")
    assert tab.locator(".cellfield").input_value() == "一般支出"
    tab.keyboard.insert_text("建设")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.edit').length === 1")
    assert [edit["lines"] for edit in seat.client.settled()["edits"]] == [['pools.general.use = "capital"']]
    until(tab, "document.querySelector('[data-row=\"general\"][tabulator-field=use]').textContent === '建设'")
    tab.context.close()


@pytest.mark.slow
def test_a_legend_covers_no_city(seat: Seat):
    """Discs in two corners at the foot, then in three: it goes to the next corner that is free."""
    tab = seat.page("zh")
    places = tab.evaluate("""async () => {
      const { map } = await import('/page/map.mjs');
      const dot = (x, y) => ({ key: `${x}`, x, y, amount: 1, look: 'flat', name: '', lines: [] });
      const legend = [{ look: 'big-up', text: '增 10 % 以上' }];
      const options = { height: 252, label: '', chosen() {}, lassoed() {} };
      const corners = [dot(9, 245), dot(395, 245), dot(9, 9)];
      return [[dot(200, 100)], corners.slice(0, 1), corners.slice(0, 2), corners].map((dots) => {
        const disc = [...map(dots, legend, options).querySelectorAll('circle.big-up')].pop();
        return [Number(disc.getAttribute('cx')) < 202, Number(disc.getAttribute('cy')) > 126];
      });
    }""")
    assert places == [[True, True], [False, True], [True, False], [False, False]]
    tab.context.close()


def test_every_city_of_a_few_is_named_and_no_name_lies_over_another_city(seat: Seat):
    """Sixteen in a row, so near each other that a name on the right would cover the next disc; of forty, twelve."""
    tab = seat.page("zh")
    few, many, covered = tab.evaluate("""async () => {
      const { map } = await import('/page/map.mjs');
      const dot = (at, step) => ({ key: `${at}`, x: 20 + step * at, y: 40 + 50 * (at % 4), amount: 1, look: 'flat',
        name: `市${at}`, lines: [] });
      const options = { height: 252, label: '', chosen() {}, lassoed() {} };
      const drawn = (count, step) => {
        const made = map(Array.from({ length: count }, (_, at) => dot(at, step)), [], options);
        document.body.append(made);
        const discs = [...made.querySelectorAll('circle')];
        return [...made.querySelectorAll('text')].map((name) => [name.textContent, name.getBBox(), discs]);
      };
      const within = (box, disc) => {
        const x = Number(disc.getAttribute('cx')) - box.x, y = Number(disc.getAttribute('cy')) - box.y;
        return x > 0 && x < box.width && y > 0 && y < box.height;
      };
      const few = drawn(16, 9), covered = few.filter(([, box, discs]) => discs.some((disc) => within(box, disc)));
      return [few.map(([name]) => name), drawn(40, 9).length, covered.map(([name]) => name)];
    }""")
    assert sorted(few) == sorted(f"市{at}" for at in range(16))
    assert many == 12
    assert covered == []
    tab.context.close()


ADDED = [['add earmarks { city = "000001", pool = "general", amount = 600.0 }']]


def test_the_first_row_of_a_table_without_rows_is_typed_pasted_and_taken_back(seat: Seat):
    """Which columns there are, must be filled and can hold what is the schema's: no table is named in the page."""
    told: list[str] = []
    tab = opened(seat, "zh", told)
    tab.locator('[data-key="tearmarks"]').click()
    until(tab, "/此表还没有行/.test(document.querySelector('.table').textContent)")
    assert "还没有行的表" in tab.locator(".tables").text_content()
    tab.locator("[data-key=addrow]").click()
    assert tab.locator("dialog .field > span:first-child").all_text_contents()[:3] == [
        "城市代码（必填）", "资源池代码（必填）", "数额，公顷（用地）或万元（资金、债券）（必填）"
    ]  # fmt: skip
    tab.locator("[data-key=ncity]").fill("甲市")
    tab.locator("[data-key=namount]").fill("600")
    tab.locator("[data-key=add]").click()
    until(tab, "document.querySelector('dialog .finding')")
    assert tab.locator("dialog .finding").text_content() == "资源池代码：不能为空。可用：general 一般性转移支付。"
    assert seat.client.settled()["edits"] == [], "nothing is half added"
    tab.locator("[data-key=npool]").fill("一般性转移支付")
    tab.locator("[data-key=add]").click()
    until(tab, "!document.querySelector('dialog') && document.querySelector('[data-row=\"000001, general\"]')")
    state = seat.client.settled()
    assert [edit["lines"] for edit in state["edits"]] == ADDED
    assert state["hash"] == alloc.solve("hand", edits=ADDED[0], relaxation=True).instance.hash
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Control+z")
    until(tab, "/此表还没有行/.test(document.querySelector('.table').textContent)")
    tab.evaluate(PASTE, "数额\t城市代码\t资源池代码\n600\t000001\tgeneral\n")
    assert tab.locator("dialog textarea").input_value().startswith("数额")
    tab.locator("dialog textarea").fill("总额\t城市代码\t资源池代码\n600\t000001\tgenera\n")
    tab.locator("[data-key=add]").click()
    until(tab, "document.querySelectorAll('dialog .finding').length === 3")
    assert sorted(each[:12] for each in tab.locator("dialog .finding").all_text_contents()) == [
        "本表没有列“总额”。可用", "第 2 行，数额：不能为", "第 2 行，资源池代码，",
    ], "a head that is no column is told with the rest"  # fmt: skip
    tab.locator("dialog textarea").fill("数额\t城市代码\t资源池代码\n600\t000001\tgeneral\n")
    tab.locator("[data-key=add]").click()
    until(tab, "document.querySelector('[data-row=\"000001, general\"]')")
    assert seat.client.settled()["hash"] == state["hash"]
    log = seat.client.desk.live(seat.client.w).files.place / ".workbench" / "edits.jsonl"
    assert json.loads(log.read_text(encoding="utf-8").splitlines()[-1])["lines"] == [
        'add earmarks { amount = 600.0, city = "000001", pool = "general" }'
    ], "a restart begins with it"
    assert [line for line in told if "400" not in line] == [], "but for the row that was refused"
    tab.context.close()


def test_a_block_that_goes_beyond_the_table_is_offered_as_new_rows(seat: Seat):
    """From the first cell there is nothing further up and left; as rows every fault is told once, with where it is."""
    tab = opened(seat, "zh")
    cell(tab, "000001", "residents").click()
    tab.locator('[data-key="tpools"]').click()
    tab.wait_for_selector('[data-row="general"]')
    tab.locator('[data-row="general"]').first.click()
    tab.evaluate(PASTE, "land\t土地\nwater\t水\n")
    tab.wait_for_selector("[data-key=addpasted]")
    assert tab.locator(".banner .grow").text_content().endswith("只有 1 行 9 列。若这些是新的行，请按“＋ 新增行”。")
    tab.locator("[data-key=addpasted]").click()
    pasted = tab.locator("dialog textarea").input_value().split("\n")
    assert [line.split("\t")[0] for line in pasted] == ["资源池代码", "land", "water"], "with the heads of its columns"
    tab.locator("[data-key=add]").click()
    until(tab, "document.querySelector('dialog .finding')")
    assert all(each.startswith("第 2、3 行，") for each in tab.locator("dialog .finding").all_text_contents())
    tab.keyboard.press("Escape")
    tab.context.close()


def test_a_small_disc_lies_above_a_large_one_and_is_named_by_pointer_and_keys(seat: Seat):
    """As Ezhou beside Huanggang: the dash of what loses does not cross it, and no side is free for its name."""
    tab = seat.page("en")
    tab.evaluate("""async () => {
      const { map } = await import('/page/map.mjs');
      const dot = (key, x, y, amount, look) => ({ key, x, y, amount, look, name: key, lines: [key] });
      window.chosen = [];
      const options = { height: 252, label: 'Land', chosen: (key) => chosen.push(key), lassoed() {} };
      const dots = [dot('Ezhou', 202, 126, 1, 'big-up'), dot('Huanggang', 200, 126, 9, 'mid-down'),
        dot('Huangshi', 200, 140, 4, 'flat'), dot('Wuhan', 150, 90, 16, 'flat')];
      const made = map(dots, [], options);
      made.style.cssText = 'position: fixed; inset: 0; width: 404px; z-index: 99; background: white';
      document.body.append(made);
    }""")
    kinds = "[...document.querySelectorAll('body > .map svg > *')].map(each => each.dataset.city ?? each.textContent)"
    assert tab.evaluate(kinds)[:5] == ["Wuhan", "Huanggang", "", "Huangshi", "Ezhou"], "the dash lies below"
    assert sorted(tab.evaluate(kinds)[5:]) == ["Ezhou", "Huanggang", "Huangshi", "Wuhan"]
    where = tab.locator("body > .map [data-city=Ezhou]").bounding_box()
    tab.mouse.move(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    tip = tab.locator("body > .map .tip")
    assert tip.locator("div").all_text_contents() == ["Ezhou", "Huanggang"], "all that lie there"
    tab.mouse.move(600, 600)
    assert not tip.is_visible()
    tab.locator("body > .map").focus()
    assert tab.locator("body > .map").get_attribute("aria-label") == (
        "Land (arrow keys go from the largest to the smallest)"
    )
    for key, told in (("ArrowRight", "Wuhan"), ("ArrowDown", "Huanggang"), ("End", "Ezhou"), ("ArrowLeft", "Huangshi"),
                      ("Home", "Wuhan"), ("ArrowUp", "Wuhan"), ("End", "Ezhou")):  # fmt: skip
        tab.keyboard.press(key)
        assert tip.text_content() == told
    assert tab.locator("body > .map .at").get_attribute("data-city") == "Ezhou"
    tab.keyboard.press("Enter")
    assert tab.evaluate("chosen") == ["Ezhou"]
    tab.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "shown"), [("zh", ["table", "source_zh"]), ("en", ["table", "source"])])
def test_a_text_in_two_languages_is_shown_once(seat: Seat, language: str, shown: list[str]):
    """Of the columns of a source, that which the reader needs; the other can be chosen."""
    tab = seat.page(language)
    found = tab.evaluate("""async () => {
      const { first } = await import('/page/tables.mjs');
      const of = (name, twice) => [name, { name, twice, kind: 'text', key: name === 'table' }];
      const columns = new Map([of('table', []), of('source', ['zh']), of('source_zh', ['en'])]);
      const rows = new Map([['cities', { table: 'cities', source: 'census', source_zh: '普查' }]]);
      return first({ table: { name: 'sources', findings: [] }, columns, rows });
    }""")
    assert found == shown
