"""Styles of a Word document: the official layout of GB/T 9704-2012 in Chinese, as plain a one in English.

Every style names its East Asian font, so that no text falls back to what a machine happens to have, and the font table
names what stands in where a font is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

LATIN = "Times New Roman"
SONG, HEI, KAI, FANG, TITLE = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
INSTEAD = {FANG: "仿宋", KAI: "楷体", TITLE: "华文中宋", HEI: "SimHei", SONG: "SimSun"}
TOP, LEFT, WIDTH, HEIGHT = Mm(37), Mm(28), Mm(156), Mm(225)
PAGE_WIDTH, PAGE_HEIGHT = Mm(210), Mm(297)
PITCH = 28.0  # points from line to line: 22 lines a page
BODY = 16.0
# Twentieths of a point between characters: 28 of 16 pt are wider than the 156 mm of a line. A character grid would say
# the same, but some programs give every character two cells of a grid that is narrower than it.
CLOSER = -5
FOOTER = Mm(35 - 7 - 5)  # the page number stands 7 mm under the text


@dataclass(frozen=True)
class Face:
    """How a style looks: fonts, size and weight, lines, indents in characters, place of a heading in the outline."""

    asian: str
    size: float
    latin: str = LATIN
    bold: bool = False
    line: float | None = PITCH
    indent: float = 0.0
    before: float = 0.0
    after: float = 0.0
    align: str = "both"
    level: int | None = None
    together: bool = False


ZH = {
    "Normal": Face(FANG, BODY),
    "Body Text": Face(FANG, BODY, indent=2),
    "Title": Face(TITLE, 22, align="center", line=36, after=14),
    "Subtitle": Face(KAI, BODY, align="center", after=14),
    "Heading 1": Face(HEI, BODY, indent=2, level=0, together=True),
    "Heading 2": Face(KAI, BODY, indent=2, level=1, together=True),
    "Heading 3": Face(FANG, BODY, bold=True, indent=2, level=2, together=True),
    "List Bullet": Face(FANG, BODY, align="left"),  # justified, a line of few words and numbers is stretched apart
    "Caption": Face(HEI, 12, line=20, before=8, after=4, align="left", together=True),
    "Table Text": Face(FANG, 12, line=None, align="left"),
    "Note": Face(KAI, 10.5, line=16, after=2, align="left"),
    "Figure": Face(FANG, 12, line=None, before=4, after=2, align="center", together=True),
    "TOC Heading": Face(HEI, BODY, align="center", after=10),
    "toc 1": Face(FANG, BODY, align="left"),
    "toc 2": Face(FANG, BODY, align="left"),
    "Footer": Face(SONG, 14, line=None, align="left", latin=SONG),
}
EN = {
    "Normal": Face(SONG, 12, line=18),
    "Body Text": Face(SONG, 12, line=18, after=8),
    "Title": Face(SONG, 22, align="center", line=30, bold=True, after=8),
    "Subtitle": Face(SONG, 12, line=18, align="center", after=14),
    "Heading 1": Face(HEI, 15, latin="Arial", bold=True, line=22, before=16, after=6, align="left", level=0,
                      together=True),
    "Heading 2": Face(HEI, 12.5, latin="Arial", bold=True, line=18, before=12, after=4, align="left", level=1,
                      together=True),
    "Heading 3": Face(SONG, 12, bold=True, line=18, before=8, after=4, align="left", level=2, together=True),
    "List Bullet": Face(SONG, 12, line=18, after=4, align="left"),
    "Caption": Face(HEI, 11, latin="Arial", bold=True, line=16, before=10, after=4, align="left", together=True),
    "Table Text": Face(SONG, 12, line=None, align="left"),
    "Note": Face(SONG, 9.5, line=13, after=2, align="left"),
    "Figure": Face(SONG, 12, line=None, before=4, after=2, align="center", together=True),
    "TOC Heading": Face(HEI, 15, latin="Arial", bold=True, line=22, align="center", after=10),
    "toc 1": Face(SONG, 12, line=22, align="left"),
    "toc 2": Face(SONG, 12, line=22, align="left"),
    "Footer": Face(SONG, 14, line=None, align="left"),
}  # fmt: skip
COMPACT = {"Normal": 10.0, "Body Text": 10.0, "Subtitle": 10.0, "Title": 16.0, "Heading 1": 11.0, "List Bullet": 9.5,
           "Caption": 9.5, "Note": 8.0, "Footer": 10.5}  # fmt: skip
DOTS = 2  # number of the list of dots
CLOSE = 1.2  # the line of compact text over its size


def faces(language: str, compact: bool) -> dict[str, Face]:
    """The styles of a language; `compact` for the page of a city."""
    found = dict(ZH if language == "zh" else EN)
    if compact:
        for name, size in COMPACT.items():
            old = found[name]
            align = "left" if name in ("Title", "Subtitle") else old.align
            line = None if old.line is None else size * CLOSE
            found[name] = Face(old.asian, size, old.latin, old.bold, line, 0, 2 if old.level is not None else 0,
                               1, align, old.level, old.together)  # fmt: skip
    found["Gap"] = Face(SONG, 2, line=3)  # between two tables
    return found


def set_styles(word: WordDocument, styles: dict[str, Face], language: str) -> None:
    """Makes the document's styles look as told, and adds those that it lacks."""
    _set_defaults(word, styles["Normal"], language)
    for name, face in styles.items():
        known = {style.name for style in word.styles}
        style = word.styles[name] if name in known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if name not in ("Normal",):
            style.base_style = word.styles["Normal"]
        style.quick_style = True
        element = style.element
        for part in element.findall(qn("w:rPr")) + element.findall(qn("w:pPr")):
            element.remove(part)
        element.append(parse_xml(_paragraph(face)))
        element.append(parse_xml(_run(face)))


