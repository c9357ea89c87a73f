"""TOML as it is read everywhere: refused where it is longer, deeper or larger than anything that people write."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
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
        ValueError: it is not TOML, or too long or too deep to be, or has a whole number of more than 64 bits, which
            TOML does not have.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters, more than {LONGEST:,}")
    if found := DEEP.search(text):
        raise ValueError(f"a name of more than 32 parts (at line {text.count(chr(10), 0, found.start()) + 1})")
    try:
        content = tomllib.loads(text)
        if large := next(_large(content), None):
            raise ValueError(f"{large} is a whole number of more than 64 bits")
    except RecursionError as error:
        raise ValueError("too many brackets inside each other") from error
    return content


def _large(value: Any, path: str = "") -> Iterator[str]:
    """Where whole numbers stand that need more than 64 bits."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _large(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _large(each, f"{path}[{place}]")
    elif isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        yield path
