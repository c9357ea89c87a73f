"""Edits as one line each, as the command line and the workbench take them.

    TARGET = VALUE          set            policy.debt.ceiling = 1.0
    TARGET *= NUMBER        scale          cities.fund_revenue *= 0.8 where province == '440000'
    TARGET += NUMBER        add            pools.land.total += 10000     (or -=)
    TARGET <= NUMBER        at_most        cities.willingness <= 0.2
    TARGET >= NUMBER        at_least       services.minimum >= 0.6
    add TABLE { … }         add a row      add limits { limit = 'west', quantity = 'settle', … }
    drop TARGET             drop           drop limits.megacity_land
    merge CITIES into CITY  merge          merge 371200, 371300 into 济南市
    move POOL N from A to B                of a result alone: two overrides (`alloc.parametric.moves`)
    freeze NAME, NAME                      of a result alone: an override for all that cities, or cities of pools, have

The words may be Chinese: 新增, 删除, 合并 … 并入, 调剂 … 从 … 到, 冻结; 其中 (where), 如有 (optional), 然后 (then),
是 and 否 (true and false).

Each may end in ``where CONDITION`` and then in ``# why``, and begin with ``optional`` where it may select nothing,
which is an error otherwise. Of several lines one may begin with ``then``: it and those behind it start from what the
lines before it make, and may so change their cells again. Values are written as in TOML: numbers, 'texts', true, false,
[lists], { name = value }.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alloc.instance.cells import plain_width
from alloc.instance.files.toml import parse_toml
from alloc.instance.findings import EDITS, Finding, InputError, shortened
from alloc.scenario.edits import THEN, Edit, Origin, Verb
from alloc.scenario.typed import figure_meant
from alloc.text import Text

_PART = r"[^\W_](?:[\w-]*\w)?(?:\[\d+\])?"
_TARGET = rf"{_PART}(?:\.{_PART})*"
_OPTIONAL = r"(?:optional|如有)\s+"
# A part that is a title, which may have blanks and signs inside; only in a target of several parts.
_TITLE = r"[^\W_](?:(?:[\w:/()·—–-]|\ (?=[\w(]))*[\w)])?(?:\[\d+\])?"
_TITLES = rf"{_TITLE}(?:\.{_TITLE})+"


def _line(target: str) -> re.Pattern[str]:
    """What reads a line whose target is written so."""
    return re.compile(
        rf"(?P<optional>{_OPTIONAL})?"
        rf"(?:(?P<word>drop|add|删除|新增)\s+(?P<named>{target})"
        rf"|(?P<target>{target})\s*(?P<sign>[*+-]=|<=|>=|≤|≥|==?))\s*"
        r"(?P<rest>.*)",
        re.DOTALL,
    )


_LINE, _LINE_OF_TITLES = _line(_TARGET), _line(_TITLES)
_VERBS: dict[str, Verb] = {
    "=": "set", "==": "set", "*=": "scale", "+=": "add", "-=": "add",
    "<=": "at_most", "≤": "at_most", ">=": "at_least", "≥": "at_least",
}  # fmt: skip
# Texts in quotes are passed over; the first `where` and the first # outside brackets end what stands before them.
_MARKS = re.compile(
    r"""'[^']*'|"(?:\\.|[^"\\])*"|‘[^’]*’|“[^”]*”|＇[^＇]*＇|＂[^＂]*＂|(?P<open>[\[{(])|(?P<close>[\]})])|(?P<where>\b(?:where|其中)\b)|(?P<why>[#＃])"""
)
# Chinese points that have no plain form: between the parts of a target, and between the entries of a list.
_POINTS = re.compile(r"(?<=\w)。(?=\w)|、")
_DROP = ("drop", "删除")
_FLAGS = {"是": "true", "否": "false"}
# What a new row has that TOML has not: names of columns that it takes in quotes alone, and flags in Chinese.
_ROW = re.compile(
    r"""'[^']*'|"(?:\\.|[^"\\])*"|(?P<name>[^\W\d](?:[\w/:()·—–-]|\ (?=\w))*)(?=\s*=)|(?<![\w.])(?P<flag>是|否)(?!\w)"""
)
# Numbers as TOML has them, which need no reader: a block of cells pasted from a spreadsheet is a line for each of them.
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?P<point>\.[0-9]+)?(?P<power>[eE][+-]?[0-9]+)?")
_SIGNS: dict[Verb, str] = {verb: sign for sign, verb in reversed(_VERBS.items()) if sign not in ("-=", "≤", "≥", "==")}
# To drop, to add, to merge, into, where, and what may select nothing.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("drop", "add", "merge", "into", "where", "optional"),
    "zh": ("删除", "新增", "合并", "并入", "其中", "如有"),
}
AFTER = "然后"  # the same as `THEN`, in Chinese
_THEN = re.compile(rf"\s*(?:{THEN}|{AFTER})\s+(?=[^\W_])")
_MERGE = re.compile(
    rf"(?P<optional>{_OPTIONAL})?(?:merge|合并)\s+(?P<gone>[^#]+?)\s+(?:into|并入)\s+(?P<rest>.*)", re.DOTALL
)
# Of a move, which `alloc.parametric.moves` makes two overrides of.
_MOVE = re.compile(
    r"(?:move|调剂)\s+(?P<pool>[^#]+?)\s+(?P<amount>\d[\d_,]*(?:\.\d+)?)"
    r"\s+(?:from|从)\s+(?P<giver>[^#]+?)\s+(?:to|到)\s+(?P<taker>[^#]+?)\s*(?:#(?P<why>.*))?",
    re.DOTALL,
)
_FREEZE = re.compile(r"(?:freeze|冻结)\s+(?P<names>[^#={}\s][^#={}]*?)\s*(?:#(?P<why>.*))?", re.DOTALL)
UNREADABLE = Text("看不懂值：{text} 。", "The value cannot be read: {text} .")
_OF_A_RESULT = Text(
    '写作 alloc solve 结果文件夹 --edit "{word} …"，或在 Session 中使用。',
    'Write alloc solve RESULT --edit "{word} …", or use it in a Session.',
)
_FORMS = Text(
    "写作 目标 = 值（或 *=、+=、-=、<=、>=），新增 表 { … }，删除 目标；可接 其中 条件 和 # 理由；"
    "合并城市写作 合并 城市、城市 并入 城市；对求解结果，冻结城市或资源池写作 冻结 名称、名称，"
    "调剂写作 调剂 资源池 数额 从 城市 到 城市。",
    "Write TARGET = VALUE (or *=, +=, -=, <=, >=), add TABLE { … } or drop TARGET; then, if wanted, where CONDITION "
    "and # why. Cities are merged by merge CITY, CITY into CITY. Of a result, freeze NAME, NAME keeps what cities or "
    "pools have, and move POOL AMOUNT from CITY to CITY shifts some of it.",
)


