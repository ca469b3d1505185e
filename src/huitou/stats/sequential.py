"""Looking often without crying wolf: a one-sided boundary that spends its error over the looks.

Lan & DeMets (1983): by the share `t` of the time that is over, no more than `spent(t)` of the
error may have been used, however often and whenever somebody looked. The limit of each look
follows by integrating over all paths that have not crossed an earlier one (Armitage, McPherson &
Rowe 1969), as `ldbounds` and `gsDesign` do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

Floats = NDArray[np.float64]

POINTS = 201
"""Of the grid on which paths are summed: limits to two digits over a hundred looks."""
REACH = 7.0
"""Standard errors below zero where the grid begins."""
LEAST_STEP = 1e-4
"""Looks that add less than this share of the evidence so far are no new looks."""


def spent(share: float, alpha: float) -> float:
    """The error that may be used by this share of the time: Pocock's kind, even over the looks.

    Harm is to be stopped when it happens: the first weeks get as much of the error as the last.
    """
    return float(alpha * np.log1p((np.e - 1) * min(max(share, 0.0), 1.0)))


def limits(evidence: Sequence[float], shares: Sequence[float], alpha: float) -> list[float]:
    """The z that each look must exceed; infinite for a look that brought nothing new.

    Args:
        evidence: what each look rests on, never falling: events, or the variance of the sum so far.
        shares: share of the time that was over at each look, in [0, 1], never falling.
        alpha: the chance that the whole row of looks stops something harmless, one-sided.
    """
    found: list[float] = []
    path: tuple[Floats, Floats] | None = None  # places of the sum so far, and their weights
    last, used = 0.0, 0.0
    for information, share in zip(evidence, shares, strict=True):
        step = information - last
        allowed = spent(share, alpha) - used
        if step <= LEAST_STEP * max(last, 1e-12) or allowed <= 0:
            found.append(float("inf"))
            continue
        limit, path = _next(path, information, step, allowed)
        last, used = information, used + allowed
        found.append(limit / float(np.sqrt(information)))
    return found


def _next(
    path: tuple[Floats, Floats] | None, information: float, step: float, allowed: float
) -> tuple[float, tuple[Floats, Floats]]:
    """The limit on the sum that is crossed with chance `allowed`, and the paths left under it."""
    width = float(np.sqrt(step))
    top = REACH * float(np.sqrt(information))

    def beyond(limit: float) -> float:
        if path is None:
            return float(ndtr(-limit / width))
        places, weights = path
        return float(weights @ ndtr((places - limit) / width))

    limit = brentq(lambda b: beyond(b) - allowed, -top, 2 * top, xtol=1e-9 * top)
    places = np.linspace(-top, limit, POINTS)
    if path is None:
        density = _bell(places / width) / width
    else:
        before, weights = path
        density = _bell((places[:, None] - before) / width) @ weights / width
    gap = places[1] - places[0]
    each = np.full(POINTS, gap)
    each[[0, -1]] = gap / 2
    return float(limit), (places, density * each)


def _bell(x: Floats) -> Floats:
    """The normal density, several times faster than asking a distribution for it."""
    height: Floats = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    return height
