"""The planner's own limits: their objects, conditions and values."""

from __future__ import annotations

from broken.change import case, row_twice

CASES = {
    "object_unknown": case(limits={("large_share", "quantity"): "allocation:lands"}),
    "share_in_percent": case(limits={("large_share", "value"): 60}),
    "share_of_people": case(limits={("guangdong_settle", "basis"): "share", ("guangdong_settle", "value"): 0.1}),
    "sense_the_other_way": case(limits={("large_share", "sense"): "=<"}),
    "program_for_a_condition": case(limits={("guangdong_settle", "where"): "__import__('os').system('x')"}),
    "number_for_a_code": case(limits={("guangdong_settle", "where"): "province = 44"}),
    "column_misspelt": case(limits={("guangdong_settle", "where"): "provinc = '44'"}),
    "class_unknown": case(limits={("large_share", "where"): "size_class = 'mega'"}),
    "of_nobody": case(limits={("guangdong_settle", "where"): "province = '45' and residents > 9e6"}),
    "of_a_tier_of_nobody": case(limits={("guangdong_settle", "where"): "debt_tier = 'red'"}),
    "city_misspelt_among_others": case(limits={("guangdong_settle", "where"): "name in ['深圳市', '汕投市']"}),
    "twice": case(limits=row_twice(3)),
    "value_missing": case(limits={("guangdong_settle", "value"): ""}),
}
