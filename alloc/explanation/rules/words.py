"""Words of the cost of rules, in Chinese and English."""

from __future__ import annotations

from alloc.text import Text

# tier -> whole sentences: it would gain, it would lose. Without {rule}.
WITHOUT = {
    "minimum": (
        Text("取消“{rule}”，离国家最低标准的缺口可缩小，合 {n} 名居民的全部需求。",
             "Without “{rule}” the gap to the national minimum would shrink by the full need of {n} residents."),
        Text("取消“{rule}”，离国家最低标准的缺口会扩大，合 {n} 名居民的全部需求。",
             "Without “{rule}” the gap to the national minimum would grow by the full need of {n} residents."),
    ),
    "fairness": (
        Text("取消“{rule}”，服务最薄弱的人口受益，合其中 {n} 人从没有服务到服务齐全。",
             "Without “{rule}” the worst served would gain as much as full service for {n} of them."),
        Text("取消“{rule}”，服务最薄弱的人口受损，合其中 {n} 人从服务齐全到没有服务。",
             "Without “{rule}” the worst served would lose as much as full service for {n} of them."),
    ),
    "least": (
        Text("取消“{rule}”，城市的最低得分提高百万分之 {n}。",
             "Without “{rule}” the least score of any city would rise by {n} millionths."),
        Text("取消“{rule}”，城市的最低得分降低百万分之 {n}。",
             "Without “{rule}” the least score of any city would fall by {n} millionths."),
    ),
    "settlement": (
        Text("取消“{rule}”，可多落户 {n} 人。", "Without “{rule}” {n} more people would settle."),
        Text("取消“{rule}”，将少落户 {n} 人。", "Without “{rule}” {n} fewer people would settle."),
    ),
    "coverage": (
        Text("取消“{rule}”，全体居民的平均得分上升，合 {n} 人从没有服务到服务齐全。",
             "Without “{rule}” the mean score would rise as much as by full service for {n} more residents."),
        Text("取消“{rule}”，全体居民的平均得分下降，合 {n} 人从服务齐全到没有服务。",
             "Without “{rule}” the mean score would fall as much as by full service for {n} fewer residents."),
    ),
    "production": (
        Text("取消“{rule}”，多满足 {n} 公顷产业用地需求（按产出加权）。",
             "Without “{rule}” {n} ha more of what production asks for would be served (weighted by output)."),
        Text("取消“{rule}”，少满足 {n} 公顷产业用地需求（按产出加权）。",
             "Without “{rule}” {n} ha less of what production asks for would be served (weighted by output)."),
    ),
    "closeness": (
        Text("取消“{rule}”，与公式测算数的偏离指数减少 {n}。",
             "Without “{rule}” the distance from the formula would fall by {n}."),
        Text("取消“{rule}”，与公式测算数的偏离指数增加 {n}。",
             "Without “{rule}” the distance from the formula would grow by {n}."),
    ),
    "cost": (
        Text("取消“{rule}”，建设与运行成本减少 {n} 万元。",
             "Without “{rule}” building and running would cost {n} × 10⁴ yuan less."),
        Text("取消“{rule}”，建设与运行成本增加 {n} 万元。",
             "Without “{rule}” building and running would cost {n} × 10⁴ yuan more."),
    ),
}  # fmt: skip
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
    "none": Text("下列规则处处取到界限，但取消后各目标都不变：{rules}。",
                 "These rules are met to the letter somewhere, but without any of them no tier would change: {rules}."),
    "unasked": Text("因中断而未求：{rules}。", "Not asked, for it was interrupted: {rules}."),
    "left": Text("规模较大、逐条求解费时，只求解了最吃紧的几条；下列规则取到界限而未求解，可用 --rule 名称 单独询问："
                 "{rules}。",
                 "A solve takes long at this size, so that only the rules that press most were solved. These are met "
                 "to the letter somewhere and were not; ask for one by --rule NAME: {rules}."),
    "no_rule": Text("没有名为 {rule} 的规则；可用：{known}。", "There is no rule {rule}; there are {known}."),
    "unsolved": Text("取消“{rule}”后没有求出方案。", "Without “{rule}” no optimum was found."),
    "stopped": Text("已中断：以下是中断前求得的部分。", "Interrupted: this is what had been found."),
    "title": Text("取消一条规则，各目标的得（+）失（−）", "What every tier gains (+) or loses (−) without a rule"),
    "head": Text("规则", "rule"),
    "waive": Text("由谁决定（{owner}）：{rules}。", "Who may waive them ({owner}): {rules}."),
    "units": Text("单位：{units}。", "Units: {units}."),
    "unit": Text("{tier}为{unit}", "{tier} in {unit}"),
    "fairness_rule": Text("公平目标", "the tier of fairness"),
    "base": Text("求解现状", "solving as it is"),
    "room": Text("哪些规则没有余地", "rules that leave no room"),
    "switch": Text("逐条取消规则", "switching off one rule after another"),
    "no_point": Text("没有方案的结果谈不上规则的代价；先用 alloc explain 算例 查看冲突。",
                     "A result without an allocation has no cost of rules; see first what clashes with alloc explain "
                     "INSTANCE."),
}  # fmt: skip
HEADS = {
    "minimum": Text("最低标准", "minimum"),
    "fairness": Text("公平", "fairness"),
    "settlement": Text("落户", "settlement"),
    "coverage": Text("平均得分", "coverage"),
    "production": Text("产业用地", "production"),
    "closeness": Text("接近公式", "closeness"),
    "cost": Text("成本", "cost"),
}
