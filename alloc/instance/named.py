"""Codes of records that have names: a name that stands where a code belongs is told its code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from alloc.instance.divisions.codes import bare
from alloc.instance.suggest import LISTED, Known
from alloc.text import Text

# The columns with the names of what other tables name by its code, in Chinese and in English.
NAMES: Mapping[str, tuple[str, str]] = {
    "cities": ("name", "name_en"), "services": ("title_zh", "title_en"), "pools": ("title_zh", "title_en"),
}  # fmt: skip


class Named(Known):
    """Known codes of records that have names too: whoever writes a name is told the code that stands for it."""

    def __init__(self, codes: Iterable[str], *names: Iterable[str]) -> None:
        """Keep the codes, each with its names: in Chinese, or in both languages; none where they have none."""
        every = tuple(map(str, codes))
        super().__init__(every)
        zh, en = (*names, *names)[:2] if names else (every, every)
        self.titles = {
            code: Text(str(name), str(other or name)) for code, name, other in zip(every, zh, en, strict=True)
        }

    @cached_property
    def _by_name(self) -> Mapping[str, set[str]]:
        """Codes by names without endings such as 市."""
        codes: dict[str, set[str]] = {}
        for code, title in self.titles.items():
            for name in filter(None, title):
                codes.setdefault(bare(name), set()).add(code)
        return codes

    @cached_property
    def _like(self) -> tuple[Known, Mapping[str, str]]:
        """The names in full, and the code of each; of several records with one name the last."""
        whose = {name: code for code, title in sorted(self.titles.items()) for name in title}
        return Known(whose), whose

    def by_name(self, text: str) -> str | None:
        """The code of the only record of a name; None where there is none."""
        codes = self._by_name.get(bare(text), set())
        return next(iter(codes)) if len(codes) == 1 else None

    def like_name(self, text: str) -> str | None:
        """The code of the record whose name is most like a text; None where none is like it."""
        known, whose = self._like
        name = known.nearest(text)
        return None if name is None else whose[name]

    def among(self, text: str, codes: Collection[str]) -> str | None:
        """The code of the record that a text means where it can only be one of some; None where that is open."""
        own = {code: self.titles[code] for code in codes if code in self.titles}
        like = Named(own, [title.zh for title in own.values()], [title.en for title in own.values()]).like_name(text)
        return like or (next(iter(own)) if len(own) == 1 else None)

    def _remedy(self, name: str) -> Text:
        known = name in self or self.nearest(name) is not None
        return (None if known else self.instead_of(name)) or super()._remedy(name)

    def instead_of(self, name: str) -> Text | None:
        """The code that is right instead of a name, or all codes with their names; None where no name stands there."""
        meant = self.by_name(name)
        if meant is not None:
            return Text(f"写作 {meant}。", f"Write {meant}.")
        like = self.like_name(name)
        called = {code: Text(f"{code}（{self.titles[code].zh}）", f"{code} ({self.titles[code].en})")
                  for code in ([like] if like else self.names[:LISTED])}  # fmt: skip
        if like:
            return Text(f"是否为 {called[like].zh}？", f"Did you mean {called[like].en}?")
        if name.isascii() or not called:
            return None
        zh, en = "、".join(each.zh for each in called.values()), ", ".join(each.en for each in called.values())
        if (many := len(self.names)) > LISTED:
            return Text(f"可用：{zh} 等 {many} 个。", f"Would be right: one of {many}: {en}, ….")
        return Text(f"可用：{zh}。", f"Would be right: one of {en}.")
