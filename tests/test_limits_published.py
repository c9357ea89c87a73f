"""What is said of the planner's limits is judged by published numbers, not by decisions before rounding."""

from __future__ import annotations

import pytest

import alloc
from alloc import api
from alloc.explanation.city.binding import binding_cities
from alloc.explanation.city.holds import holds
from alloc.explanation.city.reasons import standing
from alloc.instance.derived.derived import derive
from alloc.result.frames.standing import binding_counts, families_as_published, limits_as_published, limits_that_bind
from alloc.result.result import Result
from alloc.workbench.picture import outcome
from alloc.workbench.picture.rules import rules

LIMIT = ("add limits {{ limit = 'own', title_zh = '甲市', title_en = 'own', quantity = '{quantity}', "
         "where = \"city == '000001'\", sense = '{sense}', value = {value}, basis = 'amount' }}")  # fmt: skip
MIGRANTS = "cities.migrants_cross = 5.2 where city == '000001'"  # half of them, 2.6, would settle


def limited(sense: str, value: float, quantity: str = "allocation:general", *more: str) -> Result:
    return alloc.solve("hand", edits=(*more, LIMIT.format(sense=sense, value=value, quantity=quantity)))


def mark(result: Result) -> bool | None:
    return next(each.binds for each in rules(result.instance, result) if each.id == "limits.own.value")


def counted(result: Result) -> int:
    """As every list of rules that bind has it: the result's own, the workbench's, and that by city."""
    count = binding_counts(result)["group_limit"]
    table = families_as_published(result).set_index("family")["binding"]
    assert table["group_limit"] == count == bool(binding_cities(result, "group_limit"))
    assert {each.count for each in outcome.binding(result, ()) if each.family == "group_limit"} == ({count} - {0})
    return count


@pytest.mark.parametrize(("sense", "value", "sides", "binds"), [
    ("<=", 9000, (0, 9000, 9000), False),
    (">=", 0.5, (1, 0.5, 0.5), True),  # no room for a quantum
    (">=", 3000, (3000, 3000, 0), True),
    ("=", 40, (40, 40, 0), True),
])  # fmt: skip
def test_a_limit_binds_where_published_amounts_have_no_room_for_a_quantum(
    sense: str, value: float, sides: tuple[float, ...], binds: bool
) -> None:
    result = limited(sense, value)
    (row,) = limits_as_published(result).to_dict("records")
    assert (row["left"], row["right"], row["slack"]) == sides
    assert (mark(result), counted(result)) == (binds, int(binds))
    assert ("does not bind" in alloc.show(result, "en")) == (not binds)


def test_persons_have_no_room_for_a_person_more() -> None:
    """2.6 would settle of their own accord, so that the decision has room; the two that are published have none."""
    result = limited(">=", 2, "settle", MIGRANTS)
    assert result.tables["limits"]["slack"].tolist() == [pytest.approx(0.6)]
    assert limits_as_published(result)["slack"].tolist() == [0]
    assert mark(result) and counted(result) == 1 and limits_that_bind(result) == {"own"}
    assert "does not bind" not in alloc.show(result, "en")


def test_sums_of_pools_are_those_of_published_amounts() -> None:
    """Rounding keeps a limit on all transfers together: half a unit was decided, a whole one is published."""
    result = limited(">=", 0.5, "transfers")
    assert result.tables["limits"]["left"].tolist() == [0.5]
    assert limits_as_published(result)[["left", "slack"]].to_numpy().tolist() == [[1, 0.5]]
    assert mark(result) and counted(result) == 1


def test_what_is_not_published_stands_as_it_was_decided() -> None:
    result = limited("<=", 1e6, "spending")
    assert limits_as_published(result)["left"].tolist() == pytest.approx(result.tables["limits"]["left"].tolist())
    assert mark(result) is False and counted(result) == 0


def test_a_comparison_has_published_amounts_and_says_so() -> None:
    one, other = (limited(">=", value) for value in (0.5, 3.5))
    comparison = one.compare(other)
    (row,) = comparison.tables["limits"].to_dict("records")
    assert (row["base"], row["other"], row["change"], row["slack_other"]) == (1, 4, 3, 0.5)
    assert other.tables["limits"]["left"].tolist() == [pytest.approx(3.5)]
    shown = {language: alloc.show(comparison, language) for language in ("zh", "en")}
    assert "分组限制（按取整后的公布数）：B 与 A 相比" in shown["zh"]
    assert "Group limits, by published (rounded) numbers: B against A" in shown["en"]


