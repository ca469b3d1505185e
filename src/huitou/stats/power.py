"""How many people, or weeks, a proof would need; said before the test and after it."""

from __future__ import annotations

import math

from scipy.special import ndtri

from huitou.stats.intervals import z


def detectable(se: float, level: float = 0.95, power: float = 0.8) -> float:
    """The smallest true difference that would be proven with this power, given its standard error.

    `(z(level) + z_power) · se`: 2.8 standard errors for 95 % and 80 %.
    """
    return (z(level) + float(ndtri(power))) * se


def times_more(se: float, effect: float, level: float = 0.95, power: float = 0.8) -> float:
    """How many times more evidence would prove `effect`: variance shrinks with what is gathered.

    1 or less means that there is enough; infinite where the effect is 0.
    """
    if effect == 0:
        return math.inf
    return (detectable(se, level, power) / abs(effect)) ** 2
