"""The form of ``manifest.json``: which keys there are, of which kind, and within which range.

Whether what it says is true is not asked here: that follows from the tables, and is for `alloc.verification`. What is
not of this form is refused in one sentence, with the key, its value, and what would be right.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import PydanticCustomError

from alloc.instance.files.settings_reading import RANGES, dotted, inner_model
from alloc.instance.findings import shortened
from alloc.result.wording import NOTES
from alloc.solver.model.status import Quality, Stopped
from alloc.text import Text, figure

KINDS = {
    "float_type": Text("一个数", "a number"),
    "finite_number": Text("一个有限的数", "a finite number"),
    "int_type": Text("一个整数", "a whole number"),
    "bool_type": Text("true 或 false", "true or false"),
    "string_type": Text("一段文本", "a text"),
    "string_unicode": Text("一段文本", "a text"),
    "string_too_short": Text("非空文本", "a text that is not empty"),
    "string_pattern_mismatch": Text("64 位十六进制的哈希", "a hash of 64 hexadecimal digits"),
    "model_type": Text("一组键和值", "keys with their values"),
    "dict_type": Text("一组键和值", "keys with their values"),
    "list_type": Text("一个列表", "a list"),
    "tuple_type": Text("一个列表", "a list"),
    "too_short": Text("至少一项", "at least one entry"),
    "too_long": Text("空列表", "an empty list"),
    "plain": Text("数、文本、true、false、null 或其列表", "a number, text, true, false, null or a list of these"),
}  # fmt: skip
OF_TYPE = {
    float: KINDS["float_type"], int: KINDS["int_type"], bool: KINDS["bool_type"], str: KINDS["string_type"],
    list: KINDS["list_type"], dict: KINDS["dict_type"],
}  # fmt: skip
OTHER = Text("合乎格式的值", "a value of the form")
DEEPEST = 8  # of a value in an edit: a list of lists, say


def _one_of(names: Iterable[str]) -> AfterValidator:
    known = tuple(names)

    def check(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("not_allowed", "not allowed", {"allowed": known})
        return value

    return AfterValidator(check)


def _plain(value: Any, depth: int = 0) -> Any:
    """Of what edits set: a value that JSON has, with finite numbers."""
    inner: Iterable[Any] = ()
    if isinstance(value, Mapping):
        inner = [*value, *value.values()]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inner = value
    elif not (value is None or isinstance(value, str) or (isinstance(value, int | float) and _finite(value))):
        raise PydanticCustomError("plain", "not plain")
    if depth > DEEPEST:
        raise PydanticCustomError("plain", "not plain")
    for each in inner:
        _plain(each, depth + 1)
    return value


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1)]
Seconds = Annotated[float, Field(ge=0)]
Plain = Annotated[Any, AfterValidator(_plain)]


class Part(BaseModel):
    """A part of the manifest: closed, with nothing converted, and without numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=())


class InstanceOf(Part):
    """The instance that was solved."""

    name: Name
    hash: Digest


class Title(Part):
    """A title in both languages."""

    zh: str
    en: str


class ScenarioOf(Part):
    """The scenario that was applied, or several as one, and of which it is made."""

    name: Name
    title: Title
    inherits: list[str]
    of: Annotated[list[Name], Field(min_length=2)] | None = None


class CellOf(Part):
    """A cell that an edit has changed."""

    table: str
    key: list[str]
    column: str
    old: Plain
    new: Plain


class EditOf(Part):
    """An edit as it was given."""

    file: str
    number: Annotated[int, Field(ge=1)]
    verb: str
    target: str
    where: str
    value: Plain
    why: str
    why_zh: str = ""
    then: bool = False
    overrides: list[str]
    cells: list[CellOf]


class StatusOf(Part):
    """Why the solver stopped, and how good the point is; a result that is written has one."""

    stopped: Annotated[str, _one_of(each for each in Stopped if each is not Stopped.INFEASIBLE)]
    quality: Annotated[str, _one_of(each for each in Quality if each is not Quality.NONE)]


class TierOf(Part):
    """What a tier reached."""

    tier: Name
    optimised: bool
    value: float
    bound: float | None
    gap: Annotated[float | None, Field(ge=0)]
    size: Annotated[float, Field(gt=0)]
    tolerance: Annotated[float | None, Field(ge=0)]
    seconds: Seconds


class ModelOf(Part):
    """What the model that was solved decides and asks for."""

    decisions: Annotated[list[str], Field(min_length=1)]
    families: Annotated[list[str], Field(min_length=1)]


class VerifiedOf(Part):
    """The verification when it was made."""

    passed: bool
    checks: Annotated[int, Field(ge=1)]
    worst: Annotated[float, Field(ge=0)]
    worst_at: str


class NoteOf(Part):
    """What a reader must know of how it was found."""

    code: Annotated[str, _one_of(NOTES)]
    amount: Annotated[float, Field(ge=0)]
    detail: str


class OptionsOf(Part):
    """Options of the run."""

    integers: bool
    facilities: Annotated[str, _one_of(("by_city", "joint"))]
    gap: Annotated[float, Field(ge=0)]
    time_limit: Annotated[float, Field(gt=0)]
    formulation: Name


class Host(Part):
    """Where it was made."""

    python: str
    system: str
    machine: str


