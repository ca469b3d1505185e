"""Why: the receipt of one customer on one day, a dry run of a plan, and a plan drafted again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console.typed import a_day
from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said
from huitou.runs.desks.rehearsals import GoingItem, GoingView
from huitou.runs.desks.why import WhyLine, WhyView

routes = APIRouter()

CHAPTERS = {
    "known": said("What was known"),
    "lot": said("The lot"),
    "price": said("Prices of that plan"),
    "version": said("Versions"),
}
LISTED = 200
"""Items of a dry run on one page; the command line and the API list them all."""


@dataclass(frozen=True)
class ReceiptPage:
    """The receipt with its chapters."""

    why: WhyView
    on: date | None

    @property
    def chapters(self) -> tuple[tuple[str, Sentence, tuple[WhyLine, ...]], ...]:
        """Code, title and lines of each chapter that says something."""
        all_of = ((code, title, self.why.chapter(code)) for code, title in CHAPTERS.items())
        return tuple(each for each in all_of if each[2])

    @staticmethod
    def drawn(chances: str) -> tuple[tuple[str, float], ...]:
        """`thank:0.95 nothing:0.05` as acts with their chances."""
        pairs = (each.rsplit(":", 1) for each in chances.split())
        return tuple((act, float(share)) for act, share in pairs)


@dataclass(frozen=True)
class GoingPage:
    """A dry run, with as many items as a page bears: refused ones first."""

    going: GoingView
    items: tuple[GoingItem, ...]

    @property
    def more(self) -> int:
        """How many items are not listed here."""
        return len(self.going.items) - len(self.items)


@routes.get("/why/{key:path}")
def why(visit: Member, key: str, on: str | None = None, plan: str | None = None) -> Response:
    """The receipt of one customer: of the newest plan, of the one that held on a day, or of one
    that is named.
    """
    day = a_day(on) if on else None
    return visit.page("why.html", ReceiptPage(visit.shop.why(key, day, plan), day))


@routes.get("/plan/{plan_id}/dry-run")
def dry_run(visit: Member, plan_id: str) -> Response:
    """What would leave if the plan were carried out now; nothing is written."""
    going = visit.shop.rehearse(plan_id)
    items = sorted(going.items, key=lambda item: item.leaves)
    return visit.page("going.html", GoingPage(going, tuple(items[:LISTED])))


@routes.get("/plan/{plan_id}/replay")
def replay(visit: Member, plan_id: str) -> Response:
    """The plan drafted again from what was kept."""
    return visit.page("drafted_again.html", visit.shop.replay_plan(plan_id))
