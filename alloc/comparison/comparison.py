"""Results compared: the first is the base, every other stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

import alloc  # which says what the comparison is, when it is asked
from alloc.comparison import amounts, outcomes
from alloc.comparison.check import check
from alloc.comparison.decided import decided
from alloc.comparison.inputs import differences
from alloc.comparison.pair import Pair
from alloc.comparison.tables import TABLES, differing, frame
from alloc.comparison.tiers import tiers
from alloc.comparison.yardsticks import yardsticks
from alloc.instance.derived.optional.purses import purses_of
from alloc.instance.schema.classes import size_class
from alloc.result.result import Result

COMPARED: Mapping[str, tuple[str, ...]] = {
    "allocation": ("published",),
    "services": ("coverage", "added", "backlog"),
    "people": ("settle", "settle_limit", "score"),
    "debt": ("new_general", "new_special", "bond_room", "ratio_after"),
    "families": ("rows", "binding"),
}
"""Table of a result -> the columns of it that tables of their own compare."""
# The other tables follow from these.
OUTCOMES = ("tiers", "pools", "allocation", "measures", "services", "debt", "decisions", "levels", "limits", "schemes",
            "families")  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two or more results beside each other.

    Attributes:
        results: what is compared; the first is the base.
        names: what the caller names them.
        letters: A, B, C, … in the same order.
        tables: by name; columns and units stand in `alloc.comparison.tables.TABLES`.
    """

    results: tuple[Result, ...]
    names: tuple[str, ...]
    letters: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]

    def rows(self, table: str, letter: str, only_differences: bool = False) -> pd.DataFrame:
        """The rows of a table for one of the results.

        Args:
            table: name of the table.
            letter: of the result, B, C, …
            only_differences: those alone that differ from the base.

        Returns:
            The rows, with the columns of the table.
        """
        content = self.tables[table]
        content = content[content["result"] == letter].reset_index(drop=True)
        return differing(table, content) if only_differences else content

    def differs(self, letter: str) -> bool:
        """Whether anything that went into a result or came out of it differs from the base.

        Args:
            letter: of the result, B, C, …

        Returns:
            True where something does.
        """
        inputs = len(self.rows("inputs", letter)) + len(self.rows("unmatched", letter))
        return bool(inputs) or self.outcome_differs(letter)

    def outcome_differs(self, letter: str) -> bool:
        """Whether anything that came out of a result differs from the base.

        Args:
            letter: of the result, B, C, …

        Returns:
            True where something does.
        """
        return any(len(self.rows(name, letter, only_differences=True)) for name in OUTCOMES)

    def comparable(self, letter: str) -> bool:
        """Whether a result has a city in common with the base; without one there is nothing to hold against each other.

        Args:
            letter: of the result, B, C, …

        Returns:
            True where there is one.
        """
        alone = self.rows("unmatched", letter)
        missing = alone[(alone["kind"] == "city") & (alone["present_in"] == self.letters[0])]
        return len(missing) < len(self.results[0].instance.tables["cities"])

    @property
    def identical(self) -> bool:
        """Whether all results are the same: in what went in and in what came out."""
        return not any(self.differs(letter) for letter in self.letters[1:])

    def write(
        self,
        path: Path | str,
        language: str = "en",
        only_differences: bool = True,
        pool: str | None = None,
        cities: Sequence[str] = (),
    ) -> Path:
        """Writes what is printed of it, in the format of the path's ending; what stands there is renamed beside.

        Args:
            path: of the file: ``.html``, ``.xlsx``, ``.docx`` or ``.pdf``.
            language: ``zh`` or ``en``.
            only_differences: leaves out the rows in which nothing differs and says how many.
            pool: the amounts of this pool by city instead of the whole.
            cities: everything about these cities instead of the whole.

        Returns:
            The file.

        Raises:
            KeyError: none of the results has the pool or a city.
            ReportError: there is no such format, a library that it needs is not installed, or the file cannot be
                written.
        """
        from alloc.report.answers import comparison_document, write_document

        document = comparison_document(self, language, only_differences, pool, cities)
        return Path(write_document(document, Path(path)).path)

    def __repr__(self) -> str:
        """One line: what is compared, and whether it differs."""
        named = ", ".join(f"{mark} {name}" for mark, name in zip(self.letters, self.names, strict=True))
        return f"<Comparison of {named}: {'identical' if self.identical else 'different'}>"

    def _repr_html_(self) -> str:
        """For notebooks: what is compared, and the tiers beside each other, in both languages."""
        return alloc.as_html(self)


