"""A copy of what was handed in as a workbook, with the wrong cells coloured and every finding listed and linked."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from alloc import writing
from alloc.errors import AllocError
from alloc.findings_report.grid import MOST_COLUMNS, MOST_ROWS, Grid, Place, folder_grids
from alloc.findings_report.text import LABELS
from alloc.findings_report.workbook_grid import workbook_grids
from alloc.instance.cells import parse_number
from alloc.instance.files.shipped import locate
from alloc.instance.findings import Finding, InputError, sort_findings
from alloc.text import Text
from alloc.workbook.layout import FINDINGS
from alloc.workbook.styles import width
from alloc.writing import Written
from alloc.writing.kinds import CHECKED, CHECKED_MARK

AUTHOR = "alloc check"  # of every comment made here, so that a copy that is checked again loses them
COLOURS = {"error": "FFFCD5B4", "warning": "FFFFF2AB"}
FILLS = {severity: PatternFill("solid", start_color=colour) for severity, colour in COLOURS.items()}
HEAD_FILL, LINK = PatternFill("solid", start_color="FFEEF1F4"), "FF0B6E99"
TOP, WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
BAR = "————"  # between a comment made here and the one that was there
MOST_COMMENTS = 10_000  # spreadsheets take long over more; the list has all of them
LONGEST_CELL = 32_767
HEADS = (
    Text("序号", "no."),
    Text("类别", "severity"),
    Text("工作表", "sheet"),
    Text("单元格", "cell"),
    Text("列", "column"),
    Text("记录", "record"),
    Text("值", "value"),
    Text("问题", "what is wrong"),
    Text("应为", "what would be right"),
    Text("由此而来", "follow-ups"),
    Text("种类", "kind"),
)
WIDTHS = (6, 8, 18, 10, 20, 20, 18, 60, 50, 10, 22)

LINE_HEIGHT = 15  # points
Grids = dict[str, tuple[str, Grid]]  # the file that findings name -> title of its sheet, what stands where
Marked = dict[tuple[str, Place], list[Finding]]


class MarkError(AllocError):
    """No marked copy can be written; `message` says why."""


def mark(instance_path: Path | str, findings: Iterable[Finding], out_path: Path | None, language: str) -> Written:
    """Writes a workbook in which the cells of all findings are coloured and carry the message as a comment.

    Its first sheet lists all findings with a link to the cell. A workbook that was handed in is copied with
    everything in it; of a folder every file becomes a sheet.

    Args:
        instance_path: what was handed in: a folder, a workbook, or the name of an instance that ships.
        findings: what was found in it.
        out_path: where to write; None: beside, as ``NAME.checked.xlsx``. A copy that is there is renamed beside.
        language: ``zh`` or ``en``.

    Returns:
        The file that was written, and what an earlier copy is called now.

    Raises:
        MarkError: there is nothing to mark, or the planner's workbook holds what no copy can.
        TargetError: the file cannot be written, or something else is there.
    """
    try:
        source = locate(instance_path)
    except InputError as error:
        first = error.findings[0]
        raise MarkError(Text(f"{first.file}：{first.message.zh}", f"{first.file}: {first.message.en}")) from error
    every = sort_findings(findings)
    if source.is_dir():
        book, grids = _folder_book(source)
    else:
        book, grids = _own_book(source, every)
    links = _mark_cells(book, every, grids, language)
    _list(book, every, links, language)
    return _save(book, out_path or _beside(Path(instance_path), source), source)


def _beside(given: Path, source: Path) -> Path:
    """Where the copy goes unless something else is asked for; of an instance that ships, the working folder."""
    if not given.exists():
        return Path(f"{source.name}.checked.xlsx")
    return source.with_name(f"{source.name if source.is_dir() else source.stem}.checked.xlsx")


def _folder_book(folder: Path) -> tuple[Workbook, Grids]:
    """A new workbook with a sheet for every file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    grids: Grids = {}
    for file, grid, rows, numeric in folder_grids(folder):
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", file)[:31])
        for row, texts in enumerate(rows, start=1):
            for place, text in enumerate(texts[:MOST_COLUMNS], start=1):
                if text:
                    _write(sheet.cell(row, place), text, place in numeric and row > 1)
        if grid.lines:
            sheet.column_dimensions["A"].width = 120
        else:
            sheet.freeze_panes = "B2"
            for place in range(1, sheet.max_column + 1):
                sheet.cell(1, place).font = Font(bold=True)
                sheet.column_dimensions[get_column_letter(place)].width = 16
        grids[file] = (sheet.title, grid)
    return book, grids


