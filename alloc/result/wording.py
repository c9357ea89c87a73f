"""Words of the short table, in Chinese and English; heads are parted by bars."""

from __future__ import annotations

from alloc.text import Text

WORDS: dict[str, Text] = {
    "finished": Text("求解完成", "finished"),
    "time_limit": Text("到达时限", "stopped at the time limit"),
    "interrupted": Text("被中断", "interrupted"),
    "infeasible": Text("没有满足全部规则的方案", "no allocation satisfies the rules"),
    "failed": Text("求解器出错", "the solver failed"),
    "merged": Text("由分省结果合并，没有求解", "put together from results of provinces, nothing solved"),
    "optimal": Text("各级目标均已证明最优（在设定差距内）", "every tier proven within the gap"),
    "feasible": Text(
        "满足全部规则，各级目标与界的差距见表", "every rule satisfied, distances from the bounds as stated"
    ),
    "partly_bounded": Text("满足全部规则，界未全部算出", "every rule satisfied, bounds not all worked out"),
    "unbounded": Text("满足全部规则，界未计算", "every rule satisfied, bounds not computed"),
    "unreached": Text("满足全部规则；未及优化的目标：{tiers}", "every rule satisfied; not optimised: {tiers}"),
    "none": Text("没有方案", "no point"),
    "status": Text(
        "{stopped}；{quality}；{checks} 项核验全部通过",
        "{stopped}; {quality}; all {checks} checks passed",
    ),
    "halted": Text(
        "注意：{why}，这不是算完的方案，不宜据以下达，请重新求解到结束。",
        "Note: {why}. The allocation is unfinished and not fit to be issued: solve again to the end.",
    ),
    "halted_time_limit": Text("计算到达时限即停止", "The computation was stopped at its time limit"),
    "halted_interrupted": Text("计算被中断", "The computation was interrupted"),
    "halted_failed": Text("求解器出错，计算没有完成", "The solver failed before the end"),
    "halted_merged": Text(
        "注意：本方案由 {count} 个分省结果合并而成，没有统一求解；统一求解可能有更好的方案。",
        "Note: the allocation is put together from {count} results of provinces, and nothing was solved for all of "
        "them: there may be better ones.",
    ),
    "halted_before": Text(
        "还没有来得及优化的是：{tiers}；与之有关的数只是停止时的状态，不是选择的结果，重新求解后会变。",
        "What was not optimised yet: {tiers}. Numbers that go by these are what they happened to be, no decision, and "
        "will change.",
    ),
    "halted_after": Text(
        "各项要求在停止时已定的设施下都已优化，但没有全部证明还有没有更好的方案。",
        "All tiers were optimised for the facilities that stood then, and it is not proven throughout that nothing is "
        "better.",
    ),
    "halted_rounded_down": Text(
        "{count} 个城市没有单独选定设施，其设施数只是向下取整，可能少建。",
        "In {count} cities facilities were not chosen but rounded down, so that fewer may be built than could be.",
    ),
    "halted_rules": Text("方案满足全部规则。", "It satisfies every rule."),
    "halted_broken": Text(
        "取整前满足全部规则；取整后未能保持：{parts}。",
        "Before rounding it satisfies every rule; not kept by rounding: {parts}.",
    ),
    "settlement_open": Text(
        "落户人数没有来得及优化：没有达到上限的城市，不一定受公共服务、资金或分组限制。",
        "Settlement was not optimised before the solve stopped: where a limit is not reached, services, money or "
        "limits of groups need not be why.",
    ),
    "but_rounded": Text(
        "取整前{quality}；取整后未能保持：{parts}", "before rounding: {quality}; not kept by rounding: {parts}"
    ),
    "unverified": Text("核验未通过", "verification failed"),
    "exact": Text("精确保持", "exact"),
    "settled": Text(
        "当年落户 {settle} 人，为落户上限 {limit} 人的 {part}；{cities} 个城市中有 {full} 个{before}达到上限{short}。",
        "{settle} persons settle of {limit} whom the limits allow ({part}); {full} of {cities} cities reach theirs"
        "{before}{short}.",
    ),
    "settled_below": Text("，其余共差 {persons} 人（{cities}）", ", the others are {persons} below ({cities})"),
    "settled_of": Text("{city} {persons} 人", "{city} {persons}"),
    "settled_between": Text("、", ", "),
    "settled_more": Text("等", " and others"),
    "settled_rounded": Text("；取整少落户 {persons} 人", "; rounding leaves out {persons}"),
    "before_rounding": Text("取整前", " before rounding"),
    "settled_whole": Text(
        "落户人数只取整数，又不得突破公布的资金、服务能力和分组限制，所以个别城市取整后比上限少几人。",
        "Only whole persons settle, and no more than published money, services and limits of groups have room for: "
        "this is why some cities, once rounded, are a few persons below their limits.",
    ),
    "settlement_is_data": Text(
        "落户人数由上限（意愿、增长、计划）给定，不是各级目标的选择。",
        "So how many settle is data, made by the limits (willingness, growth, quotas), and no decision of the tiers.",
    ),
    "settled_decided": Text(
        "这是各城市公布的整数之和；目标表中的 {decided} 人和它的界是取整前的数，各市上限的小数部分也计在内，"
        "所以可以略高于整数上限之和。",
        "These are the whole persons published; the {decided} among the tiers, and the bound there, are before "
        "rounding and count the fractions of the cities' limits too, so that they may be a little above the whole "
        "persons whom the limits allow.",
    ),
    "beside_settlement": Text("{title}：{persons} 人，不计入落户。", "{title}: {persons}, not among those who settle."),
    "settlement_counts": Text(
        "各级目标中的落户人数为 {value}，其中折算计入 {counted} 人。",
        "The {value} of the tier of settlement count {counted} for them.",
    ),
    "together": Text("合计", "total"),
    "stopped_title": Text("有意愿而没有落户的人", "Who would settle and does not"),
    "stopped_heads": Text(
        "上限规则|城市|有意愿者|当年落户|超出上限|限内未落户|取整少落户|取消后上限增加",
        "rule of limit|cities|willing|settle|beyond limit|within limit|rounded off|limits rise",
    ),
    "stopped_note": Text(
        "一个城市的落户上限取各项规则中最小的，同为最小的计入排在前面的一项。“超出上限”的人，放宽该项规则才能落户；"
        "“限内未落户”是在上限以内而没有落户的人，{within}。"
        "末列是单独取消该项规则、其他规则不变时各市上限"
        "之和的增加，公共服务和资金是否跟得上不在其内；“超出上限”按整数人计，末列按上限的小数计，两列可差几个人。",
        "The limit of a city is the least that any rule sets; where several set it the first counts. Who stands beyond "
        "it can settle only if that rule is eased; who stands “within limit” and does not settle {within}. "
        "The last column is by how "
        "much all limits together would rise were the rule alone waived, whether or not services and money keep up; "
        "“beyond limit” counts whole persons and the last column the fractions of limits too, so that the two may "
        "be a few persons apart.",
    ),
    "stopped_within": Text("受公共服务、资金或分组限制", "is stopped by services, money or limits of groups"),
    "stopped_within_whole": Text(
        "受公共服务（设施只能整座新建）、资金或分组限制，或在求解差距之内",
        "is stopped by services, whose facilities are built whole, by money or limits of groups, or lies within the "
        "gap of the solve",
    ),
    "stopped_within_open": Text(
        "或受公共服务、资金、分组限制，或只是因为求解停止前没有来得及优化落户人数",
        "is stopped by services, money or limits of groups, or only because the solve stopped before it optimised "
        "settlement",
    ),
    "stopped_ask": Text(
        "放松每一项实际能多落户多少，须重新求解：alloc audit 结果 --only settlement。",
        "How many more would settle were each eased takes solves: alloc audit RESULT --only settlement.",
    ),
    "tiers": Text("各级目标", "Tiers, in their order"),
    "colon": Text("：", ": "),
    "short": Text("结果概要", "The result in short"),
    "tiers_heads": Text(
        "目标|本方案的值|界|差距|允许让步|单位|秒",
        "tier|value|bound|gap|tolerance|unit|seconds",
    ),
    "not_optimised": Text("未优化", "not optimised"),
    "closest": Text("就既定设施而言最优", "best for these facilities"),
    "note_searched": Text("设施由搜索得到，不唯一确定。", "Facilities were found by search; not determined."),
    "note_merged": Text(
        "由 {amount} 个分省结果合并；各级目标的值是合并后的值。",
        "Put together from {amount} results of provinces; tiers have the value that these make.",
    ),
    "note_rounded_down": Text(
        "{amount} 个城市没有单独选定设施，其设施数由松弛解向下取整。",
        "In {amount} cities facilities were not chosen but rounded down from the relaxation.",
    ),
    "note_mended": Text(
        "为满足各市共同的限额，调整了 {amount} 座设施。",
        "{amount} facilities were changed so that limits which cities share hold.",
    ),
    "note_beyond_band": Text(
        "{amount} 项分配与松弛解相差超过 {width}，为公平、落户等前列目标所需：{which}",
        "{amount} allocations lie more than {width} from what the relaxation grants, as tiers up to settlement need "
        "it: {which}",
    ),
    "note_bound_left": Text(
        "“{detail}”的界在此规模上耗时很长，未计算；`Session.bounds()` 可以算出。",
        "{detail}: its bound takes long at this size and was not worked out; `Session.bounds()` does.",
    ),
    "note_beyond_band_stopped": Text(
        "{amount} 项分配与松弛解相差超过 {width}，因求解提前结束：{which}",
        "{amount} allocations lie more than {width} from what the relaxation grants, for the solve was stopped: "
        "{which}",
    ),
    "unsealed": Text(
        "结果由较早的版本写出，各文件没有哈希；其中的数字已重新核验。",
        "Written by an earlier version, without a hash for its files; its numbers have been verified again.",
    ),
    "note_by_pyomo": Text("由 Pyomo 逐行编译：{detail}", "compiled by Pyomo row by row: {detail}"),
    "pools": Text("指标平衡", "Pools"),
    "pools_heads": Text(
        "指标|单位|总量|{reserve}|可分配|已分配|余数", "pool|unit|total|{reserve}|available|allocated|residual"
    ),
    "kept_above": Text(
        "{unit}从所得的{pool}中留用 {amount} {measure}（{share} %），其余下达。",
        "Of the {pool} that it receives, {unit} retains {amount} {measure} ({share} %) and passes the rest on.",
    ),
    "link_lifted": Text(
        "{table}使该市增存挂钩基数由 {before} 升为 {base} {unit}：{by} {unit}新增用地不再要求盘活存量。",
        "{table} lift the base of the stock link from {before} to {base} {unit}: {by} {unit} of new land ask for no "
        "reuse.",
    ),
    "pools_heads_retained": Text(
        "指标|单位|总量|{reserve}|可分配|上级留用|已分配|余数",
        "pool|unit|total|{reserve}|available|retained above|allocated|residual",
    ),
    "reserve": Text("预留机动", "reserve"),
    "outside": Text("预留其他用途", "other purposes"),
    "later": Text("留待以后下达", "later stages"),
    "changes_of_advance": Text(
        "今年为提前下达数，只是全年的一部分；{base}为全年数。两者之差不是全年的增减。",
        "This year's amounts are an advance, a part of the year; those of {base} are of a whole year. The difference "
        "is no change from year to year.",
    ),
    "programmes": Text("专项建设项目", "Programmes"),
    "links": Text("跨市共用和迁移", "Capacity lent and moved"),
    "links_heads": Text(
        "服务|单位|方式|通道数|启用|上限|数量|迁建支出（万元）|使用费（万元/年）",
        "service|unit|kind|links|in use|most|lent or moved|cost of moving (10⁴ yuan)|fees (10⁴ yuan a year)",
    ),
    "links_of_city": Text(
        "服务|单位|方式|对方城市|让出|得到|迁建支出（万元）|使用费（万元/年）",
        "service|unit|kind|other city|gives|gets|cost of moving (10⁴ yuan)|fees (10⁴ yuan a year)",
    ),
    "kind_use": Text("共用", "shared"),
    "kind_move": Text("迁移", "moved"),
    "programmes_heads": Text(
        "项目|单位|存量|当年可做|当年完成|占存量", "programme|unit|stock|most this year|done|of the stock"
    ),
    "land_changes": Text(
        "新增建设用地：比{base}增减最多的城市（{unit}）",
        "New land: the largest gains and losses against {base} ({unit})",
    ),
    "transfer_changes": Text(
        "各项转移支付合计：比{base}增减最多的城市（{unit}）",
        "All transfers: the largest gains and losses against {base} ({unit})",
    ),
    "changes_heads": Text("城市|代码|{base}|今年|增减|增减幅", "city|code|{base}|this year|change|change"),
    "last_year": Text("上年", "last year"),
    "formula": Text("公式测算", "the formula"),
    "binding": Text("起约束作用的规则", "Binding constraints"),
    "edit_unfelt": Text(
        "修改“{target}”没有改变任何数：算例中已经如此，或没有选中任何记录。",
        "The edit of {target} changed no value: the instance has it so already, or no row fits.",
    ),
    "number_unfelt": Text(
        "修改后的“{target}”在本方案中不起约束：没有一处达到它。",
        "{target} as edited holds nothing back in this plan: it is reached nowhere.",
    ),
    "idle_limit": Text(
        "分组限制“{title}”不起作用：已经满足（实际 {left}，限值 {right}）。",
        "The limit “{title}” does not bind: it is met anyway ({left} against {right}).",
    ),
    "idle_limit_in": Text(
        "分组限制“{title}”不起作用：每个城市都已经满足，离限值最近的是{city}（实际 {left}，限值 {right}）。",
        "The limit “{title}” does not bind: every city meets it anyway, and {city} is nearest to it "
        "({left} against {right}).",
    ),
    "missed_limit": Text(
        "分组限制“{title}”取整后未能保持：公布 {left}，限值 {right}。",
        "The limit “{title}” is missed by the published numbers, which rounding made: {left} against {right}.",
    ),
    "missed_limit_in": Text(
        "分组限制“{title}”取整后未能保持：{cities}；其中{city}公布 {left}，限值 {right}。",
        "The limit “{title}” is missed by the published numbers, which rounding made, in {cities}; "
        "{city}: {left} against {right}.",
    ),
    "missed_cities": Text("{names}等 {count} 个城市", "{names} and others, {count} cities in all"),
    "idle_others": Text(
        "算例的 {all} 条分组限制中，{idle} 条不起作用：已经满足。",
        "Of the {all} limits of the instance {idle} {idle:|does|do} not bind: {idle:|it is|they are} met anyway.",
    ),
    "binding_heads": Text("规则|起约束的行数|总行数|含义", "rule|binding rows|rows|what it says"),
    "debt_causes": Text(
        "其中债务率 {debt_ratio} 个、债务等级 {debt_tier} 个、偿债率 {debt_service} 个。",
        "By debt ratio {debt_ratio}, by debt tier {debt_tier}, by debt service {debt_service}.",
    ),
    "sources": Text(
        "数据来源：共 {all} 列，其中 {estimated} 列为估计、{assumed} 列为假设；"
        "涉及这些列的数字不能作为对具体城市的结论。",
        "Sources: {estimated} of {all} columns are estimated and {assumed} assumed; numbers that rest on them allow no "
        "conclusion about a real city.",
    ),
    "sources_mixed": Text(
        "数据来源：共 {all} 列，其中 {estimated} 列为估计、{assumed} 列为假设，{mixed} 列各城市不一；"
        "涉及估计和假设的数字不能作为对具体城市的结论。",
        "Sources: {estimated} of {all} columns are estimated and {assumed} assumed, of {mixed} the status differs by "
        "city; numbers that rest on estimated or assumed data allow no conclusion about a real city.",
    ),
    "no_sources": Text("本算例没有数据来源表。", "This instance says nothing of its sources."),
    "written": Text("结果写在 {folder}", "The result lies in {folder}"),
    "older": Text("原有结果改名为 {folder}", "The result that was there is now {folder}"),
    "nothing": Text("没有分配方案，没有写出结果。", "There is no allocation, and nothing is written."),
    "nothing_yet": Text(
        "停止之前还没有得到分配方案，没有写出结果；这不说明规则互相冲突。",
        "No allocation had been found by then, and nothing is written; this does not mean that rules clash.",
    ),
    "more_time": Text("请放宽时限。", "Allow more time."),
    "whole_needs_time": Text(
        "整座设施的方案，要到各城市都选定设施之后才有：请放宽时限（--time-limit），或先求松弛解（--relaxation）。",
        "A plan with whole facilities is there once every city has chosen them: allow more time (--time-limit), or "
        "solve the relaxation first (--relaxation).",
    ),
    "conflict": Text(
        "下列规则不能同时成立，少了任何一条，余下几条就不再冲突（可能不止这一组）：",
        "These rules cannot hold together; without any one of them the others do not clash (there may be more such "
        "sets):",
    ),
    "explain": Text(
        "代价最小的修改及其修改语句：把 solve 换成 explain，其余参数（--scenario、--edit）照写。",
        "For the cheapest repairs, with the edits that carry them out, write explain in place of solve, with the same "
        "--scenario and --edit.",
    ),
    "clash": Text("下列规则按算术即不能同时成立：", "By arithmetic alone these cannot hold together:"),
    "city": Text("{name}（{code}）各项指标", "{name} ({code}): pools"),
    "city_heads": Text(
        "指标|单位",
        "pool|unit",
    ),
    "stage_advance": Text(
        "本方案为提前下达：只下达可分配数额的一部分（{parts}）。",
        "This is an advance: a part of what there is to share goes out ({parts}).",
    ),
    "stage_issued": Text(
        "本方案的下达阶段为{stage}。以前已下达、本次增减和公布数：{pools}。",
        "Stage: {stage}. Issued before, on top of it now, and published: {pools}.",
    ),
    "stage_pool": Text(
        "{pool} {issued}、{increment}、{published} {unit}", "{pool} {issued}, {increment}, {published} {unit}"
    ),
    "stage_formal": Text("正式下达", "formal issue"),
    "stage_supplementary": Text("追加下达", "supplementary issue"),
    "stage_final": Text("全年", "final"),
    "unit_land": Text("公顷", "ha"),
    "unit_money": Text("万元", "× 10⁴ yuan"),
    "part_last_year": Text("上年", "last year"),
    "part_benchmark": Text("公式", "formula"),
    "part_performance": Text("绩效", "performance"),
    "part_rule": Text("规则", "rules"),
    "part_locked": Text("已下达", "issued before"),
    "part_optimised": Text("优化", "optimisation"),
    "part_override": Text("人工", "override"),
    "part_rounding": Text("取整", "rounding"),
    "part_published": Text("公布", "published"),
    "part_issued": Text("已下达数", "issued"),
    "part_increment": Text("本次下达", "increment"),
    "city_beyond": Text(
        "与松弛解相差超过 {width} 的分配", "Allocations more than {width} from what the relaxation grants"
    ),
    "city_beyond_heads": Text("指标|松弛解|本方案|相差", "pool|relaxation|decided|difference"),
    "beyond_heads": Text("城市|指标|松弛解|本方案|相差", "city|pool|relaxation|decided|difference"),
    "city_services": Text("公共服务", "Services"),
    "city_services_heads": Text(
        "服务|单位|全部需求|现有|新建设施|新增|覆盖（前）|覆盖（后）|欠账",
        "service|unit|full need|capacity|facilities|added|coverage before|after|backlog",
    ),
    "backlog_is": Text(
        "欠账是年末认定需求减年末能力，能力足够的为 0；"
        "认定需求中，未落户的流入人口只按“未落户享有比例”计入，所以低于全部需求。"
        "覆盖率按全部需求算，所以欠账可小于全部需求减能力，覆盖率不到 100 % 的也可以没有欠账。",
        "Backlog is recognised need less capacity at the end of the year, 0 where capacity is enough; in recognised "
        "need migrants not settled count by their entitlement alone, so it is below full need. Coverage goes by full "
        "need: backlog may be less than full need without capacity, and none where coverage is below 100 %.",
    ),
    "phased_in": Text(
        "公式正在过渡：1 − 过渡比例的部分按上年份额，其余按因素；过渡比例：{pools}。",
        "Being phased in: 1 − phase-in of the formula goes by the share of last year, the rest by factors; phase-in: "
        "{pools}.",
    ),
    "phased_in_pool": Text("{pool} {part}（上年份额 {share}）", "{pool} {part} (share of last year {share})"),
    "override_is": Text(
        "“人工”是人工确定的数额与公式、规则结果之差，不是移动的数额。",
        "“Override” is what is set by hand less what formula and rules give, not what was moved.",
    ),
    "city_people": Text("人口、土地与举债空间", "People, land and room for debt"),
    "city_people_heads": Text("项目|数值|单位", "item|value|unit"),
    "city_debt": Text("债务率与风险等级", "Debt ratio and debt tier"),
    "city_debt_heads": Text("时点|债务率|等级", "when|debt ratio|tier"),
    "residents": Text("常住人口", "residents"),
    "migrants": Text("流入人口", "migrants"),
    "settle": Text("当年落户", "settle this year"),
    "settle_limit": Text("落户上限", "settlement limit"),
    "land_public": Text("公共设施用地", "land for public facilities"),
    "land_production": Text("产业用地", "land for production"),
    "land_housing": Text("居住用地", "land for housing"),
    "land_other": Text("道路、公用设施等用地", "land for roads, utilities and other uses"),
    "land_unassigned": Text("暂未安排用地", "unassigned land"),
    "land_reuse": Text("其中盘活存量", "of which reused"),
    "land_renewed": Text("其中项目腾出", "of which made free by programmes"),
    "debt_before": Text("年初", "before the year"),
    "debt_after": Text("年末", "after the year"),
    "bond_room": Text("可新增债务", "room for new debt"),
}

NOTES = tuple(sorted({key.removeprefix("note_").removesuffix("_stopped") for key in WORDS if key.startswith("note_")}))
"""The codes of notes, for each of which there are words."""


def say(language: str, key: str, **words: object) -> str:
    """A sentence of `WORDS` in ``zh`` or ``en``."""
    return WORDS[key].said(language, **words)
