"""Proof: what the programmes earned beyond what would have come anyway."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.views import ProofView

routes = APIRouter()


@dataclass(frozen=True)
class Proof:
    """The verdicts, and the check that the proof finds nothing where there is nothing."""

    proofs: tuple[tuple[ProofView, drawing.Span | None], ...]
    check: ProofView | None


@routes.get("/proof")
def proof(visit: Member) -> Response:
    """The page of proofs."""
    views = visit.shop.proofs()
    effects = [view.effect for view in views if view.effect is not None]
    spans = tuple(
        (view, drawing.range_span(view.effect, effects) if view.effect else None) for view in views
    )
    return visit.page("proof.html", Proof(spans, visit.shop.aa()))
