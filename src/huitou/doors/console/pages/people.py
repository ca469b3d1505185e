"""Customers: search, filter, sort, page by page, and take them away as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse

from huitou.doors.console.visit import Member, Visit
from huitou.facts.life import STAGE_NAMES
from huitou.ground.spreadsheets import neutral
from huitou.ground.words import Sentence, said
from huitou.runs.views import Page, PersonRow

routes = APIRouter()

SORTS = {
    "value": said("Most to come"),
    "missed": said("Most missed"),
    "orders": said("Most orders"),
    "last_day": said("Seen last"),
    "p_buy": said("Least likely to buy"),
}
PAGE = 40


@dataclass(frozen=True)
class Choice:
    """What was searched for."""

    search: str = ""
    stage: str | None = None
    act: str | None = None
    cause: str | None = None
    sort: str = "value"

    def address(self, path: str = "/customers", **other: str | None) -> str:
        """The address of this choice with some parts changed."""
        parts = {**vars(self), **other}
        asked = {name: value for name, value in parts.items() if value}
        if asked.get("sort") == "value":
            del asked["sort"]
        return f"{path}?{urlencode(asked)}" if asked else path


@dataclass(frozen=True)
class Customers:
    """A page of customers and how it was chosen."""

    choice: Choice
    found: Page
    stages: dict[str, int]
    sorts: dict[str, Sentence]

    @property
    def everyone(self) -> int:
        """All customers, whatever their stage."""
        return sum(self.stages.values())


def _choice(
    search: Annotated[str, Query(max_length=200)] = "",
    stage: str | None = None,
    act: str | None = None,
    cause: str | None = None,
    sort: str = "value",
) -> Choice:
    return Choice(
        search.strip(),
        stage if stage in STAGE_NAMES else None,
        act or None,
        cause or None,
        sort if sort in SORTS else "value",
    )


Chosen = Annotated[Choice, Depends(_choice)]


@routes.get("/customers")
def customers(visit: Member, choice: Chosen, after: str | None = None) -> Response:
    """A page of customers; `after` asks for the rows that follow."""
    found = visit.shop.people(**vars(choice), after=after, limit=PAGE)
    stages = dict(visit.shop.answers().stages)
    part = visit.request.headers.get("hx-target", "")
    more = visit.is_fragment and "more" in part
    page = Customers(choice, found, stages, SORTS)
    return visit.page("parts/people_rows.html" if more else "people.html", page)


@routes.get("/customers.csv")
def as_csv(visit: Member, choice: Chosen) -> Response:
    """Everybody the filters find, as CSV that spreadsheets open in any language."""
    return StreamingResponse(
        _csv(visit, choice),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="customers.csv"'},
    )


COLUMNS = (
    "customer",
    "name",
    "stage",
    "orders",
    "last_day",
    "chance_to_buy",
    "value",
    "value_low",
    "value_high",
    "currency",
    "act",
    "next_day",
)


def _csv(visit: Visit, choice: Choice) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    after = None
    while True:
        found = visit.shop.people(**vars(choice), after=after, limit=500)
        for row in found.rows:
            yield _line(_cells(row))
        after = found.after
        if after is None:
            return


def _cells(row: PersonRow) -> tuple[object, ...]:
    return (
        row.key,
        row.name or "",
        row.stage,
        row.orders,
        row.last_day.isoformat(),
        round(row.p_buy, 4),
        row.value.value.decimal,
        row.value.low.decimal,
        row.value.high.decimal,
        row.value.value.currency,
        row.act or "",
        row.next_day.isoformat() if row.next_day else "",
    )


def _line(cells: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(cell) for cell in cells])
    return out.getvalue()
