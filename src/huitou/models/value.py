"""What a customer is still worth: expected purchase days, times spend, times what is left of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huitou.models.forecast import Forecast
from huitou.models.gammagamma import Spend, fit_spend
from huitou.models.histories import Histories
from huitou.models.level import Level
from huitou.models.numbers import Array, Index
from huitou.models.shape import Shape

CAP = 0.995
"""Spends above this quantile are cut for the fit: one wholesaler must not set the shop's mean."""
LARGEST = 10**15
"""No value is printed above this many minor units."""
Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Spending:
    """Expected spend of each customer's next purchase day, and how sure the shop's model is."""

    model: Spend
    expected: Array
    """Minor units per purchase day, shape (n,)."""
    log_sd: Array
    """Sd of its logarithm from the uncertainty of parameters."""
    correlation: float
    """Between log frequency and log spend; the model assumes 0."""


@dataclass(frozen=True)
class Worth:
    """Expected profit of each customer over the value days, in minor units."""

    value: Index
    low: Index
    high: Index
    if_kept: Index
    """The same, given that the customer is alive: what was learned tells, above all, who is."""
    then: Index
    """The same on the evening of the last purchase, before anything was learned of the silence:
    what that has taken is the rest."""


def spending(known: Histories) -> Spending:
    """Fit Gamma-Gamma on all purchase days, capped, and ask it for every customer.

    Customers with a single purchase day are scored from their capped spend too: one order of
    seventy thousand is no promise of another. Where no spend is known, expected spend is 0.
    """
    spend = np.where(np.isfinite(known.spend) & (known.spend > 0), known.spend, 0.0)
    if not (spend > 0).any():
        nobody = Spend(np.zeros(3), np.zeros((3, 3)), 0.0, 0, True)
        return Spending(nobody, np.zeros(len(known)), np.zeros(len(known)), 0.0)
    cap = float(np.quantile(spend[spend > 0], CAP))
    cut = np.minimum(spend, cap)
    model = fit_spend(known.purchase_days, cut)
    seen = np.where(known.purchase_days > 1, spend, cut)
    expected = model.expected(known.purchase_days, seen)
    return Spending(
        model, expected, _log_sd(model, known.purchase_days, seen), _correlation(known, spend)
    )


def worth(found: Forecast, paid: Spending, volume: Level, days: int) -> Worth:
    """Expected profit over `days` after the moment of the fit, with its 90 % interval.

    The interval is of the expectation: the level's sd from the backtest and the parameters'.
    It is log-normal, and wide levels move all customers together, so lows may be summed.
    """
    made, known = found.made, found.known
    per_day = paid.expected * net_share(known) * np.clip(known.margin, 0.0, 1.0)
    per_day = per_day * volume.factor()
    expected = made.expected(days)
    log_sd = np.sqrt(volume.sd**2 + paid.log_sd**2 + _purchases_log_sd(made, days, expected) ** 2)
    # Learned factors are told of what silence left of a customer. Of somebody long gone the closed
    # form leaves a millionth, and the factor that lifts it is no rate at which anybody ever bought.
    middle = expected * per_day * found.personal_volume
    reach = np.exp(np.minimum(Z90 * log_sd, 20.0))
    return Worth(
        value=_minor(middle),
        low=_minor(middle / reach),
        high=_minor(middle * reach),
        if_kept=_minor(np.maximum(made.expected_alive(days) * per_day, middle)),
        then=_minor(made.expected_when_seen(days) * per_day),
    )


def net_share(known: Histories) -> Array:
    """Share of what a customer pays that does not come back as returns, in [0, 1].

    The customer's own share, shrunken to the shop's by one average purchase day.
    """
    gross, net = float(known.gross.sum()), float(known.revenue.sum())
    if gross <= 0:
        return np.ones(len(known))
    shop, one_day = net / gross, gross / max(float(known.purchase_days.sum()), 1.0)
    own = (known.revenue + one_day * shop) / (np.maximum(known.gross, 0.0) + one_day)
    return np.clip(own, 0.0, 1.0)


def _minor(amount: Array) -> Index:
    return np.rint(np.clip(amount, 0.0, LARGEST)).astype(np.int64)


def _purchases_log_sd(made: Shape, days: int, expected: Array) -> Array:
    ahead = made.tempo.ahead(days)
    sd = made.spread_each(lambda fitted, s: fitted.expected(s, ahead))
    relative: Array = sd / np.maximum(expected, 1e-12)
    return relative


def _log_sd(model: Spend, x: Array, m: Array) -> Array:
    """Delta method on log E[spend], by forward differences."""
    step = 1e-5
    here = np.log(np.maximum(model.expected(x, m), 1e-12))
    moved = [model.moved(model.theta + step * axis).expected(x, m) for axis in np.eye(3)]
    slopes = np.stack([(np.log(np.maximum(at, 1e-12)) - here) / step for at in moved], axis=1)
    variance = np.einsum("ni,ij,nj->n", slopes, model.covariance, slopes)
    sd: Array = np.sqrt(np.maximum(variance, 0.0))
    return sd


def _correlation(known: Histories, spend: Array) -> float:
    often = (known.purchase_days > 1) & (spend > 0)
    if often.sum() < 3:
        return 0.0
    both = np.log(known.purchase_days[often]), np.log(spend[often])
    if min(part.std() for part in both) < 1e-12:
        return 0.0
    return float(np.corrcoef(both[0], both[1])[0, 1])
