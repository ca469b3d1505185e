"""What if, for programs: what a change of churn, repeat rate, margin or cost would be worth."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.what_if import WhatIfView

routes = APIRouter()

Change = Annotated[
    str, Query(max_length=40, description="from:to in percent; to alone: from today's figure")
]


@routes.get("/what-if", tags=["metrics"], responses=answer_of(WhatIfView))
def what_if(
    caller: Reader,
    churn: Change = "",
    repeat: Change = "",
    margin: Change = "",
    cost: Annotated[str, Query(max_length=40, description="from:to in the shop's currency")] = "",
    years: Annotated[float, Query(gt=0, le=20)] = 1.0,
) -> Any:
    """What a change would add to the profit of so many years, with its interval."""
    told = {"churn": churn, "repeat": repeat, "margin": margin, "cost": cost}
    return caller.write(caller.shop.what_if(told, years))
