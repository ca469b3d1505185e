"""Looking often without crying wolf: boundaries that spend their error over the looks.

Lan & DeMets (1983): by the share `t` of the time that is over, no more than `spent(t)` of the
error may have been used, however often and whenever somebody looked. The limit of each look
follows by integrating over all paths that have not crossed an earlier one (Armitage, McPherson &
Rowe 1969), as `ldbounds` and `gsDesign` do. `limits` is for harm, one-sided and early; `bounds`
is for benefit, two-sided and late (O'Brien & Fleming 1979).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

POINTS = 201
"""Of the grid on which paths are summed: limits to two digits over a hundred looks."""
REACH = 7.0
"""Standard errors below zero where the grid begins."""
LEAST_STEP = 1e-4
"""Looks that add less than this share of the evidence so far are no new looks."""
FINER = 151
"""Points of the grid between two bounds, for Simpson's rule: four digits."""
LIKE_THE_LAST = 0.99
"""Two looks that agree more are taken to agree this much: the grid sees no finer, and bounds only
get stricter by it."""
FAR = 9.0
"""A bound in standard errors that nothing crosses; integrals beyond it are nothing."""


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


def late(share: float, alpha: float) -> float:
    """The error, two-sided, that may be used by this share of the time: O'Brien and Fleming's kind.

    Next to nothing at the start and nearly all at the end (Lan & DeMets 1983), so that the last
    look is almost what a single one would be.
    """
    if share <= 0:
        return 0.0
    return float(4 * ndtr(ndtri(alpha / 4) / np.sqrt(min(share, 1.0))))


def evidence_of(agreements: Sequence[float]) -> list[float]:
    """Information at each look from the correlations of each look's z with the one before.

    Of sums of independent steps the correlation of two looks is the root of the ratio of their
    information. A fixed cohort's weeks are not independent; with these figures each look still
    hangs on the one before as it was measured to. One more look than correlations.
    """
    found = [1.0]
    for agreement in agreements:
        found.append(found[-1] / min(max(agreement, 0.05), LIKE_THE_LAST) ** 2)
    return found


def bounds(evidence: Sequence[float], shares: Sequence[float], alpha: float = 0.05) -> list[float]:
    """The |z| that each look must exceed; infinite where next to no error may be used yet.

    Args:
        evidence: information at each look, rising (`evidence_of`).
        shares: share of the time that was over at each look, in (0, 1], rising; fixed beforehand.
        alpha: the chance that the whole row of looks finds something where nothing is, two-sided.
    """
    found: list[float] = []
    path: tuple[Floats, Floats] | None = None
    last, used = 0.0, 0.0
    for information, share in zip(evidence, shares, strict=True):
        if information <= last:
            raise ValueError("each look must know more than the one before")
        allowed = late(share, alpha) - used
        limit, path = _both_sides(path, information, information - last, allowed)
        last, used = information, used + max(allowed, 0.0)
        found.append(limit / float(np.sqrt(information)))
    return [each if each < FAR else float("inf") for each in found]


def crossed(evidence: Sequence[float], line: Sequence[float]) -> float:
    """The chance that |z| crosses this line at any of these looks when nothing is there."""
    path: tuple[Floats, Floats] | None = None
    last, sure = 0.0, 0.0
    for information, limit in zip(evidence, line, strict=True):
        step = information - last
        reach = min(limit, FAR) * float(np.sqrt(information))
        sure += _outside(path, reach, float(np.sqrt(step)))
        path = _kept(path, reach, float(np.sqrt(step)))
        last = information
    return sure


def _both_sides(
    path: tuple[Floats, Floats] | None, information: float, step: float, allowed: float
) -> tuple[float, tuple[Floats, Floats]]:
    """The limit on the size of the sum that is crossed with chance `allowed`, and what stays."""
    width, top = float(np.sqrt(step)), FAR * float(np.sqrt(information))
    if allowed <= _outside(path, top, width):
        return top, _kept(path, top, width)
    limit = brentq(lambda b: _outside(path, b, width) - allowed, 0.0, top, xtol=1e-9 * top)
    return float(limit), _kept(path, float(limit), width)


def _outside(path: tuple[Floats, Floats] | None, limit: float, width: float) -> float:
    if path is None:
        return float(2 * ndtr(-limit / width))
    places, weights = path
    return float(weights @ (ndtr((places - limit) / width) + ndtr((-limit - places) / width)))


def _kept(path: tuple[Floats, Floats] | None, limit: float, width: float) -> tuple[Floats, Floats]:
    """The paths that stay between the limits: places of the sum, and their weights (Simpson)."""
    places = np.linspace(-limit, limit, FINER)
    if path is None:
        density = _bell(places / width) / width
    else:
        before, weights = path
        density = _bell((places[:, None] - before) / width) @ weights / width
    each = np.full(FINER, 2.0)
    each[1::2] = 4.0
    each[[0, -1]] = 1.0
    return places, density * each * (places[1] - places[0]) / 3


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
