"""What another key would give: by rank, by registration, or what else the instance has to compare the plan with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alloc.auditing.distributions import A_HEAD, GROUPINGS, groupings
from alloc.auditing.grids import Grid, Head, Part, Value, listed
from alloc.auditing.statistics import Places, ratio
from alloc.auditing.work import KINDS, Facts, Floats
from alloc.content.places import rank
from alloc.instance.derived.optional.schemes import LESS, Scheme, schemes, values_of
from alloc.instance.schema.optional.schemes import RANK
from alloc.text import Text

TITLE = Text("按其他办法分配会怎样", "What another key would give")
NAMED = 5  # cities with the most more, and with the most less, by scheme and kind of pool
A_RESIDENT = 1e4  # 10⁴ yuan in yuan, and hectares in m²
METHOD = Text(
    "比较方案只供对照，不影响分配。每个方案按自己的因素和系数把同样的可分配数分给参加该资源池的城市，"
    "不计上下限、上年数和绩效。“易手”为各城市相差之和的一半占可分配数的比例；"
    "“受挤压”指按该方案所得比按常住人口所得至少少 {less:.0%}。",
    "Schemes are there to compare with and change nothing. Each shares out the same amounts among the cities that take "
    "part in a pool by its own factors and multipliers; bounds, last year and performance do not count. What “changes "
    "hands” is half the sum of all differences, of what is shared out; a city is “squeezed” that would have at least "
    "{less:.0%} less than by residents.",
).fill(less=1 - LESS)
SQUEEZED = Text(
    "按“{scheme}”至少一个资源池受挤压的有 {count} 个城市，{residents:,.0f} 常住人口：{cities}。",
    "By “{scheme}” {count} {count:|city|cities} with {residents:,.0f} residents {count:|is|are} squeezed in a "
    "pool or more: {cities}.",
)
NONE = Text(
    "算例没有比较方案（schemes、scheme_factors 表）。", "The instance has no schemes (tables schemes, scheme_factors)."
)
NOTHING = Text("“{scheme}”没有因素，什么也不分配。", "“{scheme}” has no factors and shares out nothing.")
NOBODY = Text("按“{scheme}”没有城市受挤压。", "By “{scheme}” no city is squeezed.")


def scheme_part(facts: Facts, asked: bool = False) -> Part | None:
    """The section; None where the instance has no schemes, unless it is asked for.

    Args:
        facts: of an answer.
        asked: whether it is asked for by its name.
    """
    found = schemes(facts.instance, facts.derived)
    if not found:
        return Part("schemes", TITLE, (NONE,), ()) if asked else None
    said = [METHOD, *(_squeezed(facts, each) for each in found)]
    grids = [_moved(facts, found), *(_by_group(facts, found, name, groups) for name, groups in _groupings(facts))]
    return Part("schemes", TITLE, tuple(said), (*grids, _by_city(facts, found)))


def _squeezed(facts: Facts, scheme: Scheme) -> Text:
    if np.isnan(scheme.amounts).all():
        return NOTHING.fill(scheme=scheme.title)
    places = np.flatnonzero(scheme.squeezed.any(axis=1))
    places = places[np.argsort(-facts.derived.residents[places], kind="stable")]
    if not len(places):
        return NOBODY.fill(scheme=scheme.title)
    return SQUEEZED.fill(
        scheme=scheme.title, count=len(places), residents=float(facts.derived.residents[places].sum()),
        cities=listed([facts.names[c] for c in places]),
    )  # fmt: skip


def _moved(facts: Facts, found: tuple[Scheme, ...]) -> Grid:
    """A row a scheme and pool."""
    rows: list[tuple[Value, ...]] = []
    for scheme in found:
        from_plan, from_residents = scheme.moved(facts.published), scheme.moved(scheme.by_residents)
        for r, pool in enumerate(facts.pools):
            if not np.isnan(from_plan[r]):
                squeezed = int(np.count_nonzero(scheme.squeezed[:, r]))
                rows.append((scheme.title, pool, float(from_plan[r]), float(from_residents[r]), squeezed))
    heads = (
        Head("scheme", Text("比较方案", "scheme")), Head("pool", Text("资源池", "pool")),
        Head("moved", Text("与本方案相比易手", "changes hands against the plan"), "share"),
        Head("from_residents", Text("与按常住人口相比易手", "against residents"), "share"),
        Head("squeezed", Text("受挤压的城市", "cities squeezed"), "count"),
    )  # fmt: skip
    return Grid("schemes", Text("换一种办法分配，多少易手", "How much changes hands"), heads, tuple(rows))


def _groupings(facts: Facts) -> Iterator[tuple[str, list[tuple[Text, Places]]]]:
    """Classes, regions and fifths by migrants' share, and ranks where the instance has them."""
    yield from groupings(facts)
    if RANK in facts.instance.tables["cities"]:
        ranks = values_of(facts.instance, facts.derived, RANK)
        names = sorted({str(each) for each in ranks if each})
        if names:
            yield RANK, [(rank(name), np.flatnonzero(ranks == name)) for name in names]