def parse_edit(line: str, number: int = 1) -> Edit:
    """The edit on a line; ``number`` is which one of the command line it is.

    Raises:
        InputError: the line cannot be read.
    """
    edit, findings = read_line(line, Origin(EDITS, number))
    if edit is None:
        raise InputError(findings)
    return edit


def moved(line: str) -> re.Match[str] | None:
    """The parts of a line that moves an amount from one city to another, None of any other line."""
    return _MOVE.fullmatch(line.strip())


def frozen(line: str) -> re.Match[str] | None:
    """The parts of a line that keeps cities or pools at what they have, None of any other line."""
    return _FREEZE.fullmatch(line.strip())


class Standing(str):
    """A line that stands in the place of one that was typed, by whose number it is told.

    Args:
        line: the text.
        number: of what was typed; the first is 1.
        of_result: whether its amount comes of a published one.
    """

    number: int
    of_result: bool

    def __new__(cls, line: str, number: int, of_result: bool = False) -> Standing:
        """Keep all."""
        made = super().__new__(cls, line)
        made.number, made.of_result = number, of_result
        return made


def read_lines(lines: Sequence[str], level: int = 0) -> tuple[list[Edit], list[Finding]]:
    """The edits on lines of the command line, and everything that is wrong with any of them.

    Args:
        lines: in their order.
        level: of their origins, above that of the scenario that they come after; one more from each ``then`` on.
    """
    edits: list[Edit] = []
    findings: list[Finding] = []
    for number, line in enumerate(lines, start=1):
        then = _THEN.match(line)
        level += then is not None
        typed = line.number if isinstance(line, Standing) else number
        edit, faults = read_line(line[then.end() :] if then else line, Origin(EDITS, typed, level))
        edits += [replace(edit, of_result=isinstance(line, Standing) and line.of_result)] if edit else []
        findings += faults
    return edits, findings


