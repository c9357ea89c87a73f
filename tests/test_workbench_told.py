"""What an event tells is what differs from the result that was kept last, and put over it gives the whole again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.workbench import sessions
from alloc.workbench.models import Column, Rule
from alloc.workbench.picture import cities, effect, outcome
from alloc.workbench.picture.rules import differing
from alloc.workbench.picture.whole import stale
from workbench_server import Client, events, served
from workbench_server import laid as over

LIMIT = (
    "add limits {{ limit = '{name}', title_zh = '多', title_en = '{name}', quantity = 'allocation:general', "
    "sense = '<=', value = {value}, basis = 'amount' }}"
)


def rule(id: str, value: float = 1.0, **more: Any) -> Rule:
    said = {"zh": id, "en": id}
    plain = {"title": said, "apart": said, "group": said, "unit": said, "decimals": 0, "line": f"{id} = {{value}}",
             "step": 1.0}  # fmt: skip
    return Rule.model_validate({"id": id, "value": value, "kind": "number", **plain, **more})


def laid(base: list[dict[str, Any]], told: dict[str, Any]) -> list[dict[str, Any]]:
    """As the page lays what differs over the rules of what was kept."""
    turned = {each["id"]: each for each in told["turned"]}
    away = {*told["gone"], *(each["rule"]["id"] for each in told["came"])}
    rules = [each | turned.get(each["id"], {}) for each in base if each["id"] not in away]
    for each in told["came"]:
        rules.insert(each["at"], each["rule"])
    return rules


def facts(rules: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(each["id"], each["value"], each["binds"], each["unit"], each["sign"], each["line"]) for each in rules]


def test_rules_are_told_by_what_differs():
    """Of a, b, c, d: b is 2 instead of 1, c is gone, d has another sense, and e has come before d."""
    before = [rule("a"), rule("b"), rule("c"), rule("d", sign="≤")]
    after = [rule("a"), rule("b", 2.0), rule("e"), rule("d", 3.0, sign="≥")]
    told = differing(before, after)
    assert [each.model_dump() for each in told["turned"]] == [{"id": "b", "value": 2.0, "before": 1.0, "binds": None}]
    assert [(each.at, each.rule.id, each.rule.before) for each in told["came"]] == [(2, "e", None), (3, "d", 1.0)]
    assert told["gone"] == ["c"]
    plain = {"gone": told["gone"], **{key: [each.model_dump() for each in told[key]] for key in ("turned", "came")}}
    again = laid([each.model_dump() for each in before], plain)
    assert facts(again) == facts([each.model_dump() for each in after])
    assert not any(differing(before, before).values())


class Two:
    """A table of one column."""

    def __init__(self, *values: float) -> None:
        self._values = np.array(values)

    def numbers(self, id: str) -> Any:
        return self._values

    def cells(self, id: str) -> list[Any]:
        return [None if value != value else value for value in self._values.tolist()]


def test_cells_are_told_where_what_is_shown_differs():
    """Shown without decimals 10.40 and 10.45 are 10, 10.60 is 11, and 10.90 is 11 and 1 more, for it is 0.50 more."""
    said = {"zh": "a", "en": "a"}
    column = Column.model_validate({"id": "a", "title": said, "unit": said, "kind": "number"})

    def told(one: list[float], two: list[float], exact: bool = False) -> Any:
        found = cities._differing(column, Two(*one), Two(*two), exact)  # type: ignore[arg-type]
        return None if found is None else (found.at, found.values, found.by, found.digits)

    before = [10.4, 10.4, 10.4, 99.0]
    assert told(before, [10.45, 10.6, 10.9, 99.0]) == (None, None, [0, 20, 50, 0], 2)
    assert told(before, [10.45, 10.6, 10.9, 99.0], exact=True) == (None, None, [5, 20, 50, 0], 2)
    assert told(before, [10.45, 10.4, 10.4, 99.0]) is None
    assert told([0.0] * 8, [0.0] * 7 + [-3.0]) == ([7], None, [-300], 2), "places are shorter"
    assert told([1.0] * 8, [1.0] * 7 + [float("nan")]) == ([7], [None], None, None), (
        "no step leads to what is not known"
    )


def test_a_number_keeps_the_unit_of_what_is_kept():
    """A total of 10,000, shown as 1 of 10⁸ yuan, is tried as 5,000: 0.5, in steps of a hundredth of 10⁸ yuan."""
    money = {"kind": "money", "unit": {"zh": "亿元", "en": "10⁸ yuan"}, "size": 1e4, "step": 100.0}
    lower = money | {"unit": {"zh": "万元", "en": "10⁴ yuan"}, "size": 1.0}
    told = differing([rule("a", 1e4, **money)], [rule("a", 5e3, **lower)])
    assert (told["came"], told["gone"]) == ([], [])
    assert [each.model_dump() for each in told["turned"]] == [{"id": "a", "value": 5e3, "before": 1e4, "binds": None}]
    hectares = {"unit": {"zh": "公顷", "en": "ha"}}
    [came] = differing([rule("a", 1e4, **money)], [rule("a", 5e3, title={"zh": "b", "en": "b"}, **lower)])["came"]
    assert (came.rule.size, came.rule.unit.en, came.rule.decimals, came.rule.step) == (1e4, "10⁸ yuan", 1, 100.0)
    [other] = differing([rule("a", 1e4, **money)], [rule("a", 5e3, **hectares)])["came"]
    assert other.rule.unit.en == "ha", "what is no money any more has a unit of its own"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        found.settled()
        yield found


@pytest.fixture(autouse=True)
def cleared(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "client" in request.fixturenames:
        client = request.getfixturevalue("client")
        while (state := client.settled())["can_undo"] or state["trial"]:
            client.step("undo")


@pytest.mark.long
def test_an_edit_that_changes_nothing_is_told_as_such(client: Client):
    assert client.edit("pools.general.total = 10000").status_code == 202
    [edit] = client.settled()["edits"]
    assert (edit["title"]["zh"], edit["before"], edit["after"]["zh"]) == ("一般性转移支付：总量", None, "不变")


@pytest.mark.long
def test_a_cost_in_a_balance_is_no_rule_that_binds(client: Client):
    """Of `hand` every budget is spent to the last: what binds among the numbers are the total and the reuse limit."""
    bound = {each["id"] for each in client.settled()["rules"] if each["binds"]}
    assert bound == {"pools.general.total", "policy.land.reuse_limit"}


@pytest.mark.long
def test_limits_that_come_go_and_change_are_told_once(client: Client):
    """Every trial, put over the rules of what was kept, is what the rules are once it is kept."""
    before = client.settled()
    assert client.edit(LIMIT.format(name="most", value=8000)).status_code == 202
    for line in ("limits.most.value = 7000", LIMIT.format(name="another", value=9000), "pools.general.total = 11000",
                 "drop limits.most"):  # fmt: skip
        base = client.settled()
        assert client.edit(line, trial=True).status_code == 202
        trial = client.settled()
        assert trial["base"] == base["hash"] != trial["hash"] and trial["rules"] == base["rules"]
        assert sum(len(trial[key]) for key in ("came", "gone")) <= 1
        assert client.step("keep").status_code == 202
        kept = client.settled()
        assert facts(laid(base["rules"], trial)) == facts(kept["rules"]), line
        assert not kept["turned"] and not kept["came"] and not kept["gone"]
    assert len(kept["rules"]) == len(before["rules"]) + 1


@pytest.mark.long
def test_cells_are_told_by_column_and_give_the_table_that_is_shown(client: Client, monkeypatch: pytest.MonkeyPatch):
    """Also where so many cities move that they are listed no longer: the pool's column has them then."""
    base = client.get(f"w/{client.w}/cities").json()
    monkeypatch.setattr(effect, "MANY", 0)
    monkeypatch.setattr(effect, "FEW", 0)
    assert client.edit("pools.general.total = 9000", trial=True).status_code == 202
    told = client.settled()
    shown = client.get(f"w/{client.w}/cities?at=shown").json()
    names = [column["id"] for column in base["columns"]]
    before, wanted = (dict(zip(names, each["values"], strict=True)) for each in (base, shown))
    told_of = {id: over(before[id], cells) for id, cells in told["changed"]["columns"].items()}
    assert told_of == {id: wanted[id] for id in told_of}
    (balance,) = told["effect"]["balance"]
    assert (balance["pays"], balance["gains"]) == ([], []) and balance["column"] in told["changed"]["columns"]
    whole = client.get(f"w/{client.w}/balance/general").json()
    moves = [two - one for one, two in zip(dict(zip(names, base["values"], strict=True))[balance["column"]],
             wanted[balance["column"]], strict=True)]  # fmt: skip
    listed = {base["keys"][at]: move for at, move in enumerate(moves) if abs(move) > balance["quantum"]}
    assert dict(map(tuple, [*whole["pays"], *whole["gains"]])) == pytest.approx(listed)


