"""What columns, settings and their values are called, where an instance or a sentence has their machine names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import pandas as pd
from pydantic import BaseModel

from alloc.formulation.registry import catalogue, installed
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.policy import DebtTier
from alloc.instance.schema.settings import Settings, Tier
from alloc.instance.schema.stages import IN_CHINESE as STAGES_IN_CHINESE
from alloc.instance.schema.stages import STAGES
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

T = TypeVar("T")
LISTS: Mapping[str, type[BaseModel]] = MappingProxyType({"objective": Tier, "policy.debt.tiers": DebtTier})
_NAME = re.compile(r"(?P<before> ?)`(?P<path>[A-Za-z_]\w*(?:\.\w+)+)`(?P<behind> ?)")
OF = Text("{of}的{what}", "{what}: {of}")
QUOTED, BESIDE = Text("“{title}”", "“{title}”"), Text("“{title}”（{path}）", "“{title}” ({path})")
_TWICE = re.compile(r"(\w{2,}) ?“\1”")  # a title that stands before the name already
_IN_BRACKETS = Text("“{title}”，{path}", "“{title}”, {path}")  # brackets do not stand in brackets

# The values of enumerations in Chinese, by the name of their column; English readers have the values themselves.
VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "kind": {
        "land": "用地", "transfer": "转移支付", "bond": "债券",  # of pools
        "use": "共用", "move": "迁移",  # of links
        "employment": "就业", "insurance": "社会保险", "residence": "居住", "education": "教育", "housing": "住房",
        "other": "其他",  # of points
    },
    "use": {"general": "一般支出", "capital": "建设"},
    "bond_class": {"general": "一般债券", "special": "专项债券"},
    "basis": {
        "amount": "数额", "share": "比例", "per_resident": "人均数", "spending": "占建设支出",
        "relative": "与对照之比", "last_year": "上年数的倍数",
    },
    "sense": {"<=": "不高于", ">=": "不低于", "=": "等于"},
    "stage": {stage: STAGES_IN_CHINESE[stage] for stage in STAGES[:-1]},
    "zone": {"core": "核心区", "outer": "外围区"},
    "status": {"published": "公布", "derived": "推算", "estimated": "估计", "assumed": "假设"},
})  # fmt: skip
# The same of settings, by the last part of their path.
OF_SETTINGS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "stage": STAGES_IN_CHINESE,
    "facilities": {"by_city": "逐市选定", "joint": "联合求解"},
    "special_interest": {"general": "一般公共预算", "fund": "政府性基金"},
    "restricted_zones": VALUES["zone"],
    "formulation": {"annual": "年度模型"},
    "method": {"cvar": "最薄弱部分的平均", "leximin": "逐级最薄弱", "levelled": "拉平"},
})  # fmt: skip
# What a row of limits sums up, by the name before the colon.
OF_QUANTITIES: Mapping[str, Text] = MappingProxyType({
    "allocation": Text("分配", "allocation"), "transfers": Text("各项转移支付", "all transfers"),
    "bonds": Text("各类债券", "all bonds"), "settle": Text("落户人数", "persons who settle"),
    "added": Text("新增能力", "added capacity"), "land_use": Text("用地", "land"),
    "extend": Text("享有服务的未落户人口", "persons that services are extended to"),
    "spending": Text("建设支出", "spending on building"), "run": Text("当年完成", "done in the year"),
    "moved": Text("迁出能力", "capacity moved away"), "shared": Text("供出能力", "capacity kept for others"),
})  # fmt: skip


def column_title(table: str, column: str, language: str) -> str:
    """Title of a column, or of a setting by its path; the machine name where it has none."""
    if table in TABLES:
        known = TABLES[table].by_name.get(column)
        if known is not None:
            return known.title.said(language)
        return city_figure(column)[0].said(language) if table == "cities" else column
    model = LISTS.get(table, Settings)
    title = ""
    for name in re.sub(r"\[\d+\]", "", column).split("."):
        field = model.model_fields.get(name)
        described: Any = field.json_schema_extra if field else None
        title = str((described or {}).get(f"title_{language}", column))
        model = next(_models(field.annotation), Settings) if field else Settings
    return title


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def target_title(target: str, tables: Mapping[str, pd.DataFrame], language: str) -> str:
    """What an edit is about: a setting, a column, or a cell of a row; the machine name where it has no title.

    Args:
        target: as in an edit: ``policy.debt.ceiling``, ``pools.land.total``, ``objective.fairness.tolerance``.
        tables: of the instance, for the titles of rows.
        language: ``zh`` or ``en``.
    """
    table, *keys = target.split(".")
    if table not in TABLES and not (table in LISTS and keys):
        return column_title("settings", target, language)
    *keys, column = keys or [""]
    what = column_title(table, column, language)
    if what in (column, target):
        return target
    named = [_row_title(table, key, tables, language) for key in keys]
    of = "".join(named) if language == "zh" else ", ".join(named)
    of = of or (TABLES[table].title.said(language) if table in TABLES else "")
    return OF.said(language, of=of, what=what) if of else what


def _row_title(table: str, key: str, tables: Mapping[str, pd.DataFrame], language: str) -> str:
    """A row by its name: a tier, a row of its own table, or of those that its key is made of."""
    tiers = {name: tier.title for one in installed() for name, tier in catalogue(one).tiers.items()}
    if table in LISTS:
        return tiers[key].said(language) if key in tiers else key
    others = [column.references for column in TABLES[table].columns if column.key and column.references]
    for name in (table, *others):
        frame, first = tables.get(name), TABLES[name].key[0]
        title = next((each for each in (f"title_{language}", "name") if frame is not None and each in frame), "")
        if frame is not None and title and (found := frame.loc[frame[first] == key, title]).any():
            return str(found.iloc[0])
    return key


def value_title(name: str, value: str, language: str) -> str:
    """A value of an enumeration, by the column or the setting that holds it; English readers have it as it is."""
    last = name.rpartition(".")[2]
    known = {**VALUES.get(last, {}), **OF_SETTINGS.get(last, {})}
    return known.get(value, value) if language == "zh" else value


def value_named(name: str, text: str) -> str:
    """A value of an enumeration by its title in either language; a text that is no title of one stays as it is.

    Args:
        name: of the column or the setting that holds it.
        text: as it is written.
    """
    last = name.rpartition(".")[2]
    known = {**VALUES.get(last, {}), **OF_SETTINGS.get(last, {})}
    found = [value for value, title in known.items() if text.casefold() in (title.casefold(), value.replace("_", " "))]
    return found[0] if len(found) == 1 else text


def named(thing: T, language: str, beside: bool = False) -> T:
    """A text, or blocks with all of theirs, in which titles stand for the names that sentences have in backquotes.

    Args:
        thing: a text, or what is made of blocks, tuples of them and texts.
        language: ``zh`` or ``en``.
        beside: whether the names stay behind their titles, for who is to write them in an edit.

    Returns:
        The same where no name stands in it; a name without a title keeps its backquotes.
    """
    if isinstance(thing, str):
        found: Any = thing
        if "`" in thing:
            found = _TWICE.sub(r"“\1”", _NAME.sub(lambda name: _quoted(name, language, beside), thing))
        return found  # type: ignore[no-any-return]
    if isinstance(thing, tuple):
        parts: Any = tuple(named(each, language, beside) for each in thing)
        return thing if all(a is b for a, b in zip(parts, thing, strict=True)) else parts
    if is_dataclass(thing) and not isinstance(thing, type):
        held = {each.name: getattr(thing, each.name) for each in fields(thing)}
        new = {
            name: changed for name, value in held.items() if (changed := named(value, language, beside)) is not value
        }
        return replace(thing, **new) if new else thing
    return thing


def named_text(text: Text) -> Text:
    """A text with titles for the names in both of its languages."""
    return Text(named(text.zh, "zh"), named(text.en, "en"))


def _quoted(name: re.Match[str], language: str, beside: bool) -> str:
    path = name["path"]
    table, _, column = path.rpartition(".")
    title = column_title(*((table, column) if table in TABLES or table in LISTS else ("settings", path)), language)
    if title in (path, column):
        return name[0]
    bracketed = name.string[: name.start()].endswith(("（", "("))
    said = ((_IN_BRACKETS if bracketed else BESIDE) if beside else QUOTED).said(language, title=title, path=path)
    return said if language == "zh" else f"{name['before']}{said}{name['behind']}"
