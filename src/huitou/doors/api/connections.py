"""Shops, sites and apps that tell by themselves, for programs that set them up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from huitou.doors.api.caller import Importer, Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs.desks.connections import ConnectionRow, NewConnection, RejectedRow

routes = APIRouter(prefix="/connections", tags=["connections"])


class Wanted(BaseModel):
    """What to connect."""

    kind: str = Field(description="server, browser, shopify, woocommerce, stripe or youzan.")
    name: str = Field(min_length=1, max_length=80)
    source: str | None = Field(None, max_length=80, description="Shared by those of one shop.")
    secret_env: str | None = Field(None, max_length=80)


@routes.get("", responses=answers_of(ConnectionRow))
def listed(caller: Reader) -> Any:
    """What is connected, the latest first."""
    return caller.write(caller.shop.connections.listed())


@routes.post("", responses=answer_of(NewConnection))
def make(caller: Importer, wanted: Wanted) -> Any:
    """Connect one; a write key is told this once."""
    made = caller.shop.connections.make(
        wanted.kind, wanted.name, caller.by, source=wanted.source, secret_env=wanted.secret_env
    )
    return caller.write(made)


@routes.delete("/{name}", responses=answer_of(ConnectionRow))
def end(caller: Importer, name: str) -> Any:
    """End a connection at once, by its id or name."""
    return caller.write(caller.shop.connections.end(name))


@routes.get("/rejected", responses=answers_of(RejectedRow))
def rejected(caller: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Any:
    """What was told and could not be taken, the latest first."""
    return caller.write(caller.shop.connections.rejected(limit))
