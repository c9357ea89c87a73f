"""Checks of ``limits``: what a row limits, for which cities, and in what terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from alloc.formulation.lever import BETWEEN_ITEMS, Quantity
from alloc.formulation.registry import DEFAULT, levers
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding, Severity
from alloc.instance.named import NAMES, Named, near_city
from alloc.instance.schema.classes import size_class
from alloc.instance.schema.settings import Settings
from alloc.instance.suggest import Known, missing_in, not_there
from alloc.instance.where.conditions import Columns, Expression, WhereError, parse
from alloc.instance.where.values import known_classes, known_values
from alloc.text import Text

SHOWN = 5  # cities in a message
_COMPARES_WITH_NOBODY = Text(
    "没有城市符合这一条件，无从比较。", "No city fits this condition: there is nothing to compare with."
)
_LEFT_OUT = Text("没有城市符合这一条件，该限制不起作用。", "No city fits this condition: the limit is left out.")


def check_limits(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Everything about the rows of ``limits`` that needs no arithmetic of bounds."""
    limits, cities = sheets["limits"], sheets["cities"]
    return [
        *_check_quantities(limits, sheets, settings),
        *limits.found("where", (cities, settings), partial(_check_conditions, limits, cities, settings)),
        *_check_versus(limits, cities),
    ]


def _check_conditions(limits: Sheet, cities: Sheet, settings: Settings | None) -> list[Finding]:
    return [
        *check_where(limits, cities, settings, _LEFT_OUT, "warning"),
        *check_where(limits, cities, settings, _COMPARES_WITH_NOBODY, "error", column="versus"),
    ]


def _check_versus(limits: Sheet, cities: Sheet) -> list[Finding]:
    """What a relative limit compares with: given where it is asked for, and other cities than those of the limit."""
    if not limits.given or not limits.has("basis"):
        return []
    relative = limits.texts("basis") == "relative"
    given = ~limits.blank("versus") if limits.has("versus") else np.zeros(len(relative), dtype=bool)
    findings = limits.find(
        relative & ~given, "versus", "missing_value",
        Text("计算基础为“与对照之比”（relative），但没有写明对照城市。",
             "The basis is relative, and there are no cities to compare with."),
        Text("如“城市范围”为 城市定位 = '外围城市'，“对照城市”为 城市定位 = '中心城市'。",
             "Would be right: role = 'ring' as Where and role = 'centre' as Versus, for example."),
    )  # fmt: skip
    findings += limits.find(
        given & ~relative, "versus", "versus_without_relative",
        Text("只有计算基础为“与对照之比”（relative）时才有对照城市。",
             "Only a limit with the basis relative has cities to compare with."),
        Text("“计算基础”改为“与对照之比”（relative），或清空“对照城市”。",
             "Would be right: Basis relative, or an empty Versus."),
    )  # fmt: skip
    if not cities.given:
        return findings
    columns = Columns({
        **{name: partial(cities.values, name) for name in cities.columns if cities.has(name)},
        "size_class": lambda: size_class(cities.numbers("size_population")),
    })  # fmt: skip
    overlaps, shared = np.zeros(len(relative), dtype=bool), np.full(len(relative), "", dtype=object)
    for place in np.flatnonzero(relative & given):
        own, others = (_selected(limits.texts(name)[place], columns) for name in ("where", "versus"))
        if own is not None and others is not None and (own & others).any():
            overlaps[place] = True
            named = cities.texts("name")[own & others] if cities.has("name") else cities.texts("city")[own & others]
            shared[place] = ", ".join(named[:SHOWN]) + (", …" if len(named) > SHOWN else "")
    return findings + limits.find(
        overlaps, "versus", "versus_overlaps",
        Text("对照城市与城市范围重叠：{shared}。", "The cities of versus overlap with those of where: {shared}."),
        Text("两个条件应选中不同的城市。", "Would be right: two conditions that select no city in common."),
        shared=shared,
    )  # fmt: skip


def _selected(where: str, columns: Columns) -> np.ndarray | None:
    """The cities of a condition, None where it cannot be read or names what is derived later."""
    try:
        expression = parse(where)
        return None if "debt_tier" in expression.names else expression.evaluate(columns)
    except WhereError:
        return None


