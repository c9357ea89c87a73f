"""Words of a comparison, in Chinese and English; heads are parted by bars. {a} and {b} are letters of results."""

from __future__ import annotations

from alloc.text import Text

WORDS: dict[str, Text] = {
    "results": Text("相比较的结果", "Results compared"),
    "results_heads": Text("字母|结果|算例|情景|城市|求解", "letter|result|instance|scenario|cities|how it was solved"),
    "solved": Text("{stopped}，{quality}", "{stopped}; {quality}"),
    "against_base": Text("各结果都与 {a} 比较。", "Every result is compared with {a}."),
    "no_difference": Text("没有差别（共 {count} 行）。", "No difference (rows: {count})."),
    "all_the_same": Text(
        "{b} 与 {a} 没有差别的内容（行数）：{names}。", "No difference between {a} and {b} in (rows): {names}."
    ),
    "left_out": Text("另有 {count} 行没有差别，未列出。", "Rows without a difference, left out: {count}."),
    "chapter_short": Text("摘要", "In short"),
    "chapter_inputs": Text("输入的差别", "What went in"),
    "chapter_whole": Text("目标和总量", "Tiers and totals"),
    "chapter_details": Text("城市、服务和规则", "Cities, services and rules"),
    # ------------------------------------------------------------------------------------------ in short
    "short": Text("{b} 与 {a} 相比", "{b} against {a}"),
    "short_named": Text("{b}（{other}）与 {a}（{base}）相比：", "{b} ({other}) against {a} ({base}):"),
    "same": Text(
        "{b} 与 {a} 完全相同：输入没有差别，结果也没有差别。",
        "{b} is the same as {a}: nothing that went in differs, and nothing that came out.",
    ),
    "nothing_common": Text(
        "{b} 与 {a} 没有一个城市相同（按城市代码对应），没有可以比较的内容。",
        "{b} and {a} have no city in common (cities are matched by their codes): nothing can be compared.",
    ),
    "balanced_again": Text(
        "输入只改了{cities}的人工调整数；其余随之重新平衡，此外数额变化超过一个最小分配单位的：{others}。",
        "Overrides of {cities} alone differ; the rest was balanced again. Besides, amounts change by more than one "
        "quantum in {others}.",
    ),
    "balanced_alone": Text(
        "输入只改了{cities}的人工调整数；其余重新平衡后，没有其他城市的数额变化超过一个最小分配单位。",
        "Overrides of {cities} alone differ; the rest was balanced again, and no amount of another city moves "
        "by more than one quantum.",
    ),
    "inputs_same": Text("输入没有差别。", "Nothing that went in differs."),
    "inputs_differ": Text(
        "输入有 {count} 处不同（改动的设置和单元格，增减的整行各算一处）。",
        "Settings and cells that differ, and rows that only one of them has: {count}.",
    ),
    "outcome_same": Text("结果没有差别。", "Nothing that came out differs."),
    "tiers_same": Text("各级目标的值都没有变化。", "Every tier has the same value."),
    "tiers_moved": Text(
        "{all} 级目标中，能断定变好的有 {better} 级{better_names}，能断定变差的有 {worse} 级{worse_names}，"
        "不变的有 {same} 级。",
        "Of the {all} tiers, {better} better as an effect{better_names}, {worse} worse as an effect{worse_names}, "
        "{same} the same.",
    ),
    "tiers_named": Text("（{names}）", " ({names})"),
    "tiers_named_change": Text("{name} {change}", "{name} {change}"),
    "tiers_open": Text(
        "有变化，但变化在求解差距和允许让步之内，不能断定好坏的目标：{names}。",
        "Tiers that change by no more than gaps and tolerances leave open, which is no effect: {names}.",
    ),
    "tiers_unknown": Text(
        "有变化，但没有求界（设施取整数时偏离和不均衡程度只在既定设施下求解），不能断定好坏的目标：{names}。",
        "Tiers that change and have no bound (with whole facilities, closeness and unevenness are solved for the "
        "facilities that were chosen), so that nothing can be said of their change: {names}.",
    ),
    "tiers_change": Text("{name}（{change}）", "{name} ({change})"),
    "tiers_kinds": Text(
        "一方是松弛解、另一方是整座设施，其差含取整，不能断定好坏的目标：{names}。",
        "Tiers that change between a relaxation and whole facilities, rounding included, called neither: {names}.",
    ),
    "tiers_unlike": Text(
        "衡量标准不同、不比较好坏的目标：{names}。",
        "Tiers that the two measure by other yardsticks, called neither better nor worse: {names}.",
    ),
    "amounts_same": Text("各城市分得的数额都没有变化。", "Every city gets the same amounts."),
    "amounts_moved": Text(
        "在两个结果都有的 {all} 个城市中，至少一项指标的分得数额变化超过一个最小分配单位的：{cities}。",
        "Of the {all} cities in both, those that get another amount of at least one pool, by more than one quantum: "
        "{cities}.",
    ),
    "amounts_most": Text("{measure}：{up}增加，{down}减少{most}。", "{measure}: more in {up}, less in {down}{most}."),
    "amounts_up": Text("，增加最多的是{city}（{change}）", ", the largest gain in {city} ({change})"),
    "amounts_down": Text("，减少最多的是{city}（{change}）", ", the largest loss in {city} ({change})"),
    "decided_besides": Text(
        "分得的数额之外，其他决策有 {count} 项合计不同，如{names}：规则和让步留有余地的，由各级目标按顺序重新选择。",
        "Besides the amounts, sums of other decisions differ, {count} in all, such as {names}: where rules and "
        "tolerances leave room, the tiers choose again in their order.",
    ),
    "amounts_rounding": Text(
        "没有城市分得的数额变化超过一个最小分配单位；一个最小分配单位以内的变化只是取整。",
        "No city's amount of any pool changes by more than one quantum; up to that it is rounding.",
    ),
    "debt_same": Text("年末没有城市的债务风险等级不同。", "No city ends the year in another debt tier."),
    "debt_ratios": Text(
        "年末债务率：{up}上升，{down}下降，变动最大的是{city}（{base} % → {other} %）。",
        "Debt ratios at the end of the year rise in {up} and fall in {down}, most in {city} ({base} % → {other} %).",
    ),
    "debt_ratios_up": Text(
        "年末债务率：{up}上升，变动最大的是{city}（{base} % → {other} %）。",
        "Debt ratios at the end of the year rise in {up}, most in {city} ({base} % → {other} %).",
    ),
    "debt_ratios_down": Text(
        "年末债务率：{down}下降，变动最大的是{city}（{base} % → {other} %）。",
        "Debt ratios at the end of the year fall in {down}, most in {city} ({base} % → {other} %).",
    ),
    "debt_moved": Text(
        "年末债务风险等级，{better}变好，{worse}变差{other}。",
        "At the end of the year a better debt tier in {better}, a worse one in {worse}{other}.",
    ),
    "debt_other": Text("，另有{cities}等级分界线或名称不同", ", one of other borders or names in {cities}"),
    # ---------------------------------------------------------------------------------------- no partner
    "unmatched": Text("没有对应对象的", "What has no partner"),
    "unmatched_city": Text(
        "只有 {letter} 有的城市 {count} 个：{names}。"
        "目标、指标总量和规则行数按各自的全部城市计，其余各表不计入这些城市。",
        "Cities only in {letter}, {count}: {names}. Tiers, totals of the pools and binding rows are those of all "
        "cities of each result; every other table leaves these cities out.",
    ),
    "unmatched_merged": Text(
        "{letter} 的 {count} 个城市在另一结果中已并入其他城市：{names}。"
        "各表把它们在 {letter} 的数额、人数和能力计入并入后的城市，覆盖率和得分按常住人口平均，债务率不相比较。",
        "Cities of {letter} that the other result has merged into others, {count}: {names}. Their amounts, persons and "
        "capacity in {letter} are added to those of the cities that stay; coverage and scores are means over "
        "residents, and debt ratios are not compared.",
    ),
    "unmatched_pool": Text("只有 {letter} 有的指标 {count} 项：{names}。", "Pools only in {letter}, {count}: {names}."),
    "unmatched_kind": Text(
        "{letter} 的下列指标在另一结果中代码相同而类别不同，不相比较：{names}。",
        "These pools of {letter} share their code, not their kind, with those of the other and are not compared: "
        "{names}.",
    ),
    "unmatched_service": Text(
        "只有 {letter} 有的公共服务 {count} 项：{names}。", "Services only in {letter}, {count}: {names}."
    ),
    "unmatched_tier": Text("只有 {letter} 有的目标 {count} 级：{names}。", "Tiers only in {letter}, {count}: {names}."),
    "unmatched_family": Text(
        "只有 {letter} 有的规则 {count} 类：{names}。", "Rules only in {letter}, {count}: {names}."
    ),
    # -------------------------------------------------------------------------------------------- inputs
    "inputs": Text("输入的差别", "What went in"),
    "inputs_heads": Text("项目|代码|记录|{a}|{b}|变化", "item|code|record|{a}|{b}|change"),
    "inputs_more": Text("另有 {count} 项，用 --all 列出。", "Items left out: {count}; --all shows them."),
    "records": Text("{count} 行", "{count} rows"),
    "all_by": Text("均 ×{factor}", "each ×{factor}"),
    "all_plus": Text("均 {change}", "each {change}"),
    "range": Text("{low} 至 {high}", "{low} to {high}"),
    "added": Text("新增", "added"),
    "removed": Text("删去", "removed"),
    "changed": Text("修改", "changed"),
    # --------------------------------------------------------------------------------------------- tiers
    "tiers": Text("各级目标", "Tiers, in their order"),
    "tiers_heads": Text("目标|单位|{a}|{columns}", "tier|unit|{a}|{columns}"),
    "tiers_pair": Text("{b}|{b}−{a}|变化幅度|其中确定|判断", "{b}|{b} − {a}|change|certain|verdict"),
    "tiers_many": Text("{b}|{b}−{a}|判断", "{b}|{b} − {a}|verdict"),
    **{"setting_true": Text("是", "yes"), "setting_false": Text("否", "no")},
    "verdict_better": Text("确实变好", "better (effect)"),
    "verdict_worse": Text("确实变差", "worse (effect)"),
    "verdict_same": Text("不变", "same"),
    "verdict_within_gap": Text("求解差距之内（不能断定）", "within the gap (noise)"),
    "verdict_within_tolerance": Text("允许让步之内（不能断定）", "within its tolerance (noise)"),
    "verdict_not_known": Text("没有求界（不能断定）", "not known (no bound)"),
    "verdict_other_yardstick": Text("衡量标准不同", "other yardstick"),
    "verdict_other_kind": Text("松弛解与整座设施（不能断定）", "relaxation against whole facilities (not decided)"),
    "verdict_only_base": Text("只有 {a} 有", "only in {a}"),
    "verdict_only_other": Text("只有 {b} 有", "only in {b}"),
    "tiers_certain": Text(
        "每个结果中，某级目标在前面各级不变差的条件下所能达到的最好值，介于所列的值与其界之间（允许让步也在其中）。"
        "一方的值超出另一方的界，才能断定变好或变差；否则变化再大，也在求解差距之内，或在给后列目标的允许让步之内。",
        "What a tier can have at best in a result, every earlier tier being no worse, lies between its value and its "
        "bound, a tolerance included. A change is an effect where the value of one is beyond the bound of the other; "
        "within the gap, or within the tolerance that later tiers may use, it is noise however large it is.",
    ),
    # ---------------------------------------------------------------------------------------- yardsticks
    "yardsticks": Text("衡量标准的差别：{b} 与 {a}", "Yardsticks that differ: {b} and {a}"),
    "yardsticks_heads": Text(
        "目标|不同之处|单位|{a}|{b}|按 {a} 的标准衡量 {b}|减 {a}",
        "tier|what differs|unit|{a}|{b}|{b} measured as {a} is|less {a}",
    ),
    "yardsticks_one": Text("{name}（{path}）", "{name} ({path})"),
    "yardsticks_rows": Text("{name}（{path}，{count} 行）", "{name} ({path}, {count} rows)"),
    "yardsticks_which": Text("{table}：有哪些", "{table}: which there are"),
    "yardsticks_apart": Text(
        "城市或公共服务（偏离一级还有指标）不完全相同时，无法按同一标准衡量，以短横表示。",
        "Where cities or services (for closeness, pools) are not the same, nothing can be measured alike: a dash.",
    ),
    "measured_score": Text("各城市的得分", "scores of cities"),
    "measured_served": Text("各城市的覆盖率", "coverage of cities"),
    "measured_debt_tier": Text("债务风险等级", "debt tiers"),
    "winners_unlike": Text(
        "两个结果的衡量标准不同，各城市的增减不作为得失。",
        "The two measure by other yardsticks, so that no change of a city is a gain or a loss.",
    ),
    "coverage_unlike": Text(
        "两个结果的衡量标准不同，下列变化不作为得失。",
        "The two measure by other yardsticks: what changes below is neither gain nor loss.",
    ),
    # --------------------------------------------------------------------------------------------- pools
    "pools": Text("各项指标：总量与各城市之间的调整", "Pools: totals, and what moves between cities"),
    "pools_heads": Text("指标|单位|{a}|{columns}", "pool|unit|{a}|{columns}"),
    "pools_pair": Text(
        "{b}|{b}−{a}|增加的城市|增加额|减少的城市|减少额", "{b}|{b} − {a}|cities up|gains|cities down|losses"
    ),
    "pools_many": Text("{b}|{b}−{a}|增加额|减少额", "{b}|{b} − {a}|gains|losses"),
    "quantum": Text(
        "一个城市的变化不超过一个最小分配单位的，只是取整，既不算增加也不算减少。",
        "A city whose amount changes by one quantum or less neither gains nor loses: that is rounding.",
    ),
    # ---------------------------------------------------------------------------------------- side by side
    "beside": Text("各结果并列", "All results side by side"),
    "beside_heads": Text("项目|单位", "what|unit"),
    "beside_willing": Text("落户人数占有意愿者", "those who settle, of the willing"),
    "beside_built": Text("新建设施（处）", "facilities built"),
    "beside_up": Text("{measure}多于 {a} 的城市", "{measure}: cities with more than {a}"),
    "beside_down": Text("{measure}少于 {a} 的城市", "{measure}: cities with less than {a}"),
    "beside_unlike": Text(
        "标 {mark} 的数，衡量标准与 {a} 不同，不能直接相比。",
        "Values with {mark} are measured by another yardstick than {a}'s: they are not to be compared.",
    ),
    # ------------------------------------------------------------------------------------------- winners
    "land": Text("新增建设用地", "New land"),
    "transfers": Text("各项转移支付合计", "All transfers"),
    "bonds": Text("新增债券合计", "All new bonds"),
    "settle": Text("落户人数", "Settlement"),
    "settle_limit": Text("落户上限", "Settlement limit"),
    "score": Text("公共服务得分", "Score of services"),
    "winners": Text(
        "{measure}：{b} 比 {a} 增减最多的城市（{unit}）",
        "{measure}: the largest gains and losses of {b} against {a} ({unit})",
    ),
    "winners_plain": Text(
        "{measure}：{b} 比 {a} 增减最多的城市", "{measure}: the largest gains and losses of {b} against {a}"
    ),
    "winners_heads": Text("城市|代码|{a}|{b}|增减", "city|code|{a}|{b}|change"),
    "winners_relative": Text("增减幅", "change"),
    "winners_resident": Text("人均增减（{unit}）", "a resident ({unit})"),
    "winners_more": Text("{up}增加，{down}减少。", "More in {up}, less in {down}."),
    "winners_noise": Text(
        "这些得分构成的目标（{names}）的变化不能断定好坏，各城市得分的增减因此也不能断定是由输入的差别引起的。",
        "The tiers that these scores make up ({names}) change by what may be noise, so that no change of a city's "
        "score can be told to come from what differs in the inputs.",
    ),
    "winners_further": Text(
        "除所列城市外，还有 {count} 个城市有增减。", "Cities that gain or lose besides those below: {count}."
    ),
    "winners_further_out": Text(
        "除所列城市外，还有 {count} 个城市有增减；加 --out 和一个文件夹，可写出全部城市。",
        "Cities that gain or lose besides those below: {count}; --out with a folder writes all.",
    ),
    "winners_only": Text(
        "没有城市增减、只有取整变化（不超过最小分配单位）的内容（城市数）：{names}。",
        "What no city gains or loses, rounding (one quantum or less) alone, in (cities): {names}.",
    ),
    "winners_rounding": Text(
        "变化不超过最小分配单位（每项指标一个）的城市 {count} 个，只是取整，不计在内。",
        "Cities whose change is one quantum of each pool or less, rounding and not counted: {count}.",
    ),
    # ------------------------------------------------------------------------------------------ coverage
    "name_rows": Text("{name} {count}", "{name} {count}"),
    "comma": Text("、", ", "),
    "name_coverage": Text("公共服务覆盖率", "Coverage of services"),
    "name_size_class": Text("按规模等级合计", "Totals by size class"),
    "name_province": Text("按省份合计", "Totals by province"),
    "name_debt": Text("债务风险等级", "Debt tiers"),
    "name_families": Text("起约束作用的规则", "Binding rules"),
    "coverage": Text(
        "公共服务覆盖率，按常住人口加权：各规模等级的变化，{b}−{a}（百分点）",
        "Coverage of services, weighted by residents: change by size class, {b} − {a} (percentage points)",
    ),
    "coverage_heads": Text("服务|{a}|{b}|全部|{classes}", "service|{a}|{b}|all|{classes}"),
    # -------------------------------------------------------------------------------------------- groups
    "size_class": Text("按城市规模等级合计：{b}−{a}", "Totals by size class: {b} − {a}"),
    "province": Text("按省份合计：{b}−{a}", "Totals by province: {b} − {a}"),
    "size_class_head": Text("规模等级|城市", "size class|cities"),
    "province_head": Text("省份|城市", "province|cities"),
    "whole": Text("全部", "all"),
    "group_land": Text("用地（{unit}）|增减幅", "land ({unit})|change"),
    "group_transfers": Text("转移支付（{unit}）|增减幅", "transfers ({unit})|change"),
    "group_bonds": Text("新增债券（{unit}）|增减幅", "new bonds ({unit})|change"),
    "group_settle": Text("落户（{unit}）|增减幅", "settlement ({unit})|change"),
    "group_score": Text("得分", "score"),
    # ---------------------------------------------------------------------------------------------- debt
    "debt": Text("债务风险等级（年末）：从 {a} 到 {b}", "Debt tiers at the end of the year: from {a} to {b}"),
    "debt_heads": Text("{a}|{b}|城市数|变化|城市", "in {a}|in {b}|cities|change|which"),
    "debt_year": Text(
        "{letter} 当年{better}等级变好，{worse}变差。",
        "Within the year of {letter}: {better} to a better tier; {worse} to a worse one.",
    ),
    "debt_purses": Text(
        "同用一本预算的各单位只计一次，以预算所属的城市列出。",
        "Units that share one purse count once, under the city whose purse it is.",
    ),
    "moved_better": Text("变好", "better"),
    "moved_worse": Text("变差", "worse"),
    "moved_other": Text("等级分界线或名称不同", "tiers of other borders or names"),
    "moved_": Text("不变", "same"),
    # ----------------------------------------------------------------------------------------- decisions
    "name_decisions": Text("其他决策", "Other decisions"),
    "decisions": Text(
        "其他决策：{b} 与 {a} 相比，各城市合计", "Other decisions: {b} against {a}, sums over all cities"
    ),
    "decisions_heads": Text(
        "决策|所在的表和列|单位|{a}|{b}|增减|增加的城市|减少的城市",
        "decision|code|unit|{a}|{b}|change|cities with more|cities with less",
    ),
    "decisions_tied": Text(
        "数额人工调整后，其他决策随下列规则变动：{ties}；规则留有余地的，由各级目标按顺序重新选择。",
        "After amounts are set by hand, other decisions follow by these rules: {ties}; where rules leave room, the "
        "tiers choose anew in their order.",
    ),
    "decisions_tie": Text("{decision}（{rules}）", "{decision} ({rules})"),
    "semicolon": Text("；", "; "),
    "city_decisions": Text("其他决策", "Other decisions"),
    "city_decisions_heads": Text("决策|所在的表和列|单位|{a}|{b}|增减", "decision|code|unit|{a}|{b}|change"),
    # -------------------------------------------------------------------------- levels, limits, schemes
    "name_levels": Text("各级留用", "What is retained above cities"),
    "levels": Text("城市以上各级的留用：{b} 与 {a} 相比", "What is retained above cities: {b} against {a}"),
    "levels_heads": Text(
        "城市的上级|指标|单位|留用 {a}|{b}|增减|留用比例 {a}|{b}|所得 {a}|{b}|增减",
        "unit above cities|pool|unit|retained {a}|{b}|change|share retained {a}|{b}|received {a}|{b}|change",
    ),
    "levels_note": Text(
        "所得 = 留用 + 下达；上表各项指标的总量是各城市所得，不含各级留用。",
        "Received = retained + passed on; the totals of pools above are what cities get, without what is retained.",
    ),
    "name_limits": Text("分组限制", "Group limits"),
    "limits": Text(
        "分组限制（按取整后的公布数）：{b} 与 {a} 相比",
        "Group limits, by published (rounded) numbers: {b} against {a}",
    ),
    "limits_heads": Text(
        "限制|实际 {a}|{b}|增减|限值 {a}|{b}|增减", "limit|actual {a}|{b}|change|limit {a}|{b}|change"
    ),
    "limits_note": Text(
        "数值的单位随限制对象：用地为公顷，资金为万元。",
        "In the unit of what is limited: ha for land, 10⁴ yuan for money.",
    ),
    "name_schemes": Text("比较方案", "Schemes"),
    "schemes": Text(
        "比较方案与 {a}、{b} 的差别（只供比较，不影响分配）",
        "What schemes would give, beside {a} and {b} (only to compare with; none of it is allocated)",
    ),
    "schemes_heads": Text(
        "比较方案|指标|易手 {a}|{b}|百分点|受挤压的城市 {a}|{b}|增减",
        "scheme|pool|changes hands {a}|{b}|points|cities squeezed {a}|{b}|change",
    ),
    "schemes_note": Text(
        "易手：比较方案与分配结果相比，各城市相差之和的一半占可分配数的比例。受挤压：比较方案所给比按常住人口分配至少少一成。",
        "Changes hands: half the sum of all differences from the plan, of what is shared out. Squeezed: cities that "
        "the scheme gives at least a tenth less than residents would.",
    ),
    # ------------------------------------------------------------------------------------------- binding
    "families": Text(
        "起约束作用的规则：起约束的行数，上下限为处在其上的城市数",
        "Binding constraints: binding rows of every rule; of floors, caps and corridors cities that stand there",
    ),
    "families_heads": Text(
        "规则|{a}|{b}|{b}−{a}|{a} 总行数|{b} 总行数", "rule|{a}|{b}|{b} − {a}|rows of {a}|rows of {b}"
    ),
    # ------------------------------------------------------------------------------- one pool, one city
    "one_pool": Text("{pool}：各城市，{b} 与 {a} 相比（{unit}）", "{pool}: every city, {b} against {a} ({unit})"),
    "one_pool_rounding": Text(
        "变化不超过一个最小分配单位的城市 {count} 个，只是取整，未列出。",
        "Cities whose amount changes by one quantum or less, which is rounding, left out: {count}.",
    ),
    "one_pool_heads": Text(
        "城市|代码|{a}|{b}|增减|增减幅|人均 {a}（{unit}）|人均 {b}|人均增减",
        "city|code|{a}|{b}|change|change|a resident {a} ({unit})|{b}|change",
    ),
    "city": Text("{name}（{code}）：{b} 与 {a} 相比", "{name} ({code}): {b} against {a}"),
    "city_alone": Text("只有 {letter} 有这个城市。", "Only {letter} has this city."),
    "city_merged": Text(
        "只有 {letter} 有这个城市，另一结果已把它并入别的城市，数额计在并入后的城市。",
        "Only {letter} has this city; the other result has merged it into another one, to which its amounts are added.",
    ),
    "city_neither": Text("{a} 和 {b} 都没有这个城市。", "Neither {a} nor {b} has this city."),
    "city_pools_heads": Text(
        "指标|单位|{a}|{b}|增减|增减幅|人均增减|人均单位", "pool|unit|{a}|{b}|change|change|a resident|unit"
    ),
    "city_services": Text("公共服务：覆盖率、新增能力、欠账", "Services: coverage, capacity added, backlog"),
    "city_services_heads": Text(
        "服务|覆盖 {a}|{b}|百分点|新增 {a}|{b}|增减|欠账 {a}|{b}|增减",
        "service|coverage {a}|{b}|points|added {a}|{b}|change|backlog {a}|{b}|change",
    ),
    "city_others": Text("落户与债务", "Settlement and debt"),
    "city_others_heads": Text("项目|{a}|{b}|增减", "item|{a}|{b}|change"),
    "item_settle": Text("落户人数（人）", "settlement (persons)"),
    "item_settle_limit": Text("落户上限（人）", "settlement limit (persons)"),
    "item_score": Text("公共服务得分", "score of services"),
    "item_bonds": Text("新增债券（万元）", "new bonds (10⁴ yuan)"),
    "item_room": Text("举债空间（万元）", "room for new bonds (10⁴ yuan)"),
    "item_ratio": Text("债务率，年末（%）", "debt ratio at the end of the year (%)"),
    "item_tier": Text("债务风险等级，年末", "debt tier at the end of the year"),
}

RESIDENT_UNITS = {"ha": Text("平方米", "m²"), "10⁴ yuan": Text("元", "yuan")}


def say(language: str, key: str, **filled: object) -> str:
    """Words of `WORDS` in ``zh`` or ``en``."""
    return WORDS[key].said(language, **filled)
