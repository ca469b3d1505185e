"""What works: each act's first guess against what was learned, and promises against proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.decisions.playbook import USUAL_DEPTH
from huitou.doors.console import drawing
from huitou.doors.console.visit import Member

if TYPE_CHECKING:
    from huitou.ground.words import Sentence
    from huitou.runs.desks.effects import EffectView, More, PromiseView, WhatWorks
    from huitou.runs.views import Range

routes = APIRouter()


@dataclass(frozen=True)
class Page:
    """What is believed, and where its drawings stand."""

    found: WhatWorks

    @property
    def kinds(self) -> Iterator[tuple[str, list[EffectView]]]:
        """The acts, each with its stages."""
        for kind, rows in groupby(self.found.effects, key=lambda each: each.kind):
            yield kind, list(rows)

    def span(self, shown: More) -> drawing.Span:
        """People in a hundred, all on one line with room for the widest and for zero."""
        every = [
            end
            for each in self.found.effects
            for more in (each.guess, each.learned)
            if more is not None
            for end in (more.low, more.high)
        ]
        reach = max((abs(end) for end in every), default=1.0) * 1.08 or 1.0
        return drawing.span(shown.low, shown.value, shown.high, -reach, reach)

    def money_span(self, shown: Range) -> drawing.Span:
        """Amounts, all on one line with room for what was promised and what was proven."""
        every = [
            each
            for promise in self.found.promises
            for each in (promise.promised, promise.proven)
            if each is not None
        ]
        return drawing.range_span(shown, every)

    @property
    def contest_span(self) -> drawing.Span:
        """What the second learner's choices would have earned more, with room for zero."""
        more = self.found.challenger.more
        assert more is not None, "nothing is drawn where nothing is told"
        return drawing.range_span(more)

    def plain(self, number: float) -> str:
        """`+1.4`: a sign always, for more and fewer must not be mistaken."""
        return f"{number:+.1f}".replace("-", "−")

    def name(self, kind: str, act_name: Callable[..., str]) -> str:
        """The name of a kind of act; offers of every depth are one kind."""
        return act_name(kind, USUAL_DEPTH) if kind == "offer" else act_name(kind)

    def sources(self, rows: Sequence[EffectView]) -> tuple[Sentence, ...]:
        """Where the guesses come from, each once."""
        return tuple({str(each.source): each.source for each in rows}.values())

    def claims(self, rows: Sequence[EffectView]) -> tuple[Sentence, ...]:
        """What may be said of an act, once for each claim that somebody made."""
        return tuple(
            {each.claim: each.claim_words for each in rows if each.learned is not None}.values()
        )

    def claim_tone(self, each: EffectView) -> str:
        """The colour of a belief: grey and yellow are no claim."""
        return {"works": "active", "harms": "lost", "guess": "muted"}.get(each.claim, "slipping")

    def tone(self, promise: PromiseView) -> str:
        """The colour of a proof."""
        return {"proven": "active", "harmful": "lost"}.get(promise.verdict or "", "slipping")


@routes.get("/effects")
def effects(visit: Member) -> Response:
    """The page."""
    return visit.page("effects.html", Page(visit.shop.effects.seen()))
