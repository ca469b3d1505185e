"""How well the next need is foretold, on real shops: against the own mean gap and a fixed date.

    python -m tools.bench_needs [--json]

For every customer and product bought four times or more before the evening looked from: the
integrated Brier score of the chance to have bought again by each day of the window, and the median
absolute error of the day among those who did. Rows are {name, value, unit, peer, ratio, bar,
holds}: `value` is ours, `peer` the other's, and it holds where the ratio is not above the bar.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from huitou.models import needs
from huitou.models.needs import Bought
from huitou.runs.purchases import Series, purchases

LEAST = 4
"""Purchases before a series is looked at."""
WINDOW = 91
FIXED = 30
"""The fixed number of days that reminders are often sent after."""


@dataclass(frozen=True)
class Shop:
    """A log of orders, and the evening from which is looked ahead."""

    name: str
    file: str
    day: date


SHOPS = (
    Shop("complete journey", "completejourney/completejourney.parquet", date(2017, 9, 30)),
    Shop("online retail", "online_retail_2010_2011.parquet", date(2011, 9, 9)),
)
LOG = """
    CREATE OR REPLACE VIEW lines AS SELECT customer_id AS person_id, sku, NULL::VARCHAR AS product,
        quantity::DOUBLE AS quantity, is_return, {goods} AS is_product, ordered_at::DATE AS day
    FROM read_parquet('{path}') WHERE quantity > 0 OR is_return"""


def measured(shop: Shop, folder: Path) -> list[dict[str, Any]]:
    """The rows of one shop."""
    connection = duckdb.connect()
    goods = "is_product" if "retail" in shop.name else "TRUE"
    connection.execute(LOG.format(path=folder / shop.file, goods=goods))
    before = purchases(connection, shop.day)
    waits = _next_days(connection, before, shop.day)
    ours = needs.foresee(needs.fit(before.bought), before.bought)
    chosen = ours.gaps >= LEAST - 1
    grid = np.arange(1, WINDOW + 1)
    curve = np.array([ours.within(float(day)) for day in grid])[:, chosen]
    truth = (waits[chosen][None, :] <= grid[:, None]).astype(float)
    dates = {
        "own mean gap": _own_mean(before.bought),
        f"{FIXED} days": FIXED - ours.waited,
    }
    brier = float(((curve - truth) ** 2).mean())
    came = chosen & (waits <= WINDOW)
    error = _error(ours.quantile(0.5, WINDOW), waits, came)
    told = []
    for name, days in dates.items():
        step = (np.maximum(days, 1.0)[chosen][None, :] <= grid[:, None]).astype(float)
        theirs = float(((step - truth) ** 2).mean())
        told.append(_row(f"{shop.name}: integrated Brier, against {name}", brier, theirs, "score"))
        other = _error(days, waits, came)
        told.append(
            _row(f"{shop.name}: median error of the day, against {name}", error, other, "d")
        )
    bought = float(truth[-1].mean())
    said = float(curve[-1].mean())
    told.append(
        _row(f"{shop.name}: share bought within {WINDOW} days, foretold", said, bought, "1")
    )
    return [{**row, "series": int(chosen.sum())} for row in told]


def _own_mean(bought: Bought) -> NDArray[np.float64]:
    """Days from now until the last purchase is as old as the series' own mean gap."""
    first = np.full(bought.count, np.iinfo(np.int64).max)
    last = np.zeros(bought.count, dtype=np.int64)
    np.minimum.at(first, bought.series, bought.day)
    np.maximum.at(last, bought.series, bought.day)
    n = np.bincount(bought.series, minlength=bought.count)
    mean = (last - first) / np.maximum(n - 1, 1)
    return np.asarray(last + mean - bought.until, dtype=float)


def _next_days(
    connection: duckdb.DuckDBPyConnection, before: Series, day: date
) -> NDArray[np.float64]:
    """Days until each series was bought again; infinity where it was not in the window."""
    later = connection.execute(
        """SELECT person_id, sku, min(day) FROM lines WHERE NOT is_return AND day > ? AND day <= ?
        GROUP BY ALL""",
        [day, day + timedelta(days=WINDOW)],
    ).fetchall()
    found = {(person, sku): (when - day).days for person, sku, when in later}
    keys = zip(before.people, before.products, strict=True)
    return np.array([found.get(key, np.inf) for key in keys], dtype=float)


def _error(days: NDArray[np.float64], waits: NDArray[np.float64], came: NDArray[np.bool_]) -> float:
    """Median absolute error of the day, among those who came within the window: all know that much,
    so no day is before tomorrow or after its end."""
    return float(np.median(np.abs(np.clip(days[came], 1.0, WINDOW) - waits[came])))


def _row(name: str, value: float, peer: float, unit: str) -> dict[str, Any]:
    ratio = value / peer if peer else float("inf")
    bar = 1.15 if unit == "1" else 1.0
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "peer": round(peer, 4),
        "ratio": round(ratio, 4),
        "bar": bar,
        "holds": ratio <= bar,
    }


def main() -> None:
    """Print a row for each figure."""
    folder = Path(os.environ.get("HUITOU_TEST_DATA", "../shared/data"))
    rows = [
        row for shop in SHOPS if (folder / shop.file).exists() for row in measured(shop, folder)
    ]
    if "--json" in sys.argv:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        sign = "holds" if row["holds"] else "FAILS"
        print(f"{row['name']:64} {row['value']:9} {row['peer']:9} {row['ratio']:7} {sign}")


if __name__ == "__main__":
    main()
