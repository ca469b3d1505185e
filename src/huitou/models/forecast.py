"""The forecast of one moment, and of those before it, each as it would have been made then.

    past = Past(origins, horizon_days, returning)
    found = foresee(customers, as_of_day, past)
    found.p_buy, found.expected          # of everybody, within the horizon
    found.then                           # the same at earlier moments, and what came

An earlier moment is forecast by the same function, from the moments before *it*: the level, the
season, the choice of a shape and whether learned shapes may speak are all as they would have been.
So what the card says of the past is what a merchant would have read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.models.backtest import (
    Backtest,
    Trial,
    Trials,
    choose,
    complete,
    log_loss,
    shape_scatter,
    trial,
)
from huitou.models.blend import Gate, blended_chances, blended_days, gate
from huitou.models.counts import FIRST_TRUST, interval, trust
from huitou.models.habits import Habits, can_learn, habits, words_of
from huitou.models.histories import FEWEST, Histories, Origin, histories
from huitou.models.level import Level, levelled, log_hazard_ratio
from huitou.models.numbers import Array, Index
from huitou.models.season import Tempo, season
from huitou.models.shape import Shape, shape
from huitou.models.trees import Lesson, School, logit

LEAST_CUSTOMERS = 1_000
"""Below so many customers nothing is learned: trees need many alike."""
MOST_CUSTOMERS = 2_000_000
"""Above so many nothing is learned: forests take a minute a million at each moment."""
HORIZONS = 2
"""With less history than so many horizons nothing is learned either."""
LATEST = 2
"""So many earlier moments say whether learned shapes may speak: the latest, which had the most to
learn from, as today has; and how sure a person's count is."""
SHAPE_WANDER = 0.15
"""Sd, in logits, of a tenth around its forecast, before any backtest; worth one window."""
NO_RETURNS = pa.table({"day": pa.array([], pa.date32()), "repeats": pa.array([], pa.int64())})


@dataclass(frozen=True)
class Past:
    """Earlier moments of one shop with what came after, and the work already done on them."""

    origins: Sequence[Origin]
    horizon_days: int
    returning: pa.Table = field(default_factory=lambda: NO_RETURNS)
    """Purchase days of each day that were not anybody's first (`season`)."""
    trials: Trials = field(default_factory=dict)
    made: dict[date, Forecast] = field(default_factory=dict)
    scored: dict[date, Forecast] = field(default_factory=dict)
    """The forecasts behind the scores that were asked for, for who asks why they are so."""

    def before(self, day: date) -> tuple[Origin, ...]:
        """Moments whose whole window was known on that day, latest first."""
        return complete(self.origins, day, self.horizon_days)

    def half_before(self, day: date) -> tuple[Origin, ...]:
        """The moment about half a horizon before, where it is known what came until `day`."""
        least, most = self.horizon_days / 3, 2 * self.horizon_days / 3
        return tuple(
            each
            for each in self.origins
            if least <= each.horizon_days <= most
            and each.as_of_day + timedelta(days=each.horizon_days) == day
            and each.customers.num_rows >= FEWEST
        )[:1]

    def then(self, origin: Origin) -> Forecast:
        """The forecast of an earlier moment, made once."""
        if origin.as_of_day not in self.made:
            self.made[origin.as_of_day] = foresee(origin.customers, origin.as_of_day, self)
        return self.made[origin.as_of_day]


@dataclass(frozen=True)
class Then:
    """A forecast of an earlier moment, and what came."""

    forecast: Forecast
    bought: NDArray[np.int64]

    @property
    def returned(self) -> NDArray[np.bool_]:
        """Who bought within the window."""
        return self.bought > 0

    def hindsight(self) -> Array:
        """Chances to buy with the total made right."""
        silence = self.forecast.silence
        power = log_hazard_ratio(silence, int(self.returned.sum()))
        return levelled(silence, float(np.exp(power)))


@dataclass(frozen=True)
class Learned:
    """What was learned from earlier moments, asked about the customers of this one."""

    school: School
    now: Habits

    def chances(self, closed: Array) -> Array:
        """Chances to buy, closed form and learned shapes together."""
        return blended_chances(closed, *self.school.chances(self.now, closed))

    def days(self, closed: Array) -> Array:
        """Expected purchase days, likewise."""
        return blended_days(closed, *self.school.days(self.now, closed))


