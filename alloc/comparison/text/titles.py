"""What pools, services, cities, classes, columns and settings are called, in either language."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from alloc.comparison.text.wording import say
from alloc.content.places import province
from alloc.content.titles import column_title, value_title
from alloc.explanation.shared.parameters import COUNTED, KINDS, NAMED_LINK, lower
from alloc.formulation.lever import Family
from alloc.formulation.registry import catalogue_for
from alloc.formulation.tier import Worded
from alloc.instance.derived.limits import title_of
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.optional.links import LINKS
from alloc.instance.schema.tables import OF_STATUS, TABLES
from alloc.result.frames.bounds import title_of_bound
from alloc.result.frames.titles import TABLES as RESULT_TABLES
from alloc.result.frames.titles import described
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.comparison.comparison import Comparison

ITEMS = ("service", "pool", "programme")  # what a decision may be about
FLAGS = {"true": "setting_true", "false": "setting_false"}  # what is on or off -> what is said of it
NAMED = 6  # cities named in a sentence; the others are counted


class Titles:
    """Titles in one language, as the first result that has the thing calls it."""

    def __init__(self, comparison: Comparison, language: str) -> None:
        """Collects the titles of all results."""
        self.language, self._result = language, comparison.results[0]
        known = [catalogue_for(each.instance.settings) for each in comparison.results]
        self.families: Mapping[str, Family] = ChainMap(*(dict(each.families) for each in known))
        self._rules = ChainMap(*(dict[str, Worded](each.rules) for each in known))
        self._words: dict[str, Mapping[str, Worded]] = {
            "tier": ChainMap(*(dict[str, Worded](each.tiers) for each in known)),
            "family": self.families,
            "decision": ChainMap(*(dict[str, Worded](each.decisions) for each in known)),
        }
        self._units = ChainMap(*(dict(each.units) for each in known))
        self._codes: dict[str, dict[str, str]] = {"pool": {}, "service": {}, "programme": {}, "scheme": {}, "limit": {}}
        self._own_units: dict[str, dict[str, str]] = {unit: {} for unit in COUNTED}
        for result in reversed(comparison.results):
            tables = result.instance.tables
            for kind, codes in self._codes.items():
                table = tables[f"{kind}s"]
                codes |= dict(zip(table[kind], table[f"title_{language}"], strict=True))
            rows = result.tables["limits"]["limit"]
            self._codes["limit"] |= {name: title_of(tables, name).said(language) for name in rows}
            for unit, (of, key) in COUNTED.items():
                self._own_units[unit] |= dict(zip(tables[of][key], tables[of][f"unit_{language}"], strict=True))
        cities = comparison.tables["cities"]
        names = cities["name_en"].where(cities["name_en"] != "", cities["name"]) if language == "en" else cities["name"]
        self._codes["city"] = dict(zip(cities["city"], names, strict=True))
        provinces = zip(cities["province"], cities["province_name"], strict=True)
        self._codes["province"] = {code: province(code, name).said(language) for code, name in provinces}
        self._codes["unit"] = self._codes["province"]

    def __call__(self, kind: str, code: str) -> str:
        """The title of a pool, service, city, unit above cities, tier, family, decision, limit or size_class."""
        if kind in self._words:
            about = self._words[kind].get(code)
            if about is None and kind == "family":
                return title_of_bound(code, self._rules, self._codes["pool"], self.language)
            return str(getattr(about.title, self.language)) if about is not None else code
        if kind == "size_class":
            return self.pick(CLASS_TITLES[code])
        return self._codes[kind].get(code) or code

    def item(self, code: str) -> str:
        """The title of what a decision is about besides the city: service, pool, programme, link or the code itself."""
        parts = code.split(",")
        if len(parts) == len(LINKS.key):
            giver, receiver, service, kind = parts
            cities = {"giver": self("city", giver), "receiver": self("city", receiver)}
            named = self("service", service)
            named = self.pick(lower((named, named)))
            return self.pick(NAMED_LINK.fill(service=named, kind=KINDS[kind], **cities))
        return next((self._codes[kind][code] for kind in ITEMS if code in self._codes[kind]), code)

    def record(self, table: str, key: str) -> str:
        """A row of the instance by what the codes of its key are called."""
        known = TABLES.get(table)
        if known is None or not key:
            return self("tier", key) if table == "objective" else key
        if table in OF_STATUS:
            return self._described(dict(zip(known.key, key.split(", "), strict=True)))
        of = [known.by_name[column].references or table for column in known.key]
        codes = key.split(", ")
        named = [self._of(each, code) for each, code in zip(of, codes, strict=False)]
        return ("、" if self.language == "zh" else ", ").join([*named, *codes[len(named) :]])

    def _described(self, key: Mapping[str, str]) -> str:
        """What a row of sources is about: table and column, and of a cell its service or pool and its city."""
        of, column = key["table"], key["column"]
        table = self.pick(TABLES[of].title) if of in TABLES else of
        what = self.column(of if of in TABLES else "settings", column)
        city, item = key.get("city", ""), key.get("item", "")
        parts = (table, what, item and self.item(item), city and self("city", city))
        return ("、" if self.language == "zh" else ", ").join(filter(None, parts))

    def value(self, table: str, column: str, value: str) -> str:
        """A cell of the instance: a value of an enumeration, a flag or the code of a record by its title.

        Args:
            table, column: of the cell; ``settings`` and the path of a setting.
            value: as the table `inputs` has it.
        """
        known = TABLES[table].by_name.get(column) if table in TABLES else None
        if value in FLAGS and (table == "settings" or (known is not None and known.kind == "flag")):
            return say(self.language, FLAGS[value])
        if (table, column) == ("settings", "objective"):
            return say(self.language, "comma").join(self("tier", name) for name in filter(None, value.split(", ")))
        if known is None:
            return value_title(column, value, self.language) if table == "settings" else value
        return self._of(known.references, value) if known.references else value_title(column, value, self.language)

    def _of(self, table: str, code: str) -> str:
        """A record of a table by its title; the code where none is known."""
        kind = "city" if table == "cities" else table.removesuffix("s")
        return self(kind, code) if kind in self._codes else code

    def decided(self, decision: str, item: str) -> str:
        """What is decided: the decision, and what it is about besides the city."""
        named = self("decision", decision)
        if not item:
            return named
        return f"{named}：{self.item(item)}" if self.language == "zh" else f"{named}: {self.item(item)}"

    def unit(self, name: str, item: str = "") -> str:
        """The title of a unit that a decision has: that of the item where each has its own, else what it is called."""
        own = self._own_units.get(name, {})
        known = next((own[part] for part in item.split(",") if part in own), "")
        if known:
            return known
        about = self._units.get(name)
        return name if about is None else self.pick(about)

    def pick(self, text: Text) -> str:
        """The text in the language."""
        return text.zh if self.language == "zh" else text.en

    def city(self, code: str) -> str:
        """Name and code of a city."""
        return f"{self('city', code)} {code}"

    def listed(self, kind: str, codes: list[str]) -> str:
        """The first few by name, then how many more."""
        named = [self(kind, code) for code in (codes if len(codes) <= NAMED + 2 else codes[:NAMED])]
        more = len(codes) - len(named)
        if self.language == "zh":
            return "、".join(named) + (f"等 {len(codes)} 个" if more else "")
        return ", ".join(named) + (f" and {more} more" if more else "")

    def input(self, table: str, column: str, rows: int) -> str:
        """An input of the table `yardsticks` by title and machine name, and in how many rows it differs."""
        if not column:
            return say(self.language, "yardsticks_which", table=self.pick(TABLES[table].title))
        path = column if table == "settings" else f"{table}.{column}"
        key = "yardsticks_rows" if rows > 1 else "yardsticks_one"
        return say(self.language, key, name=self.column(table, column), path=path, count=rows)

    def place(self, table: str, column: str) -> str:
        """Where a result has a decision: in Chinese by titles, in English by machine names."""
        if self.language != "zh":
            return f"{table}.{column}"
        try:
            title = described(self._result, table, column).title.zh
        except KeyError:  # a lever that the first result does not have
            title = column
        return f"{RESULT_TABLES.get(table, Text(table, table)).zh}·{title}"

    def column(self, table: str, column: str) -> str:
        """Title of a column, or of a setting by its path; the machine name where it has none."""
        return column_title(table, column, self.language)
