"""The settings as a sheet has them: a row for every value, a small table for every list of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from alloc.content.places import TIER_TITLES
from alloc.content.titles import OF_SETTINGS
from alloc.formulation.columns import NO_UNIT
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.schema.policy import DebtTier, Policy
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.workbook.layout import FLAGS

Kind = Literal["section", "table", "number", "whole", "flag", "text", "choice"]

HEADS = (
    Text("设置项", "Setting"),
    Text("名称", "Title"),
    Text("取值", "Value"),
    Text("单位", "Unit"),
    Text("取值范围与说明", "Range and note"),
)
PATH, TITLE, VALUE, UNIT, NOTE = range(5)  # columns; the entries of a list start under VALUE, too
NOTHING = Text("无", "none")  # a list without entries: an empty cell would say that nothing is given
SIZE_CLASSES: Mapping[str, Text] = MappingProxyType({
    "megacity": Text("超大城市", "10 million and more"),
    "very_large": Text("特大城市", "5 to 10 million"),
    "large_1": Text("Ⅰ型大城市", "3 to 5 million"),
    "large_2": Text("Ⅱ型大城市", "1 to 3 million"),
    "medium": Text("中等城市", "500,000 to 1 million"),
    "small_1": Text("Ⅰ型小城市", "200,000 to 500,000"),
    "small_2": Text("Ⅱ型小城市", "below 200,000"),
})  # fmt: skip

_SECTION_TITLES = {"": Text("基本设置", "The instance")}
_LIMITS = {"ge": ("至少", "at least"), "gt": ("大于", "above"), "le": ("至多", "at most"), "lt": ("小于", "below")}


@dataclass(frozen=True)
class Setting:
    """One setting, a section of settings, or a list of entries that have settings of their own.

    Attributes:
        path: dotted as in TOML; inside an entry the name alone.
        kind: what it holds, or what the items of a list hold; ``table`` is a list of entries.
        title: the field's own term.
        unit: fixed unit.
        note: range, allowed values and what holds where nothing is given.
        listed: a list of values.
        required: has to be given.
        choices: allowed values.
        parts: of a section or of the entries of a table.
        formerly: titles that it had before and that are still read.
        words: values that have words in Chinese, where others may stand too.
        twin: the setting that says the same in the other language.
    """

    path: str
    kind: Kind
    title: Text
    unit: Text
    note: Text
    listed: bool = False
    required: bool = True
    choices: tuple[str, ...] = ()
    parts: tuple[Setting, ...] = ()
    formerly: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    twin: str = ""

    def required_in(self, language: str) -> bool:
        """Whether readers of a language are asked for it: of two that say the same, for the one in theirs."""
        return self.required and (not self.twin or self.name == language)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


def flatten(settings: Iterable[Setting]) -> Iterator[Setting]:
    """Sections and what is in them, one after the other; entries of lists stay inside."""
    for setting in settings:
        yield setting
        if setting.kind == "section":
            yield from flatten(setting.parts)


def _describe(model: type[BaseModel], prefix: str = "") -> tuple[Setting, ...]:
    return tuple(_setting(f"{prefix}{info.alias or name}", info, _words(model, name))
                 for name, info in model.model_fields.items())  # fmt: skip


def _words(model: type[BaseModel], name: str) -> Mapping[str, str]:
    """What the values of a setting are called in Chinese; a tier of debt keeps its name, by which edits call it."""
    if (model, name) == (DebtTier, "name"):
        return {code: with_code(zh, code) for code, (zh, _) in TIER_TITLES.items()}
    if issubclass(model, Policy) and name == "levels":
        return {column.name: column.title.zh for column in TABLES["cities"].columns}
    return OF_SETTINGS.get(name, {})


def with_code(words: str, code: str) -> str:
    """A value that conditions and edits call by its code, as a cell shows it."""
    return f"{words}（{code}）"


def _setting(path: str, info: FieldInfo, words: Mapping[str, str]) -> Setting:
    described = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    title = Text(str(described.get("title_zh", "格式版本")), str(described.get("title_en", info.title)))
    unit = Text(str(described.get("unit_zh", "")), str(described.get("unit_en", "")))
    model, listed = inner_model(info.annotation), get_origin(info.annotation) is tuple
    if model is not None:
        parts = _describe(model, "" if listed else f"{path}.")
        kind_of: Kind = "table" if listed else "section"
        return Setting(path, kind_of, title, unit, NO_UNIT, listed, info.is_required(), parts=parts)
    kind, choices = _kind(info.annotation)
    note = _note(info, choices, words)
    former: Any = described.get("formerly", ())
    twin = str(described.get("twin", ""))
    if twin:
        note = Text("中文、英文填一个即可", "one of the two languages is enough")
    return Setting(path, kind, title, unit, note, listed, info.is_required(), choices, formerly=tuple(former),
                   words=words, twin=twin)  # fmt: skip


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    """What the leaves of a type are, and their allowed values."""
    leaves = list(_leaves(annotation))
    words = tuple(leaf for leaf in leaves if isinstance(leaf, str))
    if words:
        return "choice", words
    kinds: tuple[tuple[object, Kind], ...] = ((bool, "flag"), (float, "number"), (str, "text"))
    return next((kind for type_, kind in kinds if type_ in leaves), "whole"), ()


def _leaves(annotation: Any) -> Iterator[object]:
    """Types and literal values inside a type."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin is Literal:
        yield from get_args(annotation)
    elif origin is None:
        yield annotation
    else:
        for part in get_args(annotation):
            if part not in (NoneType, ...):
                yield from _leaves(part)


