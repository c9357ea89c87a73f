"""Two results aligned: what both have, what has no partner, and values side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.comparison.merged import Merged
from alloc.result.result import Result
from alloc.tolerances import ROUNDOFF, VERIFIED

A_RESIDENT = {"ha": 10_000.0, "10⁴ yuan": 10_000.0, "persons": 1.0}  # into m², yuan, persons


@dataclass(frozen=True, eq=False)
class Pair:
    """The base and one other result.

    Attributes:
        base: the first result, A.
        other: the one compared with it.
        letter: of the other.
    """

    base: Result
    other: Result
    letter: str

    @cached_property
    def both(self) -> tuple[Merged, Merged]:
        """Both results, with the cities of one that the other has merged added up."""
        return Merged.pair(self.base, self.other)

    @cached_property
    def cities(self) -> pd.Index:
        """Codes of the cities that both have, sorted."""
        one, other = (result.instance.tables["cities"]["city"] for result in (self.base, self.other))
        both: pd.Index = pd.Index(sorted(set(one) & set(other)), dtype=object)
        return both

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Services that both have, sorted."""
        one, other = (set(result.instance.tables["services"]["service"]) for result in (self.base, self.other))
        return tuple(sorted(one & other))

    @cached_property
    def residents(self) -> tuple[pd.Series, pd.Series]:
        """Residents by city, of all cities of each."""
        first, second = self.both
        return first.residents, second.residents

    @cached_property
    def published(self) -> tuple[pd.Series, pd.Series]:
        """Published amounts of each by city, pool and kind: a pool of one code and another kind is another pool."""
        first, second = self.both
        return _published(first), _published(second)

    def unmatched(self) -> pd.DataFrame:
        """Table `unmatched`."""
        rows = []
        merged = [{*each.into} for each in self.both]
        for kind in ("city", "pool", "service", "tier", "family"):
            one, other = (_codes(result, kind) for result in (self.base, self.other))
            for mark, here, there, gone in (("A", one, other, merged[0]), (self.letter, other, one, merged[1])):
                for code in sorted(here.keys() - there.keys()):
                    rows.append((kind, code, mark, "merged" if kind == "city" and code in gone else "absent"))
                for code in sorted(here.keys() & there.keys()):
                    if here[code] != there[code]:
                        rows.append((kind, code, mark, "other_kind"))
        return pd.DataFrame(rows, columns=["kind", "code", "present_in", "reason"])


def _published(one: Merged) -> pd.Series:
    table = one.table("allocation")
    kind = table["pool"].map(one.result.instance.tables["pools"].set_index("pool")["kind"])
    published: pd.Series = table.assign(kind=kind).set_index(["city", "pool", "kind"])["published"]
    return published


def compared(base: pd.Series, other: pd.Series, *, dust: float = VERIFIED) -> pd.DataFrame:
    """Base, other, change and relative change over all keys of either, sorted.

    Args:
        base: values by key.
        other: values by key, of the same levels.
        dust: a change up to this share of the value (or of 1) is 0; so is a base up to this.
    """
    if base.index.equals(other.index):  # the usual case: nothing to align
        whole = pd.DataFrame({"base": base.to_numpy(dtype=float), "other": other.to_numpy(dtype=float)}, base.index)
    else:
        whole = pd.concat({"base": base, "other": other}, axis=1).astype(float)
    whole = whole.sort_index()
    one, two = whole["base"].to_numpy(), whole["other"].to_numpy()
    change = _without_dust(two - one, one, dust)
    values = {"base": one, "other": two, "change": change, "relative": _share(change, one, dust)}
    return pd.DataFrame(values, whole.index)


def relative(frame: pd.DataFrame) -> NDArray[np.float64]:
    """The change as a share of the base, row by row; missing where the base is 0 within what is verified."""
    return _share(frame["change"].to_numpy(dtype=float), frame["base"].to_numpy(dtype=float), VERIFIED)


def a_resident(frame: pd.DataFrame, base: pd.Series, other: pd.Series) -> pd.DataFrame:
    """Values a resident added to a frame with ``unit``; not for shares.

    Args:
        frame: of `compared`.
        base: residents in the base, in the order of the frame.
        other: residents in the other.
    """
    size = np.array([A_RESIDENT.get(unit, np.nan) for unit in frame["unit"].tolist()], dtype=float)
    with np.errstate(all="ignore"):
        one = size * frame["base"].to_numpy() / base.to_numpy(dtype=float)
        two = size * frame["other"].to_numpy() / other.to_numpy(dtype=float)
        change = _without_dust(two - one, one, ROUNDOFF)
    return frame.assign(base_per_resident=one, other_per_resident=two, change_per_resident=change)


def _without_dust(change: NDArray[np.float64], base: NDArray[np.float64], dust: float) -> NDArray[np.float64]:
    """Changes, 0 where they are no more than this share of the base (or of 1)."""
    found: NDArray[np.float64] = np.where(np.abs(change) <= dust * np.maximum(1.0, np.abs(base)), 0.0, change)
    return found


def _share(change: NDArray[np.float64], base: NDArray[np.float64], dust: float) -> NDArray[np.float64]:
    """The change as a share of the base; missing where the base is dust: of nothing, no change is a share."""
    found: NDArray[np.float64] = np.full(len(base), np.nan)
    np.divide(change, base, out=found, where=np.abs(base) > dust)
    return found


def _codes(result: Result, kind: str) -> dict[str, str]:
    """Codes, and of a pool what it shares out."""
    tables = result.instance.tables
    if kind == "pool":
        return dict(zip(tables["pools"]["pool"], tables["pools"]["kind"], strict=True))
    if kind == "tier":
        return {tier["tier"]: "" for tier in result.manifest["tiers"]}
    if kind == "family":
        return dict.fromkeys(result.tables["families"]["family"], "")
    return dict.fromkeys(tables["cities" if kind == "city" else "services"][kind], "")
