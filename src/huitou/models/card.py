"""The model's card: how the forecast did on this shop's own past, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from huitou.ground.words import Sentence, said
from huitou.models.backtest import group_interval, log_loss, naive_log_loss, tenths
from huitou.models.blend import Gate
from huitou.models.forecast import Forecast, Then
from huitou.models.level import Level
from huitou.models.numbers import Array
from huitou.models.season import Season
from huitou.models.shape import Shape
from huitou.models.value import Spending

DEPENDENT = 0.3
"""Correlation of frequency and spend above which the card warns."""
OPEN = 0.25
"""Relative sd of total expected purchases, from parameters alone, above which the prior speaks."""


@dataclass(frozen=True)
class Tested:
    """One earlier moment: buyers forecast from what was known then, and buyers who came."""

    origin: date
    horizon_days: int
    customers: int
    predicted: float
    low: float
    high: float
    actual: int
    log_loss: float
    naive_log_loss: float


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customers, the likeliest buyers first."""

    rank: int
    customers: int
    predicted: float
    low: float
    high: float
    actual: int | None
    """None where the window is still to come."""


@dataclass(frozen=True)
class Ahead:
    """The forecast of the window that begins at `as_of`."""

    as_of: date
    horizon_days: int
    customers: int
    predicted: float
    low: float
    high: float
    tenths: tuple[Tenth, ...]


@dataclass(frozen=True)
class Card:
    """All that a merchant needs to judge the forecast. Intervals hold 90 % of outcomes."""

    model: str
    params: Mapping[str, float]
    losses: Mapping[str, float]
    """Mean log-loss of every candidate tried, each with its total made right."""
    season: Season
    gate: Gate
    """Whether shapes learned from habits are listened to, and how they did."""
    ahead: Ahead
    backtests: tuple[Tested, ...]
    deciles: tuple[Tenth, ...]
    """Of the latest moment whose window is complete."""
    ece: float | None
    """Mean gap between forecast and true share of buyers over the tenths of all backtests."""
    coverage: float | None
    """Share of backtests whose count lay within its interval; 0.9 would be right."""
    level: Level
    """Of silence, for the window ahead."""
    volume: Level
    """Of expected purchases, over the value days."""
    words: tuple[Sentence, ...]
    prior_dominated: bool
    """The prior, rather than this shop's data, decides the total."""


def _ahead(found: Forecast) -> Ahead:
    """The coming window, in total and by tenth, with intervals."""
    silence, hazard = found.silence, found.hazard
    everyone, ahead = np.arange(len(silence)), found.made.tempo.ahead(found.horizon_days)
    groups = tenths(-silence)
    spreads = found.made.spread(
        lambda fitted, s: fitted.p_buy(s, ahead), _weights([everyone, *groups], len(silence))
    )
    total = group_interval(silence, everyone, hazard, 0.0, float(spreads[0]))
    parts = [
        Tenth(rank, len(rows), *group_interval(silence, rows, hazard, found.shape_sd, sd), None)
        for rank, (rows, sd) in enumerate(zip(groups, spreads[1:].tolist(), strict=True), start=1)
    ]
    return Ahead(found.made.tempo.day, found.horizon_days, len(silence), *total, tuple(parts))


def _tested(then: Then) -> Tested:
    found = then.forecast
    everyone = np.arange(len(found.known))
    total = group_interval(found.silence, everyone, found.hazard, 0.0, 0.0)
    return Tested(
        found.made.tempo.day,
        found.horizon_days,
        len(everyone),
        *total,
        int(then.returned.sum()),
        log_loss(found.p_buy, then.returned),
        naive_log_loss(found.known, then.returned),
    )


def _tested_tenths(then: Then) -> tuple[Tenth, ...]:
    """An earlier moment by tenth, with what was known at it."""
    found = then.forecast
    return tuple(
        Tenth(
            rank,
            len(rows),
            *group_interval(found.silence, rows, found.hazard, found.shape_sd, 0.0),
            int(then.returned[rows].sum()),
        )
        for rank, rows in enumerate(tenths(-found.silence), start=1)
    )


def ece(parts: Sequence[Tenth]) -> float | None:
    """Expected calibration error: customers-weighted gap of shares over the tenths."""
    seen = [part for part in parts if part.actual is not None]
    customers = sum(part.customers for part in seen)
    gaps = sum(abs(part.predicted - (part.actual or 0)) for part in seen)
    return gaps / customers if customers else None


