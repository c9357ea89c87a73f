"""The grammar of ``where``: from a text to a tree of comparisons. See :mod:`alloc.instance.where.conditions`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, NoReturn

from alloc.text import Text

Type = Literal["text", "number", "flag"]
DEEPEST = 50  # nested parentheses and nots

QUOTED = r"""'[^']*'|"[^"]*"|‘[^’]*’|“[^”]*”"""  # a text
QUOTES = "'\"‘’“”"
_LARGE = re.compile(r"[+-]?[\d.,，]+\s*[万亿]")
_TOKENS = re.compile(
    rf"""\s*(?:
      (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<name>[^\W\d]\w*)
    | (?P<text>{QUOTED})
    | (?P<sign>[=＝]{{2}}|[!！<>＜＞][=＝]|[=<>≤≥≠()（）\[\],，＝＜＞])
    )""",
    re.VERBOSE,
)
_SAME_SIGN = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_FULL_WIDTH = str.maketrans("＝！＜＞（），", "=!<>(),")
_CHINESE = {"and": "且", "or": "或", "not": "非", "in": "属于", "not in": "不属于", "true": "是", "false": "否"}
_SAME_WORD = {**{words: word for word, words in _CHINESE.items()}, "并且": "and", "或者": "or"}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_WORDS = ("and", "or", "not", "in", "true", "false")
_EXAMPLE = Text(
    "例如：省份 == '广东省' 且 常住人口 >= 1000000，或 城市名称 属于 ['深圳市', '东莞市']。",
    "E.g. province == '440000' and residents >= 1000000, or name_en in ['Shenzhen', 'Dongguan'].",
)


class WhereError(Exception):
    """A condition that cannot be read, or does not fit the columns.

    Attributes:
        position: where in the text, counted from 0.
        message: what is wrong.
        remedy: what would be right.
    """

    def __init__(self, position: int, message: Text, remedy: Text = _EXAMPLE) -> None:
        """Keep what is wrong and where."""
        self.position, self.message, self.remedy = position, message, remedy
        super().__init__(f"{message.en} {remedy.en}")


@dataclass(frozen=True)
class Name:
    """A column."""

    name: str
    position: int


@dataclass(frozen=True)
class Literals:
    """A literal value, or a list of them, all of one type (None for the empty list)."""

    values: tuple[str | float | bool, ...]
    type: Type | None
    position: int


@dataclass(frozen=True)
class Comparison:
    """Two values compared; ``in`` and ``not in`` have a list on the right."""

    left: Name | Literals
    sign: str
    right: Name | Literals
    position: int


@dataclass(frozen=True)
class Not:
    """The rows that a condition does not select."""

    inner: Node