def _own_book(path: Path, findings: Sequence[Finding]) -> tuple[Workbook, Grids]:
    """The planner's own workbook without earlier marks; an empty one where it cannot be opened."""
    try:
        book = load_workbook(path, keep_links=True)
    except Exception:  # openpyxl raises whatever the damage leads to; that it cannot be read is among the findings
        book = Workbook()
        book.remove(book.worksheets[0])
        return book, {}
    for title in FINDINGS:
        if title in book.sheetnames:
            del book[title]
    for sheet in book.worksheets:
        for cell in _cells(sheet):
            if cell.comment is not None:
                _unmark(cell)
    return book, {
        file: (title, grid) for file, title, grid in workbook_grids(path, findings) if title in book.sheetnames
    }


def _cells(sheet: Worksheet) -> Iterator[Cell]:
    # Those that there are; iter_rows would make every one up to the farthest.
    yield from (cell for cell in sheet._cells.values() if isinstance(cell, Cell))


def _unmark(cell: Cell) -> None:
    """A commented cell as it was before a finding was set on it."""
    if cell.comment.author != AUTHOR:
        cell.comment = _sized(cell.comment)
        return
    _, bar, before = cell.comment.text.partition(f"\n{BAR}\n")
    cell.comment = _sized(Comment(before, "")) if bar else None
    if cell.fill.start_color.rgb in COLOURS.values():
        cell.fill = PatternFill()


def _write(cell: Cell | MergedCell, text: str, numeric: bool) -> None:
    """A cell as it was handed in: a number where it is one, otherwise text, never a formula."""
    number = parse_number(text.strip()) if numeric else None
    if number is not None:
        cell.value = int(number) if number.is_integer() and abs(number) < 1e15 else number
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:LONGEST_CELL]
    cell.data_type = "s"


def _mark_cells(book: Workbook, findings: Sequence[Finding], grids: Grids, language: str) -> dict[int, tuple[str, str]]:
    """Colours the cells and sets the comments; gives for every finding its sheet and cell, by its number."""
    marked: Marked = {}
    links: dict[int, tuple[str, str]] = {}
    for number, finding in enumerate(findings):
        if finding.file not in grids:
            continue
        title, grid = grids[finding.file]
        for place in (_in_sight(book[title], each) for each in grid.places(finding)):
            if place[0] <= MOST_ROWS and place[1] <= MOST_COLUMNS:
                marked.setdefault((title, place), []).append(finding)
                links.setdefault(number, (title, f"{get_column_letter(place[1])}{place[0]}"))
    for count, ((title, place), here) in enumerate(marked.items()):
        cell = _top_left(book[title], place)
        cell.fill = FILLS["error" if any(each.severity == "error" for each in here) else "warning"]
        if count < MOST_COMMENTS:
            _comment(cell, here, language)
    return links


def _in_sight(sheet: Worksheet, place: Place) -> Place:
    """A place, or where its column is hidden the one in the next column that shows."""
    hidden = [(each.min, each.max) for each in sheet.column_dimensions.values() if each.hidden and each.min]
    row, column = place
    while (last := next((last for first, last in hidden if first <= column <= last), None)) is not None:
        column = last + 1
    return (row, column) if column <= MOST_COLUMNS else place


def _top_left(sheet: Worksheet, place: Place) -> Cell:
    """The cell at a place; of merged cells the one that shows."""
    cell = sheet.cell(*place)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    assert isinstance(cell, Cell)
    return cell


