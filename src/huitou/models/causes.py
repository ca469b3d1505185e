"""Why customers left, as far as it shows: suspects with posteriors, never verdicts.

Naive Bayes over the causes that leave a trace: what was judged beforehand (`clues`), moved by what
customers answered (`learned`). What leaves no trace (moved away, an illness) stays under *unknown*,
and every cause carries the question that would settle it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.reasons import UNKNOWN
from huitou.models.clues import CAUSES, CLUES, NO_CAUSE, QUESTIONS, WORDS, Cause, Clue
from huitou.models.numbers import Array
from huitou.models.strengths import Frame, frame, pointed, weighed

__all__ = [
    "CAUSES",
    "CLUES",
    "NO_CAUSE",
    "QUESTIONS",
    "SUSPECTS",
    "UNKNOWN",
    "WORDS",
    "Cause",
    "Clue",
    "Weights",
    "causes",
    "judged",
    "posteriors",
    "with_answers",
]

Z90 = 1.6448536269514722
AT_ONCE = 20_000
"""People scored at once: a million would want gigabytes of memory, and take longer."""
SLIP = 0.10
"""Share of answers that name another cause than the true one. Judgement: people are polite."""
SURE = 1 - SLIP
"""What an answer of their own is worth: near certainty, never certainty."""

SUSPECTS = pa.schema(
    [
        ("person_id", pa.string()),
        ("cause", pa.string()),
        ("posterior", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)
"""One row for each person and cause; posteriors of a person add up to 1, with 90 % intervals."""


@dataclass(frozen=True)
class Weights:
    """What each prior and ratio is taken to be (logs), how sure that is, and how sharp it all is.

    `temperature` above 1 draws all posteriors towards each other, as much as the answers ask for.
    """

    known: Frame
    theta: Array
    covariance: Array
    temperature: float = 1.0


def judged(evidence: pa.Table) -> Weights:
    """Weights from judgement alone, for the clues known of somebody in `evidence`."""
    known = frame(evidence)
    centre, sd = known.judged()
    return Weights(known, centre, np.diag(sd**2))


def causes(evidence: pa.Table, weights: Weights | None = None) -> pa.Table:
    """Posterior of every cause for every person in `evidence`, which should be those who left.

    Columns as in `SUSPECTS`; people in the order given, suspects of each from the likeliest down.
    The interval carries the width of priors and ratios: it is wide, and meant to be. A cause of
    which no clue is known about anybody (a shop without products has no prices) is not listed, and
    its prior is *unknown*'s. Without `weights` everything rests on judgement.
    """
    taken = judged(evidence) if weights is None else weights
    parts = [
        _ranked(evidence.slice(start, AT_ONCE), taken)
        for start in range(0, evidence.num_rows, AT_ONCE)
    ]
    return pa.concat_tables(parts) if parts else SUSPECTS.empty_table()


def posteriors(evidence: pa.Table, weights: Weights) -> tuple[Array, Array]:
    """Posteriors and the sd of their log odds, shape (people, causes)."""
    blocks = weighed(evidence, weights.known)
    share = softmax(scores(blocks, weights.known, weights.theta) / weights.temperature)
    share = _nobody_without_a_clue(share, blocks, weights.known)
    return share, _spread(share, blocks, weights)


def scores(blocks: tuple[Array, ...], known: Frame, theta: Array) -> Array:
    """Log weight of each cause for each person."""
    places = known.blocks()
    return np.stack([block @ theta[at] for block, at in zip(blocks, places, strict=True)], axis=1)


def softmax(score: Array) -> Array:
    """Shares out of log weights, row by row."""
    weight = np.exp(score - score.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def with_answers(suspects: pa.Table, said: Mapping[str, str]) -> pa.Table:
    """`suspects` where those who told why (person -> cause) are believed, nearly.

    Their cause gets `SURE`; the rest is shared as before. A cause that was no suspect is added.
    """
    asked = pc.is_in(suspects["person_id"], pa.array(sorted(said), pa.string()))
    theirs: dict[str, dict[str, float]] = {}
    for row in suspects.filter(asked).to_pylist():
        theirs.setdefault(row["person_id"], {})[row["cause"]] = row["posterior"]
    told = [row for who, found in theirs.items() for row in _told(who, found, said[who])]
    guessed = suspects.filter(pc.invert(asked))
    return pa.concat_tables([guessed, pa.Table.from_pylist(told, schema=SUSPECTS)])


def _told(person: str, found: Mapping[str, float], cause: str) -> list[dict[str, object]]:
    rest = {code: share for code, share in found.items() if code != cause}
    whole = sum(rest.values()) or 1.0
    shares = {cause: SURE, **{code: SLIP * share / whole for code, share in rest.items()}}
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])
    return [
        {
            "person_id": person,
            "cause": code,
            "posterior": share,
            "low": max(share - SLIP, 0.0) if code == cause else 0.0,
            "high": 1 - SLIP / 10 if code == cause else SLIP,
        }
        for code, share in ranked
    ]


def _nobody_without_a_clue(share: Array, blocks: tuple[Array, ...], known: Frame) -> Array:
    """A cause that nothing about a person speaks for never stands above *unknown*.

    However often others name it: the surplus is met half way, so that what points somewhere counts.
    """
    unknown = known.codes.index(UNKNOWN)
    mine = share.copy()
    for place, block in enumerate(blocks):
        if place == unknown:
            continue
        surplus = np.maximum(share[:, place] - share[:, unknown], 0.0) * (~pointed(block)) * 0.505
        mine[:, place] -= surplus
        mine[:, unknown] += surplus
    return mine


def _spread(share: Array, blocks: tuple[Array, ...], weights: Weights) -> Array:
    """Sd of the log odds of each posterior: its own weights' width, and its rivals' by share."""
    variance = np.stack(
        [
            np.einsum("ij,ij->i", block @ weights.covariance[at, at], block)
            for block, at in zip(blocks, weights.known.blocks(), strict=True)
        ],
        axis=1,
    )
    others = (share**2 * variance).sum(axis=1, keepdims=True) - share**2 * variance
    rest = np.maximum(1 - share, 1e-9) ** 2
    return np.asarray(np.sqrt(variance + others / rest) / weights.temperature)


def _ranked(evidence: pa.Table, weights: Weights) -> pa.Table:
    posterior, sd = posteriors(evidence, weights)
    low, high = _between(posterior, sd)
    order = np.argsort(-posterior, axis=1, kind="stable")
    people, many = posterior.shape
    ids = evidence.column("person_id").combine_chunks().cast(pa.string())
    codes = pa.array(weights.known.codes, pa.string())
    columns = {
        "person_id": ids.take(pa.array(np.repeat(np.arange(people), many))),
        "cause": codes.take(pa.array(order.reshape(-1))),
        "posterior": np.take_along_axis(posterior, order, axis=1).reshape(-1),
        "low": np.take_along_axis(low, order, axis=1).reshape(-1),
        "high": np.take_along_axis(high, order, axis=1).reshape(-1),
    }
    return pa.table(columns, schema=SUSPECTS)


def _between(posterior: Array, sd: Array) -> tuple[Array, Array]:
    p = np.clip(posterior, 1e-9, 1 - 1e-9)
    odds = np.log(p) - np.log1p(-p)
    low, high = (1 / (1 + np.exp(-(odds + sign * Z90 * sd))) for sign in (-1, 1))
    return np.minimum(low, posterior), np.maximum(high, posterior)
