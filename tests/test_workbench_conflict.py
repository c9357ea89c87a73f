"""What a conflict says: who decides about a limit, classes by title, what bars are of; and a search that stops."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("fastapi")
from alloc.explanation.infeasibility.groups import Group
from alloc.explanation.infeasibility.words import Names
from alloc.instance.derived.derived import derive
from alloc.instance.prechecks.all import precheck
from alloc.opening import opened
from alloc.scenario import apply, parse_edit
from alloc.text import Text
from alloc.workbench.jobs import KEEPING, Job, Jobs


@pytest.fixture(scope="module")
def asked() -> tuple[Names, tuple[object, ...]]:
    """China with a smaller part of new land for megacities than their floors need."""
    base = opened("china-2020", relaxation=True).instance
    instance = apply(base, [parse_edit("limits.megacity_land.value = 0.07", 1)]).instance
    derived = derive(instance)
    return Names(instance, derived), precheck(instance, derived)


def group(family: str, item: str, level: str, place: str) -> Group:
    return SimpleNamespace(family=family, item=item, level=level, place=place,  # type: ignore[return-value]
                           cities=("110000", "310000"))  # fmt: skip


def test_a_size_class_is_called_by_its_title(asked: tuple[Names, tuple[object, ...]]):
    assert asked[0].group(group("floor", "", "class", "megacity")) == Text("超大城市 2 个城市", "2 cities of megacity")


def test_a_limit_is_decided_about_by_the_office_that_it_names(asked: tuple[Names, tuple[object, ...]]):
    names = asked[0]
    assert names.decides(group("group_limit", "megacity_land", "nation", "")) == "higher_rule"
    assert names.titled("group_limit")[2] == "planner"


def test_amounts_set_against_each_other_say_of_which_limit_in_per_cent_first(asked: tuple[Names, tuple[object, ...]]):
    found = next(each for each in asked[1] if each.column == "value")  # type: ignore[attr-defined]
    assert found.remedy.zh == "限值改为 7.298 %（即 0.07298），合计 14,596 公顷，或放宽这些规则。"  # type: ignore[attr-defined]
    assert asked[0].about(found).zh == "超大城市新增用地占比（megacity_land）"  # type: ignore[arg-type]


def test_a_search_for_repairs_keeps_what_it_has_when_it_is_stopped():
    """The process beside is told that it is enough, and is not ended."""
    jobs = Jobs(lambda job: None, lambda job, event, data: None)
    told: list[str] = []
    job = Job("1", {"kind": "conflict"})
    jobs._jobs["1"], jobs._running = job, job
    jobs._enough = SimpleNamespace(set=lambda: told.append("enough"))  # type: ignore[assignment]
    job.state = "running"
    jobs.stop("1", keep=True)
    assert (told, job.state) == (["enough"], "running") and "conflict" in KEEPING
    jobs.stop("1", keep=False)
    assert job.state == "stopped"
