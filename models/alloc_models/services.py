"""Services: seats, beds and homes, the need of residents, and settlement that waits for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc_models.declare import family, index, parameter, variable


def declare(m: Any, data: Any) -> None:
    """`build`, `expand`, `backlog`, `coverage` by segments of its score, `gap`, and their four families."""
    index(m, "segments", ("below_minimum", "to_knee", "above_knee"))
    pairs = (m.cities, m.services)
    for name in ("full_need", "present_need", "need_per_settler", "capacity", "growth_limit"):
        parameter(m, name, getattr(data, name), *pairs)
    parameter(m, "minimum", data.minimum, m.services)
    parameter(m, "module", np.nan_to_num(data.module), m.services)

    variable(m, "build", *pairs, unit="facilities", upper=data.build_limit, integer=True)
    variable(m, "expand", *pairs, unit="capacity", upper=data.expand_limit)
    variable(m, "backlog", *pairs, unit="capacity", upper=data.backlog_limit)
    # Where nobody needs a service its coverage is 1: all segments full.
    widths = np.broadcast_to(np.diff(data.score_breakpoints, axis=1), (*data.full_need.shape, 3))
    full = np.where((data.full_need > 0)[:, :, None], 0.0, widths)
    variable(m, "coverage", *pairs, m.segments, unit="share", lower=full, upper=widths, auxiliary=True)
    variable(m, "gap", *pairs, unit="share", auxiliary=True)

    family(m, "coverage_is_served", m.cities * m.services, coverage_is_served, unit="capacity")
    family(m, "minimum_gap", m.cities * m.services, minimum_gap, unit="share")
    family(m, "growth_limit", m.cities * m.services, growth_limit, unit="capacity")
    family(m, "recognised_need", m.cities * m.services, recognised_need, unit="capacity")


def added(m: Any, c: Any, s: Any) -> Any:
    """New capacity: whole facilities and what is enlarged on its own site."""
    return m.module[s] * m.build[c, s] + m.expand[c, s]


def covered(m: Any, c: Any, s: Any) -> Any:
    """Share of the full (resident) need that is served."""
    return sum(m.coverage[c, s, k] for k in m.segments)


def coverage_is_served(m: Any, c: Any, s: Any) -> Any:
    """Nobody is counted as served without a place: full_need · coverage ≤ capacity + added."""
    return m.full_need[c, s] * covered(m, c, s) <= m.capacity[c, s] + added(m, c, s)


def minimum_gap(m: Any, c: Any, s: Any) -> Any:
    """What is missing to the national minimum: gap ≥ minimum − coverage."""
    return m.gap[c, s] >= m.minimum[s] - covered(m, c, s)


def growth_limit(m: Any, c: Any, s: Any) -> Any:
    """What can be built in a year: added ≤ the greater of a share of capacity and one whole facility."""
    return added(m, c, s) <= m.growth_limit[c, s]


def recognised_need(m: Any, c: Any, s: Any) -> Any:
    """Who settles is counted in full; for services that gate, backlog may not grow: settlement waits for services.

    capacity + added + backlog ≥ present_need + need_per_settler · settle
    """
    return (
        m.capacity[c, s] + added(m, c, s) + m.backlog[c, s]
        >= m.present_need[c, s] + m.need_per_settler[c, s] * m.settle[c]
    )
