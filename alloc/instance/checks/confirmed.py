"""Units of whole columns that look wrong by 10⁴ or more: errors, until the planner confirms them in the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding, not_left, or_leave
from alloc.instance.schema.settings import Settings
from alloc.instance.suggest import Known
from alloc.text import Text

GRAVE = 1e4
"""A column off by so much, or such a part, leaves nothing of an answer; less a rich or a poor country may be."""
SETTING = "units_confirmed"
_OTHERWISE = Text(
    "{remedy}整列改正；单位确实无误的，在 {file} 的“单位已核对的列”（{setting}）写明 {name}。",
    "{remedy} Mend the whole column; if its unit is right, name {name} in {setting} in {file}.",
)


@dataclass(frozen=True)
class Confirmed:
    """The columns whose unit has been confirmed, as ``table.column``."""

    names: frozenset[str]

    @staticmethod
    def by(settings: Settings | None) -> Confirmed:
        """Those of the settings; none where they are wrong themselves."""
        return Confirmed(frozenset(settings.units_confirmed if settings is not None else ()))

    def judged(self, table: str, found: Iterable[Finding], *, grave: bool) -> Iterator[Finding]:
        """Findings on the unit of a whole column: none of one that is confirmed, else errors where it is far off.

        Args:
            table: its name.
            found: the findings, with the remedy that an error has.
            grave: whether the column is off by `GRAVE` or more, as in another unit.
        """
        for each in found:
            name = f"{table}.{each.column}"
            if name in self.names:
                continue
            if not grave:
                yield replace(each, severity="warning", remedy=or_leave(not_left(each.remedy)))
            else:
                remedy = _OTHERWISE.fill(remedy=not_left(each.remedy), file=FILE, setting=SETTING, name=name)
                yield replace(each, severity="error", remedy=remedy)


def check_confirmed(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Names among the confirmed columns that no column has.

    Args:
        sheets: the tables.
        settings: None where they are wrong themselves.
    """
    known = Known(f"{name}.{column}" for name, sheet in sheets.items() for column in sheet.columns)
    message = Text("没有这一列。", "There is no such column.")
    return [
        Finding("error", "unknown_column", FILE, None, SETTING, name, message, known.remedy(name))
        for name in Confirmed.by(settings).names - set(known.names)
    ]