@dataclass(frozen=True)
class Forecast:
    """All that is foreseen of one moment."""

    known: Histories
    made: Shape
    tried: Backtest
    hazard: Level
    volume: Level
    """Levels of silence and of expected purchases within the horizon."""
    horizon_days: int
    then: tuple[Then, ...]
    """Earlier moments whose windows are over, latest first."""
    learned: Learned | None

    @cached_property
    def gate(self) -> Gate:
        """Whether what was learned is listened to."""
        if self.learned is None:
            return Gate()
        both = [
            (log_loss(each.forecast.closed, each.returned), log_loss(told, each.returned))
            for each in self.then[:LATEST]
            if (told := each.forecast.blended) is not None
        ]
        return gate(both)

    @cached_property
    def bare(self) -> Array:
        """Chances of silence by the closed form, before the level."""
        return self.made.p_none(self.horizon_days)

    @cached_property
    def closed(self) -> Array:
        """Chances to buy by the closed form."""
        return levelled(self.bare, self.hazard.factor())

    @cached_property
    def blended(self) -> Array | None:
        """Chances to buy with what was learned, whether it is listened to or not."""
        return self.learned.chances(self.closed) if self.learned else None

    @cached_property
    def p_buy(self) -> Array:
        """Chances to buy within the horizon."""
        return self.blended if self.gate.is_open and self.blended is not None else self.closed

    @cached_property
    def silence(self) -> Array:
        """Chances of silence before the level: what the level's factor makes `p_buy` of."""
        if not self.gate.is_open:
            return self.bare
        return np.power(1.0 - self.p_buy, 1.0 / self.hazard.factor())

    @cached_property
    def expected(self) -> Array:
        """Expected purchase days within the horizon."""
        closed = self.made.expected(self.horizon_days) * self.volume.factor()
        if self.learned is None or not self.gate.is_open:
            return closed
        return self.learned.days(closed)

    @cached_property
    def personal_hazard(self) -> Array:
        """Power of each customer's bare silence that makes `p_buy` of it, the level included."""
        if not self.gate.is_open:
            return np.full(len(self.known), self.hazard.factor())
        with np.errstate(divide="ignore", invalid="ignore"):
            power = np.log1p(-np.minimum(self.p_buy, 1 - 1e-12)) / np.log(self.bare)
        return np.where(np.isfinite(power) & (power > 0), power, self.hazard.factor())

    @cached_property
    def personal_volume(self) -> Array:
        """What was learned makes of the closed form's expected purchases, without the level."""
        if not self.gate.is_open:
            return np.ones(len(self.known))
        closed = self.made.expected(self.horizon_days) * self.volume.factor()
        return self.expected / np.maximum(closed, 1e-12)

    @cached_property
    def trust(self) -> float:
        """Share of a person's own evidence that outcomes at earlier moments let one count."""
        seen = self.then[:LATEST]
        found = [
            trust(then.forecast.p_buy, then.forecast.expected, then.forecast.known.x, then.bought)
            for then in seen
        ]
        return float(np.exp(np.mean(np.log(found)))) if found else FIRST_TRUST

    @cached_property
    def days_interval(self) -> tuple[Index, Index]:
        """Purchase days of each person within the horizon: nine in ten lie from, and to, these."""
        return interval(self.p_buy, self.expected, self.known.x, self.trust)

    def value_volume(self, value_days: int) -> Level:
        """Level of expected purchases over the value days; in a year the seasons even out."""
        return self.tried.volume(self.made.tempo, value_days)

    @cached_property
    def shape_sd(self) -> float:
        """Sd, in logits, of a tenth around its forecast once the total is right."""
        scatter = [shape_scatter(each.hindsight(), each.returned) for each in self.then]
        return float(np.sqrt((SHAPE_WANDER**2 + sum(scatter)) / (1 + len(scatter))))


def foresee(customers: pa.Table, day: date, past: Past) -> Forecast:
    """Choose the shape by backtest, learn level and season from the past, fit to what is known.

    `day` is the first day that is not known; `customers` as in `facts.customers`.
    """
    known, whole = histories(customers), past.before(day)
    candidate, losses = choose(whole, known, past.trials)
    year = season(known, past.returning, day)
    windows = (*past.half_before(day), *whole)
    tried = Backtest(
        candidate,
        past.horizon_days,
        tuple(trial(candidate, each, year, past.trials) for each in windows),
        losses,
    )
    made = shape(candidate, known, Tempo(year, day))
    return Forecast(
        known=known,
        made=made,
        tried=tried,
        hazard=tried.hazard(made.tempo, past.horizon_days),
        volume=tried.volume(made.tempo, past.horizon_days),
        horizon_days=past.horizon_days,
        then=tuple(Then(past.then(each), np.asarray(each.bought)) for each in whole),
        learned=_learned(customers, made, whole, tried.trials[len(windows) - len(whole) :]),
    )


def _learned(
    customers: pa.Table, made: Shape, whole: Sequence[Origin], trials: Sequence[Trial]
) -> Learned | None:
    """What earlier moments teach; None where they are too few, or too little is known of them."""
    if not whole or not LEAST_CUSTOMERS <= customers.num_rows <= MOST_CUSTOMERS:
        return None
    days = whole[0].horizon_days
    lived = int(pc.max(customers.column("T")).as_py()) + 1
    if lived < HORIZONS * days or not all(map(can_learn, (customers, *_tables(whole)))):
        return None
    words = words_of(customers)
    lessons = [
        Lesson(
            shown(origin.customers, words, each.p_none, each.expected),
            each.hindsight(),
            each.expected_in_hindsight(),
            np.asarray(each.bought, dtype=np.float64),
        )
        for origin, each in zip(whole, trials, strict=True)
    ]
    now = shown(customers, words, made.p_none(days), made.expected(days))
    return Learned(School(lessons), now)


def _tables(origins: Sequence[Origin]) -> list[pa.Table]:
    return [origin.customers for origin in origins]


def shown(
    customers: pa.Table, words: dict[str, list[str]], p_none: Array, expected: Array
) -> Habits:
    """A customer's habits, and what the closed form makes of them."""
    own = habits(customers, words)
    said = np.column_stack([logit(1.0 - p_none), np.log(expected + 1e-9)])
    return Habits(
        (*own.names, "closed_chance", "closed_days"), np.hstack([own.values, said]), own.kinds
    )
