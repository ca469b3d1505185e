"""The forecast tried on the shop's own past, with only what was known at the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from huitou.models.histories import FEWEST, Histories, Origin, histories
from huitou.models.level import (
    Level,
    Witness,
    level,
    levelled,
    log_hazard_ratio,
    log_ratio,
)
from huitou.models.numbers import Array
from huitou.models.season import NO_SEASON, Season, Tempo
from huitou.models.shape import CANDIDATES, Candidate, can_split, shape

Z90 = 1.6448536269514722
"""Standard normal quantile of a two-sided 90 % interval."""
MOST_ORIGINS = 5
YEAR = 365


def origin_days(first_day: date, as_of_day: date, horizon_days: int) -> tuple[date, ...]:
    """The earlier moments worth trying, latest first: full windows only, half a horizon apart.

    Each has at least one horizon (and sixty days) of history before it, and its window ends by
    `as_of_day`. The same day a year ago is among them where history allows: it shares the season.
    """
    step = max(horizon_days // 2, 14)
    oldest = first_day + timedelta(days=max(horizon_days, 60))
    latest = as_of_day - timedelta(days=horizon_days)
    year_ago = as_of_day - timedelta(days=365)
    days = [latest - timedelta(days=step * i) for i in range(MOST_ORIGINS)]
    if oldest <= year_ago <= latest:
        days = [day for day in days if abs((day - year_ago).days) > step // 2] + [year_ago]
        days = [year_ago, *sorted(days[:-1], reverse=True)[: MOST_ORIGINS - 1]]
    return tuple(sorted((day for day in days if day >= oldest), reverse=True))


@dataclass(frozen=True)
class Trial:
    """One candidate at one origin: what the bare shape said, and what happened."""

    origin: date
    days: int
    p_none: Array
    expected: Array
    bought: NDArray[np.int64]
    hazard: float
    """Log level in hindsight: the power of silence that makes the total right."""
    volume: float
    """Log of actual over expected purchase days."""

    @property
    def returned(self) -> NDArray[np.bool_]:
        """Who bought within the window."""
        return self.bought > 0

    def hindsight(self) -> Array:
        """Chances to buy with the total made right: what is left is an error of shape."""
        return levelled(self.p_none, float(np.exp(self.hazard)))

    def expected_in_hindsight(self) -> Array:
        """Expected purchase days with the total made right."""
        return self.expected * float(np.exp(self.volume))

    @property
    def log_loss(self) -> float:
        """Of the chances in hindsight: candidates are judged by shape, the level comes after."""
        return log_loss(self.hindsight(), self.returned)


Trials = dict[tuple[str, date, int, Season], Trial]
"""Trials made already, by candidate, origin, horizon and season: scoring several moments of one
shop asks for the same ones again. Only for origins whose customers are the same each time."""


@dataclass(frozen=True)
class Backtest:
    """The chosen candidate and its trials in the tempo of today, latest first."""

    candidate: Candidate
    horizon_days: int
    trials: tuple[Trial, ...]
    losses: dict[str, float]
    """Mean log-loss of each candidate tried, over whole windows."""

    def hazard(self, tempo: Tempo, days: int) -> Level:
        """Level of silence for the coming days."""
        return _level([self._witness(each, each.hazard) for each in self.trials], tempo, days)

    def volume(self, tempo: Tempo, days: int) -> Level:
        """Level of expected purchases in the coming days."""
        return _level([self._witness(each, each.volume) for each in self.trials], tempo, days)

    def _witness(self, seen: Trial, log: float) -> Witness:
        return Witness(seen.origin, seen.days, log, seen.days / self.horizon_days)


def _level(seen: Sequence[Witness], tempo: Tempo, days: int) -> Level:
    if days >= YEAR:  # in which seasons even out
        return level(seen, tempo.day, days, believed=1.0)
    year = tempo.season
    return level(seen, tempo.day, days, believed=year.believed, doubt=year.doubt(days))


def complete(origins: Sequence[Origin], as_of_day: date, horizon_days: int) -> tuple[Origin, ...]:
    """Origins whose window ended by `as_of_day`, latest first; the others know the future."""
    whole = [
        origin
        for origin in origins
        if origin.horizon_days == horizon_days
        and origin.as_of_day + timedelta(days=horizon_days) <= as_of_day
        and origin.customers.num_rows >= FEWEST
    ]
    return tuple(sorted(whole, key=lambda origin: origin.as_of_day, reverse=True))


def choose(
    origins: Sequence[Origin], now: Histories, trials: Trials
) -> tuple[Candidate, dict[str, float]]:
    """The candidate with the least mean log-loss at these origins, and the losses of all.

    Fitting cohorts apart is tried only where the customers of today allow it. Without origins the
    default stands. Seasons move all candidates alike, and are left out. Trials found in `trials`
    are not made again, and new ones are added.
    """
    if not origins:
        return CANDIDATES[0], {}
    losses = {
        candidate: float(
            np.mean([trial(candidate, o, NO_SEASON, trials).log_loss for o in origins])
        )
        for candidate in CANDIDATES
        if not candidate.by_cohort or can_split(now)
    }
    best = min(losses, key=lambda candidate: losses[candidate])
    return best, {candidate.name: loss for candidate, loss in losses.items()}


def trial(candidate: Candidate, origin: Origin, season: Season, trials: Trials) -> Trial:
    """Fit a candidate to what was known at the origin, and look at what came."""
    key = (candidate.name, origin.as_of_day, origin.horizon_days, season)
    if key not in trials:
        trials[key] = _tried(candidate, origin, Tempo(season, origin.as_of_day))
    return trials[key]


def _tried(candidate: Candidate, origin: Origin, tempo: Tempo) -> Trial:
    made, days = shape(candidate, histories(origin.customers), tempo), origin.horizon_days
    bought = np.asarray(origin.bought, dtype=np.int64)
    p_none, expected = made.p_none(days), made.expected(days)
    return Trial(
        origin.as_of_day,
        days,
        p_none,
        expected,
        bought,
        log_hazard_ratio(p_none, int((bought > 0).sum())),
        log_ratio(float(expected.sum()), float(bought.sum())),
    )


def log_loss(p: Array, happened: NDArray[np.bool_]) -> float:
    """Mean negative log-probability of what happened; chances are kept off 0 and 1 by 1e-6."""
    kept = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(happened, np.log(kept), np.log1p(-kept))))


def naive_log_loss(known: Histories, happened: NDArray[np.bool_]) -> float:
    """Log-loss of the usual rule, *overdue when silent for twice the own typical gap*.

    The rule's two groups get their true shares of buyers, known only in hindsight: the rule at
    its best, so that beating it means something.
    """
    overdue = (known.T - known.t_x) > 2 * known.typical_gap
    p = np.zeros(len(known))
    for group in (overdue, ~overdue):
        if group.any():
            p[group] = happened[group].mean()
    return log_loss(p, happened)


def tenths(p: Array) -> list[NDArray[np.int64]]:
    """Rows of each tenth of the customers, the likeliest buyers first."""
    return np.array_split(np.argsort(-p, kind="stable"), min(10, len(p)))


def group_interval(
    p_none: Array, rows: NDArray[np.int64], hazard: Level, shape_sd: float, parameter_sd: float
) -> tuple[float, float, float]:
    """Expected number of buyers among some rows, with a 90 % interval of the number to come.

    Adds, as variances, the level's sd, the chance of single purchases, the error of shape
    and the parameters'.
    """
    silence = p_none[rows]
    p = levelled(silence, hazard.factor())
    up, down = (levelled(silence, hazard.factor(away)).sum() for away in (1.0, -1.0))
    chance = float((p * (1 - p)).sum())
    variance = ((up - down) / 2) ** 2 + chance + (shape_sd * chance) ** 2 + parameter_sd**2
    middle, reach = float(p.sum()), Z90 * float(np.sqrt(variance))
    return middle, max(middle - reach, 0.0), min(middle + reach, float(len(rows)))


def shape_scatter(p: Array, returned: NDArray[np.bool_]) -> float:
    """Mean squared logit error of the tenths, less what chance alone explains.

    `p` has its total made right.
    """
    excess = []
    for rows in tenths(p):
        chance = max(float((p[rows] * (1 - p[rows])).sum()), 0.5)
        error = (float(returned[rows].sum()) - float(p[rows].sum())) / chance
        excess.append(error**2 - 1 / chance)
    return max(float(np.mean(excess)), 0.0)