def read_line(line: str, origin: Origin) -> tuple[Edit | None, list[Finding]]:
    """Like :func:`parse_edit`, with findings in place of an exception."""
    line = _plain(line)
    if (merge := _MERGE.fullmatch(line.strip())) is not None:
        into, where, why = _split(merge["rest"])
        if into:
            return Edit("merge", merge["gone"], into, where, why, origin, bool(merge["optional"])), []
    match = _LINE.fullmatch(line.strip())
    if match is None or (match["word"] in _DROP and _split(match["rest"])[0]):
        match = _LINE_OF_TITLES.fullmatch(line.strip()) or match
    if match is None and (moved(line) or frozen(line)) is not None:
        word = line.split(maxsplit=1)[0]
        message = Text(f"{word} 从结果出发，这里没有结果。", f"A {word} starts from a result, and here is none.")
        return None, [_unreadable(line, origin, message, _OF_A_RESULT.fill(word=word))]
    if match is None:
        return None, [_unreadable(line, origin, Text("看不懂这条修改。", "This edit cannot be read."))]
    text, where, why = _split(match["rest"])
    if match["word"] in _DROP:
        if text:
            return None, [_unreadable(line, origin, Text("“删除”（drop）后面没有值。", "drop takes no value."))]
        return Edit("drop", match["named"], None, where, why, origin, bool(match["optional"])), []
    number = _NUMBER.fullmatch(text)
    given = text
    if not text.isascii():
        given = _ROW.sub(_as_toml, text) if match["word"] else _FLAGS.get(text, text)
    try:
        read = parse_toml(f"value = {given}") if number is None else {"value": _figure(number)}
    except ValueError:
        read = {}
    if set(read) != {"value"} or (match["word"] is not None) != isinstance(read["value"], dict):
        message = UNREADABLE.fill(text=shortened(text))
        remedy = _figure_meant(text) or Text(
            "数不加引号，文本加引号，列表用 [ ]；新增一行写作 新增 表 { 列 = 值, … }。",
            "Write numbers plainly, texts in quotes, lists in [ ]; a new row is add TABLE { column = value, … }.",
        )
        return None, [_unreadable(line, origin, message, remedy)]
    value: Any = read["value"]
    if match["sign"] == "-=" and isinstance(value, int | float) and not isinstance(value, bool):
        value = -value
    verb: Verb = "add" if match["word"] else _VERBS[match["sign"]]
    target = match["named"] or match["target"]
    return Edit(verb, target, value, where, why, origin, bool(match["optional"])), []


def line_of(edit: Edit, language: str = "en") -> str:
    """The line that an edit is read from; its reason, which may hold anything, stands elsewhere.

    Args:
        edit: the edit.
        language: of the words beside names and values, ``zh`` or ``en``.
    """
    drop, add, merge, into, where, optional = _WORDS[language]
    word = f"{optional} " if edit.optional else ""
    if edit.verb == "drop":
        line = f"{drop} {edit.target}"
    elif edit.verb == "merge":
        line = f"{merge} {edit.target} {into} {edit.value}"
    elif edit.adds_row:
        line = f"{add} {edit.target} {value_text(edit.value, language)}"
    else:
        line = f"{edit.target} {_SIGNS[edit.verb]} {value_text(edit.value, language)}"
    return word + line + (f" {where} {edit.where}" if edit.where else "")


