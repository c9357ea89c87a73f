"""TOML as it is read everywhere: refused where it is longer or deeper than anything that people write."""

from __future__ import annotations

import re
import tomllib
from typing import Any

LONGEST = 1 << 20  # characters; the settings of 2,947 counties take some thousands
# The reader's time goes with the square of the parts of a dotted key.
DEEP = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){32}""")


def parse_toml(text: str) -> dict[str, Any]:
    """The content of a text in TOML.

    Args:
        text: of a file.

    Returns:
        Nested dictionaries, lists, numbers, texts, flags, dates.

    Raises:
        ValueError: it is not TOML, or too long or too deep to be.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters, more than {LONGEST:,}")
    if found := DEEP.search(text):
        raise ValueError(f"a name of more than 32 parts (at line {text.count(chr(10), 0, found.start()) + 1})")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("too many brackets inside each other") from error
