"""Cells that hold no number, no flag, no code, or a number out of its range."""

from __future__ import annotations

from broken.change import EARMARK, case, every_city, swap

CASES = {
    "words_for_numbers": case(
        cities={("440300", "revenue"): "约1200亿", ("440500", "idle"): "无", ("450900", "interest"): "#REF!"}
    ),
    "digits_that_are_none": case(
        cities={("440300", "idle"): "15²", ("440500", "idle"): "1e-400", ("450900", "idle"): "七百"}
    ),
    "what_nobody_sees_is_not_read": case(
        cities={("440300", "residents"): "\u200b9000000\u202d", ("440500", "city"): "\ufeff440500\u200b"},
        capacity=swap("440500,", "\u202d440500,"),
    ),
    "dash_for_nothing": case(cities={("450900", "maturing"): "—"}),
    "as_planners_write_them": case(cities={
        ("440300", "residents"): "９００００００", ("440500", "willingness"): "12％",
        ("450900", "revenue"): " 950 000 ",
    }),
    "date_for_a_number": case(capacity=swap("440300,primary,480000", "440300,primary,2021-01-05")),
    "negative_money": case(cities={("440300", "other_transfers"): "-5", ("440500", "debt_special"): "−1"}),
    "no_people": case(cities={("440500", "size_population"): 0}),
    "share_of_30": case(cities={("440500", "farmland_share"): 30}),
    "shares_in_percent": case(
        services={("primary", "minimum"): 90, ("hospital", "entitlement"): 80}, pools={("land", "reserve"): 50}
    ),
    "growth_in_percent": case(services={("primary", "growth_limit"): 6, ("hospital", "expansion_limit"): 3}),
    "flag_in_other_words": case(services={("primary", "settlement_prerequisite"): "对"}),
    "flags_of_all_kinds": case(
        services={
            ("primary", "settlement_prerequisite"): "是",
            ("hospital", "settlement_prerequisite"): "YES",
            ("hospital", "restricted"): 1,
        }
    ),
    "flag_empty": case(pools={("land", "exhaust"): ""}),
    "value_in_other_words": case(pools={("land", "kind"): "土地"}),
    "code_in_short": case(
        cities=swap("440500", "4405", 1), capacity=swap("440500", "4405"), last_year=swap("440500", "4405")
    ),
    "code_as_a_power": case(earmarks=EARMARK.format("4.509E+05,land,40")),
    "code_as_a_float": case(earmarks=EARMARK.format("450900.0,land,40")),
    "missing_everywhere": case(cities=every_city("revenue", "")),
    "quantum_zero": case(pools={("land", "quantum"): 0}),
    "module_zero": case(services={("primary", "module"): 0}),
    "norm_missing": case(services={("primary", "norm"): ""}),
    "longitude_for_latitude": case(
        cities=lambda text: text.replace(",name,", ",name,lat,", 1).replace("深圳市,", "深圳市,114.1,")
        .replace("汕头市,", "汕头市,23.4,").replace("玉林市,", "玉林市,,")
    ),
}  # fmt: skip
