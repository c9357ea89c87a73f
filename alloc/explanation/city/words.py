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
        "起决定作用的是“{rule}”规则：没有上下限约束、按公式分配的城市都偏离公式 {even}，它若也这样偏离，"
        "为 {common} {unit}。",
        "The rule that decides is “{rule}”: cities that follow the formula, with what is left shared evenly, are "
        "{even} off it, and as far off this one would have {common} {unit}.",
    ),
    "formula_decides": Text(
        "没有更靠前的目标改变它：它按公式分配，因总量和共同规则而与受同样限制的城市一道偏离公式 {away}。",
        "No earlier objective moves it: it follows the formula, off by {away} like the other cities under the same "
        "total and limits.",
    ),
    "earlier_decides": Text(
        "它偏离公式 {away}，与受同样限制的其他城市不同：排在“贴近公式”之前的目标，或该城市几个数额共用的规则"
        "（预算、挂钩等）这样要求。",
        "It is {away} off the formula, unlike other cities under the same total and limits: objectives that come "
        "before closeness to the formula, or rules that several numbers of the city share (budgets, links), ask for "
        "that.",
    ),
    # ------------------------------------------------------------------ which objective
    "quoted": Text("“{title}”", "“{title}”"),
    "earlier_shared": Text(
        "组成部分中的“优化” {all} {unit}，是这样来的：只求贴近公式时，几个数额共用的规则（总量、预算、挂钩等）"
        "带来 {shared}",
        "The part “optimisation”, {all} {unit}, comes about so: with nothing but closeness to the formula, rules that "
        "several numbers share (totals, budgets, links) make {shared}",
    ),
    "earlier_then": Text(
        "；再依次保证更靠前的目标，{tiers}", "; then the objectives before it, in their order: {tiers}"
    ),
    "earlier_one": Text("{title}带来 {amount}（{how}）", "{title} makes {amount} ({how})"),
    "earlier_still": Text("；{tiers}不改变它", "; nothing comes from {tiers}"),
    "earlier_whole": Text("；整座设施带来 {amount}", "; whole facilities make {amount}"),
    "earlier_rows": Text(
        "该城市的{rows}已经用尽：这个数要更接近公式，这些规则所联系的其他数额须随之变动。",
        "Rules of this city have no room left, {rows}: for this number to come nearer to the formula, what else stands "
        "in them has to move too.",
    ),
    "earlier_exactly": Text("精确保持，不让步", "held exactly, it gives up nothing"),
    "earlier_up": Text("允许让步 {tolerance}，已用尽", "it may give up {tolerance}, and all of that is used up"),
    "earlier_partly": Text(
        "允许让步 {tolerance}，已用 {given}", "it may give up {tolerance}, of which {given} is used"
    ),
    "earlier_none": Text("允许让步 {tolerance}，没有用", "it may give up {tolerance}, none of which is used"),
    "earlier_unknown": Text("允许让步 {tolerance}", "it may give up {tolerance}"),
    "earlier": Text("“优化”从何而来，按目标（{unit}）", "What makes the part “optimisation”, by objective ({unit})"),
    "earlier_heads": Text("来源|数额|含义", "what|amount|what it is"),
    "earlier_sum": Text("以上各项之和，分毫不差。", "The sum, exactly."),
    "earlier_note": Text(
        "“与公式测算数的偏离”先单独求解，再排在第一级、前两级……目标之后求解；每项是多保证这一级目标使这个数变动的数额，"
        "目标的次序不同，各项也不同。设施可不为整座。",
        "Closeness to the formula is solved alone, then behind the first objective, the first two, and so on; each "
        "amount is how far the number moves when one objective more is held, and would differ in another order of "
        "them. Facilities are in parts.",
    ),
    "shared": Text("几个数额共用的规则", "rules that several numbers share"),
    "shared_is": Text(
        "总量、预算、挂钩等，只求贴近公式时。", "Totals, budgets, links, with nothing but closeness to the formula."
    ),
    "tier_exactly": Text("精确保持，不让步。", "Held exactly: it gives up nothing."),
    "tier_up": Text("允许让步 {tolerance}，已用尽。", "It may give up {tolerance}; all of that is used up."),
    "tier_partly": Text("允许让步 {tolerance}，已用 {given}。", "It may give up {tolerance}; {given} of that is used."),
    "tier_none": Text("允许让步 {tolerance}，没有用。", "It may give up {tolerance}; none of that is used."),
    "tier_unknown": Text("允许让步 {tolerance}。", "It may give up {tolerance}."),
    "whole": Text("整座设施", "whole facilities"),
    "whole_is": Text("设施按整座计，与松弛解之差。", "What whole facilities change on the relaxation."),
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
    "reached_before": Text("取整前已达到，公布数尚有余地", "reached before rounding; published numbers leave room"),
    "reached_after": Text("取整前尚有余地，公布数已达到", "reached by published numbers; room before rounding"),
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
    "up_nearer": Text(
        "再增加 {step} {unit}，它离公式更近，更靠前的目标也不必比现在多让；但其他数额要因此更偏离公式，"
        "合计起来“{tier}”增加 {loss}。",
        "With {step} {unit} more it would be nearer to the formula and no earlier objective would give up more than "
        "now; but other numbers would have to leave the formula by more than that: all together “{tier}” grows by "
        "{loss}.",
    ),
    "down_nearer": Text(
        "再减少 {step} {unit}，它离公式更近，更靠前的目标也不必比现在多让；但其他数额要因此更偏离公式，"
        "合计起来“{tier}”增加 {loss}。",
        "With {step} {unit} less it would be nearer to the formula and no earlier objective would give up more than "
        "now; but other numbers would have to leave the formula by more than that: all together “{tier}” grows by "
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
    "facilities_in_parts": Text(
        "结果为松弛解，以上增减的试算中设施可不为整座；求整座设施的结果，答案可能不同。",
        "The result is a relaxation, and in these trials facilities are in parts; of a result with whole facilities "
        "the answer may be another.",
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
