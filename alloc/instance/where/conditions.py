"""Conditions over the rows of a table: a small grammar of its own, read here and never executed as Python.

    condition  := and-part { "or" and-part }
    and-part   := not-part { "and" not-part }
    not-part   := "not" not-part | "(" condition ")" | comparison
    comparison := value ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" ) value | value [ "not" ] "in" list
    value      := NAME | 'text' | "text" | NUMBER | true | false
    list       := "[" [ literal { "," literal } ] "]"

The words may be Chinese: 且 (并且), 或 (或者), 非, 属于, 不属于, 是, 否; signs may be full-width.

A missing number satisfies no comparison, neither ``!=`` nor ``not in``; ``not`` turns a comparison round, so that
``not (x > 1)`` holds where x is missing. A missing text is the empty text ''. Texts are compared for equality only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import ge, gt, le, lt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.suggest import Known
from alloc.instance.where.grammar import (
    QUOTED,
    QUOTES,
    Both,
    Comparison,
    Literals,
    Name,
    Node,
    Not,
    Type,
    WhereError,
    literals_end,
    parse_tree,
)
from alloc.text import Text

__all__ = ["Columns", "Expression", "WhereError", "parse"]

Column = pd.Series | NDArray[Any]
SHOWN = 12  # columns that are named where no name is near
_ORDERED = {"<": lt, "<=": le, ">": gt, ">=": ge}
_TYPE_WORDS: dict[Type, Text] = {
    "text": Text("文本", "text"),
    "number": Text("数", "a number"),
    "flag": Text("是或否", "true or false"),
}


class Columns(Mapping[str, Column]):
    """The columns that a condition may name, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Column]]) -> None:
        """Take what makes each column."""
        self._makers = makers
        self._made: dict[str, Column] = {}

    @classmethod
    def beside(cls, table: pd.DataFrame, further: Mapping[str, Column]) -> Columns:
        """Those of a table, and further ones, which go before a column of the same name."""
        own: dict[str, Callable[[], Column]] = {str(name): partial(_of_table, table, name) for name in table.columns}
        return cls({**own, **{name: partial(further.__getitem__, name) for name in further}})

    def __getitem__(self, name: str) -> Column:
        """The values of a column."""
        if name not in self._made:
            self._made[name] = _typed(self._makers[name]())[0]
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._makers)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._makers)


def _of_table(table: pd.DataFrame, name: str) -> Column:
    return table[name]


