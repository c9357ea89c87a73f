"""Words of "why this number", in Chinese and English; heads are parted by bars."""

from __future__ import annotations

from alloc.text import Text

WORDS: dict[str, Text] = {
    # ------------------------------------------------------------------ the number and its parts
    "headline": Text(
        "{city}（{code}）的{pool}公布数为 {published} {unit}。",
        "{city} ({code}) gets {published} {unit} of {pool}.",
    ),
    "parts": Text("公布数的{count}个组成部分（{unit}）", "The {count} parts of the published number ({unit})"),
    "parts_heads": Text("部分|数额|含义", "part|amount|what it is"),
    "benchmark": Text("公式", "formula"),
    "benchmark_is": Text("按因素和权重测算的数额。", "What factors and weights give."),
    "performance": Text("绩效", "performance"),
    "performance_is": Text("绩效系数对公式数的调整。", "What factors of performance change on the formula."),
    "no_benchmark_is": Text("该资源池没有公式。", "The pool has no formula."),
    "no_part": Text("不参加分配", "takes no part"),
    "no_part_is": Text("该城市不参加分配，公式不计它。", "The city takes no part, and the formula does not count it."),
    "no_part_holds": Text(
        "只有符合条件的城市参加分配：{condition}。", "Only cities that meet the condition take part: {condition}."
    ),
    "rule": Text("规则", "rules"),
    "rule_is": Text(
        "保底、封顶、浮动区间等规则对公式数的修正。",
        "What bounds of single numbers (floor, cap, corridor, room) change on the formula.",
    ),
    "rule_upper": Text(
        "公式数高于上限 {bound} {unit}（{rule}），先减到这一上限。",
        "The formula gives more than the upper bound of {bound} {unit} ({rule}), to which this cuts it.",
    ),
    "rule_lower": Text(
        "公式数低于下限 {bound} {unit}（{rule}），先补到这一下限。",
        "The formula gives less than the lower bound of {bound} {unit} ({rule}), to which this lifts it.",
    ),
    "rule_left": Text(
        "以下各步又使数额离开这一限度，所以公布数不由它决定。",
        " The steps below move the number away from that bound, so that it does not decide what is published.",
    ),
    "locked": Text("已下达", "issued before"),
    "locked_is": Text(
        "以前各阶段已下达、不予收回的数额对上述结果的修正。",
        "What amounts issued before, and not taken back, change on that.",
    ),
    "optimised": Text("优化", "optimisation"),
    "optimised_is": Text(
        "各级目标和共同规则（总量、预算等）对上述结果的调整。",
        "What the objectives, and rules over several numbers (totals, budgets), change on that.",
    ),
    "phase_in": Text("公式逐步到位", "phasing in"),
    "phase_in_is": Text(
        "公式尚未全部到位：公式数与各因素之和的差额。",
        "The formula counts in part: what it gives less the sum of its factors.",
    ),
    "override": Text("人工", "override"),
    "override_is": Text("人工确定的数额与上述结果之差。", "What a planner changed by hand."),
    "overridden_is": Text("人工确定的数额与公式、规则结果之差；不作指定时各级目标会给的也在其中。",
                          "The amount set by hand less formula and rules; what the tiers would have given is in it."),
    "rounding": Text("取整", "rounding"),
    "rounding_is": Text("取整到 {step}的差额。", "Rounding to multiples of {step}."),
    "published": Text("公布", "published"),
    "published_is": Text("以上{count}项之和，分毫不差。", "The sum of the {count}, exactly."),
    # ------------------------------------------------------------------ what holds it
    "override_decides": Text(
        "这个数由人工确定，不参与优化。", "The number was fixed by hand and takes no part in the optimisation."
    ),
    "outside_decides": Text(
        "该城市不参加这一资源池的分配：参加的条件是“{condition}”，它不符合。",
        "The city takes no part in this pool, whose condition it does not meet: {condition}.",
    ),
    "rule_decides": Text(
        "若无上下限，公式加均摊会给出另一个数；起决定作用的是{rule}规则。",
        "Without its bounds the formula, with what is left shared evenly, would give another number; the rule that "
        "decides is: {rule}.",
    ),
    "formula_decides": Text(
        "没有更靠前的目标改变它：它按公式分配，因总量和共同规则而与受同样限制的城市一道偏离公式 {away}。",
        "No earlier objective moves it: it follows the formula, off by {away} like the other cities under the same "
        "total and limits.",
    ),
    "earlier_decides": Text(
        "它偏离公式 {away}，与受同样限制的其他城市不同：排在“贴近公式”之前的目标这样要求，"
        "或是对这个数，或是对它与该城市其他资源池的合计。",
        "It is {away} off the formula, unlike other cities under the same total and limits: objectives that come "
        "before closeness to the formula ask for that, of this number alone or of what the city gets of several pools.",
    ),
    "at_lower": Text(
        "它正处在下限 {amount} {unit}，下限来自“{rule}”：{words}",
        "It stands at its lower bound of {amount} {unit}, made by the rule “{rule}”: {words}",
    ),
    "at_upper": Text(
        "它正处在上限 {amount} {unit}，上限来自“{rule}”：{words}",
        "It stands at its upper bound of {amount} {unit}, made by the rule “{rule}”: {words}",
    ),
    "aside_lower": Text(
        "各城市的公式数在各自上下限之内合计，比可分配的多 {off} {unit}，须由各城市让出；它让到下限为止，"
        "让出的 {moved} {unit}在组成部分中记作“优化”。",
        "Within their bounds the formula's amounts of all cities sum to {off} {unit} more than there is to give, which "
        "cities give up; this one goes down to its lower bound, and the {moved} {unit} are the part “optimisation”.",
    ),
    "aside_upper": Text(
        "各城市的公式数在各自上下限之内合计，比须下达的少 {off} {unit}，须加到各城市；它加到上限为止，"
        "增加的 {moved} {unit}在组成部分中记作“优化”。",
        "Within their bounds the formula's amounts of all cities sum to {off} {unit} less than has to be given out, "
        "which cities take on; this one goes up to its upper bound, and the {moved} {unit} are the part "
        "“optimisation”.",
    ),
    "at_lower_open": Text("它已经为零，不能再少。", "It is nothing, and cannot be less."),
    "at_upper_zero": Text("公式给它的数为零，上限也就为零。", "The formula gives it nothing, so it cannot be more."),
    "at_upper_open": Text("它已得到该资源池可分配的全部。", "It has all that the pool has to give."),
    "holds": Text("上下限和已经用尽的规则", "Bounds, and rules without room left"),
    "holds_heads": Text("一侧|规则|上下限（{unit}）|距离|含义", "side|rule|bound ({unit})|distance|what it says"),
    "below": Text("下方", "below"),
    "above": Text("上方", "above"),
    "named": Text("{title}（{code}）", "{title} ({code})"),
    "reached": Text("已达到", "reached"),
    # ------------------------------------------------------------------ pushes
    "up_bound": Text("上限不留余地，不能再增加。", "The upper bound leaves no room: it cannot be more."),
    "down_bound": Text("下限不留余地，不能再减少。", "The lower bound leaves no room: it cannot be less."),
    "up_rules": Text(
        "再增加 {step} {unit}，就没有方案能满足全部规则；相互冲突的是：{families}。",
        "With {step} {unit} more no allocation satisfies the rules; these clash: {families}.",
    ),
    "down_rules": Text(
        "再减少 {step} {unit}，就没有方案能满足全部规则；相互冲突的是：{families}。",
        "With {step} {unit} less no allocation satisfies the rules; these clash: {families}.",
    ),
    "up_score": Text(
        "再增加 {step} {unit}，首先受损的目标是“{tier}”：变差 {points} 个百分点，相当于 {people} 人完全没有服务。",
        "With {step} {unit} more, the first objective to lose is “{tier}”: it worsens by {points} percentage points, "
        "as if {people} residents went without any service.",
    ),
    "down_score": Text(
        "再减少 {step} {unit}，首先受损的目标是“{tier}”：变差 {points} 个百分点，相当于 {people} 人完全没有服务。",
        "With {step} {unit} less, the first objective to lose is “{tier}”: it worsens by {points} percentage points, "
        "as if {people} residents went without any service.",
    ),
    "up_persons": Text(
        "再增加 {step} {unit}，首先受损的目标是“{tier}”：减少 {loss} 人。",
        "With {step} {unit} more, the first objective to lose is “{tier}”: {loss} persons fewer.",
    ),
    "down_persons": Text(
        "再减少 {step} {unit}，首先受损的目标是“{tier}”：减少 {loss} 人。",
        "With {step} {unit} less, the first objective to lose is “{tier}”: {loss} persons fewer.",
    ),
    "up_share": Text(
        "再增加 {step} {unit}，首先受损的目标是“{tier}”：降低 {points} 个百分点。",
        "With {step} {unit} more, the first objective to lose is “{tier}”: it falls by {points} percentage points.",
    ),
    "down_share": Text(
        "再减少 {step} {unit}，首先受损的目标是“{tier}”：降低 {points} 个百分点。",
        "With {step} {unit} less, the first objective to lose is “{tier}”: it falls by {points} percentage points.",
    ),
    "up_number": Text(
        "再增加 {step} {unit}，更靠前的目标都不受损，首先受损的是“{tier}”：偏离增加 {loss}。",
        "With {step} {unit} more no earlier objective loses; the first that does is “{tier}”: the distance grows by "
        "{loss}.",
    ),
    "down_number": Text(
        "再减少 {step} {unit}，更靠前的目标都不受损，首先受损的是“{tier}”：偏离增加 {loss}。",
        "With {step} {unit} less no earlier objective loses; the first that does is “{tier}”: the distance grows by "
        "{loss}.",
    ),
    "up_money": Text(
        "再增加 {step} {unit}，首先受损的目标是“{tier}”：增加 {loss} 万元。",
        "With {step} {unit} more, the first objective to lose is “{tier}”: {loss} × 10⁴ yuan more.",
    ),
    "down_money": Text(
        "再减少 {step} {unit}，首先受损的目标是“{tier}”：增加 {loss} 万元。",
        "With {step} {unit} less, the first objective to lose is “{tier}”: {loss} × 10⁴ yuan more.",
    ),
    "up_nothing": Text(
        "再增加 {step} {unit}，没有目标会受到可测出的损失。",
        "With {step} {unit} more no objective loses anything that can be measured.",
    ),
    "down_nothing": Text(
        "再减少 {step} {unit}，没有目标会受到可测出的损失。",
        "With {step} {unit} less no objective loses anything that can be measured.",
    ),
    "up_stopped": Text(
        "再增加会怎样，计算中止前没有得出。", "What more would cost was not worked out before the stop."
    ),
    "down_stopped": Text(
        "再减少会怎样，计算中止前没有得出。", "What less would cost was not worked out before the stop."
    ),
    "facilities_held": Text(
        "以上增减的试算中，各城市新建设施数保持结果中的数不变。",
        "In these trials every city's new facilities stay as they are in the result.",
    ),
    "tolerance_held": Text(
        "试算时各目标可让出的数额从结果所达到的最优值算起。",
        "What an objective may give up in these trials is counted from the optimum that it reached in the result.",
    ),
    # ------------------------------------------------------------------ against last year, or another result
    "past_more": Text(
        "比上年的 {before}{mark} {unit}多 {change} {unit}。",
        "That is {change} {unit} more than last year's {before}{mark}.",
    ),
    "past_less": Text(
        "比上年的 {before}{mark} {unit}少 {change} {unit}。",
        "That is {change} {unit} less than last year's {before}{mark}.",
    ),
    "past_same": Text(
        "与上年的 {before}{mark} {unit}相同。",
        "That is the same as last year's {before}{mark} {unit}.",
    ),
    "past": Text("与上年相比（{unit}）", "Against last year ({unit})"),
    "past_heads": Text("原因|增减|说明", "what|change|why"),
    "past_total": Text(
        "各城市上年合计 {before}，今年可分 {now}；按上年份额折算。",
        "All cities got {before} last year, there is {now} now; at last year's share.",
    ),
    "past_factor": Text(
        "权重 {weight}；该城市在此因素中占 {share}，上年在总数中占 {before}。",
        "Weight {weight}; the city has {share} of this factor, and had {before} of last year's pool.",
    ),
    "past_limit": Text(
        "算例中只有上年的数额，没有上年的数据，所以说不出人口、落户、债务等各变了多少、各带来多少；"
        "“与上年相比”一表拿今年的公式与上年的份额相比。",
        "The instance has last year's amounts but not last year's data, so it cannot be said what population, "
        "settlement or debt have moved since; “Against last year” holds this year's formula against last year's share.",
    ),
    "past_remedy": Text(
        "给出上年的结果（--against），即可按因素分解。",
        " Give last year's result (--against) for a split by drivers.",  # behind the sentence before
    ),
    "past_unknown": Text(
        "算例没有该城市的上年数额，不能与上年比较。",
        "The instance gives no amount of last year for this city, so nothing can be held against last year.",
    ),
    "against_more": Text(
        "比对照结果的 {before} {unit}多 {change} {unit}。",
        "That is {change} {unit} more than {before} in the other result.",
    ),
    "against_less": Text(
        "比对照结果的 {before} {unit}少 {change} {unit}。",
        "That is {change} {unit} less than {before} in the other result.",
    ),
    "against_same": Text(
        "与对照结果的 {before} {unit}相同。", "That is the same as in the other result, {before} {unit}."
    ),
    "against_largest": Text(
        "影响最大的因素是“{driver}”：{part} {unit}。", "The driver that moved most is “{driver}”: {part} {unit}."
    ),
    "against": Text("与对照结果之差，按因素分解（{unit}）", "The difference from the other result, by driver ({unit})"),
    "against_heads": Text("因素|增减|变了什么（格数）", "driver|change|what differs (cells)"),
    "against_rest": Text("取整", "rounding"),
    "against_rest_whole": Text("取整和整座设施", "rounding and whole facilities"),
    "total": Text("合计", "together"),
    "shapley": Text(
        "各因素的数额是其夏普利值：在全部 {orders} 种先后次序中，该因素带来的增减的平均数"
        "（求解了 {mixtures} 种组合）。",
        "Each part is a Shapley value: the mean of what the driver adds, over all {orders} orders in which the drivers "
        "could come ({mixtures} mixtures solved).",
    ),
    "shapley_some": Text(
        "分解不完整：{all_orders} 种先后次序中只用了 {orders} 种，即每一步都有方案且已求解的次序"
        "（{mixtures} 种组合中求解了 {solved} 种）；各数额是这些次序的平均数。",
        "The split is not whole: of {all_orders} orders of the drivers it uses {orders}, those in which every step "
        "has an allocation and was solved ({solved} of {mixtures} mixtures); each part is the mean over these.",
    ),
    "shapley_none": Text(
        "不能按因素分解：没有一种先后次序，其中每一步都有方案且已求解（{mixtures} 种组合中求解了 {solved} 种）。",
        "No split by drivers: in no order of them every step has an allocation and was solved ({solved} of {mixtures} "
        "mixtures).",
    ),
    "no_difference": Text(
        "两个结果的输入没有影响分配的差别。",
        "Nothing that enters a rule differs between the inputs of the two results.",
    ),
    "impossible_mixtures": Text(
        "有 {count} 种组合没有满足全部规则的方案。",
        "For {count} of the mixtures no allocation satisfies the rules.",
    ),
    "stopped": Text(
        "计算被中止，以下只含已得出的部分。",
        "The work was stopped; what follows is what was done by then.",
    ),
    "whole_relaxed": Text(
        "结果中设施为整座；各组合按设施可不为整座求解，由此产生的差别并入最后一行。",
        "The results have whole facilities; the mixtures are solved without, and what this makes is in the last row.",
    ),
    # ------------------------------------------------------------------ beside a similar city
    "like_more": Text(
        "比{other}（{code}）多 {change} {unit}。", "That is {change} {unit} more than {other} ({code}) gets."
    ),
    "like_less": Text(
        "比{other}（{code}）少 {change} {unit}。", "That is {change} {unit} less than {other} ({code}) gets."
    ),
    "like_same": Text("与{other}（{code}）相同。", "That is the same as {other} ({code}) gets."),
    "like_chosen": Text(
        "{other}是与它最相近的城市：先看规模等级，再看所在地区，然后看常住人口。",
        "{other} is the city most like it: by size class first, then by region, then by residents.",
    ),
    "like_each": Text(
        "按常住人口平均，它得 {mine} {unit}，{other}得 {theirs} {unit}。",
        "For one resident it gets {mine} {unit}, {other} gets {theirs} {unit}.",
    ),
    "like": Text("与{other}相比（{unit}）", "Beside {other} ({unit})"),
    "like_heads": Text(
        "因素|权重|{city}|{other}|差额|人均差额（{each}）",
        "factor|weight|{city}|{other}|difference|a resident ({each})",
    ),
    "each_land": Text("平方米", "m²"),
    "each_money": Text("元", "yuan"),
    "marks": Text("ᵉ 估计　ᵃ 假设", "ᵉ estimated   ᵃ assumed"),
}  # fmt: skip


def say(language: str, key: str, **slots: object) -> str:
    """A sentence of `WORDS` in ``zh`` or ``en``."""
    return WORDS[key].said(language, **slots)
