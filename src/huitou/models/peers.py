"""How often something is done, beside peers of the same kind: shrunken, and many looked at at once.

    expected(cells, people)     what each would have done had they been as their peers are
    beyond(done, expected)      how many times as often they do it, with an interval
    found(usual, share)         whom to name so that at most that share of them is named wrongly

Peers of the same kind bought the same things in baskets as large. What somebody did is a Poisson
count about `expected` times a rate of their own; the rates of all are Gamma about one, as wide as
these people show (empirical Bayes). So a few returns of somebody who bought little say little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammainc, gammaincinv, gammaln

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]
Truth = NDArray[np.bool_]

PEERS = 20.0
"""The rate of a product counts as its kind's does until so many pieces of others are known; that
of a kind as the shop's."""
WIDTHS = (0.05, 500.0)
"""Between these the shape of the spread of people is looked for: from anything to all alike."""
TINY = 1e-9


@dataclass(frozen=True)
class Cells:
    """What was done by whom to what: one row a person, thing and size of basket."""

    person: Wholes
    """Code of the person, from 0."""
    thing: Wholes
    """Code of the product, or of the month."""
    kind: Wholes
    """Code of the kind of product; rows of one thing have one kind."""
    band: Wholes
    """Code of the size of the basket."""
    n: Reals
    """How often it could be done."""
    k: Reals
    """How often it was."""


def expected(cells: Cells, people: int) -> Reals:
    """What each of `people` would have done as their peers do; their own doings left out."""
    if not len(cells.n):
        return np.zeros(people)
    whole = cells.k.sum() / max(cells.n.sum(), TINY)
    kind_n, kind_k = _sums(cells.kind, cells.n), _sums(cells.kind, cells.k)
    kind_rate = (kind_k + PEERS * whole) / (kind_n + PEERS)
    own_n, own_k = _of_pair(cells, cells.n), _of_pair(cells, cells.k)
    others_n = _sums(cells.thing, cells.n)[cells.thing] - own_n
    others_k = _sums(cells.thing, cells.k)[cells.thing] - own_k
    rate = (others_k + PEERS * kind_rate[cells.kind]) / (others_n + PEERS)
    first = cells.n * rate
    size = (_sums(cells.band, cells.k) + TINY) / (_sums(cells.band, first) + TINY)
    return _added(cells.person, first * size[cells.band], people)


@dataclass(frozen=True)
class Beyond:
    """How many times as often as peers each does it; one array each, in the order of the people."""

    times: Reals
    low: Reals
    high: Reals
    usual: Reals
    """The chance that they do it no more often than `limit` times as peers do."""


def beyond(done: Reals, expected: Reals, limit: float, level: float = 0.95) -> Beyond:
    """The rates of all, drawn to one as far as these people are alike.

    Args:
        done: how often each did it (n,).
        expected: how often peers would have (n,).
        limit: up to so many times as often is nobody's business.
        level: of the intervals.
    """
    width = spread(done, expected)
    # Of each: Gamma(shape, rate).
    shape, rate = width + done, width + expected
    low, high = (gammaincinv(shape, q) / rate for q in ((1.0 - level) / 2, (1.0 + level) / 2))
    return Beyond(shape / rate, low, high, gammainc(shape, limit * rate))


def spread(done: Reals, expected: Reals) -> float:
    """The shape `a` of the Gamma(a, a) that these people's rates come from, most likely.

    The counts are then negative binomial; 1 where nobody did anything that could tell.
    """
    seen = expected > TINY
    k, e = done[seen], expected[seen]
    if not len(k) or not k.sum():
        return 1.0

    def surprise(log_width: float) -> float:
        a = np.exp(log_width)
        told = gammaln(a + k) - gammaln(a) + a * np.log(a / (a + e)) + k * np.log(e / (a + e))
        return -float(told.sum())

    best = minimize_scalar(surprise, bounds=tuple(np.log(WIDTHS)), method="bounded")
    return float(np.exp(best.x))


def found(usual: Reals, share: float) -> Truth:
    """Whom to name: as many as may be, so that of them at most `share` are expected to be usual.

    The mean of the chances of the named to be usual is the expected share of wrong ones among them
    (the Bayesian false discovery rate, Newton et al. 2004).
    """
    order = np.argsort(usual, kind="stable")
    wrong = np.cumsum(usual[order]) / np.arange(1, len(usual) + 1)
    named = np.zeros(len(usual), dtype=np.bool_)
    named[order[: int((wrong <= share).sum())]] = True
    return named


def _sums(code: Wholes, of: Reals) -> Reals:
    return _added(code, of, int(code.max()) + 1)


def _of_pair(cells: Cells, of: Reals) -> Reals:
    """Each row's sum over its person and thing, whatever the size of the basket."""
    things = int(cells.thing.max()) + 1
    _, place = np.unique(cells.person * things + cells.thing, return_inverse=True)
    return _added(place, of, int(place.max()) + 1)[place]


def _added(code: Wholes, of: Reals, length: int) -> Reals:
    return np.bincount(code, of, minlength=length).astype(np.float64)
