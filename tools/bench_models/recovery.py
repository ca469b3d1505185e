"""Customers made by a model's own recipe: fits find its parameters again, the nearer the more.

How far the furthest parameter is from the truth is told in standard errors over all sizes of
shops, and as a share for the largest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from huitou.models.bgbb import BgBb
from huitou.models.bgnbd import BgNbd
from huitou.models.contract import Model
from huitou.models.fitted import Fitted, fit
from huitou.models.gammagamma import Spend, fit_spend
from huitou.models.mbgcnbd import MbgCnbd
from huitou.models.mbgnbd import MbgNbd
from huitou.models.nbd import Nbd
from huitou.models.numbers import Array
from huitou.models.pareto import ParetoNbd
from huitou.models.renewals import Bdw, Renewals, Sbg, fit_renewals, tenures
from huitou.models.summary import packed
from tools.bench_models._row import row

SIZES = (1_000, 10_000, 100_000)
SURE = 4.0
"""Standard errors: with ninety estimates, one in 175 benches has one further off by chance."""
NEAR = 0.1
"""Share that the furthest parameter of the largest shop may be off."""
DAYS, OCCASIONS = 500.0, 10


Found = Fitted | Spend | Renewals
Drawn = Callable[[np.random.Generator, int], Found]
"""A fit to so many customers, made anew."""


def rows() -> list[dict[str, Any]]:
    """The figures."""
    return [
        each for name, (truth, drawn) in WORLDS.items() for each in _recovered(name, truth, drawn)
    ]


def _recovered(name: str, truth: tuple[float, ...], drawn: Drawn) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(0)
    found = [drawn(rng, n) for n in SIZES]
    away = [np.abs(each.theta - np.log(truth)) for each in found]
    sure = [off / np.sqrt(np.diag(each.covariance)) for off, each in zip(away, found, strict=True)]
    worst, off = float(np.max(sure)), float(np.expm1(away[-1]).max())
    ended = all(each.converged for each in found)
    said = f"{name}, simulated, parameter furthest from the truth"
    sizes = ", ".join(f"{n:,}" for n in SIZES)
    yield row(f"{said} of {sizes} customers", worst, "standard errors", bar=SURE,
              holds=ended and worst <= SURE)  # fmt: skip
    yield row(f"{said} of {SIZES[-1]:,} customers, as a share", off, bar=NEAR, holds=off <= NEAR)


def buyers(
    rng: np.random.Generator, n: int, truth: tuple[float, ...], *, leave: str, k: int = 1
) -> tuple[Array, Array, Array]:
    """x, t_x and T of n customers, watched for up to `DAYS`; each k-th beat is a purchase.

    They leave `never`; by chance after each purchase, the `first` or only a `repeat` one; or with
    `time`.
    """
    r, alpha, *of = truth
    rate, T, leaving = rng.gamma(r, 1 / alpha, n), rng.uniform(60, DAYS, n), np.zeros(n)
    end = T
    if leave == "time":
        end = np.minimum(T, rng.exponential(1 / rng.gamma(of[0], 1 / of[1], n)))
    elif leave != "never":
        leaving = rng.beta(of[0], of[1], n)
    x, t_x, there = np.zeros(n), np.zeros(n), np.arange(n)
    if leave == "first":
        there = there[rng.random(n) >= leaving]
    while len(there):
        now = t_x[there] + rng.gamma(k, size=len(there)) / np.maximum(rate[there], 1e-12)
        there, now = there[now <= end[there]], now[now <= end[there]]
        x[there], t_x[there] = x[there] + 1, now
        there = there[rng.random(len(there)) >= leaving[there]]
    return x, t_x, T


def givers(
    rng: np.random.Generator, n: int, truth: tuple[float, ...]
) -> tuple[Array, Array, Array]:
    """x, t_x and T of n customers, asked `OCCASIONS` times."""
    alpha, beta, gamma, delta = truth
    gives, leaves = rng.beta(alpha, beta, (n, 1)), rng.beta(gamma, delta, (n, 1))
    there = np.logical_and.accumulate(rng.random((n, OCCASIONS)) >= leaves, axis=1)
    gave = there & (rng.random((n, OCCASIONS)) < gives)
    last = (gave * np.arange(1.0, OCCASIONS + 1)).max(axis=1)
    return gave.sum(axis=1).astype(float), last, np.full(n, float(OCCASIONS))


def _bought(model: Model, made: Callable[..., Any], rng: np.random.Generator, n: int) -> Found:
    return fit(model, packed(*made(rng, n)), prior_sd=None)


def _spent(truth: tuple[float, ...], rng: np.random.Generator, n: int) -> Found:
    p, q, gamma = truth
    x = rng.geometric(0.3, n).astype(float)
    return fit_spend(x, rng.gamma(p * x) / (rng.gamma(q, 1 / gamma, n) * x), prior_sd=None)


def _renewed(model: Sbg, truth: tuple[float, ...], rng: np.random.Generator, n: int) -> Found:
    """Asked up to twelve times; S(t | leaving) = (1 - leaving)^(t^c)."""
    alpha, beta, c = (*truth, 1.0)[:3]
    steps = rng.exponential(1, n) / -np.log1p(-rng.beta(alpha, beta, n))
    ended, watched = np.ceil(steps ** (1 / c)), rng.integers(1, 13, n)
    seen = tenures(np.minimum(ended, watched), ended <= watched)
    return fit_renewals(model, seen, prior_sd=None)


def _worlds() -> Iterator[tuple[str, tuple[float, ...], Drawn]]:
    mixed, chance = (0.8, 40.0), (0.8, 2.4)
    kinds: tuple[tuple[Model, str, int, tuple[float, ...]], ...] = (
        (Nbd(), "never", 1, mixed),
        (BgNbd(), "repeat", 1, (*mixed, *chance)),
        (MbgNbd(), "first", 1, (*mixed, *chance)),
        (MbgCnbd(2), "first", 2, (0.8, 20.0, *chance)),  # twice the beats, as many purchases
        (ParetoNbd(), "time", 1, (*mixed, 0.7, 60.0)),
    )
    for model, leave, k, truth in kinds:
        made = partial(buyers, truth=truth, leave=leave, k=k)
        yield model.name, truth, partial(_bought, model, made)
    gave, spent, kept = (1.2, 0.75, 0.66, 2.8), (6.0, 4.0, 15.0), (0.7, 1.2, 1.4)
    yield "BG/BB", gave, partial(_bought, BgBb(), partial(givers, truth=gave))
    yield "Gamma-Gamma", spent, partial(_spent, spent)
    yield "sBG", kept[:2], partial(_renewed, Sbg(), kept[:2])
    yield "BdW", kept, partial(_renewed, Bdw(), kept)


WORLDS = {name: (truth, drawn) for name, truth, drawn in _worlds()}
"""Parameters and what makes customers of them, by model."""
