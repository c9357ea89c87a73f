"""Reading ``instance.toml``: what the settings' models refuse becomes findings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from alloc.instance.cells import number_meant
from alloc.instance.files.toml import parse_toml
from alloc.instance.findings import Finding, shortened
from alloc.instance.schema.settings import Settings
from alloc.instance.suggest import Known
from alloc.text import Text, figure

FILE = "instance.toml"
MOST_FAULTS = 200  # settings whose faults are told one by one
SCHEMA = 1  # the version of the format that is read here

RANGES = {
    "greater_than": ("gt", "大于", "above"),
    "greater_than_equal": ("ge", "至少", "at least"),
    "less_than": ("lt", "小于", "below"),
    "less_than_equal": ("le", "至多", "at most"),
}
"""Fault of pydantic -> the name of the limit, and words for it."""
_KINDS = {
    "float_type": Text("一个数，不加引号", "a number, without quotes"),
    "int_type": Text("一个整数", "a whole number"),
    "bool_type": Text("true 或 false", "true or false"),
    "string_type": Text("加引号的文本", "a text in quotes"),
    "model_type": Text("一个小节（键 = 值）", "a section of key = value"),
    "tuple_type": Text("方括号中的列表", "a list in square brackets"),
    "finite_number": Text("一个有限的数", "a finite number"),
    "string_pattern_mismatch": Text("只含字母、数字、_ - . 的名称", "a name of letters, digits, _ - and ."),
    "too_short": Text("至少一项", "at least one entry"),
    "too_long": Text("项数更少的列表", "a list with fewer entries"),
}


def parse_settings(text: str) -> tuple[Settings | None, list[Finding]]:
    """The settings from the text of ``instance.toml``; None and the findings where anything is wrong."""
    try:
        data = parse_toml(text)
    except ValueError as error:
        row = re.search(r"at line (\d+)", str(error))
        message = Text(f"不是有效的 TOML：{error}。", f"Not valid TOML: {error}.")
        remedy = Text("写成“键 = 值”，文本加引号。", "Write key = value, texts in quotes, lists in brackets.")
        return None, [_finding("toml_syntax", None, None, message, remedy, int(row[1]) if row else None)]
    return validate_settings(data)


def validate_settings(data: Mapping[str, Any]) -> tuple[Settings | None, list[Finding]]:
    """The settings from nested dictionaries as TOML gives them; None and the findings where anything is wrong."""
    version = data.get("schema")
    if isinstance(version, int) and version > SCHEMA:  # nothing else can be judged
        message = Text(
            f"算例按格式第 {version} 版写成，本版 alloc 只读第 {SCHEMA} 版。",
            f"The instance is written in version {version} of the format; this alloc reads version {SCHEMA}.",
        )
        remedy = Text("请更新 alloc。", "Use a newer alloc.")
        return None, [_finding("newer_schema", "schema", str(version), message, remedy)]
    try:
        return Settings.model_validate(data), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
        findings = [_translate(dict(fault)) for fault in faults[:MOST_FAULTS]]
        if len(faults) > MOST_FAULTS:
            more = len(faults) - MOST_FAULTS
            message = Text(f"另有 {more} 处设置错误未列出。", f"{more:,} more settings are wrong and not listed.")
            remedy = Text("先改正列出的各处。", "Mend those that are listed first.")
            findings.append(_finding("more_settings", None, None, message, remedy))
        return None, findings


def _translate(fault: dict[str, Any]) -> Finding:
    """One fault that pydantic names, as a finding."""
    kind, place, context = str(fault["type"]), tuple(fault["loc"]), fault.get("ctx", {})
    path = dotted(place)
    value = None if kind == "missing" else shortened(_shown(fault["input"]))
    if isinstance(context.get("message"), Text):
        if context["path"]:  # a fault between settings, found at their common root
            path, value = context["path"], None
        return _finding(kind, path, value, context["message"], context["remedy"])
    if kind == "missing":
        return _finding("missing_setting", path, None, Text("缺少这一设置。", "This setting is missing."), _what(place))
    if kind == "string_too_short":
        message = Text("这一设置是空的。", "This setting is empty.")
        return _finding("missing_setting", path, value, message, _what(place))
    if kind == "extra_forbidden":
        message = Text("没有这样的设置。", "There is no such setting.")
        remedy = Known(_keys(place[:-1])).remedy(str(place[-1]))
        return _finding("unknown_setting", path, value, message, remedy)
    if kind in RANGES:
        name, zh, en = RANGES[kind]
        limit = figure(float(context[name]))
        message = Text("超出允许范围。", "Outside the allowed range.")
        remedy = Text(f"应{zh} {limit}。", f"Would be right: {en} {limit}.")
        number = fault["input"]
        if name in ("lt", "le") and float(context[name]) == 1 and number <= 100:  # a percentage
            share = f"{number / 100:g}"
            remedy = Text(f"{remedy.zh}{number:g}% 写作 {share}。", f"{remedy.en} {number:g} % is written {share}.")
        return _finding("out_of_range", path, value, message, remedy)
    if kind == "literal_error":
        allowed = Known(re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]])
        message = Text("不是允许的取值。", "Not one of the allowed values.")
        return _finding("not_allowed", path, value, message, allowed.remedy(str(fault["input"])))
    words = _KINDS.get(kind)
    if words is None:
        return _finding("bad_setting", path, value, Text("取值不合规则。", "This value is not right."),
                        Text(f"{fault['msg']}。", f"{fault['msg']}."))  # fmt: skip
    message = Text("取值的类型不对。", "A value of the wrong kind.")
    if kind in ("float_type", "int_type") and isinstance(fault["input"], str):
        meant = number_meant(fault["input"])
        if meant is not None:
            remedy = Text(f"写作 {meant[0]}，不加引号。", f"Write {meant[0]}, without quotes.")
            return _finding("wrong_type", path, value, message, remedy)
    return _finding("wrong_type", path, value, message, Text(f"应为{words.zh}。", f"Would be right: {words.en}."))


def _finding(
    code: str, path: str | None, value: str | None, message: Text, remedy: Text, row: int | None = None
) -> Finding:
    return Finding("error", code, FILE, row, path, value, message, remedy)


def dotted(place: tuple[str | int, ...]) -> str | None:
    """``("policy", "debt", "tiers", 0, "below")`` as ``policy.debt.tiers[0].below``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return path.removeprefix(".") or None


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _model(place: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model of the section at a place; a list stands for its entries."""
    model: type[BaseModel] | None = Settings
    for part in place:
        if isinstance(part, str) and model is not None:
            field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
            model = inner_model(field.annotation) if field else None
    return model


def inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := inner_model(part))), None)


def _keys(place: tuple[str | int, ...]) -> list[str]:
    model = _model(place)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _what(place: tuple[str | int, ...]) -> Text:
    """What belongs at a place that is empty: title and unit."""
    if isinstance(place[-1], int):
        whole = _what(place[:-1])
        return Text(f"第 {place[-1] + 1} 项：{whole.zh}", f"Entry {place[-1] + 1}: {whole.en}")
    model, name = _model(place[:-1]), place[-1]
    field = next((f for key, f in model.model_fields.items() if name in (key, f.alias)), None) if model else None
    described = field.json_schema_extra if field else None
    if not isinstance(described, dict):
        return Text(f"写明 {name}。", f"Give {name}.")
    units = Text(str(described["unit_zh"]), str(described["unit_en"]))
    return Text(
        f"写明{described['title_zh']}" + (f"（{units.zh}）。" if units.zh else "。"),
        f"Give it: {described['title_en']}" + (f", {units.en}." if units.en else "."),
    )
