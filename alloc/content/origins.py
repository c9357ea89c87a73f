"""Sources as a reader of documents or of a cut instance is told them: without names of programs and files."""

from __future__ import annotations

import re

from alloc.text import Text

_PROGRAM = re.compile(r"(?:测算程序 *)?\b[\w/]+\.py\b")
_FILE = re.compile(r"(?:(?<=[\u4e00-\u9fff]) )?\b\w+/[\w/]+\.csv\b")  # a blank parts names from Chinese, no words
_MADE = Text("本算例的测算", "worked out for this instance")
_MADE_IN = Text("算例 {origin} 的测算", "worked out for the instance {origin}")
_MATERIAL = Text("本算例的资料", "the material of this instance")
_MATERIAL_IN = Text("算例 {origin} 的资料", "the material of the instance {origin}")


def without_programs(said: str, language: str, origin: str = "") -> str:
    """A source or a note with words for the programs and files that it names.

    Args:
        said: the text.
        language: of the words, ``zh`` or ``en``.
        origin: name of the instance whose programs and files these are; "": of the one that is told of.
    """
    made, material = (_MADE_IN, _MATERIAL_IN) if origin else (_MADE, _MATERIAL)
    said = _PROGRAM.sub(made.said(language, origin=origin), said)
    return _FILE.sub(material.said(language, origin=origin), said)
