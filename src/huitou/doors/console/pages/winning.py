"""What a customer costs: to win, until paid back, against keeping one, and to serve."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from huitou.doors.console.visit import Member
from huitou.ground.errors import Ambiguous, HuitouError
from huitou.ground.languages import speaker
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.runs.desks.spending import AsideView, SpendingView, TakenView
    from huitou.runs.desks.winning import WinningView
    from huitou.sources.contract import Question

routes = APIRouter()

DRAWN = 4
"""Parts that are drawn beside the whole: the largest."""
BY: Mapping[str, Sentence] = {
    "acquisition": said("Where they came from"),
    "channel": said("Channel"),
    "campaign": said("Campaign"),
    "store": said("Store"),
    "region": said("Region"),
    "tier": said("Step of the ladder"),
}


@dataclass(frozen=True)
class WinningPage:
    """What the page shows."""

    found: WinningView
    by: Mapping[str, Sentence]
    chart: str
    spending: tuple[SpendingView, ...]
    taken: TakenView | None = None
    unclear: tuple[Question, ...] = ()
    """What must be said before a file can be read."""

    @property
    def aside(self) -> tuple[AsideView, ...]:
        """Rows of the file that could not be taken."""
        return self.taken.aside if self.taken else ()


@routes.get("/winning")
def winning(visit: Member, by: str = "acquisition") -> Response:
    """The page."""
    return _page(visit, by)


@routes.post("/winning/spending")
def take(
    visit: Member,
    file: Annotated[UploadFile, File()],
    encoding: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take a CSV file of spending in; rows that cannot be taken are shown with the reason."""
    visit.needs("manager")
    if not file.filename:
        raise HuitouError("choose a file first")
    with TemporaryDirectory() as folder:
        name = re.sub(r"[^\w.\- ]", "_", file.filename).lstrip(".")[-120:] or "spending.csv"
        path = Path(folder) / name
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept, 1 << 20)
        try:
            taken = visit.shop.spending.take(path, encoding or None)
        except Ambiguous as unclear:
            return _page(visit, "acquisition", unclear=unclear.questions)
    return _page(visit, "acquisition", taken)


def _page(
    visit: Member, by: str, taken: TakenView | None = None, unclear: tuple[Question, ...] = ()
) -> Response:
    found = visit.shop.winning(by if by in BY else "acquisition")
    page = WinningPage(
        found, BY, _chart(visit, found), visit.shop.spending.listed(8), taken, unclear
    )
    return visit.page("winning.html", page, 422 if unclear else 200)


def _chart(visit: Member, found: WinningView) -> str:
    """Profit of one newcomer month by month: all, its interval, and the largest parts."""
    if not found.curve:
        return ""
    says = speaker(visit.language).say
    curve = found.curve
    series: list[dict[str, Any]] = [
        {"name": says(ALL), "values": [float(each.profit.decimal) for each in curve]}
    ]
    for name, ends in ((LOW, [one.low for one in curve]), (HIGH, [one.high for one in curve])):
        if any(ends):
            values = [float(end.decimal) if end else None for end in ends]
            series.append({"name": says(name), "values": values, "dashed": True})
    for part in found.parts[:DRAWN]:
        if part.ages and len(found.parts) > 1:
            called = part.part or says(UNTOLD)
            series.append({"name": called, "values": [float(age.decimal) for age in part.ages]})
    drawn = {
        "across": [each.months for each in curve],
        "series": series,
        "level": float(found.cost.decimal) if found.cost else None,
        "unit": "money",
        "currency": curve[0].profit.currency,
        "words": {"across": says(ACROSS), "level": says(LEVEL)},
    }
    return json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c")


ALL, LOW, HIGH = said("All newcomers"), said("At least"), said("At most")
UNTOLD, ACROSS = said("Not told"), said("Month (1 is the one they came in)")
LEVEL = said("What winning one cost")
