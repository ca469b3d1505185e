"""What goes beyond straight lines: knees and pairs of features, for effects that bend.

An act may move nobody below a threshold, or only those who are both late and loyal. So each feature
gets knees, and each two features a product; all of them are strongly shrunk together (`weigh_acts`
with `bends`), so that they say nothing until there are people enough to have seen them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

KNEES = (-1.0, 0.0, 1.0)
"""Where lines may bend, in spreads from the mean."""
FARTHEST = 2.5
"""Features count at most so many spreads: beyond, a line would be drawn through a handful."""
LEVEL, SLOPE, BEND = 0.3, 0.15, 0.1
"""Usual widths of an act's level, slopes and bends, in log-odds, before any guess."""


def bent(z: FloatArray) -> tuple[FloatArray, int]:
    """Columns for `weigh_acts` and how many of them, the last, are bends.

    Args:
        z: features (n, d), each with mean 0 and spread 1.

    Returns:
        (n, 1 + d + 3 d + d (d - 1) / 2) columns: a level, straight lines, knees, products.
    """
    near = np.clip(z, -FARTHEST, FARTHEST)
    knees = [np.abs(near - knee) / 2 for knee in KNEES]
    soft = np.tanh(z)
    one, two = np.triu_indices(z.shape[1], k=1)
    pairs = soft[:, one] * soft[:, two]
    columns = np.column_stack([np.ones(len(z)), near, *knees, pairs])
    return columns, columns.shape[1] - 1 - z.shape[1]


def widths(features: int, bends: int) -> FloatArray:
    """The usual widths of the columns of `bent`, of so many features."""
    return np.repeat([LEVEL, SLOPE, BEND], [1, features, bends])
