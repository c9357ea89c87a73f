"""What a certificate proves, as a table."""

from __future__ import annotations

from alloc.certification.certified import Certified
from alloc.content.blocks import Amount, Cell, Paragraph, Section
from alloc.content.figures import number, shown_unit
from alloc.content.tables import table
from alloc.formulation.registry import catalogue
from alloc.text import Text

TITLE = Text("最优性证书", "Certificate of optimality")
HEAD = (
    Text("目标", "tier"), Text("方案的值", "published"), Text("已证的界", "proven bound"), Text("差距", "gap"),
    Text("单位", "unit"),
)  # fmt: skip
SIZE = Text(
    "{rows} 行、{columns} 列；方案满足每一行，最大偏差 {violation:.0e}。",
    "{rows} rows, {columns} columns; the plan keeps to every row, largest violation {violation:.0e}.",
)
WHAT = Text(
    "先行各级目标不差于本方案时，没有方案能超过已证的界；设施可以取小数。值为取整之前的决策值；差距是两者之差，单位同目标。",
    "While the earlier tiers are no worse than here, no plan betters the proven bound, facilities in parts included. "
    "Values are as decided, before rounding; a gap is the difference of the two in the tier's unit.",
)
UNPROVEN = Text(
    "! {title}：结果报告的界 {reported} 更紧，本证书未能证明。",
    "! {title}: the result reports the tighter bound {reported}, which this certificate leaves unproven.",
)
TANGENT = Text(
    "{title}及其后的目标以切线代替二次的接近程度来证明，所证的界可能偏松。",
    "{title} and the tiers behind it are proven with the tangent in the place of the square: bounds may be wide.",
)
SEARCHED = Text(
    "设施由全国联合搜索得到；搜索自己的界只凭分支定界程序的说法。",
    "The facilities were found by one search over the country; its own bounds are the word of branch and bound.",
)
NONE = Text("! {title}：没有证明（时间不够，或求解没有走到）。", "! {title}: nothing is proven (time, or not reached).")


def certified_section(certified: Certified, language: str) -> Section:
    """The table, with what it says and what stays unproven.

    Args:
        certified: a certificate that was written and checked.
        language: ``zh`` or ``en``.
    """
    known = catalogue(certified.formulation).by_methods(certified.methods).tiers
    rows, notes = [], []
    for each in certified.tiers:
        about = known[each.tier]
        title = getattr(about.title, language)
        shown = shown_unit(about.unit, each.value)
        counted = about.unit in ("persons", "10⁴ yuan")

        def cell(value: float | None, size: float = shown.size, counted: bool = counted) -> Cell:
            return None if value is None else Amount(value / size, 0 if counted and size == 1 else 6)

        gap = None if each.gap is None else Amount(each.gap / shown.size, 1, power=each.gap != 0)
        rows.append((title, cell(each.value), cell(each.bound), gap, getattr(shown, language) if counted else ""))
        if each.bound is None:
            notes.append(NONE.said(language, title=title))
        elif each.unproven:
            reported = each.reported or 0.0
            notes.append(UNPROVEN.said(language, title=title, reported=f"{reported / shown.size:,.9g}"))
    if certified.tiers and (tangents := [each.tier for each in certified.tiers if each.by_tangent]):
        notes.append(TANGENT.said(language, title=getattr(known[tangents[0]].title, language)))
    if certified.searched:
        notes.append(SEARCHED.said(language))
    size = SIZE.said(language, rows=number(certified.rows), columns=number(certified.columns),
                     violation=certified.violation)  # fmt: skip
    heads = "|".join(each.said(language) for each in HEAD)
    said = table("certificate", "", heads, "lrrrl", rows)
    return Section("certificate", TITLE.said(language), "", (
        Paragraph(size), said, *(Paragraph(each) for each in (*notes, WHAT.said(language))),
    ))  # fmt: skip
