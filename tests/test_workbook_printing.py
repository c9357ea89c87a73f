"""How a workbook is printed: letters of eight points or more, pages alike, long words wrapped and not beyond them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import alloc
from alloc.workbook.printing import A3, A4, REPLACED, SMALLEST_PRINT, UPRIGHT, balanced, pages
from alloc.workbook.styles import ROW_HEIGHT, SIZE
from instances import write_tiny

LONG = "一个城市的说明很长，" * 20


def test_pages_beside_each_other_are_about_alike() -> None:
    """Ten columns of 10 on pages of 45 with the first repeated: 3 pages of 3, none with a last column alone."""
    assert balanced([10.0] * 10, 45.0, repeated=1) == [4, 7]
    assert balanced([10.0] * 10, 95.0) == [5]
    assert balanced([10.0] * 3, 45.0) == []
    assert balanced([10.0, 0.0, 60.0, 10.0], 50.0) == [2, 3]  # one that no page has room for stands alone


def test_no_fewer_pages_than_the_widest_need() -> None:
    found = balanced([5.0, 30.0, 30.0, 30.0, 5.0], 65.0)
    assert found == [2] or found == [3]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_is_printed_in_letters_of_eight_points(language: str, tmp_path: Path) -> None:
    """Also where columns are a third wider since another font stands for that of the default style."""
    home = write_tiny(
        tmp_path / "tiny",
        sources=f"table,column,status,source,note,note_zh\ncities,residents,published,x,{LONG},{LONG}\n",
    )
    book = tmp_path / "tiny.xlsx"
    alloc.convert(home, book, language=language)
    room = {str(paper.number): paper.wide for paper in (A4, A3)}
    workbook = openpyxl.load_workbook(book)
    wrapped = [
        cell
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == LONG and not sheet.column_dimensions[cell.column_letter].hidden
    ]
    assert wrapped and all(cell.alignment.wrap_text for cell in wrapped)
    assert all(cell.parent.row_dimensions[cell.row].height > 3 * ROW_HEIGHT for cell in wrapped)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        shown = [each for each in sheet.column_dimensions.values() if not each.hidden and each.width]
        wide = sum((each.width * 7) * (each.max - each.min + 1) for each in shown) * 25.4 / 96
        if sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage:
            scale = min(1.0, room[str(sheet.page_setup.paperSize)] / (REPLACED * wide))
        else:
            scale = sheet.page_setup.scale / 100
        assert SIZE[language] * scale >= SMALLEST_PRINT - 0.1, (sheet.title, wide)


def test_a_sheet_takes_the_first_paper_on_which_it_can_be_read() -> None:
    """Letters of ten points in four fifths of their size are eight: a page upright has room for 9 columns of 10, one
    across for 13, the largest for 18; more stand on several, which repeat the first."""
    papers = (UPRIGHT, A4, A3)
    assert [pages([10.0] * count, "zh", 1, papers).paper for count in (8, 12, 18)] == [UPRIGHT, A4, A3]
    made = pages([10.0] * 30, "zh", 1, papers)
    assert (made.paper, made.scale, made.repeated, made.begun) == (A3, 0.8, 1, (16,))