def _set_defaults(word: WordDocument, face: Face, language: str) -> None:
    defaults = word.styles.element.find(qn("w:docDefaults"))
    assert defaults is not None
    lang = f'<w:lang w:val="en-{"US" if language == "zh" else "GB"}" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    fonts, half = _fonts(face), round(face.size * 2)
    size = f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'  # the character grid counts in this size
    defaults.clear()
    defaults.append(
        parse_xml(f"<w:rPrDefault {nsdecls('w')}><w:rPr>{fonts}<w:kern w:val='0'/>{size}{lang}</w:rPr></w:rPrDefault>")
    )
    defaults.append(parse_xml(f"<w:pPrDefault {nsdecls('w')}><w:pPr/></w:pPrDefault>"))


def _fonts(face: Face) -> str:
    return f'<w:rFonts w:ascii="{face.latin}" w:hAnsi="{face.latin}" w:eastAsia="{face.asian}" w:cs="{face.latin}"/>'


def _run(face: Face) -> str:
    bold = "<w:b/><w:bCs/>" if face.bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    size = round(face.size * 2)
    closer = CLOSER if face.size == BODY and face.align == "both" else 0
    return (
        f"<w:rPr {nsdecls('w')}>{_fonts(face)}{bold}<w:i w:val='0'/><w:color w:val='000000'/>"
        f'<w:spacing w:val="{closer}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    )


def _paragraph(face: Face) -> str:
    height, rule = (240, "auto") if face.line is None else (round(face.line * 20), "exact")
    around = f'w:before="{round(face.before * 20)}" w:after="{round(face.after * 20)}"'
    line = f'<w:spacing {around} w:line="{height}" w:lineRule="{rule}"/>'
    indent = ""
    if face.indent:
        first, characters = round(face.indent * face.size * 20), int(face.indent * 100)
        indent = f'<w:ind w:firstLine="{first}" w:firstLineChars="{characters}"/>'
    together = "<w:keepNext/><w:keepLines/>" if face.together else ""
    level = "" if face.level is None else f'<w:outlineLvl w:val="{face.level}"/>'
    snap = '<w:snapToGrid w:val="0"/>' if face.line is None or face.size < BODY else ""
    return f'<w:pPr {nsdecls("w")}>{together}{snap}{line}{indent}<w:jc w:val="{face.align}"/>{level}</w:pPr>'


def set_numbering(word: WordDocument, language: str, headings: bool = True) -> None:
    """Numbers the headings 一、（一）1. (1 1.1 1.1.1 in English), and gives lists their dots, as real lists."""
    numbering: Any = word.part.numbering_part.element
    formats = (
        (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))
        if language == "zh"
        else (("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"))
    )
    suffix = "nothing" if language == "zh" else "space"
    linked = [f'<w:pStyle w:val="Heading{at + 1}"/>' if headings else "" for at in range(len(formats))]
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{linked[at]}'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for at, (form, text) in enumerate(formats)
    )
    dot = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/>'
        '<w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="840" w:hanging="320"/></w:pPr></w:lvl>'
    )
    for child in list(numbering):
        numbering.remove(child)
    for number, content in ((1, levels), (2, dot)):
        kind = "multilevel" if number == 1 else "hybridMultilevel"
        numbering.append(parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="{kind}"/>{content}'
            "</w:abstractNum>"
        ))  # fmt: skip
    for number in (1, 2):
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
        )
    known = {style.name for style in word.styles}
    for name, number, level in (
        ("Heading 1", 1, 0), ("Heading 2", 1, 1), ("Heading 3", 1, 2), ("List Bullet", 2, 0), ("Summary List", 2, 0),
    ):  # fmt: skip
        if (number == 1 and not headings) or name not in known:
            continue
        properties = word.styles[name].element.find(qn("w:pPr"))
        numbered = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        place = sum(child.tag in (qn("w:keepNext"), qn("w:keepLines")) for child in properties)
        properties.insert(place, numbered)


def font_table() -> bytes:
    """The fonts that are asked for, and what stands in for each."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, other in INSTEAD.items()
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<w:fonts {nsdecls('w')}>{fonts}</w:fonts>".encode()
    )
