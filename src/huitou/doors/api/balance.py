"""The balance and the receipts, for programs: profit against spend, and why for each person."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.balance import BalanceView
from huitou.runs.desks.rehearsals import GoingView
from huitou.runs.desks.why import ReplayView, WhyView

routes = APIRouter()


@routes.get("/balance", tags=["plan"], responses=answer_of(BalanceView))
def balance(caller: Reader) -> Any:
    """Profit against spend on winning new, keeping and winning back, and what is not known."""
    return caller.write(caller.shop.balance())


@routes.get("/people/{who}/why", tags=["people"], responses=answer_of(WhyView))
def why(caller: Reader, who: str, on: date | None = None) -> Any:
    """The receipt of one customer: of the newest plan, or of the one that held on a day."""
    return caller.write(caller.shop.why(who, on))


@routes.get("/plan/{plan}/dry-run", tags=["plan"], responses=answer_of(GoingView))
def dry_run(caller: Reader, plan: str) -> Any:
    """What would leave if the plan were carried out now, item by item; nothing is written."""
    return caller.write(caller.shop.rehearse(plan))


@routes.get("/plan/{plan}/replay", tags=["plan"], responses=answer_of(ReplayView))
def replay(caller: Reader, plan: str) -> Any:
    """The plan drafted again from what was kept: whether every receipt is the same."""
    return caller.write(caller.shop.replay_plan(plan))
