"""Words for users: every text stands in Chinese and in English."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def fill(self, **words: object) -> Text:
        """Both texts with their ``{names}`` replaced; a word that is a ``Text`` itself is taken in its language."""
        return Text(
            self.zh.format(**{name: word.zh if isinstance(word, Text) else word for name, word in words.items()}),
            self.en.format(**{name: word.en if isinstance(word, Text) else word for name, word in words.items()}),
        )

    def said(self, language: str, **words: object) -> str:
        """One of them, ``zh`` or ``en``, with its ``{names}`` replaced."""
        text: str = getattr(self, language)
        return text.format(**words)
