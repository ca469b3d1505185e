"""The balance: what each coin more brings, for keeping customers and for winning them back.

The price of money is swept over the very choices that the plan had. At each price everybody takes
what is best after paying it, so every point is a best plan for what it spends (Everett 1963), and
the points form a concave curve. Where the price is 0 one more coin brings back just itself: there
the curve is highest. Below 0 money is given away: what comes back of it is less than a coin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from huitou.decisions.audience import BoolArray, FloatArray, IntArray
from huitou.decisions.choices import Choices
from huitou.decisions.doubt import half_of_sum
from huitou.decisions.draft import Drafted
from huitou.decisions.limits import Limits

BACK = ("lost",)
"""Stages that are won back; all others are kept."""
PLACES = 12
"""Prices of money above zero that are looked at: what lies between is a straight line."""
HEAD = (0.005, 0.02, 0.045)
"""Shares of the most at which it is looked at too: the first coins bring most."""
BEYOND = (-0.2, -0.4, -0.6, -0.8)
"""Prices below zero: so much of each coin is given away."""
SOME = 30_000
"""People who find the price of hours where there are many more; then everybody is looked at."""
HALVINGS = 24
"""Most looks for the price of hours."""
NEAR = 1e-4
"""The price of hours is looked for until it is right to this share of itself."""


@dataclass(frozen=True)
class Spot:
    """One best plan: what it spends, and what it is expected to bring beyond that; minor units."""

    spend: int
    gain: int
    low: int
    """90 % interval of the gain, as a plan's."""
    high: int
    price: float
    """What one more coin adds to the gain here: 0 where it brings back just itself."""
    minutes: float
    """Of staff."""
    people: int
    """How many get something."""

    @property
    def share(self) -> float:
        """Spend as a share of all that is made of it: what customers get of each coin earned."""
        made = self.spend + self.gain
        return self.spend / made if made > 0 else 0.0


NOTHING = Spot(0, 0, 0, 0, 0.0, 0.0, 0)


@dataclass(frozen=True)
class Curve:
    """Best plans by what they spend, from nothing on; spend rises from spot to spot."""

    spots: tuple[Spot, ...]

    @property
    def best(self) -> Spot:
        """Where one more coin brings back less than a coin: no plan earns more."""
        return max(self.spots, key=lambda spot: spot.gain)

    def at(self, spend: float) -> Spot:
        """The plan that spends so much; beyond the end what is given away brings nothing."""
        for before, after in pairwise(self.spots):
            if spend <= after.spend:
                return _between(before, after, (spend - before.spend) / _run(before, after))
        return _given_away(self.spots[-1], spend)

    def split(self, share: float) -> Spot:
        """The plan of which customers get this share of what is made: 0.3 is three in ten.

        The more is spent, the larger the share, for the curve is concave. What goes beyond
        all acts is a gift: it brings nothing.

        Args:
            share: in [0, 1).
        """
        for before, after in pairwise(self.spots):
            near, far = (spot.spend - share * (spot.spend + spot.gain) for spot in (before, after))
            if near < 0 <= far or (near == 0 < far):
                return _between(before, after, -near / (far - near))
        last = self.spots[-1]
        if last.share < share and last.spend + last.gain > 0:
            return _given_away(last, share * (last.spend + last.gain))
        return self.spots[0]


@dataclass(frozen=True)
class Balance:
    """What spending brings: for all together, for keeping alone, and for winning back alone.

    All stay within the plan's hours of staff, and mean no more pieces of a stock than are left.
    Each of the two parts has the hours and the pieces that the best plan of all gives it where
    money is no matter, so the parts add up to the whole there.
    """

    together: Curve
    keep: Curve
    back: Curve

    def written(self) -> dict[str, list[dict[str, Any]]]:
        """As a plain value."""
        parts = {"together": self.together, "keep": self.keep, "back": self.back}
        return {name: [asdict(spot) for spot in curve.spots] for name, curve in parts.items()}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Balance:
        """Back from a plain value."""
        curves = {
            name: Curve(tuple(Spot(**spot) for spot in spots)) for name, spots in written.items()
        }
        return cls(**curves)