def _by_group(facts: Facts, found: tuple[Scheme, ...], name: str, groups: list[tuple[Text, Places]]) -> Grid:
    """What groups would get in all, in multiples of what the plan gives them."""
    rows: list[tuple[Value, ...]] = []
    for scheme in found:
        for group, places in groups:
            values = ratio(scheme.amounts[places].sum(axis=0), facts.published[places].sum(axis=0))
            rows.append((scheme.title, group, len(places), *values.tolist()))
    title = GROUPINGS.get(name, Text("行政级别", "administrative rank"))
    heads = (Head("scheme", Text("比较方案", "scheme")), Head("group", title),
             Head("cities", Text("城市数", "cities"), "count"))  # fmt: skip
    pools = tuple(Head(pool, of, "ratio") for pool, of in zip(facts.derived.pools, facts.pools, strict=True))
    caption = Text(f"比较方案与本方案之比：按{title.zh}", f"Schemes in multiples of the plan, by {title.en}")
    return Grid(f"schemes_by_{name}", caption, (*heads, *pools), tuple(rows))


def _by_city(facts: Facts, found: tuple[Scheme, ...]) -> Grid:
    """Who would get the most more and the most less for a resident, by kind of pool."""
    rows: list[tuple[Value, ...]] = []
    for scheme in found:
        for kind, of in KINDS.items():
            change, plan, other = _of_kind(facts, scheme, kind)
            order = [int(c) for c in np.argsort(-change, kind="stable") if change[c] != 0]
            least = [c for c in order[NAMED:] if change[c] < 0][-NAMED:] if len(order) > NAMED else []
            for c in (*order[:NAMED], *least):
                rows.append((scheme.title, of, facts.names[c], float(plan[c]), float(other[c]),
                             float(change[c]), A_HEAD[kind]))  # fmt: skip
    heads = (
        Head("scheme", Text("比较方案", "scheme")), Head("kind", Text("资源", "of")),
        Head("city", Text("城市", "city")), Head("plan", Text("本方案", "plan"), "figure"),
        Head("other", Text("比较方案所得", "scheme"), "figure"),
        Head("difference", Text("多得", "more"), "figure"), Head("unit", Text("单位", "unit")),
    )  # fmt: skip
    title = Text("按比较方案人均多得最多和最少的城市", "Who would get most more and most less for a resident")
    return Grid("schemes_by_city", title, heads, tuple(rows))


def _of_kind(facts: Facts, scheme: Scheme, kind: str) -> tuple[Floats, Floats, Floats]:
    """What a resident would have more in the pools of a kind that the scheme speaks of, has, and would have [n]."""
    told = (facts.derived.kind == kind) & ~np.isnan(scheme.amounts).any(axis=0)
    plan, other = (each[:, told].sum(axis=1) * A_RESIDENT / facts.derived.residents
                   for each in (facts.published, scheme.amounts))  # fmt: skip
    return np.asarray(other - plan), np.asarray(plan), np.asarray(other)
