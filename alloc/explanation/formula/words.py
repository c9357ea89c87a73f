"""Words of what the formula alone would give, in Chinese and English."""

from __future__ import annotations

from alloc.text import Text

SAY = {
    "title": Text("只按公式分配会怎样", "What the formula alone would give"),
    "method": Text("把与公式测算数的偏离放在各级目标之前，重新求解：各资源池在规则允许的范围内尽量按公式分配，"
                   "公共服务和落户仍由其余目标依次决定。",
                   "Solved again with closeness to the formula before every other tier: each pool is given out by its "
                   "formula, as near as the rules allow, and the other tiers decide services and settlement in their "
                   "order."),
    "relaxed": Text("两边都是松弛解的数，设施可以有小数。",
                    "All figures are of the relaxation, on both sides: facilities need not be whole."),
    "open": Text("其中一次求解没有完成，因此没有可比的数。",
                 "One of the two solves did not come to its end, so there is nothing to compare."),
    "said": Text("只按公式分配（松弛解）：{tiers}。", "By the formula alone (relaxation): {tiers}."),
    "tier": Text("{tier} {formula}{unit}（{name} {plan}{unit}）", "{tier} {formula}{unit} ({name} {plan}{unit})"),
    "again": Text('自行求解：alloc solve 算例 --relaxation --edit "{edit}"',
                  'To solve it yourself: alloc solve INSTANCE --relaxation --edit "{edit}"'),
    "tiers": Text("各级目标：本方案与只按公式", "Tiers in the plan and by the formula"),
    "own": Text("本方案", "plan"),
    "own_relaxed": Text("本方案的松弛解", "relaxation of the plan"),
    "tiers_heads": Text("目标|{name}|{name}的界|只按公式|只按公式的界|公式比方案|单位",
                        "tier|{name}|{name}, bound|formula|formula, bound|formula less plan|unit"),
    "tiers_note": Text("界是前列目标不变差时任何方案都不能超过的值；有允许让步的目标，其值可低于界至允许让步为止。",
                       "A bound is what no plan betters while earlier tiers are no worse; a tier with a tolerance may "
                       "be off it by that much."),
    "pools": Text("各资源池离公式多远", "How far every pool is from its formula"),
    "pools_heads": Text("资源池|{name}|只按公式", "pool|{name}|formula"),
    "pools_note": Text("公式测算数中分给了别的城市的比例。只按公式一列不为 0 的，"
                       "是上下限、分组限制、预算等规则使公式无法做到。",
                       "The part of the formula's amounts that goes to other cities. What is not 0 under the formula "
                       "is what bounds, limits and budgets keep from it."),
    "plan": Text("求本方案的松弛解", "solving the relaxation of the plan"),
    "first": Text("只按公式求解", "solving by the formula"),
    "no_point": Text("没有方案的结果无从与公式相比；先用 alloc explain 算例 查看冲突。",
                     "A result without an allocation cannot be held against the formula; see first what clashes with "
                     "alloc explain INSTANCE."),
    "no_formula": Text("本模型没有“与公式测算数的偏离”这一目标。",
                       "The formulation has no tier of closeness to a formula."),
}  # fmt: skip
