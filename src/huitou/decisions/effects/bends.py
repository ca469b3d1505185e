"""Who answers more: straight lines over people's traits, knees, and pairs of traits.

An act may move nobody below a threshold, or only those who are both late and loyal. So each trait
gets a line and knees, and each two traits a product; all of them are strongly shrunk together
(`weighing`), so that they say nothing until there are people enough to have shown them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huitou.decisions.audience import FloatArray

KNEES = (-1.0, 0.0, 1.0)
"""Where lines may bend, in spreads from the mean."""
RAISED = (0.5833, 0.3989, 0.5833)
"""How far a knee lies above 0 on average over a bell of people: `E|z − k| / 2`. It is taken off, so
that bends say who answers more, and nothing of how much all do: that is the level's to say."""
FARTHEST = 2.5
"""Traits count at most so many spreads: beyond, a line would be drawn through a handful."""
SLOPE, BEND = 0.15, 0.1
"""Usual widths of an act's slopes and bends, in log-odds, before any guess."""


@dataclass(frozen=True)
class Scale:
    """Centre and spread of each trait among those who were tried on."""

    centre: FloatArray
    spread: FloatArray

    @classmethod
    def of(cls, traits: FloatArray) -> Scale:
        """Of these people (n, traits); unknown traits (NaN) are left out."""
        known = np.isfinite(traits)
        many = np.maximum(known.sum(axis=0), 1)
        centre = np.where(known, traits, 0.0).sum(axis=0) / many
        away = np.where(known, traits - centre, 0.0)
        return cls(centre, np.sqrt((away**2).sum(axis=0) / many))

    def standard(self, traits: FloatArray) -> FloatArray:
        """Traits in spreads from the centre; 0 where one is unknown or the same for all."""
        if traits.shape[1] != len(self.centre):
            return np.zeros((len(traits), len(self.centre)))
        z = (traits - self.centre) / np.where(self.spread > 0, self.spread, 1.0)
        return np.where(np.isfinite(z) & (self.spread > 0), z, 0.0)


def bent(z: FloatArray) -> FloatArray:
    """Columns over standardised traits `z` (n, d): d lines, 3 d knees, d (d - 1) / 2 products."""
    near = np.clip(z, -FARTHEST, FARTHEST)
    knees = [np.abs(near - knee) / 2 - raised for knee, raised in zip(KNEES, RAISED, strict=True)]
    soft = np.tanh(z)
    one, two = np.triu_indices(z.shape[1], k=1)
    return np.column_stack([near, *knees, soft[:, one] * soft[:, two]])


def widths(traits: int, slope: float = 1.0, bend: float = 1.0) -> FloatArray:
    """The usual widths of the columns of `bent`, times these multiples."""
    beyond = len(KNEES) * traits + traits * (traits - 1) // 2
    return np.repeat([SLOPE * slope, BEND * bend], [traits, beyond])
