"""What customers cost, for programs: to win, to keep, to serve; and what was spent on it."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile

from huitou.doors.api.caller import Importer, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.runs.desks.spending import SpendingView, TakenView
from huitou.runs.desks.winning import LossesView, WinningView

routes = APIRouter()


@routes.get("/winning", tags=["metrics"], responses=answer_of(WinningView))
def winning(
    caller: Reader,
    by: Annotated[
        str, Query(description="acquisition, channel, campaign, store, region or tier")
    ] = "acquisition",
) -> Any:
    """What customers cost to win, to keep and to serve, and when newcomers have paid it back."""
    return caller.write(caller.shop.winning(by))


@routes.get("/losses", tags=["metrics"], responses=answer_of(LossesView))
def losses(caller: Reader) -> Any:
    """Who was lost between the last two moments, by stage and by age of the relationship."""
    found = caller.shop.losses()
    if found is None:
        raise NotYet(said("Losses show once there are two moments to compare."))
    return caller.write(found)


@routes.get("/spending", tags=["files"], responses=answers_of(SpendingView))
def listed(caller: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
    """What files said was spent on winning and keeping customers, the latest days first."""
    return caller.write(caller.shop.spending.listed(limit))


@routes.post("/spending", tags=["files"], responses=answer_of(TakenView))
def take(
    caller: Importer,
    file: Annotated[UploadFile, File()],
    encoding: Annotated[str | None, Form()] = None,
) -> Any:
    """Take a CSV file of spending in; the same file again changes nothing.

    Letters that can be read in more ways than one are asked back (422, with `questions`).
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.filename or "spending.csv").name or "spending.csv")
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept, 1 << 20)
        return caller.write(caller.shop.spending.take(path, encoding))
