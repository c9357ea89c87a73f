"""What amounts written by hand lift: the base of the stock link, which then asks for less reuse, or for none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.columns import HECTARES
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.instance.prechecks.words import Words, above, amount
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

BY_HAND = ("overrides", "earmarks")  # tables of amounts that are lower bounds, in the order in which they are looked at
RULE = "stock"
CODE = "stock_link_lifted"
USED = ("reuse_", "renewed_")  # what columns of land that is put to use begin with
DECIMALS = 4  # of a base in hectares, as it is pasted
_KEPT = Text("本方案按原有的基数也满足这一规则，不必另填基数。",
             "The plan keeps the rule with the former base too: there is no need to give one.")  # fmt: skip
Floats = NDArray[np.float64]


def lifted(instance: Instance, derived: Derived, table: str) -> tuple[Floats, Floats]:
    """What the rows of a table of amounts written by hand lift of the stock link, in the cities that they name.

    A base that goes by the formula is never less than the lower bound of land (`stock_base_of`), which an override or
    an earmark raises.

    Args:
        instance: checked.
        derived: its derived data.
        table: one of `BY_HAND`.

    Returns:
        By how much the base is higher than without these rows, ha; and by how much the lower bound is above the most
        that the link allowed, ha; 0 where neither is [n].
    """
    nothing = np.zeros(len(derived.cities))
    rows = instance.tables[table]
    land = derived.kind == "land"
    on_land = rows["pool"].isin([pool for pool, of_land in zip(derived.pools, land, strict=True) if of_land])
    if not on_land.any() or not (derived.stock_base > 0).any():
        return nothing, nothing
    named = np.isin(np.array(derived.cities, dtype=object), rows.loc[on_land, "city"].tolist())
    before = derive(replace(instance, tables={**instance.tables, table: rows[~on_land]}), derived)
    raised = named & above(derived.stock_base, before.stock_base)
    by_link = (before.upper_rule == RULE) & land
    most = np.where(by_link.any(axis=1), before.upper[:, land].sum(axis=1), np.inf)
    least = derived.lower[:, land].sum(axis=1)
    return (
        np.where(raised, derived.stock_base - before.stock_base, 0.0),
        np.where(raised & above(least, most), least - most, 0.0),
    )


def lifted_findings(words: Words) -> Iterator[Finding]:
    """A warning for every table of amounts written by hand that lifts the stock link somewhere."""
    for table in BY_HAND:
        by, beyond = lifted(words.instance, words.derived, table)
        chosen, past = by > 0, beyond > 0
        if not chosen.any():
            continue
        further = Text(
            "；其中超过该规则原有上限的：{cities}", "; above the most that the rule allowed: {cities}"
        ).fill(cities=words.cities(past, beyond, HECTARES)) if past.any() else Text("", "")  # fmt: skip
        yield Finding(
            severity="warning",
            code=CODE,
            file=f"{table}.csv",
            row=None,
            column="amount",
            value=None,
            message=Text(
                "{table}把 {count} 个城市的增存挂钩基数抬高 {total}，这些新增用地不再要求盘活：{cities}{further}。",
                "{table} lift the base of the stock link, by {total} in {count} {noun}; so much new land asks for no "
                "reuse any more: {cities}{further}.",
            ).fill(
                table=TABLES[table].title, count=int(chosen.sum()), noun="city" if chosen.sum() == 1 else "cities",
                total=amount(float(by.sum()), HECTARES), cities=words.cities(chosen, by, HECTARES), further=further,
            ),
            remedy=Text(
                "仍须照原样挂钩的，在城市表把该市的“{base}”填为原有的基数：{before}；或再加修改：{lines}。",
                "Where the link is to stay as it was, give the city its former base as its own “{base}”: {before}; or "
                "edit further: {lines}.",
            ).fill(
                base=words.column("cities", "stock_base"),
                before=words.cities(chosen, words.derived.stock_base - by, HECTARES),
                lines=_lines(words, chosen, words.derived.stock_base - by),
            ),
            key=words.codes(chosen),
        )  # fmt: skip


def as_kept(
    findings: Iterable[Finding], instance: Instance, derived: Derived, land: pd.DataFrame
) -> tuple[Finding, ...]:
    """The same findings, without a line to add where a plan keeps the link with the former base too.

    Args:
        findings: on the instance, those of `lifted_findings` among them.
        instance: checked.
        derived: its derived data.
        land: what the plan makes of land, by city, ha: ``allocation``, and what is reused or renewed by kind of use.
    """
    kept = []
    for finding in findings:
        if finding.code == CODE:
            by, _ = lifted(instance, derived, finding.file.partition(".")[0])
            used = land[[name for name in land.columns if name.startswith(USED)]].to_numpy().sum(axis=1)
            former = derived.stock_base - by + derived.stock_ratio * used
            if not above(land["allocation"].to_numpy(), former)[by > 0].any():
                finding = replace(finding, remedy=_KEPT)
        kept.append(finding)
    return tuple(kept)


def _lines(words: Words, chosen: NDArray[np.bool_], base: Floats) -> Text:
    """The edits that give some cities a base of their own, in the words of each language."""
    table, column = TABLES["cities"].title.zh, words.column("cities", "stock_base").zh
    pairs = []
    for at in np.flatnonzero(chosen):
        code, value = words.derived.cities[at], np.format_float_positional(round(float(base[at]), DECIMALS), trim="-")
        zh = f"“{table}.{words.titles[code].zh}.{column} = {value}”"
        pairs.append((zh, f"“cities.{code}.stock_base = {value}”"))
    return Text("".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs))
