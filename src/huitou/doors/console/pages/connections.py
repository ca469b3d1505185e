"""Connections: what tells by itself, when it was heard last, and what could not be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member, Visit
from huitou.ground.words import Sentence
from huitou.sources.live.contract import KINDS, PROVIDERS, Provider

if TYPE_CHECKING:
    from huitou.runs.desks.connections import ConnectionRow, NewConnection, RejectedRow

routes = APIRouter()


@dataclass(frozen=True)
class Drawn:
    """A connection with its curve."""

    row: ConnectionRow
    bars: tuple[drawing.Bar, ...]


@dataclass(frozen=True)
class Page:
    """Everything on the page."""

    drawn: Sequence[Drawn]
    rejected: Sequence[RejectedRow]
    waiting: int
    root: str
    is_ready: bool
    """Whether it is known which money and clock the shop counts by."""
    made: NewConnection | None = None
    kinds: Mapping[str, Sentence] = field(default_factory=lambda: KINDS)
    providers: Mapping[str, Provider] = field(default_factory=lambda: PROVIDERS)


@routes.get("/connections")
def connections(visit: Member) -> Response:
    """The page of connections."""
    return visit.page("connections.html", _page(visit))


@routes.post("/connections")
def make(
    visit: Member,
    kind: Annotated[str, Form(max_length=20)],
    name: Annotated[str, Form(max_length=200)],
    source: Annotated[str, Form(max_length=200)] = "",
    secret_env: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Connect one; a write key is shown this once."""
    visit.needs("manager")
    secret = secret_env.strip() if kind in PROVIDERS else ""
    made = visit.shop.connections.make(
        kind, name, visit.member.name, source=source.strip() or None, secret_env=secret or None
    )
    return visit.page("connections.html", _page(visit, made))


@routes.post("/connections/{name}/end")
def end(visit: Member, name: str) -> Response:
    """End a connection at once."""
    visit.needs("manager")
    visit.shop.connections.end(name)
    return visit.to("/connections")


def _page(visit: Visit, made: NewConnection | None = None) -> Page:
    desk, settings = visit.shop.connections, visit.shop.settings
    rows = desk.listed()
    most = float(max((count for each in rows for count in each.days), default=0))
    drawn = [Drawn(each, drawing.bars([float(n) for n in each.days], most)) for each in rows]
    ready = settings.currency is not None and settings.timezone is not None
    return Page(drawn, desk.rejected(), desk.waiting(), visit.public_root, ready, made)
