"""Results beside each other, for the page: what the comparison of the engine says, typed and in order.

Every number is one of a table of `alloc.comparison`, or a sum of such numbers over the cities of a region; sentences
are those that `alloc compare` prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alloc.comparison.amounts import KINDS, WON
from alloc.comparison.balance import balances, foremost, sentence
from alloc.comparison.comparison import Comparison
from alloc.comparison.comparison import compare as compared
from alloc.comparison.text.inputs import inputs
from alloc.comparison.text.layout import sections
from alloc.comparison.text.view import View
from alloc.comparison.text.whole import short, unmatched, yardsticks
from alloc.comparison.text.wording import WORDS
from alloc.comparison.tiers import NOISE
from alloc.content.blocks import Section
from alloc.content.figures import decimals_for, differs, number, shown_unit
from alloc.content.numbers import NOTES
from alloc.content.places import PROVINCES, TIER_TITLES, short_province
from alloc.formulation.columns import KIND_UNITS
from alloc.instance.divisions.codes import short_city
from alloc.instance.frames import records
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.result.result import Result
from alloc.text import Text
from alloc.workbench.picture import outcome
from alloc.workbench.picture.cities import Grid
from alloc.workbench.picture.rules import in_order
from alloc.workbench.picture.whole import kind_of

Record = dict[str, Any]
UNLIKE = Text(
    "有的是松弛解，有的是整座设施：两者之差也含取整，不全是情景的作用。",
    "Some are relaxations and some have whole facilities: what differs includes the rounding to whole facilities, and "
    "is not the effect of the rules alone.",
)
DEBT = Text("债务率（年末）", "Debt ratio, end of year")
TIER = Text("{tier}级城市", "Cities in {tier}")
COLOURED = Text("{tier}色城市", "Cities in {tier}")
GIVEN = Text("{pool}，已分", "{pool}, given out")
SAME = Text("不变", "same")
REGION = "region"
GROUPINGS: Mapping[str, Text] = {
    "size_class": Text("规模等级", "Size class"), REGION: Text("地区", "Region"),
    "province": Text("省份", "Province"),
}  # fmt: skip


def beside(results: Sequence[Result], titles: Sequence[Text]) -> Record:
    """Results beside each other, the first as the base.

    Args:
        results: two or more, verified, with an allocation.
        titles: what each is called.

    Raises:
        ComparisonError: they cannot be compared.
    """
    named = [f"{title.en} ({place})" for place, title in enumerate(titles)]
    comparison = compared(results, named)
    others = comparison.letters[1:]
    kinds = [kind_of(result) for result in results]
    mixed = len({kind for kind, _ in kinds}) > 1
    return {
        "sides": [_side(*each) for each in zip(comparison.letters, results, titles, strict=True)],
        "note": UNLIKE._asdict() if mixed else None,
        "lead": _lead(comparison), "sentences": [_sentence(comparison, place) for place in range(1, len(results))],
        "rows": [*_tiers(comparison), *_pools(comparison), *_debt_tiers(comparison)],
        "said": {language: [_said(comparison, letter, language) for letter in others] for language in ("zh", "en")},
        "cities": _cities(comparison), "quantities": _quantities(comparison),
        "groupings": [{"id": name, "title": GROUPINGS[name]._asdict(), "groups": _groups(comparison, name)}
                      for name in GROUPINGS if name != REGION or REGION in results[0].instance.tables["cities"]],
    }  # fmt: skip


def _side(letter: str, result: Result, title: Text) -> Record:
    kind, words = kind_of(result)
    return {"letter": letter, "title": title._asdict(), "kind": kind, "words": words._asdict(),
            "hash": result.instance.hash}  # fmt: skip


def _sentence(comparison: Comparison, place: int) -> Record:
    """Who pays and who gains of the pool that moves most, and which tiers are worse: the sentence of the balance."""
    base, other = comparison.results[0], comparison.results[place]
    moves = records(comparison.rows("tiers", comparison.letters[place]))
    return sentence(balances(base, other), moves, other)._asdict()


def _lead(comparison: Comparison) -> str | None:
    """The quantity that the first sentence is about."""
    base, other = comparison.results[:2]
    found = balances(base, other)
    return f"allocation:{foremost(found, other).pool}" if found else None


def _said(comparison: Comparison, letter: str, language: str) -> list[Section]:
    """In short, what has no partner, what went in, and yardsticks, as the command prints them."""
    view = View(comparison, language, everything=False, keys=True)
    parts = [short(view, letter), *unmatched(view, letter)]
    if comparison.comparable(letter):
        parts += [*inputs(view, letter), *yardsticks(view, letter)]
    return list(sections(parts))


# ------------------------------------------------------------------------------------------ objectives and totals


def _tiers(comparison: Comparison) -> list[Record]:
    rows: dict[str, Record] = {}
    count = len(comparison.results)
    for place, (letter, result) in enumerate(zip(comparison.letters, comparison.results, strict=True)):
        moves = records(comparison.rows("tiers", letter)) if place else None
        verdicts = {} if moves is None else {row["tier"]: row for row in moves}
        for tier in outcome.tiers(result, moves):
            title = Text(f"{tier.number} {tier.title.zh}", f"{tier.number} {tier.title.en}")
            row = rows.setdefault(tier.id, _row(f"tier:{tier.id}", title, count))
            row["values"][place] = tier.value.model_dump()
            row["states"][place] = tier.state.model_dump()
            if not place or tier.id not in verdicts:
                continue
            verdict = str(verdicts[tier.id]["verdict"])
            words = Text(*(WORDS[f"verdict_{verdict}"].said(language, a="A", b=letter) for language in ("zh", "en")))
            moved = tier.moved.words.model_dump() if tier.moved is not None else SAME._asdict()
            noise = verdict in NOISE
            if noise or (tier.moved is None and not tier.unchanged):
                moved = words._asdict()
            better = None if tier.moved is None else tier.moved.better
            row["moves"][place] = {"words": moved, "better": better, "noise": noise, "verdict": words._asdict(),
                                   "same": tier.unchanged}  # fmt: skip
    return list(rows.values())


def _row(id: str, title: Text, count: int) -> Record:
    return {"id": id, "title": title._asdict(), "values": [None] * count, "moves": [None] * count,
            "states": [None] * count}  # fmt: skip


def _pools(comparison: Comparison) -> list[Record]:
    rows: dict[str, Record] = {}
    count = len(comparison.results)
    titles = _pool_titles(comparison)
    for place, letter in enumerate(comparison.letters[1:], 1):
        for row in comparison.rows("pools", letter).to_dict("records"):
            unit = shown_unit(row["unit"], max(abs(row["base"]), abs(row["other"])))
            given = GIVEN.fill(pool=titles[row["pool"]])
            title = Text(f"{given.zh}，{unit.zh}", f"{given.en}, {unit.en}")
            made = rows.setdefault(row["pool"], _row(f"pool:{row['pool']}", title, count))
            decimals = decimals_for(max(abs(row["base"]), abs(row["other"])) / unit.size)
            for side, at in (("base", 0), ("other", place)):
                if row[side] == row[side]:
                    made["values"][at] = _plain(number(row[side] / unit.size, decimals))
            made["moves"][place] = _moved((row["other"] - row["base"]) / unit.size, decimals)
    return [rows[pool] for pool in titles if pool in rows]


def _debt_tiers(comparison: Comparison) -> list[Record]:
    """How many cities end the year in each debt tier."""
    found = []
    levels = next(c.levels for c in Grid(comparison.results[0]).columns if c.id == "debt_tier") or []
    counts = [result.tables["debt"]["tier_after"].value_counts().to_dict() for result in comparison.results]
    for level in levels:
        about = COLOURED if level["id"] in TIER_TITLES else TIER
        title = about.fill(tier=Text(level["title"]["zh"], level["title"]["en"].lower()))
        row = _row(f"debt:{level['id']}", title, len(counts))
        for place, of in enumerate(counts):
            row["values"][place] = _plain(number(of.get(level["id"], 0)))
            if place:
                row["moves"][place] = _moved(float(of.get(level["id"], 0) - counts[0].get(level["id"], 0)), 0)
        found.append(row)
    return found


def _plain(text: str) -> Record:
    return {"zh": text, "en": text}


def _moved(change: float, decimals: int) -> Record | None:
    """A change that is neither better nor worse by itself, with the decimals of the values that it parts."""
    if change != change:
        return None
    shown = number(abs(change), decimals)
    same = not any(sign in "123456789" for sign in shown)
    words = SAME._asdict() if same else _plain(f"{'▲' if change > 0 else '▼'} {shown}")
    return {"words": words, "better": None, "noise": False, "same": same}


# ------------------------------------------------------------------------------------------------ city by city


def _cities(comparison: Comparison) -> Record:
    """Code, names, province, size class and debt of every city, as the first that has it describes it."""
    table = comparison.tables["cities"]
    english = table["name_en"].where(table["name_en"] != "", table["name"])
    debt: dict[str, tuple[float, str]] = {}
    for result in reversed(comparison.results):
        rows = result.tables["debt"]
        debt |= {str(code): (ratio, tier) for code, ratio, tier in zip(rows["city"], rows["ratio_after"],
                                                                      rows["tier_after"], strict=True)}  # fmt: skip
    levels = next(c.levels for c in Grid(comparison.results[0]).columns if c.id == "debt_tier") or []
    order = [level["id"] for level in levels]
    names = [[short_city(str(zh)), str(en)] for zh, en in zip(table["name"], english, strict=True)]
    held = zip(table["province"], table["province_name"], strict=True)
    provinces = [[short_province(zh), PROVINCES.get(code, zh)] for code, zh in held]
    return {
        "keys": table["city"].tolist(), "names": names, "provinces": provinces,
        "classes": [CLASS_TITLES[name]._asdict() if name in CLASS_TITLES else None for name in table["size_class"]],
        "debt": [_finite(debt[code][0]) for code in table["city"]],
        "tiers": [order.index(debt[code][1]) if debt[code][1] in order else None for code in table["city"]],
        "levels": levels,
    }  # fmt: skip


def _finite(value: Any, digits: int = 6) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), digits) + 0.0


def _pool_titles(comparison: Comparison) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for result in comparison.results:
        for row in in_order(result.instance):
            found.setdefault(row["pool"], Text(row["title_zh"], row["title_en"]))
    return found


def _named(comparison: Comparison) -> dict[str, tuple[Text, str]]:
    """What of a city is compared: every pool, sums of a kind that has several, and people; with titles and units."""
    titles, known = _pool_titles(comparison), comparison.tables["measures"]
    kinds: dict[str, str] = {}
    for result in comparison.results:
        kinds = {row["pool"]: row["kind"] for row in in_order(result.instance)} | kinds
    found = {f"allocation:{pool}": (title, KIND_UNITS[kinds[pool]]) for pool, title in titles.items()}
    units = dict(zip(known["measure"], known["unit"], strict=True))
    several = {KINDS[kind] for kind in kinds.values() if list(kinds.values()).count(kind) > 1}
    for measure in WON:
        if measure in units and (measure in several or measure not in KINDS.values()):
            found[measure] = WORDS[measure], units[measure]
    return found


def _quantities(comparison: Comparison) -> list[Record]:
    """Each with its values by city and side, its changes, and how each city moved."""
    keys, found = comparison.tables["cities"]["city"], []
    given = comparison.tables["allocation"]
    every = pd.concat([comparison.tables["measures"], given.assign(measure="allocation:" + given["pool"])])
    for id, (title, unit_name) in _named(comparison).items():
        rows = every[every["measure"] == id]
        of = {letter: its.drop_duplicates("city").set_index("city").reindex(keys)
              for letter, its in rows.groupby("result")}  # fmt: skip
        if not of:
            continue
        unit, decimals = _shown(unit_name, [of[letter] for letter in of])
        values, changes, moves = [], [], []
        for place, letter in enumerate(comparison.letters):
            its = of.get(letter if place else comparison.letters[1])
            assert its is not None
            values.append([_finite(each) for each in its["other" if place else "base"]])
            if place:
                changes.append([_finite(each) for each in its["change"]])
                moves.append([each if isinstance(each, str) else "" for each in its["moved"]])
        counts = [{name: each.count(name) for name in ("gain", "loss", "rounding")} for each in moves]
        off = _off(values[0], values[1:], changes, unit.size, decimals)
        found.append({"id": id, "title": title._asdict(), "unit": {"zh": unit.zh, "en": unit.en}, "size": unit.size,
                      "decimals": decimals, "values": values, "changes": changes, "moves": moves, "counts": counts,
                      "note": NOTES["differences"]._asdict() if off else None})  # fmt: skip
    return found


def _off(base: list[float | None], sides: list[list[float | None]], changes: list[list[float | None]], size: float,
         decimals: int) -> bool:  # fmt: skip
    """Whether some change, as it is shown, is another number than what the two values shown beside it differ by."""
    rows = ((now, before, change) for side, moved in zip(sides, changes, strict=True)
            for now, before, change in zip(side, base, moved, strict=True)
            if now is not None and before is not None and change)  # fmt: skip
    return any(differs(now / size, before / size, change / size, decimals) for now, before, change in rows)


def _shown(unit_name: str, frames: Sequence[pd.DataFrame]) -> tuple[Any, int]:
    top = max((float(np.nanmax(np.abs(each[["base", "other"]].to_numpy(dtype=float)), initial=0.0)) for each in frames),
              default=0.0)  # fmt: skip
    unit = shown_unit(unit_name, top)
    if unit_name in ("share", "number"):
        return unit._replace(zh="", en=""), 4
    return unit, max(1 if unit.size > 1 else 0, decimals_for(top / unit.size))


def _groups(comparison: Comparison, grouping: str) -> list[Record]:
    """Groups of cities, each with the sums of every quantity by side, and the changes."""
    cities = comparison.tables["cities"]
    if grouping == REGION:
        own = comparison.results[0].instance.tables["cities"].set_index("city")[REGION].astype(str)
        titles = {code: Text(code, code) for code in sorted(set(own))}
        tables = [_summed(comparison, letter, own) for letter in comparison.letters[1:]]
    else:
        tables = []
        for letter in comparison.letters[1:]:
            rows = comparison.rows("groups", letter)
            tables.append(rows[rows["grouping"] == grouping])
        zh = {str(code): str(name) for code, name in zip(cities["province"], cities["province_name"], strict=True)}
        titles = {
            **CLASS_TITLES,
            **{code: Text(short_province(zh[code]), PROVINCES.get(code, zh[code])) for code in sorted(zh)},
        }
    known = [{(row["group"], row["measure"]): row for row in table.to_dict("records")} for table in tables]
    found, named = [], _named(comparison)
    for code, title in titles.items():
        sums: dict[str, Any] = {}
        count = 0
        for id in named:
            cells = [table.get((code, id)) for table in known]
            base = next((cell["base"] for cell in cells if cell is not None), None)
            others = [None if cell is None else _finite(cell["other"]) for cell in cells]
            sums[id] = {"values": [_finite(base), *others],
                        "changes": [None if cell is None else _finite(cell["change"]) for cell in cells]}  # fmt: skip
            count = max(count, *(0 if cell is None else int(cell["cities"]) for cell in cells))
        if count:
            found.append({"id": code, "title": title._asdict(), "cities": count, "sums": sums})
    return found


def _summed(comparison: Comparison, letter: str, member: pd.Series) -> pd.DataFrame:
    """As the table `groups`, over the cities of both that have a region: sums, of a score the mean over residents."""
    given = comparison.rows("allocation", letter)
    rows = pd.concat([comparison.rows("measures", letter), given.assign(measure="allocation:" + given["pool"])])
    rows = rows.dropna(subset=["base", "other"]).assign(group=rows["city"].map(member)).dropna(subset=["group"])
    residents = comparison.results[0].instance.tables["cities"].set_index("city")["residents"]
    weight = rows["city"].map(residents)
    whole = residents.groupby(member).sum()
    mean = (rows["unit"] == "share") | (rows["unit"] == "number")
    factor = np.where(mean, weight / rows["group"].map(whole), 1.0)
    parts = rows.assign(**{name: rows[name] * factor for name in ("base", "other", "change")}, cities=1)
    found: pd.DataFrame = parts.groupby(["group", "measure"])[["base", "other", "change", "cities"]].sum()
    return found.reset_index()
