"""The guide sheet and the notes on headers, made from the schema."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from alloc.content.places import OF_COLUMNS
from alloc.content.titles import VALUES
from alloc.formulation.columns import Column
from alloc.instance.divisions.scope import units_left_out
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.columns import MARKS, Table
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import DERIVED_FACTORS, DERIVED_TEXTS, TABLES
from alloc.instance.statuses import STATUSES, said_of
from alloc.text import Text
from alloc.workbook.content import Content
from alloc.workbook.layout import (
    CHECKS,
    FLAGS,
    GUIDE,
    SETTINGS,
    SETTINGS_SHEET,
    Cell,
    Layout,
    Shown,
    clean_header,
    marks_of,
    say,
    value_shown,
)
from alloc.workbook.notes import column_note, table_note
from alloc.workbook.printing import lay_pages, pages
from alloc.workbook.scenarios import TABLE as SCENARIOS
from alloc.workbook.settings_layout import SIZE_CLASSES
from alloc.workbook.styles import ACCENT, FILLS, LINE, WRONG, Styles, width
from alloc.workbook.validation.page import BAD, Formula

_HOW = (
    Text("每张工作表是一张数据表，第 1 行是列名和单位；第 2 行（隐藏）是机器名，请勿改动。",
         "Every sheet is one table. Row 1 has titles and units; row 2 (hidden) machine names: leave it as it is."),
    Text("列名带 * 的必须填写；不带 * 的可以留空。空格表示“没有数据”，不等于零；零要写 0。",
         "Columns with * are required, others may stay empty. Empty means “not given”, never zero: write 0 for zero."),
    Text("需要写代码的地方也可以写名称，下拉选项就是名称（同名的后面注明代码）；增加城市、服务、资源池时在表尾接着填，选项自动更新。",
         "Where a code belongs a name will do: drop-downs offer names, with the code behind those that several have. "
         "New cities, services and pools go below; the choices follow."),
    Text("单位固定：人口为人，用地为公顷，资金为万元，能力为该服务自己的单位；比例写 0.35（或 35%），不写 35。",
         "Units are fixed: persons, hectares, 10⁴ yuan, the service's own unit for capacity. Shares are 0.35 (or 35%), "
         "not 35."),
    Text("列的顺序可以改；“城市”表可以另加列，列名即机器名，供因素、服务人群和筛选条件使用。",
         "Columns may be reordered. Cities may have further columns, under names of your own, for factors, cohorts and "
         "conditions."),
    Text("标有（自动）的列只显示代码的名称，不会被读取。可以用公式，读取的是上次保存的计算结果；不要合并单元格。",
         "Columns marked (automatic) show the name of a code and are not read. Formulas are read by their last values. "
         "Do not merge cells."),
    Text("填好后看“核对”表，再运行 alloc check 本文件：一次列出全部问题和所在单元格。",
         "Then look at the sheet Checks and run alloc check on this file: everything that is wrong, cell by cell."),
)  # fmt: skip
_MARKED = Text("标记", "Marks")
_MARK_WORDS = {
    "estimated": Text("估计值：由其他数据推估，见“数据来源”表。", "Estimated from other data: see the sheet Sources."),
    "assumed": Text(
        "假设值：没有数据，按假设填入，见“数据来源”表。", "Assumed, for want of data: see the sheet Sources."
    ),
}
_SHEETS = Text("工作表", "Sheets")
_SHEET_HEADS = (
    Text("工作表", "Sheet"), Text("机器名", "Machine name"), Text("必需", "Required"), Text("行数", "Rows"),
    Text("核对", "Check"), Text("内容", "What it holds"),
)  # fmt: skip
_SETTINGS_NOTE = Text("算例名称、年度、政策参数和目标层次。", "Name, year, policy values and tiers of the objective.")
_CHECKS_NOTE = Text("合计与总量、空缺和行数的核对。", "Sums against totals, blanks and numbers of rows.")
_COLUMN_HEADS = (
    Text("列名", "Title"), Text("机器名", "Machine name"), Text("必填", "Required"), Text("单位", "Unit"),
    Text("取值", "Values"), Text("说明", "What it is"),
)  # fmt: skip
_DERIVED = Text("由系统计算、可在分配因素和筛选条件中使用的量", "Computed, for use in factors and conditions")
_OWN = Text("自设列。", "A column of your own.")
_OWN_VALUES = Text("自拟的取值不需要名称，处处照原样显示。",
                   "Values of your own need no title: they are shown as they stand.")  # fmt: skip
_STATUS = Text("数据状态", "Status")
_BY_CELL = Text("按单元格（见“单元格数据来源”表）：", "By cell (see the sheet Sources of cells): ")
_OF_CELLS = Text("各格来源见“单元格数据来源”表", "see the sheet Sources of cells")
_WIDTHS = (26, 22, 10, 26, 34, 56)


def header_note(
    table: Table,
    shown: Shown,
    source: Mapping[str, Cell] | None,
    language: str,
    counts: Mapping[str, int] | None = None,
) -> str:
    """What the header of a column says when one points at it.

    Args:
        table: of the column.
        shown: the column.
        source: its record in ``sources``; None: it has none.
        language: of the note.
        counts: how many of its cells have which status, where any have their own; one that all have is the column's.
    """
    column = shown.column
    if shown.computed:
        return say(
            Text("自动显示代码的名称，不必填写，不会被读取。", "Shows the name of the code; not read."), language
        )
    lines = []
    if column is not None:
        need = Text("必填。", "Required.") if column.required_in(language) else Text("可不填。", "May be empty.")
        lines = [column_note(table, column, language), say(need, language)]
        for label, text in (
            (Text("单位：", "Unit: "), say(column.unit, language)),
            (Text("取值：", "Values: "), allowed(column, language)),
            (Text("机器名：", "Machine name: "), column.name),
        ):
            if text:
                lines.append(say(label, language) + text)
    else:
        lines.append(say(_OWN, language))
    if table.name == CITIES.name and shown.name in OF_COLUMNS:
        lines.append(say(_OWN_VALUES, language))
    alone = next(iter(counts)) if counts and len(counts) == 1 else ""
    if source is not None:
        status = alone or str(source.get("status") or "")
        words = VALUES["status"].get(status, status) if language == "zh" else status
        texts = (said_of(source, name, language) for name in ("source", "year", "note"))
        about = ("，" if language == "zh" else ", ").join(filter(None, texts))
        if alone and alone != str(source.get("status") or ""):  # what the column's own source says is of no cell
            about = say(_OF_CELLS, language)
        mark = MARKS.get(status, "")
        lines.append(f"{mark}{say(_STATUS, language)}{'：' if language == 'zh' else ': '}{words}"
                     + (f"（{about}）" if language == "zh" else f" ({about})") * bool(about))  # fmt: skip
    if counts and not alone:
        named: Mapping[str, str] = VALUES["status"] if language == "zh" else {}
        each = [f"{MARKS.get(one, '')}{named.get(one, one)} {counts[one]}" for one in STATUSES if one in counts]
        lines.append(say(_BY_CELL, language) + ("，" if language == "zh" else ", ").join(each))
    return "\n".join(lines)


def allowed(column: Column, language: str) -> str:
    """What may stand in a column, in words."""
    apart = "、" if language == "zh" else ", "
    if column.kind == "flag":
        return apart.join(say(text, language) for text in FLAGS.values())
    if column.values:
        return apart.join(value_shown(column, value, language) for value in column.values)
    if column.references:
        target = TABLES[column.references]
        key = target.by_name[target.key[0]]
        return say(Text(f"“{target.title.zh}”表的{key.title.zh}", f"{key.title.en} of {target.title.en}"), language)
    return say(column.range_words, language) or say(column.pattern_words, language)


def write_guide(
    sheet: Worksheet,
    layouts: Mapping[str, Layout],
    content: Content,
    verdicts: Mapping[str, Formula],
    styles: Styles,
    language: str,
) -> None:
    """Fills the guide sheet: how to fill in, the sheets with their checks, every column of every table."""
    page = _Guide(sheet, styles, language)
    title = content.settings.get("title")
    named = str(title.get(language) or "") if isinstance(title, Mapping) else ""
    sheet.write_string(0, 0, say(GUIDE, language) + (f" · {named}" if named else ""), styles.title())
    sheet.set_row(0, 28)
    page.row = 2
    scope = units_left_out(str(code) for code in content.tables.get(CITIES.name, {}).get("city", ()) if code)
    for number, text in enumerate([*_HOW, *([scope] if scope else [])], start=1):
        page.words(f"{number}. {say(text, language)}")
    page.row += 1
    for status, mark in MARKS.items():
        example = say(_MARKED, language) + mark
        sheet.write_string(page.row, 0, example, styles(bg_color=FILLS[status], border=1, border_color=LINE))
        page.words(say(_MARK_WORDS[status], language), first=1)
    page.sheets(layouts, verdicts)
    for layout in layouts.values():
        page.table(layout, content)
    page.part(say(_DERIVED, language))
    for name, words in {**DERIVED_FACTORS, **DERIVED_TEXTS}.items():
        kinds = SIZE_CLASSES if name == "size_class" else {}
        each = (text.zh if language == "zh" else f"{key} {text.en}" for key, text in kinds.items())
        values = ("、" if language == "zh" else ", ").join(each)
        page.line([say(words, language), name, "", "", "", values])
    for place, wide in enumerate(_WIDTHS):
        sheet.set_column(place, place, wide)
    sheet.hide_gridlines(2)
    lay_pages(sheet, pages(_WIDTHS, language), language, None)


class _Guide:
    """The guide sheet while it is written, row by row."""

    def __init__(self, sheet: Worksheet, styles: Styles, language: str) -> None:
        """Start at the top."""
        self.sheet, self.styles, self.language = sheet, styles, language
        self.row = 0

    def words(self, text: str, first: int = 0) -> None:
        """One paragraph across the page."""
        last = len(_WIDTHS) - 1
        self.sheet.merge_range(self.row, first, self.row, last, text, self.styles(text_wrap=True, valign="vcenter"))
        lines = -(-width(text) // (sum(_WIDTHS[first:]) * 9 // 10))
        self.sheet.set_row(self.row, 19 * lines)
        self.row += 1

    def part(self, title: str) -> None:
        """The heading of a part."""
        self.row += 1
        for place in range(len(_WIDTHS)):
            self.sheet.write_blank(self.row, place, None, self.styles.section())
        self.sheet.write_string(self.row, 0, title, self.styles.section())
        self.sheet.set_row(self.row, 22)
        self.row += 1

    def heads(self, heads: tuple[Text, ...]) -> None:
        """The heads of the columns below."""
        for place, head in enumerate(heads):
            self.sheet.write_string(self.row, place, say(head, self.language), self.styles.header(""))
        self.row += 1

    def line(self, cells: list[str], fill: str = "") -> None:
        """A row of a list, as high as its longest cell."""
        lines = 1
        for place, cell in enumerate(cells):
            first = {"bg_color": FILLS[fill]} if fill and place == 0 else {}
            self.sheet.write_string(self.row, place, cell, self.styles.cell(text_wrap=True, **first))
            lines = max(lines, -(-width(cell) // (_WIDTHS[place] - 1)))
        self.sheet.set_row(self.row, 17 * lines)
        self.row += 1

    def sheets(self, layouts: Mapping[str, Layout], verdicts: Mapping[str, Formula]) -> None:
        """All sheets with links, their rows and their checks."""
        language, link = self.language, self.styles.cell(font_color=ACCENT, underline=1)
        self.part(say(_SHEETS, language))
        self.heads(_SHEET_HEADS)
        yes = say(FLAGS[True], language)
        rows: list[tuple[str, str, str, str]] = [
            (say(SETTINGS, language), SETTINGS_SHEET, say(_SETTINGS_NOTE, language), yes),
            *((each.title, name, table_note(each.table, language), yes * each.table.required)
              for name, each in layouts.items()),
            (say(SCENARIOS.title, language), SCENARIOS.name, say(SCENARIOS.note, language), ""),
            (say(CHECKS, language), "", say(_CHECKS_NOTE, language), ""),
        ]  # fmt: skip
        form = self.styles.cell(num_format="#,##0", align="left")
        for title, name, note, required in rows:
            self.line(["", name, required, "", "", note])
            row = self.row - 1
            self.sheet.write_url(row, 0, f"internal:{quote_sheetname(title)}!A1", link, title)
            if name in layouts:
                counted = layouts[name].range(layouts[name].table.key[0])
                self.sheet.write_formula(row, 3, f"=COUNTA({counted})", form, layouts[name].rows)
            if name in verdicts:
                verdict = verdicts[name]
                self.sheet.write_formula(row, 4, f'={verdict.text}&""', form, str(verdict.value or ""))
        self.sheet.conditional_format(self.row - len(rows), 4, self.row - 1, 4, {
            "type": "text", "criteria": "begins with", "value": BAD, "format": self.styles(bg_color=WRONG, bold=True)
        })  # fmt: skip

    def table(self, layout: Layout, content: Content) -> None:
        """Every column of a table."""
        language, table = self.language, layout.table
        self.part(f"{layout.title} · {table.name}")
        self.words(table_note(table, language))
        self.heads(_COLUMN_HEADS)
        for shown in layout.columns:
            if shown.computed:
                continue
            marked, column = content.marks.get((table.name, shown.name), ()), shown.column
            mark, fill = marks_of(marked), marked[0] if len(marked) == 1 else ""
            if column is None:
                head, unit = clean_header(shown.title.partition("\n")[0]), city_figure(shown.name)[1]
                self.line([head + mark, shown.name, "", say(unit, language), "", say(_OWN, language)], fill=fill)
                continue
            need = Text("是", "yes") if column.required_in(language) else Text("", "")
            self.line([
                say(column.title, language) + mark, column.name, say(need, language), say(column.unit, language),
                allowed(column, language), column_note(table, column, language),
            ], fill=fill)  # fmt: skip
