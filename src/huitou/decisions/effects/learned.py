"""What this shop's own letters have taught about every act, around the playbook's first guesses.

Only what a lot decided is learned from: those an act was meant for, reached or held out, and those
an act was drawn for. The shift of one person by one act is the playbook's, corrected:

    shift = trust · guess + width · (level + stage + readiness + fit + act)
            + who answers more, by their traits + what varies by campaign

Each term is an unknown number that every act of its kind shares, so all depths, stages and past
campaigns lend to each other. How wide each sort of term is, and how far the guesses are to be
trusted, the rows themselves say (`weighing`). Before any letter the guess stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import expit

from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, BoolArray, FloatArray
from huitou.decisions.effects.bends import Scale
from huitou.decisions.effects.design import (
    CAMPAIGNS_VARY,
    LEAST_WIDTH,
    Design,
    Rows,
    act_of,
    audience_of,
    columns,
)
from huitou.decisions.effects.response import Normal, log_odds
from huitou.decisions.effects.weighing import rivals, weigh
from huitou.decisions.playbook import PLAYBOOK, USUAL_DEPTH, Playbook
from huitou.facts.life import STAGES
from huitou.ground.ids import fingerprint

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
    beliefs: Mapping[str, Normal]
    """Of each kind, over the numbers that its shift is made of, in the order of `columns`."""
    scale: Scale
    """Of the traits of those who were tried on."""
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
        x = columns(act, people, self.acts[act.kind], self.playbook, self.scale)
        mean, sd = self.beliefs[act.kind].shift(x)
        # A guess is wide enough for any campaign; what was learned must leave room for the next.
        known = np.clip(1 - (sd / np.maximum(width, LEAST_WIDTH)) ** 2, 0.0, 1.0)
        return mean, np.sqrt(sd**2 + known * CAMPAIGNS_VARY**2)

    def written(self) -> dict[str, Any]:
        """As a JSON value; `read` gives back an equal belief."""
        return {
            "playbook": self.playbook.version,
            "kinds": list(self.kinds),
            "acts": {kind: list(names) for kind, names in self.acts.items()},
            "beliefs": {
                kind: [_short(belief.mean), [_short(row) for row in belief.covariance]]
                for kind, belief in self.beliefs.items()
            },
            "centre": _short(self.scale.centre),
            "spread": _short(self.scale.spread),
            "letters": dict(self.letters),
            "held": dict(self.held),
            "plans": self.plans,
            "cells": [vars(cell) for cell in self.cells],
        }

    @classmethod
    def read(cls, written: Mapping[str, Any], playbook: Playbook = PLAYBOOK) -> Learned | None:
        """Back from `written`; None where it was learned around other first guesses, or before
        traits were: the next run learns it anew."""
        if written["playbook"] != playbook.version or "beliefs" not in written:
            return None
        return cls(
            kinds=tuple(written["kinds"]),
            acts={kind: tuple(names) for kind, names in written["acts"].items()},
            beliefs={
                kind: Normal(np.array(mean), np.array(covariance))
                for kind, (mean, covariance) in written["beliefs"].items()
            },
            scale=Scale(np.array(written["centre"]), np.array(written["spread"])),
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


def believed(tried: pa.Table, playbook: Playbook = PLAYBOOK) -> Learned | None:
    """What `learn` believes, without what may be claimed of it: half the work."""
    rows = Rows.of(tried, playbook)
    return _fit(rows, guessed=True) if rows.treated.any() else None


def _fit(rows: Rows, *, guessed: bool) -> Learned:
    """The posterior of what shifts are made of; `guessed=False` expects nothing, as widely."""
    design = Design.of(rows)
    blocks = [design.block(rows, kind) for kind in ("", *rows.kinds)]
    posterior = weigh(blocks, design.prior, rivals(guessed=guessed, traits=design.traits > 0))
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
        beliefs={kind: _rounded(posterior.part(design.places(kind))) for kind in rows.kinds},
        scale=Scale(*(np.array(_short(each)) for each in (rows.scale.centre, rows.scale.spread))),
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
        pa.table({"stage": [stage], "p_buy": [usual], "cause": ["unknown"], "posterior": [0.0]}),
        _usual(rows.people.traits[here]),
    )
    act = act_of("", kind, USUAL_DEPTH if kind == "offer" else 0.0)
    (guess,), (width,) = learned.playbook.shifts(act, one)
    (mean,), (sd,) = learned.shifts(act, one)
    x = columns(act, one, learned.acts[kind], learned.playbook, learned.scale)
    (shown,), (unsure,) = sceptic.beliefs[kind].shift(x)
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


def _usual(traits: FloatArray) -> FloatArray:
    """The middle one of each trait, as of one person; NaN where nobody's is known."""
    known = [column[np.isfinite(column)] for column in traits.T]
    middle = [float(np.median(column)) if len(column) else np.nan for column in known]
    return np.array(middle, dtype=np.float64).reshape(1, -1)


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
