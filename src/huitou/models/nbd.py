"""NBD: customers buy at gamma-distributed rates and never leave (Ehrenberg 1959)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Array, Derivatives, Summary, Term
from huitou.models.terms import add_decay, add_rising, nothing, rising


class Nbd:
    """L = Gamma(r + x) / Gamma(r) alpha^r (alpha + T)^-(r + x); everybody is alive."""

    name = "NBD"
    names = ("r", "alpha")
    scales = (False, True)

    def shared(self, params: Array, x: Array) -> Term:
        """Gamma(r + x) / Gamma(r) alpha^r."""
        return rate_mix(params, x, 2)

    def terms(self, params: Array, s: Summary) -> Sequence[Term]:
        """The customer lives, and was silent from t_x to T."""
        r, alpha = params

        def derive() -> Derivatives:
            found = nothing(2, len(s))
            add_decay(found, (0, 1), (r, s.x), alpha, s.T)
            return found

        return [Term(-(r + s.x) * np.log(alpha + s.T), derive)]

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """(r + x) / (alpha + T) h."""
        r, alpha = params
        expected: Array = (r + s.x) / (alpha + s.T) * np.asarray(h)
        return expected


def rate_mix(params: Array, x: Array, p: int) -> Term:
    """Gamma(r + x) / Gamma(r) alpha^r, with r and alpha the first two of p parameters."""
    r, alpha = params[0], params[1]

    def derive() -> Derivatives:
        found = nothing(p, len(x))
        add_rising(found, 0, r, x)
        found.slope[0] += r * np.log(alpha)
        found.bend[0, 0] += r * np.log(alpha)
        found.bend[0, 1] += r
        found.bend[1, 0] += r
        found.slope[1] += r
        return found

    return Term(rising(r, x) + r * np.log(alpha), derive)
