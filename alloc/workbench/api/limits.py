"""A new limit, built from what there is: what it can be made of, and the line that makes it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from alloc.workbench.api.common import PROBLEMS, Opened, answer
from alloc.workbench.picture.offer import line_of, meant, offer, where_of
from alloc.workbench.picture.refused import of_a_share
from alloc.workbench.picture.whole import found
from alloc.workbench.records import Drafted, Offer
from alloc.workbench.requests import Limit

router = APIRouter(tags=["limits"], responses=PROBLEMS)


@router.get("/w/{w}/limits", response_model=Offer)
def offered(live: Opened) -> Response:
    """Quantities, columns of conditions, senses and bases that a limit can have."""
    return answer(offer(live.instance))


@router.post("/w/{w}/limits", response_model=Drafted)
def drafted(asked: Limit, live: Opened) -> Response:
    """The line that a limit stands for, which cities it is about, and what the checks say; nothing is changed."""
    line = line_of(live.instance, asked)
    cities = meant(live.instance, where_of(asked.where))
    findings = live.check([line])
    told = of_a_share(findings) if asked.basis == "share" else findings
    return answer(Drafted(line=line, cities=cities, findings=found(told)))
