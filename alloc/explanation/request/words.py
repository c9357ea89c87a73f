"""Words of "what would it take", in Chinese and English; heads are parted by bars."""

from __future__ import annotations

from alloc.text import Text

WORDS: dict[str, Text] = {
    "headline": Text(
        "{city}（{code}）的{pool}现为 {published} {unit}；问的是：怎样才能得到至少 {amount} {unit}。",
        "{city} ({code}) gets {published} {unit} of {pool} now; the question is what it would take to give it at least "
        "{amount} {unit}.",
    ),
    "raised": Text(
        "问的是 {asked}，按最小分配单位 {quantum} {unit} 进为 {amount}。",
        "Asked for was {asked}; in multiples of {quantum} {unit} that is {amount}.",
    ),
    "met": Text("它现在得到的已不少于此数，无须任何改变。", "It gets as much already: nothing has to change."),
    "met_relaxed": Text(
        "设施不要求整座时，它得到的已不少于此数；差的只是整座设施带来的部分，可减小 gap 或调整后整座求解再看。",
        "Without whole facilities it gets as much already; what is missing comes from whole facilities alone, so solve "
        "again with them and a smaller gap, say.",
    ),
    "relaxed": Text(
        "结果中设施为整座；以下求解都不要求整座，作为比较基础的现状数为 {base} {unit}。整座求解时数额会略有不同。",
        "The result has whole facilities; everything here is solved without, from a base of {base} {unit}. With whole "
        "facilities the numbers differ a little.",
    ),
    # ------------------------------------------------------------------ granted
    "granted": Text(
        "可以满足：加一条限制即可，其他规则都不变，它得到 {published} {unit}。",
        "It can be granted, with one more limit and every other rule as it is; it then gets {published} {unit}.",
    ),
    "granted_line": Text("- 修改：--edit {line}", "- Edit: --edit {line}"),
    "no_loss": Text(
        "没有一个目标因此变差到可以看出的程度。", "No objective is worse for it by anything that can be seen."
    ),
    "first_score": Text(
        "按目标的先后，首先变差的是“{tier}”：变差 {points} 个百分点，相当于 {people} 人完全没有服务。"
        "这已是最小的损失。",
        "In the order of the objectives the first to be worse is “{tier}”: by {points} percentage points, as if "
        "{people} residents went without any service. It cannot be had for less.",
    ),
    "first_persons": Text(
        "按目标的先后，首先变差的是“{tier}”：减少 {loss} 人。这已是最小的损失。",
        "In the order of the objectives the first to be worse is “{tier}”: by {loss} persons. It cannot be had for "
        "less.",
    ),
    "first_share": Text(
        "按目标的先后，首先变差的是“{tier}”：降低 {points} 个百分点。这已是最小的损失。",
        "In the order of the objectives the first to be worse is “{tier}”: by {points} percentage points. It cannot be "
        "had for less.",
    ),
    "first_number": Text(
        "更靠前的目标都不变差；变差的是“{tier}”：偏离增加 {loss}。这已是最小的损失。",
        "No earlier objective is worse; the one that is, is “{tier}”: the distance grows by {loss}. It cannot be had "
        "for less.",
    ),
    "first_money": Text(
        "更靠前的目标都不变差；变差的是“{tier}”：增加 {loss} 万元。这已是最小的损失。",
        "No earlier objective is worse; the one that is, is “{tier}”: by {loss} × 10⁴ yuan. It cannot be had for less.",
    ),
    "payers": Text(
        "有 {count} 个城市因此减少，合计减少 {sum} {unit}；减少最多的是{city}，减少 {most} {unit}。",
        "{count} cities get less for it, {sum} {unit} in all; most of all {city}, {most} {unit} less.",
    ),
    "payer": Text(
        "只有{city}因此减少，减少 {most} {unit}。", "Only {city} gets less for it, {most} {unit} less."
    ),
    "no_payers": Text(
        "没有城市因此减少：资源池中尚有未分配的部分。",
        "No city gets less for it: there was something left in the pool.",
    ),
    # ------------------------------------------------------------------ impossible
    "bound": Text(
        "不改规则就不可能：它的上限是 {upper} {unit}，上限来自“{rule}”规则：{words}",
        "It is impossible under the rules: the city's upper bound is {upper} {unit}, made by the rule “{rule}”: "
        "{words}",
    ),
    "utmost": Text(
        "在现行规则内，不改参数、不写人工调整和戴帽指标，它最多能得到 {amount} {unit}（按最小分配单位取整；"
        "不论各级目标和其他城市为此付出多少），卡住它的是：{rules}。人工调整和戴帽指标另有各自的上限，不在其内。",
        "The most that the rules as they are leave it, no parameter changed and no override or earmark written, is "
        "{amount} {unit}, in whole quanta and whatever objectives and other cities lose for it; what stops it: "
        "{rules}. Overrides and earmarks have limits of their own, which this leaves out.",
    ),
    "impossible": Text(
        "不改规则就不可能：下列规则与这个要求不能同时成立：{families}。",
        "It is impossible under the rules: these cannot hold together with the request: {families}.",
    ),
    "impossible_found": Text(
        "不改规则就不可能，按算术即可看出：", "It is impossible under the rules, by arithmetic alone:"
    ),
    "finding": Text("- {message}", "- {message}"),
    "stopped_grant": Text(
        "计算被中止，满足请求后的方案没有得出。", "The work was stopped before the request could be granted."
    ),
    # ------------------------------------------------------------------ parameters
    "smallest": Text(
        "只改一个参数时，相对改变最小的是“{way}”：由 {old} 改为 {new}（{change}），该城市得到 {published} {unit}。",
        "Of single parameters the smallest relative change is “{way}”: from {old} to {new} ({change}); the city then "
        "gets {published} {unit}.",
    ),
    "by_hand_only": Text(
        "在试过的参数中，只有直接写明数额能做到：{ways}。",
        "Of the parameters tried only naming the amount itself does it: {ways}.",
    ),
    "refused": Text("做不到（{way}）：{message}{remedy}", "Not possible ({way}): {message} {remedy}"),
    "brought": Text("注意（{way}）：{message}", "Mind ({way}): {message}"),
    "only_lifts": Text(
        "规则并不允许：做得到的办法（{ways}）抬高了“{rule}”的基数，这条规则因而放宽；它由{owner}，须先经同意。",
        "The rules do not allow it. What does it lifts the base of “{rule}” ({owner}) and so loosens it: {ways}; "
        "whoever made that rule has to agree first.",
    ),
    "lifts": Text(
        "其中有的办法（{ways}）抬高了“{rule}”的基数，这条规则因而放宽；它由{owner}，须先经同意。",
        "Some of what does it lifts the base of “{rule}” ({owner}) and so loosens it: {ways}; whoever made that "
        "rule has to agree first.",
    ),
    "alike_formula": Text(
        "{count} 个参数都只能使它得到 {amount} {unit}，即公式测算数：贴近公式的目标不要求更多，"
        "这些参数再放宽也不起作用。",
        "{count} parameters come to {amount} {unit} and no further, which is what the formula gives: closeness to it "
        "asks for no more, and to loosen these further has no effect.",
    ),
    "alike": Text(
        "{count} 个参数都只能使它得到 {amount} {unit}：此后限制它的不是其中任何一个。",
        "{count} parameters come to {amount} {unit} and no further: what stops the city there is none of them.",
    ),
    "no_way": Text(
        "在试过的参数和范围内，没有哪一个参数单独改变就能做到。",
        "No single parameter does it within the range that was tried.",
    ),
    "line": Text("- --edit {line}", "- --edit {line}"),
    "about": Text(
        "每个参数单独改变，搜索到改变量的约百分之一为止，并进位到三位有效数字；所列修改都已整个求解并核验。"
        "若数额随参数先增后减，可能还有更小的改变未被发现。",
        "Each parameter is changed by itself; the search ends within about a hundredth of the change, rounded outwards "
        "to three figures; every edit listed has been solved whole and verified. Where the number rises and falls "
        "again along the way, a smaller change may exist.",
    ),
    "left": Text(
        "规模较大、求解费时，只求解了 {most} 次：标“未搜索”的参数没有试完，所列改变也可能不是最小的。",
        "A solve takes long at this size and {most} were made: what says “not searched” was not tried out, and changes "
        "that are listed may not be the smallest.",
    ),
    "stopped": Text(
        "搜索被中止，下表只含已得出的部分。", "The search was stopped; the table has what was found by then."
    ),
    # ------------------------------------------------------------------ tables
    "tiers": Text("各级目标：满足请求之前和之后", "Objectives, without and with the request granted"),
    "tiers_heads": Text("目标|现状|满足后|变化|单位", "objective|now|granted|change|unit"),
    "who": Text("谁减少得最多（{unit}）", "Who pays most ({unit})"),
    "who_heads": Text("城市|代码|现状|满足后|增减|增减幅", "city|code|now|granted|change|change in %"),
    "own": Text("该城市的其他资源池", "The city's other pools"),
    "own_heads": Text("资源池|单位|现状|满足后|增减", "pool|unit|now|granted|change"),
    "ways": Text("只改一个参数", "One parameter alone"),
    "ways_heads": Text("参数|现值|改为|改变|得到（{unit}）|结论",
                      "parameter|now|to|change|gets ({unit})|outcome"),
    "found_is": Text("可行，已核验", "does it, verified"),
    "lifts_is": Text("可行，已核验，但放宽一条规则", "does it, verified, but loosens a rule"),
    "not_enough_is": Text("试到此值仍不够", "not enough even so"),
    "no_effect_is": Text(
        "试到此值没有作用：现在限制它的不是这一项", "no effect: it is not what holds the amount now"
    ),
    "impossible_is": Text("无满足规则的方案", "no allocation"),
    "stopped_is": Text("未得出", "not worked out"),
    "left_is": Text("未搜索", "not searched"),
    "edits": Text("可直接粘贴的修改", "Edits, ready to paste"),
    "edits_heads": Text("参数|修改", "parameter|edit"),
}  # fmt: skip


def say(language: str, key: str, **slots: object) -> str:
    """A sentence of `WORDS` in ``zh`` or ``en``."""
    return WORDS[key].said(language, **slots)
