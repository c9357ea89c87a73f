"""Words for users: every text stands in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_SLOT = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def fill(self, **words: object) -> Text:
        """Both texts with their ``{names}`` replaced; ``{name:,.0f}`` says how a number is written.

        Args:
            words: by name; one that is a ``Text`` itself is taken in its language.

        Returns:
            The texts; braces around anything else stay: a user's own words, already in a text, may have some.
        """
        return Text(
            _filled(self.zh, {name: word.zh if isinstance(word, Text) else word for name, word in words.items()}),
            _filled(self.en, {name: word.en if isinstance(word, Text) else word for name, word in words.items()}),
        )

    def said(self, language: str, **words: object) -> str:
        """One of them, with its ``{names}`` replaced.

        Args:
            language: ``zh`` or ``en``.
            words: by name.

        Returns:
            The text.
        """
        return _filled(getattr(self, language), words)


def _filled(text: str, words: Mapping[str, object]) -> str:
    return _SLOT.sub(lambda slot: format(words[slot[1]], slot[2] or "") if slot[1] in words else slot[0], text)


def listed(parts: Iterable[Text]) -> Text:
    """Several texts in a row."""
    every = list(parts)
    return Text("、".join(part.zh for part in every), ", ".join(part.en for part in every))


def figure(value: float) -> str:
    """A number as messages show it: whole numbers in full, others with about six digits, thousands apart by a space."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}".replace(",", " ")
    return format(value, ",.1f" if 1e6 <= abs(value) < 1e15 else ",.6g").replace(",", " ")
