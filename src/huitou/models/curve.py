"""One customer's curve: the chance to have bought again by each coming day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from huitou.models.fitted import Fitted
from huitou.models.level import levelled
from huitou.models.numbers import Array
from huitou.models.season import Season, Tempo
from huitou.models.shape import CANDIDATES
from huitou.models.summary import summarise


@dataclass(frozen=True)
class Row:
    """What is known of one customer: their history in days, and the chance foreseen."""

    x: int
    t_x: int
    T: int
    p_buy: float
    """Chance to buy within the horizon."""
    first: bool = False
    """Whether they were seen right at the start of the log (`left_censored`)."""


@dataclass(frozen=True)
class Rhythm:
    """What a card keeps so that curves can be drawn later, without fitting again."""

    model: str
    """A candidate's name, as on the card."""
    params: Mapping[str, float]
    """As on the card; those of the log's first customers carry `_first`."""
    day: date
    """The first day that was not known."""
    horizon_days: int
    weekly: tuple[float, ...] = ()
    """The season's index of each week of the year; empty where none is known."""

    def chance_by(self, one: Row, days: Sequence[int]) -> Array:
        """Chance to have bought by each of `days` after the moment of the card.

        The shape's own curve, at the level at which it passes through the chance foreseen.
        """
        tempo = Tempo(Season(self.weekly), self.day)
        t_x, watched = tempo.lived_days(one.t_x, one.T)
        summary, _ = summarise([one.x], [t_x], [watched])
        fitted = self._fitted(one.first, tempo.season.beats)
        ahead = [tempo.ahead(day) for day in (self.horizon_days, *days)]
        none = np.concatenate([fitted.p_none(summary, each) for each in ahead])
        return levelled(none[1:], _power(float(none[0]), one.p_buy))

    def _fitted(self, first: bool, beats: int) -> Fitted:
        model = next(each.model for each in CANDIDATES if each.name == self.model)
        own = [f"{name}_first" for name in model.names]
        names = own if first and all(name in self.params for name in own) else model.names
        unit = [beats if time else 1 for time in model.scales]
        theta = np.log([self.params[name] for name in names]) + np.log(unit)
        return Fitted(model, theta, np.zeros((len(theta), len(theta))), 0.0, 0)


def _power(none: float, p_buy: float) -> float:
    """The power of silence that makes the foreseen chance of it."""
    if not 0.0 < none < 1.0:
        return 1.0
    return float(np.log1p(-min(p_buy, 1 - 1e-12)) / np.log(none))
