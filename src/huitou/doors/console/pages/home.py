"""The first page, in the order a merchant works: alerts, money, figures, today's list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.runs.first_page import Alert, AtHand, Home
from huitou.runs.verdicts import WHOLE, ProofView
from huitou.runs.views import Answers

routes = APIRouter()


@dataclass(frozen=True)
class Tile:
    """One figure: what it is, how much, against before, and who is behind it."""

    title: Sentence
    meaning: Sentence
    value: int | float | Money
    before: int | float | Money | None
    better: int
    """+1 when more is better, -1 when less is."""
    opens: str
    tone: str

    @property
    def change(self) -> float | None:
        """Relative change since before; for shares the difference in points."""
        if self.before is None:
            return None
        now, then = _number(self.value), _number(self.before)
        if isinstance(self.value, float):
            return now - then
        return now / then - 1 if then else None

    @property
    def mood(self) -> str:
        """Whether the change is good, bad or nothing."""
        change = self.change
        if change is None or abs(change) < 0.0005:
            return "still"
        return "good" if change * self.better > 0 else "bad"


MENDED_AT = {
    "alarms": "/alarms",
    "overdue": "/complaints?show=overdue",
    "quarantine": "/files#aside",
    "in_doubt": "/letters",
    "interviews_in_doubt": "/interviews",
    "reports_in_doubt": "/report#sent",
    "stopped": "/harm",
    "exodus": "/exodus",
    "margin": "/settings",
    "limits": "/plan",
}
"""Code of an alert -> the page on which it is put right."""


@dataclass(frozen=True)
class HomePage:
    """What the first page shows."""

    home: Home
    tiles: tuple[Tile, ...]
    movement: drawing.Movement | None
    whole: ProofView | None
    """The verdict on everything that was done; never the best of several plans."""
    plans: tuple[ProofView, ...]
    """The verdicts on the single plans, as such."""
    at_hand: AtHand
    """What waits for staff."""
    mended_at: Mapping[str, str]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Everything to be seen first: what rings, then what the figures rest on."""
        return (*self.at_hand.alerts, *self.home.alerts)

    @property
    def answers(self) -> Answers:
        """The five answers, for the banner."""
        return self.home.answers


@dataclass(frozen=True)
class Beginning:
    """What a shop shows before its first answers."""

    has_demo: bool
    at_hand: AtHand
    """Customers may complain before the first order is read."""
    mended_at: Mapping[str, str]


@routes.get("/")
def home(visit: Member) -> Response:
    """The first page; for an empty shop the way in."""
    shop = visit.shop
    at_hand = shop.at_hand()
    if shop.is_empty() or not shop.has_run():
        begun = Beginning(visit.desk.demo is not None, at_hand, MENDED_AT)
        return visit.page("first.html" if shop.is_empty() else "not_run.html", begun)
    shown = shop.home_page()
    page = HomePage(
        shown,
        tiles(shown.answers, shown.before),
        drawing.movement(shown.flows) if shown.flows else None,
        next((proof for proof in shown.proofs if proof.programme == WHOLE), None),
        tuple(proof for proof in shown.proofs if proof.programme != WHOLE),
        at_hand,
        MENDED_AT,
    )
    return visit.page("home.html", page)


def tiles(now: Answers, before: Answers | None) -> tuple[Tile, ...]:
    """The figures of the front page, each with the same one horizon earlier."""
    return (
        Tile(
            said("Repeat rate"),
            said("of all customers bought on two days or more"),
            now.repeat_purchase_rate,
            before.repeat_purchase_rate if before else None,
            +1,
            "/customers?sort=orders",
            "loyal",
        ),
        Tile(
            said("Still customers"),
            said("everybody who is not lost"),
            now.active,
            before.active if before else None,
            +1,
            "/stages",
            "active",
        ),
        Tile(
            said("Won back"),
            said("were lost, and have bought again"),
            now.stages.get("returned", 0),
            before.stages.get("returned", 0) if before else None,
            +1,
            "/customers?stage=returned",
            "returned",
        ),
        Tile(
            said("Slipping"),
            said("overdue by their own rhythm"),
            now.slipping.count,
            before.slipping.count if before else None,
            -1,
            "/customers?stage=slipping&sort=missed",
            "slipping",
        ),
        Tile(
            said("Lost"),
            said("will hardly buy again by themselves"),
            now.lost.count,
            before.lost.count if before else None,
            -1,
            "/customers?stage=lost",
            "lost",
        ),
    )


def _number(value: int | float | Money) -> float:
    return float(value.minor if isinstance(value, Money) else value)
