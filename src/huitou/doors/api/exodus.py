"""Exoduses, for programs: groups that leave beyond what was expected, and who of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.exodus import AwayView, ExodusView

routes = APIRouter()


@routes.get("/exodus", tags=["metrics"], responses=answer_of(ExodusView))
def exodus(caller: Reader) -> Any:
    """Groups that stay away beyond what was expected of their customers, and the next surest."""
    return caller.write(caller.shop.exodus())


@routes.get("/exodus/people", tags=["metrics"], responses=answer_of(AwayView))
def people(
    caller: Reader,
    kind: Annotated[str, Query(description="store, channel, region, sku, …")],
    part: Annotated[str, Query(description="The value: a store's name.")],
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """Who of a named group was expected and stayed away, the dearest first."""
    return caller.write(caller.shop.exodus_people(kind, part, limit))
