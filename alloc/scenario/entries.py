"""An edit as it stands in a scenario's file, one ``[[edit]]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from alloc.instance.findings import Finding
from alloc.instance.suggest import Known
from alloc.scenario.edits import Edit, Origin, Verb
from alloc.scenario.typed import WRONG_TYPE
from alloc.text import Text

VERBS: tuple[Verb, ...] = get_args(Verb)
VALUES: Mapping[Verb, str] = {"set": "to", "add": "by", "scale": "by", "at_most": "to", "at_least": "to"}
ROW = "row"
_TEXT = Text("应为加引号的文本。", "Would be right: a text in quotes.")


def read_entry(entry: Any, origin: Origin) -> tuple[Edit | None, list[Finding]]:
    """The edit in an entry, and what is wrong with it; None where it cannot be used."""
    if not isinstance(entry, dict):
        remedy = Text("每条编辑写一个 [[edit]]。", "Write one [[edit]] for each edit.")
        return None, [Edit("set", "edit", origin=origin).finding("wrong_type", WRONG_TYPE, remedy, value=entry)]
    verbs = [verb for verb in VERBS if verb in entry]
    if len(verbs) != 1:
        return None, [_verb_finding(entry, verbs, origin)]
    (verb,) = verbs
    target, where, why = entry[verb], entry.get("where", ""), entry.get("why", "")
    named = VALUES.get(verb, "")
    if verb == "add" and ROW in entry:
        named = ROW
    edit = Edit(verb, str(target), entry.get(named), str(where), str(why), origin)
    findings = [
        edit.finding("wrong_type", WRONG_TYPE, _TEXT, column=name, value=text)
        for name, text in ((verb, target), ("where", where), ("why", why))
        if not isinstance(text, str)
    ]
    allowed = [verb, "where", "why", *([named] if named else [])]
    for name in entry:
        if name not in allowed:
            message = Text("{verb} 没有这个键。", "{verb} takes no such key.").fill(verb=verb)
            findings.append(edit.finding("unknown_key", message, Known(allowed).remedy(name), column=name))
    if named and named not in entry:
        message = Text("没有写明值。", "The value is missing.")
        remedy = Text(f"写作 {named} = …。", f"Write {named} = …")
        if verb == "add":
            remedy = Text("写作 by = 数，或 row = { 列 = 值 }。", "Write by = number, or row = { column = value }.")
        findings.append(edit.finding("missing_value", message, remedy, column=named))
    elif named == ROW and not isinstance(edit.value, dict):
        remedy = Text("写作 row = { 列 = 值 }。", "Write row = { column = value }.")
        findings.append(edit.finding("wrong_type", WRONG_TYPE, remedy, column=ROW, value=edit.value))
    elif named == "by" and isinstance(edit.value, dict):
        remedy = Text("新增一行写作 row = { … }。", "A new row is written row = { … }.")
        findings.append(edit.finding("wrong_type", WRONG_TYPE, remedy, column="by"))
    return (None if findings else edit), findings


def _verb_finding(entry: Mapping[str, Any], verbs: list[Verb], origin: Origin) -> Finding:
    names = ", ".join(entry) or "edit"
    edit = Edit("set", names, origin=origin)
    if verbs:
        message = Text("一条编辑只能有一个动词。", "An edit has one verb.")
        return edit.finding("several_verbs", message, Text("拆成几条 [[edit]]。", "Write several [[edit]]."))
    others = [name for name in entry if name not in (*VALUES.values(), ROW, "where", "why")]
    message = Text("没有动词，不知道要改什么。", "There is no verb: what is to be changed is not said.")
    return edit.finding("unknown_verb", message, Known(VERBS).remedy(others[0] if others else ""))
