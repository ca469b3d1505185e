"""How many of our products each customer uses, and which one fits them next."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from huitou.models import next_product
from huitou.models.next_product import HeldOut
from huitou.runs.holdings import Held, held
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEXT, USED, NOTE = "next_product", "products_used", "sticking"
"""Tables of the edition, and the note of what was measured."""
NAMED = 3
"""Products named to each customer."""
USED_DAYS = 365
"""Who bought something within so many days uses it."""
LEAST_DAYS = 60
"""Days of history before an evening from which something can be foretold."""

SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("rank", pa.int64()),
        ("sku", pa.string()),
        ("name", pa.string()),
        ("because", pa.string()),
        ("because_name", pa.string()),
        ("lift", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)

NAMES = """
    SELECT coalesce(sku, product) AS sku, arg_max(product, ordered_at) AS name
    FROM lines WHERE coalesce(sku, product) IS NOT NULL AND day <= $until GROUP BY ALL"""

COUNTED = """
    SELECT person_id, count(*) AS products FROM (
        SELECT person_id, coalesce(sku, product) AS sku FROM lines
        WHERE person_id IS NOT NULL AND is_product AND coalesce(sku, product) IS NOT NULL
            AND day <= $until AND day > $since
        GROUP BY ALL HAVING sum(CASE WHEN is_return THEN -abs(quantity) ELSE quantity END) > 0
    ) GROUP BY person_id ORDER BY person_id"""

KEPT = """
    SELECT u.products, b.person_id IS NOT NULL AS stayed FROM ({counted}) u
    LEFT JOIN (SELECT DISTINCT person_id FROM lines
        WHERE NOT is_return AND day > $until AND day <= $later) b USING (person_id)"""


def know_next(work: Work) -> Result:
    """Tables of what each uses and what fits next; how well that was foretold on the past."""
    day, horizon = work.day, work.moment.horizon_days
    with work.lake.reading(work.edition) as connection:
        now = held(connection, day)
        if len(now.products) < 2:
            _write(work, [], {"groups": [], "held_out": None})
            return {"rows": 0}
        weight, proof = _tried(connection, day, horizon)
        names = dict(connection.execute(NAMES, {"until": day}).fetchall())
        rows = _rows(now, weight, names)
        used = {"until": day, "since": day - timedelta(days=USED_DAYS)}
        work.edition.write(USED, connection.execute(COUNTED, used).to_arrow_table())
        groups = _groups(connection, day - timedelta(days=horizon), day)
    told = {
        "groups": groups,
        "days": horizon,
        "held_out": None if proof is None else _plain(proof),
        "products": len(now.products),
    }
    _write(work, rows, told)
    return {"rows": len(rows)}


def _tried(connection: DuckDBPyConnection, day: date, horizon: int) -> tuple[float, HeldOut | None]:
    """The weight that was best two horizons ago, and how it did in the last one."""
    first = connection.execute("SELECT min(day) FROM lines").fetchone()
    span = timedelta(days=horizon)
    if first is None or (day - 2 * span - first[0]).days < LEAST_DAYS:
        return next_product.WEIGHTS[-1], None
    earlier, later = (
        held(connection, day - 2 * span, horizon),
        held(connection, day - span, horizon),
    )
    if earlier.after is None or later.after is None:
        raise ValueError("what came after was not asked for")
    weight = next_product.choose(earlier.before, earlier.after)
    return weight, next_product.held_out(later.before, later.after, weight)


def _rows(now: Held, weight: float, names: dict[str, str]) -> list[dict[str, Any]]:
    known = next_product.learn(now.before)
    ranked = next_product.rank(known, now.before, weight, NAMED)
    who, place = np.nonzero(ranked.product >= 0)
    product, because = ranked.product[who, place], ranked.because[who, place]
    lift, low, high = known.lifts(np.maximum(because, 0), product)
    says = because >= 0
    skus = now.products
    return [
        {
            "person_id": now.people[who[at]],
            "rank": int(place[at]) + 1,
            "sku": skus[product[at]],
            "name": names.get(skus[product[at]]) or skus[product[at]],
            "because": skus[because[at]] if says[at] else None,
            "because_name": names.get(skus[because[at]]) if says[at] else None,
            "lift": float(lift[at]) if says[at] else None,
            "low": float(low[at]) if says[at] else None,
            "high": float(high[at]) if says[at] else None,
        }
        for at in range(len(who))
    ]


def _groups(connection: DuckDBPyConnection, origin: date, day: date) -> list[dict[str, Any]]:
    """Customers of one horizon ago by what they used, and how many bought again since."""
    told = {"until": origin, "since": origin - timedelta(days=USED_DAYS), "later": day}
    found = connection.execute(KEPT.format(counted=COUNTED), told).fetchnumpy()
    counted = next_product.groups(found["products"].tolist(), found["stayed"].tolist())
    return [asdict(each) for each in counted]


def _plain(proof: HeldOut) -> dict[str, Any]:
    told = asdict(proof)
    return {**told, "weight": told["weight"] if isfinite(told["weight"]) else None}


def _write(work: Work, rows: list[dict[str, Any]], told: dict[str, Any]) -> None:
    work.edition.write(NEXT, pa.Table.from_pylist(rows, schema=SCHEMA))
    if not work.edition.has(USED):
        empty = pa.schema([("person_id", pa.string()), ("products", pa.int64())])
        work.edition.write(USED, empty.empty_table())
    work.edition.note(NOTE, told)
