"""Checks of ``pools`` and of what belongs to a pool: factors, last year's amounts, earmarks, overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import HECTARES, MONEY
from alloc.instance.checks.cities import mostly_numbers, numeric_columns
from alloc.instance.checks.keys import called_by_code
from alloc.instance.checks.limits import check_where
from alloc.instance.checks.services import missing_pairs
from alloc.instance.files.sheets import LARGEST, Mask, Sheet
from alloc.instance.findings import Finding
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.stages import ADVANCE_SHARE, IN_CHINESE, STAGES, Stage
from alloc.instance.schema.tables import DERIVED_FACTORS
from alloc.instance.suggest import ONE_OF, Titled
from alloc.text import Text, figure, listed
from alloc.tolerances import ROUNDOFF, SUM_OF_WEIGHTS

Floats = NDArray[np.float64]

_LEAVE_EMPTY = Text("留空。", "Leave it empty.")
_ABSENT = Text(
    "缺少“上年数额”：{pools}有保底或封顶倍数，或公式正在过渡，都以上年数额为准。",
    "Last year is missing: the floors, caps or phasing in of {pools} go by its amounts.",
)
_ABSENT_RIGHT = Text(
    "补上工作表“上年数额”（文件夹中为 last_year.csv）。", "Add the sheet Last year (in a folder last_year.csv)."
)
LEAST_PERCENT = 10.0  # floor multiple from which it is more likely a percentage
_AT_MOST = Text("至多 {cap}。", "Would be right: at most {cap}.")
_OF_PERCENT = Text("是否为 {share}？至多 {cap}。", "Did you mean {share}? Would be right: at most {cap}.")
USUAL_PERFORMANCE = (0.8, 1.1)  # −20 % and +10 %, as the rules of land plans have it
_NOBODY = Text(
    "没有城市符合这一条件，公式不分配任何数额。", "No city fits this condition: the formula gives nobody anything."
)


def check_pools(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Everything about pools that needs no arithmetic of bounds."""
    pools = sheets["pools"]
    if not pools.given:
        return []
    return [
        *_check_kinds(pools),
        *_check_formulas(pools, sheets["factors"]),
        *check_factors(sheets["cities"], sheets["factors"]),
        *_check_last_year(pools, sheets["cities"], sheets["last_year"]),
        *_check_overrides(sheets["overrides"]),
        *check_where(pools, sheets["cities"], settings, _NOBODY, "error", ("bond_room",)),
        *_check_quantum(pools, sheets["overrides"], sheets["cities"], settings),
        *_check_performance(sheets["performance"], sheets["factors"]),
        *([] if settings is None else _check_stage(pools, sheets["issued"], settings.stage)),
    ]


def _check_performance(performance: Sheet, factors: Sheet) -> list[Finding]:
    """Factors beyond what rules of land plans know, without a document; and factors on a formula that is not there."""
    if not performance.given:
        return []
    factor, (least, most) = performance.numbers("factor"), USUAL_PERFORMANCE
    findings = performance.find(
        ((factor < least) | (factor > most)) & performance.blank("document"),
        "factor",
        "performance_undocumented",
        Text("绩效系数 {factor} 超出 {least} 至 {most}，而没有写明文号。",
             "The factor {factor} lies outside of {least} to {most}, and no document is given."),
        Text("写明“文号”，或改为 {least} 至 {most}。", "Give its Document, or a factor of {least} to {most}."),
        "warning",
        factor=factor, least=least, most=most,
    )  # fmt: skip
    if factors.given:
        without = ~np.isin(performance.texts("pool").astype(str), factors.texts("pool").astype(str))
        message = Text(
            "该资源池没有分配因素，绩效系数不起作用。",
            "The pool has no factors, so there is no formula that this could change.",
        )
        remedy = Text("在 factors 表写明因素，或删去这一行。", "Give factors of the formula, or delete this row.")
        findings += performance.find(
            without & ~performance.blank("pool"), "pool", "performance_without_formula", message, remedy, "warning"
        )
    return findings