def balanced(drafted: Drafted, limits: Limits) -> Balance:
    """Profit against spend for the people of a plan whom the lot leaves to be reached.

    Their hours and pieces are their share of the plan's by number. A spot may pass its hours by the
    share by which a sample of `SOME` people misses them, in a shop that has many more.
    """
    reached = ~drafted.held
    share = float(reached.mean()) if len(reached) else 0.0
    hours = share * limits.staff_minutes
    stock = {
        column: math.floor(share * act.stock + 1e-9)
        for column, act in enumerate(drafted.acts)
        if act.stock is not None
    }
    together, taken, choice = _Part.of(drafted, reached, stock).curve(hours)
    won = np.isin(drafted.people.stage[reached], BACK)
    # One after the other: of a million people each part is a copy of some weight.
    keep, back = (
        _Part.of(
            drafted,
            _of(reached, these),
            {column: int((choice[these] == column).sum()) for column in stock},
        ).curve(float(taken[these].sum()))[0]
        for these in (~won, won)
    )
    return Balance(together=together, keep=keep, back=back)


def _of(reached: BoolArray, these: BoolArray) -> BoolArray:
    mask = np.zeros(len(reached), dtype=np.bool_)
    mask[np.flatnonzero(reached)[these]] = True
    return mask


@dataclass(frozen=True)
class _Part:
    """Some people, with what may be done for them, and how wrong that may be."""

    choices: Choices
    kinds: IntArray
    half_effect: FloatArray
    half_worth: FloatArray
    stock: Mapping[int, int] = field(default_factory=dict)
    """Of acts there are only so many pieces of: act -> pieces."""

    @classmethod
    def of(cls, drafted: Drafted, these: BoolArray, stock: Mapping[int, int]) -> _Part:
        priced = drafted.priced
        gain = drafted.free[these]
        use = (priced.cost[these].astype(np.float64), priced.minutes[these])
        _, kinds = np.unique([act.kind for act in drafted.acts], return_inverse=True)
        return cls(
            Choices(gain, use, np.zeros(2)),
            kinds,
            priced.half_effect[these],
            priced.half_worth[these],
            stock,
        )

    def curve(self, hours: float) -> tuple[Curve, FloatArray, IntArray]:
        """The curve within so many minutes of staff, and who takes how many of them, and what, at
        its top."""
        few = self._few()
        top = self._looked(0.0, hours, few)
        above = [self._looked(price, hours, few)[0] for price in self._prices(top[1], top[2])]
        beyond = [self._looked(price, hours, few)[0] for price in BEYOND]
        return Curve(_rising([NOTHING, *above, top[0], *beyond])), top[3], top[1]

    def _best_at(self, prices: FloatArray) -> IntArray:
        """Everybody's act at these prices. Where more want a piece than there are, those have it
        who would lose most without; the others take their next best."""
        choice = self.choices.best_at(prices)[0]
        if not any((choice == column).sum() > many for column, many in self.stock.items()):
            return choice
        after = self.choices.gain.astype(np.float64)
        for price, use in zip(prices, self.choices.use, strict=True):
            after = after - price * use
        while over := [
            (column, many) for column, many in self.stock.items() if (choice == column).sum() > many
        ]:
            for column, many in over:
                mine = np.flatnonzero(choice == column)
                wanted = after[mine, column]
                after[mine, column] = -np.inf
                ahead = np.argsort(after[mine].max(axis=1) - wanted, kind="stable")
                after[mine[ahead[:many]], column] = wanted[ahead[:many]]
                without = mine[ahead[many:]]
                choice[without] = after[without].argmax(axis=1)
        return choice

    def _few(self) -> Choices:
        if len(self.choices) <= 2 * SOME:
            return self.choices
        rows = np.random.default_rng(0).choice(len(self.choices), SOME, replace=False)
        return self.choices.among(np.sort(rows))

    def _looked(
        self, price: float, hours: float, few: Choices
    ) -> tuple[Spot, IntArray, float, FloatArray]:
        """The best plan at this price of money: its spot, acts, price of hours, and minutes."""
        scarce = hours * len(few) / len(self.choices) if len(self.choices) else 0.0
        dear, cheap = _price_of_hours(few, price, scarce)
        choice = self._best_at(np.array([price, dear]))
        spot, minutes = self._spot(choice, price)
        if dear > cheap and few is self.choices:
            # At the right price of hours some are indifferent: a part of them fills the hours.
            more = self._spot(self._best_at(np.array([price, cheap])), price)
            room = float(more[1].sum() - minutes.sum())
            weight = (hours - float(minutes.sum())) / room if room > 0 else 0.0
            weight = min(max(weight, 0.0), 1.0)
            spot = _between(spot, more[0], weight)
            minutes = minutes + weight * (more[1] - minutes)
        return spot, choice, dear, minutes

    def _spot(self, choice: IntArray, price: float) -> tuple[Spot, FloatArray]:
        rows = np.flatnonzero(choice)
        taken = choice[rows]
        gain = int(np.rint(self.choices.gain[rows, taken]).sum())
        spend, minutes = (use[rows, taken] for use in self.choices.use)
        half = half_of_sum(
            self.kinds[taken],
            self.half_effect[rows, taken],
            float(self.half_worth[rows, taken].sum()),
        )
        theirs = np.zeros(len(choice))
        theirs[rows] = minutes
        spot = Spot(
            spend=int(spend.sum()),
            gain=gain,
            low=gain - half,
            high=gain + half,
            price=price,
            minutes=float(minutes.sum()),
            people=len(rows),
        )
        return spot, theirs

    def _prices(self, choice: IntArray, hour: float) -> list[float]:
        """Prices of money, the highest first, at which about equal parts are spent of the most."""
        rows = np.flatnonzero(choice)
        cost, minutes = (use[rows, choice[rows]] for use in self.choices.use)
        after = self.choices.gain[rows, choice[rows]] - hour * minutes
        costly = cost > 0
        if not costly.any():
            return []
        returns = after[costly] / cost[costly]
        order = np.argsort(-returns, kind="stable")
        spent = np.cumsum(cost[costly][order])
        wanted = spent[-1] * np.append(HEAD, np.arange(1, PLACES) / PLACES)
        found = returns[order][np.searchsorted(spent, wanted)]
        return [float(each) for each in np.unique(found)[::-1] if each > 0]


