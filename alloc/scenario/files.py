"""Scenarios of an instance: files ``scenarios/NAME.toml`` beside its tables, or a sheet of its workbook.

title = { zh = "…", en = "…" }
inherits = "another-scenario"        # may be left out; its edits come first, and these override them

[[edit]]                             # exactly one verb: set … to, add … by, scale … by, at_most … to,
scale = "cities.fund_revenue"        # at_least … to, drop …, merge … into
where = "region == 'northeast'"      # may be left out: all rows
by = 0.8
why = "land market of 2021"          # may be left out
why_zh = "2021 年土地市场"           # may be left out: as Chinese reports say it
optional = true                      # may be left out: the edit may select nothing, which is an error otherwise

[[edit]]                             # a new row
add = "limits"
row = { limit = "…", quantity = "settle", where = "…", sense = ">=", value = 1000, basis = "amount" }
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from unicodedata import normalize

from alloc.instance.cells import plain_width
from alloc.instance.files.raw import Unreadable, read_text
from alloc.instance.files.toml import parse_toml
from alloc.instance.findings import Finding, InputError, errors, sort_findings
from alloc.instance.instance import Instance
from alloc.instance.named import MORE
from alloc.instance.suggest import MEANT, ONE_OF, Known
from alloc.scenario.applying import apply
from alloc.scenario.edits import BETWEEN, ROW, VALUES, Edit, Edited, Origin, Scenario, Script, Verb
from alloc.scenario.lines import read_lines
from alloc.scenario.typed import WRONG_TYPE
from alloc.text import Text, listed

SHOWN = 12  # scenarios that are named where none is known by a name
FOLDER = "scenarios"
ENDING = ".toml"
KEYS = ("title", "inherits", "edit")
_NO_KEY = Text("情景文件中没有这个键。", "A scenario has no such key.")
_TOML = Text("写成“键 = 值”，文本加引号。", "Write key = value, texts in quotes, lists in brackets.")
_TITLE = Text('写作 title = { zh = "…", en = "…" }。', 'Write title = { zh = "…", en = "…" }.')
_INHERITS = Text("应为一个情景的名称。", "Would be right: the name of one scenario.")
_EDITS = Text("每条修改写一个 [[edit]]。", "Write one [[edit]] for each edit.")
VERBS: tuple[Verb, ...] = get_args(Verb)
_TEXT = Text("应为加引号的文本。", "Would be right: a text in quotes.")


def scenarios(home: Path) -> tuple[str, ...]:
    """The names of the scenarios of an instance, a folder or a workbook, sorted."""
    return tuple(sorted(script.name for script in scripts(home)[0]))


def scripts(home: Path) -> tuple[list[Script], list[Finding]]:
    """The scenarios of an instance as they are written, right or wrong, and what is wrong with their sheet.

    Args:
        home: the folder or the workbook of the instance.
    """
    if home.is_file():
        from alloc.workbook.read.scenarios import scenario_sheet  # whose library most instances do not need

        return scenario_sheet(home)
    return [_script(path) for path in _files(home)], []


def _files(instance_folder: Path) -> list[Path]:
    """The files of the scenarios of an instance, by name; whatever signs a name has."""
    found = (instance_folder / FOLDER).glob(f"*{ENDING}")
    return sorted((path for path in found if path.is_file()), key=lambda path: path.stem)


def load_scenario(home: Path, name: str) -> Scenario:
    """A scenario with everything that it inherits; its edits are not yet held against any instance.

    Args:
        home: the folder or the workbook of the instance.
        name: of one of its scenarios; or the path of a file ``….toml`` elsewhere, which may inherit any of them.

    Raises:
        InputError: with everything that is wrong with it or with what it inherits.
    """
    scenario, findings = read_scenario(home, name)
    if scenario is None or errors(findings):
        raise InputError(findings)
    return scenario


def with_edits(
    instance: Instance,
    home: Path,
    scenario: str | Sequence[str] | None = None,
    lines: Sequence[str] = (),
    check: bool = True,
) -> Edited:
    """An instance with scenarios, in their order, and then lines of the command line applied.

    Raises:
        InputError: with everything that is wrong with any of them.
    """
    found, findings = read_scenario(home, scenario) if scenario else (None, [])
    edits = list(found.edits) if found else []
    level = 1 + max((edit.origin.level for edit in edits), default=-1)
    more, faults = read_lines(lines, level)
    edits, findings = [*edits, *more], [*findings, *faults]
    try:
        edited = apply(instance, edits, check)
    except InputError as error:
        raise InputError([*findings, *error.findings]) from None
    if errors(findings):
        raise InputError([*findings, *edited.findings])
    return replace(edited, scenario=found, findings=sort_findings([*findings, *edited.findings]))


def check_scenarios(instance: Instance | None, home: Path, check: bool = True) -> list[Finding]:
    """Everything that is wrong or doubtful about the scenarios of an instance, each held against it by itself.

    Args:
        instance: None: it cannot be read, and only what the scenarios show by themselves is looked at.
        home: its folder or workbook.
        check: whether what a scenario makes is checked too; not where the instance is wrong itself.
    """
    every, findings = scripts(home)
    for script in every:
        if instance is None:
            findings += [*script.findings, *script.faults]
            continue
        try:
            findings += with_edits(instance, home, script.name, check=check).findings
        except InputError as error:
            findings += error.findings
    return list(dict.fromkeys(findings))


def read_scenario(home: Path, name: str | Sequence[str]) -> tuple[Scenario | None, list[Finding]]:
    """What can be read of a scenario, and everything that is wrong with it; None where there is no such file.

    Several are read as one: each starts from what those before it have made, as if it inherited them. What two of them
    inherit comes once, where the first of them has it.
    """
    names = [name] if isinstance(name, str) else list(name)
    chains: list[list[Script]] = []
    findings: list[Finding] = []
    sheet: list[Script] = []
    if home.is_file():
        sheet, found = scripts(home)
        findings += found
    for each in names:
        chain, found = _chain(home, sheet, each)
        findings += found
        chains += [chain] if chain else []
    if not chains:
        return None, findings
    every = {script.at: script for chain in chains for script in reversed(chain)}
    edits: list[Edit] = []
    for level, script in enumerate(every.values()):
        edits += script.on_level(level)
        findings += script.faults
    own = tuple(chain[0].name for chain in chains)
    titles = [chain[0].title for chain in chains]
    title = Text(BETWEEN["zh"].join(each.zh for each in titles), BETWEEN["en"].join(each.en for each in titles))
    inherits = tuple(dict.fromkeys(script.name for chain in chains for script in chain[1:]))
    return Scenario("+".join(own), title, tuple(edits), inherits, own if len(own) > 1 else ()), findings


def _chain(home: Path, sheet: Sequence[Script], name: str) -> tuple[list[Script], list[Finding]]:
    """A scenario and what it inherits, the nearest first, and what is wrong with them outside their edits."""
    chain: list[Script] = []
    findings: list[Finding] = []
    nearer: Script | None = None
    while name:
        script = _named(home, sheet, name)
        if script is None or script.at in [each.at for each in chain]:
            findings.append(_no_scenario(home, sheet, name, nearer, cycle=script is not None))
            break
        findings += script.findings
        chain.append(script)
        nearer, name = script, script.inherits
    return chain, findings


def _named(home: Path, sheet: Sequence[Script], name: str) -> Script | None:
    """The scenario of a name or a title, on the sheet of a workbook or a file; None where there is none, or several."""
    try:
        if name.endswith(ENDING) and Path(name).is_file():
            return _script(Path(name).resolve())
        wanted = normalize("NFC", name)  # as typed; some systems keep names of files decomposed
        if home.is_file():
            found = next((script for script in sheet if normalize("NFC", script.name) == wanted), None)
        else:
            named = (path for path in _files(home) if normalize("NFC", path.stem) == wanted)
            found = next((_script(path.resolve()) for path in named), None)
        return found or _titled(home, sheet, wanted)
    except (OSError, ValueError):  # a name that no file can have
        return None


def _titled(home: Path, sheet: Sequence[Script], title: str) -> Script | None:
    """The one scenario of a title, in either language; None where there is none, or several."""
    every = sheet if home.is_file() else [_script(path.resolve()) for path in _files(home)]
    wanted = plain_width(title).casefold()
    found = [script for script in every if wanted in {plain_width(words).casefold() for words in script.title}]
    return found[0] if len(found) == 1 else None


def _nearest(scripts: Sequence[Script], name: str) -> Text:
    """What would be right instead of the name of a scenario: the nearest by name or title, and some with titles."""
    shown = {
        script.name: Text(script.name, script.name) if script.name in script.title
        else Text(f"{script.name}（{script.title.zh}）", f"{script.name} ({script.title.en})")
        for script in sorted(scripts, key=lambda each: each.name)
    }  # fmt: skip
    if not shown:
        return Known([]).remedy(name)
    whose = {words: script.name for script in scripts for words in (*script.title, script.name)}
    near = whose.get(Known(whose).nearest(name) or "")
    more = [MORE.fill(count=len(shown))] if len(shown) > SHOWN else []
    every = ONE_OF.fill(every=listed([*list(shown.values())[:SHOWN], *more]))
    if near is None:
        return every
    meant = MEANT.fill(nearest=shown[near])
    return Text(meant.zh + every.zh, f"{meant.en} {every.en}")


def _no_scenario(home: Path, sheet: Sequence[Script], name: str, nearer: Script | None, cycle: bool) -> Finding:
    file, row = (nearer.file, nearer.row) if nearer else (name, None)
    column = "inherits" if nearer else None
    if cycle:
        message = Text("继承成环：{name} 又继承了自己。", "The scenarios inherit in a circle, through {name}.")
        remedy = Text("删去其中一处 inherits。", "Leave one inherits out.")
        return Finding("error", "inherits_cycle", file, row, column, name, message.fill(name=name), remedy)
    message = Text("没有这个情景。", "There is no such scenario.")
    there = sheet or scripts(home)[0]
    remedy = _nearest(there, name)
    if not there and nearer is None:
        if not name.endswith(".toml"):
            message = Text("{home} 没有情景。", "{home} has no scenarios.").fill(home=home.name)
        remedy = Text(
            "给出情景文件的路径（….toml），或直接写修改。", "Give the path of a scenario's file (….toml), or edits."
        )
    if home.is_file() and not sheet:
        message = Text("工作簿的“情景”表里没有情景。", "The workbook has no scenario on a sheet Scenarios.")
        remedy = Text(
            "在“情景”表里写下情景及其修改，或给出情景文件的路径（….toml），或直接写修改。",
            "Write it there with its edits, give the path of a scenario's file (….toml), or give edits.",
        )
    return Finding("error", "unknown_scenario", file, row, column, name if nearer else None, message, remedy)


def _script(path: Path) -> Script:
    """The scenario in a file."""
    data, findings = _read(path)
    title, inherits, entries = (data.get(key) for key in KEYS)
    words = Text(str(title.get("zh")), str(title.get("en"))) if isinstance(title, dict) else Text(path.stem, path.stem)
    edits: list[Edit] = []
    faults: list[Finding] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        edit, found = read_entry(entry, Origin(path.name, number))
        edits += [edit] if edit else []
        faults += found
    above = inherits if isinstance(inherits, str) else ""
    return Script(path, path.name, path.stem, words, above, tuple(edits), tuple(findings), tuple(faults))


def _read(path: Path) -> tuple[Mapping[str, Any], list[Finding]]:
    """The TOML of a file, and what is wrong with it outside its edits."""
    try:
        data = parse_toml(read_text(path))
    except Unreadable as error:
        return {}, [error.finding]
    except ValueError as error:
        row = re.search(r"at line (\d+)", str(error))
        message = Text(f"不是有效的 TOML：{error}。", f"Not valid TOML: {error}.")
        return {}, [
            Finding("error", "toml_syntax", path.name, int(row[1]) if row else None, None, None, message, _TOML)
        ]
    faults: list[tuple[str, str, Text, Text]] = []
    for key in data:
        if key not in KEYS:
            faults.append(("unknown_key", key, _NO_KEY, Known(KEYS).remedy(key)))
    title = data.get("title")
    titles = [title.get(language) for language in ("zh", "en")] if isinstance(title, dict) else []
    if not titles or not all(isinstance(words, str) and words for words in titles):
        faults.append(("no_title", "title", Text("缺少中英文标题。", "A title in both languages is missing."), _TITLE))
    if not isinstance(data.get("inherits", ""), str):
        faults.append(("wrong_type", "inherits", WRONG_TYPE, _INHERITS))
    if not isinstance(data.get("edit", []), list):
        faults.append(("wrong_type", "edit", WRONG_TYPE, _EDITS))
    return data, [
        Finding("error", code, path.name, None, key, None, said, remedy) for code, key, said, remedy in faults
    ]


def read_entry(entry: Any, origin: Origin) -> tuple[Edit | None, list[Finding]]:
    """The edit in an entry, and what is wrong with it; None where it cannot be used."""
    if not isinstance(entry, dict):
        return None, [Edit("set", "edit", origin=origin).finding("wrong_type", WRONG_TYPE, _EDITS, value=entry)]
    verbs = [verb for verb in VERBS if verb in entry]
    if len(verbs) != 1:
        return None, [_verb_finding(entry, verbs, origin)]
    (verb,) = verbs
    target = entry[verb]
    where, why, why_zh = (entry.get(name, "") for name in ("where", "why", "why_zh"))
    named = VALUES.get(verb, "")
    if verb == "add" and ROW in entry:
        named = ROW
    optional = entry.get("optional", False)
    edit = Edit(verb, str(target), entry.get(named), str(where), str(why), origin, optional is True,
                str(why_zh))  # fmt: skip
    findings = [
        edit.finding("wrong_type", WRONG_TYPE, _TEXT, column=name, value=text)
        for name, text in ((verb, target), ("where", where), ("why", why), ("why_zh", why_zh))
        if not isinstance(text, str)
    ]
    if not isinstance(optional, bool):
        remedy = Text("应为 true 或 false。", "Would be right: true or false.")
        findings.append(edit.finding("wrong_type", WRONG_TYPE, remedy, column="optional", value=optional))
    allowed = [verb, "where", "why", "why_zh", "optional", *([named] if named else [])]
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
        message = Text("一条修改只能有一个动词。", "An edit has one verb.")
        return edit.finding("several_verbs", message, Text("拆成几条 [[edit]]。", "Write several [[edit]]."))
    others = [name for name in entry if name not in (*VALUES.values(), ROW, "where", "why", "why_zh", "optional")]
    message = Text("没有动词，不知道要改什么。", "There is no verb: what is to be changed is not said.")
    return edit.finding("unknown_verb", message, Known(VERBS).remedy(others[0] if others else ""))
