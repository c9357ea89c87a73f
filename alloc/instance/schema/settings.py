"""``instance.toml``: the settings of an instance, as frozen models with titles, units and ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NoReturn

from pydantic import AfterValidator, Field, ValidationInfo, create_model, field_validator, model_validator
from pydantic_core import PydanticCustomError

from alloc.formulation import lever
from alloc.formulation.columns import HECTARES, MONEY_A_HECTARE, NO_DRIVER, SHARE, SQUARE_METRES_A_PERSON
from alloc.formulation.registry import DEFAULT, installed, levers
from alloc.formulation.settings import Flag, Number, Section, Whole, Words, setting
from alloc.instance.schema.levers import sections
from alloc.instance.suggest import Known
from alloc.text import Text

SizeClass = Literal["megacity", "very_large", "large_1", "large_2", "medium", "small_1", "small_2"]

SECONDS = Text("秒", "seconds")
MONEY_A_PERSON = Text("万元/人·年", "10⁴ yuan a person and year")
REFERENCE_MULTIPLE = Text("综合财力的倍数", "multiple of the reference revenue")


def _refuse(code: str, message: Text, remedy: Text, path: str = "") -> NoReturn:
    context = {"en": message.en, "message": message, "remedy": remedy, "path": path}
    raise PydanticCustomError(code, "{en}", context)


class Title(Section):
    """A title in both languages."""

    zh: Words = setting("中文标题", "Title in Chinese", driver=NO_DRIVER)
    en: Words = setting("英文标题", "Title in English", driver=NO_DRIVER)


class LandStandard(Section):
    """New land for every person settled, up to a level of today's built-up land per urban resident."""

    up_to: Number | None = setting("人均现状用地至多", "Built-up land a person up to", SQUARE_METRES_A_PERSON,
                                   default=None, gt=0)  # fmt: skip
    per_settler: Number = setting("每落户一人的用地标准", "New land a person settled", SQUARE_METRES_A_PERSON, ge=0)


def _ascending(borders: Sequence[float | None], name: str) -> None:
    """Refuse a ladder of steps that does not ascend, or whose last step alone is not open."""
    if borders[-1] is not None or None in borders[:-1]:
        _refuse(
            "open_step",
            Text(f"只有最后一档可以、也必须没有 {name}。", f"Only the last step, and it always, is without {name}."),
            Text(f"前面各档写明 {name}，最后一档不写。", f"Give every step but the last a {name}."),
        )
    closed = [border for border in borders if border is not None]
    if any(after <= before for before, after in pairwise(closed)):
        _refuse(
            "not_ascending",
            Text(f"各档的 {name} 不是由小到大。", f"The steps do not ascend by {name}."),
            Text(f"按 {name} 由小到大排列，各不相同。", f"Sort the steps by {name}, each above the one before."),
        )


def _check_standards(standards: tuple[LandStandard, ...]) -> tuple[LandStandard, ...]:
    _ascending([standard.up_to for standard in standards], "up_to")
    return standards


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


class SettlementPolicy(Section):
    """``[policy.settlement]``."""

    willingness: Number = setting(
        "当年落户意愿", "Willingness to settle this year", SHARE, driver="settlement", ge=0, le=1
    )
    cost: Number = setting("落户年成本", "Cost of one person settled", MONEY_A_PERSON, ge=0)
    quota_classes: tuple[SizeClass, ...] = setting("实行落户指标的规模等级", "Size classes with a settlement quota")


class ServicesPolicy(Section):
    """``[policy.services]``."""

    restricted_classes: tuple[SizeClass, ...] = setting(
        "限制新建大型设施的规模等级", "Size classes without new large facilities"
    )


