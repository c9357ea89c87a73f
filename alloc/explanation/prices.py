"""What one more unit of every pool, limit, ceiling and standard is worth to a tier.

The price of a tier is the change of its lexicographic optimum: the tiers before it stay at their own optimum, which may
move too. Whole facilities are those of the result. Found by duals where these say all, else by solving again; every
price says how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from alloc.explanation.answer import AskError, Report, Step, silent
from alloc.explanation.parameters import Parameter, parameters
from alloc.explanation.prices_answer import Price, Prices
from alloc.explanation.prices_places import places
from alloc.explanation.prices_probe import Probe
from alloc.explanation.prices_sides import Method, Side, both_sides, estimates, quick_sides
from alloc.explanation.prices_tiers import LONG, Tiers, published
from alloc.explanation.prices_words import SAY
from alloc.instance.derived import derive
from alloc.result.result import Result
from alloc.solver.runs import Clock

ALWAYS = ("limits", "overrides")  # tables whose parameters are always asked about, beside the pools' totals
MOST_OF_A_TIER, MOST_OF_ALL = 16, 3  # further parameters: where one tier is asked for, and for each of all tiers
MOST_WITHOUT = 12  # further parameters of a tier about which the duals do not say all
UNASKED = Side(None, None, Method.UNSOLVED)


def explain_prices(result: Result, tier: str | None = None, report: Report = silent) -> Prices:
    """Prices of the parameters that matter most to a tier, on both sides, with the range in which they hold.

    Args:
        result: with a point.
        tier: None: all tiers about which duals say all but closeness, with fewer parameters for each.
        report: told of every step. After Ctrl-C the answer holds what had been found, and says so.

    Raises:
        AskError: the instance has no such tier, or the result no point.
    """
    return _prices(result, tier, report, quick=False)


def quick_prices(result: Result, tier: str | None = None) -> Prices:
    """Prices of totals, limits and overrides and of single rows, by the duals of the result alone (about a second).

    Raises:
        AskError: the instance has no such tier, or the result no point.
    """
    return _prices(result, tier, silent, quick=True)


def _prices(result: Result, tier: str | None, report: Report, quick: bool) -> Prices:
    names: list[str] = [each.tier for each in result.instance.settings.objective]
    if not result.has_point:
        raise AskError(SAY["no_point"])
    if tier is not None and tier not in names:
        raise AskError(SAY["no_tier"].fill(tier=tier, known=", ".join(names)))
    wanted = _by_default(result) if tier is None else (tier,)
    clock = Clock(LONG)
    with clock.interruptible():
        report(Step(SAY["base"]))
        base = published(result, clock, wanted[-1])
        found: list[Price] = []
        if base.complete:
            found = _quick(result, base, wanted, clock) if quick else _refined(result, base, wanted, clock, report)
        derived = derive(result.instance)
        placed = {each: places(base, result.instance, each, derived) for each in wanted if each in base.values}
    whole = result.instance.settings.integers
    return Prices(result.instance, wanted, tuple(found), placed, whole, not clock.interrupted and base.complete, quick)


def _by_default(result: Result) -> tuple[str, ...]:
    """The tiers before closeness and leximin (all, where none is): of those after, every price needs many solves."""
    names: list[str] = []
    for each in result.instance.settings.objective:
        if each.tier == "closeness" or each.method == "leximin":
            break
        names.append(each.tier)
    return tuple(names) or tuple(each.tier for each in result.instance.settings.objective)


def _quick(result: Result, base: Tiers, wanted: Sequence[str], clock: Clock) -> list[Price]:
    found = []
    for parameter in filter(_always, parameters(result.instance)):
        probe = Probe(result.instance, parameter, base, 1, clock)
        found += [Price(parameter, tier, *quick_sides(probe, tier)) for tier in wanted]
    return found


def _refined(result: Result, base: Tiers, wanted: Sequence[str], clock: Clock, report: Report) -> list[Price]:
    last = wanted[-1]
    known = parameters(result.instance)
    first: dict[str, dict[str, float]] = {}
    for done, parameter in enumerate(known):
        if clock.interrupted:
            break
        report(Step(SAY["screen"], done, len(known)))
        probe = Probe(result.instance, parameter, base, 1, clock, last)
        first[parameter.target] = {name: value * probe.scale for name, value in estimates(probe).items()}
    chosen = _chosen(known, first, wanted, base)
    found: list[Price] = []
    for done, parameter in enumerate(chosen):
        report(Step(SAY["refine"], done, len(chosen)))
        less, more = (Probe(result.instance, parameter, base, way, clock, last) for way in (-1, 1))
        for tier in wanted:
            if clock.interrupted:
                found.append(Price(parameter, tier, UNASKED, UNASKED))
                continue
            down, up = both_sides(less, more, tier)
            up = replace(up, step=more.step(tier, up.value, up.reach))
            found.append(Price(parameter, tier, down, up))
    return found


def _always(parameter: Parameter) -> bool:
    return parameter.kind in ALWAYS or (parameter.kind == "pools" and parameter.target.endswith(".total"))


def _chosen(
    known: Sequence[Parameter], first: dict[str, dict[str, float]], wanted: Sequence[str], base: Tiers
) -> list[Parameter]:
    """Totals, limits and overrides, and the parameters that by a first price move a tier most.

    For a tier about which the duals do not say all there is no first price: alone, it is asked of those that move any
    other tier most.
    """
    names = {each.target for each in known if _always(each) and each.target in first}
    for tier in wanted:
        sizes = {target: abs(found.get(tier, 0.0)) for target, found in first.items() if target not in names}
        order = sorted((target for target, size in sizes.items() if size > 0), key=lambda each: (-sizes[each], each))
        if len(wanted) > 1:
            names.update(order[:MOST_OF_ALL])
        else:
            names.update(order[:MOST_OF_A_TIER] if base.by_duals(tier) else _by_any_tier(first, names, base))
    return [each for each in known if each.target in names]


def _by_any_tier(first: Mapping[str, Mapping[str, float]], names: set[str], base: Tiers) -> list[str]:
    """The parameters that move some tier most, each tier measured by its natural size."""
    sizes = {
        target: max((abs(value) / base.model.objectives[tier].natural for tier, value in found.items()), default=0.0)
        for target, found in first.items()
        if target not in names
    }
    order = sorted(sizes, key=lambda each: (-sizes[each], each))
    return order[:MOST_WITHOUT] if any(sizes.values()) else order