@dataclass(frozen=True)
class Expression:
    """A condition that has been read. Without a ``root``, from an empty text, it selects every row."""

    text: str
    root: Node | None

    @property
    def names(self) -> frozenset[str]:
        """The columns that the condition names."""
        return frozenset(
            side.name for leaf in self._leaves() for side in (leaf.left, leaf.right) if isinstance(side, Name)
        )

    def compared_texts(self, name: str) -> tuple[str, ...]:
        """The texts with which the condition compares a column."""
        return tuple(
            value
            for leaf in self._leaves()
            for side, other in ((leaf.left, leaf.right), (leaf.right, leaf.left))
            if isinstance(side, Name) and side.name == name and isinstance(other, Literals)
            for value in other.values
            if isinstance(value, str)
        )

    def text_leaves(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """The comparisons of a column with texts: column, sign, texts."""
        for leaf in self._leaves():
            for side, other in ((leaf.left, leaf.right), (leaf.right, leaf.left)):
                if isinstance(side, Name) and isinstance(other, Literals) and other.type == "text":
                    yield side.name, leaf.sign, tuple(str(value) for value in other.values)

    def unlisted(self, known: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
        """The texts in lists that are not among those of their column, by column.

        Args:
            known: the texts of the columns that are looked at.
        """
        found: dict[str, list[str]] = {}
        for name, sign, texts in self.text_leaves():
            if sign in ("in", "not in") and name in known and (missing := set(texts) - set(map(str, known[name]))):
                found.setdefault(name, []).extend(text for text in texts if text in missing)
        return found

    def narrowed(self, known: Mapping[str, Iterable[str]]) -> str:
        """The text of the condition, its lists without those texts (`unlisted`); the rest stays as it is written."""
        missing = self.unlisted(known)
        places = [
            (leaf.right.position, [f'"{text}"' if "'" in text else f"'{text}'" for text in map(str, leaf.right.values)
                                   if text not in missing[leaf.left.name]])
            for leaf in self._leaves() if missing and isinstance(leaf.left, Name) and isinstance(leaf.right, Literals)
            if leaf.sign in ("in", "not in") and leaf.left.name in missing
        ]  # fmt: skip
        return self._with({position: f"[{', '.join(kept)}]" for position, kept in places})

    def renamed(self, names: Mapping[str, Mapping[str, str]]) -> str:
        """The text of the condition with other texts in its comparisons; the rest stays as it is written.

        Args:
            names: column -> text that is compared with it -> what stands in its place.
        """
        places: list[tuple[int, str]] = []
        for leaf in self._leaves():
            for side, other in ((leaf.left, leaf.right), (leaf.right, leaf.left)):
                known = names.get(side.name, {}) if isinstance(side, Name) else {}
                if isinstance(other, Literals) and any(value in known for value in other.values):
                    new = [known.get(str(value), str(value)) for value in other.values]
                    places.append((other.position, self._quoted(other, new, one=leaf.sign in ("=", "!="))))
        return self._with(dict(places))

    def _quoted(self, literals: Literals, texts: Sequence[str], *, one: bool) -> str:
        """What stands for literals: in the quotes and with the blanks of these, where no two texts are the same."""
        written = self.text[literals.position :]
        written = written[: literals_end(written)]
        if len(set(texts)) == len(texts) and not any(set(each) & set(QUOTES) for each in texts):
            following = iter(texts)
            return re.sub(QUOTED, lambda found: f"{found[0][0]}{next(following)}{found[0][-1]}", written)
        quoted = [f'"{text}"' if "'" in text else f"'{text}'" for text in dict.fromkeys(texts)]
        return quoted[0] if one else f"[{', '.join(quoted)}]"

    def by_titles(self, titles: Mapping[str, str]) -> str:
        """The text of the condition with titles for the columns that have one; the rest stays as it is written."""
        text = self.text
        named = {side.position: side.name for leaf in self._leaves() for side in (leaf.left, leaf.right)
                 if isinstance(side, Name) and side.name in titles}  # fmt: skip
        for position, name in sorted(named.items(), reverse=True):
            text = text[:position] + titles[name] + text[position + len(name) :]
        return text

    def _with(self, literals: Mapping[int, str]) -> str:
        """The text with others for the literals or lists at some places."""
        text = self.text
        for position, new_text in sorted(literals.items(), reverse=True):
            text = text[:position] + new_text + text[position + literals_end(text[position:]) :]
        return text

    def evaluate(self, columns: Mapping[str, Column]) -> NDArray[np.bool_]:
        """Which rows the condition selects.

        Args:
            columns: the columns by name, all of one length: numbers, texts or flags.

        Raises:
            WhereError: a name is not among the columns, or values of different types are compared.
        """
        rows = len(next(iter(columns.values()), ()))
        if self.root is None:
            return np.ones(rows, dtype=bool)
        return _evaluate(self.root, columns, rows)

    def _leaves(self) -> Iterator[Comparison]:
        waiting = [self.root] if self.root else []
        while waiting:
            node = waiting.pop()
            if isinstance(node, Comparison):
                yield node
            elif isinstance(node, Not):
                waiting.append(node.inner)
            else:
                waiting.extend(reversed(node.parts))


@lru_cache(maxsize=1000)
def parse(text: str) -> Expression:
    """Read a condition; an empty text selects every row.

    Raises:
        WhereError: the text does not follow the grammar.
    """
    return Expression(text, parse_tree(text) if text.strip() else None)


def _evaluate(node: Node, columns: Mapping[str, Column], rows: int) -> NDArray[np.bool_]:
    if isinstance(node, Not):
        return ~_evaluate(node.inner, columns, rows)
    if isinstance(node, Both):
        parts = [_evaluate(part, columns, rows) for part in node.parts]  # all, so that every name is tested
        return np.asarray(np.all(parts, axis=0) if node.word == "and" else np.any(parts, axis=0))
    return _compare(node, columns)


def _compare(node: Comparison, columns: Mapping[str, Column]) -> NDArray[np.bool_]:
    (left, left_type), (right, right_type) = _side(node.left, columns), _side(node.right, columns)
    kind = left_type or right_type
    if left_type and right_type and left_type != right_type:
        shown = _TYPE_WORDS[left_type], _TYPE_WORDS[right_type]
        message = Text("左边是{}，右边是{}。", "The left side is {}, the right side {}.")
        raise WhereError(
            node.position,
            Text(message.zh.format(*(word.zh for word in shown)), message.en.format(*(word.en for word in shown))),
            Text("文本加引号，如 '440000'；数不加引号。", "Write texts in quotes, '440000', and numbers without."),
        )
    if node.sign in _ORDERED:
        if kind != "number":
            raise WhereError(
                node.position,
                Text(f"{node.sign} 只能比较数。", f"{node.sign} compares numbers only."),
                Text("文本用 =、!= 或 in。", "Use =, != or in for texts."),
            )
        return np.asarray(_ORDERED[node.sign](left, right), dtype=bool)
    if node.sign in ("in", "not in"):
        found, sides = pd.Series(left).isin(list(np.atleast_1d(right))).to_numpy(dtype=bool), [left]
    else:
        found, sides = np.asarray(left == right, dtype=bool), [left, right]
    if node.sign in ("=", "in"):
        return found
    for side in sides if kind == "number" else []:
        found = found | np.isnan(side)
    return np.asarray(~found)


def _side(side: Name | Literals, columns: Mapping[str, Column]) -> tuple[Any, Type | None]:
    """The values of one side, and their type."""
    if isinstance(side, Literals):
        values = np.array(side.values, dtype=object if side.type == "text" else None)
        return (values if len(values) != 1 else values[0]), side.type
    if side.name not in columns:
        message = Text(f"没有名为 {side.name} 的列。", f"There is no column {side.name}.")
        raise WhereError(side.position, message, _instead_of(side.name, columns))
    return _typed(columns[side.name])


def _instead_of(name: str, columns: Collection[str]) -> Text:
    """What to write instead of a name that no column has: that of its title, the nearest, or columns with titles."""
    from alloc.instance.where.titles import titles_of  # which knows of conditions

    titles = titles_of(columns)
    every = {title: column for column, both in reversed(titles.items()) for title in both}
    if len(several := [column for column, both in titles.items() if name in both]) > 1:
        return Text(f"有几列都叫“{name}”，写作其中之一：{'、'.join(several)}。",
                    f"Several columns are called {name}; write one of {', '.join(several)}.")  # fmt: skip
    if several:
        return Text(f"写作 {several[0]}。", f"Write {several[0]}.")
    if Known(columns).nearest(name) is not None:
        return Known(columns).remedy(name)
    if (like := Known(every).nearest(name)) is not None:
        return Text(f"是否为 {like}（{every[like]}）？", f"Did you mean {every[like]} ({like})?")
    if not titles:
        return Known(columns).remedy(name)
    first = [Text(f"{title.zh}（{column}）", f"{column} ({title.en})") for column, title in titles.items()][:SHOWN]
    zh, en = "、".join(each.zh for each in first), ", ".join(each.en for each in first)
    return Text(f"可用：{zh} 等 {len(columns)} 个。", f"Would be right: one of {len(columns)}: {en}, ….")


def _typed(column: Column) -> tuple[NDArray[Any], Type]:
    """The values of a column, and their type."""
    if pd.api.types.is_bool_dtype(column):
        return np.asarray(column, dtype=bool), "flag"
    if pd.api.types.is_numeric_dtype(column):
        return np.asarray(column, dtype=np.float64), "number"
    return np.asarray(column, dtype=object), "text"