def _check_stage(pools: Sheet, issued: Sheet, stage: Stage) -> list[Finding]:
    """Pools of an advance without their share of it, and rows of stages that have not come yet."""
    findings: list[Finding] = []
    if stage == STAGES[0]:
        findings += pools.find(
            pools.blank("advance_share"),
            "advance_share",
            "advance_share_blank",
            Text("提前下达阶段没有写明“{title}”，按 {share} 计算。",
                 "This is the advance, and there is no {title}: {share} is counted."),
            Text("写明该比例，如 {share}。", "Give the share, {share} for example."),
            "warning",
            title=pools.table.by_name["advance_share"].title, share=ADVANCE_SHARE,
        )  # fmt: skip
    if issued.given:
        for later in STAGES[STAGES.index(stage) : -1]:
            count = int((issued.texts("stage") == later).sum())
            if count:
                message = Text(
                    "本算例处于{stage}阶段，{later}阶段的 {count} 行不计入已下达数。",
                    "The instance is at the stage {stage}: {count} rows of the stage {later} do not count as issued.",
                ).fill(stage=_stage(stage), later=_stage(later), count=count)
                remedy = Text(
                    "要计入的，把 instance.toml 的 stage 改为其后的阶段；否则可不改。",
                    "If they are to count, set stage in instance.toml to a later one; else leave it.",
                )
                findings.append(
                    issued.whole("stage", "issued_not_before", message, remedy, key=later, value=later,
                                 severity="warning")
                )  # fmt: skip
    return findings


def _stage(stage: str) -> Text:
    return Text(IN_CHINESE[stage], stage)


def _check_kinds(pools: Sheet) -> list[Finding]:
    """What each kind of pool has to have, and must not have."""
    kind = pools.texts("kind")
    known = np.isin(kind.astype(str), pools.table.by_name["kind"].values)
    findings: list[Finding] = []
    for column, owner in (("use", "transfer"), ("bond_class", "bond")):
        blank, names = pools.blank(column), pools.table.by_name[column].values
        values = Text("、".join(names), ", ".join(names))
        title = pools.table.by_name[column].title
        message = Text("{kind} 须写明“{title}”。", "A {kind} needs its {title}.")
        words = {"kind": kind, "title": title, "every": values}
        findings += pools.find((kind == owner) & blank, column, "missing_value", message, ONE_OF, **words)
        message = Text("{kind} 没有“{title}”。", "A {kind} has no {title}.")
        wrong = known & (kind != owner) & ~blank
        findings += pools.find(wrong, column, "not_for_this_kind", message, _LEAVE_EMPTY, **words)
    findings += pools.find(
        (kind == "bond") & ~np.isnan(pools.numbers("corridor_down")),
        "corridor_down",
        "not_for_bonds",
        Text("债券不设“{title}”：能否承担取决于举债空间和建设能力。",
             "Bonds have no {title}: what a city can borrow depends on its room and on what it builds."),
        _LEAVE_EMPTY,
        title=pools.table.by_name["corridor_down"].title,
    )  # fmt: skip
    floor, cap = pools.numbers("floor_multiple"), pools.numbers("cap_multiple")
    message = Text(
        "保底倍数 {floor} 大于封顶倍数 {cap}。", "The floor multiple {floor} is above the cap multiple {cap}."
    )

    def at_most(place: int) -> Text:
        share, most = float(floor[place]) / 100, float(cap[place])
        percent = floor[place] >= LEAST_PERCENT and share <= most
        return (_OF_PERCENT if percent else _AT_MOST).fill(share=figure(share), cap=figure(most))

    findings += pools.find(floor > cap, "floor_multiple", "floor_above_cap", message, at_most, floor=floor, cap=cap)
    land = kind == "land"
    return findings + pools.find(
        land & (np.cumsum(land) > 1),
        "kind",
        "second_land_pool",
        Text("用地类资源池只能有一个。", "There can be only one pool of land."),
        Text("合并各类用地指标。", "Put all land into one pool."),
    )


