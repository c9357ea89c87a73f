"""Figures in another unit than their column's."""

from __future__ import annotations

from broken.change import case, every_city

CASES = {
    "column_in_yuan": case(cities=every_city("revenue", 120_000_000_000, 14_000_000_000, 9_500_000_000)),
    "columns_in_100_million_yuan": case(
        cities=every_city("revenue", 1200, 140, 95) | every_city("essential_spending", 1310, 356, 372)
    ),
    "debt_in_yuan": case(
        cities=every_city("debt_special", 9e9, 11e9, 10e9) | every_city("limit_special", 16e9, 15e9, 12.5e9)
    ),
    "quota_in_10_000": case(cities={("440300", "settlement_quota"): 15}),
    "land_in_square_metres": case(cities=every_city("built_up", 9.5e8, 3.6e8, 2.4e8)),
    "land_in_mu": case(cities=every_city("built_up", 1425000, 540000, 360000)
                       | every_city("production_request", 18000, 10500, 7500)),
    "production_land_in_mu": case(cities=every_city("production_request", 18000, 10500, 7500)),
    "land_total_in_mu": case(pools={("land", "total"): 60000}),
    "norm_for_a_thousand": case(services={("hospital", "norm"): 7200}),
    "total_in_100_million_yuan": case(pools={("equalisation", "total"): 150}),
    "total_in_square_metres": case(pools={("land", "total"): 40000000}),
    "residents_in_10_000": case(
        cities=every_city("residents", 900, 550, 580) | every_city("urban_residents", 890, 390, 280)
        | every_city("migrants_cross", 360, 30, 4) | every_city("migrants_within", 240, 50, 16)
        | every_city("age_6_11", 54, 48, 56) | every_city("size_population", 870, 260, 85)
    ),
}  # fmt: skip