@pytest.mark.parametrize(("quantity", "value", "more", "line", "said", "published"), [
    ("allocation:general", 10_000.0004, (), "limits.own.value = 10000", (
        "Changes are rounded to three figures on the safe side, so that they may be a little more than is needed; the "
        "new value of a limit is a multiple of what is published (the pool's quantum, a person), so that published "
        "numbers keep it too.",
        "改动的幅度向放宽的一边取三位有效数字，所以可以略大于最少需要的；"
        "限额的新值取为公布数的单位（资源池的最小分配单位、一个人）的整倍数，使公布数也能达到。"), 10_000),
    ("settle", 2.7, (MIGRANTS,), "limits.own.value = 2", (
        "on persons it leaves out the fractions of the cities' settlement limits, since whole persons are published.",
        "落户人数的，还减去各市落户上限的小数部分，因为公布的是整数人数。"), 2),
])  # fmt: skip
def test_an_advised_limit_is_one_that_published_numbers_keep(
    quantity: str, value: float, more: tuple[str, ...], line: str, said: tuple[str, str], published: float
) -> None:
    """2.6 may settle: to ask for 2.6 makes an allocation possible, and only 2 can be published of it."""
    edits = (*more, LIMIT.format(quantity=quantity, sense=">=", value=value))
    answer = alloc.explain("hand", edits=edits)
    shown = {language: alloc.show(answer, language) for language in ("en", "zh")}
    assert f'--edit "then {line}"' in shown["en"]
    for text, words in zip(shown.values(), said, strict=True):
        assert "".join(words.split()) in "".join(text.split())
    repaired = alloc.solve("hand", edits=(*edits, f"then {line}"))
    (row,) = limits_as_published(repaired).to_dict("records")
    assert (row["left"], row["right"], row["slack"]) == (published, published, 0)


def test_a_limit_of_a_higher_authority_is_nowhere_called_the_planners_own() -> None:
    """Who owns a limit stands beside it; explanations weigh it by that owner, so no heading may name another."""
    owned = LIMIT.replace("basis = 'amount'", "basis = 'amount', owner = 'MOF'")
    edit = owned.format(quantity="allocation:general", sense=">=", value=3000)
    result = alloc.solve("hand", edits=edit)
    shown = " ".join(alloc.show(result, "en").split())
    assert "Under 1 of the group limits there is no room left." in shown
    assert "Group limits, by published (rounded) numbers" in " ".join(
        alloc.show(result.compare(alloc.solve("hand", edits=edit.replace("3000", "4000"))), "en").split()
    )
    clash = alloc.explain("hand", edits=edit.replace("3000", "10000.5"))
    answer = " ".join(alloc.show(clash, "en").split())
    assert "rule of a higher authority" in answer and "planner's own limit" not in shown + answer


def told(result: Result, city: str) -> dict[str, tuple[str, str]]:
    """By code of a limit what the reasons of a city's amount say of it, in both languages."""
    reasons = standing(result, derive(result.instance), holds(result), city, "general")
    zh, en = (
        {str(row[4]): str(row[3]) for table in reasons.tables(language) if table.name == "holds" for row in table.rows}
        for language in ("zh", "en")
    )
    every = {limit: (zh.get(f"{limit}（{limit}）"), en.get(f"{limit} ({limit})")) for limit in ("one", "two", "both")}
    return {limit: (zh, en) for limit, (zh, en) in every.items() if zh and en}


def limit(name: str, where: str, value: float) -> str:
    return (f"add limits {{ limit = '{name}', title_zh = '{name}', title_en = '{name}', sense = '<=', "
            f"basis = 'amount', quantity = 'allocation:general', where = \"{where}\", value = {value} }}")  # fmt: skip


def test_the_reasons_of_an_amount_say_which_point_a_limit_holds_at() -> None:
    """Of two cities at 199 each, whole hundreds make 100: together they are at 398 before rounding, and at 200."""
    lines = ("pools.general.quantum = 100", "pools.general.exhaust = false", limit("one", "city == '000001'", 199),
             limit("two", "city == '000002'", 199), limit("both", "residents > 0", 398))  # fmt: skip
    result = alloc.solve("hand", edits=lines)
    assert result.tables["allocation"]["published"].tolist() == [100, 100]
    assert limits_that_bind(result) == {"one", "two"}
    assert told(result, "000001") == {
        "one": ("已达到", "reached"),
        "both": ("取整前已达到，公布数尚有余地", "reached before rounding; published numbers leave room"),
    }
    record = api.record(result.explain(city="000001", pool="general"))
    found = {row["name"]: (row["decided"], row["published"]) for row in record["bounds"]["above"]["rows"]}
    assert (found["one"], found["both"]) == ((True, True), (True, False))


def test_a_limit_that_rounding_alone_uses_up_is_told() -> None:
    """Nothing is decided of the 1.5 that are allowed, and no hundred fits."""
    result = alloc.solve("hand", edits=("pools.general.quantum = 100", limit("one", "city == '000001'", 1.5)))
    assert limits_that_bind(result) == {"one"}
    assert told(result, "000001") == {
        "one": ("取整前尚有余地，公布数已达到", "reached by published numbers; room before rounding")
    }
