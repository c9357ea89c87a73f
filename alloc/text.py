"""Words for users: every text stands in Chinese and in English."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def fill(self, **words: object) -> Text:
        """Both texts with their ``{names}`` replaced.

        Args:
            words: by name; one that is a ``Text`` itself is taken in its language.

        Returns:
            The texts.
        """
        return Text(
            self.zh.format(**{name: word.zh if isinstance(word, Text) else word for name, word in words.items()}),
            self.en.format(**{name: word.en if isinstance(word, Text) else word for name, word in words.items()}),
        )

    def said(self, language: str, **words: object) -> str:
        """One of them, with its ``{names}`` replaced.

        Args:
            language: ``zh`` or ``en``.
            words: by name.

        Returns:
            The text.
        """
        text: str = getattr(self, language)
        return text.format(**words)


def figure(value: float) -> str:
    """A number as messages show it: whole numbers in full, others with about six digits, thousands apart by a space."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}".replace(",", " ")
    return format(value, ",.1f" if 1e6 <= abs(value) < 1e15 else ",.6g").replace(",", " ")