class Manifest(Part):
    """The manifest of a result with an allocation, in memory."""

    format: int = Field(alias="schema")
    instance: InstanceOf
    scenario: ScenarioOf | None
    edits: list[EditOf]
    status: StatusOf
    tiers: Annotated[list[TierOf], Field(min_length=1)]
    model: ModelOf
    verified: VerifiedOf
    conflict: Annotated[list[str], Field(max_length=0)]
    floors: dict[str, float]
    notes: list[NoteOf]
    options: OptionsOf
    timings: dict[str, Seconds]
    versions: dict[str, str]
    host: Host


class Sealed(Manifest):
    """As it lies in a folder, with the SHA-256 of every file."""

    files: Annotated[dict[str, Digest], Field(min_length=1)]


class TierOf1(Part):
    """A tier as schema 1 had it."""

    tier: Name
    optimum: float | None
    value: float
    bound: float | None
    gap: Annotated[float | None, Field(ge=0)]
    size: Annotated[float, Field(ge=0)]
    tolerance: Annotated[float | None, Field(ge=0)]
    seconds: Seconds


class OptionsOf1(Part):
    """Options as schema 1 had them."""

    integers: bool
    gap: Annotated[float, Field(ge=0)]
    time_limit: Annotated[float, Field(gt=0)]
    formulation: Name


_OPTIONAL_MODEL: Any = (ModelOf, None)  # some of those that wrote schema 1 and 2 did not name what they solved
Manifest2 = create_model("Manifest2", __base__=Manifest, __doc__="Schema 2, without digests.", model=_OPTIONAL_MODEL)
Manifest1 = create_model(
    "Manifest1", __base__=Manifest, __doc__="Schema 1.", model=_OPTIONAL_MODEL, floors=(dict[str, float], {}),
    tiers=(Annotated[list[TierOf1], Field(min_length=1)], ...), notes=(list[str], ...), options=(OptionsOf1, ...),
)  # fmt: skip
FORMS: Mapping[int, type[Manifest]] = {1: Manifest1, 2: Manifest2, 3: Sealed}
"""Schema -> its form in a folder; the last one is written."""


def faults(manifest: object, form: type[BaseModel]) -> list[Text]:
    """What of a manifest is not of a form, a clause each without its full stop; none where all is.

    Args:
        manifest: as JSON gives it.
        form: of `FORMS`, or `Manifest` for one in memory.
    """
    try:
        form.model_validate(manifest)
    except ValidationError as error:
        return [_said(dict(fault), form) for fault in error.errors(include_url=False)]
    return []


def _said(fault: dict[str, Any], form: type[BaseModel]) -> Text:
    kind, place, context = str(fault["type"]), tuple(fault["loc"]), fault.get("ctx", {})
    if place and place[-1] == "[key]":
        place = place[:-1]
    model, key = _model(place[:-1], form), dotted(place) or "JSON"
    names = [] if model is None else [field.alias or name for name, field in model.model_fields.items()]
    if kind == "missing":
        right = _kind(model, place[-1])
        return Text(f"缺少 {key}，应有{right.zh}", f"{key} is missing; would be right: {right.en}")
    if kind == "extra_forbidden":
        key, right = shown_text(shortened(key)), Text("、".join(names), ", ".join(names))
        return Text(f"没有名为 {key} 的键，可用的键：{right.zh}", f"no key is called {key}; keys here are {right.en}")
    value = shown(fault["input"])
    if kind in RANGES:
        name, zh, en = RANGES[kind]
        right = Text(f"{zh} {figure(float(context[name]))}", f"{en} {figure(float(context[name]))}")
    elif kind == "not_allowed":
        allowed = [str(each) for each in context["allowed"]]
        right = Text("、".join(allowed), " or ".join(allowed))
    else:
        right = KINDS.get(kind, OTHER)
    return Text(f"{key} 为 {value}，应为：{right.zh}", f"{key} is {value}; would be right: {right.en}")


def shown(value: object) -> str:
    """A value of a manifest as a message shows it: one line, not long, and printable anywhere."""
    try:
        return shown_text(shortened(json.dumps(value, ensure_ascii=False, default=str)))
    except (ValueError, RecursionError):  # an integer too long to be written, a list too deep
        return "…"


def shown_text(text: str) -> str:
    """A text without what cannot be encoded."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _model(place: tuple[str | int, ...], form: type[BaseModel]) -> type[BaseModel] | None:
    """The part at a place; a list stands for its entries."""
    model: type[BaseModel] | None = form
    for name in place:
        if isinstance(name, str) and model is not None:
            field = next((one for known, one in model.model_fields.items() if name in (known, one.alias)), None)
            model = None if field is None else inner_model(field.annotation)
    return model


def _kind(model: type[BaseModel] | None, name: str | int) -> Text:
    """Of which kind a key is."""
    field = None if model is None else next(
        (one for known, one in model.model_fields.items() if name in (known, one.alias)), None
    )  # fmt: skip
    if field is None:
        return OTHER
    # Of a value that may be null, the other kind.
    kinds = (field.annotation, *get_args(field.annotation))
    return next((OF_TYPE[kind] for each in kinds if (kind := get_origin(each) or each) in OF_TYPE), OF_TYPE[dict])
