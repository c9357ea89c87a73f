"""What Chinese workbooks show in the place of machine names: titles of tables, columns, pools, services and settings.

A title is shown only where it leads back to the one thing that it names, so nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from alloc.content.places import OF_COLUMNS
from alloc.content.quantities import SUM, quantity_named
from alloc.content.titles import OF_QUANTITIES
from alloc.formulation.columns import CONDITION
from alloc.formulation.lever import BETWEEN_ITEMS
from alloc.formulation.registry import catalogue, installed
from alloc.formulation.tier import Tier
from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import DERIVED_FACTORS, DERIVED_TEXTS, OF_STATUS, TABLES
from alloc.instance.where.wording import as_kept, as_shown
from alloc.workbook.layout import SETTINGS_SHEET, folded, sheet_of
from alloc.workbook.records import Records
from alloc.workbook.settings_layout import BY_PATH, SIZE_CLASSES, Setting, with_code

Texts = Sequence[object]

# Columns that name a column of cities, or a number that is computed beside them.
OF_CITIES = frozenset({
    ("services", "cohort"), ("services", "plan_cohort"), ("factors", "factor"), ("scheme_factors", "factor"),
    ("scheme_weights", "column"), ("pools", "link_factor"), ("programmes", "stock_factor"),
})  # fmt: skip
# Columns with texts of which the usual ones have titles; a cell has the text too, since conditions name it.
LABELLED = frozenset({*(("cities", column) for column in OF_COLUMNS), ("scheme_weights", "value")})
OF_CONDITIONS = frozenset(
    (table.name, column.name) for table in TABLES.values() for column in table.columns if column.merging == CONDITION
)
# What may be limited in every instance.
QUANTITIES = ("allocation", "transfers", "bonds", "settle", "added", "extend", "land_use", "spending")
# Of tables that may be left out: name of the quantity, whose titles follow, and the table that brings it.
OF_LEVERS = (("run", "programmes", "programmes"), ("moved", "services", "links"), ("shared", "services", "links"))
USES: Mapping[str, str] = MappingProxyType({
    "public": "公共设施", "housing": "居住", "production": "产业",
    "other": "道路、公用设施等其他", "unassigned": "暂未安排",
})  # fmt: skip
_SUM, _SUM_SHOWN = f"{SUM}:", "合计："  # before the pools of a limit on their sum, which + stands between


def setting_shown(setting: Setting, value: str) -> str:
    """A value of a setting as a Chinese sheet shows it."""
    return choices(setting).get(value, value)


def setting_meant(setting: Setting, text: str) -> str:
    """The value that stands in words, otherwise the text as it is."""
    former = {each.formerly: name for name, each in _tiers().items() if each.formerly} if setting.path == "tier" else {}
    return next((value for value, words in choices(setting).items() if words == text), former.get(text, text))


def choices(setting: Setting) -> Mapping[str, str]:
    """What may stand in the cell of a setting, by its value; empty where it is not one of a few."""
    if setting.choices and set(setting.choices) <= set(SIZE_CLASSES):
        return {name: words.zh for name, words in SIZE_CLASSES.items()}
    if setting.path == "tier":
        titles = {name: tier.title.zh for name, tier in _tiers().items()}
        return {name: title for name, title in titles.items() if list(titles.values()).count(title) == 1}
    return setting.words


def _tiers() -> Mapping[str, Tier]:
    return {name: tier for one in installed() for name, tier in catalogue(one).tiers.items()}


class Names:
    """Titles for the names that stand in cells of one workbook, and the names that titles mean.

    Args:
        cells: by table and column; of the tables that titles come from.
    """

    def __init__(self, cells: Mapping[str, Mapping[str, Texts]]) -> None:
        """Nothing is made ready before it is asked for."""
        self._cells, self._made = cells, dict[str, Records]()

    def shown(self, table: str, column: str, text: str, row: Mapping[str, str]) -> str:
        """A cell as a Chinese sheet shows it.

        Args:
            table, column: of the cell.
            text: the name that stands there.
            row: the other names of its row, by column.
        """
        if (table, column) in OF_CONDITIONS:
            return as_shown(text, self._cells.get("cities", {}))
        title = next((title for name, title in self._pairs(table, column, row) if name == text), text)
        if (table, column) == ("limits", "quantity") and text.startswith(_SUM):
            title = self._sum(text, dict(self._titled("pools")))
        return title if self.meant(table, column, title, row) == text else text

    def meant(self, table: str, column: str, text: str, row: Mapping[str, str]) -> str:
        """The name that a cell means, where it says a title; otherwise the text as it is."""
        if (target := self.refers(table, column)) is not None:
            return target.meant(text)
        if (table, column) in OF_CONDITIONS:
            return as_kept(text, self._cells.get("cities", {}))
        pairs = list(self._pairs(table, column, row))
        if not text or any(name == text for name, _ in pairs):
            return text
        means = {name for name, title in pairs if folded(title) == folded(text)}
        if not means and (table, column) == ("limits", "quantity"):
            return quantity_named(text, self._items)
        return means.pop() if len(means) == 1 else text

    @staticmethod
    def _sum(text: str, titles: Mapping[str, str]) -> str:
        """A sum of pools by their titles; as it is where one has none."""
        items = text.removeprefix(_SUM).split(BETWEEN_ITEMS)
        return _SUM_SHOWN + BETWEEN_ITEMS.join(titles[item] for item in items) if all(map(titles.get, items)) else text

    @staticmethod
    def has(table: str, column: str) -> bool:
        """Whether the cells of a column name something."""
        of_status = table in OF_STATUS and column in ("table", "column", "item")
        limited = (table, column) == ("limits", "quantity")
        return of_status or limited or (table, column) in OF_CITIES | LABELLED | OF_CONDITIONS

    def refers(self, table: str, column: str) -> Records | None:
        """The records that the cells of a column name, which is by code or, where one reads, by name too."""
        known = TABLES[table].by_name.get(column)
        target = "" if known is None else known.references
        return self._records(target) if target else None

    def _records(self, table: str) -> Records:
        if table not in self._made:
            self._made[table] = Records(table, self._cells.get(table, {}))
        return self._made[table]

    def _pairs(self, table: str, column: str, row: Mapping[str, str]) -> Sequence[tuple[str, str]]:
        """What may be named in a cell, each with its title."""
        if (table, column) in OF_CITIES:
            return self._of_cities
        if (table, column) == ("limits", "quantity"):
            return self.quantities
        if (table, column) in LABELLED:
            return _labels(column)
        if column == "table":
            return self._tables
        if column == "item":
            return [*self._titled("services"), *self._titled("pools")]
        named = row.get("table", "")
        if named == SETTINGS_SHEET:
            return _SETTING_TITLES
        if named == "cities":
            return self._of_cities
        return [(each.name, each.title.zh) for each in TABLES[named].columns] if named in TABLES else []

    @cached_property
    def _tables(self) -> list[tuple[str, str]]:
        return [*((table.name, table.title.zh) for table in TABLES.values()), (SETTINGS_SHEET, "设置")]

    @cached_property
    def _of_cities(self) -> list[tuple[str, str]]:
        known = TABLES["cities"]
        own = [name for name in self._cells.get("cities", {}) if name not in known.by_name]
        derived = {**DERIVED_FACTORS, **DERIVED_TEXTS}
        return [
            *((column.name, column.title.zh) for column in known.columns),
            *((name, words.zh) for name, words in derived.items()),
            *((name, city_figure(name)[0].zh) for name in own),
        ]  # fmt: skip

    @cached_property
    def quantities(self) -> list[tuple[str, str]]:
        """What a limit may be about, each with its title."""
        called = {name: title.zh for name, title in OF_QUANTITIES.items()}
        found = [(name, called[name]) for name in QUANTITIES]
        for name, table in (("allocation", "pools"), ("added", "services")):
            found += [(f"{name}:{code}", f"{called[name]}：{title}") for code, title in self._titled(table)]
        found += [(f"land_use:{use}", f"{called['land_use']}：{title}") for use, title in USES.items()]
        for name, table, brought in OF_LEVERS:
            if any(self._cells.get(brought, {}).get(TABLES[brought].key[0], ())):
                found += [(f"{name}:{code}", f"{called[name]}：{title}") for code, title in self._titled(table)]
        return found

    @cached_property
    def _items(self) -> Mapping[str, list[tuple[str, str]]]:
        """What may stand behind the colon of a quantity, with its titles in both languages, by what stands before."""
        pools, services, programmes = (
            self._titled(table) + self._titled(table, "title_en") for table in ("pools", "services", "programmes")
        )
        of_services = dict.fromkeys(("added", "moved", "shared"), services)
        return {"allocation": pools, SUM: pools, "run": programmes, "land_use": list(USES.items()), **of_services}

    def _titled(self, table: str, column: str = "title_zh") -> list[tuple[str, str]]:
        cells = self._cells.get(table, {})
        pairs = zip(cells.get(TABLES[table].key[0], ()), cells.get(column, ()), strict=False)
        return [(str(code), str(title)) for code, title in pairs if code and title]


def _labels(column: str) -> list[tuple[str, str]]:
    """The usual texts of a column with what a cell shows; a value of a scheme is one of any column."""
    known = [OF_COLUMNS[column]] if column in OF_COLUMNS else OF_COLUMNS.values()
    return [(code, with_code(zh, code)) for titles in known for code, (zh, _) in titles.items()]


_SETTING_TITLES = [(path, each.title.zh) for path, each in BY_PATH.items()]


def quantities(cells: Mapping[str, Mapping[str, Texts]]) -> dict[str, str]:
    """What a limit may be about as a Chinese sheet offers it, by name."""
    return dict(Names(cells).quantities)


def names_meant(cells: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, str, int, str]]:
    """Puts names in the place of titles, in cells that were read; gives table, column and place of each and its text.

    Args:
        cells: texts by table and column; changed in place.
    """
    names = Names(cells)
    for table, columns in cells.items():
        known_names = TABLES[table].names
        for column in (*known_names, *(name for name in columns if name not in known_names)):
            # The table that a row speaks of comes before its column.
            if column not in columns or not (names.has(table, column) or names.refers(table, column)):
                continue
            known: dict[tuple[str, str], str] = {}
            beside = columns.get("table", columns[column])
            for place, (text, other) in enumerate(zip(columns[column], beside, strict=True)):
                if (text, other) not in known:
                    known[text, other] = _head(table, column, names.meant(table, column, text, {"table": other}), other)
                if known[text, other] != text:
                    columns[column][place] = known[text, other]
                    yield table, column, place, text


def _head(table: str, column: str, text: str, other: str) -> str:
    """What a title or head in either language names, where it names the sheet of a table or a column of one."""
    if table not in OF_STATUS or not text:
        return text
    if column == "table":
        return text if text in TABLES else sheet_of(text) or text
    known = TABLES.get(other) if column == "column" else None
    return text if known is None or text in known.by_name else machine_name(machine_names(known), text)