def _check_quantities(limits: Sheet, sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    formulation = DEFAULT if settings is None else settings.formulation
    quantities = {each.name: each for lever in levers(formulation) for each in lever.quantities}
    tables = {each.items for each in quantities.values() if isinstance(each.items, str) and not each.needs}
    quantity, basis, value = limits.texts("quantity"), limits.texts("basis"), limits.numbers("value")
    findings: list[Finding] = []
    if all(sheets[name].given and len(sheets[name].frame) for name in tables):
        known = Known(
            name
            for each in quantities.values()
            if _there(each, sheets)
            for name in each.names(partial(_keys, sheets), lambda path: settings is None or settings.gives(path))
        )
        listed = limits.holds("quantity", lambda name: _several(quantities.get(name.partition(":")[0])))
        findings += _check_lists(limits, listed, sheets)
        wrong = ~limits.holds("quantity", known.__contains__) & ~listed & ~limits.blank("quantity")
        message = Text("不是可以限制的对象。", "There is nothing of this name to limit.")
        findings += limits.find(
            wrong, "quantity", "unknown_object", message, lambda place: known.remedy(quantity[place])
        )
    share = basis == "share"
    whole = limits.holds("quantity", lambda name: _has_whole(quantities.get(name.partition(":")[0])))
    message = Text(
        "{quantity} 没有总量，不能按比例限制。", "{quantity} is no part of a pool, of which there could be a share."
    )
    remedy = Text("“计算基础”用 amount 或 per_resident。", "Would be right: Basis amount or per_resident.")
    wrong = share & ~whole & ~limits.blank("quantity")
    findings += limits.find(wrong, "basis", "share_of_no_pool", message, remedy, quantity=quantity)
    granted = limits.holds("quantity", lambda name: _of_pools(quantities.get(name.partition(":")[0])))
    findings += limits.find(
        (basis == "last_year") & ~granted & ~limits.blank("quantity"), "basis", "last_year_of_no_pool",
        Text("{quantity} 没有上年数，不能按其倍数限制。", "Of {quantity} there is no amount of last year."),
        Text("“计算基础”用数额（amount）、人均数（per_resident）或与对照之比（relative），或换一个限制对象。",
             "Would be right: Basis amount, per_resident or relative, or another quantity."), quantity=quantity,
    )  # fmt: skip
    findings += limits.find(
        (basis == "spending") & (quantity == "spending"), "basis", "share_of_itself",
        Text("建设支出占其自身的比例没有意义。", "Spending as a share of itself says nothing."),
        Text("“计算基础”用数额（amount）、人均数（per_resident）或与对照之比（relative），或换一个限制对象。",
             "Would be right: Basis amount, per_resident or relative, or another quantity."),
    )  # fmt: skip
    message = Text("比例应在 0 与 1 之间。", "A share is between 0 and 1.")
    remedy = Text("35% 写作 0.35。", "35 % is written 0.35.")
    return findings + limits.find(share & (value > 1), "value", "share_in_percent", message, remedy)


def _check_lists(limits: Sheet, listed: np.ndarray, sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Rows on the sum of several pools: each of them is there, once, and all are of one unit."""
    pools = sheets["pools"]
    kinds = dict(zip(pools.texts("pool"), pools.texts("kind"), strict=True)) if pools.has("kind") else {}
    titles = [pools.texts(name) if pools.has(name) else _keys(sheets, "pools") for name in NAMES["pools"]]
    known = Named(_keys(sheets, "pools"), *titles)
    named = [str(each).partition(":")[2].split(BETWEEN_ITEMS) for each in limits.texts("quantity")]

    def where(holds: Callable[[list[str]], bool]) -> np.ndarray:
        return np.array([bool(here) and holds(each) for here, each in zip(listed, named, strict=True)], dtype=bool)

    def strange(each: Sequence[str]) -> str:
        return next((name for name in each if name and name not in known), "")

    findings = limits.find(
        where(lambda each: bool(strange(each))), "quantity", "unknown_object",
        Text("没有资源池 {pool}。", "There is no pool {pool}."), lambda at: known.remedy(strange(named[at])),
        pool=lambda at: strange(named[at]),
    )  # fmt: skip
    findings += limits.find(
        where(lambda each: not strange(each) and (len(each) < 2 or len(set(each)) < len(each) or "" in each)),
        "quantity", "no_sum_of_pools",
        Text("应写两个以上不同的资源池。", "A sum is of two pools or more, each of them once."),
        Text("写作 pools:资源池+资源池；单个资源池写作 allocation:资源池。",
             "Would be right: pools:POOL+POOL; of one pool allocation:POOL."),
    )  # fmt: skip
    return findings + limits.find(
        where(lambda each: not strange(each) and len({kinds.get(name) == "land" for name in each}) > 1),
        "quantity", "mixed_units",
        Text("用地（公顷）与资金（万元）不能相加。", "Land, in ha, and money, in 10⁴ yuan, have no sum."),
        Text("只写用地的，或只写转移支付和债券的。", "Would be right: pools of land alone, or of money alone."),
    )  # fmt: skip


def _several(quantity: Quantity | None) -> bool:
    return quantity is not None and quantity.several


def _keys(sheets: Mapping[str, Sheet], table: str) -> list[str]:
    return [str(key) for key in sheets[table].texts(sheets[table].table.key[0])]


def _there(quantity: Quantity, sheets: Mapping[str, Sheet]) -> bool:
    """Whether the instance has anything of it."""
    if not quantity.needs:
        return True
    table, column, value = quantity.needs
    there = sheets[table].texts(column) if sheets[table].has(column) else ()
    return value in there if value else bool(len(there))


def _has_whole(quantity: Quantity | None) -> bool:
    return quantity is not None and quantity.whole is not None


def _of_pools(quantity: Quantity | None) -> bool:
    return quantity is not None and quantity.pools is not None


def _as_it_is(remedy: Text) -> Callable[[int], Text]:
    return lambda place: remedy


def check_where(
    sheet: Sheet,
    cities: Sheet,
    settings: Settings | None,
    nobody: Text,
    severity: Severity,
    numbers: Sequence[str] = (),
    column: str = "where",
) -> list[Finding]:
    """The conditions of a table over the cities: that they can be read, and that they select some city.

    Args:
        sheet: the table with the conditions.
        cities: the table of the cities.
        settings: of the instance, as far as they can be read.
        nobody: what it means that no city fits.
        severity: of that.
        numbers: derived numbers that may be named beside the columns of cities.
        column: that they stand in; one that may be left out where it is not ``where`` says nothing where it is blank.
    """
    if not cities.given or not sheet.given or not sheet.has(column):
        return []
    later = dict.fromkeys(numbers, lambda: np.zeros(len(cities.frame)))  # derived later; here their type counts
    columns = Columns({
        **{name: partial(cities.values, name) for name in cities.columns if cities.has(name)},
        **later,
        "size_class": lambda: size_class(cities.numbers("size_population")),
        "debt_tier": lambda: np.full(len(cities.frame), "", dtype=object),  # derived later too
    })  # fmt: skip
    classes = known_classes(tier.name for tier in (settings.policy.debt.tiers if settings is not None else ()))
    named = {name: cities.texts(name) for name in ("city", *NAMES["cities"]) if cities.has(name)}
    findings: list[Finding] = []
    places, texts = sheet.groups(column)
    for place, text in enumerate(texts):
        here = places == place
        if column != "where" and not text:
            continue
        try:
            expression = parse(text)
            selected = expression.evaluate(columns)
        except WhereError as error:
            message, right = Text("{fault}", "{fault}"), error.remedy
            findings += sheet.find(here, column, "bad_where", message, _as_it_is(right), fault=error.message)
            continue
        misspelt = False
        known_now = not expression.names & {"debt_tier", *numbers}
        nowhere = bool(len(cities.frame)) and known_now and not selected.any()
        for name, known in classes.items():
            for compared in expression.compared_texts(name):
                if known.names and compared not in known:
                    misspelt = True
                    told, right = missing_in(name, compared), known.remedy(compared)
                    if nowhere:
                        told = Text(told.zh + nobody.zh, f"{told.en} {nobody.en}")
                    level = severity if nowhere else "warning"
                    findings += sheet.find(here, column, "unknown_class", told, _as_it_is(right), level)
        for name, missing in expression.unlisted(named).items():
            for text in missing:
                misspelt = True
                told, right = missing_in(name, text), near_city(name, text, named)
                findings += sheet.find(here, column, "unknown_city", told, _as_it_is(right))
        if nowhere and not misspelt:
            remedy = _nearest(expression, cities)
            findings += sheet.find(here, column, "selects_nothing", nobody, remedy, severity)
    return findings


def _nearest(expression: Expression, cities: Sheet) -> Text:
    """What is nearest to the texts of a condition that no city has; what to look at where every text is there."""
    told = [
        not_there(name, text, known.remedy(text))
        for name in sorted(expression.names)
        if cities.has(name) and not cities.is_numeric(name)
        for known in [known_values(name, map(str, cities.values(name)), (cities.table.name,))]
        for text in dict.fromkeys(expression.compared_texts(name))
        if text not in known
    ]
    told = told or [Text("核对条件；各部分要同时成立。", "Check the condition: its parts have to hold together.")]
    return Text("".join(each.zh for each in told), " ".join(each.en for each in told))
