"""Who surely leaves far more than the usual customer, for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.letting_go.views import SuperPage

routes = APIRouter(tags=["superusers"])


@routes.get("/superusers", responses=answer_of(SuperPage))
def super_users(caller: Reader, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Any:
    """Who surely leaves far more than the usual customer, what sets them apart, their worth."""
    return caller.write(caller.shop.super_users.page(limit))
