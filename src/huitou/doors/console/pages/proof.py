"""Proof: what the programmes earned beyond what would have come anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing, drawing_looks
from huitou.doors.console.visit import Member
from huitou.ground.words import Sentence, said
from huitou.runs.verdicts import ProofView

if TYPE_CHECKING:
    from huitou.runs.desks.ladder.views import ThresholdView

routes = APIRouter()

DECISIONS: Mapping[str, tuple[str, Sentence]] = {
    "keep": ("active", said("Worth keeping")),
    "fix": ("slipping", said("Fix it")),
    "stop": ("lost", said("Stop it")),
    "too_early": ("new", said("Too early")),
}
"""Verdict -> tone and name."""

GUARDRAILS: Mapping[str, Sentence] = {
    "silence": said("Asked to be left alone"),
    "churn": said("Customers lost"),
    "complaint": said("Complaints"),
    "profit": said("Profit lost"),
    "by hand": said("Stopped by hand"),
}

WAYS: Mapping[str, Sentence] = {
    "leaning": said("each group’s own spread, leaning on everybody’s"),
    "adjusted": said("one spread for both groups"),
    "cautious": said("the wider of two spreads"),
}
"""How the difference is taken, in words."""


@dataclass(frozen=True)
class Proof:
    """The verdicts, and the check that the proof finds nothing where there is nothing."""

    proofs: tuple[tuple[ProofView, drawing.Span | None], ...]
    check: ProofView | None
    thresholds: tuple[ThresholdView, ...] = ()
    """What crossing each line of the ladder brought."""
    decisions = DECISIONS


@dataclass(frozen=True)
class Judged:
    """One verdict in full, with its drawings."""

    proof: ProofView
    span: drawing.Span | None
    row: drawing_looks.Row | None
    claim: drawing_looks.Claim | None
    decisions = DECISIONS
    guardrails = GUARDRAILS
    ways = WAYS


@routes.get("/proof")
def proof(visit: Member) -> Response:
    """The page of proofs."""
    views = visit.shop.proofs()
    effects = [view.effect for view in views if view.effect is not None]
    spans = tuple(
        (view, drawing.range_span(view.effect, effects) if view.effect else None) for view in views
    )
    lines = visit.shop.ladder.thresholds(visit.language)
    return visit.page("proof.html", Proof(spans, visit.shop.aa(), lines))


@routes.get("/proof/{programme}")
def verdict(visit: Member, programme: str) -> Response:
    """The page of one verdict."""
    found = visit.shop.verdict(programme)
    span = drawing.range_span(found.effect) if found.effect is not None else None
    if found.judged is None:
        return visit.page("verdict.html", Judged(found, span, None, None))
    row = drawing_looks.row_of(found.judged)
    proven = found.effect.value if found.effect is not None else None
    claim = drawing_looks.claim_of(found.judged, proven) if proven is not None else None
    return visit.page("verdict.html", Judged(found, span, row, claim))
