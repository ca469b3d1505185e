"""The forecast asked about customers who are otherwise than they are.

    ask = Otherwise(found, customers)
    ask(customers)                       # found.p_buy, as it was
    ask(customers with another silence)  # what it would have been

Fits, levels, trees and the totals that they were brought to stay as they were found: only the
customers asked about are others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from huitou.models.forecast import Forecast, Learned, shown
from huitou.models.habits import words_of
from huitou.models.histories import Histories, histories
from huitou.models.level import levelled, log_hazard_ratio
from huitou.models.numbers import Array
from huitou.models.shape import Shape
from huitou.models.summary import summarise
from huitou.models.trees import chance, logit

PLAIN_LEVEL, PLAIN_SEASON = "plain_level", "plain_season"
"""Columns that ask for the shop's level at 1, or for weeks like any others, whatever they hold."""


@dataclass(frozen=True)
class Otherwise:
    """A forecast and the customers it was made of."""

    found: Forecast
    customers: pa.Table

    def __call__(self, those: pa.Table) -> Array:
        """Chance of each to buy within the horizon."""
        found = self.found
        made, ahead = _of(found.made, histories(those)), self._ahead(those)
        none = made.ask(lambda fitted, s: fitted.p_none(s, ahead))
        closed = levelled(none, 1.0 if PLAIN_LEVEL in those.column_names else found.hazard.factor())
        if found.learned is None or not found.gate.is_open:
            return closed
        expected = made.ask(lambda fitted, s: fitted.expected(s, ahead))
        return self._blended(found.learned, those, none, expected, closed)

    def _ahead(self, those: pa.Table) -> float:
        tempo, days = self.found.made.tempo, self.found.horizon_days
        return (
            days * tempo.season.beats if PLAIN_SEASON in those.column_names else tempo.ahead(days)
        )

    def _blended(
        self, learned: Learned, those: pa.Table, none: Array, expected: Array, closed: Array
    ) -> Array:
        told = learned.school.chances(shown(those, self._words, none, expected), closed)
        parts = [closed, *map(_raised, told, self._powers[:-1])]
        return _raised(chance(np.mean([logit(part) for part in parts], axis=0)), self._powers[-1])

    @cached_property
    def _words(self) -> dict[str, list[str]]:
        return words_of(self.customers)

    @cached_property
    def _powers(self) -> tuple[float, ...]:
        """What brought each learned part, and then the blend, to the closed form's total."""
        found, learned = self.found, self.found.learned
        if learned is None:
            return ()
        total = float(found.closed.sum())
        told = learned.school.chances(learned.now, found.closed)
        each = [_power(part, total) for part in told]
        parts = [found.closed, *map(_raised, told, each)]
        return (*each, _power(chance(np.mean([logit(part) for part in parts], axis=0)), total))


def _power(part: Array, total: float) -> float:
    return float(np.exp(log_hazard_ratio(1.0 - part, total)))


def _raised(part: Array, power: float) -> Array:
    return levelled(1.0 - part, power)


def _of(made: Shape, known: Histories) -> Shape:
    """The same fits for other customers."""
    t_x, watched = made.tempo.lived(known)
    everyone = np.ones(len(known), dtype=bool)
    split = len(made.parts) > 1
    cohorts = [known.left_censored, ~known.left_censored] if split else [everyone]
    parts = []
    for part, who in zip(made.parts, cohorts, strict=True):
        # A cohort may stand empty: whoever was there before the records, asked as if won since.
        if not who.any():
            continue
        summary, place = summarise(known.x[who], t_x[who], watched[who])
        parts.append(replace(part, rows=np.flatnonzero(who), place=place, summary=summary))
    return Shape(made.candidate, tuple(parts), len(known), made.tempo)
