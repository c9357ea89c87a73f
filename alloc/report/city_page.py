"""What the page of a city adds to its figures: what holds every number, coverage of all and of its class, tariff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from alloc.content.blocks import Column, Document, Figure, Paragraph, Section, Table
from alloc.explanation.tariff.tariff import tariff_table
from alloc.explanation.tariff.units import Driver, drivers
from alloc.formulation.registry import catalogue
from alloc.report.document import city_page
from alloc.report.plain.deciding import Deciding
from alloc.report.view import Floats, View
from alloc.result.result import Result
from alloc.text import Text

UPPER = Text("{pools}取上限（{rule}）", "{pools} at the upper bound ({rule})")
LOWER = Text("{pools}取下限（{rule}）", "{pools} at the lower bound ({rule})")
DECIDED = {
    "outside": Text("不符合{pools}的条件，不参加分配", "no part in {pools}, whose condition leaves the city out"),
    "override": Text("{pools}由人工指定", "{pools} fixed by hand"),
    "formula": Text("{pools}按公式测算并同比例分摊余数", "{pools} by the formula with what is left shared alike"),
    "earlier": Text("{pools}由靠前的目标或几个数额共用的规则决定", "{pools} decided by earlier tiers or shared rules"),
    "open": Text("{pools}由各级目标和规则共同决定", "{pools} decided by tiers and rules together"),
}
ROWS = Text("起约束作用的规则还有{rules}", "rules that bind here: {rules}")
WHOLE = Text("什么决定各项数字：{said}。", "What decides the numbers: {said}.")
COMPARED = "city_services"
DRAWN_TWICE = ("steps", "city_coverage")  # the tables beside them say the same, and a page has no room for both


class Pages:
    """The pages of the cities of one result in one language; what they share is computed once."""

    def __init__(self, result: Result, language: str) -> None:
        """Nothing is solved: tables of the result alone."""
        self.result, self.language = result, language
        self.view = View(result, language)
        self.deciding = Deciding(self.view)

    @property
    def codes(self) -> Sequence[str]:
        """Codes of the cities, in order."""
        return self.view.codes

    def name(self, code: str) -> str:
        """Name of a city."""
        return self.view.names[self.view.codes.index(code)]

    def page(self, code: str) -> Document:
        """The page of one city.

        Raises:
            ValueError: there is no such city.
        """
        at = self.view.codes.index(code)
        document = city_page(self.view, code)
        sections = tuple(self._section(section, at, place) for place, section in enumerate(document.sections))
        last = replace(sections[-1], parts=(*sections[-1].parts, *self._tariff(at)))
        return replace(document, sections=(*sections[:-1], last))

    @cached_property
    def _drivers(self) -> tuple[Driver, ...]:
        return drivers(self.result.instance, self.view.derived)

    @cached_property
    def _coverage(self) -> tuple[Floats, Floats]:
        """Coverage after the year of all cities [service] and of every size class [class, service]: means over
        residents, as everywhere in reports."""
        residents, covered = np.asarray(self.view.derived.residents), self.view.array("services", "coverage")
        classes = self.view.size_class
        members = [classes.of == place for place in range(len(classes.names))]
        found = [np.average(covered[each], axis=0, weights=residents[each]) for each in members]
        return np.asarray(np.average(covered, axis=0, weights=residents)), np.array(found)

    def _section(self, section: Section, at: int, place: int) -> Section:
        kept = (part for part in section.parts if not (isinstance(part, Figure) and part.name in DRAWN_TWICE))
        parts = [self._compared(part, at) if isinstance(part, Table) else part for part in kept]
        if place == 0:
            tables = [where for where, part in enumerate(parts) if isinstance(part, Table)]
            parts.insert(tables[0] + 1 if tables else len(parts), Paragraph(self.held(at)))
        return replace(section, parts=tuple(parts))

    def _tariff(self, at: int) -> list[Table]:
        """What one more unit brings the city by the formulas; nothing where nothing does."""
        rows = [each for each in self._drivers if np.nan_to_num(each.brings[at]).any()]
        if not rows:
            return []
        amounts = np.array([each.brings[at] for each in rows])
        made = tariff_table(
            self.result, self.view.derived, self.view.codes[at], rows, amounts, self.language, "formula", "page_note"
        )
        return [replace(made, code="T17")]

    def _compared(self, table: Table, at: int) -> Table:
        """The table of services with the coverage of the country and of the city's class beside it."""
        if table.name != COMPARED or len(table.rows) != len(self.view.derived.services):
            return table
        nation, classes = self._coverage
        kind = self.view.size_class.of[at]
        alone = int((self.view.size_class.of == kind).sum()) == 1
        titles = {"all": self.view.say("全部城市", "all cities"), "class": self.view.say("同类城市", "its class")}
        if alone:
            del titles["class"]
        columns = (*table.columns, *(Column(name, title, "%", "number", 1, 0.01) for name, title in titles.items()))
        beside = np.column_stack([nation] if alone else [nation, classes[kind]]).tolist()
        rows = tuple((*row, *more) for row, more in zip(table.rows, beside, strict=True))
        meant = self.view.say(
            "“全部城市”为年末覆盖率，按常住人口平均；没有其他同等规模的城市。",
            " “All cities” is coverage after the year, a mean over residents; no other city is of its class of size.",
        ) if alone else self.view.say(
            "“全部城市”和“同类城市”（同一规模等级）为年末覆盖率，按常住人口平均。",
            " “All cities” and “its class” (of size) are coverage after the year, means over residents.",
        )  # fmt: skip
        return replace(table, columns=columns, rows=rows, note=table.note + meant)

    def held(self, at: int) -> str:
        """One sentence: which rule or tier decides each number of a city, and the rules that bind on it."""
        language, view, known = self.language, self.view, catalogue(self.result.instance.formulation)
        grouped: dict[tuple[str, str], list[str]] = {}
        binding: dict[str, None] = {}
        for place, pool in enumerate(view.derived.pools):
            key = self.deciding.of(at, place)
            grouped.setdefault(key, []).append(view.pool_title(pool))
            if key[0] == "outside":
                continue
            rows = self.deciding.holds.rows_above[at, place]  # what is shared holds everybody, so it explains nobody
            binding |= dict.fromkeys(family for family, _ in rows if not known.families[family].shared)
        said = []
        for (how, rule), pools in grouped.items():
            text = {"upper": UPPER, "lower": LOWER}.get(how) or DECIDED.get(how, DECIDED["open"])
            title = getattr(known.rules[rule].title, language) if rule else ""
            said.append(getattr(text, language).format(pools=view.listed(pools), rule=title))
        if binding:
            titles = [getattr(known.families[family].title, language) for family in binding]
            said.append(getattr(ROWS, language).format(rules=view.listed(titles)))
        return str(getattr(WHOLE, language)).format(said=view.say("；", "; ").join(said))