@pytest.mark.long
def test_a_clash_tells_what_is_asked_for_against_what_was_kept_before_it(client: Client):
    """The total is asked up to 9000 and a limit then asks for more than that: both stand, the first is shown."""
    last = client.settled()["last_event"]
    assert client.edit("pools.general.total = 9000").status_code == 202
    assert client.edit(LIMIT.format(name="most", value=9e9).replace("'<='", "'>='"), trial=True).status_code == 202
    clash = client.settled()
    assert clash["conflict"] and clash["base"] == clash["hash"]
    assert facts(clash["rules"]) == facts(client.state()["rules"])
    total = next(each for each in clash["rules"] if each["id"] == "pools.general.total")
    assert total["value"] == 9000, "what was kept has an allocation: it is what is shown"
    assert client.get(f"w/{client.w}/cities").json()["hash"] == clash["base"]
    assert [(each["rule"]["id"], each["rule"]["value"]) for each in clash["came"]] == [("limits.most.value", 9e9)]
    told = events(client, last, lambda found: any(each["event"] == "conflict" for each in found))[-1]["data"]
    assert told["came"] == clash["came"] and "rules" not in told


@pytest.mark.long
def test_a_trial_that_clashes_does_not_show_what_an_earlier_edit_moved(client: Client):
    """The result that is shown is what was kept: it stands alone, and the table and the lists say the same of it."""
    more = LIMIT.format(name="most", value=9e9).replace("'<='", "'>='")
    assert client.edit("pools.general.total = 9000").status_code == 202
    kept = client.settled()
    assert kept["effect"] is not None and kept["conflict"] is None
    assert client.edit(more, trial=True).status_code == 202
    clash = client.settled()
    assert clash["conflict"] and clash["trial"] and clash["effect"] is None
    assert client.edit("pools.general.total = 9100", trial=True).status_code == 202
    moved = client.settled()["effect"]
    assert client.edit(more, trial=True).status_code == 202
    clash = client.settled()
    assert clash["conflict"] and clash["effect"] == moved is not None, "of the trial that is still shown"


