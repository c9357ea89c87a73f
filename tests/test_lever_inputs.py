"""What a lever brings to an instance: columns, settings and derived data; and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from alloc.formulation.columns import NO_UNIT, SHARE, SUM, Column
from alloc.formulation.errors import FormulationError
from alloc.formulation.lever import Formulation, Lever
from alloc.formulation.settings import LeverSettings, Number, setting
from alloc.instance.schema.levers import sections, with_columns
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

HERE = Path(__file__).resolve().parent


@pytest.mark.slow
def test_with_a_lever_installed() -> None:
    """The tests of `with_renewal` pass in a process that finds the package of ``data/renewal``."""
    known = [str(HERE / "data" / "renewal"), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    tests = str(HERE / "with_renewal.py")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", tests],
        cwd=HERE.parent, env={**os.environ, "PYTHONPATH": os.pathsep.join(known)}, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def column(name: str = "renewal_cost", title: str = "Cost of renewal", **given: Any) -> Column:
    titles = Text("更新成本", title)
    return Column(
        name, "number", NO_UNIT, titles, Text("说明。", "A note."), **{"required": False, "merging": SUM, **given}
    )


class Idle(LeverSettings):
    """With a default."""

    TITLE: ClassVar[Text] = Text("更新", "Renewal")
    share: Number = setting("比例", "Share", SHARE, default=0.0)


class Needed(LeverSettings):
    """Without one."""

    TITLE: ClassVar[Text] = Text("更新", "Renewal")
    share: Number = setting("比例", "Share", SHARE)


def of(name: str = "renewal", **brought: Any) -> Formulation:
    return Formulation(name, (Lever(name, __name__, **brought),), lambda m, data: None, lambda data: {})


def joined(*formulations: Formulation) -> Mapping[str, Any]:
    return with_columns(TABLES.values(), formulations, derived=("fiscal_gap",))


def test_columns_join_at_the_end_of_their_table() -> None:
    one = column()
    tables = joined(of(columns={"cities": (one,)}), of("other", columns={"cities": (one,)}))
    assert tables["cities"].columns == (*TABLES["cities"].columns, one)
    assert tables["cities"].joined == {*TABLES["cities"].joined, "renewal_cost"}
    assert tables["pools"] is TABLES["pools"]


@pytest.mark.parametrize(("brought", "said"), [
    ({"cities": (column(required=True),)}, "cities.renewal_cost has to be one that may be empty (required=False)"),
    ({"cities": (column(key=True),)}, "cities.renewal_cost has to be one that may be empty (required=False)"),
    ({"city": (column(),)}, "there is no table city"),
    ({"cities": (column("idle"),)}, "cities.idle has a name or title of the column idle"),
    ({"services": (column("gates"),)},
     "services.gates has a name or title of the column settlement_prerequisite"),
    ({"cities": (column(title="Idle land"),)},
     "cities.renewal_cost has a name or title of the column idle"),
    ({"cities": (column("fiscal_gap"),)}, "cities.fiscal_gap has the name of something derived"),
    ({"cities": (column(merging=None),)}, "cities.renewal_cost does not say how it adds (merging)"),
    ({"cities": (column(driver="weather"),)}, "cities.renewal_cost: there is no driver weather"),
    ({"cities": (column(), column())}, "cities.renewal_cost has a name or title of the column renewal_cost"),
])  # fmt: skip
def test_columns_that_are_refused(brought: Mapping[str, Any], said: str) -> None:
    with pytest.raises(FormulationError) as raised:
        joined(of(columns=brought))
    assert str(raised.value) == f"test_lever_inputs.py: {said}"


def test_two_levers_with_a_column_of_one_name() -> None:
    """Refused although they are of two formulations: one table holds both."""
    with pytest.raises(FormulationError, match=r"^test_lever_inputs\.py: cities\.renewal_cost has a name or title"):
        joined(of(columns={"cities": (column(),)}), of("other", columns={"cities": (column(),)}))


def test_sections() -> None:
    assert dict(sections([of(settings=Idle), of("renewal", settings=Idle)], ["land"])) == {"renewal": Idle}


@pytest.mark.parametrize(("formulations", "said"), [
    ([of(settings=Needed)], "policy.renewal: share without a default"),
    ([of("land", settings=Idle)], "there are settings policy.land already"),
    ([of(settings=Idle), of(settings=type("Idle", (Idle,), {}))], "there are settings policy.renewal already"),
    ([of(settings=dict)], "policy.renewal is no LeverSettings with a TITLE"),
])  # fmt: skip
def test_settings_that_are_refused(formulations: list[Formulation], said: str) -> None:
    with pytest.raises(FormulationError) as raised:
        sections(formulations, ["land"])
    assert str(raised.value) == f"test_lever_inputs.py: {said}"
