"""What a row of limits sums up, by the titles of it and of its pools, services and uses, in either language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alloc.content.titles import OF_QUANTITIES
from alloc.formulation.lever import BETWEEN_ITEMS
from alloc.instance.cells import plain_width
from alloc.text import Text

SUM = "pools"  # before the pools of a limit on their sum, which + stands between
_BEHIND = ":"
_HEADS: Mapping[str, Text] = {**OF_QUANTITIES, SUM: Text("合计", "sum")}


def quantity_named(text: str, titled: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """A quantity by machine names where it is written with titles: ``pools:均衡性转移支付+settlement reward``.

    Args:
        text: as it is written; full-width signs are read as plain ones.
        titled: by the name before the colon, what may stand behind it, each with one of its titles.

    Returns:
        The name; a part of it that is no title, or the title of several, stays as it is written.
    """
    head, colon, rest = plain_width(text).partition(_BEHIND)
    name = _named(head, ((name, title) for name, titles in _HEADS.items() for title in titles))
    if not colon or name not in _HEADS:
        return name if name in _HEADS else text
    pairs = list(titled.get(name, ()))
    items = rest.split(BETWEEN_ITEMS) if name == SUM else [rest]
    return name + _BEHIND + BETWEEN_ITEMS.join(_named(item, pairs) for item in items)


def _named(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    every, plain = list(pairs), _plain(text)
    found = {name for name, title in every if plain in (_plain(name), _plain(title))}
    return found.pop() if len(found) == 1 else text.strip()


def _plain(text: str) -> str:
    """A name without blanks and case, its signs of plain width."""
    return "".join(plain_width(text).casefold().split())