@dataclass(frozen=True)
class Both:
    """``and`` (every part holds) or ``or`` (some part holds)."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]


Node = Comparison | Not | Both


def parse_tree(text: str) -> Node:
    """The tree of a condition that is not empty.

    Raises:
        WhereError: the text does not follow the grammar.
    """
    return _Parser(text).parse()


APOSTROPHE = Text(
    "撇号把文字断开了：含撇号的文字写在双引号内，如 {example}。",
    "An apostrophe ends the text too early: put a text that has one between double quotes, as in {example}.",
).fill(example='name_en == "Tai\'an"')


def literals_end(text: str) -> int:
    """How long the literal, or the list of literals, is with which the rest of a condition begins that can be read."""
    position = 0
    while (match := _TOKENS.match(text, position)) is not None:
        position = match.end()
        if not text.startswith("[") or match["sign"] == "]":
            break
    return position


class _Token(NamedTuple):
    kind: str  # number, name, text, sign, word, end
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = _TOKENS.match(text, position)
        if match is None:
            place = position + len(text[position:]) - len(text[position:].lstrip())
            raise WhereError(place, _unread(text[place:], text[:place]))
        kind, found = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "name" and (word := _SAME_WORD.get(found, found.casefold())) in _WORDS:
            kind, found = "word", word
        elif kind == "name" and word == "not in":
            tokens.append(_Token("word", "not", match.start("name")))
            kind, found = "word", "in"
        elif kind == "sign":
            found = found.translate(_FULL_WIDTH)
            found = _SAME_SIGN.get(found, found)
        tokens.append(_Token(kind, found, match.start(str(match.lastgroup))))
        position = match.end()
    return [*tokens, _Token("end", "", end)]


def respelt(text: str, language: str) -> str:
    """A condition with its words (and, or, not, in, true, false) as a language has them; the rest as it is written.

    Args:
        text: of the condition.
        language: ``zh`` or ``en``.

    Raises:
        WhereError: it cannot be read.
    """
    tokens, places = _tokens(text), list[tuple[int, int, str]]()
    for token, following in pairwise(tokens):
        pair = token.kind == following.kind == "word" and (token.text, following.text) == ("not", "in")
        if token.kind != "word" or (places and token.position < places[-1][1]):
            continue
        word = "not in" if pair else token.text
        last = following.position if pair else token.position
        end = last + len(re.match(r"\w+", text[last:])[0])  # type: ignore[index]  # a word is made of letters
        places.append((token.position, end, _CHINESE[word] if language == "zh" else word))
    for start, end, word in reversed(places):
        text = text[:start] + word + text[end:]
    return text


def _unread(rest: str, before: str) -> Text:
    """Why the rest of a text cannot be read."""
    if _LARGE.match(rest):
        return Text("数写完整，不带万、亿和单位，如 1000000。",
                    "Write numbers in full, without 万, 亿 or a unit: 1000000.")  # fmt: skip
    if rest[0] in "'’" and before.count(rest[0]) + rest.count(rest[0]) > 1:
        return APOSTROPHE
    if rest[0] in QUOTES:
        return Text(f"引号 {rest[0]} 没有成对。", f"The quotation mark {rest[0]} has no other.")
    return Text(f"看不懂 {rest[0]!r}。", f"{rest[0]!r} cannot be read here.")


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0

    def parse(self) -> Node:
        node = self.chain("or")
        if self.peek.kind != "end":
            self.fail("“且”“或”或者结尾", "and, or or the end")
        return node

    @property
    def peek(self) -> _Token:
        return self.tokens[self.next]

    def take(self, *texts: str, kinds: tuple[str, ...] = ("sign", "word")) -> _Token | None:
        """The next token if it is one of these, else None."""
        token = self.peek
        if token.kind not in kinds or (texts and token.text not in texts):
            return None
        self.next += 1
        return token

    def fail(self, zh: str, en: str) -> NoReturn:
        token = self.peek
        found = Text(repr(token.text), repr(token.text)) if token.text else Text("结尾", "the end")
        message = Text(
            f"第 {token.position + 1} 个字符处应为{zh}，现为{found.zh}。",
            f"Expected {en} at character {token.position + 1}, found {found.en}.",
        )
        raise WhereError(token.position, message)

    def chain(self, word: Literal["and", "or"]) -> Node:
        part = self.negation if word == "and" else lambda: self.chain("and")
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Both(word, tuple(parts))

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise WhereError(self.peek.position, Text("嵌套过深。", "Too deeply nested."))
        if self.take("not"):
            node: Node = Not(self.negation())
        elif self.take("("):
            node = self.chain("or")
            if not self.take(")"):
                self.fail("右括号", "a closing parenthesis")
        else:
            node = self.comparison()
        self.depth -= 1
        return node

    def comparison(self) -> Comparison:
        left = self.value()
        token = self.peek
        if self.take(*_COMPARISONS):
            comparison = Comparison(left, token.text, self.value(), token.position)
        elif self.take("in"):
            comparison = Comparison(left, "in", self.list(), token.position)
        elif self.take("not"):
            if not self.take("in"):
                self.fail("“属于”", "in")
            comparison = Comparison(left, "not in", self.list(), token.position)
        else:
            self.fail("比较符号或“属于”", "a comparison or in")
        if not isinstance(comparison.left, Name) and not isinstance(comparison.right, Name):
            raise WhereError(
                left.position, Text("比较的两边都不是列名。", "Neither side of the comparison is a column.")
            )
        return comparison

    def value(self) -> Name | Literals:
        if token := self.take(kinds=("name",)):
            return Name(token.text, token.position)
        return self.literal("列名、文本或数", "a column, a text or a number")

    def literal(self, zh: str, en: str) -> Literals:
        token = self.take(kinds=("number", "text")) or self.take("true", "false")
        if token is None:
            self.fail(zh, en)
        if token.kind == "number":
            return Literals((float(token.text),), "number", token.position)
        if token.kind == "text":
            return Literals((token.text[1:-1],), "text", token.position)
        return Literals((token.text == "true",), "flag", token.position)

    def list(self) -> Literals:
        start = self.peek.position
        if not self.take("["):
            self.fail("方括号列表，如 ['a', 'b']", "a list such as ['a', 'b']")
        items: list[Literals] = []
        while not self.take("]"):
            if items and not self.take(","):
                self.fail("逗号或右方括号", "a comma or a closing bracket")
            items.append(self.literal("文本或数", "a text or a number"))
            if items[-1].type != items[0].type:
                raise WhereError(items[-1].position, Text("列表混有文本和数。", "The list mixes texts and numbers."))
        return Literals(tuple(item.values[0] for item in items), items[0].type if items else None, start)
