"""What one more unit of every pool, limit, ceiling and standard is worth to a tier.

The price of a tier is the change of its lexicographic optimum: the tiers before it stay at their own optimum, which may
move too. Whole facilities are those of the result. Found by duals where these say all, else by solving again; every
price says how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from alloc.explanation.sensitivity.answer import Price, Prices, foremost, in_order, told
from alloc.explanation.sensitivity.near import Near
from alloc.explanation.sensitivity.places import places
from alloc.explanation.sensitivity.probe import Probe
from alloc.explanation.sensitivity.sides import Method, Side, both_sides, estimates, quick_sides, within
from alloc.explanation.sensitivity.tiers import LONG, Tiers, published
from alloc.explanation.sensitivity.words import SAY
from alloc.explanation.shared.answer import LARGE, AskError, Report, Step, silent
from alloc.explanation.shared.parameters import parameters
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.derived import derive
from alloc.instance.suggest import Known
from alloc.result.result import Result
from alloc.solver.model.runs import Clock

UNASKED = Side(None, None, Method.UNSOLVED)
MOST_WITHOUT = 12  # further parameters of a tier about which the duals do not say all
MOST_LARGE = 2  # parameters that are solved again where a run takes seconds


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
    if not result.has_solution:
        raise AskError(SAY["no_point"])
    if tier is not None and tier not in names:
        raise AskError(SAY["no_tier"].fill(tier=tier, near=Known(names).remedy(tier)))
    wanted = _by_default(result) if tier is None else (tier,)
    clock = Clock(LONG)
    with clock.interruptible():
        report(Step(SAY["base"]))
        derived = derive(result.instance)
        base = published(result, clock, wanted[-1], derived)
        near = Near(result.instance, base.model, derived)
        found: list[Price] = []
        if base.complete:
            found = _quick(near, base, wanted, clock) if quick else _refined(near, base, wanted, clock, report)
        placed = {each: places(base, result.instance, each, derived) for each in wanted if each in base.values}
    whole = result.instance.settings.integers
    return Prices(result.instance, wanted, tuple(found), placed, whole, not clock.interrupted and base.complete, quick)


def _by_default(result: Result) -> tuple[str, ...]:
    """The tiers before closeness and leximin (all, where none is): of those after, every price needs many solves."""
    names: list[str] = []
    known = catalogue_for(result.instance.settings).tiers
    for each in result.instance.settings.objective:
        if not known[each.tier].has_duals(each.method):
            break
        names.append(each.tier)
    return tuple(names) or tuple(each.tier for each in result.instance.settings.objective)


def _quick(near: Near, base: Tiers, wanted: Sequence[str], clock: Clock) -> list[Price]:
    found = []
    for parameter in (each for each in parameters(near.instance) if each.is_amount):
        probe = Probe(near, parameter, base, clock)
        found += [Price(parameter, tier, *quick_sides(probe, tier)) for tier in wanted]
    return found


def _refined(near: Near, base: Tiers, wanted: Sequence[str], clock: Clock, report: Report) -> list[Price]:
    known = parameters(near.instance)
    first: list[tuple[Probe, dict[str, Price]]] = []
    for done, parameter in enumerate(known):
        if clock.interrupted:
            break
        report(Step(SAY["screen"], done, len(known)))
        probe = Probe(near, parameter, base, clock, wanted[-1])
        first.append((probe, {tier: Price(parameter, tier, *quick_sides(probe, tier)) for tier in wanted}))
    large = base.model.matrix.shape[0] > LARGE
    solving = _unsettled(first, base, large)
    stepping = _stepping(first, wanted, large)
    found: list[Price] = []
    for done, (probe, prices) in enumerate(first):
        report(Step(SAY["refine"], done, len(first)))
        for tier, price in prices.items():
            solve, step = probe.parameter.target in solving, (probe.parameter.target, tier) in stepping
            found.append(_unranged(price) if clock.interrupted else _settled(probe, price, solve, step))
        probe.forget()
    return found + [Price(each, tier, UNASKED, UNASKED) for each in known[len(first) :] for tier in wanted]


def _unranged(price: Price) -> Price:
    """A price without its ranges, since nobody has looked where the data bend."""
    decrease, increase = (replace(each, reach=None) for each in (price.decrease, price.increase))
    return replace(price, decrease=decrease, increase=increase)


def _settled(probe: Probe, price: Price, solve: bool, step: bool) -> Price:
    """A price with its ranges, solved again where the duals do not say it and that is wanted."""
    if solve and not price.settled:
        decrease, increase = both_sides(probe, price.tier)
    else:
        decrease, increase = (within(probe, way, each) for way, each in ((-1, price.decrease), (1, price.increase)))
    parameter = probe.parameter
    if increase.value is not None and increase.reach is not None and increase.reach >= parameter.step:
        increase = replace(increase, step=parameter.step * increase.value)
    elif step:
        increase = replace(increase, step=probe.step(price.tier))
    return Price(parameter, price.tier, decrease, increase)


def _unsettled(first: Sequence[tuple[Probe, Mapping[str, Price]]], base: Tiers, large: bool) -> set[str]:
    """Parameters that are solved again: all about which the duals leave something open, where that takes no minutes.

    Those that move a tier most come first. For a tier about which the duals say nothing, these are the parameters that
    move any other tier most, beside totals, limits and overrides.
    """
    largest: dict[str, float] = {}
    for probe, _ in first:
        for tier, slope in estimates(probe).items():
            largest[tier] = max(largest.get(tier, 0.0), abs(slope) * probe.scale)
    sizes: dict[str, float] = {}
    for probe, prices in first:
        if all(each.settled for each in prices.values()):
            continue
        shares = [abs(each) * probe.scale / largest[tier] for tier, each in estimates(probe).items() if largest[tier]]
        sizes[probe.parameter.target] = max(shares, default=0.0)
    order = sorted(sizes, key=lambda each: (-sizes[each], each))
    if large:
        return set(order[:MOST_LARGE])
    if all(base.by_duals(tier) for _, prices in first[:1] for tier in prices):
        return set(order)
    always = {probe.parameter.target for probe, _ in first if probe.parameter.is_amount}
    rest = [each for each in order if each not in always]
    return always | set(rest[:MOST_WITHOUT] if any(sizes.values()) else rest)


def _stepping(
    first: Sequence[tuple[Probe, Mapping[str, Price]]], wanted: Sequence[str], large: bool
) -> set[tuple[str, str]]:
    """The parameters and tiers of which a whole step is solved: those that are told in sentences."""
    if large:
        return set()
    found: set[tuple[str, str]] = set()
    for tier in wanted:
        prices = in_order(each[tier] for _, each in first if each[tier].moves or not each[tier].settled)
        found |= {(each.parameter.target, tier) for each in foremost(prices, told(len(wanted)))}
    return found
