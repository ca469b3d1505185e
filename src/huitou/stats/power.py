"""How many people, or weeks, a proof would need; said before the test and after it."""

from __future__ import annotations

import math

from scipy.stats import norm

from huitou.stats.intervals import z


def detectable(se: float, level: float = 0.95, power: float = 0.8) -> float:
    """The smallest true difference that would be proven with this power, given its standard error.

    `(z(level) + z_power) · se`: 2.8 standard errors for 95 % and 80 %.
    """
    return (z(level) + float(norm.ppf(power))) * se


def times_more(se: float, effect: float, level: float = 0.95, power: float = 0.8) -> float:
    """How many times more evidence would prove `effect`: variance shrinks with what is gathered.

    1 or less means that there is enough; infinite where the effect is 0.
    """
    if effect == 0:
        return math.inf
    return (detectable(se, level, power) / abs(effect)) ** 2


def sample_size(
    sd: float, effect: float, share: float = 0.5, level: float = 0.95, power: float = 0.8
) -> int:
    """People in both arms together that would prove a difference of `effect` in the mean.

    Args:
        sd: standard deviation of the outcome, after adjustment, equal in both arms.
        effect: the true difference, in the outcome's unit.
        share: share of people in the smaller arm (the hold-out).
    """
    if effect == 0 or not 0 < share < 1:
        raise ValueError("a size needs an effect that is not 0 and a share between 0 and 1")
    per_person = sd * (1 / share + 1 / (1 - share)) ** 0.5
    return math.ceil(times_more(per_person, effect, level, power))
