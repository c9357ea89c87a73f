"""Checks of ``instance.toml`` beyond its ranges: what is allowed but looks like a percentage."""

from __future__ import annotations

from collections.abc import Iterator

from alloc.formulation.registry import levers
from alloc.instance.files.settings_reading import FILE
from alloc.instance.findings import Finding
from alloc.instance.schema.settings import Settings
from alloc.text import Text, figure

LARGEST_SHARE = 1.0  # of a share without an upper end
LARGEST_MULTIPLE = 20.0  # of a debt ratio, a multiple of the reference revenue
LARGEST_TOLERANCE = 0.1  # of a tier between 0 and 1
SHARES = ("score", "share")  # what is lost of such a tier


def check_settings(settings: Settings) -> list[Finding]:
    """Warnings on settings that are more likely percentages, and on one that does nothing by itself."""
    found = [_suspect(path, value) for path, value, largest in _shares(settings) if value > largest]
    land = settings.policy.land
    return found + (
        [_idle_share(land.stock_share)] if land.stock_share is not None and land.stock_ratio is None else []
    )


def _idle_share(share: float) -> Finding:
    message = Text(
        "没有 stock_ratio，新增用地不与存量挂钩，此项不起作用。",
        "Without stock_ratio no new land is linked to reuse, and this does nothing.",
    )
    remedy = Text("填写 policy.land.stock_ratio，或删去此项。", "Give policy.land.stock_ratio, or leave this out.")
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
