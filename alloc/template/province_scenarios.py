"""The scenarios of a nation inside one province: which keep their meaning there, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from alloc.instance.findings import Finding, InputError, errors
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import BY_CITY, NAMING_CITIES
from alloc.instance.where.conditions import WhereError, parse
from alloc.scenario.applying import apply
from alloc.scenario.edits import Edit, Edited, Script
from alloc.scenario.files import scripts
from alloc.template.province_limits import AMOUNT, SHARE
from alloc.template.province_pools import city_names
from alloc.text import Text, listed
from alloc.workbook.carried import may_be_file, script_text

# Of an edit about what stays outside.
ELSEWHERE = ("unknown_code", "unknown_unit", "unknown_record", "unknown_city", "selects_nothing")
COLUMNS: Mapping[str, tuple[str, ...]] = {**dict.fromkeys(BY_CITY, ("city",)), **NAMING_CITIES}
CARRIED = Text("带入情景 {count} 个：{names}。", "Scenarios that come along, {count}: {names}.")
PARTLY = Text(
    "有的修改只涉及省外，已略去：{parts}。", "Edits about what is outside the province are left out: {parts}."
)
PART = Text("情景 {name} 的 {all} 条中 {count} 条", "{count} of {all} in the scenario {name}")
NAMED = Text("{name}（{title}）", "{name} ({title})")
LEFT_OUT = Text("没有带入的情景：{names}；{why}", "Scenarios left out: {names}; {why}")
TOTAL = Text(
    "给出的是全国资源池的数额；如需要请另定本省的数额。",
    "what they give is an amount of a national pool; set one of the province's own if wanted.",
)
PARENT = Text("所沿用的情景 {name} 没有带入。", "the scenario {name} that they start from is left out.")
NOT_RIGHT = Text("其本身有误。", "they are wrong themselves.")
GONE = Text("要改的内容在该省没有。", "what they change is not there in the province.")
NOTHING = Text("只涉及省外。", "they are about nothing in the province.")


class _LeftOutError(Exception):
    """A scenario that has no meaning in the province."""

    def __init__(self, why: Text) -> None:
        """Says why."""
        super().__init__(why.en)
        self.why = why


class _Carrier:
    """Tries the scenarios of a nation on a province, each after the one that it starts from."""

    def __init__(self, every: Mapping[str, Script], province: Instance) -> None:
        self.every, self.province = every, province
        self.cities = set(province.tables["cities"]["city"])
        self.named = city_names(province)
        self._done: dict[str, tuple[Instance, tuple[Edit, ...]] | Text] = {}

    def carried(self, name: str) -> tuple[Instance, tuple[Edit, ...]]:
        """The province under a scenario, and those of its edits that are about it.

        Raises:
            _LeftOutError: there is no such thing.
        """
        if name not in self._done:
            self._done[name] = NOT_RIGHT  # where it starts from itself in the end
            try:
                self._done[name] = self._tried(self.every[name])
            except _LeftOutError as error:
                self._done[name] = error.why
        found = self._done[name]
        if isinstance(found, Text):
            raise _LeftOutError(found)
        return found

    def _tried(self, script: Script) -> tuple[Instance, tuple[Edit, ...]]:
        if script.findings or script.faults or not may_be_file(script.name):
            raise _LeftOutError(NOT_RIGHT)
        base = self.province
        if script.inherits:
            try:
                base, _ = self.carried(script.inherits)
            except (_LeftOutError, KeyError):
                raise _LeftOutError(PARENT.fill(name=script.inherits)) from None
        for edit in script.edits:
            why = _national(edit)
            if why is not None:
                raise _LeftOutError(why)
        edits, why = [self._narrowed(edit) for edit in script.edits if self._is_inside(edit)], NOTHING
        while edits or not script.edits:
            edited: Edited | None = None
            try:
                edited = apply(base, edits)
                wrong = list(edited.findings)
            except InputError as error:
                wrong = list(errors(error.findings))
            gone = {each.row for each in wrong if each.file == script.file and each.code in ELSEWHERE}
            left = [edit for edit in edits if edit.optional or edit.origin.number not in gone]
            if len(left) == len(edits):
                if edited is not None:
                    return edited.instance, tuple(edits)
                why = _said(wrong[0])
                break
            edits, why = left, GONE
        raise _LeftOutError(why)

    def _narrowed(self, edit: Edit) -> Edit:
        """The edit, the lists of cities in its condition without those of other provinces, where it has some here."""
        try:
            where = parse(edit.where)
            other = where.narrowed(self.named)
        except WhereError:  # found where it is applied
            return edit
        return edit if other == edit.where or "[]" in other else replace(edit, where=other)

    def _is_inside(self, edit: Edit) -> bool:
        """Whether all cities that a new row names are in the province."""
        if not edit.adds_row or edit.target not in COLUMNS:
            return True
        return all(edit.value.get(column) in {*self.cities, None} for column in COLUMNS[edit.target])


def _said(finding: Finding) -> Text:
    """What is wrong, with what it is wrong about."""
    return Text(f"{finding.column}：{finding.message.zh}", f"{finding.column}: {finding.message.en}")


def _national(edit: Edit) -> Text | None:
    """Why an edit gives a number that is the nation's; None where it does not."""
    parts = edit.target.split(".")
    if parts[0] == "pools" and (edit.adds_row or (parts[-1] == "total" and edit.verb not in ("scale", "drop"))):
        return TOTAL
    if parts[0] == "limits" and edit.adds_row:
        row = edit.value
        if row.get("basis") == "share" and row.get("where"):
            return SHARE
        if row.get("basis") == "amount" and not row.get("each"):
            return AMOUNT
    return None


def cut_scenarios(home: Path | None, province: Instance) -> tuple[dict[str, str], list[Text]]:
    """The scenarios that keep their meaning in a province as texts of files, and what became of every scenario.

    Args:
        home: folder or workbook of the nation; None: it is in memory and has no scenarios.
        province: what was cut out of it.

    Returns:
        Name of a scenario -> its text, and the notes.
    """
    every = {} if home is None else {script.name: script for script in scripts(home)[0]}
    carrier, texts, partly = _Carrier(every, province), {}, list[Text]()
    left_out: dict[Text, list[Text]] = {}  # by why: several scenarios have one reason
    for name, script in every.items():
        try:
            _, edits = carrier.carried(name)
        except _LeftOutError as error:
            left_out.setdefault(error.why, []).append(NAMED.fill(name=name, title=script.title))
            continue
        count = len(script.edits) - len(edits)
        if count:
            partly.append(PART.fill(name=name, all=len(script.edits), count=count))
        texts[name] = _text(script, edits)
    notes = [PARTLY.fill(parts=listed(partly))] if partly else []
    notes += [LEFT_OUT.fill(names=listed(names), why=why) for why, names in left_out.items()]
    return texts, [*_names(texts), *notes]


def _text(script: Script, edits: tuple[Edit, ...]) -> str:
    """A scenario as the text of a file: that of its own with all comments, where it is one and nothing is left out."""
    path = Path(str(script.at))
    if edits == script.edits and path.is_file():
        return path.read_text(encoding="utf-8")
    return script_text(script.title, script.inherits, edits)


def _names(texts: Mapping[str, str]) -> Iterator[Text]:
    if texts:
        yield CARRIED.fill(count=len(texts), names=listed(Text(name, name) for name in texts))
