"""Four public shops forecast at five moments each, against the Pareto/NBD fitted at the same ones.

The recipe (season, level, blend, gate and their constants) was fixed on the first three moments of
each shop; the last two were looked at after that. Both tables are printed. So is a third: what the
recipe as it stands says half-way between the moments, where nobody looked while it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from huitou.models.backtest import log_loss, tenths
from huitou.models.card import card
from huitou.models.forecast import Forecast, foresee
from huitou.models.histories import histories
from huitou.models.numbers import Array
from huitou.models.pareto import ParetoNbd
from huitou.models.season import NO_SEASON, Tempo
from huitou.models.shape import Candidate, shape
from huitou.models.value import spending
from tools.bench_models._origins import LAST, SHOPS, Shop
from tools.bench_models._row import row

PEER = Candidate(ParetoNbd(), by_cohort=False)
BARS = {
    "log-loss": 0.965,
    "ECE": 0.70,
    "decile WAPE": 0.65,
    "RMSE": 0.97,
    "CLV MAE": 0.975,
}
"""Geometric means of ratios to the Pareto/NBD that may not be passed."""
WORST, BIAS, TOTALS, PERSONS = 1.005, 0.065, 0.85, (0.88, 0.97)
"""Bars: log-loss at the worst moment, mean absolute bias, shares of intervals that hold."""


@dataclass(frozen=True)
class Said:
    """What a model says of everybody, within the horizon."""

    p_buy: Array
    expected: Array
    worth: Array


@dataclass(frozen=True)
class Tried:
    """One shop at one moment: errors of ours and of the peer's, by measure."""

    shop: str
    day: date
    ours: dict[str, float]
    peers: dict[str, float]
    bias: float
    peers_bias: float
    total_inside: bool
    persons_inside: float
    learned: bool

    def ratio(self, measure: str) -> float:
        """Ours over the peer's."""
        return self.ours[measure] / self.peers[measure]


def rows() -> list[dict[str, Any]]:
    """Every moment's ratio, then the bars: over the last moments, the first ones, and all."""
    tried = [(at, tried_at(shop, day)) for shop in SHOPS for at, day in enumerate(shop.moments)]
    first = [one for at, one in tried if at < len(SHOPS[0].moments) - LAST]
    last = [one for at, one in tried if at >= len(SHOPS[0].moments) - LAST]
    between = [tried_at(shop, day) for shop in SHOPS for day in shop.between]
    return [
        *(_moment(one) for _, one in tried),
        *map(_moment, between),
        *map(_bare, _table("half-way between them", between)),
        *map(_bare, _table("first three of each", first)),
        *map(_bare, _table("last two of each", last)),
        *_table("all", [*first, *last]),
    ]


def tried_at(shop: Shop, day: date) -> Tried:
    """Forecast from what was known, and look at what came."""
    known = shop.customers(day)
    came, spent = shop.bought(day, shop.horizon_days), shop.spent(day)
    found = foresee(known, day, shop.past(day))
    paid = spending(found.known)
    ours = Said(found.p_buy, found.expected, found.expected * paid.expected)
    peer = _peer(shop, day, paid.expected)
    told = card(found, paid, found.volume).ahead
    return Tried(
        shop.name,
        day,
        errors(ours, came, spent),
        errors(peer, came, spent),
        float(ours.expected.sum() / came.sum() - 1),
        float(peer.expected.sum() / came.sum() - 1),
        bool(told.low <= (came > 0).sum() <= told.high),
        _persons(found, came),
        found.gate.is_open,
    )


def _peer(shop: Shop, day: date, paid: Array) -> Said:
    made = shape(PEER, histories(shop.customers(day)), Tempo(NO_SEASON, day))
    expected = made.expected(shop.horizon_days)
    return Said(1 - made.p_none(shop.horizon_days), expected, expected * paid)


def errors(said: Said, came: Any, spent: Array) -> dict[str, float]:
    """Each measure of error, less is better; deciles by what was said."""
    returned = came > 0
    gaps = [said.p_buy[who].sum() - returned[who].sum() for who in tenths(said.p_buy)]
    days = [said.expected[who].sum() - came[who].sum() for who in tenths(said.expected)]
    return {
        "log-loss": log_loss(said.p_buy, returned),
        "ECE": float(np.abs(gaps).sum() / len(came)),
        "decile WAPE": float(np.abs(days).sum() / came.sum()),
        "RMSE": float(np.sqrt(np.mean((said.expected - came) ** 2))),
        "CLV MAE": float(np.mean(np.abs(said.worth - spent))),
    }


def _persons(found: Forecast, came: Any) -> float:
    low, high = found.days_interval
    return float(np.mean((low <= came) & (came <= high)))


def _moment(one: Tried) -> dict[str, Any]:
    learned = "learned shapes too" if one.learned else "closed form alone"
    name = (
        f"{one.shop} from {one.day}, {learned}: log-loss (bias {one.bias:+.1%}, "
        f"Pareto/NBD {one.peers_bias:+.1%}; persons inside {one.persons_inside:.1%}, "
        f"total {'inside' if one.total_inside else 'outside'})"
    )
    return row(name, one.ours["log-loss"], "nats", peer=one.peers["log-loss"],
               ratio=one.ratio("log-loss"))  # fmt: skip


def _table(which: str, some: Sequence[Tried]) -> list[dict[str, Any]]:
    def told(name: str, value: float, bar: Any, holds: bool, **more: Any) -> dict[str, Any]:
        return row(f"{which} ({len(some)} moments): {name}", value, bar=bar, holds=holds, **more)

    worst = max(one.ratio("log-loss") for one in some)
    bias = mean(some, lambda one: abs(one.bias))
    inside = mean(some, lambda one: one.total_inside)
    persons = [one.persons_inside for one in some]
    found = []
    for name, bar in BARS.items():
        ratio = float(np.exp(np.mean([np.log(one.ratio(name)) for one in some])))
        found.append(
            told(f"{name}, of the Pareto/NBD's (geometric mean)", ratio, bar, ratio <= bar)
        )
    peers = mean(some, lambda one: abs(one.peers_bias))
    return [
        *found,
        told("log-loss at the worst moment", worst, WORST, worst <= WORST),
        told("mean absolute bias", bias, BIAS, bias <= BIAS, peer=peers),
        told("90 % intervals of totals that hold", inside, TOTALS, inside >= TOTALS),
        told(
            "90 % intervals of persons that hold, mean of the moments",
            float(np.mean(persons)),
            list(PERSONS),
            PERSONS[0] <= float(np.mean(persons)) <= PERSONS[1],
        ),
    ]


def _bare(told: dict[str, Any]) -> dict[str, Any]:
    """A figure of a part of the moments: beside the bar, which is that of all of them."""
    return {**told, "holds": None}


def mean(some: Sequence[Tried], of: Callable[[Tried], float]) -> float:
    """The mean of something over moments."""
    return float(np.mean([of(one) for one in some]))