def _check_formulas(pools: Sheet, factors: Sheet) -> list[Finding]:
    """Weights that sum to 1, and what a pool without factors cannot have."""
    if not factors.given:
        return []
    findings: list[Finding] = []
    names, weights = factors.texts("pool"), factors.numbers("weight")
    for pool in sorted(set(names) & set(pools.texts("pool"))):
        total = float(weights[names == pool].sum())
        if (weights[names == pool] > 1).any():  # in percent, as another finding says
            continue
        if abs(total - 1) > SUM_OF_WEIGHTS:  # false where a weight is not readable
            message = Text("{pool} 的因素权重合计为 {total}。", "The weights of {pool} sum to {total}.")
            remedy = Text("合计应为 1。", "They have to sum to 1.")
            message = message.fill(pool=pool, total=figure(total))
            findings.append(factors.whole("weight", "weights_not_one", message, remedy, key=pool, value=figure(total)))
    without = ~np.isin(pools.texts("pool").astype(str), names.astype(str))
    for column in ("corridor_down", "corridor_up"):
        given = ~np.isnan(pools.numbers(column))
        message = Text(
            "没有分配因素就没有测算数，也就没有浮动幅度。", "Without factors there is no benchmark to have a corridor."
        )
        remedy = Text("在 factors 表写明因素，或留空。", "Give factors, or leave it empty.")
        findings += pools.find(without & given, column, "corridor_without_factors", message, remedy)
    lacking = bool(findings) and "#" in pools.file and "#" not in factors.file
    findings += pools.find(
        without,
        "pool",
        "pool_without_factors",
        Text("该资源池没有分配因素，没有公式测算数。", "This pool has no factors and so no benchmark."),
        Text("需要测算数时在 factors 表写明因素。", "Give factors where a benchmark is wanted."),
        "warning",
    )
    return [_no_sheet(factors, findings)] if lacking else findings


def _no_sheet(factors: Sheet, findings: Sequence[Finding]) -> Finding:
    """The one finding on a workbook without the sheet of factors that its corridors need; the others follow from it."""
    title = factors.table.title
    message = Text(
        "缺少工作表“{title}”，资源池没有公式测算数，其上浮、下浮幅度无从计算。",
        "The sheet {title} is missing: pools have no benchmark, and their corridors nothing to be counted from.",
    ).fill(title=title)
    remedy = Text(
        "加上工作表“{title}”，写明各资源池的因素和权重；不用公式的，上浮、下浮幅度留空。",
        "Add a sheet {title} with the factors of every pool and their weights; or leave the corridors empty.",
    ).fill(title=title)
    return replace(factors.whole(None, "missing_sheet", message, remedy), followed_by=tuple(findings))


def check_factors(cities: Sheet, factors: Sheet, column: str = "factor") -> list[Finding]:
    """Factors of formulas, schemes or links that exist, hold numbers in every city, none negative, not all zero."""
    if not (cities.given and factors.given):
        return []
    names, blank = factors.texts(column), factors.blank(column)
    figures = (*numeric_columns(cities), *DERIVED_FACTORS)
    known = Titled(figures, {name: city_figure(name)[0].zh for name in figures}, beside=True)
    slips = np.array([mostly_numbers(cities, name) for name in names], dtype=bool)  # named cell by cell
    unknown = np.array([name not in known for name in names], dtype=bool) & ~blank & ~slips
    texts = unknown & np.array([cities.has(name) for name in names], dtype=bool)
    message = Text("cities 表的这一列不全是数。", "This column of cities does not hold numbers only.")
    findings = factors.find(texts, column, "not_numeric", message, lambda place: cities.first_word(names[place]))
    message = Text(
        "既不是 cities 表的数值列，也不是派生量。", "Neither a numeric column of cities nor a derived number."
    )
    findings += factors.find(
        unknown & ~texts, column, "unknown_factor", message, lambda place: known.remedy(names[place])
    )

    empty = np.zeros(len(names), dtype=bool)
    for name in sorted(set(names[~unknown & ~blank & ~slips])):
        if name == "migrants":
            values = cities.numbers("migrants_cross") + cities.numbers("migrants_within")
        elif name in DERIVED_FACTORS:
            continue
        else:
            values = cities.numbers(name)
            findings += _check_factor(cities, name)
        if len(values) and (values == 0).all():
            empty |= names == name
    message = Text("这一因素在所有城市都是 0。", "This factor is 0 in every city.")
    remedy = Text("换一个因素，或补上数据。", "Use another factor, or fill its column.")
    return findings + factors.find(empty, column, "factor_all_zero", message, remedy)


