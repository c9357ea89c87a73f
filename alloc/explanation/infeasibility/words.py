"""Words of conflicts and repairs, in Chinese and English; heads are parted by bars."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from alloc.content.conditions import EVERYWHERE
from alloc.content.places import province
from alloc.content.titles import value_title
from alloc.explanation.infeasibility.adjustments import owner_of_limit
from alloc.explanation.infeasibility.groups import Group
from alloc.explanation.infeasibility.lines import Change, drops_row
from alloc.explanation.infeasibility.search import WAIVED, WEIGHTS
from alloc.explanation.shared.parameters import COUNTED, link_name, unit_name
from alloc.explanation.shared.values import described
from alloc.formulation.columns import HECTARES, MONEY, NO_UNIT, POOL_UNITS, SHARE
from alloc.formulation.lever import BELONGS
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.land_and_finance import BOND_CLASSES
from alloc.instance.derived.limits import LimitRow, title_of
from alloc.instance.findings import Finding, codes_of
from alloc.instance.instance import Instance
from alloc.instance.prechecks.words import CLASS_NAMES, amount, with_key
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.optional.links import LINKS
from alloc.text import Text, figure, listed

OF_ONE = Text("比例", "share")  # how it is written is said where it is filled in
WORDS: Mapping[str, Text] = MappingProxyType({
    "feasible": Text(
        "有满足全部规则的方案，没有需要解释的冲突。",
        "Some allocation satisfies all rules: there is no conflict to explain.",
    ),
    "unknown": Text(
        "在时限内没有判明是否有满足全部规则的方案。",
        "Whether any allocation satisfies the rules was not settled in the time.",
    ),
    "infeasible": Text("没有满足全部规则的方案。", "No allocation satisfies the rules."),
    "whole": Text(
        "不要求设施为整数时有方案：冲突来自整座设施。",
        "Without whole facilities there is one: it is whole facilities that make the conflict.",
    ),
    "findings": Text("按算术即可看出：", "Arithmetic alone shows:"),
    "conflict": Text(
        "下列各条不能同时成立，少了其中任何一条，余下几条就不再冲突（可能不止这一组）：",
        "These cannot hold together; without any one of them the others do not clash (there may be more such sets):",
    ),
    "any_is_enough": Text(
        "只取消其中任何一条，就有满足其余全部规则的方案，不必同时取消几条。",
        "Any single one of them is enough: without it alone some allocation satisfies all other rules.",
    ),
    "some_are_enough": Text(
        "只取消{some}，就有满足其余全部规则的方案；只取消{others}，仍没有方案，因为这一组之外还有冲突。",
        "Without {some} alone some allocation satisfies all other rules; without {others} alone there still is none, "
        "for there are conflicts besides this one.",
    ),
    "single": Text("{listed}中的任何一条", "any single one of {listed}"),
    "not_published": Text(
        "{repairs}：取整前满足全部规则；取整后的公布数仍可能略微不满足合计的限额，套用后看取整表。",
        "{repairs}: all rules hold before rounding; published amounts may still miss a limit on a sum by a "
        "little, as the table of rounding then says.",
    ),
    "gives_way": Text(
        "各项修改都按取整前的数试解；取整后的公布数，个别城市可能超出不到一个最小分配单位的规则：{rules}；求解的状态会写明。",
        "Repairs are tried on amounts before rounding; what some cities may miss by less than a quantum as published, "
        "and the status of the solve then says: {rules}.",
    ),
    "numbered": Text("修改 {number}", "Repair {number}"),
    "none_is_enough": Text(
        "但只取消其中一条，整个算例仍没有方案：这一组之外还有冲突。",
        "Yet without one of them alone there still is no allocation: there are conflicts besides this one.",
    ),
    "conflict_untried": Text(
        "下列各条不能同时成立；是否每一条都必需，没有全部试过：",
        "These cannot hold together; whether each of them is needed has not been tried for all:",
    ),
    "group": Text("- {title}——{of}：{words}", "- {title} — {of}: {words}"),
    "group_told": Text("- {title}：{words}", "- {title}: {words}"),
    "limit": Text("要求所选城市合计 {sense} {amount}。", "It asks for a sum {sense} {amount} over its cities."),
    "limit_spending": Text(
        "要求所选城市合计 {sense} 其建设支出的 {ratio} 倍。",
        "It asks for a sum over its cities {sense} {ratio} times what they spend on building.",
    ),
    "limit_relative": Text(
        "要求所选城市人均数 {sense} 对照城市人均数的 {ratio} 倍。",
        "It asks for an amount a resident of its cities {sense} {ratio} times that of the cities in versus.",
    ),
    "repairs": Text(
        "下列任何一种修改都使方案存在，已逐一套用并试解；代价小的在前，先动规划部门自定的规则，最后才动法律法规：",
        "Each of these repairs makes an allocation possible and has been applied and tried; the cheapest comes first, "
        "the planner's own rules before those of higher authorities, and law last:",
    ),
    "repair": Text("- 修改 {number}（代价 {cost}）：{lines}", "- Repair {number} (cost {cost}): {lines}"),
    "cost_is": Text("代价的算法：{cost}", "The cost of a repair: {cost}"),
    "repair_edits": Text("- 修改 {number}：{lines}", "- Repair {number}: {lines}"),
    "paste": Text("套用时用下列写法：", "To apply them:"),
    "changed": Text("“{title}”由 {old} 改为 {new}", "{title} from {old} to {new}"),
    "changed_to": Text("“{title}”{new}", "{title} {new}"),
    "unit": Text("（{unit}）", " ({unit})"),
    "pasted": Text(
        "这些 --edit 接在原来各条 --edit 之后，一起写在同一条命令里；“然后”表示从前面各条的结果出发。",
        "Paste them behind the --edit lines that stand, in one command: then starts from what those before it make.",
    ),
    "multiples": Text(
        "改动的幅度向放宽的一边取三位有效数字，所以可以略大于最少需要的；"
        "限额的新值取为公布数的单位（资源池的最小分配单位、一个人）的整倍数，使公布数也能达到。",
        "Changes are rounded to three figures on the safe side, so that they may be a little more than is needed; the "
        "new value of a limit is a multiple of what is published (the pool's quantum, a person), so that published "
        "numbers keep it too.",
    ),
    "persons": Text(
        "改动的幅度向放宽的一边取三位有效数字，所以可以略大于最少需要的；"
        "限额的新值取为公布数的单位（资源池的最小分配单位、一个人）的整倍数；落户人数的，还减去各市落户上限的小数部分，"
        "因为公布的是整数人数。资金取整仍可能使个别城市少一人。",
        "Changes are rounded to three figures on the safe side, so that they may be a little more than is needed; the "
        "new value of a limit is a multiple of what is published (the pool's quantum, a person); on persons it "
        "leaves out the fractions of the cities' settlement limits, since whole persons are published. Rounded money "
        "may still leave a city a person less.",
    ),
    "cost": Text(
        "各项规则改动的幅度（相对于自身大小）按由谁决定加权：{weights}；不再要求一项规则，按 {waived} 倍计。",
        "How far each rule is changed, relative to its own size, weighted by who decides: {weights}; to do without a "
        "rule counts {waived} times.",
    ),
    "weight": Text("{owner} {weight}", "{owner} {weight}"),
    "no_repair": Text(
        "没有找到只靠修改数值或放开规则就能成立的办法。",
        "No repair was found that changes numbers or waives rules.",
    ),
    "few": Text(
        "可改的数值和规则中，只有这 {count} 种办法互不包含（标准、成本和系数只单独试过）。",
        "Among all numbers and rules that can be changed there are only these {count} ways none of which contains "
        "another (standards, costs and ratios were tried each by itself).",
    ),
    "stopped": Text(
        "查找被中断或到时，以上是已找到的；可能还有代价更小的办法。",
        "The search was interrupted or ran out of time: this is what it had found, and there may be cheaper ways.",
    ),
    "amounts": Text("各项修改的数额", "What the repairs change"),
    "heads": Text("修改|改什么|现值|改为|单位|由谁决定", "repair|what|now|then|unit|who decides"),
    "times": Text("乘以 {factor}", "times {factor}"),
    "waived": Text("不再要求", "no longer asked for"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "many": Text("{title}：{count} 个城市", "{title}: {count} cities"),
    "many_in": Text("{title}：{place}的 {count} 个城市", "{title}: {count} cities of {place}"),
    "one": Text("{of}：{title}", "{of}: {title}"),
    "cities": Text("{count} 个城市", "{count} cities"),
    "cities_in": Text("{place} {count} 个城市", "{count} cities of {place}"),
    "both": Text("{item}，{place}", "{item}, {place}"),
    "looking": Text("可行性检查", "Checking feasibility"),
    "clashing": Text("查找互斥的规则", "Rules that clash"),
    "adjustments": Text("查找可改的数值", "Numbers that could be changed"),
    "trying": Text("试行各种修改", "Repairs that work"),
    "turning": Text("逐个试改标准、成本和系数", "Standards, costs and ratios, each by itself"),
})  # fmt: skip


def say(language: str, key: str, **slots: object) -> str:
    """A sentence of `WORDS` in ``zh`` or ``en``."""
    return WORDS[key].said(language, **slots)


class Names:
    """What cities, provinces, pools, services and limits of an instance are called."""

    def __init__(self, instance: Instance, derived: Derived) -> None:
        """Read them once."""
        tables = instance.tables
        self._instance, self._derived, self._known = instance, derived, catalogue(instance.formulation)
        self._values: dict[str, float] = dict(zip(tables["limits"]["limit"], tables["limits"]["value"], strict=True))
        self._basis: dict[str, str] = dict(zip(tables["limits"]["limit"], tables["limits"]["basis"], strict=True))
        self._titles: dict[str, Text] = {
            f"bond_classes.{name}": title for name, title in zip(BOND_CLASSES, CLASS_NAMES, strict=True)
        }
        for table, key in (*COUNTED.values(), ("pools", "pool"), ("limits", "limit")):
            rows = tables[table]
            for name, zh, en in zip(rows[key], rows["title_zh"], rows["title_en"], strict=True):
                self._titles[f"{table}.{name}"] = with_key(zh, en, name)
        for row in derived.limits:
            zh, en = title_of(tables, row.limit)
            self._titles[f"limits.{row.limit}"] = with_key(zh, en, row.limit)
        self._units = {
            (unit, name): Text(zh, en)
            for unit, (table, key) in COUNTED.items()
            for name, zh, en in zip(*(tables[table][each] for each in (key, "unit_zh", "unit_en")), strict=True)
        }
        cities = tables["cities"]
        self._cities = {
            code: Text(f"{zh}（{code}）", f"{en or zh} ({code})")
            for code, zh, en in zip(cities["city"], cities["name"], cities["name_en"], strict=True)
        }
        self._provinces = dict(zip(cities["province"], cities["province_name"], strict=True))

    def titled(self, name: str) -> tuple[Text, Text, str]:
        """Title, words and owner of a family, of a cause or of a rule behind a bound."""
        known = (self._known.families, self._known.rules, self._known.causes)
        about: Any = next(each[name] for each in known if name in each)
        return about.title, about.words, str(about.owner)

    def owner(self, key: str) -> Text:
        """What an owner is called."""
        return self._known.owners[key]

    def cost(self) -> Text:
        """What the cost of a repair is."""
        weights = listed(
            WORDS["weight"].fill(owner=self.owner(key), weight=figure(weight)) for key, weight in WEIGHTS.items()
        )
        return WORDS["cost"].fill(weights=weights, waived=figure(WAIVED))

    def city(self, code: str) -> Text:
        """Name and code."""
        return self._cities[code]

    def province(self, code: str) -> Text:
        """Name."""
        return province(code, self._provinces[code])

    def of(self, table: str, key: str) -> Text:
        """Title and key of a member of a set: a pool, a service, a limit, …; what has no title is its key."""
        if table == LINKS.name:
            return link_name(self._instance, key)
        return self._titles.get(f"{table}.{key}", Text(key, key))

    def group(self, group: Group) -> Text:
        """What a group is about and where; a row that is about nothing further sums over all cities."""
        item = self.of(self._known.item_of(group.family), group.item) if group.item else EVERYWHERE
        if not group.cities:
            return item
        count = len(group.cities)
        if group.level == "city":
            place = self.city(group.place)
        elif group.level == "nation":
            place = WORDS["cities"].fill(count=count)
        else:
            named = CLASS_TITLES.get(group.place, Text(group.place, group.place))
            named = self.province(group.place) if group.level == "province" else named
            place = WORDS["cities_in"].fill(place=named, count=count)
        return WORDS["both"].fill(item=item, place=place) if group.item else place

    def decides(self, group: Group) -> str:
        """Who decides about a group: of a limit the office that it names."""
        owner = self.titled(group.family)[2]
        if self._known.item_of(group.family) != BELONGS["limit"]:
            return owner
        row = next(each for each in self._derived.limits if each.limit == group.item)
        return owner_of_limit(self._instance, row.key, owner)

    def about(self, finding: Finding) -> Text:
        """What a finding is about: cities, pools and limits by their names; empty where it names none."""
        known = (self._cities, *({name.partition(".")[2]: title for name, title in self._titles.items()
                                  if name.startswith(f"{table}.")} for table in ("pools", "limits")))  # fmt: skip
        told = [next((names[code] for names in known if code in names), None) for code in codes_of(finding.key)]
        return listed(each for each in told if each is not None)

    def meaning(self, group: Group) -> Text:
        """What a group demands: of a limit its own amount, else the words of its family."""
        if self._known.item_of(group.family) != BELONGS["limit"]:
            return self.titled(group.family)[1]
        row = next(each for each in self._derived.limits if each.limit == group.item)
        if row.basis:
            return WORDS[f"limit_{row.basis}"].fill(sense=row.sense, ratio=figure(self._values[row.key]))
        return WORDS["limit"].fill(sense=row.sense, amount=amount(row.amount, self._unit_of_limit(row)))

    def _unit_of_limit(self, row: LimitRow) -> Text:
        unit = self._known.quantities[row.kind].unit
        if unit == "pool":
            return self._unit_of_pool(row.items[0])
        return self._units[unit, row.item] if unit in COUNTED else self._known.units[unit]

    def _unit_of_pool(self, pool: str) -> Text:
        return HECTARES if self._derived.kind[self._derived.pools.index(pool)] == "land" else MONEY

    def _unit(self, change: Change, unit: Text) -> Text:
        """The unit of a line, where the column holds several."""
        if unit == POOL_UNITS:
            return self._unit_of_pool(change.key.rpartition(".")[2])
        if change.adjustment.number.by == "limit":
            if (basis := self._basis[change.key]) != "amount":
                return Text(value_title("basis", basis, "zh"), f"basis: {basis.replace('_', ' ')}")
            return self._unit_of_limit(next(each for each in self._derived.limits if each.key == change.key))
        return unit

    def change(self, change: Change) -> tuple[Text, Text]:
        """What a line changes, and in which unit."""
        number, dropped = change.adjustment.number, drops_row(change.adjustment)
        about = described(self._instance, number.path)
        title, unit = about.title, about.unit
        if about.column is not None:
            unit = NO_UNIT if dropped else self._unit(change, unit)
        if unit == SHARE:
            unit = OF_ONE
        table = number.path.rpartition(".")[0]
        if number.by == "limit":
            return self.of(table, change.key), unit
        if number.by == "cell":  # the rule says more than the title of an amount
            title = _capital(self.titled(change.adjustment.turn.moves[0])[0])
            city, _, pool = change.key.partition(".")
            of = WORDS["both"].fill(item=self.city(city), place=self.of("pools", pool))
            return WORDS["one"].fill(of=of, title=title), unit
        if number.by == "task":
            city, _, programme = change.key.partition(".")
            of = WORDS["both"].fill(item=self.city(city), place=self.of("programmes", programme))
            return WORDS["one"].fill(of=of, title=title), unit
        if number.by == "unit":
            name, _, pool = change.key.rpartition(".")
            of = WORDS["both"].fill(item=unit_name(self._instance, name), place=self.of("pools", pool))
            return WORDS["one"].fill(of=of, title=title), unit
        if change.key:
            of = self.city(change.key) if number.by == "city" else self.of(table, change.key)
            return WORDS["one"].fill(of=of, title=title), unit
        if change.where:
            place = self.province(change.where)
            return WORDS["many_in"].fill(title=title, place=place, count=change.cities), unit
        return (title if number.by != "city" else WORDS["many"].fill(title=title, count=change.cities)), unit


def _capital(title: Text) -> Text:
    return Text(title.zh, title.en[:1].upper() + title.en[1:])
