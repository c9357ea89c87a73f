"""Writing the sheet of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from alloc.formulation.registry import DEFAULT, catalogue, installed
from alloc.workbook.layout import FLAGS, say, short_unit
from alloc.workbook.printing import lay_pages, pages
from alloc.workbook.settings_layout import (
    HEADS,
    NOTE,
    NOTHING,
    PATH,
    SETTINGS,
    TITLE,
    UNIT,
    VALUE,
    Setting,
    lookup,
    section_title,
    unknown_settings,
)
from alloc.workbook.styles import ACCENT, FAINT, QUIET, ROW_HEIGHT, Styles, note_size, wrapped
from alloc.workbook.words import setting_shown

_WIDTHS = (32, 46, 30, 32, 28, 26)
_SPARE_ENTRIES = 2


def write_settings(sheet: Worksheet, data: Mapping[str, Any], styles: Styles, language: str) -> None:
    """Fills the sheet of settings.

    Args:
        sheet: an empty sheet.
        data: nested settings, right or wrong; what no setting is called stands at the end.
        styles: formats of the workbook.
        language: ``zh`` or ``en``.
    """
    sheet.set_default_row(ROW_HEIGHT)
    page = _Page(sheet, styles, language)
    for place, head in enumerate(HEADS):
        sheet.write_string(0, place, say(head, language), styles.header(""))
    sheet.write_blank(0, len(HEADS), None, styles.header(""))
    sheet.set_row(0, 24)
    page.heading(say(section_title(""), language))
    page.section([each for each in SETTINGS if each.kind != "section" or each.path == "title"], data)
    for part in [each for each in SETTINGS if each.path == "policy"]:
        page.section([each for each in part.parts if each.kind != "section"], data)
        for section in [each for each in part.parts if each.kind == "section"]:
            page.heading(say(section.title, language))
            page.section(section.parts, data)
    tables = [each for each in SETTINGS if each.kind == "table"]
    for table in tables:
        page.table(table, data)
    strange = list(unknown_settings(data))
    if strange:
        page.row += 1
    for path, value in strange:
        page.scalar(Setting(path, "text", section_title(""), section_title(""), section_title("")), value, known=False)
    for place, wide in enumerate(_WIDTHS):
        # The paths are for the reader of the sheet; whoever fills it in has titles.
        sheet.set_column(place, place, wide, styles(), {"hidden": place == PATH and language == "zh"})
    sheet.freeze_panes(1, 0)
    widths = [wide * (place != PATH or language != "zh") for place, wide in enumerate(_WIDTHS)]
    lay_pages(sheet, pages(widths, language), language)
    sheet.set_tab_color(ACCENT)


class _Page:
    """The sheet while it is written, row by row."""

    def __init__(self, sheet: Worksheet, styles: Styles, language: str) -> None:
        """Start below the heads."""
        self.sheet, self.styles, self.language = sheet, styles, language
        self.row = 1

    def heading(self, title: str) -> None:
        """The heading of a section; it has no path, so that nobody reads it."""
        self.row += self.row > 1
        for place in range(len(_WIDTHS)):
            self.sheet.write_blank(self.row, place, None, self.styles.section())
        self.sheet.write_string(self.row, TITLE, title, self.styles.section())
        self.sheet.set_row(self.row, 22)
        self.row += 1

    def section(self, settings: Sequence[Setting], data: Mapping[str, Any]) -> None:
        """The settings of a section one by one; lists of entries after the others."""
        for setting in settings:
            if setting.kind == "section":
                self.section(setting.parts, data)
            elif setting.kind != "table":
                self.scalar(setting, lookup(data, setting.path))
        for setting in settings:
            if setting.kind == "table" and "." in setting.path:
                self.table(setting, data)

    def scalar(self, setting: Setting, value: Any, *, known: bool = True) -> None:
        """One setting in one row."""
        styles = self.styles
        self.sheet.write_string(self.row, PATH, setting.path, styles(font_color=FAINT))
        if known:
            star = "*" if setting.required_in(self.language) else ""
            title = say(setting.title, self.language) + star
            self.sheet.write_string(self.row, TITLE, title, styles(text_wrap=True, valign="vcenter"))
            self.sheet.set_row(self.row, ROW_HEIGHT * wrapped(title, _WIDTHS[TITLE]))
            self.sheet.write_string(self.row, UNIT, short_unit(setting.unit, self.language), styles(indent=1))
            self.sheet.write_string(self.row, NOTE, say(setting.note, self.language), styles(font_color=QUIET))
        self.value(self.row, VALUE, setting, value)
        self.row += 1

    def value(self, row: int, place: int, setting: Setting, value: Any) -> None:
        """One value in its cell, with a drop-down where its values are known."""
        number = setting.kind in ("number", "whole") and not setting.listed
        form = {"num_format": "General" if number else "@", "align": "right" if number else "left"}
        style = self.styles.cell(**form)
        if setting.listed and isinstance(value, list | tuple):
            apart = "、" if self.language == "zh" and setting.kind != "number" else ", "
            value = apart.join(self.word(setting, _plain(entry)) for entry in value) or say(NOTHING, self.language)
        if isinstance(value, bool):
            value = say(FLAGS[value], self.language)
        if value is None or value == "":
            self.sheet.write_blank(row, place, None, style)
        elif isinstance(value, int | float) and number:
            self.sheet.write_number(row, place, value, style)
        else:
            self.sheet.write_string(row, place, self.word(setting, _plain(value)), style)
        values = () if setting.listed else setting.choices or setting.words
        offered = [self.word(setting, str(choice)) for choice in values]
        if setting.kind == "flag":
            offered = [say(text, self.language) for text in FLAGS.values()]
        if offered:
            self.sheet.data_validation(row, place, row, place, {
                "validate": "list", "source": offered,
                "error_type": "information" if setting.kind == "text" else "stop",
            })  # fmt: skip

    def word(self, setting: Setting, value: str) -> str:
        """A value of a setting in words, where the reader's language has one for it."""
        return setting_shown(setting, value) if self.language == "zh" else value

    def table(self, setting: Setting, data: Mapping[str, Any]) -> None:
        """A list of entries as a small table: a row of titles, then a row for every entry and a few to spare."""
        language, styles = self.language, self.styles
        self.row += 1
        last = VALUE + len(setting.parts) - 1
        header = styles.header("")
        self.sheet.write_string(self.row, PATH, setting.path, styles(font_color=FAINT))
        self.sheet.write_string(self.row, TITLE, say(setting.title, language), styles(bold=True, font_color=ACCENT))
        for place, part in enumerate(setting.parts, start=VALUE):
            unit = short_unit(part.unit, language)
            title = say(part.title, language) + ("*" if part.required else "")
            unit = unit and (f"\n（{unit}）" if language == "zh" else f"\n({unit})")
            self.sheet.write_string(self.row, place, title + unit, header)
            note = _tiers(data, language) if part.path == "tier" else say(part.note, language)
            if note:
                self.sheet.write_comment(self.row, place, note, note_size(note))
        self.sheet.set_row(self.row, 52)
        self.row += 1
        entries = lookup(data, setting.path)
        entries = list(entries) if isinstance(entries, list | tuple) else []
        for number in range(len(entries) + _SPARE_ENTRIES):
            entry = entries[number] if number < len(entries) else {}
            self.sheet.write_string(self.row, PATH, f"{setting.path}[{number}]", styles(font_color=FAINT))
            ordinal = f"第 {number + 1} 项" if language == "zh" else f"no. {number + 1}"
            self.sheet.write_string(self.row, TITLE, ordinal, styles(align="right"))
            for place, part in enumerate(setting.parts, start=VALUE):
                self.value(self.row, place, part, entry.get(part.name) if isinstance(entry, Mapping) else None)
            self.row += 1
        assert last < len(_WIDTHS)


def _tiers(data: Mapping[str, Any], language: str) -> str:
    """The tiers of the instance's formulation by name, with what they are about; where it is not installed those of the
    default, for such an instance can be written too."""
    named = data.get("formulation")
    known = catalogue(str(named) if named in installed() else DEFAULT)
    return "\n".join(f"{name} " * (language != "zh") + say(tier.title, language) for name, tier in known.tiers.items())


def _plain(value: Any) -> str:
    """A value as text, numbers as short as they can be read back exactly."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
