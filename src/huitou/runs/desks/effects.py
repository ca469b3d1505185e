"""The desk of what works: what each act is believed to move, and what promises were worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from huitou.decisions.acts import ACTS
from huitou.decisions.audience import FloatArray
from huitou.decisions.effects.learned import Z90, Cell, Learned
from huitou.decisions.effects.promise import Trust
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.price import moved
from huitou.facts.life import STAGES
from huitou.ground.errors import NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys.promises import book as promises
from huitou.proof.contest import Contest
from huitou.runs.contested import outcome_of
from huitou.runs.moment import Moment
from huitou.runs.people import money_range
from huitou.runs.steps.learn import effects_of, standing_of, trust_of
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

USUAL = 0.2
"""Chance to buy of a usual customer, where a stage has none to ask."""

CLAIMS: Mapping[str, Sentence] = {
    "guess": said("A first guess; nothing of this shop stands behind it yet."),
    "open": said("Not shown yet by the letters alone: it may be nothing."),
    "works": said("Shown by the letters alone, whatever was guessed: it brings customers back."),
    "harms": said("Shown by the letters alone, whatever was guessed: it keeps customers away."),
}
"""What may be said of an act, by code."""


CONTESTS: Mapping[str, Sentence] = {
    "better": said(
        "A second learner, which looks for groups of people that the first cannot see, decides now:"
        " on what was drawn here its choices are better beyond chance."
    ),
    "not_shown": said(
        "A second learner looks for groups of people that the first cannot see. It is not let in:"
        " that its choices are better is not shown."
    ),
    "same": said(
        "A second learner looks for groups of people that the first cannot see, and found none: it"
        " would choose the same."
    ),
    "too_few": said(
        "A second learner waits: too few decisions were drawn by lot to show which of the two"
        " chooses better."
    ),
}
"""What came of the contest between the two learners, by code."""


@dataclass(frozen=True)
class More:
    """How many more of 100 customers buy because of an act, with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class EffectView:
    """One act in one stage: what was guessed, what was learned, and what may be said."""

    kind: str
    stage: str
    guess: More
    learned: More | None
    """None where nothing was tried yet."""
    treated: int
    held_out: int
    claim: str
    """works, harms, open, or guess where nothing was tried yet."""
    claim_words: Sentence
    source: Sentence
    """Where the first guess comes from."""


@dataclass(frozen=True)
class PromiseView:
    """One plan: what it promised, what was left after shrinking, and what was proven."""

    plan: str
    as_of: date
    promised: Range
    expected: Money
    proven: Range | None
    verdict: str | None
    read_on: date | None


@dataclass(frozen=True)
class TrustView:
    """The share of a promise that may be expected, by what earlier ones kept."""

    share: float
    low: float
    high: float
    proofs: int
    words: Sentence


@dataclass(frozen=True)
class ContestView:
    """Whether a second learner decides in this run, and by how much its choices were better."""

    admitted: bool
    reason: str
    """better, not_shown, same or too_few."""
    decisions: int
    """Drawn decisions that both were judged by."""
    differing: int
    """Of these, those on which they disagree."""
    more: Range | None
    """What the second learner's choices would have earned more on them; None where not told."""
    words: tuple[Sentence, ...]


@dataclass(frozen=True)
class WhatWorks:
    """All that is believed of the acts, and how much past beliefs were worth."""

    as_of: date
    version: str
    words: tuple[Sentence, ...]
    effects: tuple[EffectView, ...]
    promises: tuple[PromiseView, ...]
    trust: TrustView
    challenger: ContestView


