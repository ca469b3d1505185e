"""The plan: what it does, costs and should bring; read its letters, approve it, carry it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console import curves, drawing
from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.money import Money, to_minor
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.runs.first_page import Alert
from huitou.runs.verdicts import WHOLE
from huitou.runs.views import LetterSample, PersonRow, PlanTotals, Range, Receipt

routes = APIRouter()
ANY = "any"
"""Every act but leaving in peace: the receipts that open with the page."""


@dataclass(frozen=True)
class Promise:
    """What an earlier plan promised, and what its control group showed."""

    plan: str
    promised: Range
    proven: Range


@dataclass(frozen=True)
class PlanPage:
    """What the page of the plan shows."""

    plan: PlanTotals | None
    letters: Sequence[LetterSample]
    receipts: Sequence[tuple[PersonRow, Receipt]]
    after: str | None
    act: str | None
    budget: Decimal | None
    hours: float
    waiting: PlanTotals | None = None
    """A plan that was approved and not carried out, where a newer draft stands before it."""
    remarks: Sequence[Alert] = ()
    """What must be said beside the figures."""
    plot: curves.Plot | None = None
    """Budget against profit, where the plan was drafted with it."""
    promise: Promise | None = None
    """How the last promise fared that a control group could judge."""

    @property
    def span(self) -> drawing.Span:
        """Where the gain stands, with zero."""
        if self.plan is None:
            raise NotYet(said("There is no plan yet."))
        return drawing.range_span(self.plan.gain)

    @property
    def acting(self) -> tuple[tuple[str, int], ...]:
        """Acts that reach somebody, the commonest first."""
        return drawing.doing(self.plan.acts) if self.plan else ()

    @property
    def reached(self) -> int:
        """How many people get something."""
        return sum(count for _, count in self.acting)


@routes.get("/plan")
def plan(visit: Member, act: str | None = None, after: str | None = None) -> Response:
    """The open plan; `after` asks for the receipts that follow."""
    shop, totals = visit.shop, visit.shop.plan()
    rows: Sequence[tuple[PersonRow, Receipt]] = ()
    following: str | None = None
    letters: Sequence[LetterSample] = ()
    if totals is not None:
        rows, following = shop.receipts(totals.id, act=act or ANY, after=after, limit=20)
        letters = tuple(shop.letters(totals.id)) if after is None else ()
    budget, hours = _limits(shop.settings, totals)
    waiting = shop.latest_plan("applying", "approved")
    if totals is not None and waiting is not None and waiting.id == totals.id:
        waiting = None
    page = PlanPage(
        totals, letters, rows, following, act or None, budget, hours, waiting, shop.remarks(),
        plot=_plot(visit) if totals is not None and after is None else None,
        promise=_promise(visit),
    )  # fmt: skip
    return visit.page("parts/receipts.html" if after and visit.is_fragment else "plan.html", page)


def _plot(visit: Member) -> curves.Plot | None:
    """Budget against profit; None for a plan that was drafted without it."""
    try:
        return curves.plot(visit.shop.balance(), only=("together",))
    except NotYet:
        return None


def _promise(visit: Member) -> Promise | None:
    """The latest plan whose control group was read out, beside what it had promised."""
    try:
        read_out = [each for each in visit.shop.proofs() if each.effect is not None]
    except NotYet:
        return None
    for proof in read_out:
        promised = visit.shop.plan(proof.programme) if proof.programme != WHOLE else None
        if promised is not None and proof.effect is not None:
            return Promise(promised.id, promised.gain, proof.effect)
    return None


def _limits(kept: Settings, totals: PlanTotals | None) -> tuple[Decimal | None, float]:
    """Budget and hours for the form: those of this draft, or those of the shop."""
    if totals is None or totals.budget is None or totals.staff_hours is None:
        return major_units(kept.budget, kept.currency), kept.staff_hours
    return totals.budget.decimal, totals.staff_hours


@routes.post("/plan/draft")
def draft(
    visit: Member, budget: Annotated[str, Form()] = "", hours: Annotated[str, Form()] = ""
) -> Response:
    """Draft the plan anew within other limits, which hold for this draft alone."""
    visit.needs("manager")
    shop = visit.shop
    try:
        limit = to_minor(Decimal(budget.strip()), shop.settings.money) if budget.strip() else None
        staff_hours = float(hours) if hours.strip() else None
    except (InvalidOperation, ValueError) as bad:
        raise HuitouError("budget and hours are numbers, like 250 or 7.5") from bad
    if (limit or 0) < 0 or (staff_hours or 0) < 0:
        raise HuitouError("budget and hours cannot be below nothing")
    shop.draft_plan(limit, staff_hours, visit.member.name)
    return visit.to("/plan")


@routes.post("/plan/{plan_id}/approve")
def approve(visit: Member, plan_id: str) -> Response:
    """Approve the draft: from now on it may be carried out."""
    visit.needs("manager")
    visit.shop.approve_plan(plan_id, visit.member.name)
    return visit.to("/plan")


@routes.post("/plan/{plan_id}/apply")
def apply(visit: Member, plan_id: str) -> Response:
    """Carry out an approved plan, as an errand with progress."""
    visit.needs("manager")
    shop, by = visit.shop, visit.member.name
    errand = visit.desk.errands.start(
        "apply", "/plan", lambda progress: shop.apply_plan(plan_id, by, progress)
    )
    return visit.to(f"/work/{errand.id}")


@routes.post("/plan/{plan_id}/posted")
def posted(visit: Member, plan_id: str) -> Response:
    """Somebody says that the printed letters were posted: only then can they prove anything."""
    visit.needs("manager")
    visit.shop.confirm_sent(plan_id, visit.member.name)
    return visit.to("/plan")


def major_units(minor: int | None, currency: str | None) -> Decimal | None:
    """The budget in major units, for the form."""
    return Money(minor, currency).decimal if minor is not None and currency else None
