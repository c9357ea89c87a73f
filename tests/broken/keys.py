"""Codes that name nothing, records that stand twice or not at all."""

from __future__ import annotations

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
}
