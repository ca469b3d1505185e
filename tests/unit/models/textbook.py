"""The models as their papers print them, with 2F1: an independent second opinion."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.integrate import quad
from scipy.special import beta, betaln, gammaln, hyp2f1, hyperu
from scipy.stats import gamma, poisson


def bg_loglik(p, x, t_x, T):
    """Fader, Hardie, Lee 2005, eq. 6."""
    r, alpha, a, b = p
    a1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    with np.errstate(divide="ignore", invalid="ignore"):
        gone = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return a1 + np.where(x > 0, np.logaddexp(alive, np.where(x > 0, gone, -np.inf)), alive)


def mbg_loglik(p, x, t_x, T):
    """Batislam, Denizel, Filiztekin 2007."""
    r, alpha, a, b = p
    a1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x + 1) - betaln(a, b) - (r + x) * np.log(alpha + T)
    gone = betaln(a + 1, b + x) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return a1 + np.logaddexp(alive, gone)


def pareto_loglik(p, x, t_x, T):
    """Fader, Hardie note 009, eq. 1: two forms, for alpha above and below beta."""
    r, alpha, s, beta = p
    k = r + s + x
    small, large, power = (beta, alpha, s + 1) if alpha >= beta else (alpha, beta, r + x)

    def f(y):
        return hyp2f1(k, power, k + 1, (large - small) / (large + y)) / (large + y) ** k

    inner = (alpha + T) ** -(r + x) * (beta + T) ** -s + s / k * (f(t_x) - f(T))
    first = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return first + np.log(inner)


def cnbd_loglik(k, p, x, t_x, T):
    """Beats of a clock, k to a purchase, and a gamma mixture by quadrature, one by one."""
    r, alpha, a, b = p

    def one(x, t_x, T):
        def seen(rate):
            beats = poisson.cdf(k - 1, rate * (T - t_x))
            stay, left = beta(a, b + x + 1) / beta(a, b), beta(a + 1, b + x) / beta(a, b)
            log = gamma.logpdf(rate, r, scale=1 / alpha) + k * x * np.log(rate) - rate * t_x
            return np.exp(log - peak) * (stay * beats + left)

        middle = (r + k * x) / (alpha + t_x)
        peak = gamma.logpdf(middle, r, scale=1 / alpha) + k * x * np.log(middle) - middle * t_x
        edges = middle * np.array([0, 1e-6, 1e-4, 0.01, 0.1, 0.3, 0.6, 1, 1.5, 2.5, 5, 12, 40, 200])
        pieces = [quad(seen, *edge, epsrel=1e-11)[0] for edge in pairwise(edges)]
        return np.log(np.sum(pieces)) + peak

    return np.vectorize(one)(x, t_x, T)


def pareto_dert(p, x, t_x, T, rate):
    """Fader, Hardie, Lee 2005: discounted expected residual transactions, for ever."""
    r, alpha, s, beta_ = p
    log = gammaln(r + x + 1) - gammaln(r) + r * np.log(alpha) + s * np.log(beta_)
    log = log + (s - 1) * np.log(rate) - (r + x + 1) * np.log(alpha + T)
    return np.exp(log - pareto_loglik(p, x, t_x, T)) * hyperu(s, s, rate * (beta_ + T))


def nbd_loglik(p, x, t_x, T):
    """Ehrenberg 1959, without the factor of x and T alone."""
    r, alpha = p
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)


def bg_alive(p, x, t_x, T):
    """Fader, Hardie note 021."""
    r, alpha, a, b = p
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    return 1 / (1 + np.where(x > 0, odds, 0))


def mbg_alive(p, x, t_x, T):
    """Batislam et al. 2007, eq. 8."""
    r, alpha, a, b = p
    return 1 / (1 + a / (b + x) * ((alpha + T) / (alpha + t_x)) ** (r + x))


def pareto_alive(p, x, t_x, T):
    """Schmittlein, Morrison, Colombo 1987, by way of the likelihood."""
    r, alpha, s, beta = p
    log = gammaln(r + x) - gammaln(r) + r * np.log(alpha / (alpha + T))
    log = log - x * np.log(alpha + T) + s * np.log(beta / (beta + T))
    return np.exp(log - pareto_loglik(p, x, t_x, T))


def bg_expected(p, x, t_x, T, h, chances=0):
    """Fader, Hardie, Lee 2005, eq. 10; `chances` = 1 gives the MBG/NBD's."""
    r, alpha, a, b = p
    m = b + x + chances
    z = h / (alpha + T + h)
    series = hyp2f1(r + x, m, a + m - 1, z) * ((alpha + T) / (alpha + T + h)) ** (r + x)
    return (a + m - 1) / (a - 1) * (1 - series)


def pareto_expected(p, x, t_x, T, h):
    """Schmittlein, Morrison, Colombo 1987, eq. 22, given alive."""
    r, alpha, s, beta = p
    shrink = ((beta + T) / (beta + T + h)) ** (s - 1)
    return (r + x) * (beta + T) / ((alpha + T) * (s - 1)) * (1 - shrink)
