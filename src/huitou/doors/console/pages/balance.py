"""The balance: profit against spend on winning new, keeping and winning back."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import curves
from huitou.doors.console.visit import Member
from huitou.runs.desks.balance import BalanceView

routes = APIRouter()


@dataclass(frozen=True)
class BalancePage:
    """What the page shows, and its drawings."""

    found: BalanceView
    plot: curves.Plot
    growth: curves.Growth | None


@routes.get("/balance")
def balance(visit: Member) -> Response:
    """The page."""
    found = visit.shop.balance()
    growth = curves.growth(found.new) if found.new is not None else None
    return visit.page("balance.html", BalancePage(found, curves.plot(found), growth))
