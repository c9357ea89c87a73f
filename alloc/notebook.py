"""What a notebook shows of an instance, a result, a session or a comparison: a small table, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import tier_unit
from alloc.content.numbers import head, shown
from alloc.content.tables import table
from alloc.formulation.registry import catalogue_for
from alloc.instance.instance import Instance
from alloc.output import show
from alloc.result.instance_text import overview
from alloc.result.notes import note_lines
from alloc.result.result import Result
from alloc.result.summary import status_line, tiers_table
from alloc.session import Session
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.comparison import Comparison

# Styles stand at the elements: notebooks leave out style sheets, and have colours of their own, light or dark.
_BOX = "font-family:system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;font-size:13px;line-height:1.5"
_QUIET = "opacity:.65"
_HEAD = "font-weight:600;border-bottom:1px solid currentColor;padding:2px 10px;text-align:{side};vertical-align:bottom"
_CELL = "padding:2px 10px;text-align:{side};white-space:nowrap"
SIGNS = {"set": "=", "add": "+=", "scale": "*=", "at_most": "<=", "at_least": ">=", "drop": "", "merge": "into"}


def as_html(thing: Instance | Result | Session | Comparison) -> str:
    """An instance, a result, a session or a comparison as a piece of HTML; every text of it is escaped.

    Args:
        thing: as notebooks show it, in Chinese and in English.

    Returns:
        One ``div``.
    """
    if isinstance(thing, Instance):
        return _box(_instance(thing))
    if isinstance(thing, Session):
        edits = [_edit(each) for each in thing.result.manifest["edits"]]
        count = Text(f"会话：{len(edits)} 条修改生效", f"Session: {len(edits)} edit{'s' * (len(edits) != 1)} in force")
        return _box([_title(count), *(_line(Text(edit, edit)) for edit in edits), *_result(thing.result)])
    return _box(_result(thing) if isinstance(thing, Result) else _comparison(thing))


def _edit(edit: Mapping[str, Any]) -> str:
    """An edit of a manifest nearly as it is written."""
    sign, where = SIGNS[edit["verb"]], f" where {edit['where']}" if edit["where"] else ""
    if not sign:
        return f"drop {edit['target']}{where}"
    return f"{'merge ' if sign == 'into' else ''}{edit['target']} {sign} {edit['value']}{where}"


def _result(result: Result) -> list[str]:
    if not result.has_solution:
        said = (show(result, language).split("\n") for language in ("zh", "en"))
        return [_title_of(result.instance), *(_line(Text(*both)) for both in zip(*said, strict=True))]
    notes = [Text(*both) for both in zip(note_lines(result, "zh"), note_lines(result, "en"), strict=True)]
    return [
        _title_of(result.instance),
        _line(_status(result)),
        *(_line(Text(f"！{note.zh}", f"! {note.en}")) for note in notes),
        _table(tiers_table(result, "zh"), tiers_table(result, "en")),
        _foot(f"{result.name} · {result.instance.hash[:12]}"),
    ]


def _status(result: Result) -> Text:
    return Text(status_line(result, "zh"), status_line(result, "en"))


def _title_of(instance: Instance) -> str:
    return _title(Text(instance.settings.title.zh, instance.settings.title.en))


def _instance(instance: Instance) -> list[str]:
    tables = [overview(instance, language) for language in ("zh", "en")]
    warnings = len(instance.warnings)
    return [
        _title_of(instance),
        _table(*tables),
        *([_line(Text(f"提示 {warnings} 个", f"{warnings} warnings"))] if warnings else []),
        _foot(f"{instance.name} · {instance.hash[:12]}"),
    ]


def _comparison(comparison: Comparison) -> list[str]:
    verdict = Text("完全相同", "identical") if comparison.identical else Text("有差别", "different")
    heads = {"zh": ["目标", "单位", *comparison.letters], "en": ["tier", "unit", *comparison.letters]}
    tiers = {
        name: tier for each in comparison.results for name, tier in catalogue_for(each.instance.settings).tiers.items()
    }
    values = [{str(each["tier"]): each["value"] for each in result.manifest["tiers"]} for result in comparison.results]
    order = list(dict.fromkeys(name for each in values for name in each))
    tables = {}
    for language in ("zh", "en"):
        rows: list[Row] = []
        for name in order:
            given = [each.get(name, float("nan")) for each in values]
            unit, decimals = tier_unit(
                tiers[name].unit, max((abs(each) for each in given if each == each), default=0.0)
            )
            amounts = (Amount(each / unit.size, decimals) for each in given)
            rows.append((tiers[name].title.said(language), unit.said(language), *amounts))
        tables[language] = table("tiers", "", heads[language], "ll" + "r" * len(values), rows)
    named = list(zip(comparison.letters, comparison.names, map(_status, comparison.results), strict=True))
    return [
        _title(Text(f"比较：{verdict.zh}", f"Comparison: {verdict.en}")),
        *(_line(Text(f"{mark} {name}：{said.zh}", f"{mark} {name}: {said.en}")) for mark, name, said in named),
        _table(tables["zh"], tables["en"]),
    ]


def _box(parts: Iterable[str]) -> str:
    return f'<div style="{_BOX}">{"".join(parts)}</div>'


def _both(words: Text) -> str:
    """Chinese and then, quieter, English; once where they are the same."""
    if words.zh == words.en:
        return escape(words.zh)
    return f'{escape(words.zh)} <span style="{_QUIET}">{escape(words.en)}</span>'


def _title(words: Text) -> str:
    return f'<div style="font-weight:600;font-size:15px">{_both(words)}</div>'


def _line(words: Text) -> str:
    if words.zh == words.en:
        return f"<div>{escape(words.zh)}</div>"
    return f'<div>{escape(words.zh)}</div><div style="{_QUIET}">{escape(words.en)}</div>'


def _foot(text: str) -> str:
    return f'<div style="{_QUIET};font-size:11px">{escape(text)}</div>'


def _table(chinese: Table, english: Table) -> str:
    """The same table in both languages as one."""
    sides = ["right" if column.right else "left" for column in chinese.columns]
    cells = zip(shown(chinese, "zh", arrows=False).rows, shown(english, "en", arrows=False).rows, strict=True)
    titles = ([head(each, "zh") for each in chinese.columns], [head(each, "en") for each in english.columns])
    heads = _row("th", _HEAD, *titles, sides)
    rows = (_row("td", _CELL, *pair, sides) for pair in cells)
    return f'<table style="border-collapse:collapse;margin:6px 0;font-size:inherit">{heads}{"".join(rows)}</table>'


def _row(tag: str, style: str, chinese: Sequence[str], english: Sequence[str], sides: Sequence[str]) -> str:
    cells = (
        f'<{tag} style="{style.format(side=side)}">{_both(Text(zh, en))}</{tag}>'
        for zh, en, side in zip(chinese, english, sides, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"
