"""The shops that models are measured on: two public logs, and one world of any size."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WEEK = 7.0
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"

LOGS = {
    "cdnow_sample": date(1997, 9, 30),
    "cdnow_master": date(1997, 9, 30),
    "groceryElog": date(2006, 12, 31),
}
"""The last day that the models may know; what came after it is the truth."""


@dataclass(frozen=True)
class Log:
    """Customers by purchase day, in days."""

    x: Array
    t_x: Array
    T: Array
    mean: Array
    """Mean amount of the repeat days; NaN where there is none."""
    later: Array
    """Purchase days after the last known one."""
    log_gaps: Array
    """Sum of the logarithms of the gaps between purchase days, in days."""

    def __len__(self) -> int:
        """How many customers there are."""
        return len(self.x)

    @property
    def histories(self) -> tuple[Array, Array, Array]:
        """x, t_x and T, in days."""
        return self.x, self.t_x, self.T

    @property
    def weeks(self) -> tuple[Array, Array, Array]:
        """The same in weeks, as published."""
        return self.x, self.t_x / WEEK, self.T / WEEK


def folder() -> Path:
    """Where the shops' logs are, as for the tests.

    Raises:
        FileNotFoundError: when they are nowhere.
    """
    told = Path(os.environ.get("HUITOU_TEST_DATA") or BESIDE)
    if not told.is_dir():
        raise FileNotFoundError("no shops' logs in $HUITOU_TEST_DATA or ../shared/data")
    return told


@cache
def log(name: str) -> Log:
    """A public log, cut at its day of `LOGS`."""
    return of_file(folder() / f"{name}.parquet", LOGS[name])


def of_file(path: Path, end: date) -> Log:
    """A log of orders, cut at a day."""
    columns = duckdb.execute(
        f"""
        with days as (
            select customer_id as p, ordered_at::date as d, sum(amount) as a
            from '{path}' group by p, d
        ), own as (
            select *, min(d) over (partition by p) as f,
                   d - lag(d) over (partition by p order by d) as gap from days
        )
        select count(*) filter (d > f and d <= $end) as x,
               max(d) filter (d <= $end) - any_value(f) as t_x,
               $end - any_value(f) as "T",
               avg(a) filter (d > f and d <= $end) as mean,
               count(*) filter (d > $end) as later,
               coalesce(sum(ln(gap)) filter (gap is not null and d <= $end), 0) as log_gaps
        from own group by p having any_value(f) <= $end order by p""",
        {"end": end},
    ).fetchnumpy()
    plain = (np.ma.asarray(column, dtype=np.float64) for column in columns.values())
    return Log(*(np.ma.filled(column, np.nan) for column in plain))


def simulated(n: int, seed: int = 0) -> tuple[Array, Array, Array]:
    """A BG/NBD world with CDNOW's parameters, watched for 30 to 730 days, by whole days."""
    parts = [_simulated(min(10**6, n - at), seed + at) for at in range(0, n, 10**6)]
    x, t_x, T = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return x, t_x, T


def _simulated(n: int, seed: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    rate, leaving = rng.gamma(0.243, 1 / (4.414 * WEEK), n), rng.beta(0.793, 2.426, n)
    T = rng.integers(30, 731, n).astype(np.float64)
    x, t_x, now, there = np.zeros(n), np.zeros(n), np.zeros(n), np.arange(n)
    while len(there):
        now[there] += rng.exponential(1, len(there)) / np.maximum(rate[there], 1e-12)
        there = there[np.ceil(now[there]) <= T[there]]
        day = np.ceil(now[there])
        x[there] += day > t_x[there]
        t_x[there] = day
        there = there[rng.random(len(there)) >= leaving[there]]
    return x, t_x, T
