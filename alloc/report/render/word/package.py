"""A Word document as a file: the fonts that it asks for, its settings, and the same bytes for the same document."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx.document import Document as WordDocument
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn

from alloc.report.render.word.style import font_table

SAME_DAY = (1980, 1, 1, 0, 0, 0)


def packed(word: WordDocument) -> bytes:
    """The file, with every part dated alike and in the order of names."""
    _add_font_table(word)
    _clean_settings(word)
    first = io.BytesIO()
    word.save(first)
    made = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, SAME_DAY)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(info, source.read(name))
    return made.getvalue()


def _add_font_table(word: WordDocument) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable"
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"
    part = word.part
    for name, relation in list(part.rels.items()):
        if relation.reltype == kind:
            del part.rels[name]
    made = Part(PackURI("/word/fontTable.xml"), content, font_table(), part.package)
    part.relate_to(made, kind)


def _clean_settings(word: WordDocument) -> None:
    """Punctuation may hang over the margin, and the language of themes is Chinese."""
    settings: Any = word.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:eastAsia"), "zh-CN")
