"""Why customers left, as far as their orders can tell: suspects with posteriors, never verdicts.

Naive Bayes over a short list of causes. Priors and likelihood ratios are written down below, with
where they come from and how wide they are taken to be. What orders cannot show (moved away, a
rival, an illness) stays under *unknown*, and every cause carries the question that would settle it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from huitou.ground.words import Sentence, said
from huitou.models.contract import Array

Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Cause:
    """A suspect: how often it is the reason beforehand, in words, and what to ask."""

    code: str
    words: Sentence
    ask: Sentence
    prior: float
    """Share of leavers, before anything is known of them."""
    source: str


@dataclass(frozen=True)
class Clue:
    """What a piece of evidence says for or against one cause.

    `strength` of the evidence rises from 0 at `absent` to 1 at `present`; the likelihood ratio
    (how much commoner the evidence is among those who left for this cause than among the others)
    goes from `ratio_absent` to `ratio_present` on the log scale. Unknown evidence says nothing.
    """

    evidence: str
    cause: str
    absent: float
    present: float
    ratio_absent: float
    ratio_present: float
    log_sd: float
    """Sd of the log ratio: 0.7 means right within a factor of two, two times in three."""
    source: str


PRIOR_LOG_SD = 0.7
"""Sd of the log odds of each prior: within a factor of two, two times in three."""

_SWITCHING = "Keaveney 1995, J. Marketing 59(2): reasons for leaving services; taken as an order"
_JUDGED = "judgement, to be replaced by answers given to this shop's own questions"

UNKNOWN = "unknown"

CAUSES = (
    Cause(
        "never_hooked",
        said("Bought once and never made it a habit"),
        said("What did you need that day, and where do you usually buy it?"),
        0.20,
        _JUDGED,
    ),
    Cause(
        "returned_goods",
        said("Sent goods back shortly before going silent"),
        said("Was something wrong with your last order, and was it put right?"),
        0.12,
        f"{_SWITCHING}; failures of the service itself lead there, returns show only part of them",
    ),
    Cause(
        "price",
        said("What they used to buy has become dearer"),
        said("Do you find our prices fair compared with elsewhere?"),
        0.12,
        f"{_SWITCHING}; price is named by about three in ten, rarely alone",
    ),
    Cause(
        "assortment",
        said("What they used to buy is no longer sold"),
        said("Is there something you used to find here and now miss?"),
        0.08,
        _JUDGED,
    ),
    Cause(
        "habit_stopped",
        said("A regular habit stopped all at once"),
        said("You used to come regularly. What has changed for you?"),
        0.10,
        _JUDGED,
    ),
    Cause(
        "gift_season",
        said("Buys gifts in the season only"),
        said("Whom did you buy for, and when will the next occasion be?"),
        0.08,
        _JUDGED,
    ),
    Cause(
        UNKNOWN,
        said("Nothing in the orders tells why"),
        said("Why did you stop buying from us, and where do you buy now?"),
        0.30,
        f"{_SWITCHING}; rivals, distance and life itself leave no trace in orders",
    ),
)
"""Every suspect; priors add up to 1."""

CLUES = (
    Clue("returned_near_end", "returned_goods", 0.0, 0.5, 0.3, 8.0, 0.7, _JUDGED),
    Clue("price_rise", "price", 0.02, 0.20, 0.4, 4.0, 0.7, _JUDGED),
    Clue("gone_share", "assortment", 0.10, 0.70, 0.3, 5.0, 0.7, _JUDGED),
    # Gaps that vary as those of a Poisson buyer (ratio near 1) show no habit; half of that does.
    Clue("regularity", "habit_stopped", 1.0, 0.4, 0.4, 4.0, 0.7, _JUDGED),
    Clue("one_purchase", "habit_stopped", 0.0, 1.0, 1.0, 0.02, 0.5, "one purchase is no habit"),
    Clue("one_purchase", "never_hooked", 0.0, 1.0, 0.02, 3.0, 0.5, "its definition"),
    Clue("season_gift", "gift_season", 0.0, 1.0, 0.1, 5.0, 0.7, _JUDGED),
)
"""Every piece of evidence `facts.evidence` gives, and what it is taken to say."""

QUESTIONS: Mapping[str, Sentence] = {cause.code: cause.ask for cause in CAUSES}
"""Cause -> what to ask the customer."""

WORDS: Mapping[str, Sentence] = {cause.code: cause.words for cause in CAUSES}
"""Cause -> what it means, for the merchant."""

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


def causes(evidence: pa.Table) -> pa.Table:
    """Posterior of every cause for every person in `evidence`, which should be those who left.

    Columns as in `SUSPECTS`; people in the order given, suspects of each from the likeliest down.
    The interval carries the width of priors and ratios: it is wide, and meant to be. A cause of
    which no clue is known about anybody (a shop without products has no prices) is not listed, and
    its prior is *unknown*'s.
    """
    judged = _judged(evidence)
    posterior, sd = _posteriors(evidence, judged)
    low, high = _between(posterior, sd)
    order = np.argsort(-posterior, axis=1, kind="stable")
    people = evidence.num_rows
    codes = np.array(list(judged), dtype=object)
    ids = np.array(evidence.column("person_id").to_pylist(), dtype=object)
    columns = {
        "person_id": pa.array(np.repeat(ids, len(judged)), pa.string()),
        "cause": pa.array(codes[order].reshape(people * len(judged)), pa.string()),
        "posterior": np.take_along_axis(posterior, order, axis=1).reshape(-1),
        "low": np.take_along_axis(low, order, axis=1).reshape(-1),
        "high": np.take_along_axis(high, order, axis=1).reshape(-1),
    }
    return pa.table(columns, schema=SUSPECTS)


def _judged(evidence: pa.Table) -> dict[str, float]:
    """The causes of which something is known about somebody, with their priors, adding up to 1."""
    told = {clue.cause for clue in CLUES if _known(evidence, clue.evidence)}
    judged = {cause.code: cause.prior for cause in CAUSES if cause.code in {*told, UNKNOWN}}
    rest = sum(cause.prior for cause in CAUSES if cause.code not in judged)
    return {**judged, UNKNOWN: judged[UNKNOWN] + rest}


def _known(evidence: pa.Table, name: str) -> bool:
    return bool(evidence.column(name).null_count < evidence.num_rows)


def _posteriors(evidence: pa.Table, judged: Mapping[str, float]) -> tuple[Array, Array]:
    """Posteriors and the sd of their log odds, shape (people, causes)."""
    places = {code: i for i, code in enumerate(judged)}
    score = np.tile(np.log(list(judged.values())), (evidence.num_rows, 1))
    variance = np.full(score.shape, PRIOR_LOG_SD**2)
    for clue in CLUES:
        if clue.cause not in places:
            continue
        ratio, known = _ratio(clue, _values(evidence, clue.evidence))
        score[:, places[clue.cause]] += ratio
        variance[:, places[clue.cause]] += known * clue.log_sd**2
    weight = np.exp(score - score.max(axis=1, keepdims=True, initial=-np.inf))
    return weight / weight.sum(axis=1, keepdims=True), np.sqrt(variance)


def _ratio(clue: Clue, values: Array) -> tuple[Array, Array]:
    """Log likelihood ratio of each value, 0 where unknown, and whether it is known."""
    known = np.isfinite(values)
    strength = np.clip((values - clue.absent) / (clue.present - clue.absent), 0.0, 1.0)
    between = np.log(clue.ratio_absent) * (1 - strength) + np.log(clue.ratio_present) * strength
    return np.where(known, between, 0.0), known.astype(np.float64)


def _between(posterior: Array, sd: Array) -> tuple[Array, Array]:
    p = np.clip(posterior, 1e-9, 1 - 1e-9)
    odds = np.log(p) - np.log1p(-p)
    low, high = (1 / (1 + np.exp(-(odds + sign * Z90 * sd))) for sign in (-1, 1))
    return np.minimum(low, posterior), np.maximum(high, posterior)


def _values(evidence: pa.Table, name: str) -> Array:
    values = evidence.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)
