"""Words of prices, in Chinese and English: what a change of a tier means to people, and whole sentences with slots."""

from __future__ import annotations

from typing import Any

from alloc.formulation.registry import catalogue_for
from alloc.formulation.tier import Tier, TierWords
from alloc.instance.instance import Instance
from alloc.text import Text

SAY = {
    "title": Text("{tier}：参数变动的影响（{unit}）", "{tier}: what a change of each parameter is worth ({unit})"),
    "heads": Text("参数|现值|单位|一步|增加一步|影子价格（减）|影子价格（增）|有效范围自|有效范围至",
                  "parameter|now|unit|step|one step more|shadow price (decrease)|shadow price (increase)|valid from|"
                  "valid to"),
    "places": Text("{tier}：规则在何处最紧（每放宽一个单位的影响，{unit}）",
                   "{tier}: where each rule presses most (what giving way by one unit is worth, {unit})"),
    "lower_better": Text("{unit}，越小越好", "{unit}; less is better"),
    "places_heads": Text("规则|有价处数|最紧的城市|项目|单位|放宽一个单位",
                         "rule|priced|presses most in|item|unit|worth of a unit"),
    "of_bounds": Text("数额上下限：{rule}", "bounds of amounts: {rule}"),
    "places_note": Text("“有价处数”：在该处放宽一个单位，本目标会变的处数；已用尽而放宽不起作用的处不计。"
                        "“数额上下限”是该规则给一个城市的一项指标定出的上限或下限。",
                        "“Priced” counts the places where giving way by a unit changes this tier; where it does not, a "
                        "rule that has no room left is not counted. “Bounds of amounts” are what the rule makes of a "
                        "city's bounds in a pool."),
    "fixed": Text("价格按本结果已定的整座设施计算，前列目标各自保持其最优（有允许让步的保持其下限）。",
                  "Prices are read with the whole facilities of this result as they are; every tier before is held at "
                  "its own optimum, or at its floor where it has a tolerance."),
    "relaxed": Text("前列目标各自保持其最优（有允许让步的保持其下限）。",
                    "Every tier before is held at its own optimum, or at its floor where it has a tolerance."),
    "rate": Text("现值处的影子价格为每步 {rate}，至少在 {low} 至 {high} 之间不变。",
                 "The shadow price where it stands, {rate} a step, holds at least from {low} to {high}."),
    "rate_only": Text("现值处的影子价格为每步 {rate}。", "The shadow price where it stands is {rate} a step."),
    "by_rate": Text("（按现值处的影子价格折算；一整步的影响未另行求解。）",
                    "(By the price where it stands; a whole step was not solved.)"),
    "by_rate_within": Text("（按现值处的影子价格折算，它至少在 {low} 至 {high} 之间不变；一整步的影响未另行求解。）",
                           "(By the price where it stands, which holds at least from {low} to {high}; a whole step was "
                           "not solved.)"),
    "corner": Text("现值处两侧影子价格不同：减少时每步 {less}，增加时每步 {more}。",
                   "Where it stands the shadow price differs by side: {less} a step down, {more} a step up."),
    "stuck_less": Text("“{title}”不能再减：一减就没有满足全部规则的方案。",
                       "“{title}” cannot be less: no allocation would satisfy the rules."),
    "stuck_more": Text("“{title}”不能再加：一加就没有满足全部规则的方案。",
                       "“{title}” cannot be more: no allocation would satisfy the rules."),
    "earlier_gains": Text("原因：更靠前的目标“{earlier}”随之改善，本目标为它让步。",
                          "The reason: the earlier tier {earlier} gains, and this one is what that costs."),
    "given_out": Text("原因：这一总量须全部下达，多出的部分各市必须承接，承接所需的支出和盘活占用了别处要用的财力。",
                      "The reason: all of it has to be given out, so that cities must take what is added, and what "
                      "that asks of them, in spending or in land put back to use, is missing elsewhere."),
    "jump": Text("“{title}”稍有变动，{tier}即跳变 {n}（{unit}），没有影子价格。",
                 "At the least move of “{title}”, {tier} jumps by {n} ({unit}): it has no shadow price."),
    "nothing": Text("所列参数小幅变动都不影响目标“{tier}”。",
                    "No parameter listed here moves the tier “{tier}” when it changes a little."),
    "others": Text("其余目标要逐个询问（命令行用 --tier 加括号里的名称）：{tiers}。",
                   "Ask for the other tiers one by one (at a terminal by --tier and the name in brackets): {tiers}."),
    "stopped": Text("已中断：以下是中断前求得的部分。{total} 个参数中有 {missing} 个尚未询问。",
                    "Interrupted; partial results. Of {total} parameters {missing} were not asked."),
    "quick": Text("本表只按结果的对偶值估价；标“估”的未经重新求解核实。",
                  "By the duals of the result alone; what is marked est. was not confirmed by another solve."),
    "legend": Text("“增加一步”是参数增加一整步的确切影响（— 为未另行求解）；“影子价格”是现值处的边际影响，折合每步，"
                   "减时与增时分列。影子价格后的记号：△ 现值处于拐点，越过拐点重新求解后读出；≈ 两次求解之差；"
                   "↯ 跳变，没有影子价格；“估”只按对偶值估计；× 不能往这一侧变动。配置标准、成本等改变模型系数，"
                   "影响是曲线，影子价格只在现值附近成立，不列有效范围。",
                   "“One step more” is what a whole step does (— not solved); “shadow price” is the rate where the "
                   "parameter stands, for a step, falling and rising apart. Marks: △ at a corner, solved again past "
                   "it; ≈ difference of two solves; ↯ a jump, no shadow price; est. by duals alone; × cannot go that "
                   "way. Norms, costs and the like move coefficients, and what they do is a curve: their shadow price "
                   "is that of small changes, without a range."),
    "more_rows": Text("另有 {count} 个参数也影响目标“{title}”，用 --tier {tier} 全部列出。",
                      "{count} further parameters move “{title}”; --tier {tier} lists them all."),
    "base": Text("求解现状", "solving as it is"),
    "screen": Text("逐个参数估价", "a first price for every parameter"),
    "refine": Text("核实两侧的影子价格", "prices on both sides"),
    "no_tier": Text("本算例没有目标 {tier}。{near}", "This instance has no tier {tier}. {near}"),
    "no_point": Text("没有方案的结果没有影子价格。", "A result without an allocation has no shadow prices."),
}  # fmt: skip
# What a report says in their place: no words of the solver, and no options of the command line.
READER = SAY | {
    "heads": Text("参数|现值|单位|变动一步|增加一步（另行求解）|减少一步|增加一步|成立范围自|成立范围至",
                  "parameter|now|unit|step|one step more (solved)|one step less|one step more|holds from|holds to"),
    "places_heads": Text("规则|放宽有作用的处数|最紧的城市|项目|单位|放宽一个单位的作用",
                         "rule|places where easing counts|presses most in|item|unit|what a unit would give"),
    "places_note": Text("“放宽有作用的处数”：在该处放宽一个单位，这项目标会变的处数；已用尽而放宽不起作用的处不计，"
                        "所以与“起约束作用的规则”一表的处数可以不同。"
                        "“数额上下限”是该规则给一个城市的一项指标定出的上限或下限。",
                        "“Places where easing counts”: those where one unit changes this tier. A rule that has no room "
                        "left where it does not is not counted, so that the numbers may differ from those of the table "
                        "of rules that bind. “Bounds of amounts” are what the rule makes of them for a city."),
    "rate": Text("按现有水平推算为每步 {rate}，在 {low} 至 {high} 之间成立。",
                 "As things stand it is {rate} a step, from {low} to {high}."),
    "rate_only": Text("按现有水平推算为每步 {rate}。", "As things stand it is {rate} a step."),
    "by_rate": Text("（按现有水平推算。）", "(As things stand.)"),
    "by_rate_within": Text("（按现有水平推算，在 {low} 至 {high} 之间成立。）",
                           "(As things stand, from {low} to {high}.)"),
    "corner": Text("减少和增加的作用不同：减少时每步 {less}，增加时每步 {more}。",
                   "Less and more differ: {less} a step down, {more} a step up."),
    "jump": Text("“{title}”稍有变动，{tier}即跳变 {n}（{unit}）。",
                 "At the least move of “{title}”, {tier} jumps by {n} ({unit})."),
    "fixed": Text("按已定的设施推算，排在前面的要求保持不变。",
                  "With the facilities as decided, and nothing lost of what comes earlier in the order."),
    "relaxed": Text("推算时排在前面的要求保持不变。", "With nothing lost of what comes earlier in the order."),
}  # fmt: skip
MARKS = {
    "duals": Text("", ""), "corner": Text(" △", " △"), "difference": Text(" ≈", " ≈"), "jump": Text(" ↯", " ↯"),
    "estimate": Text("（估）", " (est.)"), "infeasible": Text(" ×", " ×"), "outside": Text(" ×", " ×"),
    "unsolved": Text("（未求解）", " (not solved)"),
}  # fmt: skip
BRIEF = {"1 percentage point": "1 pp"}  # steps in the tables of the English text


def spoken(instance: Instance, tier: str) -> TierWords:
    """How a tier is spoken of in an instance: fairness by leximin is another thing than by cvar."""
    return _of(instance, tier)[0]


def worth(instance: Instance, tier: str) -> float:
    """How many units of its `TierWords.equivalent` a change of one in a tier's value is."""
    known, entry = _of(instance, tier)
    return known.counts(instance.tables["cities"], entry)


def _of(instance: Instance, tier: str) -> tuple[Tier, Any]:
    entry = next(each for each in instance.settings.objective if each.tier == tier)
    return catalogue_for(instance.settings).tiers[tier], entry
