"""What this shop's own letters have taught about every act, around the playbook's first guesses.

Only what a lot decided is learned from: those an act was meant for, reached or held out, and those
an act was drawn for. The shift of one person by one act is the playbook's, corrected:

    shift = guess + width · (level + stage + readiness + fit + depth) + what varies by campaign

Each term is an unknown number that every act of its kind shares, so all depths, stages and past
campaigns lend to each other. Before any letter the correction is nothing, and as wide as the guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import expit

from huitou.decisions.acts import STAGES, Act
from huitou.decisions.audience import Audience, BoolArray, FloatArray
from huitou.decisions.effects.design import (
    CAMPAIGNS_VARY,
    LEAST_WIDTH,
    SHARES,
    Design,
    Rows,
    act_of,
    audience_of,
    features,
    size_of,
)
from huitou.decisions.effects.response import Normal, fit_blocks, log_odds
from huitou.decisions.playbook import PLAYBOOK, USUAL_DEPTH, Playbook
from huitou.ground.ids import fingerprint

ROUNDS = 4
Z90, Z99 = 1.6448536269514722, 2.5758293035489004


@dataclass(frozen=True)
class Cell:
    """One kind of act in one stage: guessed and learned shifts of the log-odds, 90 % intervals."""

    kind: str
    stage: str
    guess: float
    guess_low: float
    guess_high: float
    mean: float
    low: float
    high: float
    points: float
    """Expected change of the chance to buy of a usual person there, in [-1, 1]."""
    treated: int
    held_out: int
    claim: str
    """works | harms | open: what the letters alone show, whatever was guessed (99 %)."""


@dataclass(frozen=True)
class Learned:
    """A belief about every act after this shop's own letters. Fulfils `Effects`."""

    kinds: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]
    """Names of the acts of each kind that were tried."""
    belief: Normal
    """Over the corrections, in units of the guess's width, in the order of `features`."""
    letters: Mapping[str, int]
    """People of each kind whom the act was meant for and not held from."""
    held: Mapping[str, int]
    plans: int
    cells: tuple[Cell, ...] = ()
    playbook: Playbook = field(default=PLAYBOOK)

    @cached_property
    def version(self) -> str:
        """Names the belief, as a fingerprint: `learned:4f0c…`."""
        told = {name: value for name, value in self.written().items() if name != "cells"}
        return f"learned:{fingerprint(repr(sorted(told.items())))[:12]}"

    def shifts(self, act: Act, people: Audience) -> tuple[FloatArray, FloatArray]:
        """Mean and sd of the shift of each person; the playbook's for a kind never tried."""
        guess, width = self.playbook.shifts(act, people)
        if act.kind not in self.kinds:
            return guess, width
        x = features(act, people, width, self.acts[act.kind], self.playbook)
        mean, sd = self.of(act.kind).shift(x)
        # A guess is wide enough for any campaign; what was learned must leave room for the next.
        known = np.clip(1 - (sd / np.maximum(width, LEAST_WIDTH)) ** 2, 0.0, 1.0)
        return guess + mean, np.sqrt(sd**2 + known * CAMPAIGNS_VARY**2)

    def of(self, kind: str) -> Normal:
        """The belief about the corrections of one kind."""
        start = sum(size_of(self.acts[each]) for each in self.kinds[: self.kinds.index(kind)])
        return self.belief.part(np.arange(size_of(self.acts[kind])) + start)

    def written(self) -> dict[str, Any]:
        """As a JSON value; `read` gives back an equal belief."""
        return {
            "playbook": self.playbook.version,
            "kinds": list(self.kinds),
            "acts": {kind: list(names) for kind, names in self.acts.items()},
            "mean": _short(self.belief.mean),
            "covariance": [_short(row) for row in self.belief.covariance],
            "letters": dict(self.letters),
            "held": dict(self.held),
            "plans": self.plans,
            "cells": [vars(cell) for cell in self.cells],
        }

    @classmethod
    def read(cls, written: Mapping[str, Any], playbook: Playbook = PLAYBOOK) -> Learned | None:
        """Back from `written`; None where it was learned around other first guesses."""
        if written["playbook"] != playbook.version:
            return None
        return cls(
            kinds=tuple(written["kinds"]),
            acts={kind: tuple(names) for kind, names in written["acts"].items()},
            belief=Normal(np.array(written["mean"]), np.array(written["covariance"])),
            letters=written["letters"],
            held=written["held"],
            plans=written["plans"],
            cells=tuple(Cell(**cell) for cell in written["cells"]),
            playbook=playbook,
        )


