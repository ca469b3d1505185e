"""A desk of what works, with made-up beliefs: one of each claim."""

from __future__ import annotations

from datetime import date
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import said
from huitou.proof.contest import Contest
from huitou.runs.desks.effects import (
    CLAIMS,
    EffectView,
    More,
    PromiseView,
    TrustView,
    WhatWorks,
    _contest,
)
from huitou.runs.people import money_range

GUESS = More(1.2, -0.8, 3.1)
LEARNED = {
    "works": More(2.4, 0.6, 4.1),
    "harms": More(-3.0, -5.2, -0.9),
    "open": More(0.3, -1.1, 1.8),
    "guess": None,
}
"""Every claim there is."""
HELD = Contest(True, "better", 2_000, 340, 41_000.0, 9_000.0, 73_000.0)


class FakeEffects:
    """One act with each claim, and two promises of which one is proven."""

    def __init__(self, *, empty: bool = False) -> None:
        self._empty = empty

    def seen(self) -> WhatWorks:
        """What works."""
        return WhatWorks(
            as_of=date(2011, 12, 9),
            version="learned:4f0c62a1b3d4",
            words=(
                said(
                    "Learned from {letters} people something was done for and {held} left alone by"
                    " lot; plans whose window is over: {plans}.",
                    letters=412,
                    held=50,
                    plans=3,
                ),
            ),
            effects=() if self._empty else tuple(_effect(claim) for claim in LEARNED),
            promises=() if self._empty else (_promise("one", proven=True), _promise("two")),
            trust=TrustView(
                0.8,
                0.4,
                1.2,
                1,
                said(
                    "Plans whose result is in: {n}. Of what they promised, {share} % was kept,"
                    " between {low} % and {high} %; of a new plan no more than that is expected.",
                    n=1,
                    share=80,
                    low=40,
                    high=120,
                ),
            ),
            challenger=_contest(None if self._empty else HELD, "GBP"),
        )


def _effect(claim: str) -> EffectView:
    kind, stage = {"works": ("thank", "loyal"), "harms": ("call", "lost")}.get(
        claim, ("offer", "slipping" if claim == "open" else "lost")
    )
    return EffectView(
        kind=kind,
        stage=stage,
        guess=GUESS,
        learned=LEARNED[claim],
        treated=120,
        held_out=12,
        claim=claim,
        claim_words=CLAIMS[claim],
        source=said("Nobody has guessed it beforehand."),
    )


def _promise(name: str, *, proven: bool = False) -> PromiseView:
    found: dict[str, Any] = {
        "proven": money_range(9_000, -4_000, 22_000, "GBP", 0.95),
        "verdict": "not_proven",
        "read_on": date(2011, 12, 9),
    }
    return PromiseView(
        plan=name,
        as_of=date(2011, 6, 9),
        promised=money_range(12_000, -3_000, 27_000, "GBP"),
        expected=Money(9_600, "GBP"),
        **(found if proven else dict.fromkeys(found)),
    )
