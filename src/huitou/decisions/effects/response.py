"""How buying answers to an act: a shrunk logistic response around what was forecast anyway.

    logit P(buys) = offset + x'θ

The forecast of the moment of deciding is among `x`, so only the *change* has to be learned. Those
who got nothing put it right: where it was wrong for all, that is no effect of an act (`design`).
Everything has a normal prior; the posterior is normal around its top (Laplace: Tierney & Kadane
1986; MacKay 1992). The posterior is concave, so Newton's steps with halving find the one top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, logit

from huitou.decisions.audience import FloatArray, IntArray
from huitou.ground.errors import HuitouError

STEPS = 60
"""Newton's steps at most; a handful is usual."""
CLOSE = 1e-10
"""Newton's decrement at which the top is found."""
EDGE = 1e-4
"""Forecasts are taken as at least this far from 0 and 1, where log-odds run away."""
HALVINGS = 30

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Normal:
    """A normal belief about the parameters: mean (d,) and covariance (d, d)."""

    mean: FloatArray
    covariance: FloatArray

    @classmethod
    def apart(cls, mean: FloatArray, sd: FloatArray) -> Normal:
        """Independent parameters, each with its own mean and standard deviation (> 0)."""
        return cls(np.asarray(mean, dtype=float), np.diag(np.asarray(sd, dtype=float) ** 2))

    def __len__(self) -> int:
        """How many parameters there are."""
        return len(self.mean)

    @cached_property
    def precision(self) -> FloatArray:
        """The inverse of the covariance."""
        inverse: FloatArray = np.linalg.inv(self.covariance).astype(np.float64)
        return inverse

    @cached_property
    def sd(self) -> FloatArray:
        """The standard deviation of each parameter."""
        widths: FloatArray = np.sqrt(np.diag(self.covariance)).astype(np.float64)
        return widths

    def part(self, places: Sequence[int] | IntArray) -> Normal:
        """The belief about some of the parameters alone."""
        at = np.asarray(places)
        return Normal(self.mean[at], self.covariance[np.ix_(at, at)])

    def shift(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the log-odds shift `x'θ` of each row of `x` (n, d)."""
        variance = np.einsum("ij,jk,ik->i", x, self.covariance, x, optimize=True)
        return x @ self.mean, np.sqrt(np.maximum(variance, 0.0))


@dataclass(frozen=True)
class Posterior(Normal):
    """What is believed after the data, and how well the prior had foreseen them."""

    evidence: float = 0.0
    """Log of the marginal likelihood, by Laplace: compares priors, never data."""
    rows: int = 0


@dataclass(frozen=True)
class Block:
    """Rows whose log-odds are `offset + x @ θ[places]`, with what happened."""

    x: FloatArray
    y: FloatArray
    """1 who bought within the window, 0 who did not."""
    offset: FloatArray
    places: IntArray
    """Which parameters the columns of `x` belong to."""
    weight: FloatArray | None = None
    """How much each row counts; None for 1 each."""


def fit_blocks(blocks: Sequence[Block], prior: Normal) -> Posterior:
    """One posterior for rows that share some of their parameters; no rows give the prior back.

    Raises:
        HuitouError: where lengths disagree, `y` is neither 0 nor 1, or a number is not finite.
    """
    for block in blocks:
        _check(block, len(prior))
    theta = prior.mean.copy()
    at, slope, bend = _look(blocks, prior, theta)
    for _ in range(STEPS):
        step: FloatArray = np.linalg.solve(bend, slope).astype(np.float64)
        if float(slope @ step) < CLOSE:
            break
        theta, (at, slope, bend) = _stride(blocks, prior, theta, step, at)
    covariance = np.linalg.inv(bend)
    # The curvature is a sum of squares; what rounding leaves unequal above and below is averaged.
    covariance = (covariance + covariance.T) / 2
    evidence = at + (_half_log_det(prior.precision) - _half_log_det(bend))
    rows = sum(len(block.y) for block in blocks)
    return Posterior(theta, covariance, evidence=float(evidence), rows=rows)


Looked = tuple[float, FloatArray, FloatArray]


def _stride(
    blocks: Sequence[Block], prior: Normal, theta: FloatArray, step: FloatArray, at: float
) -> tuple[FloatArray, Looked]:
    """One step of Newton's, halved until it climbs."""
    share = 1.0
    for _ in range(HALVINGS):
        there = theta + share * step
        found = _look(blocks, prior, there)
        if found[0] >= at - 1e-9 * (1.0 + abs(at)):
            return there, found
        share /= 2
    return theta, _look(blocks, prior, theta)


def _look(blocks: Sequence[Block], prior: Normal, theta: FloatArray) -> Looked:
    """Log posterior at θ (but for a constant), its slope, and its curvature turned positive."""
    away = theta - prior.mean
    slope = -prior.precision @ away
    bend = prior.precision.copy()
    at = 0.5 * float(away @ slope)
    for block in blocks:
        eta = block.offset + block.x @ theta[block.places]
        p = expit(eta)
        weight = 1.0 if block.weight is None else block.weight
        at += float(np.sum(weight * (block.y * eta - np.logaddexp(0.0, eta))))
        slope[block.places] += block.x.T @ (weight * (block.y - p))
        each = block.x * (weight * p * (1 - p))[:, None]
        bend[np.ix_(block.places, block.places)] += each.T @ block.x
    return at, slope, bend


def _half_log_det(matrix: FloatArray) -> float:
    sign, log = np.linalg.slogdet(matrix)
    if sign <= 0:
        raise HuitouError("a prior must be a covariance: its widths are above 0")
    return 0.5 * float(log)


def _check(block: Block, parameters: int) -> None:
    rows = len(block.y)
    numbers = [block.x, block.y, block.offset] + ([] if block.weight is None else [block.weight])
    if any(len(each) != rows for each in numbers) or block.x.shape != (rows, len(block.places)):
        raise HuitouError("features, outcomes and offsets must be of the same people")
    if not all(bool(np.isfinite(each).all()) for each in numbers):
        raise HuitouError("features, outcomes and offsets must be finite numbers")
    if not bool(np.isin(block.y, (0.0, 1.0)).all()):
        raise HuitouError("an outcome is 1 where somebody bought and 0 where not")
    if rows and int(block.places.max()) >= parameters:
        raise HuitouError("there are more features than the prior knows")


def averaged(posteriors: Sequence[Posterior], prior_weight: FloatArray | None = None) -> Posterior:
    """Several priors' posteriors as one, each by how well its prior foresaw the data.

    Widths are not picked but averaged over (mixture moments): picking the best one would be sure of
    a width that the data cannot tell.
    """
    log = np.array([each.evidence for each in posteriors])
    if prior_weight is not None:
        log = log + np.log(prior_weight)
    share = np.exp(log - log.max())
    share /= share.sum()
    means = np.array([each.mean for each in posteriors])
    mean = share @ means
    away = means - mean
    within = sum(w * each.covariance for w, each in zip(share, posteriors, strict=True))
    between = np.einsum("i,ij,ik->jk", share, away, away)
    evidence = float(log.max() + np.log(np.mean(np.exp(log - log.max()))))
    return Posterior(mean, within + between, evidence=evidence, rows=posteriors[0].rows)


# ---- from log-odds to chances ----


def log_odds(p: FloatArray) -> FloatArray:
    """Log-odds of a chance, kept away from the edges."""
    kept: FloatArray = logit(np.clip(p, EDGE, 1 - EDGE))
    return kept


def expected_move(p: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Expected change of a chance whose log-odds shift by a normal `mean`, `sd`.

    Averaged over nine points (Gauss-Hermite), not taken at the mean: a wide belief moves people
    towards one half, and a promise must not forget it. Who is certain does not move.
    """
    at = logit(np.clip(p, 1e-9, 1 - 1e-9))
    here, found = expit(at), np.zeros(np.shape(at))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        found += weight * (expit(at + mean + node * sd) - here)
    change: FloatArray = np.where((p > 0) & (p < 1), found, 0.0)
    return change
