"""How many purchase days a person may have, with the interval that holds nine in ten outcomes.

Whoever buys at all has 1 + N days, N negative binomial: its mean is what the forecast expects
beyond the first day, its size the evidence there is of the person's own rate, r + x purchases'
worth in the closed form. Forecasts are less sure than their formula: one number, found from what
came at earlier moments, says how much of that evidence to count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from huitou.models.numbers import Array, Index

TRUST = np.exp(np.linspace(np.log(0.05), np.log(4.0), 24))
"""Shares of the evidence that may be counted."""
FIRST_TRUST = 0.5
"""Counted before any earlier moment has been seen."""
MASS = 0.9


def trust(p_buy: Array, expected: Array, x: Array, bought: NDArray[np.int64]) -> float:
    """The share of the evidence under which what came was likeliest."""
    came = bought > 0
    if not came.any():
        return FIRST_TRUST
    more, own = _beyond(p_buy, expected)[came], x[came]
    counted = bought[came] - 1
    fits = [float(_log_likely(counted, more, share * (1.0 + own)).sum()) for share in TRUST]
    return float(TRUST[int(np.argmax(fits))])


def interval(p_buy: Array, expected: Array, x: Array, share: float) -> tuple[Index, Index]:
    """The shortest range of purchase days with nine in ten of the chances: from, and to.

    It begins at no day or at one wherever that is shortest, else leaves as much on either side.
    """
    from scipy.stats import nbinom  # half a second to load: for those alone who count days

    more, size = _beyond(p_buy, expected), share * (1.0 + x)
    odds = size / (size + more)
    nothing = 1.0 - p_buy

    def upto(chance: Array) -> Index:
        """The number of days that this chance reaches."""
        within = np.clip((chance - nothing) / np.maximum(p_buy, 1e-12), 0.0, 1 - 1e-12)
        days = 1 + nbinom.ppf(within, size, odds)
        return np.where(chance <= nothing, 0, days).astype(np.int64)

    from_none = upto(np.full_like(p_buy, MASS))
    middle = (upto(np.full_like(p_buy, (1 - MASS) / 2)), upto(np.full_like(p_buy, (1 + MASS) / 2)))
    shorter = middle[1] - middle[0] < from_none
    return np.where(shorter, middle[0], 0), np.where(shorter, middle[1], from_none)


def _beyond(p_buy: Array, expected: Array) -> Array:
    """Purchase days expected beyond the first, of whoever has one."""
    return np.maximum(expected / np.maximum(p_buy, 1e-9) - 1.0, 1e-6)


def _log_likely(n: NDArray[np.int64], mean: Array, size: Array) -> Array:
    chosen: Array = gammaln(size + n) - gammaln(size) - gammaln(n + 1.0)
    return chosen + size * np.log(size / (size + mean)) + n * np.log(mean / (size + mean))