def card(found: Forecast, paid: Spending, volume: Level) -> Card:
    """Put the card together and say how far to trust it."""
    rows = tuple(map(_tested, found.then))
    by_moment = list(map(_tested_tenths, found.then))
    coming, open_total = _ahead(found), prior_speaks(found.made, found.horizon_days)
    inside = [row.low <= row.actual <= row.high for row in rows]
    names = ("spend_p", "spend_q", "spend_gamma")
    spends = zip(names, paid.model.params.values(), strict=True)
    return Card(
        model=found.made.candidate.name,
        params={**found.made.params, **dict(spends)},
        losses=found.tried.losses,
        season=found.made.tempo.season,
        gate=found.gate,
        ahead=coming,
        backtests=rows,
        deciles=by_moment[0] if by_moment else (),
        ece=ece([part for parts in by_moment for part in parts]),
        coverage=float(np.mean(inside)) if inside else None,
        level=found.hazard,
        volume=volume,
        words=tuple(_words(rows, coming, paid, open_total, found.gate)),
        prior_dominated=open_total,
    )


def prior_speaks(made: Shape, days: int) -> bool:
    """Whether the parameters are so open that the prior decides the total."""
    everyone = np.ones((1, made.customers))
    ahead = made.tempo.ahead(days)
    sd = float(made.spread(lambda fitted, s: fitted.expected(s, ahead), everyone)[0])
    return sd > OPEN * max(float(made.expected(days).sum()), 1e-12)


def _weights(groups: Sequence[np.ndarray], n: int) -> Array:
    weights = np.zeros((len(groups), n))
    for k, rows in enumerate(groups):
        weights[k, rows] = 1.0
    return weights


def _words(
    rows: Sequence[Tested], coming: Ahead, paid: Spending, open_total: bool, tried: Gate
) -> list[Sentence]:
    words = [
        said(
            "Of {customers} customers, {predicted} are expected to buy within {days} days; "
            "between {low} and {high} would be no surprise.",
            customers=coming.customers,
            predicted=round(coming.predicted),
            days=coming.horizon_days,
            low=round(coming.low),
            high=round(coming.high),
        )
    ]
    words += _past(rows) if rows else [_no_past(coming)]
    words += _learned(tried)
    if open_total:
        words.append(
            said(
                "There is so little history that the forecast rests on general experience more "
                "than on this shop."
            )
        )
    if abs(paid.correlation) > DEPENDENT:
        words.append(_dependent(paid))
    return words


def _past(rows: Sequence[Tested]) -> list[Sentence]:
    missed = float(np.mean([abs(r.predicted - r.actual) / max(r.actual, 1) for r in rows]))
    words = [
        said(
            "Tried on {tests} earlier days of this shop's own past, the number of returning "
            "customers was missed by {percent} percent on average; it lay inside the interval "
            "{inside} times.",
            tests=len(rows),
            percent=round(100 * missed),
            inside=sum(r.low <= r.actual <= r.high for r in rows),
        )
    ]
    ours, rule = (float(np.mean([getattr(r, n) for r in rows])) for n in _LOSSES)
    if ours < rule:
        words.append(
            said(
                "On those days its chances were closer to what happened than the rule of twice "
                "the usual gap: its log-loss was {percent} percent lower. Each was forecast only "
                "from what was known on that day.",
                percent=round(100 * (1 - ours / rule)),
            )
        )
    else:
        words.append(
            said("On this shop's past it was no better than the rule of twice the usual gap.")
        )
    return words


def _learned(tried: Gate) -> list[Sentence]:
    if tried.closed is None or tried.blended is None:
        return []
    if not tried.is_open:
        return [
            said(
                "What a learning program made of habits did no better on {tests} of those days, "
                "and is not listened to.",
                tests=tried.moments,
            )
        ]
    return [
        said(
            "It also goes by habits that a learning program found in this shop's past: on {tests} "
            "of those days that lowered the log-loss by {percent} percent.",
            tests=tried.moments,
            percent=round(100 * (1 - tried.blended / tried.closed), 1),
        )
    ]


_LOSSES = ("log_loss", "naive_log_loss")


def _no_past(coming: Ahead) -> Sentence:
    return said(
        "The history is too short to try the forecast on it: {days} days to learn from and "
        "{days} days to compare with are needed. The intervals are wide for that reason.",
        days=coming.horizon_days,
    )


def _dependent(paid: Spending) -> Sentence:
    if paid.correlation > 0:
        return said(
            "Customers who buy often also spend more each time, which the value model does not "
            "know: take the values of rare buyers as a little high."
        )
    return said(
        "Customers who buy often spend less each time, which the value model does not know: take "
        "the values of rare buyers as a little low."
    )
