"""The shop's season: weeks of the year in which more is bought than in others, or less.

Where a customer buys at the rate lambda s(t), a purchase model counted in *operational time*,
tau(t) = the integral of s, is the same model again: all its formulas stay, and only the clock
runs faster before Christmas and slower after it.

The index of a week is what the customers known bought in it over what the model expected of them,
so that neither growth nor leaving is taken for season. A week seen in one year may have been any
other event: of an index seen m times, m / (m + 1) is believed, on the log scale. The rest may be
true all the same, and widens the interval of the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from huitou.models.fitted import Fitted, fit
from huitou.models.histories import Histories
from huitou.models.mbgnbd import MbgNbd
from huitou.models.numbers import Array, Index
from huitou.models.summary import each_alone, packed

WEEKS = 52
"""The last takes the one or two days that are over."""
LEAST_DAYS = 395
"""Thirteen months: with less no season is told from anything else."""
PRIOR = 15.0
"""Purchases that each week's index is drawn to 1 with."""
TURNS = 4
"""Fit and index by turns, so often."""
STRONGEST = 4.0
"""No week counts for more than this many, or less than one over it."""
BEATS = 4
"""Operational time is counted in quarters of a usual day: whole numbers are packed faster."""
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)
"""Days that have a place in operational time; others are taken for the nearest."""
AGES = 400
"""Ages at which the purchases expected of a newcomer are computed; between them they are drawn."""


@dataclass(frozen=True)
class Season:
    """The index of each week of the year, 1 on average; empty where no season is known."""

    weekly: tuple[float, ...] = ()
    believed: float | None = None
    """Share of the index found that it goes by; None where no season is known."""
    open: tuple[float, ...] = ()
    """Logarithms of the index of each week that it does not go by."""

    def doubt(self, days: int) -> float:
        """How far, in logs, windows of so many days may lie from what it goes by: an sd."""
        if not self.open:
            return 0.0
        weeks = min(max(round(days / 7), 1), WEEKS)
        around = np.concatenate([self.open, self.open])
        means = np.convolve(around, np.ones(weeks) / weeks, "valid")[:WEEKS]
        return float(means.std())

    @property
    def beats(self) -> int:
        """Units of operational time in a usual day."""
        return BEATS if self.weekly else 1


NO_SEASON = Season()


@dataclass(frozen=True)
class Tempo:
    """Operational time as seen from one day, the first that is not known."""

    season: Season
    day: date

    @property
    def _elapsed(self) -> Index:
        """Operational time before each day since `FIRST`."""
        return _elapsed(self.season.weekly)

    @property
    def _today(self) -> int:
        return _place(self.day)

    def ahead(self, days: float) -> float:
        """Operational time of the coming days."""
        if not self.season.weekly:
            return days
        until = np.clip(self._today + np.asarray(days), 0, len(self._elapsed) - 1)
        there = np.interp(until, np.arange(len(self._elapsed)), self._elapsed)
        return float(there - self._elapsed[self._today])

    def lived(self, known: Histories) -> tuple[Array, Array]:
        """t_x and T of each customer in operational time."""
        return self.lived_days(known.t_x, known.T)

    def lived_days(self, t_x: ArrayLike, T: ArrayLike) -> tuple[Array, Array]:
        """The same of days from first to last purchase, and from first purchase until yesterday."""
        last, watched = (np.asarray(days, dtype=np.float64) for days in (t_x, T))
        if not self.season.weekly:
            return last, watched
        yesterday = self._today - 1
        first = np.maximum(yesterday - watched.astype(np.int64), 0)
        begun = self._elapsed[first]
        then = self._elapsed[first + last.astype(np.int64)] - begun
        return then.astype(np.float64), (self._elapsed[yesterday] - begun).astype(np.float64)

    def until(self, beats: Index) -> Index:
        """The whole days by which so much operational time is over; -1 stays -1."""
        if not self.season.weekly:
            return beats
        wanted = self._elapsed[self._today] + beats
        days = np.searchsorted(self._elapsed, wanted) - self._today
        return np.where(beats < 0, -1, days).astype(np.int64)


def season(known: Histories, returning: pa.Table, day: date) -> Season:
    """The season of a shop, from the purchase days of those who returned before `day`.

    `returning` has a row a day: `day`, `repeats`, in any order; later ones are not looked at.
    """
    if not len(known) or int(known.T.max()) + 1 < LEAST_DAYS:
        return NO_SEASON
    place, repeats = _before(returning, day)
    if not repeats.sum():
        return NO_SEASON
    weeks = _weeks()
    came = np.bincount(weeks[place], repeats, WEEKS)
    index = np.ones(WEEKS)
    for _ in range(TURNS):
        tempo = Tempo(Season(tuple(index)), day)
        index = _smooth(index * (came + PRIOR) / (_expected(known, tempo) + PRIOR))
    seen = (int(known.T.max()) + 1) // 365
    believed = seen / (seen + 1)
    rest = (1 - believed) * np.log(index)
    index = index**believed
    return Season(tuple((index / index.mean()).tolist()), believed, tuple(rest.tolist()))


def _before(returning: pa.Table, day: date) -> tuple[Index, Array]:
    days = returning.column("day").cast(pa.int32()).to_numpy() - (FIRST - date(1970, 1, 1)).days
    repeats = returning.column("repeats").to_numpy().astype(np.float64)
    past = (days >= 0) & (days < _place(day))
    return days[past].astype(np.int64), repeats[past]


def _expected(known: Histories, tempo: Tempo) -> Array:
    """Repeat purchase days of each week of the year that the model expects of those known."""
    t_x, watched = tempo.lived(known)
    fitted = fit(MbgNbd(), packed(known.x, t_x, watched))
    age, expected = _of_a_newcomer(fitted, float(watched.max()))
    today = tempo._today
    first, people = np.unique(today - 1 - known.T.astype(np.int64), return_counts=True)
    weeks, elapsed, found = _weeks(), _elapsed(tempo.season.weekly), np.zeros(WEEKS)
    for began, many in zip(np.maximum(first, 0).tolist(), people.tolist(), strict=True):
        lived = elapsed[began:today] - elapsed[began]
        gained = np.diff(np.interp(lived, age, expected))
        found += many * np.bincount(weeks[began + 1 : today], gained, WEEKS)
    return found


def _of_a_newcomer(fitted: Fitted, longest: float) -> tuple[Array, Array]:
    """Expected repeat purchases by age; they come early if at all, so ages are denser there."""
    age = longest * np.linspace(0.0, 1.0, AGES) ** 2
    nothing = np.zeros(AGES)
    return age, fitted.expected(each_alone(nothing, nothing, nothing), age)


def _smooth(index: Array) -> Array:
    even: Array = (np.roll(index, 1) + 2 * index + np.roll(index, -1)) / 4
    bounded: Array = np.clip(even / even.mean(), 1 / STRONGEST, STRONGEST)
    return bounded


def _place(day: date) -> int:
    return min(max((day - FIRST).days, 1), (LAST - FIRST).days)


@lru_cache(maxsize=1)
def _weeks() -> Index:
    """The week of the year of every day from `FIRST`."""
    days = np.datetime64(FIRST) + np.arange((LAST - FIRST).days)
    of_year: Index = (days - days.astype("datetime64[Y]")).astype(np.int64)
    return np.minimum(of_year // 7, WEEKS - 1)


@lru_cache(maxsize=64)
def _elapsed(weekly: tuple[float, ...]) -> Index:
    lengths = BEATS * np.asarray(weekly)[_weeks()]
    return np.concatenate([[0], np.floor(np.cumsum(lengths))]).astype(np.int64)
