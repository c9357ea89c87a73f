"""Fonts of PDF and drawn figures: which are on the machine, and whether they can show every character.

Nothing is bundled. A printed box in place of a character is an error that nobody sees in time, so every character is
looked up in the fonts before anything is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

from alloc.text import Text

if TYPE_CHECKING:
    import typst

# In the order of preference; the families of Windows, macOS, and Linux.
SANS = (
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei",
)  # fmt: skip
SERIF = (
    "Songti SC", "STSong", "SimSun", "Source Han Serif SC", "Noto Serif CJK SC", "Noto Serif SC", "AR PL SungtiL GB",
)  # fmt: skip
LATIN = "Libertinus Serif"  # comes with typst
# Chinese families set quotation marks as wide as a Chinese character; in English one of these has them.
NARROW = ("Arial", "Helvetica Neue", "Liberation Sans", "DejaVu Sans", LATIN)
BLANK = ("last resort", "lastresort", "adobe blank", "notdef", "tofu")  # these show boxes for everything
# What we use of the family that comes with typst and has no file to look into; a test sets and reads these.
EMBEDDED = frozenset(
    "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100)]))
    + "ᵃᵉ\u2009\u2002\u2003–—‘’“”…‰′″₂⁴⁸−∞≤≥≈→▲▼○●■□◆ΔΣ½"
)
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # classes of Unicode: controls and spaces
SHOWN = 12  # missing characters that a message names


class MissingGlyphs(Exception):
    """Characters that no font of this machine can show.

    Attributes:
        characters: in order.
        text: the message, in both languages.
    """

    def __init__(self, characters: Iterable[str]) -> None:
        """Keep the characters and say what to install."""
        self.characters = tuple(sorted(characters))
        named = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in self.characters[:SHOWN])
        more = len(self.characters) - SHOWN
        self.text = Text(
            f"本机没有字体能显示下列字符：{named}{f' 等 {len(self.characters)} 个' if more > 0 else ''}。"
            "请安装中文字体："
            "Debian、Ubuntu：apt install fonts-wqy-microhei（或 fonts-noto-cjk）；"
            "Windows：设置 → 系统 → 可选功能 → 简体中文补充字体；macOS 自带“苹方”，可在“字体册”中启用。",
            f"No font on this machine can show {named}{f' and {more} more' if more > 0 else ''}. "
            "Install a Chinese font: on Debian and Ubuntu apt install fonts-wqy-microhei (or fonts-noto-cjk); "
            "on Windows Settings → System → "
            "Optional features → Chinese (Simplified) Supplemental Fonts; macOS has PingFang: enable it in Font Book.",
        )
        super().__init__(self.text.en)


@dataclass(frozen=True)
class Faces:
    """The families to set a document in, each list in the order in which a character is looked for; and the one that
    has the quotation marks of an English text."""

    sans: tuple[str, ...]
    serif: tuple[str, ...]
    quotes: str = LATIN


class Library:
    """The fonts that typst finds on this machine, with the characters that each can show.

    Attributes:
        fonts: to be handed to a typst compiler, so that it does not search again.
    """

    def __init__(self, folders: Sequence[Path] = (), system: bool = True) -> None:
        """Search the system's folders, where `system`, and `folders`."""
        import typst

        self.fonts: typst.Fonts = typst.Fonts(
            include_system_fonts=system, include_embedded_fonts=True, font_paths=[str(each) for each in folders]
        )
        self._files = _regular_files(self.fonts.fonts())
        self._characters: dict[str, frozenset[int]] = {LATIN: frozenset(map(ord, EMBEDDED))}

    def faces(self, texts: Iterable[str]) -> Faces:
        """Families that together show every character of the texts.

        Raises:
            MissingGlyphs: there are characters that no font can show.
        """
        needed = {ord(sign) for text in texts for sign in set(text) if category(sign) not in UNSEEN}
        sans = next((name for name in SANS if name in self._files), None)
        serif = next((name for name in SERIF if name in self._files), sans)
        chosen = list(dict.fromkeys(name for name in (sans, serif, LATIN) if name))
        missing = needed - frozenset().union(*map(self.characters, chosen))
        for family in [*SANS, *SERIF, *sorted(self._files)]:
            if not missing:
                break
            if family in self._files and family not in chosen and (found := missing & self.characters(family)):
                chosen.append(family)
                missing -= found
        if missing:
            raise MissingGlyphs(map(chr, missing))
        first = tuple(name for name in (serif,) if name)
        quotes = next(name for name in NARROW if name in self._files or name == LATIN)
        return Faces(tuple(chosen), first + tuple(name for name in chosen if name != serif), quotes)

    def characters(self, family: str) -> frozenset[int]:
        """The code points that a family can show."""
        if family not in self._characters:
            from fontTools.ttLib import TTFont

            path, place = self._files[family]
            with TTFont(path, fontNumber=place, lazy=True) as font:
                self._characters[family] = frozenset(font["cmap"].getBestCmap())
        return self._characters[family]


@cache
def library() -> Library:
    """The fonts of this machine, looked for once."""
    return Library()


def _regular_files(fonts: Sequence[typst.FontInfo]) -> dict[str, tuple[str, int]]:
    """The file, and the place in it, of the upright face of every family that is nearest to the regular weight."""
    found: dict[str, tuple[int, str, int]] = {}
    for font in fonts:
        if font.path is None or font.style != "normal" or any(each in font.family.casefold() for each in BLANK):
            continue
        candidate = (abs(font.weight - 400), str(font.path), font.index)
        found[font.family] = min(found.get(font.family, candidate), candidate)
    return {family: (path, place) for family, (_, path, place) in found.items()}
