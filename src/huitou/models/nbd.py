"""NBD: customers buy at gamma-distributed rates and never leave (Ehrenberg 1959)."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Bend, Terms
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

    def shared(self, params: Array, x: Array) -> Terms:
        """Gamma(r + x) / Gamma(r) alpha^r."""
        return rate_mix(params, x)

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


def rate_mix(params: Array, x: Array) -> Terms:
    """Gamma(r + x) / Gamma(r) alpha^r, with r and alpha the first two of the parameters."""
    p, r, log_alpha = len(params), float(params[0]), float(np.log(params[1]))
    rising = Rising(r, x)

    def derive() -> tuple[Array, Bend]:
        slope = np.zeros((p, 1, len(x)))
        slope[0, 0] = rising.slope + r * log_alpha
        slope[1, 0] = r

        def bend(weight: Array) -> Array:
            bent, whole = np.zeros((p, p)), float(weight.sum())
            bent[0, 0] = weight[0] @ rising.bend + whole * r * log_alpha
            bent[0, 1] = bent[1, 0] = whole * r
            return bent

        return slope, bend

    return Terms((rising.value + r * log_alpha)[None, :], derive)
