"""Near twins: cities that are alike in everything that a formula looks at, and how unlike what they get is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloc.auditing.grids import Grid, Head, Part, Value
from alloc.auditing.statistics import ratio
from alloc.auditing.work import Facts, Floats
from alloc.explanation.shared.similar import factors
from alloc.text import Text
from alloc.tolerances import TINY

TITLE = Text("近似城市", "Near twins")
MOST = 150  # pairs that are looked at, or half as many as there are cities
UNLIKE = 0.5  # of the formula: twins that differ by more are unlike
NAMED = 5  # unlike pairs of a pool that are named
METHOD = Text(
    "按每个资源池分别比较：公式各因素、上年数额、（债券）举债空间、本级一般公共预算收入均按常住人口取人均值并除以全国均值，"
    "取 ln(1+x)；另加流入人口占比和常住人口的对数；各项减均值、除以标准差，取欧氏距离。"
    "每个城市与其最近的城市成一对，取距离最小的 {most} 对（不超过城市数的一半）。"
    "公式数为 0 或上限不足一个最小分配单位的城市不比较。二者“与公式之比”相差超过 {unlike} 即为不相似。",
    "For each pool by itself: every factor of its formula, last year's amount, of bonds the debt room, and own general "
    "revenue, per resident and in multiples of the mean, as ln(1 + x); besides migrants' share and the logarithm of "
    "residents; each less its mean, over its standard deviation; Euclidean distance. Every city makes a pair with its "
    "nearest, and the {most} nearest pairs count (at most half as many as there are cities). Cities whose formula is 0 "
    "or that cannot get a quantum are left out. A pair is unlike where what the two get, in multiples of their "
    "formula, differs by more than {unlike}.",
).fill(most=MOST, unlike=UNLIKE)


@dataclass(frozen=True)
class Pair:
    """Two cities that are alike.

    Attributes:
        one, other: their places, `one` the lower.
        distance: between their features, in standard deviations.
        ratios: what the two get, in multiples of their formula.
    """

    one: int
    other: int
    distance: float
    ratios: tuple[float, float]

    @property
    def apart(self) -> float:
        """By how much these differ."""
        return abs(self.ratios[0] - self.ratios[1])


def twins(facts: Facts) -> Part:
    """The section.

    Args:
        facts: of an answer.
    """
    counts: list[tuple[Value, ...]] = []
    worst: list[tuple[Value, ...]] = []
    for r, pool in enumerate(facts.pools):
        found = pairs(facts, r)
        unlike = sorted((each for each in found if each.apart > UNLIKE), key=lambda each: (-each.apart, each.one))
        furthest = max((each.distance for each in found), default=None)
        mean = float(np.mean([each.apart for each in found])) if found else None
        counts.append((pool, len(found), len(unlike), len(unlike) / len(found) if found else None, mean, furthest))
        worst += [
            (pool, facts.names[each.one], facts.names[each.other], *each.ratios, each.distance)
            for each in unlike[:NAMED]
        ]
    pool_head = Head("pool", Text("资源池", "pool"))
    heads = (
        pool_head, Head("pairs", Text("对数", "pairs"), "count"), Head("unlike", Text("不相似", "unlike"), "count"),
        Head("share", Text("占比", "share"), "share"),
        Head("mean", Text("平均相差", "mean difference"), "figure", Text("公式的倍数", "of the formula")),
        Head("furthest", Text("最远一对的距离", "distance of the furthest pair"), "figure"),
    )  # fmt: skip
    shown = (
        pool_head, Head("one", Text("城市", "city")), Head("other", Text("近似城市", "its twin")),
        Head("ratio_one", Text("所得/公式", "gets, of its formula"), "ratio"),
        Head("ratio_other", Text("近似城市所得/公式", "twin gets"), "ratio"),
        Head("distance", Text("距离", "distance"), "figure"),
    )  # fmt: skip
    named = Grid("unlike_pairs", Text("相差最大的几对", "The most unlike pairs"), shown, tuple(worst))
    grid = Grid("twins", Text("近似城市所得之差", "How unlike near twins are"), heads, tuple(counts))
    return Part("twins", TITLE, (METHOD,), (grid, *([named] if worst else [])))


def pairs(facts: Facts, r: int) -> list[Pair]:
    """The nearest pairs of cities that take part in a pool, the nearest first; ties go to the lower codes.

    Args:
        facts: of an answer.
        r: which pool.
    """
    derived = facts.derived
    compared = (derived.benchmark[:, r] > 0) & (derived.upper[:, r] >= derived.quantum[r])
    places = np.flatnonzero(compared)
    if len(places) < 2:
        return []
    seen = standardised(features(facts, r)[places])
    ratios = ratio(facts.published[places, r], derived.benchmark[places, r])
    found: dict[tuple[int, int], float] = {}
    for k, own in enumerate(seen):
        apart = np.sqrt(((seen - own) ** 2).sum(axis=1))
        apart[k] = np.inf
        nearest = int(np.argmin(apart))
        found[min(k, nearest), max(k, nearest)] = float(apart[nearest])
    order = sorted(found.items(), key=lambda item: (item[1], item[0]))[: min(MOST, len(places) // 2)]
    return [
        Pair(int(places[a]), int(places[b]), distance, (float(ratios[a]), float(ratios[b])))
        for (a, b), distance in order
    ]


def features(facts: Facts, r: int) -> Floats:
    """What cities are compared by in a pool, before it is standardised [n, features].

    Args:
        facts: of an answer.
        r: which pool.
    """
    derived = facts.derived
    amounts = [each.given for each in factors(facts.instance, derived, derived.pools[r])]
    amounts += [np.nan_to_num(derived.last_year[:, r]), derived.revenue]
    if derived.kind[r] == "bond":
        amounts.append(derived.bond_room)
    heads = [amount / derived.residents for amount in amounts]
    logs = [np.log1p(np.maximum(0.0, each) / each.mean()) for each in heads if each.mean() > 0]
    return np.column_stack([*logs, facts.migrants_share, np.log(derived.residents)])


def standardised(values: Floats) -> Floats:
    """Columns less their mean, over their standard deviation; one that does not vary is 0."""
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > TINY, spread, np.inf))
