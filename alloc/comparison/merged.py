"""Cities that one of two results has merged into others: the other result's figures of them added up.

So both stand for the same people. Amounts, persons and capacity are added; coverage and scores are means over
residents; what is neither, as a debt ratio, is missing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from alloc.result.result import Result

MEANS = ("coverage", "score")
AMOUNTS = ("published", "added", "backlog", "settle", "settle_limit", "new_general", "new_special", "bond_room")
TEXTS = ("tier_before", "tier_after")


def mergers(result: Result) -> dict[str, str]:
    """City that is gone -> the one that it is part of in the end, by the edits of a result."""
    found: dict[str, str] = {}
    for edit in result.manifest.get("edits") or ():
        if edit.get("verb") == "merge":
            found |= dict.fromkeys((code.strip() for code in str(edit["target"]).split(",")), str(edit["value"]))
    for code in found:
        seen = {code}
        while (further := found.get(found[code])) is not None and further not in seen:
            seen.add(further)
            found[code] = further
    return found


@dataclass(frozen=True, eq=False)
class Merged:
    """A result with cities that the other one has merged.

    Attributes:
        result: of which these are the figures.
        into: city -> the one that stands for it; only cities that the result has.
    """

    result: Result
    into: Mapping[str, str]

    @classmethod
    def pair(cls, one: Result, other: Result) -> tuple[Merged, Merged]:
        """Both of two results; a merger counts where the city that stays is in both."""
        merged = {**mergers(one), **mergers(other)}
        if not merged:  # the usual case, after every edit of a session
            return cls(one, {}), cls(other, {})
        have = [set(each.instance.tables["cities"]["city"]) for each in (one, other)]
        known = {code: stays for code, stays in merged.items() if stays in have[0] & have[1]}
        both = (cls(each, {code: stays for code, stays in known.items() if code in its and code not in theirs})
                for each, its, theirs in zip((one, other), have, reversed(have), strict=True))  # fmt: skip
        first, second = both
        return first, second

    @property
    def residents(self) -> pd.Series:
        """Residents by city."""
        people: pd.Series = self.result.instance.tables["cities"].set_index("city")["residents"]
        return people.groupby(self._stands(people.index)).sum() if self.into else people

    def table(self, name: str) -> pd.DataFrame:
        """A table by city of the result, with those of its columns that a comparison shows where cities are merged."""
        table = self.result.tables[name]
        if not self.into or "city" not in table:
            return table
        gone = table["city"].isin({*self.into, *self.into.values()})
        key = [column for column in ("city", "pool", "service") if column in table]
        rows = table[gone].assign(city=self._stands(table.loc[gone, "city"]))
        weight = table.loc[gone, "city"].map(self.result.instance.tables["cities"].set_index("city")["residents"])
        by = [rows[column] for column in key]
        made = {column: rows[column].groupby(by).sum() for column in AMOUNTS if column in rows}
        for column in set(MEANS) & set(rows):
            made[column] = (rows[column] * weight).groupby(by).sum() / weight.groupby(by).sum()
        whole = pd.DataFrame(made).reset_index()
        whole = whole.assign(**{column: pd.array([""] * len(whole), dtype="str") for column in TEXTS if column in rows})
        every = pd.concat([table[~gone], whole], ignore_index=True)
        return every.sort_values(key, kind="stable", ignore_index=True)[list(table.columns)]

    def by_city(self, values: pd.Series) -> pd.Series:
        """Values by an index with cities in it, added up."""
        if not self.into or not len(values):
            return values
        names = list(values.index.names)
        frame = values.reset_index()
        frame["city"] = self._stands(frame["city"]).to_numpy()
        added: pd.Series = frame.groupby(names, sort=False)[str(values.name)].sum()
        return added

    def _stands(self, codes: pd.Series | pd.Index) -> pd.Series:
        series = pd.Series(codes.to_numpy(dtype=object), codes.index if isinstance(codes, pd.Series) else codes)
        return series.replace(dict(self.into)).rename("city")
