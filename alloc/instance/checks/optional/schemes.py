"""Checks of schemes to compare with: factors that exist, weights that close, multipliers that are about somebody."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.instance.checks.pools import check_factors
from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding
from alloc.instance.schema.classes import SIZE_CLASSES
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import DERIVED_TEXTS
from alloc.instance.suggest import Known
from alloc.text import Text, figure
from alloc.tolerances import SUM_OF_WEIGHTS

TABLES = ("schemes", "scheme_factors", "scheme_weights", "factors", "cities")
REGISTERED = "registered"


def check_schemes(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Everything about schemes, and a formula of the plan that goes by registration."""
    schemes, factors, weights, formula, cities = (sheets[name] for name in TABLES)
    findings = _check_registered(formula)
    if factors.given:
        findings += check_factors(cities, factors)
        findings += _check_sums(factors)
    if schemes.given and schemes.has("scheme") and factors.given:
        without = ~np.isin(schemes.texts("scheme").astype(str), factors.texts("scheme").astype(str))
        message = Text("该比较方案没有因素，什么也不分配。", "The scheme has no factors and shares out nothing.")
        remedy = Text(
            "在 scheme_factors 表写明因素，或删去这一行。", "Give factors in scheme_factors, or delete the row."
        )
        findings += schemes.find(without, "scheme", "scheme_without_factors", message, remedy, "warning")
    return findings + (_check_weights(weights, cities, settings) if weights.given and cities.given else [])


def _check_registered(formula: Sheet) -> list[Finding]:
    """S13, S74: amounts go by residents; registration is there to compare with."""
    if not formula.given:
        return []
    return formula.find(
        formula.texts("factor") == REGISTERED, "factor", "factor_by_registration",
        Text("公式按户籍人口分配：按规定应按常住人口配置。",
             "This formula goes by registered population; the rules say resident population."),
        Text("改用常住人口（residents）；要看按户籍分配的差别，写入“比较方案的因素”表。",
             "Would be right: Resident population (residents). To see what registration would give, put it into the "
             "table Factors of schemes."),
        "warning",
    )  # fmt: skip


def _check_sums(factors: Sheet) -> list[Finding]:
    schemes, pools, weights = factors.texts("scheme"), factors.texts("pool"), factors.numbers("weight")
    findings = []
    for scheme, pool in sorted(set(zip(schemes.tolist(), pools.tolist(), strict=True))):
        own = weights[(schemes == scheme) & (pools == pool)]
        total = float(own.sum())
        if abs(total - 1) > SUM_OF_WEIGHTS and not (own > 1).any():  # in percent, as another finding says
            message = Text("{scheme} 中 {pool} 的因素权重合计为 {total}。",
                           "The weights of {pool} in {scheme} sum to {total}.")  # fmt: skip
            findings.append(factors.whole(
                "weight", "weights_not_one", message.fill(scheme=scheme, pool=pool, total=figure(total)),
                Text("合计应为 1。", "They have to sum to 1."), key=f"{scheme},{pool}", value=figure(total),
            ))  # fmt: skip
    return findings


def _check_weights(weights: Sheet, cities: Sheet, settings: Settings | None) -> list[Finding]:
    """Columns of texts that exist, and values that some city has."""
    names, blank = weights.texts("column"), weights.blank("column")
    own = [name for name in cities.columns if cities.has(name) and not cities.is_numeric(name)]
    known = Known([*own, *DERIVED_TEXTS])
    unknown = np.array([name not in known for name in names], dtype=bool) & ~blank
    findings = weights.find(
        unknown, "column", "unknown_column",
        Text("既不是城市表的文本列，也不是规模等级（size_class）或债务等级（debt_tier）。",
             "Neither a column of texts of Cities, nor Size class (size_class) or Debt tier (debt_tier)."),
        lambda place: known.remedy(names[place]),
    )  # fmt: skip
    nobody = _nobody(weights, cities, settings) & ~unknown & ~blank
    return findings + weights.find(
        nobody, "value", "scheme_of_nobody",
        Text("没有城市的“{column}”是 {value}，该系数不起作用。", "No city has {value} in {column}; it does nothing."),
        Text("改正取值，或删去这一行。", "Give a value that there is, or delete the row."),
        "warning",
        column=lambda place: city_figure(str(names[place]))[0], value=weights.texts("value"),
    )  # fmt: skip


def _nobody(weights: Sheet, cities: Sheet, settings: Settings | None) -> Mask:
    """Rows whose value no city can have."""
    there: dict[str, set[str]] = {"size_class": set(SIZE_CLASSES)}
    if settings is not None:
        there["debt_tier"] = {tier.name for tier in settings.policy.debt.tiers}
    rows = zip(weights.texts("column").tolist(), weights.texts("value").tolist(), strict=True)
    found = []
    for column, value in rows:
        if column not in there and cities.has(column) and not cities.is_numeric(column):
            there[column] = set(map(str, cities.texts(column).tolist()))
        found.append(column in there and value not in there[column])
    return np.array(found, dtype=bool)
