"""The five questions: how many, which, why, where to, and how to get them back."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.views import Answers, Cause, PersonRow, Range

routes = APIRouter()
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Questions:
    """The five answers, and where their drawings stand."""

    answers: Answers
    squares: tuple[str, ...]
    """A hundred squares: each is one customer in a hundred."""

    @property
    def lost_share(self) -> float:
        """Share of all customers that is lost."""
        return self.answers.lost.count / max(self.answers.customers, 1)

    @property
    def worst(self) -> tuple[PersonRow, ...]:
        """The lost that were worth most, the greatest value first."""
        return self.answers.worst_lost

    @property
    def worst_ranges(self) -> tuple[Range, ...]:
        """One scale for their bars."""
        return tuple(row.missed for row in self.answers.worst_lost if row.missed is not None)

    @property
    def suspects(self) -> tuple[Cause, ...]:
        """Causes of at least one customer, the commonest first; what nobody knows comes last."""
        found = [cause for cause in self.answers.causes if cause.customers >= 0.5]
        return tuple(sorted(found, key=lambda cause: (cause.code == UNKNOWN, -cause.customers)))

    @property
    def most_lost(self) -> float:
        """Scale of the bars of causes."""
        return max((cause.customers for cause in self.answers.causes), default=1.0)


@routes.get("/questions")
def questions(visit: Member) -> Response:
    """The page of the five questions."""
    answers = visit.shop.answers()
    return visit.page("questions.html", Questions(answers, drawing.hundred(answers.stages)))
