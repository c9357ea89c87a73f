"""``[policy]``: the numbers of the rules, as frozen models with titles, units and ranges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal, NoReturn

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from alloc.formulation.columns import HECTARES, MONEY_A_HECTARE, SHARE, SQUARE_METRES_A_PERSON
from alloc.formulation.settings import Flag, Number, Section, Words, Zone, setting
from alloc.text import Text

SizeClass = Literal["megacity", "very_large", "large_1", "large_2", "medium", "small_1", "small_2"]

MONEY_A_PERSON = Text("万元/人·年", "10⁴ yuan a person and year")
MULTIPLE_OF_LAST_YEAR = Text("上年的倍数", "multiple of last year")
REFERENCE_MULTIPLE = Text("综合财力的倍数", "multiple of the reference revenue")


def refuse(code: str, message: Text, remedy: Text, path: str = "") -> NoReturn:
    """Refuse a setting, by a code, what is wrong with it, what would be right, and where, if elsewhere."""
    context = {"en": message.en, "message": message, "remedy": remedy, "path": path}
    raise PydanticCustomError(code, "{en}", context)


class LandStandard(Section):
    """New land for every person settled, up to a level of today's built-up land per urban resident."""

    up_to: Number | None = setting("人均现状用地至多", "Built-up land a person up to", SQUARE_METRES_A_PERSON,
                                   default=None, gt=0)  # fmt: skip
    per_settler: Number = setting("每落户一人的用地标准", "New land a person settled", SQUARE_METRES_A_PERSON, ge=0)


def _ascending(borders: Sequence[float | None], name: str) -> None:
    """Refuse a ladder of steps that does not ascend, or whose last step alone is not open."""
    if borders[-1] is not None or None in borders[:-1]:
        refuse(
            "open_step",
            Text(f"只有最后一档可以、也必须没有 {name}。", f"Only the last step, and it always, is without {name}."),
            Text(f"前面各档写明 {name}，最后一档不写。", f"Give every step but the last a {name}."),
        )
    closed = [border for border in borders if border is not None]
    if any(after <= before for before, after in pairwise(closed)):
        refuse(
            "not_ascending",
            Text(f"各档的 {name} 不是由小到大。", f"The steps do not ascend by {name}."),
            Text(f"按 {name} 由小到大排列，各不相同。", f"Sort the steps by {name}, each above the one before."),
        )


def _check_standards(standards: tuple[LandStandard, ...]) -> tuple[LandStandard, ...]:
    _ascending([standard.up_to for standard in standards], "up_to")
    return standards


class LandUses(Section):
    """``[policy.land.uses]``: what new land is for besides facilities and production, and what may be left open."""

    housing: Number = setting("每落户一人的居住用地", "Land for housing a person settled", SQUARE_METRES_A_PERSON, ge=0)
    other: Number = setting(
        "道路、公用设施等其他用地占新增用地的比例", "Share of new land for roads, utilities and other uses", SHARE,
        ge=0, le=1,
    )  # fmt: skip
    unassigned_city: Number = setting(
        "一个城市暂未安排用地的最高比例", "Most of a city's new land that may be unassigned", SHARE, ge=0, le=1
    )
    unassigned_total: Number = setting(
        "全部暂未安排用地的最高比例", "Most of all land there is that may be unassigned", SHARE, ge=0, le=1
    )


class LandPolicy(Section):
    """``[policy.land]``."""

    standards: Annotated[tuple[LandStandard, ...], AfterValidator(_check_standards)] = setting(
        "人均用地标准", "Land standards", min_length=1
    )
    no_linked_land: tuple[SizeClass, ...] = setting("不享受人地挂钩的规模等级", "Size classes without linked land")
    reuse_limit: Number = setting("一年可盘活比例", "Share of idle land reusable in a year", SHARE, ge=0, le=1)
    reuse_cost: Number = setting("盘活成本", "Cost of reuse", MONEY_A_HECTARE, ge=0)
    stock_ratio: Number | None = setting(
        "盘活一公顷可新增", "New hectares for each hectare put back to use", HECTARES, default=None, ge=0
    )
    stock_share: Number | None = setting(
        "未填增存挂钩基数的城市，基数占公式测算数的比例（不低于用地下限和人工调整数）",
        "Base of the stock link of cities that give none, as a share of what the formula gives (never below the lower "
        "bound of land, or an override)",
        SHARE, later=True, default=None, ge=0,
        formerly=("未填增存挂钩基数的城市，基数占公式测算数的比例",
                  "Base of the stock link of cities that give none, as a share of what the formula gives"),
    )  # fmt: skip
    uses: LandUses | None = setting("新增用地的用途", "Uses of new land", later=True, default=None)