def _check_factor(cities: Sheet, name: str) -> list[Finding]:
    described, title = cities.table.by_name.get(name), city_figure(name)[0]
    findings: list[Finding] = []
    if described is None or not described.required:
        message = Text("分配因素“{title}”缺少数值。", "The factor {title} is missing here.")
        remedy = Text("写明数值；没有就写 0。", "Give a number; 0 where there is none.")
        findings += cities.find(cities.blank(name), name, "missing_value", message, remedy, title=title)
    if described is None:
        message = Text("分配因素“{title}”大得不可能。", "The factor {title} is impossibly large.")
        remedy = Text("应至多 10¹⁵。", "Would be right: at most 10¹⁵.")
        findings += cities.find(cities.numbers(name) > LARGEST, name, "out_of_range", message, remedy, title=title)
    if described is None or (described.minimum or 0) < 0:
        message = Text("分配因素“{title}”为负。", "The factor {title} is negative.")
        remedy = Text("应至少 0。", "Would be right: at least 0.")
        findings += cities.find(cities.numbers(name) < 0, name, "negative_factor", message, remedy, title=title)
    return findings


def _check_last_year(pools: Sheet, cities: Sheet, last_year: Sheet) -> list[Finding]:
    """Amounts of last year for every pool whose floor or cap is a multiple of them."""
    if not (cities.given and last_year.given):
        return []
    needs = ~(np.isnan(pools.numbers("cap_multiple")) & np.isnan(pools.numbers("floor_multiple")))
    if pools.has("phase_in"):
        needs |= pools.numbers("phase_in") < 1
    if needs.any() and len(cities.frame) and not len(last_year.frame):  # said once, and not of every pool
        titles = called_by_code(pools)
        of = listed(titles.get(pool) or Text(pool, pool) for pool in map(str, pools.texts("pool")[needs]))
        return [last_year.whole(None, "last_year_absent", _ABSENT.fill(pools=of), _ABSENT_RIGHT)]
    return missing_pairs(
        last_year,
        cities,
        pools,
        needs,
        Text(
            "{key} 有保底或封顶倍数，或公式正在过渡，但没有上年数额。",
            "{key} has a floor or cap multiple, or a formula that is being phased in, but no amount of last year.",
        ),
        Text("补上上年数额，或留空这几列。", "Add the amount of last year, or leave these columns empty."),
    )


def _check_overrides(overrides: Sheet) -> list[Finding]:
    reason, approver = overrides.blank("reason"), overrides.blank("approved_by")
    return [
        *overrides.find(
            reason, "reason", "override_unexplained",
            Text("人工调整缺少依据。", "An override without its reason."),
            Text("写明依据和批准人。", "Give the reason, and who approved it."), "warning",
        ),
        *overrides.find(
            approver & ~reason, "approved_by", "override_unexplained",
            Text("人工调整有依据，缺少批准人。", "An override with its reason, and without who approved it."),
            Text("写明批准人。", "Give who approved it."), "warning",
        ),
    ]  # fmt: skip


