"""Codes that name nothing, records that stand twice or not at all."""

from __future__ import annotations

import re

from broken.change import EARMARK, OVERRIDE, case, row_twice, swap, without_row

CASES = {
    "city_renamed": case(cities=swap("440500", "440501")),
    "city_left_out": case(cities=without_row(3)),
    "city_twice": case(cities=row_twice(3)),
    "pool_renamed": case(pools=swap("equalisation,", "equalization,")),
    "service_left_out": case(services=without_row(3)),
    "service_without_capacity": case(
        capacity=lambda text: "\n".join(line for line in text.split("\n") if "hospital" not in line)
    ),
    "capacity_with_a_gap": case(capacity=without_row(5)),
    "pair_twice": case(capacity=lambda text: text + "440300,primary,1\n"),
    "earmark_of_nobody": case(earmarks=EARMARK.format("450901,land,40,y\n,land,5")),
    "override_on_no_pool": case(overrides=OVERRIDE.format("440300,lands,900")),
    "last_year_with_a_gap": case(last_year=without_row(5)),
    "code_of_two_words": case(services=swap("primary,", "primary school,")),
    "codes_of_four_digits": case(cities=lambda text: re.sub("^(4[45]0[359])00,", r"\1,", text, flags=re.M)),
    "codes_of_twelve_digits": case(cities=lambda text: re.sub("^(4[45]0[359]00),", r"\g<1>000000,", text, flags=re.M)),
    "names_for_codes": case(cities=swap("440300,", "深圳市,", 1)),
    "names_in_another_table": case(capacity=swap("440300,", "深圳,")),
    "codes_of_another_country": case(
        **{
            table: lambda text: re.sub("^4([45]0[359])00,", r"E09\1,", text, flags=re.M)
            for table in ("cities", "capacity", "last_year", "earmarks")
        }
    ),
    "codes_of_another_year": case(last_year=lambda text: text + "371200,land,5\n371200,equalisation,5\n"),
    "code_of_the_county_before_it_was_a_city": case(
        cities=swap("440500,汕头市,44,广东省", "460400,儋州市,46,海南省"),
        capacity=swap("440500,", "469003,"),
        last_year=swap("440500,", "469003,"),
    ),
    "code_of_another_name": case(cities={("440500", "name"): "广州市"}),
    "city_under_two_codes": case(cities={("440500", "name"): "深圳"}),
    "province_by_two_codes": case(cities={("440500", "province"): "440000"}),
    "province_by_two_names": case(cities={("440500", "province_name"): "广东"}),
    "city_in_another_province": case(
        cities={("440500", "province"): "45", ("440500", "province_name"): "广西壮族自治区"}
    ),
    "province_among_its_cities": case(
        cities=lambda text: (
            text
            + re.sub("^440300,[^,]*,", "440000,广东省,", text.splitlines()[1]).replace(",9000000,", ",15000000,", 1)
            + "\n"
        )
    ),
}