class SettlementPolicy(Section):
    """``[policy.settlement]``."""

    willingness: Number = setting(
        "当年落户意愿", "Willingness to settle this year", SHARE, driver="settlement", ge=0, le=1
    )
    cost: Number = setting("落户年成本", "Cost of one person settled", MONEY_A_PERSON, ge=0)
    growth: Number | None = setting(
        "落户人数至多为上年的倍数", "Most who settle, as a multiple of those settled last year", MULTIPLE_OF_LAST_YEAR,
        "settlement", later=True, default=None, gt=0,
    )  # fmt: skip
    quota_classes: tuple[SizeClass, ...] = setting("实行落户指标的规模等级", "Size classes with a settlement quota")
    extension_value: Number = setting(
        "扩面一人相当于落户的人数", "What a person extended to is worth, in persons who settle",
        driver="settlement", later=True, default=0.3, ge=0, le=1,
    )  # fmt: skip
    extension_share: Number = setting(
        "一年可扩面的比例", "Share that services may be extended to in a year", SHARE, "settlement",
        later=True, default=0.2, ge=0, le=1,
    )  # fmt: skip
    extension_cost: Number = setting(
        "扩面年成本", "Cost of one person extended to", MONEY_A_PERSON, later=True, default=0.0, ge=0
    )


class ServicesPolicy(Section):
    """``[policy.services]``."""

    restricted_classes: tuple[SizeClass, ...] = setting(
        "限制新建大型设施的规模等级", "Size classes without new large facilities"
    )
    restricted_expand: Flag = setting(
        "受限设施可否原址扩建", "Whether restricted facilities may be enlarged on site", later=True, default=True
    )
    restricted_zones: tuple[Zone, ...] = setting(
        "限制新建和扩建大型设施的圈层", "Zones without new or enlarged large facilities", later=True, default=()
    )


def _check_slopes(slopes: tuple[float, float, float]) -> tuple[float, float, float]:
    if slopes[-1] <= 0 or any(after > before for before, after in pairwise(slopes)):
        refuse(
            "slopes_not_concave",
            Text("得分曲线的斜率须为正且不递增。", "The slopes of the score have to be positive and never rise."),
            Text("例如 [2.0, 1.0, 0.5]。", "Would be right: [2.0, 1.0, 0.5]."),
        )
    return slopes


class ScorePolicy(Section):
    """``[policy.score]``."""

    slopes: Annotated[tuple[Number, Number, Number], AfterValidator(_check_slopes)] = setting(
        "得分曲线斜率", "Slopes of the score"
    )
    knee: Number = setting("得分曲线拐点", "Knee of the score", SHARE, gt=0, le=1)


class DebtTier(Section):
    """One tier of debt: the ratios below a border, and how much may be borrowed anew."""

    below: Number | None = setting("债务率低于", "Debt ratio below", REFERENCE_MULTIPLE, default=None, gt=0)
    name: Words = setting("等级名称", "Name of the tier")
    new_bond_factor: Number = setting("新增债券系数", "New bonds as a share of own revenue", SHARE, ge=0)


def _check_tiers(tiers: tuple[DebtTier, ...]) -> tuple[DebtTier, ...]:
    _ascending([tier.below for tier in tiers], "below")
    if len({tier.name for tier in tiers}) < len(tiers):
        refuse(
            "duplicate_tier",
            Text("债务风险等级的名称重复。", "Two debt tiers have the same name."),
            Text("每个等级用不同的名称。", "Give every tier a name of its own."),
        )
    return tiers


class DebtPolicy(Section):
    """``[policy.debt]``."""

    ceiling: Number = setting("债务率上限", "Ceiling of the debt ratio", REFERENCE_MULTIPLE, gt=0)
    service_ceiling: Number = setting("偿债率上限", "Ceiling of debt service", SHARE, gt=0)
    bond_rate: Number = setting("新增债券利率", "Interest on new bonds", SHARE, gt=0, le=1)
    special_interest: Literal["general", "fund"] = setting(
        "新增专项债券的付息来源",
        "What pays the interest of new special bonds: general revenue, or government funds",
        later=True,
        default="general",
    )
    tiers: Annotated[tuple[DebtTier, ...], AfterValidator(_check_tiers)] = setting(
        "债务风险等级", "Debt tiers", min_length=1
    )


class BudgetPolicy(Section):
    """``[policy.budget]``."""

    least_free: Number = setting(
        "一般预算中至少计为可自主安排的比例", "Least share of general money that every city is counted with as free",
        SHARE, later=True, default=0.0, ge=0, lt=1,
    )  # fmt: skip


def _check_levels(columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(columns)) < len(columns):
        refuse(
            "duplicate_level",
            Text("层级的列重复。", "A column stands twice among the levels."),
            Text("每列只写一次，由上到下。", "Name each column once, from the top down."),
        )
    return columns


class Policy(Section):
    """``[policy]``: the numbers of the rules; below it, by the name of their lever, the settings that levers bring."""

    land: LandPolicy = setting("用地政策", "Land")
    settlement: SettlementPolicy = setting("落户政策", "Settlement")
    services: ServicesPolicy = setting("公共服务政策", "Services")
    score: ScorePolicy = setting("得分曲线", "Score")
    debt: DebtPolicy = setting("债务政策", "Debt")
    budget: BudgetPolicy = setting("预算政策", "Budget", default_factory=BudgetPolicy, validate_default=True)
    levels: Annotated[tuple[Words, ...], AfterValidator(_check_levels)] = setting(
        "资源池与城市之间的层级（“城市”表的列，由上到下）",
        "Levels between pools and cities: columns of cities, from the top down",
        later=True, formerly=("资源池与城市之间的层级（cities 表的列，由上到下）",),
        default=("province",), min_length=1,
    )  # fmt: skip