def _check_quantum(pools: Sheet, overrides: Sheet, cities: Sheet, settings: Settings | None) -> list[Finding]:
    """What of a pool that has to be given out is less than a quantum: no multiples make it up.

    Where multiples would make up the whole pool, it is due to amounts by hand, and said of them.
    """
    quantum, available = pools.numbers("quantum"), pools.numbers("total") * (1 - pools.numbers("reserve"))
    if settings is not None and settings.stage == STAGES[0]:
        share = pools.numbers("advance_share")
        available = available * np.where(np.isnan(share), ADVANCE_SHARE, share)
    fixed = np.zeros(len(available))
    if overrides.given and overrides.has("amount"):
        names, amounts = overrides.texts("pool"), overrides.numbers("amount")
        fixed = np.array([np.nansum(amounts[names == pool]) for pool in pools.texts("pool")], dtype=float)
    usable = (quantum > 0) & (available > fixed)
    parts = np.divide(available - fixed, quantum, out=np.zeros(len(fixed)), where=usable)
    whole = np.floor(parts + ROUNDOFF * np.maximum(parts, 1))
    left = np.where(usable, (parts - whole) * quantum, 0)
    rest = pools.flags("exhaust") & (left > ROUNDOFF * np.maximum(available, 1)) & (available <= LARGEST)
    by_hand = rest & (fixed > 0) & ~_no_multiple(available, quantum)
    unit = {"land": HECTARES}
    return _check_by_hand(pools, overrides, cities, by_hand) + pools.find(
        rest & ~by_hand,
        "quantum",
        "quantum_leaves_rest",
        Text(
            "可分配 {available} 不是最小分配单位 {quantum} 的整倍数：须全部下达，但有 {left} {unit}不能按整倍数下达。",
            "{available} to be given out is no multiple of {quantum}: {left} {unit} cannot be given so.",
        ),
        Text(
            "减小最小分配单位，或把总量、预留调整为其整倍数。",
            "Make the quantum smaller, or change the total.",
        ),
        "warning",
        available=lambda place: _in_full(float(available[place] - fixed[place])),
        quantum=quantum,
        left=lambda place: _in_full(float(left[place])),
        unit=lambda place: unit.get(str(pools.texts("kind")[place]), MONEY),
    )


def _check_by_hand(pools: Sheet, overrides: Sheet, cities: Sheet, which: Mask) -> list[Finding]:
    """Amounts by hand that are no multiples, of pools of which they leave a rest."""
    if not which.any():
        return []
    of_pool, of_city = overrides.places("pool", pools), overrides.places("city", cities)
    amounts = overrides.numbers("amount")
    quantum = np.where(of_pool >= 0, pools.numbers("quantum")[of_pool], np.nan)
    names = cities.texts("name") if cities.has("name") else cities.texts("city")

    def near(place: int) -> str:
        return _in_full(float(round(amounts[place] / quantum[place]) * quantum[place]))

    return overrides.find(
        (of_pool >= 0) & which[of_pool] & _no_multiple(amounts, quantum),
        "amount",
        "quantum_leaves_rest",
        Text(
            "{city}人工调整的数额 {amount} 不是最小分配单位 {quantum} 的整倍数：其余部分因此不能按整倍数全部下达。",
            "{amount} by hand for {city} is no multiple of {quantum}: so the rest cannot be given out in multiples.",
        ),
        Text("写 {near}。", "Make it {near}."),
        "warning",
        city=lambda place: names[of_city[place]] if of_city[place] >= 0 else overrides.texts("city")[place],
        amount=lambda place: _in_full(float(amounts[place])),
        quantum=quantum,
        near=near,
    )


def _no_multiple(amounts: Floats, quantum: Floats) -> Mask:
    """Which amounts are no multiples, beyond what arithmetic leaves behind."""
    parts = np.divide(amounts, quantum, out=np.zeros(len(amounts)), where=quantum > 0)
    off: Mask = np.abs(parts - np.round(parts)) > ROUNDOFF * np.maximum(np.abs(parts), 1)
    return off


def _in_full(amount: float) -> str:
    """A number with all of its digits but for what sums leave behind."""
    return f"{round(amount, 6):,}".removesuffix(".0")
