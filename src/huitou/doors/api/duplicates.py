"""Two customers who may be one, for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from huitou.doors.api.caller import Asker, Reader
from huitou.doors.api.shapes import answer_of
from huitou.runs.desks.duplicates import DuplicatesPage, PairView

routes = APIRouter(prefix="/duplicates", tags=["duplicates"])


@routes.get("", responses=answer_of(DuplicatesPage))
def page(caller: Reader) -> Any:
    """Pairs to look at, the likeliest first, with why; those that are one, and that are not."""
    return caller.write(caller.shop.duplicates.page())


@routes.get("/{pair}", responses=answer_of(PairView))
def find(caller: Reader, pair: str) -> Any:
    """One pair, with every word about it: who said it, when, and at which weight."""
    return caller.write(caller.shop.duplicates.find(pair))


@routes.post("/{pair}/same", responses=answer_of(PairView))
def same(caller: Asker, pair: str) -> Any:
    """They are one, from the next run on: facts, balances, consents and lots follow."""
    return caller.write(caller.shop.duplicates.same(pair, caller.by))


@routes.post("/{pair}/different", responses=answer_of(PairView))
def different(caller: Asker, pair: str) -> Any:
    """They are two, and are never proposed again; who was one is parted by the next run."""
    return caller.write(caller.shop.duplicates.different(pair, caller.by))


@routes.post("/{pair}/undo", responses=answer_of(PairView))
def undo(caller: Asker, pair: str) -> Any:
    """Take the last word back: the pair waits to be looked at again."""
    return caller.write(caller.shop.duplicates.undo(pair, caller.by))