def _comment(cell: Cell, findings: Sequence[Finding], language: str) -> None:
    """Says what is wrong with a cell, above what its comment said before."""
    form = Text("{label}：{message}{remedy}{follows}", "{label}: {message} {remedy} {follows}")
    texts = [
        form.fill(label=LABELS[each.severity], message=each.message, remedy=each.remedy, follows=each.follows)
        for each in findings
    ]
    lines = [str(getattr(text, language)).strip() for text in texts]
    if cell.comment is not None:
        lines += [BAR, cell.comment.text]
    cell.comment = _sized(Comment(ILLEGAL_CHARACTERS_RE.sub("\ufffd", "\n".join(lines))[:LONGEST_CELL], AUTHOR))


def _sized(comment: Comment) -> Comment:
    """A comment that shows all of its text, or most of a long one; sizes are not read with a workbook."""
    lines = sum(1 + len(line) // 24 for line in comment.text.split("\n"))
    comment.width, comment.height = 340, min(420, 24 + 18 * lines)
    return comment


def _list(book: Workbook, findings: Sequence[Finding], links: Mapping[int, tuple[str, str]], language: str) -> None:
    """The first sheet: a row for every finding, with a link to its cell."""
    sheet = book.create_sheet(getattr(FINDINGS, language), 0)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    heads = HEADS[:-1] if language == "zh" else HEADS  # kinds have names of machines
    for place, (head, wide) in enumerate(zip(heads, WIDTHS, strict=False), start=1):
        cell = sheet.cell(1, place, getattr(head, language))
        cell.font, cell.fill = Font(bold=True), HEAD_FILL
        cell.alignment = Alignment(vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(place)].width = wide
    sheet.row_dimensions[1].height = 24
    for number, finding in enumerate(findings):
        row = number + 2
        title, coordinate = links.get(number, ("", ""))
        texts = (
            getattr(LABELS[finding.severity], language),
            title or finding.file,
            coordinate or str(finding.row or ""),
            finding.of_column(language),
            finding.key if finding.called is None else finding.called.said(language),
            finding.value,
            getattr(finding.message, language),
            getattr(finding.remedy, language),
            str(len(finding.followed_by) or ""),
            finding.code,
        )
        sheet.cell(row, 1, number + 1).alignment = TOP
        for place, text in enumerate(texts[: len(heads) - 1], start=2):
            _write(sheet.cell(row, place), text or "", numeric=False)
            sheet.cell(row, place).alignment = WRAPPED
        # Wrapped texts are as high as the row says in programs that do not measure them anew.
        lines = max(-(-width(text or "") // (wide - 2)) for text, wide in zip(texts, WIDTHS[1:], strict=True))
        sheet.row_dimensions[row].height = LINE_HEIGHT * max(1, lines) + 3
        sheet.cell(row, 2).fill = FILLS[finding.severity]
        if title:
            cell = sheet.cell(row, 4)
            assert isinstance(cell, Cell)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(title)}!{coordinate}")
            plain = sheet.cell(row, 2).font
            cell.font = Font(name=plain.name, size=plain.size, color=LINK, underline="single")
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADS))}{len(findings) + 1}"


def _save(book: Workbook, wanted: Path, source: Path) -> Written:
    """Writes the whole file or nothing; an earlier copy is renamed beside."""
    book.properties.category = CHECKED_MARK

    def saved(beside: Path) -> None:
        try:
            made = BytesIO()  # so that no archive is left open whose file cannot be closed
            book.save(made)
            beside.write_bytes(made.getvalue())
        except OSError:
            raise
        except Exception as error:  # openpyxl raises whatever the content leads to: a number without end, say
            if (code := getattr(errno, str(error).removeprefix("IO_"), None)) is not None:  # of its temporary files
                raise OSError(code, os.strerror(code)) from error
            raise MarkError(Text(
                f"{source.name}：其中的内容无法写入标记副本（{error}）；请按列出的问题改正后再试。",
                f"{source.name}: what it holds cannot be written into a copy ({error}); mend what is listed first.",
            )) from error  # fmt: skip

    return writing.write(wanted, CHECKED, saved, reads=[source])