def compare(results: Sequence[Result], names: Sequence[str] | None = None) -> Comparison:
    """Compares results: the first is the base, every other stands against it.

    Results of different instances are aligned by the codes of cities, pools and services; what has no partner is in
    the table `unmatched`.

    Args:
        results: two or more, with an allocation.
        names: what to call them; without, by instance and place.

    Raises:
        ComparisonError: fewer than two results, one given twice, without an allocation, not verified, or damaged.
    """
    letters = tuple(letter(place) for place in range(len(results)))
    unnamed = (f"{each.instance.name} ({mark})" for each, mark in zip(results, letters, strict=True))
    named = tuple(unnamed if names is None else names)
    check(results, named)
    cities = _cities(results)
    parts = [_year(results[0], "A")]
    parts += [_tables(Pair(results[0], *each), cities) for each in zip(results[1:], letters[1:], strict=True)]
    described = [_described(*each) for each in zip(letters, named, results, strict=True)]
    tables = {"results": frame("results", pd.DataFrame(described)), "cities": frame("cities", cities)}
    for name in TABLES:
        if name not in tables:
            tables[name] = frame(name, pd.concat([part[name] for part in parts if name in part]))
    return Comparison(tuple(results), named, letters, MappingProxyType(tables))


def _tables(pair: Pair, cities: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every table of one pair, without its order of columns."""
    inputs = differences(pair.base.instance, pair.other.instance)
    apart = yardsticks(pair, inputs)
    unlike = set(apart["measured"])
    given, by_city = amounts.allocation(pair), amounts.measures(pair, "score" not in unlike)
    debt = outcomes.debt(pair, "debt_tier" not in unlike)
    in_both = debt["city"].isin(pair.cities) & debt["city"].isin(outcomes.heads(cities))
    both = debt[in_both & (debt["tier_base"] != "") & (debt["tier_other"] != "")]
    order = outcomes.tier_order(pair.base) if "debt_tier" not in unlike else ()
    tables = {
        "unmatched": pair.unmatched(),
        "inputs": inputs,
        "tiers": tiers(pair, unlike),
        "yardsticks": apart,
        "pools": amounts.pools(pair, given),
        "allocation": given,
        "measures": by_city,
        "winners": amounts.winners(by_city, cities),
        "groups": amounts.groups(pair, given, by_city, cities),
        "services": outcomes.services(pair),
        "coverage": outcomes.coverage(pair, cities),
        "debt": debt,
        "debt_tiers": pd.concat([
            outcomes.debt_tiers("compared", both["tier_base"], both["tier_other"], order),
            _year(pair.other, pair.letter)["debt_tiers"],
        ]),
        "decisions": decided(pair, COMPARED),
        "levels": outcomes.levels(pair),
        "limits": outcomes.limits(pair),
        "schemes": outcomes.schemes(pair),
        "families": outcomes.families(pair),
    }  # fmt: skip
    return {name: table.assign(result=pair.letter) for name, table in tables.items()}


def _year(result: Result, mark: str) -> dict[str, pd.DataFrame]:
    """Transitions between debt tiers within one result, of a purse once."""
    debt = result.tables["debt"]
    debt = debt[debt["city"].isin(outcomes.heads(with_purses(result.instance.tables["cities"])))]
    moves = outcomes.debt_tiers("year", debt["tier_before"], debt["tier_after"], outcomes.tier_order(result))
    return {"debt_tiers": moves.assign(result=mark)}


def _cities(results: Sequence[Result]) -> pd.DataFrame:
    """Every city of any result, as the first that has it describes it."""
    found = []
    for result in results:
        cities = with_purses(result.instance.tables["cities"])
        found.append(cities.assign(size_class=size_class(cities["size_population"].to_numpy(dtype=float))))
    return pd.concat(found).drop_duplicates("city").sort_values("city", ignore_index=True)


def with_purses(cities: pd.DataFrame) -> pd.DataFrame:
    """The cities with the code of the city whose purse each shares; its own where it shares none."""
    return cities.assign(purse=cities["city"].to_numpy()[purses_of(cities).head])


def _described(mark: str, name: str, result: Result) -> dict[str, Any]:
    settings, manifest, tables = result.instance.settings, result.manifest, result.instance.tables
    scenario = manifest.get("scenario") or {}
    title = scenario.get("title") or {}
    return {
        "result": mark, "name": name, "instance": result.instance.name,
        "title_zh": settings.title.zh, "title_en": settings.title.en, "year": settings.year,
        "hash": result.instance.hash, "scenario": scenario.get("name", ""),
        "scenario_zh": title.get("zh", ""), "scenario_en": title.get("en", ""),
        "edits": len(manifest.get("edits") or ()),
        "stopped": str(manifest["status"]["stopped"]), "quality": str(manifest["status"]["quality"]),
        "integers": settings.integers, "cities": len(tables["cities"]), "pools": len(tables["pools"]),
        "services": len(tables["services"]),
    }  # fmt: skip


def letter(place: int) -> str:
    """A to Z, then AA, AB, … as in a spreadsheet."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
