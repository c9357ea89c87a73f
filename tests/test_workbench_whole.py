"""Whole facilities beside the page: followed, stopped with the best plan kept, begun again after an edit."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.instance.options import with_options
from alloc.result.result import run
from alloc.solver.model.status import Progress, TierState
from alloc.workbench.picture.outcome import shown_gap, tier_state
from alloc.workbench.runs.course import Course, Running
from random_instances import write_random
from variants import with_settings
from workbench_server import Client, events, served

pytestmark = pytest.mark.long
HAND = Path(__file__).resolve().parent.parent / "instances" / "hand"


def test_a_run_is_told_as_the_engine_tells_it(tmp_path: Path) -> None:
    """Every step in its order, every objective with the value of its pass, none with a bound that nobody has found."""
    instance = with_options(alloc.read(write_random(tmp_path, 3, cities=10, integers=True)), relaxation=False)
    course, pictures = Course(instance), list[Running]()
    result = run(instance, lambda progress: pictures.append(course.after(progress)))
    names = ["relaxation", "every city by itself", "facilities fixed", "bounds"]
    assert [each.id for each in pictures[0].stages] == names
    for picture in pictures:
        states = [each.state for each in picture.stages]
        assert states == sorted(states, key=["done", "now", "waits"].index) and states.count("now") == 1
        assert all(each.bound is None and each.gap is None for each in picture.tiers)
        if picture.stages[-1].state == "now":  # where the bounds are sought, one tier after the other
            assert [each.stage for each in picture.tiers].count("now") <= 1
            now = next((each.number for each in picture.tiers if each.stage == "now"), 0)
            assert not any(each.stage == "waits" and each.state.en == "waits" for each in picture.tiers[: now - 1])
    assert not pictures[0].can_keep and pictures[-1].can_keep
    last = pictures[-1].tiers
    assert [each.id for each in last] == [each["tier"] for each in result.manifest["tiers"]]
    assert all(each.relaxed is not None and each.best is not None for each in last)
    assert [each.seconds for each in pictures[-1].happened] == sorted(each.seconds for each in pictures[-1].happened)


def test_a_joint_search_has_bound_and_gap() -> None:
    """By hand: 0.9 found, at most 1.0, is a gap of 0.1 / 0.9."""
    instance = with_settings(alloc.read("hand"), facilities="joint")
    picture = Course(instance).after(
        Progress("joint search", instance.settings.objective[0].tier, 1.0, 0.9, 1.0, TierState.BETTER)
    )
    first = picture.tiers[0]
    assert first.gap == pytest.approx(0.1 / 0.9) and first.best is not None and first.bound is not None
    assert first.gap_words is not None and first.gap_words.zh == first.gap_words.en == "11.11 %"
    assert "11.11 %" in picture.headline.en and "11.11 %" in picture.headline.zh
    assert [each.id for each in picture.stages] == ["joint search", "facilities fixed", "bounds"]
    assert picture.can_keep, "a plan has been found"


def test_a_gap_is_told_as_the_terminal_tells_it_and_one_that_is_too_wide_is_not_optimal() -> None:
    """By hand: 627.9 against 602.4, of a usual size of 2,073: the gap is 25.5 in the tier's unit, and 1.23 % of it."""
    entry = {"optimised": True, "value": 6_279_000.0, "bound": 6_024_000.0, "size": 20_730_000.0, "tolerance": None}
    entry["gap"] = (6_279_000 - 6_024_000) / 20_730_000
    told = shown_gap(entry, "10⁴ yuan")
    assert told is not None and (told.zh, told.en) == ("25.5 亿元", "25.5 × 10⁸ yuan")
    assert tier_state(entry, "lower", 0.01).zh == "未证明" and tier_state(entry, "lower", 0.02).zh == "最优"
    held = {**entry, "tolerance": 500_000.0}
    assert tier_state(held, "lower", 1e-4).zh != "未证明", "all of its gap, 255,000, is what its tolerance gives away"
    assert tier_state({**held, "tolerance": 200_000.0}, "lower", 1e-4).zh == "未证明"
    small = shown_gap({**entry, "gap": 0.0123, "size": 6_279_000.0}, "10⁴ yuan")
    assert small is not None and small.zh == "1.23 %" and shown_gap({**entry, "gap": None}, "10⁴ yuan") is None


def test_how_many_cities_are_done_is_said() -> None:
    course = Course(alloc.read("hand"))
    picture = course.after(Progress("every city by itself", "", 2.0, state=TierState.BETTER, part=(1, 2)))
    assert picture.stages[1].note.en == "1 / 2" and "1 of 2" in picture.headline.en
    assert course.after(Progress("facilities fixed", "", 3.0)).happened[-1].seconds == 3.0


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        found.settled()
        yield found


def until(client: Client, true: Callable[[dict[str, Any]], bool], seconds: float = 90.0) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while not true(state := client.state()):
        assert time.monotonic() < end, state["words"]
        time.sleep(0.1)
    return state


