"""Checks of ``instance.toml`` beyond its ranges: what is allowed but looks like a percentage."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from alloc.formulation.registry import catalogue, levers
from alloc.instance.files.settings_reading import FILE
from alloc.instance.findings import Finding
from alloc.instance.schema.policy import LandPolicy
from alloc.instance.schema.settings import Settings
from alloc.text import Text, figure

LARGEST_SHARE = 1.0  # of a share without an upper end
LARGEST_MULTIPLE = 20.0  # of a debt ratio, a multiple of the reference revenue
LARGEST_TOLERANCE = 0.1  # of a tier between 0 and 1
SPENT = Text(
    "目标“{tier}”的允许让步先由紧随其后的“{next}”使用；留给排在后面的“{squares}”的余地减少，各市数字会离公式测算数更远。",
    "The tolerance of “{tier}” is first spent by “{next}”, which comes next: “{squares}” behind it has less room, and "
    "amounts are further from the formula.",
)
BEHIND = Text("把“{squares}”放在“{tier}”之后紧接着的位置。若有意如此，可不改。",
              "Put “{squares}” right behind “{tier}”. Leave it if it is meant so.")  # fmt: skip
SHARES = ("score", "share")  # what is lost of such a tier


def check_settings(settings: Settings) -> list[Finding]:
    """Warnings on settings that are more likely percentages, on one that does nothing by itself, and on tolerances that
    the wrong tier spends."""
    found = [_suspect(path, value) for path, value, largest in _shares(settings) if value > largest]
    land = settings.policy.land
    if land.stock_share is not None and land.stock_ratio is None:
        found.append(_idle_share(land.stock_share))
    return [*found, *_spent(settings)]


def _spent(settings: Settings) -> Iterator[Finding]:
    """Tolerances that are meant for closeness to the formula, while a tier comes next that spends them."""
    known = {tier.name: tier for lever in levers(settings.formulation) for tier in lever.tiers}
    squares = next((tier for tier in known.values() if tier.quadratic), None)
    if squares is None:
        return
    for place, (goal, following) in enumerate(pairwise(settings.objective)):
        tier, after = known[goal.tier], known[following.tier].by(following.method)
        if not goal.tolerance or tier.eases or not after.spends or after.quadratic:
            continue
        titles = catalogue(settings.formulation).tiers
        slots = {name: titles[each].title for name, each in
                 (("tier", goal.tier), ("next", following.tier), ("squares", squares.name))}  # fmt: skip
        message, remedy = SPENT.fill(**slots), BEHIND.fill(**slots)
        path = f"objective[{place}].tolerance"
        yield Finding("warning", "tolerance_spent", FILE, None, path, f"{goal.tolerance:g}", message, remedy)


def _idle_share(share: float) -> Finding:
    ratio = LandPolicy.title_of("stock_ratio")
    message = Text(
        "没有写明“{ratio}”，新增用地不与存量挂钩，此项不起作用。",
        "Without {ratio} no new land is linked to reuse, and this does nothing.",
    ).fill(ratio=ratio)
    remedy = Text(
        "填写“{ratio}”（policy.land.stock_ratio），或删去此项。",
        "Give {ratio} (policy.land.stock_ratio), or leave this out.",
    ).fill(ratio=ratio)
    return Finding("warning", "idle_setting", FILE, None, "policy.land.stock_share", f"{share:g}", message, remedy)


def _shares(settings: Settings) -> Iterator[tuple[str, float, float]]:
    """Path, value, and what the value should hardly be above."""
    debt = settings.policy.debt
    yield "policy.debt.service_ceiling", debt.service_ceiling, LARGEST_SHARE
    yield "policy.debt.ceiling", debt.ceiling, LARGEST_MULTIPLE
    for place, tier in enumerate(debt.tiers):
        yield f"policy.debt.tiers[{place}].new_bond_factor", tier.new_bond_factor, LARGEST_SHARE
        yield f"policy.debt.tiers[{place}].below", tier.below or 0, LARGEST_MULTIPLE
    shares = {tier.name for lever in levers(settings.formulation) for tier in lever.tiers if tier.loss in SHARES}
    for place, goal in enumerate(settings.objective):
        if goal.tier in shares:
            yield f"objective[{place}].tolerance", goal.tolerance or 0, LARGEST_TOLERANCE


def _suspect(path: str, value: float) -> Finding:
    share = f"{value / 100:g}"
    message = Text("这是比例，是否写成了百分数？", "This is a share: is it a percentage?")
    remedy = Text(
        f"{figure(value)}% 写作 {share}。若无误可不改。",
        f"{figure(value)} % is written {share}. Leave it if it is right.",
    )
    return Finding("warning", "share_suspect", FILE, None, path, f"{value:g}", message, remedy)
