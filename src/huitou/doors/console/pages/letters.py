"""Letters in doubt: sent off, and nobody knows whether they arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.runs.views import Doubt

routes = APIRouter()


@dataclass(frozen=True)
class Letters:
    """The letters somebody must find out about."""

    doubts: Sequence[Doubt]


@routes.get("/letters")
def letters(visit: Member) -> Response:
    """The page of letters in doubt, the oldest first."""
    return visit.page("letters.html", Letters(visit.shop.in_doubt()))


@routes.post("/letters/{decision}/{channel}")
def settle(
    visit: Member, decision: str, channel: str, arrived: Annotated[bool, Form()]
) -> Response:
    """Write down what was found out; the letter is never sent again either way."""
    visit.needs("manager", "clerk")
    visit.shop.settle_doubt(decision, channel, arrived=arrived, by=visit.member.name)
    return visit.to("/letters")
