"""What stands where in a workbook: one description for the writer and the reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType

from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from alloc.content.titles import VALUES
from alloc.formulation.columns import Column
from alloc.instance.schema.columns import MARKS, Table
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

Cell = str | float | bool | None

HEADER, NAMES, FIRST = 1, 2, 3  # rows of a table's sheet: titles, machine names (hidden), first record
FEWEST_SPARE = 200  # rows below the records for which drop-downs and checks are ready

GUIDE = Text("填报说明", "How to fill")
SETTINGS = Text("设置", "Settings")
FORM = Text("填报表", "Form")  # the first sheet of a department's form
CHECKS = Text("核对", "Checks")
LISTS = Text("选项", "Lists")
FINDINGS = Text("检查结果", "Findings")  # of a copy in which findings are marked
UNREAD = (GUIDE, CHECKS, LISTS, FINDINGS)
SETTINGS_SHEET = "instance"
SCENARIOS = Text("情景", "Scenarios")
SCENARIOS_SHEET = "scenarios"
FORM_SHEET = "form"
FEWEST_SIGNS = 2  # of a value that is cut short, such as 正式 for 正式下达
LONGEST_TEXT = 32_767  # signs that a cell holds

REQUIRED = "*"
SHOWN_ONLY = "#"  # before the machine name of a column that shows a name beside a code, and is not read
_SHOWN_ONLY_TITLE = Text("（自动）", " (automatic)")

FLAGS: Mapping[bool, Text] = MappingProxyType({True: Text("是", "yes"), False: Text("否", "no")})

_UNIT = r"[(（][^()（）]*[)）]"
_MARKS = re.compile(rf"[*＊{''.join(MARKS.values())}]+(?=\s*({_UNIT})?\s*$)")


def say(text: Text, language: str) -> str:
    """A text in the reader's language."""
    return text.zh if language == "zh" else text.en


