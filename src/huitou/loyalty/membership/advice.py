"""Whom the dearer card pays: for the member, and for the shop. Pure: arrays in, arrays out.

    beliefs = believe(past)                     # next year's spend of each, from their own past
    advice = advise(beliefs, plain, premium, margin=0.3, rules=rules)

A member who buys for S in a year has `back * S` of the dearer card against what it costs more: with
60 more and 2 % the line is 3,000. Below it an honest shop does not offer. What S will be nobody
knows; how often somebody buys is a gamma-Poisson, what they buy for is shrunk to members alike
(Bühlmann's credibility), and the chance to pass the line is that of the whole next year, with its
chance, not of its mean alone. To the shop the card is the same sum with the other sign, but for
what members buy *more* because of it: how much more it would take is said beside each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from huitou.loyalty.membership.cards import Card, Rules

Reals = NDArray[np.float64]

OFFER, LEAVE, NEAR = "offer", "leave", "near"
FEWEST = 30
"""Members of whom the spread between members is learned; of fewer a wide guess is kept."""
LOW, HIGH = 0.1, 0.9
"""Ends of the interval of next year's spend."""


@dataclass(frozen=True)
class Past:
    """What each member bought: one entry a member in every array. Amounts in minor units, net."""

    orders: Reals
    """Days on which they bought."""
    years: Reals
    """How long they were seen, years."""
    total: Reals
    squares: Reals
    """Sum over their buying days of the squared amount."""


@dataclass(frozen=True)
class Beliefs:
    """Next year's spend of each member, as a gamma distribution of this mean and variance."""

    mean: Reals
    variance: Reals
    error: Reals
    """Standard error of `mean` itself: what more of their past would tell."""

    def above(self, line: float) -> Reals:
        """The chance that next year's spend passes a line."""
        if not np.isfinite(line):
            return np.zeros_like(self.mean)
        if line <= 0:
            return np.ones_like(self.mean)
        shape, scale = self._gamma()
        return np.asarray(special.gammaincc(shape, line / scale), dtype=float)

    def quantile(self, share: float) -> Reals:
        """The amount below which next year's spend lies with this chance."""
        shape, scale = self._gamma()
        return np.asarray(special.gammaincinv(shape, share) * scale, dtype=float)

    def _gamma(self) -> tuple[Reals, Reals]:
        mean = np.maximum(self.mean, 1e-9)
        variance = np.maximum(self.variance, 1e-9 * mean)
        return mean**2 / variance, variance / mean


@dataclass(frozen=True)
class Lines:
    """Yearly spend from which the dearer card pays, in minor units; inf: never, 0: always."""

    member: float
    shop_below: float
    """Up to this spend the shop gains, at the lift that is believed."""


@dataclass(frozen=True)
class Advice:
    """What is advised for each member, in the order of the beliefs."""

    verdict: tuple[str, ...]
    """offer, leave, or near: too near the line to say."""
    chance: Reals
    """That the dearer card pays for them next year."""
    member_gain: Reals
    shop_gain: Reals
    """Expected, a year, minor units."""
    needed_lift: Reals
    """How much more they would have to buy because of the card for the shop to break even; inf
    where no lift does it."""
    lines: Lines
    beliefs: Beliefs = field(repr=False)


def believe(past: Past, alike: Past | None = None) -> Beliefs:
    """Next year's spend of each, shrunk to members `alike` (to these themselves where not told)."""
    group = alike if alike is not None and len(alike.orders) else past
    often_a, often_b = _rates(group.orders, group.years)
    usual, within, between = _amounts(group)
    rate = (often_a + past.orders) / (often_b + past.years)
    rate_variance = rate / (often_b + past.years)
    weight = within / max(between, 1e-9)
    amount = (past.total + weight * usual) / (past.orders + weight)
    amount_variance = within / (past.orders + weight)
    of_the_year = rate * (within + amount**2 + amount_variance)
    of_the_mean = (
        rate_variance * amount**2 + amount_variance * rate**2 + rate_variance * amount_variance
    )
    return Beliefs(rate * amount, of_the_year + of_the_mean, np.sqrt(of_the_mean))


