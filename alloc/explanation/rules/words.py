"""Words of the cost of rules, in Chinese and English."""

from __future__ import annotations

from alloc.text import Text

SAY = {
    "whole": Text("每条规则轮流取消，其余不变；取消前后都按设施可为分数求解后比较，整座设施的得失可能略有不同。",
                  "Each rule in turn is switched off, all else as it is; with and without it facilities are counted in "
                  "parts, so that whole facilities may gain a little more or less."),
    "relaxed": Text("每条规则轮流取消，其余不变，重新求解。",
                    "Each rule in turn is switched off, all else as it is, and everything is solved again."),
    "order": Text("前列目标先得益，后列目标可能因此受损。",
                  "The tiers gain in their order: what an earlier one gains a later one may lose."),
    "free": Text("下列规则在最优方案处都留有余地，取消也不会改变任何目标（已证明，无须求解）：{rules}。",
                 "These rules leave room at the optimum: without any of them no tier would change (proven, not "
                 "solved): {rules}."),
    "none": Text("下列规则处处取到上下限，但取消后各目标都不变：{rules}。",
                 "These rules are met to the letter somewhere, but without any of them no tier would change: {rules}."),
    "unasked": Text("因中断而未求：{rules}。", "Not asked, for it was interrupted: {rules}."),
    "left": Text("规模较大、逐条求解费时，只求解了最吃紧的几条；下列规则取到上下限而未求解，可用 --rule 名称 单独询问："
                 "{rules}。",
                 "A solve takes long at this size, so that only the rules that press most were solved. These are met "
                 "to the letter somewhere and were not; ask for one by --rule NAME: {rules}."),
    "no_rule": Text("没有名为 {rule} 的规则。{near}", "There is no rule {rule}. {near}"),
    "unsolved": Text("取消“{rule}”后没有求出方案。", "Without “{rule}” no optimum was found."),
    "stopped": Text("已中断：以下是中断前求得的部分。", "Interrupted; partial results."),
    "title": Text("取消一条规则，各目标的得（+）失（−）", "What every tier gains (+) or loses (−) without a rule"),
    "head": Text("规则", "rule"),
    "waive": Text("由谁决定（{owner}）：{rules}。", "Who may waive them ({owner}): {rules}."),
    "units": Text("单位：{units}。", "Units: {units}."),
    "unit": Text("{tier}为{unit}", "{tier} in {unit}"),
    "base": Text("求解现状", "solving as it is"),
    "room": Text("哪些规则没有余地", "rules that leave no room"),
    "switch": Text("逐条取消规则", "switching off one rule after another"),
    "no_point": Text("没有方案的结果谈不上规则的代价；先用 alloc explain 算例 查看冲突。",
                     "A result without an allocation has no cost of rules; see first what clashes with alloc explain "
                     "INSTANCE."),
}  # fmt: skip
