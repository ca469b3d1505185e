"""The pieces that likelihoods are built from, with their derivatives by log-parameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from huitou.models.contract import Array, Derivatives, Term


def nothing(p: int, n: int) -> Derivatives:
    """Derivatives of a constant."""
    return Derivatives(np.zeros((p, n)), np.zeros((p, p, n)))


def add_decay(
    into: Derivatives,
    places: tuple[int, int],
    shape: tuple[float, Array | float],
    scale: float,
    y: Array,
) -> None:
    """Add the derivatives of `-(shape + extra) log(scale + y)`; `shape` is (shape, extra).

    A gamma-mixed rate seen for a time y decays like this; `places` are the positions of the two
    parameters.
    """
    i, j = places
    power = shape[0] + np.asarray(shape[1])
    share = scale / (scale + y)
    by_shape, by_both = -shape[0] * np.log(scale + y), -shape[0] * share
    into.slope[i] += by_shape
    into.slope[j] += -power * share
    into.bend[i, i] += by_shape
    into.bend[i, j] += by_both
    into.bend[j, i] += by_both
    into.bend[j, j] += -power * share * (1 - share)


def add_rising(into: Derivatives, place: int, value: float, x: Array) -> None:
    """Add the derivatives of `log Gamma(value + x) - log Gamma(value)`."""
    first = digamma(value + x) - digamma(value)
    second = polygamma(1, value + x) - polygamma(1, value)
    into.slope[place] += value * first
    into.bend[place, place] += value * first + value**2 * second


def rising(value: float, x: Array) -> Array:
    """`log Gamma(value + x) - log Gamma(value)`, the log of the rising factorial."""
    grown: Array = gammaln(value + x) - gammaln(value)
    return grown


def log_sum(terms: Sequence[Term]) -> Array:
    """Log of the sum of the terms, row by row."""
    values = np.stack([term.value for term in terms])
    largest = values.max(axis=0)
    np.exp(np.subtract(values, largest, out=values), out=values)
    whole: Array = largest + np.log(values.sum(axis=0))
    return whole


def total(terms: Sequence[Term], weight: Array) -> tuple[float, Array, Array]:
    """Weighted sum over rows of the log of the sum of terms, with its gradient and Hessian.

    With shares pi_k of the terms: gradient = sum pi_k g_k, and Hessian =
    sum pi_k (H_k + g_k g_k') - g g'.
    """
    value = log_sum(terms)
    slope: Array | None = None
    bend: Array | None = None
    for term in terms:
        share = np.exp(term.value - value)
        found = term.derive()
        shared = share * found.slope
        outer = np.einsum("in,jn->ij", shared * weight, found.slope)
        piece = np.einsum("ijn,n->ij", found.bend, share * weight) + outer
        slope = shared if slope is None else slope + shared
        bend = piece if bend is None else bend + piece
    assert slope is not None and bend is not None, "a likelihood has at least one term"
    bend = bend - np.einsum("in,jn->ij", slope * weight, slope)
    return float(weight @ value), slope @ weight, bend
