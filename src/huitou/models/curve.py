"""One customer's curve: the chance to have bought again by each coming day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from huitou.models.fitted import Fitted
from huitou.models.level import levelled
from huitou.models.numbers import Array
from huitou.models.shape import CANDIDATES
from huitou.models.summary import summarise


@dataclass(frozen=True)
class Rhythm:
    """What a card keeps so that curves can be drawn later, without fitting again."""

    model: str
    """A candidate's name, as on the card."""
    params: Mapping[str, float]
    """As on the card; those of the log's first customers carry `_first`."""
    factor: float
    """The level of silence: hazards are multiplied by it."""

    def chance_by(
        self, x: int, t_x: int, T: int, days: Sequence[int], *, first: bool = False
    ) -> Array:
        """Chance to have bought by each of `days` after the moment of the card.

        `first` marks a customer seen right at the start of the log (`left_censored`).
        """
        summary, _ = summarise([x], [t_x], [T])
        fitted = self._fitted(first)
        none = np.concatenate([fitted.p_none(summary, day) for day in days])
        return levelled(none, self.factor)

    def _fitted(self, first: bool) -> Fitted:
        model = next(each.model for each in CANDIDATES if each.name == self.model)
        own = [f"{name}_first" for name in model.names]
        names = own if first and all(name in self.params for name in own) else model.names
        theta = np.log([self.params[name] for name in names])
        return Fitted(model, theta, np.zeros((len(theta), len(theta))), 0.0, 0)
