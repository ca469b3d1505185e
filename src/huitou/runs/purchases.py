"""Who bought which product on which days, as the renewal model takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from huitou.models.needs import Bought

DAYS = """
    CREATE OR REPLACE TEMP TABLE series_days AS
    SELECT person_id, coalesce(sku, product) AS sku, day, sum(quantity) AS quantity FROM lines
    WHERE person_id IS NOT NULL AND is_product AND NOT is_return AND quantity > 0
        AND coalesce(sku, product) IS NOT NULL AND day <= $until
    GROUP BY ALL"""

SERIES = """
    CREATE OR REPLACE TEMP TABLE series_at AS
    SELECT person_id, sku, row_number() OVER (ORDER BY person_id, sku) - 1 AS series,
        dense_rank() OVER (ORDER BY sku) - 1 AS product
    FROM (SELECT DISTINCT person_id, sku FROM series_days)"""

ROWS = """
    SELECT series, epoch_ms(day::TIMESTAMP) // 86400000 AS day, quantity FROM series_days
    JOIN series_at USING (person_id, sku) ORDER BY series, day"""


@dataclass(frozen=True)
class Series:
    """Every customer with every product they bought: in the order of the model's series."""

    bought: Bought
    people: Sequence[str]
    products: Sequence[str]


def purchases(connection: DuckDBPyConnection, until: date) -> Series:
    """All purchases known on an evening; days are counted from 1970."""
    import numpy as np

    from huitou.models.needs import Bought

    connection.execute(DAYS, {"until": until})
    connection.execute(SERIES)
    rows = connection.execute(ROWS).fetchnumpy()
    heads = connection.execute(
        "SELECT person_id, sku, product FROM series_at ORDER BY series"
    ).fetchnumpy()
    bought = Bought(
        series=np.asarray(rows["series"], dtype=np.int64),
        day=np.asarray(rows["day"], dtype=np.int64),
        quantity=np.asarray(rows["quantity"], dtype=float),
        product=np.asarray(heads["product"], dtype=np.int64),
        until=(until - date(1970, 1, 1)).days,
    )
    return Series(bought, list(heads["person_id"]), list(heads["sku"]))
