"""The part of the check sheet on pools: weights, totals, last year, floors and caps.

Where units above the cities keep some (table `levels`), amounts of cities count with what is kept above them, for that
is what they take of the pool.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from alloc.content.titles import VALUES
from alloc.instance.schema.stages import ADVANCE_SHARE
from alloc.text import Text
from alloc.tolerances import ROUNDOFF, SUM_OF_WEIGHTS
from alloc.workbook.content import Columns
from alloc.workbook.layout import FIRST, FLAGS, Cell, Layout, say
from alloc.workbook.validation.lists import RecordLists
from alloc.workbook.validation.page import BAD, GOOD, CheckPage, Formula, number

SPARE_POOLS = 5  # rows for pools that may be added

_TITLE = Text("各资源池", "Pools")
_HEADS = {
    "pool": Text("资源池", "Pool"),
    "title": Text("名称", "Title"),
    "total": Text("总量", "Total"),
    "available": Text("可分配", "Available"),
    "factors": Text("因素权重合计", "Sum of weights"),
    "last_year": Text("上年合计", "Last year"),
    "ratio": Text("可分配÷上年", "Available ÷ last year"),
    "floor_multiple": Text("保底合计", "Sum of floors"),
    "cap_multiple": Text("封顶合计", "Sum of caps"),
    "earmarks": Text("戴帽合计", "Earmarks"),
    "overrides": Text("人工调整合计", "Overrides"),
    "check": Text("核对", "Check"),
}
_RECEIVED = Text(
    "各资源池（各城市的数额连同上级留用计算）", "Pools (amounts of cities with what is retained above them)"
)
_PLACES = {name: place for place, name in enumerate(_HEADS)}
_FORMS = {_PLACES["factors"]: "0.000000", _PLACES["ratio"]: "0.00"}
_WEIGHTS = Text(f"{BAD} 权重合计不为 1", f"{BAD} weights do not sum to 1")
_FLOORS = Text(f"{BAD} 保底超过可分配", f"{BAD} floors above what is available")
_FIXED = Text(f"{BAD} 指定数额超过可分配", f"{BAD} fixed amounts above what is available")
_CAPS = Text(f"{BAD} 封顶不足以分完", f"{BAD} caps too low to give it all out")


def write_pools(
    page: CheckPage,
    lists: RecordLists,
    tables: Mapping[str, Columns],
    levels: Sequence[str],
    advance: bool,
) -> list[tuple[str, Cell]]:
    """A row for every pool and for a few that may be added; gives the cells of the verdicts with their values.

    Args:
        page: the sheet.
        lists: where the columns of every table stand, and the names of records.
        tables: what stands in them now.
        levels: columns of ``cities`` whose values are units above them, as the settings name them.
        advance: whether the stage shares out only the advance share of every pool.
    """
    layouts = lists.layouts
    above = tuple(name for name in levels if "levels" in layouts and name in layouts["cities"].places)
    page.heading(_RECEIVED if above else _TITLE, _HEADS.values())
    verdicts = []
    for place in range(layouts["pools"].rows + SPARE_POOLS):
        cells = _Pool(page, lists, tables, place, above, advance).cells()
        verdicts.append((xl_rowcol_to_cell(page.row, _PLACES["check"]), cells["check"].value))
        page.add(cells.values(), _FORMS)
    return verdicts


@dataclass(frozen=True)
class _Pool:
    """One row: the pool at a place of the table ``pools``, or none yet."""

    page: CheckPage
    lists: RecordLists
    tables: Mapping[str, Columns]
    place: int
    above: tuple[str, ...]  # columns of `cities` whose values keep some of what cities get
    advance: bool  # only the advance share is given out

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """Where the columns of every table stand."""
        return self.lists.layouts

    def both(self, counted: Callable[[str], str]) -> str:
        """What is counted of the cells that name the pool: by its code, and by what lists offer where that differs."""
        pool, offered = self.here("pool"), self.lists.cell("pools", self.place)
        return f"({counted(pool)}+({offered}<>{pool})*{counted(offered)})"

    def given(self, name: str) -> Cell:
        """What stands in a column of ``pools``."""
        cells = self.tables["pools"].get(name, ())
        return cells[self.place] if self.place < len(cells) else None

    def there(self, name: str) -> str:
        """The cell of a column of ``pools``."""
        return self.layouts["pools"].cell(name, FIRST + self.place)

    def here(self, name: str) -> str:
        """A cell of this row."""
        return str(xl_rowcol_to_cell(self.page.row, _PLACES[name]))

    def shown(self, text: str, value: Cell) -> Formula:
        """A formula that shows nothing where there is no pool."""
        return Formula(f'IF({self.here("pool")}="","",{text})', value if self.given("pool") else "")

    def cells(self) -> dict[str, Formula]:
        """All cells of the row, in the order of the heads."""
        title = f"title_{self.page.language}"
        reserve, total = self.there("reserve"), self.there("total")
        available, given_out = number(self.given("total")) * (1 - number(self.given("reserve"))), ""
        if self.advance:
            share, there = self.given("advance_share"), self.there("advance_share")
            available *= share if isinstance(share, float) else ADVANCE_SHARE
            given_out = f"*IF(ISNUMBER({there}),{there},{ADVANCE_SHARE})"
        last = self._received("last_year")
        last_year, least = self.here("last_year"), number(last.value)
        cells = {
            "pool": Formula(f'{self.there("pool")}&""', self.given("pool") or ""),
            "title": Formula(f'{self.there(title)}&""', self.given(title) or ""),
            "total": self.shown(f"N({total})", number(self.given("total"))),
            "available": self.shown(f"N({total})*(1-N({reserve})){given_out}", available),
            "factors": self._sum("factors", "weight"),
            "last_year": last,
            "ratio": Formula(
                f'IF(N({last_year})=0,"",{self.here("available")}/{last_year})', available / least if least else ""
            ),
            "floor_multiple": self._multiple("floor_multiple", least, available),
            "cap_multiple": self._multiple("cap_multiple", least, available),
            "earmarks": self._received("earmarks"),
            "overrides": self._received("overrides"),
        }
        return {**cells, "check": self._verdict(cells, available)}

    def _sum(self, table: str, column: str) -> Formula:
        pool, columns = self.given("pool"), self.tables[table]
        pairs = zip(columns.get("pool", ()), columns.get(column, ()), strict=False)
        total = sum(number(amount) for other, amount in pairs if other == pool and pool)
        keys, amounts = self.layouts[table].range("pool"), self.layouts[table].range(column)
        return self.shown(self.both(lambda pool: f"SUMIF({keys},{pool},{amounts})"), float(total))

    def _received(self, table: str) -> Formula:
        """The amounts of all cities with what units above them keep on the way."""
        if not self.above:
            return self._sum(table, "amount")
        own, kept, cities = (self.layouts[name] for name in (table, "levels", "cities"))
        amounts, of_city, of_pool = (own.range(name) for name in ("amount", "city", "pool"))
        retained, units, pools = (kept.range(name) for name in ("retained", "unit", "pool"))
        code, offered = f'{cities.range("city")}&""', self.lists.offered("cities")

        def kept_by(unit: str) -> str:
            return self.both(lambda pool: f'SUMIFS({retained},{units},{unit}&"",{pools},{pool})')

        def got_by(city: str) -> str:
            return self.both(lambda pool: f"SUMIFS({amounts},{of_city},{city},{of_pool},{pool})")

        passed = "*".join(f"(1-{kept_by(cities.range(name))})" for name in self.above)
        got = f"({got_by(code)}+({offered}<>{code})*{got_by(offered)})"
        text = f'SUMPRODUCT(({code}<>"")*{got}/({passed}))'
        return self.shown(f"IFERROR({text},0)", self._received_now(table))

    def _received_now(self, table: str) -> float:
        cities, pool = self.tables["cities"], self.given("pool")
        of_city, of_unit = (
            self._by(name, key, column, pool)
            for name, key, column in ((table, "city", "amount"), ("levels", "unit", "retained"))
        )
        passed = [math.prod(1 - of_unit.get(unit, 0.0) for unit in units if unit)
                  for units in zip(*(cities.get(name, ()) for name in self.above), strict=False)]  # fmt: skip
        if 0 in passed:
            return 0.0
        codes = cities.get("city", ())
        return float(sum(of_city.get(code, 0.0) / each for code, each in zip(codes, passed, strict=False) if code))

    def _by(self, table: str, key: str, column: str, pool: Cell) -> dict[Cell, float]:
        """The sum of a column of numbers over the rows of a pool, by another column."""
        sums: dict[Cell, float] = {}
        cells = (self.tables[table].get(name, ()) for name in ("pool", key, column))
        for other, code, amount in zip(*cells, strict=False):
            if pool and other == pool:
                sums[code] = sums.get(code, 0.0) + number(amount)
        return sums

    def _multiple(self, name: str, last: float, available: float) -> Formula:
        """The sum over all cities of a floor or a cap; nothing where the pool has none.

        Where they follow the pool, last year's amounts are scaled to what is available.
        """
        given, there, sum_of_last = self.given(name), self.there(name), self.here("last_year")
        base = available if self.given("follow") is True and last > 0 else last
        value: Cell = given * base if isinstance(given, float) else ""
        follows = f"AND({self._yes('follow')},N({sum_of_last})>0)"
        return self.shown(
            f'IF(ISNUMBER({there}),{there}*IF({follows},{self.here("available")},{sum_of_last}),"")', value
        )

    def _yes(self, name: str) -> str:
        """Whether a flag is set, in whatever words."""
        there = self.there(name)
        return f'OR({there}=TRUE,{there}="{FLAGS[True].zh}",{there}="{FLAGS[True].en}")'

    def _verdict(self, cells: Mapping[str, Formula], available: float) -> Formula:
        """The first check that fails."""
        weights, floors, fixed, caps = (say(words, self.page.language) for words in (_WEIGHTS, _FLOORS, _FIXED, _CAPS))
        keys, kind = self.layouts["factors"].range("pool"), self.there("kind")
        counted = self.both(lambda pool: f"COUNTIF({keys},{pool})")
        above, cap = f"{self.here('available')}*(1+1E-9)", self.here("cap_multiple")
        # Floors of bonds are cut to what their cities can carry.
        bond = f'OR({kind}="bond",{kind}="{VALUES["kind"]["bond"]}")'
        text = (
            f"IF(AND({counted}>0,ABS({self.here('factors')}-1)>{SUM_OF_WEIGHTS}),"
            f'"{weights}",IF(AND(NOT({bond}),N({self.here("floor_multiple")})>{above}),"{floors}",'
            f'IF(OR(N({self.here("earmarks")})>{above},N({self.here("overrides")})>{above}),"{fixed}",'
            f'IF(AND({self._yes("exhaust")},ISNUMBER({cap}),N({cap})*(1+1E-9)<{self.here("available")}),"{caps}","{GOOD}"))))'
        )
        value, most = {name: number(cell.value) for name, cell in cells.items()}, available * (1 + ROUNDOFF)
        capped = isinstance(cells["cap_multiple"].value, float)
        has_factors = self.given("pool") in self.tables["factors"].get("pool", ())
        failing = (
            (weights, has_factors and abs(value["factors"] - 1) > SUM_OF_WEIGHTS),
            (floors, self.given("kind") != "bond" and value["floor_multiple"] > most),
            (fixed, max(value["earmarks"], value["overrides"]) > most),
            (caps, self.given("exhaust") is True and capped and value["cap_multiple"] * (1 + ROUNDOFF) < available),
        )
        return self.shown(text, next((words for words, wrong in failing if wrong), GOOD))