class Desk:
    """What works in one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def seen(self) -> WhatWorks:
        """What is believed as of the last run. Raises `NotYet` before the first."""
        edition = self._house.lake.current()
        if edition is None or (kept := edition.noted("moment")) is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        day = Moment.read(kept).day
        with self._house.books.reading() as unit:
            ledger, found = promises.ledger(unit, day), trust_of(unit, day)
        learned = standing_of(edition)
        held = _contest(outcome_of(edition), self._settings.money)
        return WhatWorks(
            as_of=day,
            version=effects_of(edition).version,
            words=_words(learned),
            effects=_effects(learned, _usual(edition)),
            promises=tuple(_promise(*pair, self._settings.money) for pair in reversed(ledger)),
            trust=_trust(found),
            challenger=held,
        )


def _contest(found: Contest | None, currency: str) -> ContestView:
    if found is None:
        found = Contest(False, "too_few", 0, 0)
    more = None
    if found.value is not None and found.low is not None and found.high is not None:
        more = money_range(found.value, found.low, found.high, currency, found.level)
    words = [CONTESTS[found.reason]]
    if more is not None and found.differing:
        words.append(
            said(
                "By the lot's own decisions, {decisions} in number, it would have earned {value}"
                " more, between {low} and {high}; on {differing} of them the two disagree.",
                decisions=found.decisions,
                differing=found.differing,
                value=more.value,
                low=more.low,
                high=more.high,
            )
        )
    return ContestView(
        found.admitted, found.reason, found.decisions, found.differing, more, tuple(words)
    )


def _words(learned: Learned | None) -> tuple[Sentence, ...]:
    if learned is None:
        return (
            said(
                "No plan's window is over yet. Everything here is a first guess, and wide on"
                " purpose; results replace it."
            ),
        )
    return (
        said(
            "Learned from {letters} people something was done for and {held} left alone by lot;"
            " plans whose window is over: {plans}.",
            letters=sum(learned.letters.values()),
            held=sum(learned.held.values()),
            plans=learned.plans,
        ),
    )


def _effects(learned: Learned | None, usual: Mapping[str, float]) -> tuple[EffectView, ...]:
    """Every act the playbook or the letters know, by stage."""
    cells = {(cell.kind, cell.stage): cell for cell in (learned.cells if learned else ())}
    kinds = dict.fromkeys([*(act.kind for act in ACTS.values()), *(kind for kind, _ in cells)])
    return tuple(
        view
        for kind in kinds
        for stage in STAGES
        if (view := _effect(kind, stage, cells.get((kind, stage)), usual.get(stage, USUAL)))
    )


def _effect(kind: str, stage: str, cell: Cell | None, p_buy: float) -> EffectView | None:
    guess = PLAYBOOK.effects.get(kind, {}).get(stage)
    if guess is None and cell is None:
        return None
    mean, sd = (guess.mean, guess.sd) if guess is not None else (0.0, 0.0)
    claim = cell.claim if cell is not None else "guess"
    return EffectView(
        kind=kind,
        stage=stage,
        guess=_more(p_buy, mean, mean - Z90 * sd, mean + Z90 * sd),
        learned=_more(p_buy, cell.mean, cell.low, cell.high) if cell is not None else None,
        treated=cell.treated if cell is not None else 0,
        held_out=cell.held_out if cell is not None else 0,
        claim=claim,
        claim_words=CLAIMS[claim],
        source=guess.source if guess is not None else said("Nobody has guessed it beforehand."),
    )


def _more(p_buy: float, mean: float, low: float, high: float) -> More:
    found: FloatArray = 100 * moved(np.full(3, p_buy), np.array([mean, low, high]))
    value, least, most = (round(float(each), 2) for each in found)
    return More(value, least, most)


def _usual(edition: Edition) -> dict[str, float]:
    """The chance to buy of a usual customer of each stage."""
    if not edition.has("people"):
        return {}
    people = edition.table("people", ["stage", "p_buy"])
    stage, p_buy = people["stage"].to_numpy(), people["p_buy"].to_numpy()
    return {str(each): float(np.nan_to_num(np.median(p_buy[stage == each]))) for each in set(stage)}


def _promise(promised: Row, proof: Row | None, currency: str) -> PromiseView:
    return PromiseView(
        plan=promised["plan_id"],
        as_of=promised["as_of"],
        promised=money_range(promised["value"], promised["low"], promised["high"], currency),
        expected=Money(promised["shrunk"], currency),
        proven=_range(proof, currency) if proof is not None else None,
        verdict=proof["verdict"] if proof is not None else None,
        read_on=proof["as_of"] if proof is not None else None,
    )


def _range(row: Row, currency: str) -> Range:
    return money_range(row["value"], row["low"], row["high"], currency, row["level"])


def _trust(found: Trust) -> TrustView:
    if not found.proofs:
        words = said(
            "No plan's result is in yet: what a plan promises is shown as it stands, untested."
        )
    else:
        words = said(
            "Plans whose result is in: {n}. Of what they promised, {share} % was kept, between"
            " {low} % and {high} %; of a new plan no more than that is expected.",
            n=found.proofs,
            share=round(100 * found.share),
            low=round(100 * found.low),
            high=round(100 * found.high),
        )
    return TrustView(found.share, found.low, found.high, found.proofs, words)