def _check_slopes(slopes: tuple[float, float, float]) -> tuple[float, float, float]:
    if slopes[-1] <= 0 or any(after > before for before, after in pairwise(slopes)):
        _refuse(
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
        _refuse(
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
    tiers: Annotated[tuple[DebtTier, ...], AfterValidator(_check_tiers)] = setting(
        "债务风险等级", "Debt tiers", min_length=1
    )


class Policy(Section):
    """``[policy]``: the numbers of the rules; below it, by the name of their lever, the settings that levers bring."""

    land: LandPolicy = setting("用地政策", "Land")
    settlement: SettlementPolicy = setting("落户政策", "Settlement")
    services: ServicesPolicy = setting("公共服务政策", "Services")
    score: ScorePolicy = setting("得分曲线", "Score")
    debt: DebtPolicy = setting("债务政策", "Debt")


# What levers bring to the settings, below `policy` by the name of the lever.
LEVER_SECTIONS = sections(installed().values(), Policy.model_fields)
if TYPE_CHECKING:
    WholePolicy = Policy
    TierName = str
    Method = str
else:
    WholePolicy = create_model(
        "Policy",
        __base__=Policy,
        **{
            name: (section, setting(*section.TITLE, default_factory=section, validate_default=True))
            for name, section in LEVER_SECTIONS.items()
        },
    )
    _EVERY = [tier for each in installed().values() for part in each.levers for tier in part.tiers]
    TierName = Literal[tuple(dict.fromkeys(tier.name for tier in _EVERY))]
    Method = Literal[tuple(dict.fromkeys(method for tier in _EVERY for method in tier.methods))]

_FORMULATION: ContextVar[str] = ContextVar("formulation", default=DEFAULT)  # of the objective that is being checked


def _tiers() -> Mapping[str, lever.Tier]:
    """The tiers of the formulation."""
    return {tier.name: tier for part in levers(_FORMULATION.get()) for tier in part.tiers}


class Tier(Section):
    """One tier of the objective.

    Where a tier has methods and none is given, ``method`` is the first of them; the ``beta`` of cvar is 0.1 where it is
    not given.
    """

    tier: TierName = setting("目标层", "Tier")
    method: Method | None = setting("公平方法", "Method of fairness", default=None)
    beta: Number | None = setting("最差人口比例", "Share of the worst served", SHARE, default=None, gt=0, le=1)
    tolerance: Number | None = setting("容差", "Tolerance, in the tier's own unit", default=None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _fill_method(cls, data: Any) -> Any:
        known = _tiers().get(data["tier"]) if isinstance(data, dict) and isinstance(data.get("tier"), str) else None
        if known is not None and known.methods:
            data = {"method": known.methods[0], **data}
            if data["method"] == "cvar":
                data = {"beta": 0.1, **data}
        return data

    @field_validator("tier")
    @classmethod
    def _check_tier(cls, name: str) -> str:
        _check_known(name, _tiers())
        return name

    @field_validator("method")
    @classmethod
    def _check_method(cls, method: str | None, info: ValidationInfo) -> str | None:
        known = _tiers().get(info.data.get("tier", ""))
        if method is not None and known is not None and known.methods:
            _check_known(method, known.methods)
        return method

    @model_validator(mode="after")
    def _check_options(self) -> Tier:
        tiers = _tiers()
        if self.method and not tiers[self.tier].methods:
            zh, en = _listed(name for name, tier in tiers.items() if tier.methods)
            _refuse_option("method", f"只用于 {zh}", f"is for {en} alone")
        if self.beta is not None and self.method != "cvar":
            zh, en = _listed(name for name, tier in tiers.items() if "cvar" in tier.methods)
            _refuse_option("beta", f"只用于 {zh} 的 cvar 方法", f"is for {en} by cvar alone")
        if self.tolerance is not None and (not tiers[self.tier].tolerates or self.method == "leximin"):
            zh, en = _listed([*(name for name, tier in tiers.items() if not tier.tolerates), "leximin"])
            _refuse_option("tolerance", f"不用于 {zh}", f"does not go with {en}")
        return self


def _check_known(name: str, known: Iterable[str]) -> None:
    """Refuse a name that the formulation does not have."""
    names = Known(known)
    if name not in names:
        _refuse("not_allowed", Text("不是允许的取值。", "Not one of the allowed values."), names.remedy(name))


def _listed(names: Iterable[str]) -> Text:
    """Names one after the other."""
    every = list(names)
    return Text("、".join(every), ", ".join(every))


def _refuse_option(name: str, zh: str, en: str) -> NoReturn:
    remedy = Text(f"删去 {name}。", f"Leave {name} out.")
    _refuse("option_out_of_place", Text(f"{name} {zh}。", f"{name} {en}."), remedy)


def _check_objective(objective: tuple[Tier, ...]) -> tuple[Tier, ...]:
    names = [tier.tier for tier in objective]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        _refuse(
            "duplicate_objective",
            Text(f"目标层重复：{', '.join(twice)}。", f"The objective names a tier twice: {', '.join(twice)}."),
            Text("每个目标层只写一次。", "Name every tier once."),
        )
    tiers = _tiers()
    for place, name in enumerate(names):
        if late := [each for each in tiers[name].after if each in names[place:]]:
            _refuse(
                f"{name}_before_{late[0]}",
                Text(
                    f"{name} 排在 {late[0]} 之前。",
                    f"{name} stands before {late[0]}, which determines the amounts.",
                ),
                Text(f"把 {late[0]} 移到 {name} 之前。", f"Put {late[0]} before {name}."),
            )
    return objective


def _check_installed(name: str) -> str:
    known = Known(installed())
    if name not in known:
        _refuse(
            "unknown_formulation",
            Text("没有安装这个模型。", "There is no such formulation installed."),
            known.remedy(name),
        )
    return name


class Settings(Section):
    """Everything in ``instance.toml``; attributes are the TOML paths, ``schema`` alone is ``schema_version`` here."""

    LATER: ClassVar[Mapping[str, Any]] = {"facilities": "by_city", "formulation": "annual"}
    """Settings that came after results had been written: with these values they stay out of an instance's hash."""

    schema_version: Literal[1] = Field(alias="schema", title="Version of the format")
    name: Annotated[str, Field(pattern=r"^[\w.-]+$")] = setting("算例名称", "Name of the instance", driver=NO_DRIVER)
    title: Title = setting("标题", "Title", driver=NO_DRIVER)
    year: Whole = setting("规划年度", "Planning year", driver=NO_DRIVER, ge=1949, le=2200)
    formulation: Annotated[str, Field(pattern=r"^[\w.-]+$"), AfterValidator(_check_installed)] = setting(
        "模型", "Formulation: the model, of those that are installed", default="annual"
    )
    integers: Flag = setting("整座设施", "Whole facilities", driver=NO_DRIVER, default=True)
    facilities: Literal["by_city", "joint"] = setting(
        "整座设施的求法",
        "How whole facilities are found: every city by itself, or one search",
        driver=NO_DRIVER,
        default="by_city",
    )
    gap: Number = setting(
        "相对间隙", "Relative gap up to which a tier counts as proven", SHARE, NO_DRIVER, default=0.001, ge=0, lt=1
    )
    time_limit: Number = setting("求解时限", "Time for the whole solve", SECONDS, NO_DRIVER, default=120.0, gt=0)
    policy: WholePolicy = setting("政策参数", "Policy")
    objective: Annotated[tuple[Tier, ...], AfterValidator(_check_objective)] = setting(
        "目标层次", "Objective", min_length=1
    )

    @staticmethod
    def without_idle(data: Mapping[str, Any]) -> dict[str, Any]:
        """Nested settings without those of levers that are at their defaults, as they are without the lever.

        Args:
            data: the settings, right or wrong.
        """
        policy = data.get("policy")
        if not isinstance(policy, Mapping) or not any(name in policy for name in LEVER_SECTIONS):
            return dict(data)
        kept = dict(policy)
        for name, section in LEVER_SECTIONS.items():
            if isinstance(kept.get(name), Mapping):
                default = section().model_dump(mode="json")
                given = {each: value for each, value in kept.pop(name).items() if default.get(each, ...) != value}
                kept |= {name: given} if given else {}
        return {**data, "policy": kept}

    @field_validator("objective", mode="wrap")
    @classmethod
    def _by_formulation(cls, value: Any, check: Callable[[Any], tuple[Tier, ...]], info: ValidationInfo) -> Any:
        """The tiers of an objective are those of the formulation."""
        token = _FORMULATION.set(info.data.get("formulation", DEFAULT))
        try:
            return check(value)
        finally:
            _FORMULATION.reset(token)

    @model_validator(mode="after")
    def _check_leximin(self) -> Settings:
        if self.integers and any(tier.method == "leximin" for tier in self.objective):
            _refuse(
                "leximin_with_integers",
                Text("leximin 只能用于松弛问题。", "leximin works on the relaxation only."),
                Text("设 integers = false，或把 method 改为 cvar。", 'Set integers = false, or method = "cvar".'),
                path="integers",
            )
        return self
