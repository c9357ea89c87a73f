"""What makes a document an official letter: addressee, annexes, issuing office and date, as fields to be filled in.

A report knows none of these but its annexes, so each is a content control of Word that shows what belongs there, and is
printed grey until somebody writes into it. Their places are those of GB/T 9704-2012: the addressee under the title at
the left, the annexes under the text, office and date at the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.oxml.ns import nsdecls

from alloc.report.render.paper import Grid
from alloc.text import Text

NAMED = 8  # annexes that are listed; of more the last line says so
PLACEHOLDER = "808080"
# Tag of the field: its title, and what stands there until it is filled in.
FIELDS = {
    "recipient": (Text("主送机关", "Addressee"), Text("[主送机关]", "[addressee]")),
    "issuer": (Text("发文机关署名", "Issuing office"), Text("[发文机关]", "[issuing office]")),
    "date": (Text("成文日期", "Date"), Text("[××××年×月×日]", "[date]")),
}
COLON = Text("：", ":")
ANNEXES = Text("附件：", "Annexes: ")
ANNEX = Text("{at}. {title}（附表{number}）", "{at}. {title} (table A{number})")
MORE = Text("等共 {count} 个附表", "and others, {count} tables in all")


def recipient_xml(language: str) -> str:
    """The line of the addressee, without indent, with its colon."""
    return _paragraph(_control("recipient", language) + _run(COLON.said(language)), "left", 0)


def annexes_said(annex: Sequence[Grid], language: str) -> list[str]:
    """The list of annexes, a line each; none where there are none."""
    if not annex:
        return []
    lines = [ANNEX.said(language, at=at, title=grid.title, number=grid.number) for at, grid in enumerate(annex, 1)]
    if len(lines) > NAMED:
        lines = [*lines[: NAMED - 1], MORE.said(language, count=len(lines))]
    return [ANNEXES.said(language) + lines[0], *lines[1:]]


def signature_xml(language: str) -> list[str]:
    """Issuing office and date, at the right, four characters in."""
    return [_paragraph(_control(tag, language), "right", 4) for tag in ("issuer", "date")]


def _paragraph(content: str, align: str, characters: int) -> str:
    side = f'<w:ind w:rightChars="{characters * 100}" w:firstLine="0" w:firstLineChars="0"/>'
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="BodyText"/>{side}<w:jc w:val="{align}"/></w:pPr>{content}</w:p>'
    )


def _control(tag: str, language: str) -> str:
    title, shown = (each.said(language) for each in FIELDS[tag])
    kind = (
        '<w:date><w:dateFormat w:val="yyyy年M月d日"/><w:lid w:val="zh-CN"/></w:date>' if tag == "date" else "<w:text/>"
    )
    if language != "zh":
        kind = kind.replace("yyyy年M月d日", "d MMMM yyyy").replace("zh-CN", "en-GB")
    properties = f'<w:sdtPr><w:alias w:val="{escape(title)}"/><w:tag w:val="{tag}"/><w:showingPlcHdr/>{kind}</w:sdtPr>'
    return f"<w:sdt>{properties}<w:sdtContent>{_run(shown, PLACEHOLDER)}</w:sdtContent></w:sdt>"


def _run(text: str, colour: str = "") -> str:
    ink = f'<w:rPr><w:color w:val="{colour}"/></w:rPr>' if colour else ""
    return f'<w:r>{ink}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
