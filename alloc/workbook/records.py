"""Records that other tables name by their code, by what they are called: cities, services, pools and the like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from alloc.instance.named import Named
from alloc.instance.schema.tables import TABLES
from alloc.workbook.layout import folded
from alloc.workbook.settings_layout import with_code

_WITH_CODE = re.compile(r"(?P<name>.*\S)\s*[(（](?P<code>[^()（）]+)[)）]\s*")
_NAMES = (("name", "title_zh"), ("name_en", "title_en"))  # of a record, in Chinese and in English


class Records:
    """The records of one table as the others call them.

    Args:
        table: machine name of the table.
        columns: its cells by column.
    """

    def __init__(self, table: str, columns: Mapping[str, Sequence[object]]) -> None:
        """Nothing is made ready before it is asked for."""
        self._table, self._columns = table, columns

    def column(self, language: str) -> str:
        """The column with the names in a language; "" where the table has none."""
        return next((name for name in _NAMES[language == "en"] if name in TABLES[self._table].by_name), "")

    @cached_property
    def codes(self) -> list[str]:
        """The codes, "" for a row without one."""
        return [str(code or "") for code in self._columns.get(TABLES[self._table].key[0], ())]

    def names(self, language: str) -> list[str]:
        """What the records are called in a language, else in the other, else by their code."""
        own, other = (self._said(each) for each in ((language, "en" if language == "zh" else "zh")))
        return [one or two or code for one, two, code in zip(own, other, self.codes, strict=True)]

    def offered(self, language: str) -> list[str]:
        """What a drop-down offers for the records: a name, with the code behind it where the name alone is not enough.

        Upper and lower case are the same here, as in the formulas of spreadsheets that do the same.
        """
        names = self.names(language)
        taken = Counter(name.casefold() for name in (*names, *self.codes))
        return [
            name if name.casefold() == code.casefold() or taken[name.casefold()] == 1 else with_code(name, code)
            for name, code in zip(names, self.codes, strict=True)
        ]

    def meant(self, text: str) -> str:
        """The code of the one record that a text is the code or a name of; otherwise the text as it is."""
        if not text or text in self._every:
            return text
        behind = _WITH_CODE.fullmatch(text)
        if behind and folded(behind["name"]) in {folded(name) for name in self._every.get(behind["code"], ())}:
            return behind["code"]
        for known, key in ((self._exact, text.casefold()), (self._folded, folded(text))):
            if len(found := known.get(key, ())) == 1:
                return next(iter(found))
        return self._named.by_name(text) or text

    def _said(self, language: str) -> list[str]:
        cells = self._columns.get(self.column(language), ())
        said = [str(cell or "") for cell in cells][: len(self.codes)]  # names without a column of codes name nothing
        return said + [""] * (len(self.codes) - len(said))

    @cached_property
    def _every(self) -> Mapping[str, tuple[str, ...]]:
        """The names of every record in both languages, by its code."""
        said = zip(self._said("zh"), self._said("en"), strict=True)
        return {code: tuple(filter(None, names)) for code, names in zip(self.codes, said, strict=True) if code}

    @cached_property
    def _exact(self) -> Mapping[str, set[str]]:
        return self._by(str.casefold)

    @cached_property
    def _folded(self) -> Mapping[str, set[str]]:
        return self._by(folded)

    def _by(self, written: Callable[[str], str]) -> Mapping[str, set[str]]:
        """The codes by a way of writing their names."""
        found: dict[str, set[str]] = {}
        for code, names in self._every.items():
            for name in filter(None, map(written, names)):
                found.setdefault(name, set()).add(code)
        return found

    @cached_property
    def _named(self) -> Named:
        every = self._every
        return Named(every, *([names[place] if names else "" for names in every.values()] for place in (0, -1)))
