"""Words of the unit tariff, in Chinese and English; heads are parted by bars."""

from __future__ import annotations

from alloc.text import Text

SAY = {
    "title": Text("多一个单位能多得多少", "What one more unit brings a city"),
    "headline": Text("{city}（{code}）：公式所依据的各项数字每多一个单位，能多得多少。",
                     "{city} ({code}): what one more unit of every figure behind the formulas brings it."),
    "method": Text("每次只把本市一项数字加一个单位，重新推算因素和公式，其他城市不变；不重新求解。"
                   "一个人若计入几项（常住、城区、流入人口等），其所得为各项之和。",
                   "One figure of this city at a time is raised by one unit and factors and formulas are derived anew, "
                   "with all other cities as they are; nothing is solved. A person who counts in several figures "
                   "(residents, urban residents, migrants …) brings the sum of them."),
    "formula": Text("多一个单位：公式给多少", "One more unit: what the formula gives"),
    "plan": Text("多一个单位：在本方案的保底和封顶之后得多少", "One more unit: what is left behind floors and caps"),
    "one_more": Text("多一个单位", "one more"),
    "of_unit": Text("{title}（{unit}）", "{title} ({unit})"),
    "yuan": Text("元", "yuan"),
    "square": Text("平方米", "m²"),
    "formula_note": Text("只看公式：保底、封顶、浮动区间、债务和用地余地、分组限制以及各级目标的优化均不在内；"
                         "哪些城市参加分配不变。",
                         "Of the formula alone: floors, caps, corridors, rooms for debt and land, group limits and the "
                         "optimisation by tiers are not in it; which cities take part is held."),
    "plan_note": Text("由公式决定的，按本方案的均摊比例；停在上下限的，只有上下限本身移动才有变化；"
                      "由更靠前的目标决定或无从判断的，须重新求解，记“—”。别的城市的上下限和分组限制的变动不计。",
                      "Where the formula decides, with what is left of the pool shared as in the plan; at a bound, by "
                      "how much the bound itself moves; a dash where an earlier tier decides or tables do not tell: "
                      "that takes a solve. What moves for other cities and under group limits is not counted."),
    "none": Text("本算例的资源池都没有公式，或没有数字能改变公式的结果。",
                 "No pool of the instance has a formula that one more unit of anything would move."),
    "page_note": Text("只看公式，保底、封顶、余地和优化不在内；每次只加一项，一人计入几项的为各项之和。",
                      "By the formula alone, without floors, caps, rooms and the optimisation; one figure at a time: a "
                      "person who counts in several brings the sum."),
}  # fmt: skip
