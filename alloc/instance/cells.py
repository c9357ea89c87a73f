"""From the text of a cell to what it says: numbers, codes and flags as planners write them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from math import isfinite, nan
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

ONE = Fraction(1)
TRUE = frozenset({"true", "1", "1.0", "是", "yes"})
FALSE = frozenset({"false", "0", "0.0", "否", "no"})

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}((,\d{3})+|( \d{3})+)(\.\d+)?", re.ASCII)
_ONLY_PLAIN = re.compile(r"[0-9eE.+\-\n]*")
_TIMES = MappingProxyType({"%": Decimal("0.01"), "万": Decimal(10_000), "亿": Decimal(100_000_000)})
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_MAY_VANISH = re.compile(r"[eE]-\d{3}|0{300}")  # in a number so small that the machine takes it for 0
_ONLY_ZERO = re.compile(r"[+-]?[0.]*(e.*)?", re.IGNORECASE)

# What nobody sees and programs leave in what is copied from them: zero-width characters, marks of direction, BOM.
_EVERY_UNSEEN = tuple(map(chr, (
    0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF
)))  # fmt: skip
_INVISIBLE = re.compile(f"[{''.join(_EVERY_UNSEEN)}]")
# Full-width signs and blanks of all widths become plain ones. Other digits stay what they are: ² is not 2, ① not 1.
_PLAIN_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | dict.fromkeys(
    (0x3000, 0xA0, 0x202F, *range(0x2000, 0x200B)), 0x20
)
# Minus signs that planners' programs write instead of the hyphen.
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-"})


def visible(text: str) -> str:
    """A text without what nobody sees in it."""
    if text.isascii() or not any(sign in text for sign in _EVERY_UNSEEN):
        return text
    return _INVISIBLE.sub("", text)


def tidy(cell: str) -> str:
    """A cell without surrounding blanks and what nobody sees in it, lines inside ended in one way."""
    if not cell.isascii():
        cell = _INVISIBLE.sub("", cell)
    return cell.strip() if "\r" not in cell else cell.strip().replace("\r\n", "\n").replace("\r", "\n")


def plain_width(text: str) -> str:
    """A text in which full-width signs are plain ones, and nothing else is changed."""
    return text if text.isascii() else text.translate(_PLAIN_WIDTH)


def parse_number(text: str, *, share: bool = False) -> float | None:
    """The number in a cell, or None where it holds none.

    Thousands separators, full-width digits and surrounding blanks are read; a percent sign only where a share is meant.
    Texts such as nan and inf, decimal commas, units, superscripts, and what is too large or too small for a number of
    the machine are not numbers.
    """
    text = plain_width(visible(text)).translate(_MINUS).strip()
    if share and text.endswith("%"):
        number = parse_number(text[:-1])
        # "35e-2" is read as exactly the same float as "0.35", 35/100 not always.
        return None if number is None else _finite(f"{number!r}e-2") if "e" not in repr(number) else number / 100
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
    return _finite(text) if _PLAIN.fullmatch(text) else None


def number_meant(text: str) -> tuple[str, str] | None:
    """The number that a text with 万, 亿 or a percent sign behind, thousands apart or a decimal comma stands for.

    Returns:
        The number as it is to be written, and the sign that it is to be written without: 万, 亿, %, "" of thousands
        apart, "." of a decimal comma; None for any other text.
    """
    plain = plain_width(text).strip()
    if (parts := re.fullmatch(r"([+-]?\d+),(\d{1,2}|\d{4,})", plain)) is not None:
        return f"{parts[1]}.{parts[2]}", "."
    found = re.fullmatch(r"([+-]?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?)\s*([%万亿]?)", plain)
    if found is None or not (found[2] or re.search("[, ]", found[1])):
        return None
    bare = re.sub("[, ]", "", found[1])
    if not found[2]:
        return bare, ""
    meant = f"{Decimal(bare) * _TIMES[found[2]]:f}"
    return meant.rstrip("0").rstrip(".") if "." in meant else meant, found[2]


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) and (number or _ONLY_ZERO.fullmatch(text)) else None


def parse_numbers(
    cells: list[str], *, share: bool = False, scale: Fraction = ONE
) -> tuple[NDArray[np.float64], list[int]]:
    """The numbers of a column (NaN where empty or no number), and the positions of the cells that are no number.

    Args:
        cells: as they stand in the file.
        share: whether a percent sign may follow.
        scale: by which they are multiplied, without an error of rounding; a number with a percent sign is not.
    """
    if scale != ONE:
        return _scaled(cells, share, scale)
    joined = "\n".join(cells)
    if _ONLY_PLAIN.fullmatch(joined) and not _MAY_VANISH.search(joined):  # the usual case, without a look at every cell
        try:
            numbers = np.array([float(cell) if cell else nan for cell in cells])
        except ValueError:
            pass
        else:
            if not np.isinf(numbers).any():
                return numbers, []
    numbers, bad = np.full(len(cells), nan), []
    for place, cell in enumerate(cells):
        if cell:
            number = parse_number(cell, share=share)
            if number is None:
                bad.append(place)
            else:
                numbers[place] = number
    return numbers, bad


def _scaled(cells: list[str], share: bool, scale: Fraction) -> tuple[NDArray[np.float64], list[int]]:
    numbers, bad = parse_numbers(cells, share=share)
    for place in np.flatnonzero(~np.isnan(numbers)).tolist():
        if not plain_width(cells[place]).endswith("%"):
            numbers[place] = float(Fraction(repr(float(numbers[place]))) * scale)
    return numbers, bad


def parse_code(text: str) -> str:
    """A code as text: full-width digits become plain ones, and 440300.0, as spreadsheets write it, becomes 440300."""
    if not text.isascii():
        text = plain_width(visible(text)).strip()
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole[1] if whole else text


def parse_flag(text: str) -> bool | None:
    """Whether a flag is set; None where the cell says neither yes nor no."""
    text = plain_width(visible(text)).strip().casefold()
    return True if text in TRUE else False if text in FALSE else None


def looks_numeric(cells: list[str]) -> bool:
    """Whether every non-empty cell is a number, and none a code with a leading zero."""
    return not parse_numbers(cells)[1] and not any(_LEADING_ZERO.match(cell) for cell in cells)
