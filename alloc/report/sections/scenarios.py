"""Edits, and the comparison with another result where one is given (T9)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alloc.comparison import Comparison
from alloc.comparison.decided import totals
from alloc.comparison.inputs import differing
from alloc.comparison.text.beside import MANY, beside
from alloc.comparison.text.details import FURTHER, further
from alloc.comparison.text.titles import Titles
from alloc.comparison.text.view import View as Told
from alloc.comparison.text.wording import say
from alloc.content.blocks import Amount, Cell, Column, Figure, Paragraph, Part, Section, Table
from alloc.content.figures import decimals_that_add_up, number
from alloc.content.numbers import change
from alloc.content.tables import difference
from alloc.report.charts.changes import Panel, changes
from alloc.report.plain.by_hand import amounts_table, edits_table
from alloc.report.view import View
from alloc.result.frames.titles import COLUMNS

LARGEST = 6


def scenarios(view: View, comparison: Comparison | None) -> Section | None:
    """None where there are neither edits nor a comparison. In the comparison A is the other result, B this one."""
    scenario = view.result.manifest.get("scenario")
    parts: list[Part] = [each for each in (edits_table(view), amounts_table(view)) if each is not None]
    if comparison is None and not scenario and not parts:
        return None
    if comparison is not None:
        parts += _beside(view, comparison)
        parts += [_tiers(view, comparison), *_yardsticks(view, comparison), _pools(view, comparison)]
        figure = _winners(view, comparison)
        if figure is not None:
            parts.append(figure)
        parts += [*_decisions(view, comparison), *_further(view, comparison), _cities(view, comparison)]
        parts += _cities_beside(view, comparison)
    if comparison is None:
        title = (scenario or {}).get("title", {}).get(view.language) or (scenario or {}).get("name", "")
        sentence = view.say(
            "本方案采用情景“{title}”。", "This is the scenario “{title}”.", title=title
        ) if title else view.say("本方案有下列人工修改和调整。", "This is what was changed by hand.")  # fmt: skip
    elif comparison.identical:
        sentence = view.say(
            "两个方案的输入和结果完全相同。", "Both results are the same in what went in and what came out."
        )
    else:
        inputs = differing(comparison.rows("inputs", "B").to_dict("records"))
        sentence = view.say(
            "与方案 A（{name}）相比，输入有 {inputs} 处不同；下列各表为本方案（B）减方案 A。",
            "Against result A ({name}), settings, cells and whole rows that differ: {inputs}; the tables show this "
            "result (B) less A.",
            name=comparison.names[0], inputs=number(inputs),
        )  # fmt: skip
    return Section("scenarios", view.say("情景与比较", "Scenarios and comparison"), sentence, tuple(parts))


def _beside(view: View, comparison: Comparison) -> list[Table | Paragraph]:
    """All results in columns, where there are three or more."""
    found: list[Table | Paragraph] = []
    for part in beside(Told(comparison, view.language, everything=True), comparison.letters[1:], named=True):
        assert part.table is not None
        note = view.say("", " ").join(part.notes)
        found.append(replace(part.table, name="compared_beside", title=part.title, note=note, code="T9"))
        found.append(Paragraph(view.say("以下各表比较方案 A 和本方案（B）。",
                                        "The tables that follow compare A with this result (B).")))  # fmt: skip
    return found


def _cities_beside(view: View, comparison: Comparison) -> list[Table]:
    """What every city gets in each of three or more results, a table a kind; cities in which nothing moves left out."""
    if len(comparison.letters) < MANY:
        return []
    title, found = Titles(comparison, view.language), []
    for measure, (head, unit, decimals, scale) in _heads(view).items():
        by_letter = {
            letter: its[its["measure"] == measure].set_index("city")
            for letter in comparison.letters[1:]
            if len(its := comparison.rows("measures", letter))
        }
        moved = {str(city) for its in by_letter.values() for city in its.index[~its["moved"].isin(["", "rounding"])]}
        base = {str(city): float(value) for its in by_letter.values() for city, value in its["base"].items()}
        if not moved:
            continue
        rows = tuple(
            (city, title("city", city), _cell(base[city]),
             *(_cell(float(its["other"].get(city, math.nan))) for its in by_letter.values()))
            for city in sorted(moved)
        )  # fmt: skip
        columns = (
            Column("city", view.say("代码", "code"), kind="code"), Column("name", view.say("城市", "city")),
            *(Column(f"result_{letter}", letter, unit, "number", decimals, scale)
              for letter in ("A", *by_letter)),
        )  # fmt: skip
        name = view.say("各城市{what}：各方案并列", "{what} by city, all results side by side",
                        what=head if view.zh else head[:1].upper() + head[1:])  # fmt: skip
        found.append(Table(f"compared_beside_{measure}", name, columns, rows, sortable=True, code="T9"))
    return found


def _heads(view: View) -> dict[str, tuple[str, str, int, float]]:
    """What is compared by city: title, unit, decimals and scale of each."""
    return {
        "land": (view.say("用地", "land"), view.hectares, 2, 1.0),
        "transfers": (view.say("转移支付", "transfers"), view.say("万元", "10⁴ yuan"), 0, 1.0),
        "bonds": (view.say("债券", "bonds"), view.say("万元", "10⁴ yuan"), 0, 1.0),
        "settle": (view.say("落户", "settle"), view.persons, 0, 1.0),
        "score": (view.say("得分", "score"), view.say("个百分点", "points"), 2, 0.01),
    }


def _cell(value: float) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _tiers(view: View, comparison: Comparison) -> Table:
    title = Titles(comparison, view.language)
    rows: list[tuple[Cell, ...]] = []
    for row in comparison.rows("tiers", "B").to_dict("records"):
        decimals, unit = _shown(view, row["unit"])
        amounts = _amounts(row, decimals)
        certain = number(row["certain"], decimals, sign=True)
        verdict = compact(say(view.language, f"verdict_{row['verdict']}", a="A", b="B"), view.zh)
        rows.append((title("tier", row["tier"]), *amounts, certain, unit, verdict))
    columns = (
        Column("tier", view.say("目标", "tier")),
        Column("base", "A", kind="figure"),
        Column("other", "B", kind="figure"),
        Column("change", view.say("变化", "change"), kind="figure"),
        Column("certain", view.say("其中确定", "certain"), kind="number"),
        Column("unit", view.say("单位", "unit")),
        Column("verdict", view.say("判断", "verdict")),
    )
    name, note = view.say("各级目标比较", "Tiers compared"), say(view.language, "tiers_certain")
    return Table("compared_tiers", name, columns, tuple(rows), note=note, code="T9")


def _amounts(row: Mapping[Any, Any], decimals: int) -> tuple[Amount, Amount, Amount]:
    """A, B, and what they differ by."""
    base, other = (Amount(float(row[side]), decimals) for side in ("base", "other"))
    return base, other, difference(other, base)


def _shown(view: View, unit: str) -> tuple[int, str]:
    """Decimals and unit of a tier."""
    named = {"persons": view.persons, "10⁴ yuan": view.say("万元", "10⁴ yuan")}
    return (0 if unit in named else 5), named.get(unit, "")


def _yardsticks(view: View, comparison: Comparison) -> list[Table]:
    """What the two measure differently, and this result measured as A is."""
    found = comparison.rows("yardsticks", "B").to_dict("records")
    if not found:
        return []
    title = Titles(comparison, view.language)
    known = {row["tier"]: row for row in comparison.rows("tiers", "B").to_dict("records")}
    rows: list[tuple[Cell, ...]] = []
    for measured in dict.fromkeys(row["measured"] for row in found):
        its = (title.input(row["table"], row["column"], row["rows"]) for row in found if row["measured"] == measured)
        inputs = compact(view.listed(its), view.zh)
        if measured not in known:
            rows.append((say(view.language, f"measured_{measured}"), inputs, "", "", "", "", ""))
            continue
        tier = known[measured]
        decimals, unit = _shown(view, tier["unit"])
        base, as_base, moved = _amounts({**tier, "other": tier["other_as_base"]}, decimals)
        rows.append((title("tier", measured), inputs, base, Amount(tier["other"], decimals), as_base, moved, unit))
    columns = (
        Column("tier", view.say("目标", "tier")), Column("inputs", view.say("不同之处", "what differs")),
        Column("base", "A", kind="figure"), Column("other", "B", kind="figure"),
        Column("as_base", view.say("按A的标准衡量B", "B measured as A is"), kind="figure"),
        Column("change", view.say("减A", "less A"), kind="figure"), Column("unit", view.say("单位", "unit")),
    )  # fmt: skip
    name, note = view.say("衡量标准的差别", "Yardsticks that differ"), say(view.language, "yardsticks_apart")
    return [Table("compared_yardsticks", name, columns, tuple(rows), note=note, code="T9")]


def compact(text: str, zh: bool) -> str:
    """Words of a comparison as reports have them: in Chinese without spaces beside letters, which renderers set."""
    return text.replace(" ", "") if zh else text


def _pools(view: View, comparison: Comparison) -> Table:
    title = Titles(comparison, view.language)
    rows: list[tuple[Cell, ...]] = []
    decimals = PLAIN
    for row in comparison.rows("pools", "B").to_dict("records"):
        land = row["unit"] == "ha"
        largest = max(abs(each) for each in (row["base"], row["other"], 0.0) if not math.isnan(each))
        unit = view.money(0.0 if land else largest)
        name, scale = (view.hectares, 1.0) if land else (unit.unit, unit.scale)
        values = [row[key] / scale for key in ("base", "other", "change", "gains", "losses")]
        base, other, moved, gains, losses = values
        decimals = max(decimals, decimals_that_add_up([(other, base, moved), (moved, gains, losses)], PLAIN, FINEST))
        amounts = (_cell(each) for each in values)
        rows.append(
            (title("pool", row["pool"]), name, *amounts, float(row["cities_gaining"]), float(row["cities_losing"]))
        )
    columns = (
        Column("pool", view.say("指标", "pool")), Column("unit", view.say("单位", "unit")),
        Column("base", "A", kind="number", decimals=decimals), Column("other", "B", kind="number", decimals=decimals),
        Column("change", view.say("变化", "change"), kind="change", decimals=decimals, less=("other", "base")),
        Column("gains", view.say("增加合计", "sum of gains"), kind="change", decimals=decimals),
        Column("losses", view.say("减少合计", "sum of losses"), kind="change", decimals=decimals),
        Column("up", view.say("增加的城市", "cities gaining"), kind="number"),
        Column("down", view.say("减少的城市", "cities losing"), kind="number"),
    )  # fmt: skip
    name, note = view.say("各项指标比较", "Pools compared"), say(view.language, "quantum")
    return Table("compared_pools", name, columns, tuple(rows), note=note, code="T9")


PLAIN, FINEST = 2, 4  # decimals
CAPACITY = "capacity"  # the unit of places in services, which are shown whole


def _decisions(view: View, comparison: Comparison) -> list[Table]:
    """What levers decide besides, where it differs: sums over all cities."""
    title = Titles(comparison, view.language)
    rows: list[tuple[Cell, ...]] = []
    sums = totals(comparison.rows("decisions", "B"))
    columns_of, parted = sums.groupby("decision")["column"].nunique(), False
    for row in sums.to_dict("records"):
        if not (row["up"] or row["down"] or row["alone"]):
            continue
        exact = all(float(row[side]).is_integer() for side in ("base", "other"))
        parted |= row["unit"] == CAPACITY and not exact
        decimals = 0 if exact or row["unit"] == CAPACITY else 2
        amounts = _amounts(row, decimals)
        named, unit = title.decided(row["decision"], row["item"]), title.unit(row["unit"], row["item"])
        if columns_of[row["decision"]] > 1 and (its := COLUMNS.get(row["table"], {}).get(row["column"])) is not None:
            named = view.say("{what}：{part}", "{what}: {part}", what=named, part=its.title.said(view.language))
        rows.append((named, unit, *amounts, float(row["up"]), float(row["down"])))
    columns = (
        Column("decision", view.say("决策", "decision")),
        Column("unit", view.say("单位", "unit")), Column("base", "A", kind="figure"),
        Column("other", "B", kind="figure"), Column("change", view.say("变化", "change"), kind="figure"),
        Column("up", view.say("增加的城市", "cities with more"), kind="number"),
        Column("down", view.say("减少的城市", "cities with less"), kind="number"),
    )  # fmt: skip
    name = view.say("其他决策比较（各城市合计）", "Other decisions compared (sums over all cities)")
    note = view.say("床位、学位等能力按连续数计算，不必凑成整座设施；这里取整数显示。",
                    "Places are reckoned in parts, not in whole facilities; they are shown whole here.")  # fmt: skip
    table = Table("compared_decisions", name, columns, tuple(rows), code="T9", note=note * parted)
    return [table] if rows else []


def _further(view: View, comparison: Comparison) -> list[Table]:
    """What differs of what is kept above cities, of limits and of schemes, as the comparison itself tells it."""
    compared = Told(comparison, view.language, everything=False)
    parts = [(name, part) for name in FURTHER for part in further(compared, "B", name)]
    return [
        replace(part.table, name=f"compared_{name}", title=compact(part.title, view.zh), code="T9",
                note=compact(" ".join(part.notes[-1:]), view.zh))
        for name, part in parts if part.table is not None
    ]  # fmt: skip


def _winners(view: View, comparison: Comparison) -> Figure | None:
    title = Titles(comparison, view.language)
    found = comparison.rows("winners", "B")
    panels, told, most = [], [], []
    for measure, head in (("land", view.say("用地", "land")), ("transfers", view.say("转移支付", "transfers"))):
        rows = found[(found["measure"] == measure) & (found["rank"] <= LARGEST)]
        if not len(rows):
            continue
        unit = view.money(float(rows["change"].abs().max()))
        scale, name = (1.0, view.hectares) if measure == "land" else (unit.scale, unit.unit)
        lines = [
            (title("city", row["city"]), float(row["change"]), change(row["change"] / scale, 1))
            for row in sorted(rows.to_dict("records"), key=lambda row: -row["change"])
        ]
        moved = max(lines, key=lambda line: abs(line[1]))[0]
        most.append(view.say("{city}{what}变化最大", "Largest change: {what} of {city}", city=moved, what=head))
        panels.append(Panel(f"{head}（{name}）" if view.zh else f"{head} ({name})", lines))
        told += [f"{city} {text}" for city, _, text in lines]
    if not panels:
        return None
    alternative = view.say("；", "; ").join(told)
    return Figure(
        "compared_changes", most[0],
        view.say("B 减 A，变化最大的城市；不超过最小分配单位的变化不计",
                 "B less A, the cities that change the most; changes up to one quantum of each pool do not count"),
        view.say("来源：两个方案的公布数", "Source: both published "
                                           "allocations"), changes(panels, alternative), alternative,
    )  # fmt: skip


def _cities(view: View, comparison: Comparison) -> Table:
    """Every city that differs: land, transfers, bonds, settlement, score in A and B."""
    title = Titles(comparison, view.language)
    measures = comparison.rows("measures", "B")
    heads = _heads(view)
    names = [name for name in heads if (measures["measure"] == name).any()]
    wide = measures.pivot(index="city", columns="measure", values="change")[names]
    more = measures["measure"].isin(names) & ~measures["moved"].isin(["", "rounding"])
    moved = wide[wide.index.isin(measures[more]["city"])]
    rows = tuple(
        (str(city), title("city", str(city)), *(_cell(float(row[name])) for name in names))
        for city, row in moved.iterrows()
    )
    columns = (
        Column("city", view.say("代码", "code"), kind="code"), Column("name", view.say("城市", "city")),
        *(Column(name, heads[name][0], heads[name][1], "change", heads[name][2], heads[name][3], colour="diverging")
          for name in names),
    )  # fmt: skip
    same = len(wide) - len(moved)
    note = (
        view.say(
            "{same}个城市没有变化，或各类数额的变化不超过最小分配单位（每项指标一个），未列出。",
            "{same} cities do not change, or by one quantum of each pool or less, which is rounding: left out.",
            same=same,
        )
        if same
        else ""
    )
    return Table("compared_cities", view.say("各城市变化（B 减 A）", "Changes by city (B less A)"), columns, rows,
                 note=note, sortable=True, code="T9")  # fmt: skip
