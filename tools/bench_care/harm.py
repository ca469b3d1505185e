"""Our own harm, measured on real customers: how often the guardrail stops what harmed nobody, and
how often it finds harm that was planted.

Customers of Online Retail II are drawn again and again; a lot leaves some alone; twelve weeks of
what they really bought follow, and the guardrail looks each week. In the null nothing was done.

    python -m tools.bench_care.harm
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from huitou.ground.errors import NotYet
from huitou.proof.harm import Arm, Look, crossings, look, look_at_profit
from huitou.stats.intervals import wilson
from huitou.stats.resample import drawn_again, drawn_arms
from huitou.stats.sums import Moments

FILE = "online_retail_ii_dedup.parquet"
ORIGINS = tuple(date(2010, 6, 9) + timedelta(days=84 * i) for i in range(5))
WEEKS = 12
SHARES = tuple((week + 1) / WEEKS for week in range(WEEKS))
MARGIN = 0.3
COMPLAIN = 0.004
"""Share of people who complain within twelve weeks whatever is done."""
ASK = 0.002
"""Share of the addressed who ask for silence where letters do no harm: the prior of `acts`."""

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Past:
    """What each customer of one origin did in the weeks after: cumulative, one column a week."""

    bought: NDArray[np.bool_]
    profit: Cells


@dataclass(frozen=True)
class World:
    """One way the letters may do harm."""

    people: int = 2000
    held_out: float = 0.1
    leave: float = 0.0
    """Share of the treated who buy nothing any more."""
    ask: float = ASK
    complain: float = 0.0
    """Further share of the treated who complain."""


@lru_cache(maxsize=1)
def pasts() -> tuple[Past, ...]:
    """Real weeks after five moments. Raises `NotYet` where the data is not on this machine."""
    folder = os.environ.get("HUITOU_TEST_DATA")
    path = Path(folder) / FILE if folder else None
    if path is None or not path.exists():
        raise NotYet(f"{FILE} is not here", to_try="export HUITOU_TEST_DATA=FOLDER")
    return tuple(_past(path, origin) for origin in ORIGINS)


def _past(path: Path, origin: date) -> Past:
    weeks = ", ".join(
        f"coalesce(sum(amount) filter (day >= $origin and day < $origin::date + {7 * (w + 1)}), 0)"
        f", count(*) filter (day >= $origin and day < $origin::date + {7 * (w + 1)}"
        " and not is_return)"
        for w in range(WEEKS)
    )
    found = duckdb.execute(
        f"""select {weeks} from (select *, ordered_at::date as day from '{path}')
        where customer_id is not null group by customer_id
        having bool_or(day < $origin and not is_return) order by customer_id""",
        {"origin": origin},
    ).fetchall()
    cells = np.asarray(found, dtype=np.float64)
    return Past(bought=cells[:, 1::2] > 0, profit=MARGIN * cells[:, 0::2])


def looks(world: World, dice: np.random.Generator) -> list[list[Look]]:
    """Twelve weekly looks at one campaign in one world."""
    past = pasts()[int(dice.integers(len(ORIGINS)))]
    rows = drawn_again(len(past.bought), world.people, dice)
    held = drawn_arms(world.people, world.held_out, dice)
    gone = ~held & (dice.random(world.people) < world.leave)
    bought = past.bought[rows] & ~gone[:, None]
    profit = np.where(gone[:, None], 0.0, past.profit[rows])
    asks = np.where(~held & (dice.random(world.people) < world.ask), _week(world, dice), WEEKS)
    moans = dice.random(world.people) < COMPLAIN + np.where(held, 0.0, world.complain)
    told = np.where(moans, _week(world, dice), WEEKS)
    return [
        [
            _counted("silence", asks <= week, held),
            _counted("complaint", told <= week, held),
            _counted("churn", ~bought[:, week], held),
            look_at_profit(Moments.of(profit[~held, week]), Moments.of(profit[held, week])),
        ]
        for week in range(WEEKS)
    ]


def _week(world: World, dice: np.random.Generator) -> NDArray[np.int64]:
    return dice.integers(0, WEEKS, world.people)


def _counted(name: str, hit: NDArray[np.bool_], held: NDArray[np.bool_]) -> Look:
    arms = [Arm(int(there.sum()), int((hit & there).sum())) for there in (~held, held)]
    return look(name, *arms)


def stopped(world: World, times: int, seed: int = 7) -> tuple[float, dict[str, float]]:
    """Share of campaigns that are stopped at some look, and by which outcome."""
    dice = np.random.default_rng(seed)
    hits, by = 0, dict[str, int]()
    for _ in range(times):
        crossed = {name for name, at in crossings(looks(world, dice), SHARES).items() if at}
        hits += bool(crossed)
        for name in crossed:
            by[name] = by.get(name, 0) + 1
    return hits / times, {name: n / times for name, n in by.items()}


WORLDS = {
    "harmless, 10 % held out": (World(), None, 0.05),
    "harmless, 5 % held out": (World(held_out=0.05), None, 0.05),
    "harmless, 300 people, 20 % held out": (World(people=300, held_out=0.2), None, 0.05),
    "one in ten leaves, 10 % held out": (World(leave=0.1), None, None),
    "one in five leaves, 10 % held out": (World(leave=0.2), None, None),
    "one in three leaves, 10 % held out": (World(leave=1 / 3), 0.8, None),
    "3 % ask for silence, 10 % held out": (World(ask=0.03), 0.8, None),
}
"""Name -> world, least share that must be stopped, most share that may be. Without either the row
states the power that so many people have: less than one would like, and no more than there is.
"""


def rows(times: int = 300) -> list[dict[str, Any]]:
    """The figures, one row a world."""
    found = []
    for name, (world, least, most) in WORLDS.items():
        share, by = stopped(world, times)
        bar = most if most is not None else least
        holds = None if bar is None else share <= bar if most is not None else share >= bar
        sure = wilson(round(share * times), times)
        found.append(
            {
                "name": f"harm stopped within 12 weekly looks: {name}",
                "value": share,
                "unit": f"share of {times} campaigns ({sure.low:.3f} to {sure.high:.3f})",
                "peer": None,
                "ratio": None,
                "bar": bar,
                "holds": holds,
                "by": by,
            }
        )
    return found


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 300):
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
