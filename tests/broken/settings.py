"""Settings that are missing, unknown, of the wrong kind, or look like percentages."""

from __future__ import annotations

from broken.change import case

CASES = {
    "missing": case(toml={"ceiling = 1.5\n": ""}),
    "unknown": case(toml={"reuse_cost": "reuse_price"}),
    "a_text": case(toml={"gap = 0.001": 'gap = "0.1%"'}),
    "title_empty": case(toml={'zh = "三城小例", en = "Three cities"': 'zh = "", en = ""'}),
    "percentages": case(toml={
        "willingness = 0.16": "willingness = 16", "reuse_limit = 0.3": "reuse_limit = 30",
        "bond_rate = 0.032": "bond_rate = 3.2",
    }),
    "percentages_without_an_end": case(toml={
        "service_ceiling = 0.15": "service_ceiling = 15", "new_bond_factor = 0.20": "new_bond_factor = 20",
    }),
    "debt_ratio_in_percent": case(toml={"ceiling = 1.5": "ceiling = 150", "below = 3.0": "below = 300"}),
    "tolerance_in_percent": case(toml={"tolerance = 0.005": "tolerance = 0.5"}),
    "steps_not_ascending": case(toml={"below = 2.0": "below = 3.5"}),
    "class_misspelt": case(toml={'no_linked_land = ["megacity"': 'no_linked_land = ["megacty"'}),
    "tier_twice": case(toml={'tier = "coverage"': 'tier = "settlement"'}),
    "stock_link_without_its_ratio": case(toml={"stock_ratio = 2.0\n": ""}),
    "huge_year": case(toml={"year = 2021": "year = 99999999999999999999999999999999999999999999999999"}),
}  # fmt: skip
