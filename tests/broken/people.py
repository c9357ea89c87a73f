"""People that do not add up, cohorts, borders of size classes, columns that go together."""

from __future__ import annotations

from broken.change import case, without_column

CASES = {
    "urban_above_all": case(cities={("450900", "urban_residents"): 5800001}),
    "migrants_above_residents": case(cities={("440300", "migrants_within"): 6000000}),
    "cohort_above_residents": case(cities={("450900", "age_6_11"): 6000000}),
    "cohort_missing": case(cities=without_column("age_6_11")),
    "cohort_with_a_word": case(cities={("440300", "age_6_11"): "many"}),
    "cohort_of_words": case(services={("primary", "cohort"): "province_name"}),
    "cohort_with_a_gap": case(cities={("450900", "age_6_11"): ""}),
    "migrants_of_a_cohort_with_a_word": case(
        cities=lambda text: text.replace(",idle,", ",idle,migrant_age_6_11,").replace(",1500,1200,", ",1500,9,1200,")
        .replace(",800,700,", ",800,?,700,").replace(",700,500,", ",700,8,500,")
    ),
    "near_a_class": case(cities={("450900", "size_population"): 990000}),
    "near_two_classes": case(cities={("440300", "size_population"): 9900000, ("440500", "size_population"): 3050000}),
    "quota_out_of_place": case(cities={("440500", "settlement_quota"): 5000}),
    "half_a_pair": case(cities={("440300", "farmland_offset"): ""}),
    "purses": case(
        cities=lambda text: "".join(
            f"{line},{more}\n" for line, more in zip(
                text.splitlines(),
                ("purse,zone", "450900,core", "440300,centre", "449999,"),
                strict=True,
            )
        )
    ),
    "purse_of_another_size": case(
        cities=lambda text: "".join(
            f"{line},{more}\n" for line, more in zip(text.splitlines(), ("purse", "", "440300", ""), strict=True)
        )
    ),
    "no_zone": case(
        toml={"[policy.services]": '[policy.services]\nrestricted_zones = ["core", "suburb"]'}
    ),
    "name_of_a_derived_number": case(
        cities=lambda text: text.replace("province_name", "province_name,size_class", 1)
        .replace("广东省", "广东省,large").replace("自治区", "自治区,medium")
    ),
}  # fmt: skip
