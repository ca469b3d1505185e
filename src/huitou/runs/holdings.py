"""Which products each customer has, as the lines tell it: read in one pass, places as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from huitou.models.next_product import Baskets

MOST_PRODUCTS = 1_000
"""Products that are compared with each other: the most widely held."""
FEWEST_HOLDERS = 5
"""Customers of whom something can be learned of a product."""

HAD = """
    CREATE OR REPLACE TEMP TABLE {name} AS
    SELECT person_id, coalesce(sku, product) AS sku FROM lines
    WHERE person_id IS NOT NULL AND is_product AND coalesce(sku, product) IS NOT NULL
        AND day > $after AND day <= $until
    GROUP BY ALL HAVING sum(CASE WHEN is_return THEN -abs(quantity) ELSE quantity END) > 0"""
"""What was bought in some days and not sent back in them. A product is known by its number, else
by its name."""

PRODUCTS = """
    SELECT sku FROM had GROUP BY sku HAVING count(*) >= $fewest
    ORDER BY count(*) DESC, sku LIMIT $most"""

PAIRS = """
    SELECT p.place AS person, g.place AS product FROM {name}
    JOIN people_at p USING (person_id) JOIN goods_at g USING (sku)
    WHERE NOT EXISTS (FROM {without} o WHERE o.person_id = {name}.person_id AND o.sku = {name}.sku)
    ORDER BY person, product"""

NOTHING = "CREATE OR REPLACE TEMP TABLE nothing (person_id VARCHAR, sku VARCHAR)"


@dataclass(frozen=True)
class Held:
    """Who has which of the products, and the lists that the numbers are places in."""

    people: tuple[str, ...]
    products: tuple[str, ...]
    before: Baskets
    after: Baskets | None
    """What became new within the days that follow; None where none were asked for."""


def held(connection: DuckDBPyConnection, until: date, days: int = 0) -> Held:
    """Who had what on an evening, and what was new to them in the `days` after it.

    Nothing later than that evening is in `before`: what was sent back afterwards was still theirs.
    """
    connection.execute(HAD.format(name="had"), {"after": date.min, "until": until})
    connection.execute(NOTHING)
    told = {"fewest": FEWEST_HOLDERS, "most": MOST_PRODUCTS}
    goods = [row[0] for row in connection.execute(PRODUCTS, told).fetchall()]
    everybody = "SELECT DISTINCT person_id FROM had ORDER BY person_id"
    people = [row[0] for row in connection.execute(everybody).fetchall()]
    _place(connection, "goods_at", "sku", goods)
    _place(connection, "people_at", "person_id", people)
    size = len(people), len(goods)
    before = _pairs(connection, "had", "nothing", size)
    if not days:
        return Held(tuple(people), tuple(goods), before, None)
    window = {"after": until, "until": until + timedelta(days=days)}
    connection.execute(HAD.format(name="came"), window)
    return Held(tuple(people), tuple(goods), before, _pairs(connection, "came", "had", size))


def _pairs(
    connection: DuckDBPyConnection, name: str, without: str, size: tuple[int, int]
) -> Baskets:
    import numpy as np

    from huitou.models.next_product import Baskets

    found = connection.execute(PAIRS.format(name=name, without=without)).fetchnumpy()
    person, product = (np.asarray(found[each], dtype=np.int64) for each in ("person", "product"))
    return Baskets(person, product, *size)


def _place(connection: DuckDBPyConnection, table: str, name: str, values: list[str]) -> None:
    import pyarrow as pa

    listed = pa.table({"place": pa.array(range(len(values)), pa.int64()), name: values})
    listed = listed.set_column(1, name, pa.array(values, pa.string()))
    connection.register("listed", listed)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM listed")
    connection.unregister("listed")
