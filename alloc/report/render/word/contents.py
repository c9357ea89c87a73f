"""The list of contents of a Word report: it shows when the file is opened, and its page numbers are fields.

A field of contents is empty until somebody has it made, and what it holds then is forgotten by some programs. So every
entry is written here, with a link to its heading and a field that asks on which page that stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from alloc.report.render.paper import Block, Heading
from alloc.report.render.word.style import WIDTH

FEWEST = 8  # chapters from which on a document has a list of contents: fewer are leafed through faster
DEEPEST = 1  # of the headings that are listed: chapters and their sections
STYLES = ("toc 1", "toc 2")
STEP = 24.0  # points, how far the entry of a section stands in
UNKNOWN = "…"  # what a program shows that does not reckon page numbers
DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Entry:
    """A heading: how deep it is, its number and its text, and the name by which it is found."""

    depth: int
    text: str
    name: str


def entries_of(blocks: Sequence[Block], behind: Sequence[str], language: str) -> list[Entry]:
    """The headings of a document in their order, with the numbers that they get; none where there are few chapters.

    Args:
        blocks: of the text.
        behind: headings without a number that follow it.
        language: ``zh`` or ``en``.
    """
    headings = [block for block in blocks if isinstance(block, Heading)]
    if sum(each.depth == 0 for each in headings) < FEWEST:
        return []
    counts = [0, 0]
    found = list[Entry]()
    for at, each in enumerate(headings):
        if 0 <= each.depth <= DEEPEST:
            counts[each.depth] += 1
            counts[each.depth + 1 :] = [0] * (DEEPEST - each.depth)
            found.append(Entry(each.depth, _number(counts[: each.depth + 1], language) + each.text, name_of(at)))
    return [*found, *(Entry(0, text, name_of(len(headings) + at)) for at, text in enumerate(behind))]


def name_of(at: int) -> str:
    """The bookmark of a heading, by its place among all of the document."""
    return f"_Toc{at + 1:06d}"


def mark(heading: Paragraph, at: int) -> None:
    """Sets the bookmark of a heading."""
    start = f'<w:bookmarkStart {nsdecls("w")} w:id="{at}" w:name="{name_of(at)}"/>'
    heading._p.append(parse_xml(start))
    heading._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{at}"/>'))


def contents_xml(entries: Sequence[Entry]) -> Iterator[str]:
    """The lines of the list: text, dots, and the page at the right."""
    for each in entries:
        inward = round(each.depth * STEP * 20)
        right = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{round(WIDTH / Pt(1) * 20)}"/></w:tabs>'
        shape = (
            f'<w:pPr><w:pStyle w:val="{STYLES[each.depth].replace(" ", "")}"/>{right}<w:ind w:left="{inward}"/></w:pPr>'
        )
        said = f'<w:r><w:t xml:space="preserve">{escape(each.text)}</w:t></w:r><w:r><w:tab/></w:r>'
        page = (
            '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve"> PAGEREF {each.name} \\h </w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{UNKNOWN}</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
        link = f'<w:hyperlink w:anchor="{each.name}" w:history="1">{said}{page}</w:hyperlink>'
        yield f"<w:p {nsdecls('w')}>{shape}{link}</w:p>"


def _number(counts: Sequence[int], language: str) -> str:
    """As the list of headings of the document counts: 一、（一） in Chinese, 1 and 1.1 in English."""
    if language != "zh":
        return ".".join(map(str, counts)) + " "
    told = chinese(counts[-1])
    return f"{told}、" if len(counts) == 1 else f"（{told}）"


def chinese(number: int) -> str:
    """A number up to ninety-nine as Chinese counts chapters."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones or not tens else "")
