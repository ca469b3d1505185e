"""NBD: customers buy at gamma-distributed rates and never leave (Ehrenberg 1959)."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Bend, Sums, Terms
from huitou.models.numbers import Array
from huitou.models.summary import Summary
from huitou.models.terms import Decay, Rising


class Nbd:
    """L = Gamma(r + x) / Gamma(r) alpha^r (alpha + T)^-(r + x); everybody is alive."""

    name = "NBD"
    names = ("r", "alpha")
    scales = (False, True)
    living = 1
    moves = MappingProxyType({"rate": (0.0, -1.0)})
    part = 16_384

    def start(self, s: Summary) -> Array:
        """The shop's mean and spread of purchases."""
        return np.array(rate_start(s))

    def shared(self, params: Array, x: Array, count: Array) -> Sums:
        """Gamma(r + x) / Gamma(r) alpha^r."""
        return rate_mix(params, x, count)

    def terms(self, params: Array, s: Summary) -> Terms:
        """The customer lives, and was silent from t_x to T."""
        r, alpha = params.tolist()
        silent = Decay.over(r, s.x, alpha, s.watched)

        def derive() -> tuple[Array, Bend]:
            slope = np.empty((2, 1, len(s)))
            silent.slope(slope[0, 0], slope[1, 0])
            return slope, lambda weight: silent.bend(weight[0])

        return Terms(silent.value[None, :], derive)

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """(r + x) / (alpha + T) h."""
        r, alpha = params
        expected: Array = (r + s.x) / (alpha + s.T) * np.asarray(h)
        return expected


def rate_start(s: Summary, k: int = 1) -> tuple[float, float]:
    """Near r and alpha, were nobody ever to leave: from mean and variance of the purchases."""
    own = s.count / max(s.customers, 1)
    mean = max(float(own @ s.x), 1e-3)
    spread = float(own @ (s.x - mean) ** 2) - mean
    r = float(np.clip(mean**2 / max(spread, 1e-3), 0.1, 10.0))
    return r, r * s.usual_time / (k * mean)


def rate_mix(params: Array, x: Array, count: Array) -> Sums:
    """Gamma(r + x) / Gamma(r) alpha^r, with r and alpha the first two of the parameters."""
    p, r, alpha = len(params), float(params[0]), float(params[1])
    value, by_r, by_rr = (Rising(r, x).parts @ count).tolist()
    own = r * float(count.sum())
    log = own * float(np.log(alpha))
    slope, bend = np.zeros(p), np.zeros((p, p))
    slope[:2] = by_r + log, own
    bend[0, :2] = by_rr + log, own
    bend[1, 0] = own
    return value + log, slope, bend
