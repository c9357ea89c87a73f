"""What the codes in cells of a table are called: cells show the title, and either may be typed or pasted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alloc.content.places import CLUSTERS, OF_COLUMNS
from alloc.content.titles import value_title
from alloc.instance.frames import records, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import DERIVED_TEXTS, OF_STATUS, TABLES
from alloc.instance.where.wording import as_shown
from alloc.text import Text
from alloc.workbench.picture.rules import SIGNS
from alloc.workbook.words import LABELLED, OF_CITIES, OF_CONDITIONS

# Columns whose cells are codes of the rows of another table.
REFERRING: Mapping[str, str] = {
    "service": "services", "pool": "pools", "scheme": "schemes", "programme": "programmes", "limit": "limits",
}  # fmt: skip


def _said(table: str, column: str) -> dict[str, Text]:
    """What documents and workbooks call the values of a column; English readers have them as they are."""
    return {code: Text(value_title(column, code, "zh"), code.replace("_", " "))
            for code in TABLES[table].by_name[column].values}  # fmt: skip


ENUMERATED = (("pools", "kind"), ("pools", "use"), ("pools", "bond_class"), ("issued", "stage"), ("limits", "basis"),
              ("points", "kind"), ("links", "kind"), ("cities", "zone"))  # fmt: skip
VALUES: Mapping[tuple[str, str], Mapping[str, Text]] = {
    **{place: _said(*place) for place in ENUMERATED},
    ("limits", "sense"): {sign: Text(shown, shown) for sign, shown in SIGNS.items()},
    ("points", "size_class"): CLASS_TITLES,
    ("cities", "cluster"): {name: Text(name, english) for name, english in CLUSTERS.items()},
}  # fmt: skip
STATUS: Mapping[str, Text] = _said("sources", "status")


def titles_of(instance: Instance, table: str, column: str) -> Mapping[str, Text]:
    """Code -> title, of the codes that cells of a column can have; empty where cells are what they say.

    A title that two codes have stands for neither.

    Args:
        instance: as it stands.
        table, column: machine names.
    """
    found = _titles(instance, table, column)
    for language in ("zh", "en"):
        said = [getattr(title, language).casefold() for title in found.values()]
        found = {code: title for code, title in found.items() if said.count(getattr(title, language).casefold()) == 1}
    return found


def codes_of(titles: Mapping[str, Text]) -> Mapping[str, str]:
    """What may be typed in the place of a code, in small letters -> the code; codes themselves come first."""
    said = {shown.casefold(): code for code, title in titles.items() for shown in title}
    return said | {code.casefold(): code for code in titles}


def _titles(instance: Instance, table: str, column: str) -> dict[str, Text]:
    if (table, column) in VALUES:
        return dict(VALUES[table, column])
    if (table, column) in LABELLED:
        usual = OF_COLUMNS.get(column) or {
            code: title for known in OF_COLUMNS.values() for code, title in known.items()
        }
        # Labels are free: the words of those that are there, so that 西部 typed by someone who writes so stays 西部.
        return {code: Text(*usual[code]) for code in texts(instance.tables[table], column) if code in usual}
    if (table, column) in OF_CITIES:
        return {name: DERIVED_TEXTS.get(name) or city_figure(name)[0] for name in _figures(instance, table, column)}
    if table in OF_STATUS and column in OF_SOURCES:
        return OF_SOURCES[column](instance)
    if (table, column) in OF_CONDITIONS:
        cities = {str(name): values for name, values in instance.tables["cities"].items()}
        return {text: Text(as_shown(text, cities), text) for text in texts(instance.tables[table], column) if text}
    named = REFERRING.get(column)
    return _rows(instance, named) if named is not None and named != table else {}


def _figures(instance: Instance, table: str, column: str) -> list[str]:
    """Columns of the cities, and what else the cells name that is worked out beside them."""
    return list(dict.fromkeys([*map(str, instance.tables["cities"].columns), *texts(instance.tables[table], column)]))


def _rows(instance: Instance, table: str) -> dict[str, Text]:
    """The rows of a table by their titles."""
    key = TABLES[table].key[0]
    return {str(row[key]): Text(str(row["title_zh"]), str(row["title_en"]))
            for row in records(instance.tables[table], key, "title_zh", "title_en") if row["title_zh"]}  # fmt: skip


def _columns(instance: Instance) -> dict[str, Text]:
    """Columns of all tables, where those of one name have one title."""
    found: dict[str, Text] = {name: city_figure(name)[0] for name in map(str, instance.tables["cities"].columns)}
    every = [(column.name, column.title) for table in TABLES.values() for column in table.columns]
    unlike = {name for name, title in every if title != dict(every)[name] or title != found.get(name, title)}
    return {name: title for name, title in {**found, **dict(every)}.items() if name not in unlike}


OF_SOURCES: Mapping[str, Callable[[Instance], dict[str, Text]]] = {
    "table": lambda instance: {table.name: table.title for table in TABLES.values()},
    "column": _columns,
    "item": lambda instance: {**_rows(instance, "services"), **_rows(instance, "pools")},
    "status": lambda instance: dict(STATUS),
}