def _price_of_hours(few: Choices, price: float, scarce: float) -> tuple[float, float]:
    """The lowest price known at which the hours suffice, and the highest at which they do not.

    Both are 0 where hours are no matter. Minutes used fall as their price rises.
    """

    def used(hour: float) -> float:
        return float(few.look(np.array([price, hour])).used[1])

    if used(0.0) <= scarce:
        return 0.0, 0.0
    cheap, dear = 0.0, _dearest(few, price)
    for _ in range(HALVINGS):
        middle = (cheap + dear) / 2
        cheap, dear = (middle, dear) if used(middle) > scarce else (cheap, middle)
        if dear - cheap <= NEAR * dear:
            break
    return dear, cheap


def _dearest(few: Choices, price: float) -> float:
    """A price of a minute at which nobody takes any."""
    cost, minutes = few.use
    after = few.gain - price * cost
    busy = (minutes > 0) & np.isfinite(after)
    return float(np.max(after[busy] / minutes[busy], initial=0.0)) * (1 + 1e-9) + 1e-9


def _rising(spots: list[Spot]) -> tuple[Spot, ...]:
    """Spots by what they spend; of those that spend alike the last, which is nearer the top."""
    kept = [spots[0]]
    for spot in spots[1:]:
        if spot.spend > kept[-1].spend:
            kept.append(spot)
    return tuple(kept)


def _run(before: Spot, after: Spot) -> int:
    return max(after.spend - before.spend, 1)


def _between(before: Spot, after: Spot, weight: float) -> Spot:
    """A plan that does one for some and the other for the rest."""

    def mixed(name: str) -> float:
        start, end = getattr(before, name), getattr(after, name)
        return float(start + weight * (end - start))

    whole = {name: round(mixed(name)) for name in ("spend", "gain", "low", "high", "people")}
    return Spot(**whole, price=after.price, minutes=mixed("minutes"))


def _given_away(last: Spot, spend: float) -> Spot:
    more = max(round(spend) - last.spend, 0)
    return Spot(
        spend=last.spend + more,
        gain=last.gain - more,
        low=last.low - more,
        high=last.high - more,
        price=-1.0 if more else last.price,
        minutes=last.minutes,
        people=last.people,
    )
