"""Whether a fix that works is found, and one that does nothing is not claimed.

A thousand fixes that do nothing, in made-up curves with season, trend, overdispersion and
autocorrelation; the same with a planted effect; and fixes that never were in the returns of a real
shop (Online Retail II, where `$HUITOU_TEST_DATA` has it). Each is read on all three of its days,
and a claim on any of them counts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huitou.proof.fixes import READ_AT, reading

Array = NDArray[np.float64]

NULLS = 1_000
PLANTED = 200
EFFECT = 0.4
BEFORE = 78
MEAN = 12.0
"""Times a week the cause is seen; all others together four times as often."""
BAR = 0.07
ALL = ("season", "trend", "overdispersed", "autocorrelated")


def world(
    rng: np.random.Generator,
    before: int,
    after: int,
    mean: float,
    effect: float,
    kinds: Sequence[str],
) -> tuple[Array, Array]:
    """Weekly counts of a cause and of all others.

    `season` and `trend` are shared; of the noise of the level (AR(1), 0.6, sd 0.2) and of the
    overdispersion (gamma, variance 1/5 of the square) each has its own.
    """
    weeks = np.arange(before + after)
    common, own = np.zeros(len(weeks)), np.zeros(len(weeks))
    if "season" in kinds:
        common += 0.4 * np.sin(2 * np.pi * (weeks / 52 + rng.random()))
    if "trend" in kinds:
        common += rng.normal(0, 0.01) * weeks
    if "autocorrelated" in kinds:
        level = 0.0
        for week in weeks:
            level = 0.6 * level + rng.normal(0, 0.16)
            own[week] = level
    left = np.where(weeks >= before, 1 - effect, 1.0)
    rate, other = mean * np.exp(common + own) * left, 4 * mean * np.exp(common)
    if "overdispersed" in kinds:
        rate, other = rate * rng.gamma(5, 1 / 5, len(weeks)), other * rng.gamma(10, 0.1, len(weeks))
    return rng.poisson(rate).astype(np.float64), rng.poisson(other).astype(np.float64)


def verdict(cause: Array, others: Array, before: int, expected: float = 0.3) -> str:
    """The first verdict that is a claim on any of the three days, else the last one."""
    found = "too_early"
    for weeks in (each for each in READ_AT if before + each <= len(cause)):
        end = before + weeks
        found = reading(cause[:end], others[:end], before, expected).verdict
        if found in ("works", "worse"):
            break
    return found


def claims(
    times: int, kinds: Sequence[str], mean: float, effect: float, seed: int
) -> Mapping[str, float]:
    """Share of each verdict over so many worlds."""
    rng = np.random.default_rng(seed)
    told = Counter(
        verdict(*world(rng, BEFORE, READ_AT[-1], mean, effect, kinds), BEFORE) for _ in range(times)
    )
    return {name: told[name] / times for name in ("works", "worse", "no_effect", "too_early")}


def real_nulls(path: Path, times: int, seed: int) -> float | None:
    """Share of fixes claimed in a real shop's weekly returns, where nobody fixed anything.

    A tenth of the products, drawn by lot, plays the cause; the rest are the others; the day is
    drawn, too.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if not path.exists():
        return None
    table = pq.read_table(path, columns=["ordered_at", "sku", "is_return"])
    table = table.filter(pc.fill_null(table["is_return"], False))
    days = table["ordered_at"].to_numpy().astype("datetime64[D]")
    week = ((days - days.min()).astype(int)) // 7
    skus, which = np.unique(np.array(table["sku"].to_pylist(), dtype=str), return_inverse=True)
    rng, claimed = np.random.default_rng(seed), 0
    last = int(week.max())  # the last week is not whole
    for _ in range(times):
        mine = (rng.random(len(skus)) < 0.1)[which]
        cause, others = (
            np.bincount(week[side], minlength=last + 1)[:last].astype(np.float64)
            for side in (mine, ~mine)
        )
        start = int(rng.integers(40, last - READ_AT[-1]))
        claimed += verdict(cause, others, start) == "works"
    return claimed / times


def rows() -> list[dict[str, Any]]:
    """The figures of the bench, one a row."""
    null = claims(NULLS, ALL, MEAN, 0.0, seed=1)
    planted = claims(PLANTED, ALL, MEAN, EFFECT, seed=2)
    calm = claims(PLANTED, ("season", "trend"), MEAN, EFFECT, seed=3)
    found = [
        _row(f"fixes: {NULLS} that do nothing, claimed to work", null["works"], BAR,
             null["works"] <= BAR),
        _row(f"fixes: {NULLS} that do nothing, said to be worse", null["worse"]),
        _row("fixes: a planted 40 % less found, rough curves", planted["works"]),
        _row("fixes: a planted 40 % less found, season and trend alone", calm["works"]),
    ]  # fmt: skip
    folder = os.environ.get("HUITOU_TEST_DATA", "")
    real = real_nulls(Path(folder) / "online_retail_ii_dedup.parquet", 200, 5) if folder else None
    if real is None:
        words = "fixes: real returns not measured, for $HUITOU_TEST_DATA has no Online Retail II"
        return [*found, _row(words, None)]
    words = "fixes: 200 that never were, in Online Retail II's returns, claimed to work"
    return [*found, _row(words, real, BAR, real <= BAR)]


def _row(
    name: str, value: float | None, bar: float | None = None, holds: bool | None = None
) -> dict[str, Any]:
    told = None if value is None else round(value, 4)
    beside = {"peer": None, "ratio": None}
    return {"name": name, "value": told, "unit": "share", **beside, "bar": bar, "holds": holds}


if __name__ == "__main__":
    for row in rows():
        print(row)
