"""BG/BB: buying or not at each of a row of occasions (Fader, Hardie, Shang 2010).

For a yearly appeal, a weekly market, a season ticket: `T` counts the occasions there were, `t_x`
the one of the last purchase, `x` the purchases; at most one at each. With n for T:

    L = B(alpha + x, beta + n - x) / B(alpha, beta)  B(gamma, delta + n) / B(gamma, delta)
        + sum_{i=t_x}^{n-1} B(alpha + x, beta + i - x) / B(alpha, beta)
                            B(gamma + 1, delta + i) / B(gamma, delta)
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from huitou.models.contract import Bend, Sums, Terms
from huitou.models.numbers import Array
from huitou.models.summary import Summary
from huitou.models.terms import BetaRatio


class BgBb:
    """Time is counted in occasions: one that is not over has not been seen."""

    name = "BG/BB"
    names = ("alpha", "beta", "gamma", "delta")
    scales = (False, False, False, False)
    living = 1
    moves = MappingProxyType({"rate": (1.0, 0.0, 0.0, 0.0), "leaving": (0.0, 0.0, 1.0, 0.0)})
    part = 4_096

    def start(self, s: Summary) -> Array:
        """Even odds."""
        return np.ones(4)

    def shared(self, params: Array, x: Array, count: Array) -> Sums:
        """Nothing."""
        return 0.0, np.zeros(4), np.zeros((4, 4))

    def terms(self, params: Array, s: Summary) -> Terms:
        """Alive at all n occasions, or gone after i of them, from t_x on."""
        alpha, beta, gamma, delta = params.tolist()
        most = int((s.T - s.t_x).max(initial=0))
        after = np.minimum(s.t_x + np.arange(-1, most)[:, None], s.T)
        after[0] = s.T
        gone = np.ones_like(after)
        gone[0] = 0.0
        impossible = (after >= s.T) & (gone > 0)
        buys = BetaRatio(alpha, beta, np.broadcast_to(s.x, after.shape), after - s.x)
        stays = BetaRatio(gamma, delta, gone, after)
        value = np.where(impossible, -np.inf, buys.value + stays.value)

        def derive() -> tuple[Array, Bend]:
            def bend(weight: Array) -> Array:
                bent = np.zeros((4, 4))
                bent[:2, :2], bent[2:, 2:] = buys.bent(weight), stays.bent(weight)
                return bent

            return np.concatenate([buys.slope, stays.slope]), bend

        return Terms(value, derive)

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """(alpha + x) / (alpha + beta + n) times the occasions that a customer will still see."""
        alpha, beta, gamma, delta = params.tolist()
        ahead = np.broadcast_to(np.asarray(h, dtype=np.float64), len(s))
        stay, seen = np.ones(len(s)), np.zeros(len(s))
        for j in range(int(ahead.max(initial=0))):
            stay *= (delta + s.T + j) / (gamma + delta + s.T + j)
            seen += np.where(j + 1 <= ahead, stay, 0.0)
        expected: Array = (alpha + s.x) / (alpha + beta + s.T) * seen
        return expected
