"""How buying answers to an act: a shrunk logistic response around what was forecast anyway.

    logit P(buys) = α + β · logit p₀ + x'θ(act)

`p₀` is the forecast at the moment of deciding, so only the *change* has to be learned. Those who
got nothing fit `α` and `β`: where the forecast was wrong for all, that is no effect of an act.
Everything has a normal prior; the posterior is normal around its top (Laplace: Tierney & Kadane
1986; MacKay 1992). The posterior is concave, so Newton's steps with halving find the one top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from huitou.ground.errors import HuitouError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

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

    def delta(self, p0: FloatArray, x: FloatArray) -> FloatArray:
        """Expected change of the chance to buy, averaged over what is not known of θ."""
        return expected_move(p0, *self.shift(x))

    def draw(self, dice: np.random.Generator, times: int) -> FloatArray:
        """Draws of the parameters, (times, d): for Thompson's lots and for simulations."""
        return dice.multivariate_normal(self.mean, self.covariance, size=times, method="cholesky")


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


def fit(
    x: FloatArray,
    y: FloatArray,
    offset: FloatArray,
    prior: Normal,
    weight: FloatArray | None = None,
) -> Posterior:
    """The posterior of θ in `logit P(y) = offset + x @ θ`, for one act or one group of people.

    Args:
        x: features (n, d) known when it was decided, standardised; a column of ones for the level.
        y: 1 bought within the window, 0 not (n,).
        offset: log-odds to buy without the act (n,): `log_odds(p0)`.
        prior: mean and covariance of θ.
        weight: how much each row counts, e.g. less for years long gone.

    Raises:
        HuitouError: where lengths disagree, `y` is neither 0 nor 1, or a number is not finite.
    """
    return fit_blocks([Block(x, y, offset, np.arange(len(prior)), weight)], prior)


def fit_blocks(blocks: Sequence[Block], prior: Normal) -> Posterior:
    """One posterior for rows that share some of their parameters; no rows give the prior back."""
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


# ---- acts together, with the baseline that those left alone calibrate ----

BASE = Normal.apart(np.array([0.0, 1.0]), np.array([0.5, 0.25]))
"""Prior of the baseline `α + β logit p₀`: the forecast is right, give or take."""


@dataclass(frozen=True)
class ActsPosterior:
    """One posterior over the baseline (places 0 and 1) and over every act's θ (`features` each)."""

    joint: Posterior
    acts: int
    features: int

    def of(self, act: int) -> Normal:
        """The belief about one act (1 … acts)."""
        return self.joint.part(_places(act, self.features))

    def baseline(self, p0: FloatArray) -> FloatArray:
        """The forecast, put right by those who were left alone."""
        level, slope = self.joint.mean[:2]
        calibrated: FloatArray = expit(level + slope * log_odds(p0))
        return calibrated

    def shifts(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Means and sds of the shift, (n, acts + 1) each; column 0, *nothing*, is 0."""
        found = [self.of(act).shift(x) for act in range(1, self.acts + 1)]
        zero = np.zeros(len(x))
        means, sds = (np.column_stack([zero, *each]) for each in zip(*found, strict=True))
        return means, sds

    def deltas(self, p0: FloatArray, x: FloatArray) -> FloatArray:
        """Expected change of the chance to buy, (n, acts + 1), from the calibrated baseline."""
        base = self.baseline(p0)
        means, sds = self.shifts(x)
        some = range(1, self.acts + 1)
        moved = [expected_move(base, means[:, act], sds[:, act]) for act in some]
        return np.column_stack([np.zeros(len(x)), *moved])


def fit_acts(
    x: FloatArray,
    act: IntArray,
    y: FloatArray,
    p0: FloatArray,
    priors: Sequence[Normal],
    *,
    base: Normal = BASE,
    weight: FloatArray | None = None,
    between: FloatArray | None = None,
) -> ActsPosterior:
    """Every act at once, with the baseline that people of act 0 (*nothing*) calibrate.

    Args:
        x: features (n, d), a column of ones first.
        act: 0 for nothing or held out, 1 … A for the acts.
        y: 1 bought within the window, 0 not.
        p0: forecast chance to buy, made before anything was done.
        priors: one for each act 1 … A, of d parameters each.
        base: prior of the baseline's level and slope.
        weight: how much each row counts; None for 1 each.
        between: correlation of the acts' errors (A, A): partial pooling; None for none.
    """
    prior = joined(base, priors, between)
    log = log_odds(p0)
    blocks = []
    for number in range(len(priors) + 1):
        rows = np.flatnonzero(act == number)
        own = [np.ones(len(rows)), log[rows]]
        columns = np.column_stack(own if number == 0 else [*own, x[rows]])
        places = np.array([0, 1] if number == 0 else [0, 1, *_places(number, x.shape[1])])
        counted = None if weight is None else weight[rows]
        blocks.append(Block(columns, y[rows].astype(float), np.zeros(len(rows)), places, counted))
    return ActsPosterior(fit_blocks(blocks, prior), len(priors), x.shape[1])


def joined(base: Normal, priors: Sequence[Normal], between: FloatArray | None = None) -> Normal:
    """The prior of the baseline and of all acts; `between` correlates equal features of two acts.

    A correlation of .6 says: what is learned of one discount is mostly true of the next deeper one.
    """
    features = len(priors[0])
    if any(len(each) != features for each in priors):
        raise HuitouError("every act needs a prior for the same features")
    size = 2 + features * len(priors)
    covariance = np.zeros((size, size))
    covariance[:2, :2] = base.covariance
    for one, own in enumerate(priors):
        for two, other in enumerate(priors):
            at = np.ix_(_places(one + 1, features), _places(two + 1, features))
            if one == two:
                covariance[at] = own.covariance
            elif between is not None:
                covariance[at] = np.diag(between[one, two] * own.sd * other.sd)
    return Normal(np.concatenate([base.mean, *(each.mean for each in priors)]), covariance)


def _places(act: int, features: int) -> IntArray:
    return np.arange(features) + 2 + (act - 1) * features


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