def after(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that start from what all before them make."""
    return tuple(f"{THEN} {line}" if place == 0 else line for place, line in enumerate(lines))


def value_text(value: Any, language: str = "en") -> str:
    """A value as lines have it, which is as TOML has it; flags of new rows and of cells as a language has them."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{name} = {value_text(each, language)}' for name, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else "true" if value else "false"
    if isinstance(value, str) and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _figure_meant(text: str) -> Text | None:
    """What to write for a figure with a unit or a sign, alone or the first of those in a new row."""
    figures = re.findall(r"[\d.,，]+\s*[%％万亿]+", re.sub(r"'[^']*'|\"[^\"]*\"", "", text)) if "{" in text else [text]
    return next(filter(None, map(figure_meant, figures)), None)


def _figure(number: re.Match[str]) -> int | float:
    return float(number[0]) if number["point"] or number["power"] else int(number[0])


def _as_toml(found: re.Match[str]) -> str:
    if found["flag"]:
        return _FLAGS[found["flag"]]
    return found[0] if found["name"] is None or found["name"].isascii() else f'"{found["name"]}"'


def _plain(line: str) -> str:
    """A line with plain signs for Chinese ones and those of full width; what stands in quotes, and the reason, stay."""
    if line.isascii():
        return line
    return "".join(text if quoted else _POINTS.sub(_point, plain_width(text)) for text, quoted in _pieces(line))


def _point(sign: re.Match[str]) -> str:
    return "." if sign[0] == "。" else ","


def _pieces(line: str) -> Iterator[tuple[str, bool]]:
    """The parts of a line and whether they stay as they are: texts in plain quotes, and the reason behind its #."""
    end = 0
    for mark in _MARKS.finditer(line):
        if mark.lastgroup not in (None, "why"):
            continue
        yield line[end : mark.start()], False
        end = mark.end()
        if mark.lastgroup == "why":
            yield f"#{line[end:]}", True
            return
        inside = mark[0][1:-1]
        plain = next((sign for sign in ("'", '"') if sign not in inside and (sign == "'" or "\\" not in inside)), "")
        yield (
            (f"{plain}{inside}{plain}" if plain and not mark[0].isascii() and mark[0][0] not in "'\"" else mark[0]),
            True,
        )
    yield line[end:], False


def _strange(line: str) -> Text | None:
    """Which sign, at which place, no edit has outside of texts and the reason; None where all are known."""
    place = 0
    for text, quoted in _pieces(line):
        for offset, sign in enumerate(text, start=place + 1):
            plain = plain_width(sign)
            if not quoted and not plain.isascii() and not plain.isalnum() and plain not in "≤≥·":
                return Text(
                    "第 {place} 个字“{sign}”不能这样用。", "The sign “{sign}” at place {place} cannot stand there."
                ).fill(place=offset, sign=sign)
        place += len(text)
    return None


def _split(rest: str) -> tuple[str, str, str]:
    """What stands before `where`, between `where` and #, and after #."""
    depth, why = 0, len(rest)
    where: tuple[int, int] | None = None
    for mark in _MARKS.finditer(rest):
        kind = mark.lastgroup
        depth += {"open": 1, "close": -1}.get(str(kind), 0)
        if kind == "why" and depth <= 0:
            why = mark.start()
            break
        if kind == "where" and depth <= 0 and where is None:
            where = mark.span()
    start, end = where or (why, why)
    return rest[:start].strip(), rest[end:why].strip(), rest[why + 1 :].strip()


def _unreadable(line: str, origin: Origin, message: Text, remedy: Text = _FORMS) -> Finding:
    strange = _strange(line)
    if strange is not None:
        message = Text(message.zh + strange.zh, f"{message.en} {strange.en}")
    return Edit("set", line.strip(), origin=origin).finding("edit_syntax", message, remedy)
