"""Damage: what happens to texts, numbers and bytes on their way through people and programs."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Sequence
from typing import Any

Rows = list[list[str]]

NUMBERS = (
    "0", "1", "-1", "0.5", "35%", "1,000", "1e-9", "1e-300", "1e-400", "1e300", "1e308", "1e400", "9" * 30, "9" * 400,
    "-0", "0.0", "+5", "1.", ".5", "1e5", "1E+05", "0x10", "1_000", "1 000", "12,5", "１２", "²", "①", "一百", "3万",
    "nan", "inf", "-inf", "NaN", "None", "#DIV/0!", "#N/A", "1/2", "—", "−3", "5e-324", "1.7976931348623157e308",
)  # fmt: skip
WORDS = (
    "", " ", "x", "land", "440300", "4403", "440300000000", "44", "深圳市", "true", "false", "是", "否", "yes", "TRUE",
    "settle", "allocation:land", "allocation:", "added:hospital", "residents", "name", "share", "amount", ">=", "<=",
    "=", "bond", "transfer", "size_class == 'medium'", "not not", "province in ['44'", "residents > 6e6",
    "name == '深圳市'", "city == 440300", "(" * 60, "[" * 60, "'", '"', "{}", "{0}", "%s", "<b>", "\x00", "\ufeff",
    "\u200b", "\ud7ff", "é", "e\u0301", "a\nb", "x" * 300, "合计", "注：", "单位：万元", "../x", "C:\\x", "-", "--",
    "2021-01-01", "=1+1", "@x", "🏙", "\u202e",
)  # fmt: skip
SIGNS = "{}[]()\"',:;=.-+#%\n\t \\/<>&|*0129eE_xＸ，；：“”（）\u3000\u200b\x00"
UNSEEN = ("\u200b", "\ufeff", "\u200e", "\u2060", "\xad")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
TIMES = (0.0, 0.01, 0.3, 0.5, 0.9, 0.999, 1.001, 1.02, 1.1, 1.5, 2.0, 10.0, 15.0, 100.0, 1e4, 1e8, -1.0)


class Damage:
    """A source of chance that writes down what it has done.

    Attributes:
        rng: where chance comes from.
        done: what was changed, for the one who reads of a failure.
    """

    def __init__(self, seed: str) -> None:
        """A seed of the same text gives the same damage everywhere."""
        self.rng = random.Random(seed)
        self.done: list[str] = []

    def said(self, what: str) -> None:
        """Writes down a change."""
        self.done.append(what if len(what) < 400 else f"{what[:300]}…{what[-60:]}")

    def chance(self, of: float) -> bool:
        """Whether something happens."""
        return self.rng.random() < of

    def number(self, before: str) -> str:
        """Another number: mostly near the one before, now and then anything."""
        if NUMBER.fullmatch(before) and self.chance(0.75):
            return f"{float(before) * self.rng.choice(TIMES):.12g}"
        return self.rng.choice(NUMBERS)

    def cell(self, before: str) -> str:
        """Another cell: a number for a number, mostly."""
        if self.chance(0.85 if NUMBER.fullmatch(before) else 0.15):
            return self.number(before)
        return self.rng.choice(WORDS)

    def text(self, text: str, most: int = 3) -> str:
        """A text with a few signs, words or lines lost, doubled, moved or put in."""
        for _ in range(self.rng.randint(1, most)):
            text = self.rng.choice((
                self._signs, self._signs, self._a_number, self._a_number, self._a_word, self._lines, self._piece
            ))(text)  # fmt: skip
        return text

    def _signs(self, text: str) -> str:
        place, length = self.rng.randint(0, len(text)), self.rng.choice((0, 0, 1, 1, 2, 8))
        new = self.rng.choice(("", self.rng.choice(SIGNS), self.rng.choice(SIGNS) * 2, text[place : place + 3] * 2))
        self.said(f"at {place}: {text[place : place + length]!r} -> {new!r}")
        return text[:place] + new + text[place + length :]

    def _a_number(self, text: str) -> str:
        found = list(NUMBER.finditer(text))
        if not found:
            return self._signs(text)
        one = self.rng.choice(found)
        new = self.number(one[0])
        self.said(f"number at {one.start()}: {one[0]} -> {new[:40]}")
        return text[: one.start()] + new + text[one.end() :]

    def _a_word(self, text: str) -> str:
        found = list(re.finditer(r"\w+", text))
        if not found:
            return self._signs(text)
        one = self.rng.choice(found)
        new = self.rng.choice((*WORDS, self.rng.choice(found)[0], one[0] + "x", one[0][:-1], one[0].upper()))
        self.said(f"word at {one.start()}: {one[0]!r} -> {new!r}")
        return text[: one.start()] + new + text[one.end() :]

    def _lines(self, text: str) -> str:
        lines = text.split("\n")
        one, other = self.rng.randrange(len(lines)), self.rng.randrange(len(lines))
        what = self.rng.choice(("lost", "twice", "moved", "cut"))
        self.said(f"line {one + 1} {what}: {lines[one][:80]!r}")
        if what == "cut":
            lines = lines[: one + 1]
            lines[one] = lines[one][: self.rng.randint(0, len(lines[one]))]
        elif what == "twice":
            lines.insert(other, lines[one])
        else:
            line = lines.pop(one)
            if what == "moved":
                lines.insert(other, line)
        return "\n".join(lines)

    def _piece(self, text: str) -> str:
        if not text:
            return text
        place = self.rng.randrange(len(text))
        length = self.rng.choice((5, 40, 200))
        times = self.rng.choice((0, 2, 3, 50))
        self.said(f"piece at {place} of {length}, {times} times")
        return text[:place] + text[place : place + length] * times + text[place + length :]

    def bytes(self, content: bytes, most: int = 3) -> bytes:
        """Bytes of which a few are lost, turned or put in."""
        for _ in range(self.rng.randint(1, most)):
            place, length = self.rng.randint(0, len(content)), self.rng.choice((0, 1, 1, 4, 64))
            new = self.rng.choice((b"", self.rng.randbytes(1), self.rng.randbytes(8), b"\xff\xfe", b"\x00" * 4))
            if self.chance(0.15):
                content, new, length = content[:place], b"", 0
            self.said(f"bytes at {place}: {length} -> {new!r}")
            content = content[:place] + new + content[place + length :]
        return content

    def value(self, before: Any) -> Any:
        """Another value for JSON or a table in memory: of the same kind, mostly."""
        if self.chance(0.3):
            return self.rng.choice((None, True, False, {}, [], [[{}]], "", "x", 0, -1, 10**400, 1e308, float("nan"),
                                    float("inf"), "\ud800", "2021-01-01", {"": 1}))  # fmt: skip
        if isinstance(before, bool):
            return not before
        if isinstance(before, int):
            return before + self.rng.choice((-1, 1, 1000))
        if isinstance(before, float):
            return self.rng.choice((before * 1.01 + 1e-3, -before, before + 1, 0.0, float(f"{before:.3g}")))
        if isinstance(before, str):
            return self.rng.choice(
                (before + "x", before[:-1], before.upper(), self.rng.choice(WORDS), before + "\u200b")
            )
        if isinstance(before, list):
            return self.rng.choice((before[1:], [*before, *before[:1]], before[::-1]))
        if isinstance(before, dict):
            return dict(list(before.items())[1:])
        return self.rng.choice((1.0, "x"))


def table(text: str) -> Rows:
    """The rows of a CSV text."""
    return list(csv.reader(io.StringIO(text, newline="")))


def csv_text(rows: Sequence[Sequence[str]], end: str = "\n", always: bool = False) -> str:
    """Rows as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue()
