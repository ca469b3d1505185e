"""What stands behind a cause, its weeks, and what can be said about a fix."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from huitou.runs.behind import behind
from huitou.runs.mended import series
from huitou.runs.steps.hear import SAID as SAID_SCHEMA
from huitou.runs.steps.mend import COSTS, _costs, _weeks, monday

MONDAY = date(2026, 3, 2)


def lines(rows: list[tuple[str, int, str | None]]) -> Any:
    """A connection that reads lines: person, day of March, product."""
    connection = duckdb.connect()
    table = pa.table(
        {
            "person_id": [person for person, _, _ in rows],
            "day": [date(2026, 3, day) for _, day, _ in rows],
            "product": pa.array([product for _, _, product in rows], pa.string()),
            "amount": [100] * len(rows),
            "is_return": [False] * len(rows),
            **{
                name: pa.nulls(len(rows), pa.string())
                for name in ("store", "channel", "region", "category")
            },
        }
    )
    connection.register("lines", table)
    return connection


def test_the_product_behind_a_cause_is_named_with_its_interval() -> None:
    left = [(f"l{n}", 5, "soup" if n < 30 else "rice") for n in range(40)]
    others = [(f"o{n}", 5, "soup" if n < 20 else "rice") for n in range(400)]
    found = behind(lines([*left, *others]), {f"l{n}": "delivery" for n in range(40)})
    (row,) = found.to_pylist()
    assert (row["cause"], row["dimension"], row["part"]) == ("delivery", "product", "soup")
    assert (row["left"], row["of_left"], row["others"], row["of_others"]) == (30, 40, 20, 400)
    assert row["lift"] == 15.0 and 1 < row["low"] < 15 < row["high"]


def test_only_the_last_order_counts() -> None:
    left = [each for n in range(40) for each in ((f"l{n}", 1, "soup"), (f"l{n}", 5, "rice"))]
    others = [(f"o{n}", 5, "rice") for n in range(100)]
    assert behind(lines([*left, *others]), {f"l{n}": "price" for n in range(40)}).num_rows == 0


def test_by_luck_hardly_anything_is_named() -> None:
    named = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        bought = [(f"p{n}", 5, f"product {rng.integers(30)}") for n in range(600)]
        left = {f"p{n}": "service" for n in range(100)}
        named += behind(lines(bought), left).num_rows > 0
    assert named <= 5


def test_profit_lost_adds_up_and_an_answer_is_certain() -> None:
    suspects = pa.table(
        {
            "person_id": ["a", "a", "b"],
            "cause": ["price", "unknown", "delivery"],
            "posterior": [0.25, 0.75, 1.0],
            "low": [0.1, 0.5, 1.0],
            "high": [0.5, 0.9, 1.0],
            "missed": [1000, 1000, 400],
            "last_day": [MONDAY] * 3,
        }
    )
    said = pa.Table.from_pylist([told("b", "delivery", "complaint")], schema=SAID_SCHEMA)
    rows = {row["cause"]: row for row in _costs(suspects, said).to_pylist()}
    assert set(COSTS.names) == set(rows["price"])
    price, delivery = rows["price"], rows["delivery"]
    assert (price["lost"], price["low"], price["high"]) == (250, 100, 500)
    assert (delivery["lost"], delivery["certainty"], delivery["complaints"]) == (400, 1.0, 1)
    assert sum(row["lost"] for row in rows.values()) == 1400
    weeks = _weeks(suspects, said, MONDAY + timedelta(days=6)).to_pylist()
    assert {(w["cause"], w["said"], w["left"]) for w in weeks} == {
        ("delivery", 1.0, 1.0), ("price", 0.0, 0.25), ("unknown", 0.0, 0.75),
    }  # fmt: skip
    assert not _weeks(suspects, said, MONDAY + timedelta(days=5)).num_rows, "a week not whole"


def told(person: str, cause: str, source: str) -> dict[str, Any]:
    about = {"product": None, "store": None}
    return {
        "person_id": person,
        "source": source,
        "cause": cause,
        "share": 1.0,
        "day": MONDAY,
        **about,
    }


def test_the_week_of_the_fix_is_neither_before_nor_after() -> None:
    rows = [
        {
            "cause": cause,
            "week": MONDAY + timedelta(weeks=week),
            "said": float(week + 1),
            "left": 0.0,
        }
        for week in range(6)
        for cause in ("delivery", "price", "service")
    ]
    made, until = MONDAY + timedelta(weeks=2, days=3), MONDAY + timedelta(weeks=6)
    cause, others, start = series(rows, "said", "delivery", made, until)
    assert cause.tolist() == [1, 2, 4, 5, 6] and others.tolist() == [2, 4, 8, 10, 12] and start == 2
    assert series(rows, "left", "delivery", made, until)[0].tolist() == []
    assert monday(made) == MONDAY + timedelta(weeks=2)


def test_what_everybody_bought_in_that_month_is_not_what_they_left_for() -> None:
    rows = [(f"l{n}", 5, "bottle" if n < 30 else "rice") for n in range(40)]
    rows += [(f"o{n}", 6, "bottle" if n < 300 else "rice") for n in range(400)]
    connection = lines([*rows, *((f"o{n}", 28, "rice") for n in range(400))])
    connection.execute(
        "CREATE VIEW shifted AS SELECT * REPLACE (CASE WHEN day = DATE '2026-03-28' THEN"
        " DATE '2026-07-01' ELSE day END AS day) FROM lines"
    )
    moved = duckdb.connect()
    moved.register("lines", connection.execute("FROM shifted").to_arrow_table())
    assert behind(moved, {f"l{n}": "price" for n in range(40)}).num_rows == 0
