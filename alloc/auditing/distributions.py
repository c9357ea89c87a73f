"""How every pool is spread: against the formula, last year and per head, by groups of cities; bounds, bonds, slopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from alloc.auditing.grids import Form, Grid, Head, Part, Value, listed
from alloc.auditing.statistics import Places, fifths, ratio, slope
from alloc.auditing.work import Facts, Floats
from alloc.content.places import region
from alloc.formulation.registry import catalogue
from alloc.instance.frames import texts
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.text import Text
from alloc.tolerances import AT_BOUND

TITLE = Text("分布", "Distributions")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TWICE = 2.0  # of the formula: from there on a city's bonds are told
SURE = 2.0  # standard errors that a slope has to be away from 0
SQUARE_METRES, YUAN, TEN_POINTS = 1e4, 1e4, 0.1
POOL = Head("pool", Text("资源池", "pool"))
CITIES = Head("cities", Text("城市数", "cities"), "count")
A_HEAD: Mapping[str, Text] = {
    "land": Text("平方米/人", "m² a person"), "transfer": Text("元/人", "yuan a person"),
    "bond": Text("元/人", "yuan a person"),
}  # fmt: skip
MEASURES: Mapping[str, Text] = {
    "formula": Text("与公式之比", "against the formula"),
    "last_year": Text("与上年之比", "against last year"),
    "per_head": Text("常住人口人均", "per resident"),
}
GROUPINGS: Mapping[str, Text] = {
    "size_class": Text("规模等级", "size class"), "region": Text("地区", "region"),
    "migrants": Text("流入人口占比五等分组", "fifth by migrants' share"),
}  # fmt: skip
FIFTH_NAMES = (
    Text("1（最低）", "1 (lowest)"), Text("2", "2"), Text("3", "3"), Text("4", "4"), Text("5（最高）", "5 (highest)"),
)  # fmt: skip
SIDES = {"lower": Text("下限", "lower"), "upper": Text("上限", "upper")}


def distributions(facts: Facts) -> Part:
    """The section.

    Args:
        facts: of an answer.
    """
    grids = [_spread(facts, measure) for measure in MEASURES]
    grids += [_by_group(facts, name, groups) for name, groups in groupings(facts)]
    slopes, falling = _slopes(facts)
    return Part("distributions", TITLE, (*falling, *_named(facts)), (*grids, _at_bounds(facts), _bonds(facts), slopes))


def relative(facts: Facts, measure: str) -> Floats:
    """What every city gets by a measure [n, R]: multiples, or yuan and m² a person; NaN where there is no measure."""
    derived = facts.derived
    if measure == "per_head":
        size = np.where(derived.kind == "land", SQUARE_METRES, YUAN)
        return np.asarray(facts.published * size / derived.residents[:, None])
    return ratio(facts.published, _measured_by(facts, measure))


def _measured_by(facts: Facts, measure: str) -> Floats:
    """What the amounts of a measure are divided by [n, R]."""
    derived = facts.derived
    if measure == "per_head":
        size = np.where(derived.kind == "land", SQUARE_METRES, YUAN)
        return np.asarray(derived.residents[:, None] / size)
    return derived.benchmark if measure == "formula" else np.nan_to_num(derived.last_year)


def _spread(facts: Facts, measure: str) -> Grid:
    """Quantiles over the cities, a row a pool."""
    found = relative(facts, measure)
    rows: list[tuple[Value, ...]] = []
    for r, pool in enumerate(facts.pools):
        values = found[np.isfinite(found[:, r]), r]
        if not len(values):
            continue
        row: tuple[Value, ...] = (pool, len(values), *np.quantile(values, QUANTILES).tolist(), float(values.max()))
        rows.append((*row, A_HEAD[facts.derived.kind[r]]) if measure == "per_head" else row)
    form: Form = "figure" if measure == "per_head" else "ratio"
    heads = [Head(f"q{round(100 * q)}", Text(f"{q:.0%} 分位", f"{q:.0%}"), form) for q in QUANTILES]
    unit = [Head("unit", Text("单位", "unit"))] if measure == "per_head" else []
    greatest = Head("largest", Text("最大", "largest"), form)
    title = Text(f"各城市所得{MEASURES[measure].zh}：分位数", f"What cities get {MEASURES[measure].en}: quantiles")
    return Grid(f"spread_{measure}", title, (POOL, CITIES, *heads, greatest, *unit), tuple(rows))


def groupings(facts: Facts) -> Iterator[tuple[str, list[tuple[Text, Places]]]]:
    """Groups of cities, each a name and the places of its cities, those without cities left out.

    Args:
        facts: of an answer.

    Returns:
        Name of the grouping, and its groups in order: size classes from the largest, regions as the instance has
        them (no such grouping where it has no column ``region``), fifths of the cities by migrants' share.
    """
    classes = [(CLASS_TITLES[name], facts.derived.size_class == name) for name in CLASS_TITLES]
    found = {"size_class": classes}
    cities = facts.instance.tables["cities"]
    if "region" in cities:
        regions = texts(cities, "region")
        names = sorted({str(each) for each in regions if each})
        found["region"] = [(region(name), regions == name) for name in names]
    fifth = fifths(facts.migrants_share)
    found["migrants"] = [(name, fifth == k) for k, name in enumerate(FIFTH_NAMES)]
    for grouping, groups in found.items():
        yield grouping, [(name, np.flatnonzero(chosen)) for name, chosen in groups if chosen.any()]


def _by_group(facts: Facts, name: str, groups: list[tuple[Text, Places]]) -> Grid:
    """What a group gets in all, in multiples of its formula and of last year, and per resident."""
    rows: list[tuple[Value, ...]] = []
    for measure, title in MEASURES.items():
        under = np.nan_to_num(_measured_by(facts, measure))
        if not under.any():
            continue
        for group, places in groups:
            values = ratio(facts.published[places].sum(axis=0), under[places].sum(axis=0))
            rows.append((title, group, len(places), *values.tolist()))
    heads = (Head("measure", Text("口径", "measure")), Head("group", GROUPINGS[name]), CITIES)
    pools = tuple(Head(pool, title, "figure") for pool, title in zip(facts.derived.pools, facts.pools, strict=True))
    note = Text(
        "全组合计之比；人均：用地为平方米，其余为元。",
        "Sums of the whole group; per resident: m² of land, yuan of all else.",
    )
    title = Text(f"按{GROUPINGS[name].zh}", f"By {GROUPINGS[name].en}")
    return Grid(f"by_{name}", title, (*heads, *pools), tuple(rows), note)


BOUNDS = Text(
    "下限的规则为“封顶”的，浮动区间的下端高于封顶，降到封顶；上限的规则为“保底”的，浮动区间的上端低于保底，升到保底。"
    "上限“无规则”的为 0：该市不参与这一资源池，或按公式没有数额。",
    "A lower bound made by the cap: the corridor begins above the cap and is lowered to it. An upper bound made by the "
    "floor: the corridor ends below the floor and is raised to it. An upper bound with no rule is 0: the city takes no "
    "part in the pool, or its formula gives it nothing.",
)


def _at_bounds(facts: Facts) -> Grid:
    """How many cities stand at a bound, by the rule that makes it; an upper bound of 0 is one too."""
    derived, known = facts.derived, catalogue(facts.instance.formulation).rules
    rows: list[tuple[Value, ...]] = []
    for r, pool in enumerate(facts.pools):
        for side, title in SIDES.items():
            bound = getattr(derived, side)[:, r]
            room = np.abs(facts.decided[:, r] - bound)
            at = np.isfinite(bound) & (room <= AT_BOUND * np.maximum(1.0, np.abs(bound)))
            rules = getattr(derived, f"{side}_rule")[:, r]
            counts = {rule: int(np.count_nonzero(at & (rules == rule))) for rule in sorted(set(rules.tolist()))}
            for rule, count in counts.items():
                if count and (side == "upper" or (bound[at & (rules == rule)] > 0).any()):
                    rows.append((pool, title, known[rule].title, count, count / len(bound)))
    heads = (
        POOL, Head("side", Text("上下限", "bound")), Head("rule", Text("规则", "rule")), CITIES,
        Head("share", Text("占全部城市", "of all cities"), "share"),
    )  # fmt: skip
    return Grid("at_bounds", Text("处在上下限的城市", "Cities at a bound"), heads, tuple(rows), BOUNDS)


def without_bonds(facts: Facts, r: int) -> Places:
    """Cities that could get at least one quantum of a pool of bonds and get none, the largest first."""
    derived = facts.derived
    chosen = np.flatnonzero((derived.upper[:, r] >= derived.quantum[r]) & (facts.published[:, r] <= 0))
    return chosen[np.argsort(-derived.residents[chosen], kind="stable")]


def at_twice(facts: Facts, r: int) -> Places:
    """Cities that get twice the formula of a pool or more (within a quantum), the largest first."""
    derived = facts.derived
    benchmark = derived.benchmark[:, r]
    chosen = np.flatnonzero((benchmark > 0) & (facts.published[:, r] >= TWICE * benchmark - derived.quantum[r]))
    return chosen[np.argsort(-derived.residents[chosen], kind="stable")]


def _bond_pools(facts: Facts) -> list[int]:
    return np.flatnonzero(facts.derived.kind == "bond").tolist()


def _bonds(facts: Facts) -> Grid:
    rows = tuple(
        (facts.pools[r], int(np.count_nonzero(facts.derived.upper[:, r] >= facts.derived.quantum[r])),
         len(without_bonds(facts, r)), len(at_twice(facts, r)))
        for r in _bond_pools(facts)
    )  # fmt: skip
    heads = (
        POOL,
        Head("with_room", Text("有举债空间", "with debt room"), "count"),
        Head("none", Text("其中没有新增债券", "of these without bonds"), "count"),
        Head("twice", Text("达公式的 2 倍", "at 2 × the formula"), "count"),
    )
    return Grid("bonds", Text("新增债券（城市数）", "New bonds (cities)"), heads, rows)


def _named(facts: Facts) -> Iterator[Text]:
    """Who has room and no bonds, and who has twice the formula."""
    for r in _bond_pools(facts):
        pool = facts.pools[r]
        for places, zh, en in (
            (without_bonds(facts, r), "有举债空间却没有{pool}：{cities}。", "Debt room and no {pool}: {cities}."),
            (at_twice(facts, r), "{pool}达公式的 2 倍：{cities}。", "Twice the formula of {pool}: {cities}."),
        ):
            if len(places):
                yield Text(zh, en).fill(pool=pool, cities=listed([facts.names[c] for c in places]))


def _slopes(facts: Facts) -> tuple[Grid, list[Text]]:
    """Amounts per resident on migrants' share, and a sentence for each that falls."""
    each, share = relative(facts, "per_head"), facts.migrants_share
    kinds = facts.derived.kind
    lines = [(title, each[:, r], A_HEAD[kinds[r]]) for r, title in enumerate(facts.pools)]
    for kind, title in (("transfer", Text("全部转移支付", "all transfers")), ("bond", Text("全部债券", "all bonds"))):
        if np.count_nonzero(kinds == kind) > 1:
            lines.append((title, facts.of_kind(each, kind), A_HEAD[kind]))
    rows: list[tuple[Value, ...]] = []
    falling = []
    for title, values, unit in lines:
        line = slope(share, values)
        rows.append((title, line.points, line.mean, TEN_POINTS * line.slope, TEN_POINTS * line.error, unit))
        if line.slope < -SURE * line.error:
            falling.append(Text(
                "人均{what}随流入人口占比上升而下降：占比每高 10 个百分点少 {less:,.3g} {unit}"
                "（标准误 {error:,.2g}）。",
                "Per resident {what} falls as migrants' share rises, by {less:,.3g} {unit} for ten points more "
                "(standard error {error:,.2g}).",
            ).fill(what=title, less=-TEN_POINTS * line.slope, unit=unit, error=TEN_POINTS * line.error))  # fmt: skip
    heads = (
        POOL, CITIES, Head("mean", Text("人均（均值）", "mean per resident"), "figure"),
        Head("slope", Text("每 10 个百分点的变化", "for ten points more"), "figure"),
        Head("error", Text("标准误", "standard error"), "figure"), Head("unit", Text("单位", "unit")),
    )  # fmt: skip
    note = Text("普通最小二乘，每个城市一个点，不加权。", "Ordinary least squares, a point a city, without weights.")
    title = Text("人均数额对流入人口占比的回归", "Amounts per resident on migrants' share of the residents")
    return Grid("slopes", title, heads, tuple(rows), note), falling