def learn(tried: pa.Table, playbook: Playbook = PLAYBOOK) -> Learned | None:
    """Learn from what was tried (`TRIED`); None where nothing was, and the guesses stand alone."""
    rows = Rows.of(tried, playbook)
    if not rows.treated.any():
        return None
    learned = _fit(rows, guessed=True)
    # A sceptic, who expects nothing of any act, reads the same letters: only this may be claimed.
    sceptic = _fit(rows, guessed=False)
    return replace(learned, cells=_cells(rows, learned, sceptic))


def _fit(rows: Rows, *, guessed: bool) -> Learned:
    """The posterior of the corrections; `guessed=False` expects nothing, as widely."""
    design = Design.of(rows)
    blocks = [design.block(rows, kind, guessed=guessed) for kind in ("", *rows.kinds)]
    multiples = np.ones(len(SHARES))
    belief = Normal.apart(design.mean, design.sd(multiples))
    posterior = fit_blocks(blocks, belief)
    for _ in range(ROUNDS):
        multiples = design.multiples(posterior)
        posterior = fit_blocks(blocks, Normal.apart(design.mean, design.sd(multiples)))
    own = np.arange(design.corrections) + design.base
    count = {
        kind: (
            int((rows.treated & (rows.kind == kind)).sum()),
            int((~rows.treated & (rows.kind == kind)).sum()),
        )
        for kind in rows.kinds
    }
    return Learned(
        kinds=rows.kinds,
        acts=rows.acts,
        belief=_rounded(posterior.part(own)),
        letters={kind: letters for kind, (letters, _) in count.items()},
        held={kind: held for kind, (_, held) in count.items()},
        plans=rows.plans,
        playbook=rows.playbook,
    )


# ---- what may be said of it ----


def _cells(rows: Rows, learned: Learned, sceptic: Learned) -> tuple[Cell, ...]:
    found = []
    for kind in learned.kinds:
        for stage in STAGES:
            here = (rows.kind == kind) & (rows.people.stage == stage)
            if here.any():
                found.append(_cell(kind, stage, here, rows, learned, sceptic))
    return tuple(found)


def _cell(
    kind: str, stage: str, here: BoolArray, rows: Rows, learned: Learned, sceptic: Learned
) -> Cell:
    usual = float(np.median(rows.people.p_buy[here]))
    one = audience_of(
        pa.table({"stage": [stage], "p_buy": [usual], "cause": ["unknown"], "posterior": [0.0]})
    )
    act = act_of("", kind, USUAL_DEPTH if kind == "offer" else 0.0)
    (guess,), (width,) = learned.playbook.shifts(act, one)
    (mean,), (sd,) = learned.shifts(act, one)
    x = features(act, one, np.array([width]), learned.acts[kind], learned.playbook)
    (shown,), (unsure,) = sceptic.of(kind).shift(x)
    at = log_odds(np.array([usual]))[0]
    return Cell(
        kind=kind,
        stage=stage,
        guess=float(guess),
        guess_low=float(guess - Z90 * width),
        guess_high=float(guess + Z90 * width),
        mean=float(mean),
        low=float(mean - Z90 * sd),
        high=float(mean + Z90 * sd),
        points=float(expit(at + mean) - expit(at)),
        treated=int((here & rows.treated).sum()),
        held_out=int((here & ~rows.treated).sum()),
        claim=_claim(float(shown), float(np.hypot(unsure, CAMPAIGNS_VARY))),
    )


def _claim(shown: float, unsure: float) -> str:
    if shown - Z99 * unsure > 0:
        return "works"
    return "harms" if shown + Z99 * unsure < 0 else "open"


def _short(numbers: FloatArray) -> list[float]:
    """Twelve digits: more than any belief holds, and equal on every machine of one kind."""
    return [float(f"{number:.12g}") for number in numbers]


def _rounded(belief: Normal) -> Normal:
    return Normal(
        np.array(_short(belief.mean)), np.array([_short(row) for row in belief.covariance])
    )
