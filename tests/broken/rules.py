"""Rules that arithmetic shows to clash, and figures next to a border between two rules."""

from __future__ import annotations

from pathlib import Path

from broken.change import EARMARK, OVERRIDE, case
from instances import FACTORS, LAST_YEAR, LIMITS, POOLS

LAND = "{limit},甲,A,allocation:land,province == '{province}',{sense},{value},amount,,\n"


def _issued(folder: Path) -> None:
    """More land went out in advance than there is."""
    text = "city,pool,stage,amount,date,document\n440300,land,advance,4000,2020-01-31,a\n"
    (folder / "issued.csv").write_text(text, encoding="utf-8")


def _groups(folder: Path) -> None:
    """Services are to be extended to more than a fifth of the migrants, in groups with the rung of the services."""
    about = "group,order,title_zh,title_en,share,may_settle,may_extend,eligible\n"
    (folder / "groups.csv").write_text(f"{about}new,1,新,new,0.5,false,true,false\n"
                                       "long,2,长,long,0.5,true,false,true\n", encoding="utf-8")  # fmt: skip
    services = [line.split(",")[0] for line in (folder / "services.csv").read_text(encoding="utf-8").splitlines()[1:]]
    rungs = "".join(f"{service},new,0.5\n{service},long,1\n" for service in services)
    (folder / "ladder.csv").write_text(f"service,group,entitlement\n{rungs}", encoding="utf-8")


def _programmes(folder: Path) -> None:
    """Homes of which a tenth of 100 can be built in a year, in one city."""
    about = "programme,title_zh,title_en,unit_zh,unit_en,capital_cost,running_cost,year_share,weight,revenue_backed\n"
    (folder / "programmes.csv").write_text(f"{about}homes,住房,Homes,套,homes,1,0,0.1,1,false\n", encoding="utf-8")
    (folder / "programme_stock.csv").write_text("city,programme,stock\n440300,homes,100\n", encoding="utf-8")


def _links(folder: Path) -> None:
    """Ten hospital beds may leave one city."""
    text = "from,to,service,kind,limit,open\n440300,440500,hospital,move,10,true\n"
    (folder / "links.csv").write_text(text, encoding="utf-8")


CASES = {
    "override_below_floor": case(overrides=OVERRIDE.format("440300,land,600")),
    "override_above_cap": case(overrides=OVERRIDE.format("440300,land,1300")),
    "override_above_room": case(overrides=OVERRIDE.format("450900,special_bond,300000")),
    "earmark_above_room": case(earmarks=EARMARK.format("450900,special_bond,300000")),
    "earmark_above_means": case(
        earmarks=EARMARK.format("440500,special_bond,200000"), services={("hospital", "growth_limit"): 0.0}
    ),
    "floor_of_bonds_above_means": case(
        pools={("special_bond", "floor_multiple"): 0.5},
        cities={("440500", "idle"): 100},
        services={("hospital", "growth_limit"): 0.01},
        last_year=LAST_YEAR + "440300,special_bond,0\n440500,special_bond,400000\n450900,special_bond,0\n",
    ),
    "floor_above_boundary": case(cities={("450900", "boundary_left"): 300}),
    "earmark_above_boundary": case(earmarks=EARMARK.format("450900,land,950")),
    "farmland_below_floor": case(cities={("440500", "farmland_offset"): 90}),
    "floors_above_total": case(pools={("land", "total"): 2400}),
    "caps_below_total": case(pools={("land", "total"): 7000}),
    "bonds_above_their_bounds": case(pools={("special_bond", "exhaust"): "true", ("special_bond", "total"): 3000000}),
    "bonds_above_room": case(
        pools=POOLS.replace("400000,0.2,false,,,,1,1", "1625000,0.2,true,,,,2,1")
        + "general_bond,bond,,general,一般债券,General bonds,540000,0,true,,,,2,1\n",
        factors=FACTORS + "general_bond,residents,1\n",
    ),
    "limit_below_the_rest": case(limits={("large_share", "value"): 0.3}),
    "limit_above_the_rest": case(limits={("large_share", "sense"): ">=", ("large_share", "value"): 0.7}),
    "limit_of_settlement": case(limits={("guangdong_settle", "value"): 10000000}),
    "limit_of_extension": case(
        _groups, limits={("guangdong_settle", "quantity"): "extend", ("guangdong_settle", "value"): 10000000}
    ),
    "limit_of_programmes": case(
        _programmes, limits={("guangdong_settle", "quantity"): "run:homes", ("guangdong_settle", "value"): 50}
    ),
    "limit_of_links": case(
        _links, limits={("guangdong_settle", "quantity"): "moved:hospital", ("guangdong_settle", "value"): 50}
    ),
    "limit_of_growth": case(
        limits={("guangdong_settle", "quantity"): "added:primary", ("guangdong_settle", "value"): 900000}
    ),
    "limit_of_land_use": case(
        limits={("guangdong_settle", "quantity"): "land_use:production", ("guangdong_settle", "value"): 5000}
    ),
    "issued_beyond_the_pool": case(_issued),
    "limits_contradict": case(limits=LIMITS + "other,乙,B,settle,province == '44',<=,500,amount,,\n"),
    "limits_above_pool": case(
        pools={("land", "corridor_up"): 1, ("land", "corridor_down"): 1},
        limits=LIMITS + LAND.format(limit="a", province="45", sense=">=", value=630)
        + LAND.format(limit="b", province="44", sense=">=", value=1400),
    ),
    "cap_raised_to_earmark": case(
        earmarks=EARMARK.format("450900,land,705"), pools={("land", "corridor_down"): 0.5, ("land", "corridor_up"): 0.9}
    ),
    "shortfall": case(cities={("450900", "essential_spending"): 4200000}),
    "never_enough": case(cities={("450900", "essential_spending"): 9000000}),
    "near_a_debt_tier": case(cities={("450900", "debt_special"): 5150000, ("450900", "limit_special"): 6000000}),
    "near_a_land_standard": case(cities={("440500", "built_up"): 39500}),
}  # fmt: skip
