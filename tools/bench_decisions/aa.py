"""Does the proof cry wolf? A/A on four real shops: where nothing was done, and where a known effect
was planted; looked at once, and every week.

What is judged is the product's whole procedure: the rehearsal on earlier quarters chooses the
estimator, and later quarters are drawn again, thousands of lots each. Profit at a shop's one margin
is revenue times a constant, so revenue tells the same. Truth is what the planted effect does on
average to the people who are drawn from. Peers: plain Welch over everybody; looking weekly at 1.96.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from huitou.proof.aa import LIFT, Window, rehearse
from huitou.proof.lift import Arms, Estimator, line_of
from huitou.proof.looks import Course, Courses, Look, decided, line_at, looked
from huitou.stats.power import detectable
from huitou.stats.sums import Moments
from huitou.stats.tests import welch

Floats = NDArray[np.float64]

WEEKS = 13
QUARTER = timedelta(weeks=WEEKS)
SHOPS = {
    "Online Retail II": ("online_retail_ii_dedup.parquet", "amount", date(2010, 6, 9), 6),
    "CDNOW": ("cdnow_master.parquet", "amount", date(1997, 7, 1), 4),
    "an online grocer's orders": ("groceryElog.parquet", "1", date(2006, 7, 1), 6),
    "Complete Journey": ("completejourney/completejourney.parquet", "amount", date(2017, 4, 1), 3),
}
"""Shop -> file, what is summed, the first moment, and how many quarters follow."""
SIZES = (800, 5_000, 20_000)
SHARES = {"50/50": 0.5, "90/10": 0.1}
REPLICATES = 4_000
"""A thousand tell 5 % from 6 % no better than a coin; four times as many do."""
REHEARSED = 800
FALSE_POSITIVES, COVERAGE = (0.03, 0.07), (0.93, 0.97)
BIAS, PEEKING, POWER_LOST = 0.03, 0.06, 0.05


@dataclass(frozen=True)
class Quarter:
    """What everybody known at a moment brought in the quarter before, and to each week after."""

    before: Floats
    cumulated: Floats


@dataclass
class Tally:
    """What happened over the replicates of one cell."""

    false: int = 0
    raw_false: int = 0
    held: int = 0
    held_very: int = 0
    planted: float = 0.0
    truth: float = 0.0
    peeked: int = 0
    naive: int = 0
    found_once: int = 0
    found_looking: int = 0


def rows() -> list[dict[str, Any]]:
    """The figures, cell by cell."""
    found: list[dict[str, Any]] = []
    for shop in SHOPS:
        found += shop_rows(shop)
    return found


def shop_rows(shop: str) -> list[dict[str, Any]]:
    """The figures of one shop."""
    quarters = _quarters(shop)
    past, later = quarters[: len(quarters) // 2], quarters[len(quarters) // 2 :]
    found: list[dict[str, Any]] = []
    for size in SIZES:
        for split, share in SHARES.items():
            chosen = _rehearsed(past, share, size)
            tally = _measured(later, size, share, chosen)
            found += _told(f"{shop}, {size:,} customers, {split}", tally, chosen)
    return found


def _quarters(shop: str) -> list[Quarter]:
    name, amount, first, count = SHOPS[shop]
    path = Path(os.environ.get("HUITOU_TEST_DATA", "data")) / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there")
    return [_quarter(path, amount, first + QUARTER * place) for place in range(count)]


def _quarter(path: Path, amount: str, origin: date) -> Quarter:
    weeks = ", ".join(
        f"coalesce(sum({amount}) filter (day >= $origin and day < $origin + {7 * week}), 0)::double"
        f" as w{week}"
        for week in range(1, WEEKS + 1)
    )
    found = duckdb.sql(
        f"""
        select coalesce(sum({amount}) filter (day >= $start and day < $origin), 0)::double
            as before, {weeks}
        from (select *, ordered_at::date as day from '{path}')
        where customer_id is not null
        group by customer_id
        having bool_or(day < $origin and not is_return)
        order by customer_id
        """,
        params={"start": origin - QUARTER, "origin": origin},
    ).fetchnumpy()
    columns = [np.asarray(found[f"w{week}"], dtype=np.float64) for week in range(1, WEEKS + 1)]
    return Quarter(np.asarray(found["before"], dtype=np.float64), np.column_stack(columns))


def _rehearsed(past: Sequence[Quarter], share: float, size: int) -> Estimator:
    windows = [Window(date.min, each.before, each.cumulated[:, -1]) for each in past]
    return rehearse(windows, share, REHEARSED, seed=size, people=size).chosen.estimator


def _measured(quarters: Sequence[Quarter], size: int, share: float, estimator: Estimator) -> Tally:
    dice = np.random.default_rng(2026 + size)
    tally = Tally()
    weeks = [(week + 1) / WEEKS for week in range(WEEKS)]
    for _ in range(REPLICATES):
        quarter = quarters[int(dice.integers(len(quarters)))]
        _one(tally, quarter, size, share, estimator, weeks, dice)
    return tally


def _one(
    tally: Tally,
    quarter: Quarter,
    size: int,
    share: float,
    estimator: Estimator,
    weeks: list[float],
    dice: np.random.Generator,
) -> None:
    people = dice.integers(0, len(quarter.before), size)
    before, cumulated = quarter.before[people], quarter.cumulated[people]
    held = dice.random(size) < share
    raw = welch(Moments.of(cumulated[~held, -1]), Moments.of(cumulated[held, -1]))
    tally.raw_false += 0.0 not in raw.interval()
    line = line_of(before)
    kept = before <= line
    before, cumulated, held = before[kept], cumulated[kept], held[kept]
    courses = Courses.of(before, cumulated, held)
    idle = courses.arms(WEEKS - 1).lift(estimator)
    tally.false += 0.0 not in idle.interval()
    _plant(tally, quarter, line, before, cumulated[:, -1], held, idle.estimate, estimator, dice)
    bounds = line_at(courses, weeks, 0.05)
    looks = looked(courses, weeks, estimator, 0.05, bounds)
    tally.peeked += decided(looks) is not None
    tally.naive += any(abs(look.z) > 1.96 for look in looks)
    # An effect that one look would prove four times in five, earned evenly week by week.
    shifted = _shifted(courses, detectable(idle.se))
    # What everybody treated brings more moves no correlation, and so no bound.
    seen = looked(shifted, weeks, estimator, 0.05, bounds)
    tally.found_once += abs(seen[-1].z) > 1.96 and seen[-1].estimate > 0
    tally.found_looking += _gain(seen)


def _gain(looks: Sequence[Look]) -> bool:
    first = decided(looks)
    return first is not None and first[1] > 0


def _plant(
    tally: Tally,
    quarter: Quarter,
    line: float,
    before: Floats,
    after: Floats,
    held: NDArray[np.bool_],
    idle: float,
    estimator: Estimator,
    dice: np.random.Generator,
) -> None:
    """Half of the treated bring a fifth more."""
    moved = ~held & (dice.random(len(before)) < 0.5)
    more = np.where(moved, LIFT * after, 0.0)
    lift = Arms.of(before, after + more, held).lift(estimator)
    truth = LIFT / 2 * float(quarter.cumulated[quarter.before <= line, -1].mean())
    tally.held += truth in lift.interval()
    tally.held_very += float(more[~held].mean()) in lift.interval()
    tally.planted += lift.estimate - idle
    tally.truth += truth


def _shifted(courses: Courses, effect: float) -> Courses:
    even = np.concatenate([[0.0], effect * np.arange(1, WEEKS + 1) / WEEKS])
    treated = courses.treated
    return Courses(Course(treated.n, treated.mean + even, treated.cross), courses.held_out)


def _told(cell: str, tally: Tally, chosen: Estimator) -> list[dict[str, Any]]:
    n = REPLICATES
    bias = abs(tally.planted / tally.truth - 1) if tally.truth else 0.0
    lost = (tally.found_once - tally.found_looking) / n
    return [
        _within(f"{cell} ({chosen.name}): false positives", tally.false / n, FALSE_POSITIVES,
                peer=tally.raw_false / n),
        _within(f"{cell}: interval holds the planted effect", tally.held / n, COVERAGE),
        _below(f"{cell}: bias of the planted effect", bias, BIAS),
        _below(f"{cell}: false positives, looking weekly", tally.peeked / n, PEEKING,
               peer=tally.naive / n),
        _below(f"{cell}: power lost by looking weekly", lost, POWER_LOST),
        {**_row(f"{cell}: interval holds what was done to those very people", tally.held_very / n),
         "bar": None, "holds": None},
    ]  # fmt: skip


def _row(name: str, value: float, peer: float | None = None) -> dict[str, Any]:
    ratio = peer / value if peer is not None and value else None
    return {"name": name, "value": value, "unit": "", "peer": peer, "ratio": ratio}


def _within(
    name: str, value: float, bar: tuple[float, float], peer: float | None = None
) -> dict[str, Any]:
    told = f"{bar[0]:.2f} to {bar[1]:.2f}"
    return {**_row(name, value, peer), "bar": told, "holds": bar[0] <= value <= bar[1]}


def _below(name: str, value: float, bar: float, peer: float | None = None) -> dict[str, Any]:
    return {**_row(name, value, peer), "bar": bar, "holds": value <= bar}
