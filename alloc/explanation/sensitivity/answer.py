"""The answer to “what is one more unit worth”: prices of parameters by tier, and where the rules press."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import MISSING
from alloc.content.tables import significant, table
from alloc.explanation.sensitivity.places import Place
from alloc.explanation.sensitivity.sides import Method, Side, differ
from alloc.explanation.sensitivity.words import BRIEF, MARKS, READER, SAY, spoken, worth
from alloc.explanation.shared.answer import Writable
from alloc.explanation.shared.figures import figure
from alloc.explanation.shared.parameters import COUNTED, Parameter, city_name, link_name
from alloc.formulation.columns import MONEY
from alloc.formulation.registry import catalogue_for
from alloc.instance.instance import Instance
from alloc.instance.schema.optional.links import LINKS
from alloc.text import Text

TOLD, TOLD_OF_ONE = 4, 12  # sentences a tier, where all tiers are asked for and where one is
ROWS = 10  # rows a tier where all are asked for


@dataclass(frozen=True)
class Price:
    """What a parameter is worth to a tier, when it goes down and when it goes up."""

    parameter: Parameter
    tier: str
    decrease: Side
    increase: Side

    @property
    def degenerate(self) -> bool:
        """Whether the two sides differ: the parameter stands at a corner, or cannot go one way."""
        one, other = self.decrease.value, self.increase.value
        if one is None or other is None:
            return (one is None) != (other is None)
        return differ(one, other)

    @property
    def size(self) -> float:
        """What a hundredth of the parameter is worth, for sorting."""
        scale = max(abs(self.parameter.value), self.parameter.step)
        return 0.01 * scale * max(abs(each.value or 0.0) for each in (self.decrease, self.increase))

    @property
    def settled(self) -> bool:
        """Whether there is nothing that another solve could tell."""
        return not {self.decrease.method, self.increase.method} & {Method.ESTIMATE, Method.UNSOLVED}

    @property
    def moves(self) -> bool:
        """Whether there is anything to say of it: it has a price, or cannot go one way."""
        return self.size > 0 or any(each.method is Method.INFEASIBLE for each in (self.decrease, self.increase))


@dataclass(frozen=True)
class Prices(Writable):
    """The answer.

    Attributes:
        instance: of the result.
        tiers: those asked for, in order.
        prices: of all parameters that were asked about, for each of these tiers.
        places: tier -> where each rule presses most.
        whole: whether the result has whole facilities, which are fixed here.
        complete: whether nobody interrupted.
        quick: whether only the duals of the result were asked.
        reader: whether it is told to the reader of a report, who knows neither solver nor command line.
    """

    TITLE: ClassVar[Text] = Text("各项参数的影子价格", "Shadow prices of the parameters")

    instance: Instance
    tiers: tuple[str, ...]
    prices: tuple[Price, ...]
    places: Mapping[str, tuple[Place, ...]]
    whole: bool
    complete: bool
    quick: bool = False
    reader: bool = False

    def of(self, tier: str) -> list[Price]:
        """The prices of a tier that are not zero, the largest first."""
        return in_order(each for each in self.prices if each.tier == tier and each.moves)

    def sentences(self, language: str) -> list[str]:
        """What a planner reads first."""
        if self.reader:
            most = told(len(self.tiers))
            told_of = [price for tier in self.tiers for price in foremost(self.of(tier), most)]
            lines = [line for price in told_of for line in self.said(price, language)]
            before = self._say("fixed" if self.whole else "relaxed", language)
            return [before, *lines] if lines else []
        lines = []
        if not self.complete:
            asked = [each for each in self.prices if each.tier == self.tiers[0]]
            missing = [each for each in asked if Method.UNSOLVED in (each.decrease.method, each.increase.method)]
            lines.append(self._say("stopped", language, total=len(asked), missing=len(missing)))
        lines.append(self._say("fixed" if self.whole else "relaxed", language))
        lines.append(self._say("quick" if self.quick else "legend", language))
        named: list[str] = [each.tier for each in self.instance.settings.objective]
        rest = [each for each in named if each not in self.tiers]
        if len(self.tiers) > 1 and rest:
            between, named_as = ("、", "{title}（{tier}）") if language == "zh" else (", ", "{title} ({tier})")
            tiers = between.join(named_as.format(title=getattr(self._tier(tier), language), tier=tier) for tier in rest)
            lines.append(self._say("others", language, tiers=tiers))
        for tier in self.tiers:
            found = self.of(tier)
            if not found and self.complete:
                lines.append(self._say("nothing", language, tier=self._tier(tier)))
            for price in foremost(found, told(len(self.tiers))):
                lines.extend(f"- {line}" for line in self.said(price, language))
            if len(self.tiers) > 1 and len(found) > ROWS:
                lines.append(
                    self._say("more_rows", language, count=len(found) - ROWS, tier=tier, title=self._tier(tier))
                )
        return lines

    def said(self, price: Price, language: str) -> list[str]:
        """A price in whole sentences, joined where they belong together."""
        parameter, tier = price.parameter, price.tier
        unit = spoken(self.instance, tier).equivalent
        slots = {"title": parameter.title, "step": parameter.said, "tier": self._tier(tier), "unit": unit}
        found = []
        gain, solved = price.increase.step, True
        if gain is None and price.increase.value is not None:
            gain, solved = price.increase.value * parameter.step, False
        if Method.JUMP in (price.decrease.method, price.increase.method):
            jump = next(each.value for each in (price.increase, price.decrease) if each.method is Method.JUMP)
            size = (jump or 0.0) * worth(self.instance, tier)
            found.append(self._say("jump", language, n=figure(size, sign=True), **slots))
        elif gain:
            better = (gain > 0) == (catalogue_for(self.instance.settings).tiers[tier].better == "higher")
            told = spoken(self.instance, tier)
            text = told.gains if better else told.loses
            found.append(_fill(text, language, n=figure(abs(gain) * worth(self.instance, tier)), **slots))
            if not better:
                found.append(self._why_worse(price, language))
            found.append(self._rate(price, solved, language))
        for each, key in ((price.decrease, "stuck_less"), (price.increase, "stuck_more")):
            if each.method is Method.INFEASIBLE:
                found.append(self._say(key, language, **slots))
        return ["".join(found) if language == "zh" else " ".join(filter(None, found))] if found else []

    def _why_worse(self, price: Price, language: str) -> str:
        """Why more of a pool makes a tier worse: an earlier one gains by it, or cities have to take it; else ""."""
        table, _, rest = price.parameter.target.partition(".")
        pool, _, column = rest.partition(".")
        if (table, column) != ("pools", "total"):
            return ""
        order = [each.tier for each in self.instance.settings.objective]
        known = catalogue_for(self.instance.settings).tiers
        for tier in order[: order.index(price.tier)]:
            same = [each.increase for each in self.of(tier) if each.parameter.target == price.parameter.target]
            gains = [(each.value if each.step is None else each.step) or 0.0 for each in same]
            if any(gain and (gain > 0) == (known[tier].better == "higher") for gain in gains):
                return self._say("earlier_gains", language, earlier=self._tier(tier))
        pools, about = self.instance.tables["pools"], known[price.tier]
        taken = bool(pools.loc[pools["pool"] == pool, "exhaust"].iloc[0])
        return self._say("given_out", language) if taken and not about.quadratic and about.unit != MONEY.en else ""

    def _rate(self, price: Price, solved: bool, language: str) -> str:
        """What the price is where the parameter stands, and how far it holds."""
        size = price.parameter.step * worth(self.instance, price.tier)
        decrease, increase = price.decrease.value, price.increase.value
        if decrease is not None and increase is not None and price.degenerate:
            down, up = figure(-decrease * size, sign=True), figure(increase * size, sign=True)
            return self._say("corner", language, less=down, more=up)
        rate = increase if increase is not None else decrease
        if rate is None:
            return ""
        ends = None not in (price.decrease.reach, price.increase.reach)
        low, high = (MISSING if each is None else price.parameter.shown(each, language) for each in self._ends(price))
        said = figure(rate * size, sign=True)
        if not solved:
            return self._say("by_rate_within" if ends else "by_rate", language, low=low, high=high)
        return self._say("rate" if ends else "rate_only", language, rate=said, low=low, high=high)

    def tables(self, language: str) -> list[Table]:
        """One table a tier, and one for where its rules press."""
        found = []
        for tier in self.tiers:
            every = self.of(tier)
            prices = foremost(every, ROWS) if len(self.tiers) > 1 else every
            rows = tuple(self._row(each, language) for each in prices)
            if rows:
                found.append(self._table("title", "heads", tier, rows, "lrllrrrrr", language))
            placed = tuple(self._place(each, tier, language) for each in self.places.get(tier, ()))
            if placed:
                found.append(self._table("places", "places_heads", tier, placed, "lrlllr", language))
        return found

    def record(self) -> dict[str, Any]:
        """For machines: values in units of the instance, upward, for one unit of each parameter."""
        return {
            "question": "prices",
            "complete": self.complete,
            "quick": self.quick,
            "facilities": "fixed" if self.whole else "parts",
            "tiers": list(self.tiers),
            "prices": [
                {
                    "parameter": price.parameter.target,
                    "title": price.parameter.title._asdict(),
                    "value": price.parameter.value,
                    "step": price.parameter.step,
                    "step_words": Text(*(each.strip() for each in price.parameter.said))._asdict(),
                    "tier": price.tier,
                    "degenerate": price.degenerate,
                    "less": _side(price.decrease),
                    "more": _side(price.increase),
                }
                for price in self.prices
            ],
            "places": {
                tier: [{**vars(each), "title": each.title._asdict()} for each in found]
                for tier, found in self.places.items()
            },
        }

    def _table(self, title: str, heads: str, tier: str, rows: Sequence[Row], aligned: str, language: str) -> Table:
        unit = spoken(self.instance, tier).equivalent
        if title == "places" and catalogue_for(self.instance.settings).tiers[tier].better == "lower":
            unit = SAY["lower_better"].fill(unit=unit)
        said = self._say(title, language, tier=self._tier(tier), unit=unit)
        note = self._say("places_note", language) if title == "places" else ""
        return table(f"{title}_{tier}", said, self._say(heads, language), aligned, rows, note=note)

    def _say(self, key: str, language: str, **slots: object) -> str:
        return _fill((READER if self.reader else SAY)[key], language, **slots)

    def _tier(self, tier: str) -> Text:
        return Text(*catalogue_for(self.instance.settings).tiers[tier].title)

    def _row(self, price: Price, language: str) -> Row:
        parameter = price.parameter
        size = parameter.step * worth(self.instance, price.tier)
        said = getattr(parameter.said, language).strip()
        step = price.increase.step
        return (
            getattr(parameter.title, language),
            parameter.cell(parameter.value),
            parameter.unit_said(language),
            BRIEF.get(said, said),
            significant(None if step is None else step * worth(self.instance, price.tier), sign=True),
            _shown(price.decrease, -size, language),
            _shown(price.increase, size, language),
            *(MISSING if each is None else parameter.cell(each) for each in self._ends(price)),
        )

    def _ends(self, price: Price) -> list[float | None]:
        """Down and up to where the price holds; None where that is not known."""
        value = price.parameter.value
        return [
            None
            if each.reach is None
            else min(max(value + way * each.reach, price.parameter.least), price.parameter.most)
            for way, each in ((-1, price.decrease), (1, price.increase))
        ]

    def _place(self, place: Place, tier: str, language: str) -> Row:
        named: dict[str, str] = {}
        for titled, key in (("pools", "pool"), *COUNTED.values()):
            frame = self.instance.tables[titled]
            named |= dict(zip(frame[key], frame[f"title_{language}"], strict=True))
        kinds = dict(zip(self.instance.tables["pools"]["pool"], self.instance.tables["pools"]["kind"], strict=True))
        own = ("ha" if kinds[place.item] == "land" else "10⁴ yuan") if place.unit == "pool" else place.unit
        unit = getattr(catalogue_for(self.instance.settings).units[own], language)
        item = place.item.split(".")
        linked = len(item) == len(LINKS.key)
        if linked:
            named[place.item] = getattr(link_name(self.instance, place.item), language)
        if place.unit in COUNTED:
            table, key = COUNTED[place.unit]
            code = item[LINKS.key.index(key)] if linked else place.item
            unit = str(self.instance.tables[table].set_index(key).at[code, f"unit_{language}"])
        return (
            self._say("of_bounds", language, rule=place.title) if place.kind == "bound" else place.title.said(language),
            Amount(place.count),
            getattr(city_name(self.instance, place.city), language),
            str(named.get(place.item, place.item)),
            str(unit),
            significant(place.value * worth(self.instance, tier), sign=True),
        )


def told(tiers: int) -> int:
    """Of how many prices a tier sentences tell, where so many tiers are asked for."""
    return TOLD if tiers > 1 else TOLD_OF_ONE


def in_order(prices: Iterable[Price]) -> list[Price]:
    """Prices, the largest first."""
    return sorted(prices, key=lambda each: (-each.size, each.parameter.target))


def foremost(prices: Sequence[Price], most: int) -> list[Price]:
    """The first so many of prices in order: half of them, where there are so many, of amounts that are handed out."""
    amounts = [each for each in prices if each.parameter.is_amount]
    others = [each for each in prices if not each.parameter.is_amount]
    chosen = amounts[: max(most // 2, most - len(others))]
    chosen += others[: most - len(chosen)]
    return [each for each in prices if each in chosen]


def _shown(side: Side, size: float, language: str) -> Amount:
    value = None if side.value is None else side.value * (abs(size) if side.method is Method.JUMP else size)
    return significant(value, sign=True, mark=MARKS[str(side.method)].said(language))


def _side(side: Side) -> dict[str, Any]:
    reach = side.reach if side.reach is None or side.reach < float("inf") else "inf"
    return {"value": side.value, "reach": reach, "method": str(side.method), "step": side.step}


def _fill(text: Text, language: str, **slots: object) -> str:
    found: str = getattr(text.fill(**slots), language)
    return found
