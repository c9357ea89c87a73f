"""From the text of a cell to what it says: numbers, codes and flags as planners write them."""

from __future__ import annotations

import re
import unicodedata
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

TRUE = frozenset({"true", "1", "1.0", "是", "yes"})
FALSE = frozenset({"false", "0", "0.0", "否", "no"})

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}((,\d{3})+|( \d{3})+)(\.\d+)?", re.ASCII)
_ONLY_PLAIN = re.compile(r"[0-9eE.+\-\n]*")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0\d")
# Minus signs that planners' programs write instead of the hyphen.
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-"})


def parse_number(text: str, *, share: bool = False) -> float | None:
    """The number in a cell, or None where it holds none.

    Thousands separators, full-width digits and surrounding blanks are read; a percent sign only where a share is meant.
    Texts such as nan and inf, decimal commas and units are not numbers.
    """
    text = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    if share and text.endswith("%"):
        number = parse_number(text[:-1])
        # "35e-2" is read as exactly the same float as "0.35", 35/100 not always.
        return None if number is None else _finite(f"{number!r}e-2") if "e" not in repr(number) else number / 100
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
    return _finite(text) if _PLAIN.fullmatch(text) else None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


def parse_numbers(cells: list[str], *, share: bool = False) -> tuple[NDArray[np.float64], list[int]]:
    """The numbers of a column (NaN where empty or no number), and the positions of the cells that are no number."""
    if _ONLY_PLAIN.fullmatch("\n".join(cells)):  # the usual case, without a look at every cell
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


def parse_code(text: str) -> str:
    """A code as text: full-width digits become plain ones, and 440300.0, as spreadsheets write it, becomes 440300."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole[1] if whole else text


def parse_flag(text: str) -> bool | None:
    """Whether a flag is set; None where the cell says neither yes nor no."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return True if text in TRUE else False if text in FALSE else None


def looks_numeric(cells: list[str]) -> bool:
    """Whether every non-empty cell is a number, and none a code with a leading zero."""
    return not parse_numbers(cells)[1] and not any(_LEADING_ZERO.match(cell) for cell in cells)
