"""When each silence of the past was judged lost, by a forecast that knew only what came before.

The judgement is that of the stages: *lost* is a customer whose chance to buy within the horizon is
under the merchant's line. It is made every week of the past; the forecast behind it (MBG/NBD) is
fitted anew each quarter, to the purchases known by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from huitou.decisions.alarms.past import Floats, Index, Past, Seen
from huitou.models.fitted import Fitted, fit
from huitou.models.histories import FEWEST
from huitou.models.mbgnbd import MbgNbd
from huitou.models.summary import Summary, summarise

WEEK = 7
REFIT_WEEKS = 13
WARM_UP_DAYS = 91
"""Days of history before the first evening that is judged."""
NEVER = -1


@dataclass(frozen=True)
class Judged:
    """The evenings of the past, and what the forecast said on each."""

    evenings: Index
    """Days, a week apart; each has a whole horizon after it."""
    lost_on: Index
    """For each purchase day of the past, when the silence after it was judged lost; or NEVER."""
    alive: Floats
    """Chance to be a customer, shape (evenings, people); NaN before the first purchase."""
    buy: Floats
    """Chance to buy within the horizon, likewise."""


def evenings(past: Past, horizon_days: int, last_day: int) -> Index:
    """Weekly evenings with history enough before them and a whole horizon after them."""
    first = past.first_day + max(WARM_UP_DAYS, horizon_days)
    last = last_day - horizon_days
    return np.arange(last, first - 1, -WEEK, dtype=np.int64)[::-1]


def judge(past: Past, horizon_days: int, line: float, last_day: int) -> Judged:
    """Judge every silence on every evening of the past; nothing later than an evening is used."""
    days = evenings(past, horizon_days, last_day)
    lost_on = np.full(len(past.day), NEVER, dtype=np.int64)
    alive, buy = (np.full((len(days), len(past)), np.nan) for _ in range(2))
    for at, seen, fitted in _fitted(past, days):
        who = np.flatnonzero(seen.has_bought)
        told, place = _summary(seen, who)
        alive[at, who] = fitted.p_alive(told)[place]
        rows = seen.end[who] - 1
        buy[at, who] = fitted.p_buy(told, horizon_days)[place]
        lost = (buy[at, who] < line) & (lost_on[rows] == NEVER)
        lost_on[rows[lost]] = seen.day
    return Judged(days, lost_on, alive, buy)


def _fitted(past: Past, days: Index) -> Iterator[tuple[int, Seen, Fitted]]:
    fitted: Fitted | None = None
    for at, day in enumerate(days.tolist()):
        seen = Seen(past, day)
        if fitted is None or at % REFIT_WEEKS == 0:
            who = np.flatnonzero(seen.has_bought)
            if len(who) < FEWEST:
                continue
            fitted = fit(MbgNbd(), _summary(seen, who)[0])
        yield at, seen, fitted


def _summary(seen: Seen, who: Index) -> tuple[Summary, Index]:
    first, last = seen.first[who], seen.last[who]
    return summarise(seen.gaps[who], last - first, seen.day - first)
