"""What works, for programs: beliefs about every act, and promises beside proofs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.effects import WhatWorks

routes = APIRouter()


@routes.get("/effects", tags=["plan"], responses=answer_of(WhatWorks))
def effects(caller: Reader) -> Any:
    """What each act is believed to move, by stage, and what plans promised and kept."""
    return caller.write(caller.shop.effects.seen())
