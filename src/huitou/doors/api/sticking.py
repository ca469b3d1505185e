"""What holds customers and what fits them next, for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.sticking import HoldView, StickingView

routes = APIRouter(prefix="/next", tags=["next"])


@routes.get("", responses=answer_of(StickingView))
def seen(caller: Reader) -> Any:
    """How many products customers use, who stayed, and how well the next one was foretold."""
    return caller.write(caller.shop.sticking.seen())


@routes.get("/{person:path}", responses=answer_of(HoldView))
def of(caller: Reader, person: str) -> Any:
    """What fits one customer next, and the wall around them."""
    return caller.write(caller.shop.sticking.of(person))
