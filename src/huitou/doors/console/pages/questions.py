"""The five questions: how many, which, why, where to, and how to get them back."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.views import Answers, Range

routes = APIRouter()


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
    def worst_ranges(self) -> tuple[Range, ...]:
        """One scale for the bars of those worth most."""
        return tuple(row.value for row in self.answers.worst_lost)

    @property
    def most_lost(self) -> int:
        """Scale of the bars of causes."""
        return round(max((cause.customers for cause in self.answers.causes), default=1))


@routes.get("/questions")
def questions(visit: Member) -> Response:
    """The page of the five questions."""
    answers = visit.shop.answers()
    return visit.page("questions.html", Questions(answers, drawing.hundred(answers.stages)))