def _note(field: FieldInfo, choices: Sequence[str], words: Mapping[str, str]) -> Text:
    """What may stand in a setting, and what holds where it is empty; ``words`` are those of its values in Chinese."""
    limits = [
        Text(f"{zh} {value}", f"{en} {value}")
        for name, (zh, en) in _LIMITS.items()
        for rule in field.metadata
        if (value := getattr(rule, name, None)) is not None
    ]
    parts = (
        [Text("，".join(limit.zh for limit in limits), " and ".join(limit.en for limit in limits))] if limits else []
    )
    if choices and set(choices) <= set(SIZE_CLASSES):
        parts.append(
            Text("可多选，以逗号分隔；没有则写“无”", "several, apart by commas; write none where there are none")
        )
    elif choices:
        parts.append(Text("、".join(words.get(each, each) for each in choices), ", ".join(choices)))
    elif get_origin(field.annotation) is tuple:
        parts.append(Text("以逗号分隔", "apart by commas"))
    if not field.is_required():
        default = field.default
        told = ", ".join(default) if isinstance(default, tuple) else str(default).removesuffix(".0")
        shown = FLAGS[default] if isinstance(default, bool) else Text(words.get(told, told), told)
        apart = " " if shown.zh.isascii() else ""
        parts.append(Text("可不填", "may be empty") if default is None or not told
                     else Text(f"空缺为{apart}{shown.zh}", f"empty: {shown.en}"))  # fmt: skip
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


SETTINGS: tuple[Setting, ...] = _describe(Settings)
BY_PATH: Mapping[str, Setting] = MappingProxyType({setting.path: setting for setting in flatten(SETTINGS)})


def section_title(path: str) -> Text:
    """The heading above the settings of a section."""
    if path in _SECTION_TITLES:
        return _SECTION_TITLES[path]
    return BY_PATH[path].title


def lookup(data: Mapping[str, Any], path: str) -> Any:
    """What nested settings hold at a dotted path; None where there is nothing."""
    found: Any = data
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def unknown_settings(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Paths and values in nested settings that no setting has; the entries of lists are not looked into."""
    for name, value in data.items():
        path = f"{prefix}{name}"
        setting = BY_PATH.get(path)
        if isinstance(value, Mapping) and (setting is None or setting.kind == "section"):
            yield from unknown_settings(value, f"{path}.")
        elif setting is None or setting.kind == "section":
            yield path, value


def tidy(data: Mapping[str, Any]) -> dict[str, Any]:
    """Nested settings without what says nothing: empty texts, sections and entries, and lists without entries."""
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, Mapping):
            value = tidy(value) or None
        elif isinstance(value, list | tuple):
            value = [tidy(entry) if isinstance(entry, Mapping) else entry for entry in value]
            of_entries = all(isinstance(entry, Mapping) for entry in value)
            value = [entry for entry in value if entry != {}] if of_entries and value else value
        if value is not None and value != "":
            kept[name] = value
    return kept
