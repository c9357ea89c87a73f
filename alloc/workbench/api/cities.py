"""GET /w/{w}/city/{code} and /binding/{family}: one city, and where a rule holds, from the result that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from alloc.explanation.city.binding import binding_cities
from alloc.explanation.shared.answer import AskError
from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, Opened, answer
from alloc.workbench.desk import MissingError
from alloc.workbench.models import Balance
from alloc.workbench.picture.effect import whole_balance
from alloc.workbench.picture.shape import Cities, City
from alloc.workbench.picture.whole import Shown

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["cities"], responses=PROBLEMS)
NOT_YET = Text("还没有可以显示的结果。", "There is no result to show yet.")
LONGEST = 60  # characters of a name that is looked for
NO_BALANCE = Text("资源池 {pool} 没有变动。", "Nothing moves in a pool {pool}.")
NO_RULE = Text("没有名为 {family} 的规则。", "There is no rule called {family}.")


@router.get("/w/{w}/city/{code}", response_model=City)
def city(live: Opened, code: str) -> Response:
    """Everything of one city, by code or name, that needs no solve; a trial against what was kept last."""
    from alloc.explanation.shared.codes import known_codes  # with the explanations, for who opens a city

    shown = _shown(live)
    try:
        (known,) = known_codes(shown.result.instance.tables, [code[:LONGEST]])
    except AskError as error:
        raise MissingError(error.message) from None
    return answer(shown.book.city(known, (live.base or shown).result))


@router.get("/w/{w}/binding/{family}", response_model=Cities)
def binding(live: Opened, family: str) -> Response:
    """The cities in which a rule has no room left."""
    shown = _shown(live)
    bound = next((each for each in shown.bounds if each.name == family), None)
    if bound is not None:
        return answer(Cities(cities=list(bound.cities)))
    if family not in set(shown.result.tables["families"]["family"]):
        raise MissingError(NO_RULE.fill(family=family[:60]))
    return answer(Cities(cities=binding_cities(shown.result, family)))


@router.get("/w/{w}/balance/{pool}", response_model=Balance)
def balance(live: Opened, pool: str) -> Response:
    """Every city that pays or gains in one pool: what is shown against what was kept last."""
    shown = _shown(live)
    found = whole_balance((live.base or shown).result, shown.result, pool)
    if found is None:
        raise MissingError(NO_BALANCE.fill(pool=pool[:LONGEST]))
    return answer(found)


def _shown(live: Live) -> Shown:
    if live.shown is None:
        raise MissingError(NOT_YET)
    return live.shown
