"""When subscriptions end, and how: a discrete-time hazard with competing causes.

In each period a running contract ends by one of the causes or runs on, by a multinomial logit
(Singer, Willett 1993; Allison 1982; for several causes Tutz, Schmid 2016, chapter 8):

    h_c(t) = exp(eta_c(t)) / (1 + sum over d of exp(eta_d(t)))
    eta_c(t) = level_c(tenure) + month_c(calendar) + trait effects_c . z

One formula; survival, ends by cause and what is left of a contract are derived, with intervals.
It is not a model of who thinks of leaving: where customers differ in ways no trait tells, those
who would leave do so first, levels fall with tenure, and effects look smaller than they are. The
sBG of `renewals.py` is for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logsumexp

from huitou.models.atrisk import AtRisk
from huitou.models.newton import climb
from huitou.models.numbers import Array, Index

Z90 = 1.6448536269514722
WANDER = 0.5
"""Sd of the prior of how a level moves while tenure grows by a factor e: a year against four
months. What it is per period follows; early periods differ more than late ones."""
PULL = 1.0
"""Sd of the prior of a month's effect and of a trait's, per sd of the trait, in log-odds."""
EXACT = 1e-30
"""Tolerance of the last steps: the climb ends where nothing more can be gained."""


@dataclass(frozen=True)
class Told:
    """An answer with its uncertainty from the parameters: one number for each who was asked of.

    It is about expectations: a single contract ends or does not.
    """

    value: Array
    sd: Array
    low: Array
    """Between `low` and `high` lie 90 of 100; made on the logit scale, so never out of bounds."""
    high: Array


@dataclass(frozen=True)
class Hazard:
    """What is believed before any contract is seen. All three None: plain maximum likelihood."""

    pieces: Sequence[int] | None = None
    """First periods of the pieces on which a level is constant, from 1; None: each is its own."""
    wander: float | None = WANDER
    """Draws the levels of neighbouring pieces together; None lets them stand alone."""
    pull: float | None = PULL
    """Draws effects of months and traits towards none."""
    prior_sd: float | None = 5.0
    """Of the first level, in log-odds around the overall share."""

    def fit(self, seen: AtRisk, *, until: int | None = None) -> FittedHazard:
        """Fit by Newton with exact derivatives; the covariance is Laplace's.

        Args:
            seen: customer-periods, as `atrisk.at_risk` packs them.
            until: the last tenure that will be asked about; the last one seen, if None. Beyond
                what was seen a level stays, on average, where it was last, and wanders: the
                further, the wider the intervals.

        Raises:
            ValueError: for pieces that do not ascend from 1; for a trait that is the same for
                all; and where nobody was at risk in a piece and `wander` is None.
        """
        until = max(until or 0, seen.longest)
        starts = np.arange(1, until + 1) if self.pieces is None else np.asarray(self.pieces)
        plan = _plan(seen, starts, until)
        if self.wander is None and len(_blank(plan, seen)):
            raise ValueError(f"nobody was at risk from period {_blank(plan, seen)[0]} on")
        theta, precision = _start(plan, seen), self._precision(plan, len(seen.causes))

        def evaluate(at: Array) -> tuple[float, Array, Array]:
            value, slope, bend = loglik(plan, seen, at)
            pulled = precision @ (at - theta)
            return value - float((at - theta) @ pulled) / 2, slope - pulled, bend - precision

        peak = climb(evaluate, climb(evaluate, theta).theta, tolerance=EXACT)
        value = loglik(plan, seen, peak.theta)[0]
        return FittedHazard(
            plan, peak.theta, peak.covariance, value, seen.contracts, seen.longest, peak.converged
        )

    def _precision(self, plan: Plan, causes: int) -> Array:
        """Of the normal prior around the start, the same for each cause."""
        k, one = len(plan.starts), np.zeros((plan.size, plan.size))
        if self.wander is not None:
            steps = np.diff(np.eye(k), axis=0)
            one[:k, :k] = steps.T / (self.wander**2 * np.diff(np.log(plan.starts))) @ steps
        one[0, 0] += (self.prior_sd or np.inf) ** -2.0
        others = np.arange(k, plan.size)
        one[others, others] = (self.pull or np.inf) ** -2.0
        return np.kron(np.eye(causes), one).astype(np.float64, copy=False)


@dataclass(frozen=True)
class Plan:
    """How a customer-period becomes a row of the logit: its piece of tenure, month and traits."""

    starts: Index
    until: int
    season: int
    causes: tuple[str, ...]
    traits: tuple[str, ...]
    centre: Array
    scale: Array

    @property
    def size(self) -> int:
        """Parameters of one cause."""
        return len(self.starts) + self.season - 1 + len(self.traits)

    @cached_property
    def months(self) -> Array:
        """Contrasts of months, (season, season - 1): orthonormal, so effects sum to none."""
        axes: Array = np.linalg.svd(np.ones((1, self.season)))[2][1:].T
        return axes

    def piece(self, period: ArrayLike) -> Index:
        """Which piece each period lies in."""
        return np.searchsorted(self.starts, period, side="right") - 1

    def others(self, month: Index, z: Array) -> Array:
        """All columns but those of tenure; `z` is standardised."""
        return np.hstack([self.months[month % self.season], z])

    def scaled(self, z: Array) -> Array:
        """Traits, standardised over the customer-periods of the fit."""
        away: Array = (z - self.centre) / self.scale
        return away


def _plan(seen: AtRisk, starts: Index, until: int) -> Plan:
    if starts[0] != 1 or (np.diff(starts) < 1).any() or starts[-1] > until:
        raise ValueError("pieces ascend from period 1 and begin within the periods asked about")
    share = np.bincount(seen.pattern, seen.count, len(seen.z)) / seen.count.sum()
    centre = share @ seen.z
    scale = np.sqrt(share @ (seen.z - centre) ** 2)
    for name, wide, most in zip(seen.traits, scale, np.abs(seen.z).max(axis=0), strict=True):
        if wide <= 1e-12 * most or wide == 0:
            raise ValueError(f"{name} is the same for all who were watched")
    return Plan(starts, until, seen.season, seen.causes, seen.traits, centre, scale)


def _blank(plan: Plan, seen: AtRisk) -> Index:
    """First periods of the pieces in which nobody was at risk."""
    return np.delete(plan.starts, plan.piece(seen.period))


def _start(plan: Plan, seen: AtRisk) -> Array:
    """The overall log-odds of each cause, as half an end more had been seen; no effects."""
    ends = seen.ended.sum(axis=1) + 0.5
    odds = np.log(ends / (seen.count.sum() + 1 - ends.sum() + len(ends) / 2))
    level = np.arange(plan.size) < len(plan.starts)
    start: Array = np.outer(odds, level).ravel()
    return start


def loglik(plan: Plan, seen: AtRisk, theta: Array) -> tuple[float, Array, Array]:
    """Log-likelihood with gradient and Hessian; `theta` by cause: levels, months, traits."""
    causes, k = len(plan.causes), len(plan.starts)
    by_cause, z = theta.reshape(causes, -1), plan.scaled(seen.z)
    value, slope = 0.0, np.zeros((causes, plan.size))
    bend = np.zeros((causes, plan.size, causes, plan.size))
    for piece, rows in _by_piece(plan, seen):
        # Within a piece the level is one number: its column of ones is never multiplied out.
        x = np.hstack(
            [np.ones((len(seen.count[rows]), 1)),
             plan.others(seen.month[rows], z[seen.pattern[rows]])]
        )  # fmt: skip
        own = np.concatenate([[piece], np.arange(k, plan.size)])
        ended, count = seen.ended[:, rows], seen.count[rows]
        eta = by_cause[:, own] @ x.T
        chance, runs = _chances(eta)
        value += float((ended * eta).sum() + count @ runs)
        slope[:, own] += (ended - count * chance) @ x
        for c, d in np.ndindex(causes, causes):
            weight = count * chance[c] * (chance[d] - (c == d))
            bend[c][np.ix_(own, [d], own)] += ((x.T * weight) @ x)[:, None, :]
    return value, slope.ravel(), bend.reshape(len(theta), -1)


def _by_piece(plan: Plan, seen: AtRisk) -> Iterator[tuple[int, slice]]:
    """Rows ascend by period, so each piece is a slice of them."""
    edges = np.searchsorted(plan.piece(seen.period), np.arange(len(plan.starts) + 1))
    for piece, (low, high) in enumerate(pairwise(edges.tolist())):
        if low < high:
            yield piece, slice(low, high)


def _chances(eta: Array) -> tuple[Array, Array]:
    """The one formula: chances to end by cause, and the log of the chance to run on."""
    runs = -logsumexp(np.concatenate([np.zeros((1, *eta.shape[1:])), eta]), axis=0)
    chance: Array = np.exp(eta + runs)
    return chance, runs


@dataclass(frozen=True)
class FittedHazard:
    """A fitted hazard: ask it about contracts that have come through `after` periods.

    All questions take, for one contract or for n of them,

        after   periods the contract has come through, 0 for a new one
        began   calendar month of its first period, as for the fit
        z       traits, (traits,) or (n, traits); None for one who is average in each

    and raise ValueError where they would reach beyond `plan.until`, or where the number of traits
    is another than in the fit. Answers have one number a contract.
    """

    plan: Plan
    theta: Array
    """By cause: levels, months (as contrasts), traits (per sd)."""
    covariance: Array
    loglik: float
    """Without the prior."""
    contracts: int
    longest: int
    """The last period in which anyone was watched; beyond it the prior alone speaks."""
    converged: bool

    @property
    def effects(self) -> Mapping[str, tuple[float, float]]:
        """What one unit of a trait adds to the log-odds to end by a cause; and its sd."""
        by_cause, sd = (
            each.reshape(len(self.plan.causes), -1)[:, self.plan.size - len(self.plan.traits) :]
            / self.plan.scale
            for each in (self.theta, np.sqrt(np.diag(self.covariance)))
        )
        names = [f"{cause} {trait}" for cause in self.plan.causes for trait in self.plan.traits]
        told = zip(by_cause.ravel().tolist(), sd.ravel().tolist(), strict=True)
        return dict(zip(names, told, strict=True))

    @property
    def months(self) -> Mapping[str, Array]:
        """What each calendar month adds to the log-odds, by cause; they sum to 0."""
        k, season = len(self.plan.starts), self.plan.season
        by_cause = self.theta.reshape(len(self.plan.causes), -1)[:, k : k + season - 1]
        return dict(zip(self.plan.causes, by_cause @ self.plan.months.T, strict=True))

    def chances(
        self, after: ArrayLike = 0, *, began: ArrayLike = 0, z: ArrayLike | None = None
    ) -> Mapping[str, Array]:
        """Chance to end in the very next period, by cause."""
        way = self._way(after, began, z, 1)
        found = [each[0].reshape(way.shape) for each in way.chance]
        return dict(zip(self.plan.causes, found, strict=True))

    def survival(
        self,
        periods: int,
        *,
        after: ArrayLike = 0,
        began: ArrayLike = 0,
        z: ArrayLike | None = None,
    ) -> Told:
        """Chance to come through as many more periods."""
        return self._kept(self._way(after, began, z, periods), np.eye(periods)[-1])

    def rest(
        self,
        within: int,
        rate: float = 0.0,
        *,
        after: ArrayLike = 0,
        began: ArrayLike = 0,
        z: ArrayLike | None = None,
    ) -> Told:
        """Expected number of the coming periods come through, each discounted by `rate` a period.

        Times the margin of a period it is what the contract is still worth within the horizon.
        """
        worth = np.exp(-rate * np.arange(1, within + 1))
        return self._kept(self._way(after, began, z, within), worth)

    def ends(
        self,
        within: int,
        *,
        after: ArrayLike = 0,
        began: ArrayLike = 0,
        z: ArrayLike | None = None,
    ) -> Mapping[str, Told]:
        """Chance to end within so many periods, by cause; with survival they sum to 1."""
        way = self._way(after, began, z, within)
        return {cause: self._ended(way, c) for c, cause in enumerate(self.plan.causes)}

    def _way(self, after: ArrayLike, began: ArrayLike, z: ArrayLike | None, periods: int) -> Way:
        plan = self.plan
        traits = np.asarray(plan.centre if z is None else z, dtype=np.float64)
        if traits.shape[-1:] != plan.centre.shape:
            raise ValueError(f"z needs {len(plan.traits)} traits: {', '.join(plan.traits)}")
        come, month = np.asarray(after, dtype=np.int64), np.asarray(began, dtype=np.int64)
        shape = np.broadcast_shapes(come.shape, month.shape, traits.shape[:-1])
        if periods < 1 or come.min(initial=0) < 0:
            raise ValueError("ask about one coming period or more, after 0 or more")
        if come.max(initial=0) + periods > plan.until:
            raise ValueError(
                f"this hazard reaches to period {plan.until}: fit it with a larger `until`"
            )
        come, month = (np.broadcast_to(each, shape).ravel() for each in (come, month))
        wide = np.broadcast_to(traits, (*shape, len(plan.centre))).reshape(len(come), -1)
        return _way(plan, self.theta, (come, month, plan.scaled(wide)), periods, shape)

    def _kept(self, way: Way, worth: Array) -> Told:
        """Sum of the chances to come through each coming period, times what it is `worth`."""
        each = worth[:, None] * way.kept
        to_come = each[::-1].cumsum(axis=0)[::-1]
        return self._told(way, each.sum(axis=0), -way.chance * to_come, float(worth.sum()))

    def _ended(self, way: Way, cause: int) -> Told:
        """Sum of the chances to come so far, and then to end by this cause."""
        each = way.came * way.chance[cause]
        slope = -way.chance * each[::-1].cumsum(axis=0)[::-1]
        slope[cause] += each
        return self._told(way, each.sum(axis=0), slope, 1.0)

    def _told(self, way: Way, value: Array, slope: Array, most: float) -> Told:
        """Delta method: `slope` is by eta, (causes, periods, n); on the logit scale for bounds."""
        by = way.by_theta(slope)
        sd = np.sqrt(np.maximum(((by @ self.covariance) * by).sum(axis=1), 0.0))
        share = np.clip(value / most, 1e-300, 1 - 1e-16)
        reach = np.minimum(Z90 * sd / (most * share * (1 - share)), 700.0)
        odds = np.log(share / (1 - share))
        low, high = (most * expit(odds + sign * reach) for sign in (-1, 1))
        return Told(*(each.reshape(way.shape) for each in (value, sd, low, high)))


@dataclass(frozen=True)
class Way:
    """The coming periods of n contracts: places in the logit, chances, and survival."""

    shape: tuple[int, ...]
    piece: Index
    """(periods, n)"""
    others: tuple[Array, ...]
    """A matrix (n, others) for each period."""
    chance: Array
    """To end in the period by the cause, of those who run: (causes, periods, n)."""
    kept: Array
    """Chance to come through the period, as of today: (periods, n)."""
    size: int

    @property
    def came(self) -> Array:
        """Chance to come to the period at all."""
        return np.concatenate([np.ones((1, self.kept.shape[1])), self.kept[:-1]])

    def by_theta(self, slope: Array) -> Array:
        """Derivatives by eta, (causes, periods, n), carried back to the parameters: (n, all)."""
        causes, _, n = slope.shape
        found = np.zeros((n, causes, self.size))
        who = np.arange(n)
        k = self.size - self.others[0].shape[1]
        for at, x in enumerate(self.others):
            found[who, :, self.piece[at]] += slope[:, at].T
            found[:, :, k:] += slope[:, at].T[:, :, None] * x[:, None, :]
        return found.reshape(n, -1)


def _way(
    plan: Plan,
    theta: Array,
    asked: tuple[Index, Index, Array],
    periods: int,
    shape: tuple[int, ...],
) -> Way:
    come, began, z = asked
    ahead = come + np.arange(1, periods + 1)[:, None]
    piece = plan.piece(ahead)
    others = tuple(plan.others(began + period - 1, z) for period in ahead)
    by_cause, k = theta.reshape(len(plan.causes), -1), len(plan.starts)
    eta = by_cause[:, piece] + np.stack([by_cause[:, k:] @ x.T for x in others], axis=1)
    chance, runs = _chances(eta)
    return Way(shape, piece, others, chance, np.exp(runs.cumsum(axis=0)), plan.size)