def lines(old: Card, new: Card, *, margin: float, lift: float) -> Lines:
    """From which spend the dearer card pays for a member, and up to which for the shop."""
    more = new.fee - old.fee
    back = new.back - old.back
    owed = more - (new.worth - old.worth)
    member = 0.0 if owed <= 0 else owed / back if back > 0 else np.inf
    kept = more - (new.costs - old.costs)
    drain = new.back * (1 + lift) - old.back - margin * lift
    shop = np.inf if drain <= 0 else max(kept / drain, 0.0)
    return Lines(float(member), float(shop))


def member_gain(old: Card, new: Card, spend: Any) -> Any:
    """What a member has of the dearer card in a year in which they buy for `spend`."""
    return (new.back - old.back) * spend - (new.fee - old.fee) + (new.worth - old.worth)


def shop_gain(old: Card, new: Card, spend: Any, *, margin: float, lift: float) -> Any:
    """What the shop has of it: the fee and what is bought more, less what comes back and costs."""
    kept = (new.fee - old.fee) - (new.costs - old.costs)
    return kept + spend * (margin * lift - new.back * (1 + lift) + old.back)


def advise(beliefs: Beliefs, old: Card, new: Card, *, margin: float, rules: Rules) -> Advice:
    """Who is offered the dearer card, honestly, and who is not."""
    at = lines(old, new, margin=margin, lift=rules.lift)
    chance = beliefs.above(at.member)
    theirs = member_gain(old, new, beliefs.mean)
    ours = shop_gain(old, new, beliefs.mean, margin=margin, lift=rules.lift)
    pays = theirs > 0
    if rules.offer_when == "both":
        pays &= ours >= 0
    verdict = np.where(~pays, LEAVE, np.where(chance >= rules.sure, OFFER, NEAR))
    return Advice(
        verdict=tuple(str(each) for each in verdict),
        chance=chance,
        member_gain=theirs,
        shop_gain=ours,
        needed_lift=_needed(beliefs.mean, old, new, margin),
        lines=at,
        beliefs=beliefs,
    )


def _needed(spend: Reals, old: Card, new: Card, margin: float) -> Reals:
    """The lift at which the shop breaks even; 0 where it gains without any."""
    short = -shop_gain(old, new, spend, margin=margin, lift=0.0)
    earns = spend * (margin - new.back)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(earns > 0, short / earns, np.inf)
    return np.asarray(np.where(short <= 0, 0.0, needed), dtype=float)


def _rates(orders: Reals, years: Reals) -> tuple[float, float]:
    """Shape and rate of the gamma of buying days a year, by marginal likelihood."""
    mean = max(float(orders.sum()) / max(float(years.sum()), 1e-9), 1e-6)
    if len(orders) < FEWEST:
        return 1.0, 1.0 / mean

    def less_likely(logs: Reals) -> float:
        a, b = np.exp(logs)
        told = special.gammaln(a + orders) - special.gammaln(a) + a * np.log(b)
        told -= (a + orders) * np.log(b + years)
        # A weak word for a spread as wide as the mean keeps the ridge of equal members away.
        return float(-told.sum() + 0.5 * (logs[0] / 5) ** 2)

    start = np.array([0.0, -np.log(mean)])
    found = optimize.minimize(less_likely, start, method="Nelder-Mead")
    a, b = np.exp(found.x)
    return float(a), float(b)


def _amounts(past: Past) -> tuple[float, float, float]:
    """Usual amount of a buying day, its variance within a member, and between members."""
    bought = past.orders > 0
    n, total, squares = past.orders[bought], past.total[bought], past.squares[bought]
    if not len(n):
        return 0.0, 1.0, 1.0
    usual = float(total.sum() / n.sum())
    inside = np.maximum(squares - total**2 / n, 0.0).sum()
    freedom = max(float((n - 1).sum()), 1.0)
    within = max(float(inside) / freedom, (0.1 * usual) ** 2, 1e-6)
    spread = float((n * (total / n - usual) ** 2).sum()) - (len(n) - 1) * within
    scale = float(n.sum() - (n**2).sum() / n.sum())
    between = max(spread / scale, 0.0) if scale > 0 else 0.0
    # Of few members the spread between them is not known: then it is taken to be wide.
    floor = (0.5 * usual) ** 2 if len(n) < FEWEST else (0.02 * usual) ** 2
    return usual, within, max(between, floor)