@pytest.mark.long
def test_an_edit_of_a_total_says_so(client: Client):
    assert client.edit("pools.general.total = 9000").status_code == 202
    (mine,) = client.settled()["edits"]
    rule = next(each for each in client.state()["rules"] if each["id"] == "pools.general.total")
    assert mine["title"] == rule["apart"]
    assert rule["apart"] == {"zh": f"{rule['title']['zh']}：总量", "en": f"{rule['title']['en']}: total"}


@pytest.mark.long
def test_nothing_is_shown_as_solved_before_its_clash_is_told(client: Client, monkeypatch: pytest.MonkeyPatch):
    """The edit below a trial that clashes is taken back: what is kept is solved anew, and shown with the clash only."""
    before = client.settled()
    assert client.edit("pools.general.total = 9000").status_code == 202
    assert client.settled()["conflict"] is None
    assert client.edit(LIMIT.format(name="most", value=9e9).replace("'<='", "'>='"), trial=True).status_code == 202
    clash, seen = client.settled(), []
    monkeypatch.setattr(sessions, "stale", lambda *told: seen.append(client.state()) or stale(*told))
    revision, number = client.desk.live(client.w).standing.revision, clash["edits"][0]["n"]
    assert client.http.delete(f"/api/v1/w/{client.w}/edits/{number}?revision={revision}").status_code == 202
    after = client.settled()
    assert after["conflict"] and after["base"] == after["hash"] == before["hash"] != clash["base"]
    assert [(each["revision"], each["conflict"], each["base"]) for each in seen] == [
        (clash["revision"], clash["conflict"], clash["base"])
    ]


@pytest.mark.parametrize(("total", "given"), [(10_000.6, 10_000), (10_001.5, 10_001)])
def test_what_is_less_than_a_quantum_is_not_left_over(total: float, given: float) -> None:
    """Quantum 1: of 10,000.6 nobody can be given the last 0.6, so that all is given out, as the report says."""
    result = alloc.solve("hand", edits=f"pools.general.total = {total}")
    (pool,) = of = outcome.pools(result, result.instance)
    assert (pool.available, pool.given, pool.left) == (total, given, 0)
    assert outcome.sentence(result, of, []).zh.startswith("1 个资源池全部分完")
