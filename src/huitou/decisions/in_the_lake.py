"""The same two prices as one pass of SQL, for shops whose people do not fit into memory.

Prices are a few numbers, so a plan for everybody is one `greatest(0, gain − price · use, …)` in the
engine that holds the table; of each pass only sums come back, and sums add over partitions. The
prices come from a sample, as in `dual`; a last step stays below every limit, so nothing has to be
undone.

    offers     person_id, gain_1 … gain_k, cost_1 … cost_k     one row a person; NULL gain: barred
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
from ibis.expr.types import FloatingValue, IntegerValue

from huitou.decisions.audience import FloatArray
from huitou.decisions.choices import Choices
from huitou.decisions.dual import SAMPLE, Sampled, sampled

UNDER = 1e-4
"""The last step aims so much below each limit: what it leaves unspent is all that is given up."""
ENOUGH = 3e-4
"""Within this share below its limit a resource counts as spent."""
PASSES = 8
"""Most steps; where none held, prices only rise after them."""
RISE = 1e-3
"""By how much, relatively; twice as much each time."""


@dataclass(frozen=True)
class LakePlan:
    """A plan that stays in the engine: `chosen` has person_id and act (0 is nothing)."""

    chosen: ibis.Table
    prices: FloatArray
    total: float
    used: FloatArray
    bound: float
    """No plan within the limits can gain more than this."""

    @property
    def gap(self) -> float:
        """How far, relatively, the total may lie below the best possible."""
        return max(0.0, self.bound - self.total) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True)
class Offers:
    """What may be done for everybody, in an engine: act a has `gain_a`, `cost_a` and minutes."""

    table: ibis.Table
    minutes: Sequence[float]
    """Of staff, for each act but *nothing*; the same for all people."""

    def chosen(self, prices: FloatArray) -> ibis.Table:
        """What everybody takes at these prices: person_id, act, best, and money and minutes."""
        acts = range(1, len(self.minutes) + 1)
        after = {f"after_{act}": self._after(act, prices) for act in acts}
        row = self.table.mutate(**after)
        best = ibis.greatest(ibis.literal(0.0, row.after_1.type()), *(row[name] for name in after))
        row = row.mutate(best=best)
        row = row.mutate(act=self._first(row))
        cost = row.act.cases(*((act, row[f"cost_{act}"]) for act in acts), else_=0.0)
        minutes = row.act.cases(*enumerate(map(float, self.minutes), start=1), else_=0.0)
        return row.select("person_id", "act", "best", cost=cost, minutes=minutes)

    def seen(self, prices: FloatArray) -> tuple[float, FloatArray]:
        """One pass: the sum of everybody's best after prices, and the money and minutes used."""
        row = self.chosen(prices)
        sums = row.aggregate(
            best=row.best.cast("float64").sum(),
            cost=row.cost.cast("float64").sum(),
            minutes=row.minutes.sum(),
        )
        best, cost, minutes = (column[0].as_py() or 0.0 for column in sums.to_pyarrow().columns)
        return float(best), np.array([cost, minutes], dtype=np.float64)

    def some(self, people: int, limit: FloatArray) -> Choices:
        """The question for about SAMPLE of `people`, in memory."""
        drawn = self.table.sample(min(1.0, SAMPLE / people), method="row", seed=0).to_pyarrow()
        acts = range(1, len(self.minutes) + 1)
        nothing = np.zeros(drawn.num_rows)
        gains = [nothing, *(_numbers(drawn[f"gain_{act}"]) for act in acts)]
        costs = [nothing, *(_numbers(drawn[f"cost_{act}"]) for act in acts)]
        gain = np.nan_to_num(np.stack(gains, axis=1), nan=-np.inf)
        minutes = np.broadcast_to(np.array([0.0, *self.minutes]), gain.shape)
        return Choices(gain, (np.stack(costs, axis=1), minutes), limit * (drawn.num_rows / people))

    def _after(self, act: int, prices: FloatArray) -> FloatingValue:
        gain, cost = self.table[f"gain_{act}"], self.table[f"cost_{act}"]
        kind = gain.type()
        price = ibis.literal(float(prices[0]), kind)
        staff = ibis.literal(float(prices[1]) * float(self.minutes[act - 1]), kind)
        # Barred, or worse than nothing: never taken.
        return (gain - price * cost.cast(kind) - staff).fill_null(ibis.literal(-1.0, kind))

    def _first(self, row: ibis.Table) -> IntegerValue:
        """The first act that attains the best; nothing where nothing pays."""
        acts = range(1, len(self.minutes) + 1)
        first = ibis.cases(*((row[f"after_{act}"] == row.best, act) for act in acts), else_=0)
        return (row.best > 0).ifelse(first, 0)


def allocate_in_lake(offers: Offers, limit: FloatArray) -> LakePlan:
    """The plan for everybody in the engine, within the limits of money and minutes.

    Raises nothing for what an engine can hold; the gap says how far from the best it may be.
    """
    people = int(offers.table.count().to_pyarrow().as_py())
    free = np.zeros(len(limit))
    if not people:
        return LakePlan(offers.chosen(free), free, 0.0, free, 0.0)
    found = sampled(offers.some(people, limit), scale=people)
    return _stepped(offers, found, limit)


def _stepped(offers: Offers, found: Sampled, limit: FloatArray) -> LakePlan:
    """Steps until every limit holds and what binds is spent; the best plan that held."""
    held: list[LakePlan] = []
    lowest = np.inf
    for _ in range(PASSES):
        plan = _at(offers, found.prices, limit)
        lowest = min(lowest, plan.bound)
        if np.all(plan.used <= limit):
            held.append(plan)
            if np.all(plan.used[found.binding] >= limit[found.binding] * (1 - ENOUGH)):
                break
        found = found.stepped(plan.used, limit, over=-UNDER)
    best = max(held, key=lambda plan: plan.total, default=None)
    best = best or _raised(offers, found.prices, limit)
    return replace(best, bound=min(lowest, best.bound))


def _raised(offers: Offers, prices: FloatArray, limit: FloatArray) -> LakePlan:
    """Prices that rise until the limits hold: with few people, use jumps where they pass a tie."""
    rise = RISE
    while np.any((plan := _at(offers, prices, limit)).used > limit):
        least = RISE * plan.bound / np.maximum(limit, 1.0)
        over = plan.used > limit
        prices = np.where(over, np.maximum(prices, least) * (1 + rise), prices)
        rise *= 2
    return plan


def _at(offers: Offers, prices: FloatArray, limit: FloatArray) -> LakePlan:
    """The plan at these prices, whether it keeps the limits or not."""
    best, used = offers.seen(prices)
    bound, total = best + float(prices @ limit), best + float(prices @ used)
    return LakePlan(offers.chosen(prices), prices, total, used, bound)


def _numbers(column: object) -> FloatArray:
    values: FloatArray = np.asarray(column.to_numpy(), dtype=np.float64)  # type: ignore[attr-defined]  # an Arrow column
    return values
