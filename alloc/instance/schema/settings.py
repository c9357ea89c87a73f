"""``instance.toml``: the settings of an instance, as frozen models with titles, units and ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NoReturn

from pydantic import AfterValidator, Field, ValidationInfo, create_model, field_validator, model_validator

from alloc.formulation import tier
from alloc.formulation.columns import NO_DRIVER, SHARE
from alloc.formulation.registry import DEFAULT, installed, levers
from alloc.formulation.settings import Flag, Number, Section, Whole, Words, setting
from alloc.instance.schema.levers import sections
from alloc.instance.schema.policy import Policy, refuse
from alloc.instance.schema.stages import Stage
from alloc.instance.suggest import Known
from alloc.text import Text

SECONDS = Text("秒", "seconds")
_NO_TITLE = Text("缺少标题。", "The title is missing.")
_ONE_TITLE = Text("写明标题，中文、英文填一个即可。", "Give a title; one of the two languages is enough.")


class Title(Section):
    """A title in both languages; one is enough, and stands for the other."""

    zh: Words = setting("中文标题", "Title in Chinese", driver=NO_DRIVER, twin="en")
    en: Words = setting("英文标题", "Title in English", driver=NO_DRIVER, twin="zh")

    @model_validator(mode="before")
    @classmethod
    def _one_is_enough(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        said = {name: given[name] for name in cls.model_fields if given.get(name, "") != ""}
        if not said:
            refuse("missing_setting", _NO_TITLE, _ONE_TITLE, "title.zh")
        text = next(iter(said.values()))
        return {**given, **(dict.fromkeys(cls.model_fields, text) if isinstance(text, str) else {}), **said}


def _later(section: type[Section]) -> dict[str, Any]:
    """The settings of a section that came later, with the values at which they are as if they were not there."""
    found = {
        name: field.get_default(call_default_factory=True)
        for name, field in section.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("later")
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


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


@cache
def _idle_settings() -> Mapping[str, Mapping[str, Any]]:
    """Section of the policy -> its settings that may be left out, with the values at which they do nothing."""
    own = {
        name: _later(field.annotation)
        for name, field in Policy.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }
    return own | {name: section().model_dump(mode="json") for name, section in LEVER_SECTIONS.items()}


_FORMULATION: ContextVar[str] = ContextVar("formulation", default=DEFAULT)  # of the objective that is being checked


def _tiers() -> Mapping[str, tier.Tier]:
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
    tolerance: Number | None = setting(
        "允许让步", "Tolerance, in the tier's own unit", formerly=("容差",), default=None, ge=0
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_method(cls, data: Any) -> Any:
        known = _tiers().get(data["tier"]) if isinstance(data, dict) and isinstance(data.get("tier"), str) else None
        if known is not None and known.first_method:
            data = {"method": known.first_method, **data}
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
        exact = not tiers[self.tier].by(self.method).tolerates
        if self.tolerance is not None and (exact or self.method in tiers[self.tier].stepwise):
            methods = [
                name
                for tier in tiers.values()
                for name in tier.methods
                if name in tier.stepwise or not tier.by(name).tolerates
            ]
            zh, en = _listed([*(name for name, tier in tiers.items() if not tier.tolerates), *methods])
            _refuse_option("tolerance", f"不用于 {zh}", f"does not go with {en}")
        return self


def _check_known(name: str, known: Iterable[str]) -> None:
    """Refuse a name that the formulation does not have."""
    names = Known(known)
    if name not in names:
        refuse("not_allowed", Text("不是允许的取值。", "Not one of the allowed values."), names.remedy(name))


def _listed(names: Iterable[str]) -> Text:
    """Names one after the other."""
    every = list(names)
    return Text("、".join(every), ", ".join(every))


def _refuse_option(name: str, zh: str, en: str) -> NoReturn:
    remedy = Text(f"删去 {name}。", f"Leave {name} out.")
    refuse("option_out_of_place", Text(f"{name} {zh}。", f"{name} {en}."), remedy)


def _check_objective(objective: tuple[Tier, ...]) -> tuple[Tier, ...]:
    names = [tier.tier for tier in objective]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        refuse(
            "duplicate_objective",
            Text(f"目标层重复：{', '.join(twice)}。", f"The objective names a tier twice: {', '.join(twice)}."),
            Text("每个目标层只写一次。", "Name every tier once."),
        )
    tiers = _tiers()
    for place, name in enumerate(names):
        if late := [each for each in tiers[name].by(objective[place].method).after if each in names[place:]]:
            refuse(
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
        refuse(
            "unknown_formulation",
            Text("没有安装这个模型。", "There is no such formulation installed."),
            known.remedy(name),
        )
    return name


class Settings(Section):
    """Everything in ``instance.toml``; attributes are the TOML paths, ``schema`` alone is ``schema_version`` here."""

    LATER: ClassVar[Mapping[str, Any]] = {
        "facilities": "by_city",
        "findings_confirmed": [],
        "formulation": "annual",
        "stage": "final",
        "units_confirmed": [],
    }
    """Settings that came after results had been written: with these values they stay out of an instance's hash."""

    schema_version: Literal[1] = Field(alias="schema", title="Version of the format")
    name: Annotated[str, Field(pattern=r"^[\w.-]+$")] = setting("算例名称", "Name of the instance", driver=NO_DRIVER)
    title: Title = setting("标题", "Title", driver=NO_DRIVER)
    year: Whole = setting("规划年度", "Planning year", driver=NO_DRIVER, ge=1949, le=2200)
    stage: Stage = setting("下达阶段", "Stage of the year's issue", driver="totals", default="final")
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
        "相对差距", "Relative gap up to which a tier counts as proven", SHARE, NO_DRIVER, default=0.001, ge=0, lt=1
    )
    time_limit: Number = setting("求解时限", "Time for the whole solve", SECONDS, NO_DRIVER, default=120.0, gt=0)
    units_confirmed: tuple[str, ...] = setting(
        "单位已核对的列", "Columns whose unit has been confirmed: table.column", driver=NO_DRIVER, default=()
    )
    findings_confirmed: tuple[Annotated[str, Field(pattern=r"^\w+(:.+)?$")], ...] = setting(
        "已核对的提示", "Warnings that have been confirmed: kind, or kind:record", driver=NO_DRIVER, default=()
    )
    policy: WholePolicy = setting("政策参数", "Policy")
    objective: Annotated[tuple[Tier, ...], AfterValidator(_check_objective)] = setting(
        "目标层次", "Objective", min_length=1
    )

    def gives(self, path: str) -> bool:
        """Whether the setting at a path is given."""
        found: Any = self
        for part in path.split("."):
            found = None if found is None else getattr(found, part)
        return found is not None

    @staticmethod
    def without_idle(data: Mapping[str, Any]) -> dict[str, Any]:
        """Nested settings without those of levers, and those that came later, that are at their defaults.

        Args:
            data: the settings, right or wrong.
        """
        policy = data.get("policy")
        if not isinstance(policy, Mapping):
            return dict(data)
        idle = _later(Policy)
        kept = {name: value for name, value in policy.items() if idle.get(name, ...) != value}
        for name, default in _idle_settings().items():
            if isinstance(kept.get(name), Mapping):
                given = {each: value for each, value in kept[name].items() if default.get(each, ...) != value}
                kept[name] = given
                if not given and (name in LEVER_SECTIONS or not Policy.model_fields[name].is_required()):
                    del kept[name]
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
            refuse(
                "leximin_with_integers",
                Text("leximin 只能用于松弛解。", "leximin works on the relaxation only."),
                Text("设 integers = false，或把 method 改为 cvar。", 'Set integers = false, or method = "cvar".'),
                path="integers",
            )
        return self