def test_an_edit_stops_a_run_and_it_begins_again_once_it_is_kept(client: Client) -> None:
    assert client.edit("pools.general.total = 9400", trial=True).status_code == 202
    assert "relaxation" not in client.settled()["effect"]["sentence"]["en"], "there is nothing else to compare"
    assert client.step("undo").status_code == 202
    client.settled()
    last = client.state()["last_event"]
    first = client.post(f"w/{client.w}/solve", {}).json()["job"]
    assert client.state()["jobs"][0]["progress"]["headline"]["zh"]
    assert client.edit("pools.general.total = 9500", trial=True).status_code == 202
    client.settled()
    told = events(client, last, lambda found: found[-1]["event"] == "answer")
    assert told[-1]["data"] == {**told[-1]["data"], "job": first, "state": "stopped", "again": True}
    assert client.state()["jobs"] == [], "a trial is not solved with whole facilities"
    assert client.step("keep").status_code == 202
    whole = until(client, lambda state: state["kind"] == "whole")
    assert whole["edits"][0]["trial"] is False and whole["jobs"] == []
    expected = alloc.solve("hand", relaxation=False, edits="pools.general.total = 9500")
    assert whole["hash"] == expected.instance.hash
    assert [each["id"] for each in whole["whole"]] == [each["tier"] for each in expected.manifest["tiers"]]
    assert all(each["relaxed"] and each["best"] for each in whole["whole"])
    assert client.step("undo").status_code == 202
    assert client.settled()["kind"] == "relaxation" and client.state()["jobs"] == [], "what is done is not done again"


def test_whole_facilities_are_shown_again_where_what_they_were_solved_for_stands_again(client: Client) -> None:
    """A trial that is discarded, and an edit that is taken back, lead to the result that is on disk; nothing is solved
    again, and a result that is gone is not shown."""
    assert client.post(f"w/{client.w}/solve", {}).status_code == 202
    whole = until(client, lambda state: state["kind"] == "whole")
    same = ("hash", "base", "kind", "words", "tiers", "whole", "changed", "effect", "pools")
    for trial in (True, False):
        assert client.edit("pools.general.total = 9300", trial=trial).status_code == 202
        alone = client.settled()
        assert alone["kind"] == "relaxation" and alone["whole"] is None
        said = alone["effect"]["sentence"]
        assert said["en"].endswith("This compares relaxations, not the result with whole facilities.")
        assert said["zh"].endswith("这里是松弛解与松弛解相比，不是与整座设施的结果相比。")
        assert client.step("undo").status_code == 202
        again = client.settled()
        assert {name: again[name] for name in same} == {name: whole[name] for name in same}
        assert again["jobs"] == [] and not again["trial"]
    live = client.desk.live(client.w)
    assert live.shown is not None
    place = live.stored(live.shown)
    assert place is not None and Path(place).is_dir()
    assert client.edit("pools.general.total = 9200").status_code == 202
    client.settled()
    assert client.post(f"w/{client.w}/solve", {}).status_code == 202  # which is at hand then
    until(client, lambda state: state["kind"] == "whole")
    shutil.move(place, f"{place}-moved")
    assert client.step("undo").status_code == 202
    assert client.settled()["kind"] == "relaxation"


def test_warnings_of_whole_facilities_are_those_of_the_relaxation(client: Client) -> None:
    """One, that an earmark stands above a cap, is of the solve and not of the tables."""
    lines = [f"add last_year {{ city = '{city}', pool = 'general', amount = 4000 }}" for city in ("000001", "000002")]
    lines += ["pools.general.cap_multiple = 1.2", "add earmarks { city = '000001', pool = 'general', amount = 6000 }"]
    assert client.edit(*lines).status_code == 202
    client.settled()
    counts = []
    for whole in (False, True):
        if whole:
            assert client.post(f"w/{client.w}/solve", {}).status_code == 202
            until(client, lambda state: state["kind"] == "whole")
        tables = client.get(f"w/{client.w}/tables/earmarks").json()["tables"]
        counts.append({each["name"]: each["warnings"] for each in tables})
    assert counts[0] == counts[1] and sum(counts[0].values()) > 0
    assert client.step("undo").status_code == 202
    client.settled()


def test_a_run_that_is_given_up_does_not_begin_again(client: Client) -> None:
    job = client.post(f"w/{client.w}/solve", {}).json()["job"]
    assert client.post(f"jobs/{job}/stop", {"keep": False}).status_code == 202
    assert client.edit("pools.general.total = 9400").status_code == 202
    assert client.settled()["kind"] == "relaxation" and client.state()["jobs"] == []
    assert client.step("undo").status_code == 202


@pytest.mark.slow
def test_a_run_that_is_stopped_keeps_its_best_plan(tmp_path: Path) -> None:
    """At 337, while cities choose their facilities: a verified plan that says it was stopped."""
    with served(tmp_path) as client:
        client.begin("china-2020", "shipped")
        client.settled(300)
        job = client.post(f"w/{client.w}/solve", {}).json()["job"]
        end = time.monotonic() + 300
        while not (found := client.get(f"jobs/{job}").json())["progress"]["can_keep"]:
            assert time.monotonic() < end and found["state"] in ("waiting", "running")
            time.sleep(0.2)
        assert client.post(f"jobs/{job}/stop", {"keep": True}).status_code == 202
        state = until(client, lambda state: state["kind"] != "relaxation", 300)
        assert state["kind"] == "stopped" and state["verified"] and state["whole"]


def test_the_process_beside_is_there_before_the_first_question(tmp_path: Path) -> None:
    """Where an instance has whole facilities; where it has none nothing is started."""
    shutil.copytree(HAND, tmp_path / "whole")
    settings = tmp_path / "whole" / "instance.toml"
    text = settings.read_text(encoding="utf-8")
    assert "integers = false" in text
    settings.write_text(text.replace("integers = false", "integers = true"), encoding="utf-8")
    with served(tmp_path / "desk") as client:
        client.begin(HAND)
        client.settled()
        client.begin(tmp_path / "whole")
        until = time.monotonic() + 60
        while not client.desk.live(client.w).jobs.ready:
            assert time.monotonic() < until
            time.sleep(0.05)
        first, second = sorted(client.desk.opened(), key=lambda live: live.instance.own_settings.integers)
        assert not first.jobs.ready and second.jobs.ready