def folded(name: str) -> str:
    """A name of a sheet without case, blanks and signs."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


_SHEETS: Mapping[str, str] = MappingProxyType({
    **{folded(name): table.name for table in TABLES.values() for name in (table.name, *table.title)},
    **{folded(name): SETTINGS_SHEET for name in (*SETTINGS, SETTINGS_SHEET, "instance.toml")},
    **{folded(name): FORM_SHEET for name in (*FORM, FORM_SHEET)},
    **{folded(name): SCENARIOS_SHEET for name in (*SCENARIOS, SCENARIOS_SHEET, "情景")},
    **{folded(name): "" for title in UNREAD for name in title},
})  # fmt: skip


def sheet_of(title: str) -> str | None:
    """What a sheet holds by its title: a table, settings, scenarios, "" for what is not read, None for all else."""
    return _SHEETS.get(folded(title))


@cache
def place_of_sheet(title: str) -> int:
    """The place of a sheet in the order in which workbooks have them; of one that holds none of it the last."""
    order = (SETTINGS_SHEET, *TABLES, SCENARIOS_SHEET)
    held = sheet_of(title)
    return order.index(held) + 1 if held in order else len(order) + 1


def short_unit(unit: Text, language: str) -> str:
    """The unit without what it says in parentheses, which no header could hold."""
    return " ".join(re.sub(_UNIT, "", say(unit, language)).split())


def header(column: Column, language: str, statuses: Sequence[str] = ()) -> str:
    """The title of a column as its header shows it: a star where it is required, marks of its statuses, the unit."""
    title = say(column.title, language) + REQUIRED * column.required_in(language) + marks_of(statuses)
    return with_unit(title, column.unit, language)


def with_unit(title: str, unit: Text, language: str) -> str:
    """A title with the unit below it, where there is one."""
    shown = short_unit(unit, language)
    if not shown:
        return title
    return f"{title}\n（{shown}）" if language == "zh" else f"{title}\n({shown})"


def marks_of(statuses: Sequence[str]) -> str:
    """The marks of some statuses, one behind another."""
    return "".join(MARKS.get(status, "") for status in statuses)


def clean_header(text: str) -> str:
    """A header without stars and marks; the unit may stay."""
    return _MARKS.sub("", text).strip()


def shown_only_header(title: str, language: str) -> str:
    """The header of a column that shows a name beside a code."""
    return title + say(_SHOWN_ONLY_TITLE, language)


def is_shown_only(name: str) -> bool:
    """Whether a header, or a machine name, is of a column that is not read."""
    return name.startswith(SHOWN_ONLY) or name.endswith(tuple(_SHOWN_ONLY_TITLE))


def value_shown(column: Column, value: str, language: str) -> str:
    """A value of an ``enum`` as the sheet shows it."""
    return VALUES.get(column.name, {}).get(value, value) if language == "zh" else value


def _values(column: Column) -> dict[str, str]:
    """The values of an ``enum`` in Chinese, those that have words."""
    known = VALUES.get(column.name, {})
    return {value: known[value] for value in column.values if value in known} if column.kind == "enum" else {}


def value_meant(column: Column, text: str) -> str:
    """The machine name of a value that stands in words, or as the beginning of one alone; otherwise the text."""
    text = column.value_spelt(text)
    values = _values(column)
    begun = [name for name, words in values.items() if len(text) >= FEWEST_SIGNS and words.startswith(text)]
    return next((name for name, words in values.items() if words == text), begun[0] if len(begun) == 1 else text)


def in_chinese(table: Table, column: Column, text: str) -> str:
    """A Chinese sentence with the values of a column, and of the others of its table, in the words of the sheet."""
    words: dict[str, str] = {}
    for each in (column, *table.columns):
        words = {**_values(each), **words}
    if not words:
        return text
    value = re.compile(rf"(?<!\w)({'|'.join(words)})(?!\w)( (?=[^\x00-\x7f]))?")
    said = value.sub(lambda found: words[found[1]], text)
    for shown in words.values():  # a sentence that gives a name with its words
        said = said.replace(shown * 2, shown)
    return said


def in_titles(text: str, heads: Mapping[str, str], sheets: Mapping[str, str]) -> str:
    """A Chinese sentence with the titles of sheets and columns for their machine names; not in edits and conditions.

    Args:
        text: the sentence.
        heads: titles of the columns of the sheet that it speaks of.
        sheets: titles of sheets by table.
    """
    text = re.sub(r"(?<![\w.])(\w+) 表的 (\w+)", _other_sheet, text, flags=re.ASCII)
    text = re.sub(
        r"((?<=[^\x00-\x7f]) )?(?<![\w.])(\w+) 表",
        lambda found: f"“{sheets[found[2]]}”表" if found[2] in sheets else found[0],
        text,
    )
    # A planner's own column may be called anything.
    named = "|".join(map(re.escape, sorted((name for name in heads if name.isascii()), key=len, reverse=True)))
    if not named:
        return text
    column = re.compile(rf"((?<=[^\x00-\x7f]) )?(?<![\w.:'\"=])({named})(?![\w.:(='\"]| *[=<>])( (?=[^\x00-\x7f]))?")
    return column.sub(lambda found: f"“{heads[found[2]]}”", text)


def _other_sheet(found: re.Match[str]) -> str:
    """A column of a table that a sentence names with it, by its title."""
    column = TABLES[found[1]].by_name.get(found[2]) if found[1] in TABLES else None
    return found[0] if column is None else f"{found[1]} 表的“{column.title.zh}”"


def choices(column: Column, language: str) -> list[str]:
    """What may stand in a flag or an ``enum``; nothing for other kinds."""
    if column.kind == "flag":
        return [say(text, language) for text in FLAGS.values()]
    return [value_shown(column, value, language) for value in column.values]


@dataclass(frozen=True)
class Shown:
    """One column of a sheet.

    Attributes:
        name: machine name; behind ``SHOWN_ONLY`` the reference whose name is shown.
        title: the header.
        column: its description; None for the planner's own columns and for those that are only shown.
    """

    name: str
    title: str
    column: Column | None = None

    @property
    def computed(self) -> bool:
        """Whether it only shows a name beside a code."""
        return self.name.startswith(SHOWN_ONLY)


@dataclass(frozen=True)
class Layout:
    """One table as a sheet: its columns, and how many records there are.

    Attributes:
        table: its description.
        title: title of the sheet.
        columns: from left to right.
        rows: number of records.
    """

    table: Table
    title: str
    columns: tuple[Shown, ...]
    rows: int

    @cached_property
    def places(self) -> dict[str, int]:
        """Machine name -> column, the first is 0."""
        return {shown.name: place for place, shown in enumerate(self.columns)}

    @property
    def last(self) -> int:
        """The last row for which drop-downs and checks are ready; the first row of the sheet is 1."""
        return FIRST - 1 + self.rows + max(self.rows, FEWEST_SPARE)

    def range(self, name: str) -> str:
        """A column as formulas name it, spare rows included."""
        letter = xl_col_to_name(self.places[name])
        return f"{quote_sheetname(self.title)}!${letter}${FIRST}:${letter}${self.last}"

    def cell(self, name: str, row: int) -> str:
        """A cell as formulas name it; the first row of the sheet is 1."""
        return f"{quote_sheetname(self.title)}!${xl_col_to_name(self.places[name])}${row}"


def arrange(
    table: Table,
    columns: Mapping[str, Sequence[Cell]],
    statuses: Mapping[tuple[str, str], Sequence[str]],
    named: Mapping[str, str],
    language: str,
) -> Layout:
    """The sheet of a table: every column of the schema, names beside codes, then the planner's own columns.

    Args:
        table: its description.
        columns: cells by machine name, as far as there are any.
        statuses: what the headers of the columns of all tables mark, by table and column.
        named: the column that names a record, by table.
        language: of the titles.
    """
    shown: list[Shown] = []
    for column in table.columns:
        marked = statuses.get((table.name, column.name), ())
        shown.append(Shown(column.name, header(column, language, marked), column))
        if column.references and column.references != table.name:
            target = TABLES[column.references]
            title = target.by_name[named[target.name]].title
            shown.append(Shown(SHOWN_ONLY + column.name, shown_only_header(say(title, language), language)))
    for name in columns:
        if name not in table.by_name:
            marks = marks_of(statuses.get((table.name, name), ()))
            if language == "zh" and table.name == "cities":  # in English the name is the head, and read as one
                title, unit = city_figure(name)
                shown.append(Shown(name, with_unit(title.zh + marks, unit, language)))
            else:
                shown.append(Shown(name, name + marks))
    rows = max((len(cells) for cells in columns.values()), default=0)
    return Layout(table, say(table.title, language), tuple(shown), rows)


def name_columns(tables: Mapping[str, Mapping[str, Sequence[Cell]]], language: str) -> dict[str, str]:
    """For every table that others refer to, the column that names a record in the reader's language."""
    in_english = language == "en" and any(tables.get("cities", {}).get("name_en", ()))
    titled = f"title_{language}"
    named = {table.name: titled for table in TABLES.values() if titled in table.by_name}
    return {"cities": "name_en" if in_english else "name", **named}
