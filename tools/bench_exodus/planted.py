"""Two public shops whose customers are drawn anew into groups: exoduses found, quiet weeks kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow.compute as pc

from huitou.models.score import Choice, score
from huitou.runs.moment import Moment, earlier_moments
from huitou.runs.steps.exodus import newest
from tools.bench_exodus._planted import Look, Window, planted, quiet, rate
from tools.bench_models._origins import SHOPS, Shop
from tools.bench_models._row import row
from tools.benching import longer

CHOSEN = ("Online Retail II", "Complete Journey")
EVENINGS = 3
"""So many evenings of each shop, three weeks apart; with `--full` three times as many."""
TRIALS = 250
"""Of each evening."""
FOUND, ALARMS = 0.8, 5.0
ONE = timedelta(days=1)


def rows() -> list[dict[str, Any]]:
    """Per shop: the share of planted exoduses that is found, and alarms per 100 quiet weeks."""
    return [each for shop in SHOPS if shop.name in CHOSEN for each in _rows(shop)]


def _rows(shop: Shop) -> Iterator[dict[str, Any]]:
    draw = np.random.default_rng(20)
    evenings = EVENINGS * 3 if longer() else EVENINGS
    looks = [look(shop, shop.end - ONE - timedelta(days=21 * back)) for back in range(evenings)]
    alarms = 100 * rate([bool(quiet(each, draw).any()) for each in looks for _ in range(TRIALS)])
    yield row(
        f"{shop.name}: alarms in 100 quiet weeks", round(alarms, 2), bar=ALARMS,
        holds=alarms <= ALARMS,
    )  # fmt: skip
    for share in (0.1, 0.2, 0.3):
        found = rate([
            planted(each, draw, share=share, least=300) for each in looks for _ in range(TRIALS)
        ])  # fmt: skip
        told = f"{share:.0%} of 300 customers or more leave, found half a horizon later"
        yield row(
            f"{shop.name}: {told}", round(found, 3),
            bar=FOUND if share == 0.2 else None,
            holds=found >= FOUND if share == 0.2 else None,
        )  # fmt: skip


def look(shop: Shop, evening: date) -> Look:
    """An evening of a shop, with the forecasts that a run makes of each evening before it."""
    horizon = shop.horizon_days
    moment = Moment(evening, horizon, earlier_moments(shop.first, evening, horizon), "UTC")
    everybody = shop.customers(evening + ONE)["person_id"].combine_chunks()
    past, told = shop.past(evening + ONE), {}
    for day in sorted({start for some in newest(moment) for start, _ in some}):
        people = shop.customers(day + ONE)
        scores, _ = score(people, past, Choice(day + ONE, horizon))
        known = pc.index_in(people["person_id"].combine_chunks(), value_set=everybody)
        told[day] = known.to_numpy().astype(np.int64), scores["p_buy"].to_numpy()
    windows = tuple(
        tuple(Window(day, *told[day], shop.bought(day + ONE, days) > 0) for day, days in some)
        for some in newest(moment)
    )
    return Look(len(everybody), tuple(some for some in windows if some))
