"""The nearest known name or code to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

from alloc.text import Text

FEW = 300
LISTED = 30  # names that are listed in full
LEAST_LIKENESS = 0.6
MEANT = Text("是否为 {nearest}？", "Did you mean {nearest}?")
MEANT_OR = Text("是否为 {nearest}？可用：{every}。", "Did you mean {nearest}? Would be right: {every}.")
ONE_OF = Text("可用：{every}。", "Would be right: one of {every}.")
ONE_OF_MANY = Text("可用：{every} 等 {many} 个。", "Would be right: one of {many}: {every}, ….")


class Known:
    """Known names, ready to be asked for the nearest one: fast also for thousands of codes asked thousands of times."""

    between = Text(", ", ", ")  # names

    def __init__(self, names: Iterable[str]) -> None:
        """Keep the names, sorted, so that ties always fall the same way."""
        self.names = tuple(sorted({name for name in names if name}))

    def __contains__(self, name: object) -> bool:
        """Whether the name is known."""
        return name in self._set

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def _by_shortened(self) -> dict[str, list[str]]:
        """Known names by themselves and by what is left when one character is taken out."""
        index: dict[str, list[str]] = {}
        for name in self.names:
            for shortened in _shortened(name):
                index.setdefault(shortened, []).append(name)
        return index

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {known.casefold(): known for known in self.names}

    @cached_property
    def _remedies(self) -> dict[str, Text]:
        return {}

    def nearest(self, name: str, least_likeness: float = LEAST_LIKENESS) -> str | None:
        """The known name most like ``name``; None where none is as much like it as asked (1: the same)."""
        if len(name) > 100:
            return None
        near = sorted({known for shortened in _shortened(name) for known in self._by_shortened.get(shortened, ())})
        best = max(near, key=lambda known: _likeness(known, name), default="")
        if best and _likeness(best, name) >= least_likeness:
            return best
        if len(self.names) > FEW:
            return None
        close = get_close_matches(name.casefold(), self._folded, n=1, cutoff=least_likeness)
        return self._folded[close[0]] if close else None

    def remedy(self, name: str) -> Text:
        """What would be right instead of ``name``: the nearest name, and all names where they are few."""
        if name not in self._remedies:  # the same mistake often stands in thousands of rows
            self._remedies[name] = self._remedy(name)
        return self._remedies[name]

    def shown(self, name: str) -> Text:
        """A known name as it is offered."""
        return Text(name, name)

    def every(self) -> Text:
        """The known names as they are offered, as many as are listed; there is one at least."""
        zh, en = zip(*map(self.shown, self.names[:LISTED]), strict=True)
        return Text(self.between.zh.join(zh), self.between.en.join(en))

    def _remedy(self, name: str) -> Text:
        nearest, many = self.nearest(name), len(self.names)
        if not many:
            return Text("还没有可用的名称。", "There are no names that could be used.")
        every = self.every()
        if nearest and many <= LISTED:
            return MEANT_OR.fill(nearest=self.shown(nearest), every=every)
        if nearest:
            return MEANT.fill(nearest=self.shown(nearest))
        return (ONE_OF if many <= LISTED else ONE_OF_MANY).fill(every=every, many=many)


class Titled(Known):
    """Known names that Chinese readers are offered by their titles, where they have one.

    Args:
        names: the known names.
        titles: Chinese, by name.
        beside: whether the name stands behind its title, for who has to write the name.
    """

    between = Text("、", ", ")

    def __init__(self, names: Iterable[str], titles: Mapping[str, str], *, beside: bool = False) -> None:
        """Of several names with one title none is offered by it."""
        super().__init__(names)
        known = [titles[name] for name in self.names if name in titles]
        self.titles = {name: titles[name] for name in self.names if name in titles and known.count(titles[name]) == 1}
        self._beside = beside

    def shown(self, name: str) -> Text:
        """The title in Chinese, and the name."""
        title = self.titles.get(name, name)
        return Text(f"{title}（{name}）" if self._beside and title != name else title, name)

    def nearest(self, name: str, least_likeness: float = LEAST_LIKENESS) -> str | None:
        """The name that is most like it, or else the one whose title is."""
        if (found := super().nearest(name, least_likeness)) is not None:
            return found
        of = {title: each for each, title in self.titles.items()}
        return of.get(Known(of).nearest(name, least_likeness) or "")


def not_there(column: str, text: str, near: Text) -> Text:
    """What is said of a condition that compares a column with a text that stands nowhere in it.

    Args:
        column: as the condition names it.
        text: that it is compared with.
        near: what would be right.
    """
    said = missing_in(column, text)
    return Text(said.zh + near.zh, f"{said.en} {near.en}")


def missing_in(column: str, text: str) -> Text:
    """That a text stands nowhere in a column, which Chinese readers are told by its title."""
    from alloc.instance.where.titles import titles_of  # which knows of conditions

    name = column.rpartition(".")[2]
    called = Text(titles_of([name]).get(name, Text(name, name)).zh, column)
    return Text("“{called}”中没有 {text}。", "There is no {text} in {called}.").fill(called=called, text=text)


def one_sign_off(one: str, other: str) -> tuple[str, str] | None:
    """The signs in which two texts differ, where that is one: another, left out or added ("" then); else None."""
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    signs = one[: len(one) - end], other[: len(other) - end]
    return signs if max(map(len, signs)) == 1 else None


def _shared(one: str, other: str) -> int:
    """With how many signs both texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (own, its) in pairs if own != its), min(len(one), len(other)))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _shortened(name: str) -> set[str]:
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}
