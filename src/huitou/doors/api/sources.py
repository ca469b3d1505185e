"""Databases and folders that are asked for what is new, for programs that look after them.

They are added by the owner, in the console or on the command line, and not here: whoever may name
a host and a variable could have its secret sent there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Importer, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.fetched import FileRow, SourceRow
from huitou.runs.fetching import Pulled

routes = APIRouter(prefix="/sources", tags=["sources"])

Policy = Literal["evolve", "freeze", "discard"]


class Change(BaseModel):
    """Other answers to surprises, or another freshness."""

    on_columns: Policy | None = Field(None, description="When a column is new or gone.")
    on_types: Policy | None = Field(None, description="When a value is of another kind.")
    fresh_hours: int | None = Field(None, ge=1, le=8784)


@routes.get("", responses=answers_of(SourceRow))
def listed(caller: Reader) -> Any:
    """What is asked, when it was last, and what went wrong."""
    return caller.write(caller.shop.sources.listed())


@routes.post("/pull", responses=answers_of(Pulled))
def pull_all(caller: Importer) -> Any:
    """Ask all of them now; one that fails stops no other."""
    return caller.write(caller.shop.sources.pull_all())


@routes.post("/{name}/pull", responses=answer_of(Pulled))
def pull(
    caller: Importer,
    name: str,
    anew: Annotated[bool, Query(description="From its first row on.")] = False,
    again: Annotated[bool, Query(description="Try files that were set aside.")] = False,
) -> Any:
    """Ask one now, and take in what is new."""
    return caller.write(caller.shop.sources.pull(name, anew=anew, again=again))


@routes.get("/{name}/files", responses=answers_of(FileRow))
def files(caller: Reader, name: str, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Any:
    """The files of a folder, the latest first."""
    return caller.write(caller.shop.sources.files(name, limit))


@routes.patch("/{name}", responses=answer_of(SourceRow))
def change(caller: Importer, name: str, wanted: Change) -> Any:
    """Other answers to surprises, or another freshness."""
    given = {each: value for each, value in wanted.model_dump().items() if value is not None}
    return caller.write(caller.shop.sources.change(name, **given))


@routes.delete("/{name}", responses=answer_of(SourceRow))
def remove(caller: Importer, name: str) -> Any:
    """Ask it no more; what it brought stays."""
    return caller.write(caller.shop.sources.remove(name))
